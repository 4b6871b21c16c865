/*
 * What a service's failures lead to: retry, hedge, breaker, health, outlier, balance. The keys are
 * read and checked here; nothing acts upon them yet, and a note says so where one is written.
 */
#ifndef BRAID_CONFIG_POLICIES_H
#define BRAID_CONFIG_POLICIES_H

#include "config/schema.h"

struct policies {
    uint32_t attempts;
    usec backoff;
    double budget;
    usec hedge;
    double failure_rate;
    uint32_t minimum;
    usec window;
    usec open;
    uint32_t probes;
    struct str health_path;
    usec interval;
    usec health_timeout;
    uint32_t healthy;
    uint32_t unhealthy;
    uint32_t consecutive_failures;
    usec eject;
    double max_ejected;
};

extern const struct schema retry_schema;
extern const struct schema breaker_schema;
extern const struct schema health_schema;
extern const struct schema outlier_schema;

/* Readers for KEY_CUSTOM, into a struct policies. All but balance take `off`. */
bool retry_read(struct reader *reader, const struct node *node, void *into);
bool hedge_read(struct reader *reader, const struct node *node, void *into);
bool breaker_read(struct reader *reader, const struct node *node, void *into);
bool health_read(struct reader *reader, const struct node *node, void *into);
bool outlier_read(struct reader *reader, const struct node *node, void *into);
bool balance_read(struct reader *reader, const struct node *node, void *into);

#endif
