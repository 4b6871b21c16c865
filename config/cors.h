/*
 * The key `cors`: which pages of other origins a browser lets read the answers (Fetch standard,
 * HTTP-CORS protocol). Read at load, const afterwards; who may is decided here, what is sent is
 * not.
 */
#ifndef BRAID_CONFIG_CORS_H
#define BRAID_CONFIG_CORS_H

#include "config/schema.h"

#define CORS_ORIGINS_MAXIMUM 256

/* "https://shop.example:8443"; or "https://" and ".shop.example" with a star between them. */
struct cors_origin {
    struct str start; /* scheme and "://"; the whole origin where there is no star */
    struct str end;   /* what stands behind the star, from its dot on; empty: no star */
};

struct cors {
    struct cors_origin *origins;
    uint32_t origin_count;
    bool is_for_all;  /* `*`: every origin, never with credentials */
    bool credentials; /* cookies and authorization may come along */
    usec max_age;     /* how long the answer to a preflight may be kept */
};

extern const struct schema cors_schema;

/*
 * A reader for KEY_CUSTOM: a const struct cors *, in arena; NULL for `off`. Origins are written in
 * lower case and lose the port that their scheme has anyway, as browsers send them.
 */
bool cors_read(struct reader *reader, const struct node *node, void *into);

/* Whether pages of `origin`, a field value as it came, may read the answer. */
bool cors_allows(const struct cors *cors, struct str origin);

#endif
