/*
 * What is different between two JSON values, member by member, as exactly as digits are: 1 is not
 * 1.0. The order of members does not count, but is told.
 */
#ifndef BRAID_GATEWAY_REHEARSAL_JSON_CHANGES_H
#define BRAID_GATEWAY_REHEARSAL_JSON_CHANGES_H

#include "base/json/json.h"

#define JSON_CHANGES_MAXIMUM 200 /* kept; further ones are only counted */

struct json_change {
    struct json_change *next;
    struct str path; /* "items[].title"; empty: the value itself */
    bool had;        /* false: the member is new */
    bool has;        /* false: the member is gone */
    struct json was;
    struct json now;
};

struct json_changes {
    struct arena *arena;
    struct json_change *first; /* in the order of `was`, then what is new */
    struct json_change *last;
    uint32_t count;    /* the same change of several elements of an array counts once */
    bool is_reordered; /* members of some object stand in another order */
};

/* In arena; both values must outlive it. */
void json_changes_find(struct arena *arena, struct json was, struct json now,
                       struct json_changes *ret_changes);

/* `value` with the members of its objects in the order that `like` has them; in arena. */
struct json json_arrange(struct arena *arena, struct json value, struct json like);

#endif
