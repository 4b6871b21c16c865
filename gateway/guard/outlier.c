/*
 * Counting failures in a row.
 */
#include "gateway/guard/outlier.h"

/* It has stayed in for as long as it was out: forgiven. */
static bool is_forgiven(const struct outlier *outlier, const struct outlier_policy *policy,
                        usec now)
{
    return now - outlier->until >= (usec)outlier->ejections * policy->eject;
}

bool outlier_record(struct outlier *outlier, const struct outlier_policy *policy, usec now,
                    bool has_failed, uint32_t out, uint32_t all)
{
    if (policy->consecutive_failures == 0 || outlier_is_out(outlier, now))
        return false;
    if (!has_failed) {
        outlier->failures = 0;
        return false;
    }
    outlier->failures++;
    if (outlier->failures < policy->consecutive_failures ||
        out + 1 > (uint32_t)(policy->max_ejected * all))
        return false;
    outlier->failures = 0;
    if (is_forgiven(outlier, policy, now))
        outlier->ejections = 0;
    if (outlier->ejections < OUTLIER_EJECTIONS)
        outlier->ejections++;
    outlier->until = now + (usec)outlier->ejections * policy->eject;
    return true;
}
