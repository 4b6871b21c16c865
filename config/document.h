/*
 * One YAML file as a tree in which every node knows its place. Only text, lists and mappings are
 * taken from YAML; what a plain scalar means is decided by who reads it. The tree is bounded
 * while it is read (1 MiB, depth 64, 100,000 nodes, aliases counted each time they are used).
 */
#ifndef BRAID_CONFIG_DOCUMENT_H
#define BRAID_CONFIG_DOCUMENT_H

#include "config/node.h"

#define DOCUMENT_BYTES_MAXIMUM ((size_t)1024 * 1024)

/*
 * Reads and parses a file. Everything is in arena. NULL when it cannot be used at all; every
 * mistake is in `diagnostics`. An empty file is an empty mapping. The path DOCUMENT_INPUT is what
 * stands on the standard input, and is read up to its end.
 */
#define DOCUMENT_INPUT       "-"
#define DOCUMENT_INPUT_SHOWN "stdin"

struct node *document_read(struct arena *arena, struct str path, struct diagnostics *diagnostics);

/* The same of a text that is there already; `path` is only shown. The text is kept. */
struct node *document_parse(struct arena *arena, struct str path, struct str text,
                            struct diagnostics *diagnostics);

#endif
