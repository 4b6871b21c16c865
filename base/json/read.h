/*
 * Reading, with the way of it chosen by the caller: for tests, which hold each against the plain
 * one. Private to base/json.
 */
#ifndef BRAID_BASE_JSON_READ_H
#define BRAID_BASE_JSON_READ_H

#include "base/json/block.h"

/* json_read, or json_check where `arena` is NULL; `way` counts for checking only. */
enum json_fault read_text(enum block_way way, struct arena *arena, struct str whole,
                          const struct json_limits *limits, struct json *ret_value, size_t *ret_at);

#endif
