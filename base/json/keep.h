/*
 * A value that was read, taken to other memory: for who keeps a text longer than the arena that it
 * was read in. The index moves as it is, since it knows places in the text, not addresses.
 */
#ifndef BRAID_BASE_JSON_KEEP_H
#define BRAID_BASE_JSON_KEEP_H

#include "base/json/json.h"

/* Bytes that the index of a value takes that json_check() or json_read() gave; 0: it has none. */
size_t json_kept_size(struct json value);

/*
 * The same value over `to`, a copy of the text `from` that it was read from, its index copied to
 * `memory`: json_kept_size() bytes, aligned to 8. Keeps both.
 */
struct json json_keep(struct json value, const char *from, const char *to, void *memory);

#endif
