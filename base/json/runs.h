/*
 * The decoded text of a string, piece by piece: without memory of its own, and mostly without
 * copying. Private to base/json.
 */
#ifndef BRAID_BASE_JSON_RUNS_H
#define BRAID_BASE_JSON_RUNS_H

#include "base/json/json.h"

struct runs {
    const char *at;
    const char *end;
    bool has_escapes; /* may have some */
    char decoded[4];  /* the UTF-8 of one escape */
};

/* Over any handle of type string. */
struct runs runs_of(struct json string);

/* Never an empty run. It points into the text, or into *runs and is then gone with the next one. */
bool runs_next(struct runs *runs, struct str *ret_run);

#endif
