/*
 * Which address an attempt goes to, among those that are neither ejected nor unhealthy. When more
 * than half of all are out, the knowledge is no better than none and all are used (panic).
 *
 * least_requests: two are drawn by weight, the one with fewer attempts in flight for its weight
 * is taken (Mitzenmacher, "The power of two choices in randomized load balancing", 2001).
 * round_robin: smooth and weighted, as nginx does it. hash: each address scores the key (weighted
 * rendezvous: Thaler and Ravishankar 1998), the best one that has not more than 1.25 times its
 * share of what is in flight is taken (bounded loads: Mirrokni, Thorup, Zadimoghaddam 2016).
 */
#ifndef BRAID_GATEWAY_GUARD_BALANCE_H
#define BRAID_GATEWAY_GUARD_BALANCE_H

#include "base/random.h"
#include "base/str.h"
#include "config/policies.h"
#include "gateway/guard/roster.h"

struct balance_wish {
    enum balance balance;
    struct str hash;       /* BALANCE_HASH; empty: as least_requests */
    const uint64_t *tried; /* slots that another attempt of the call has had, as bits; or NULL */
};

#define BALANCE_TRIED_WORDS (ENDPOINTS_MAXIMUM / 64)

/* How many are out at `now`, of how many; *ret_panics: all are used though. */
uint32_t balance_count_out(const struct roster *roster, usec now, uint32_t *ret_all,
                           bool *ret_panics);

/*
 * The member, never NULL. One that was tried already only where there is no other; one that is
 * nowhere only where all are. The roster holds at least one.
 */
struct member *balance_choose(struct roster *roster, const struct balance_wish *wish, usec now,
                              struct random *random);

#endif
