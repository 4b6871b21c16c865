/*
 * What all connections of one server share: whom they work for, the limits, the date, and the mark
 * that the library has something to do.
 */
#ifndef BRAID_GATEWAY_FRONT_DESK_H
#define BRAID_GATEWAY_FRONT_DESK_H

#include "gateway/compose/composer.h"
#include "gateway/front/access.h"
#include "gateway/front/request_reader.h"

#include <microhttpd.h>

struct desk {
    struct composer *composer;
    struct access *access;
    const struct limits *limits;
    struct request_bounds bounds;
    size_t pool;         /* bytes that a connection has for both heads */
    struct list waiting; /* visits that wait for their turn, the oldest first */
    uint32_t begun;      /* of this turn */
    bool is_dirty;       /* the library has work that no descriptor and no timeout tells */
    usec trim_turn;      /* the turn of the loop in which clients gave memory back last */
    uint32_t trims;      /* in it */
    usec date_until;     /* loop time at which `date` is old */
    char date[32];
};

/* Lets a suspended connection go on, in the next turn. */
void desk_resume(struct desk *desk, struct MHD_Connection *connection);

/* The Date field's value (RFC 9110 6.6.1), made once a second. */
const char *desk_date(struct desk *desk);

/*
 * An exchange has ended, with that status for the client (0: it left): the access log, figures,
 * recent requests and spans are told. Once for each.
 */
void desk_record(struct desk *desk, struct exchange *exchange, int status);

#endif
