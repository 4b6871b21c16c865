/*
 * Passive ejection (as in Envoy's outlier detection): an address that fails where others do not is
 * left out for a while. Each ejection that follows soon upon another lasts longer by one `eject`,
 * and never are more than `max_ejected` of the addresses out.
 */
#ifndef BRAID_GATEWAY_GUARD_OUTLIER_H
#define BRAID_GATEWAY_GUARD_OUTLIER_H

#include "config/policies.h"

#define OUTLIER_EJECTIONS 10 /* so many times `eject` at the longest */

struct outlier {
    uint32_t failures;  /* in a row */
    uint32_t ejections; /* in a row: each within the time the last one took, after its end */
    usec until;         /* the end of the last ejection; 0: none yet */
};

static inline bool outlier_is_out(const struct outlier *outlier, usec now)
{
    return outlier->until > now;
}

/*
 * An attempt at the address has ended; `out` of the `all` addresses are out already. true when
 * that ejects it.
 */
bool outlier_record(struct outlier *outlier, const struct outlier_policy *policy, usec now,
                    bool has_failed, uint32_t out, uint32_t all);

#endif
