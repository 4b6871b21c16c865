/*
 * A mapping when its last key has been read: no key twice, and `<<` merged.
 */
#ifndef BRAID_CONFIG_YAML_MAPPING_H
#define BRAID_CONFIG_YAML_MAPPING_H

#include "config/node.h"

struct arena;

/*
 * Reports keys that are there twice (only the first stays) and, where `has_merges`, puts the
 * entries of what stands behind `<<` in its place: own keys win, then the earlier of a list.
 */
void yaml_mapping_finish(struct arena *arena, struct diagnostics *diagnostics, struct node *mapping,
                         bool has_merges);

#endif
