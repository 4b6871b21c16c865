/*
 * Warns (`yaml-type`) of plain words that are text to braid and something else to other YAML
 * readers: a file that another tool reads or writes may mean something else there. And of names in
 * `allow` that no warning has (`unknown-warning`).
 */
#ifndef BRAID_CONFIG_YAML_WARN_H
#define BRAID_CONFIG_YAML_WARN_H

#include "config/node.h"

/* Values only, not keys. */
void yaml_warn(const struct node *root, struct diagnostics *diagnostics);

#endif
