/*
 * The circuit breaker (Nygard, "Release It!", 2007): a service that fails is not asked for a
 * while, then asked a few times to see. Closed, it watches the share of failures in a sliding
 * window; open, it lets nothing through; half-open, exactly `probes` attempts, all of which must
 * succeed. What was let through before a change of state does not count in the new one.
 */
#ifndef BRAID_GATEWAY_GUARD_BREAKER_H
#define BRAID_GATEWAY_GUARD_BREAKER_H

#include "config/policies.h"
#include "gateway/guard/window.h"

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN, BREAKER_STATE_COUNT };

/* "closed", "open", "half_open". */
extern const char *const breaker_state_names[BREAKER_STATE_COUNT];

struct breaker {
    const struct breaker_policy *policy;
    enum breaker_state state;
    uint32_t epoch; /* grows with each change of state */
    usec since;     /* of the last change */
    struct window window;
    uint32_t probes_out;  /* half-open: in flight */
    uint32_t probes_good; /* half-open: succeeded */
};

/* Closed. Keeps the policy; one whose window is 0 lets everything through. */
void breaker_init(struct breaker *breaker, const struct breaker_policy *policy);

/* Whether one may start; then *ret_epoch goes back with what became of it. */
bool breaker_admit(struct breaker *breaker, usec now, uint32_t *ret_epoch);

/* An attempt that was admitted has ended after `took`. */
void breaker_record(struct breaker *breaker, usec now, uint32_t epoch, usec took, bool has_failed);

/* An attempt that was admitted ended without saying anything about the service. */
void breaker_forget(struct breaker *breaker, uint32_t epoch);

/* When it is worth asking again; 0 where it is now. */
usec breaker_wait(const struct breaker *breaker, usec now);

#endif
