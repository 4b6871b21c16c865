/*
 * What stands between quotes: "names", 'texts' and `JSON`. Each takes the token with its quotes.
 */
#ifndef BRAID_BASE_JMESPATH_LITERAL_H
#define BRAID_BASE_JMESPATH_LITERAL_H

#include "base/json/json.h"

/* "…" is a JSON string, false where it is none; the name is in place or in arena. */
bool literal_name(struct arena *arena, struct str token, struct str *ret_name);

/* '…' holds every byte as it is, but \' for '; in place or in arena. */
struct str literal_text(struct arena *arena, struct str token);

/* `…` is JSON with \` for `; false where it is none. Text and index in place or in arena. */
bool literal_json(struct arena *arena, struct str token, struct json *ret_value);

#endif
