/*
 * The addresses of one service and how each of them is doing. Pure: who shares the table between
 * threads holds a lock (guard.h).
 *
 * A url has one member until its host is resolved; then one for each address that was found, all
 * with the url's weight. A slot whose address is gone is used again for a later one.
 */
#ifndef BRAID_GATEWAY_GUARD_ROSTER_H
#define BRAID_GATEWAY_GUARD_ROSTER_H

#include "gateway/guard/endpoint.h"
#include "gateway/guard/outlier.h"

struct member {
    struct endpoint endpoint; /* url == NULL: a free slot */
    uint32_t weight;          /* at least 1 */
    uint32_t flying;          /* attempts in flight, over all workers */
    int64_t turn;             /* of round_robin */
    struct outlier outlier;
    bool is_unhealthy;    /* by the active checks */
    uint32_t good_checks; /* in a row */
    uint32_t bad_checks;  /* in a row */
};

struct roster {
    struct member *list; /* by slot; on the heap */
    uint32_t room;
    uint32_t count; /* slots that are or were in use: the first so many of `list` */
    uint32_t next_generation;
};

static inline bool member_is_free(const struct member *member)
{
    return member->endpoint.url == NULL;
}

/* One unresolved member for each url; keeps the urls. Aborts without memory. */
void roster_init(struct roster *roster, const struct url *urls, uint32_t count);
void roster_done(struct roster *roster);

/*
 * The host of `url` is at these addresses and at no others. Members that stay keep what is known
 * of them; those that are gone free their slots at once: what still flies there ends without being
 * counted. An empty list changes nothing, so that the last good answer of a name server stays in
 * use. true where anything has changed.
 */
bool roster_resolve(struct roster *roster, const struct url *url,
                    const union endpoint_address *addresses, uint32_t count);

/* The member that an endpoint was copied from; NULL: its address is gone. */
struct member *roster_find(struct roster *roster, const struct endpoint *endpoint);

#endif
