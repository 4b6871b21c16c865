/*
 * What the client gets: a status, fields, a body in slices. Everything in the exchange's arena.
 */
#ifndef BRAID_GATEWAY_COMPOSE_REPLY_H
#define BRAID_GATEWAY_COMPOSE_REPLY_H

#include "base/slices.h"

#define REPLY_FIELDS_MAXIMUM 256

/* Zero-terminated, since that is how the server's library wants them. */
struct reply_field {
    const char *name;
    const char *value;
};

struct reply {
    struct arena *arena;
    int status;
    struct reply_field *fields;
    uint32_t field_count;
    uint32_t field_room;
    struct slices body;
    bool has_length; /* no body is sent, but `length` is what it would have (HEAD, 304) */
    uint64_t length;
    bool closes; /* the connection is closed behind it */
};

/* Keeps the arena. */
void reply_init(struct reply *reply, struct arena *arena);

/* Back to nothing, so that another answer may be written. */
void reply_clear(struct reply *reply);

/* Both zero-terminated and kept. Fields beyond the maximum are dropped. */
void reply_add(struct reply *reply, const char *name, const char *value);

/* The texts are copied. false (and nothing added) where they cannot stand in a field. */
bool reply_add_text(struct reply *reply, struct str name, struct str value);

/* Whether the reply has such a field (case ignored). */
bool reply_has(const struct reply *reply, const char *name);

/* The value of the first such field; NULL: none. */
const char *reply_value(const struct reply *reply, const char *name);

/* Takes out every field of that name. */
void reply_remove(struct reply *reply, const char *name);

/* Adds `name` (kept) to the field Vary, where neither it nor a star is there. */
void reply_add_vary(struct reply *reply, const char *name);

/* "OK", "Bad Gateway" … (RFC 9110 15); "Error" for others. */
const char *reply_status_title(int status);

#endif
