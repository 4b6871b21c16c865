/*
 * The addresses of one service and how each of them is doing. Pure: who shares the table between
 * threads holds a lock (guard.h).
 *
 * A url has one member until its host is resolved; then one for each address that was found, all
 * with the url's weight. A slot whose address is gone is used again for a later one. Where somebody
 * looks for the host, the one member is sought until the first answer, and nowhere if there is
 * none.
 */
#ifndef BRAID_GATEWAY_GUARD_ROSTER_H
#define BRAID_GATEWAY_GUARD_ROSTER_H

#include "gateway/guard/endpoint.h"
#include "gateway/guard/outlier.h"

struct member {
    struct endpoint endpoint; /* url == NULL: a free slot */
    uint32_t weight;          /* at least 1 */
    bool is_sought;           /* nobody knows yet where it is */
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
    uint32_t placed; /* members that can be connected to */
    uint32_t sought;
};

static inline bool member_is_free(const struct member *member)
{
    return member->endpoint.url == NULL;
}

static inline bool member_is_placed(const struct member *member)
{
    return !member_is_free(member) && !member->is_sought && !member->endpoint.is_nowhere;
}

/* There is no address at all yet, but one may be found. */
static inline bool roster_is_seeking(const struct roster *roster)
{
    return roster->placed == 0 && roster->sought > 0;
}

/* One unresolved member for each url; keeps the urls. Aborts without memory. */
void roster_init(struct roster *roster, const struct url *urls, uint32_t count);
void roster_done(struct roster *roster);

/*
 * The host of `url` is at these places and at no others. Members that stay keep what is known
 * of them; those that are gone free their slots at once: what still flies there ends without being
 * counted. An empty list changes nothing, so that the last good answer of a name server stays in
 * use. true where anything has changed.
 */
bool roster_resolve(struct roster *roster, const struct url *url,
                    const struct endpoint_place *places, uint32_t count);

/* Somebody looks for the host of `url`. Nothing where it was found already. */
void roster_seek(struct roster *roster, const struct url *url);

/* The host of `url` was not found. Nothing where it was found earlier. */
void roster_lose(struct roster *roster, const struct url *url);

/* The member that an endpoint was copied from; NULL: its address is gone. */
struct member *roster_find(struct roster *roster, const struct endpoint *endpoint);

#endif
