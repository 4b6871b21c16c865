/*
 * What a service's failures lead to: retry, hedge, breaker, health, outlier, balance. The file's
 * words as numbers; acting upon them is gateway/guard's. All zero is everything off.
 */
#ifndef BRAID_CONFIG_POLICIES_H
#define BRAID_CONFIG_POLICIES_H

#include "config/schema.h"

#define RETRY_STATUSES 64 /* in `for` at the most */

struct retry_policy {
    uint32_t attempts; /* in all; 0: off */
    bool connect;
    bool reset;
    bool timeout;
    uint16_t statuses[RETRY_STATUSES];
    uint32_t status_count;
    usec backoff;
};

struct hedge_policy {
    usec delay;          /* 0: none that is fixed */
    uint32_t percentile; /* 1 to 99; 0: none. Both 0: off */
};

struct breaker_policy {
    double failure_rate;
    uint32_t minimum;
    usec window; /* 0: off */
    usec open;
    uint32_t probes;
    usec slow; /* an attempt that took longer counts as failed; 0: none does */
};

struct health_policy {
    struct str path; /* empty: off */
    usec interval;
    usec timeout;
    uint32_t healthy;
    uint32_t unhealthy;
};

struct outlier_policy {
    uint32_t consecutive_failures; /* 0: off */
    usec eject;
    double max_ejected;
};

enum balance { BALANCE_LEAST_REQUESTS, BALANCE_ROUND_ROBIN, BALANCE_HASH, BALANCE_COUNT };

/* Behind this the text of `hash ${…}` begins. */
#define BALANCE_HASH_WORD "hash "

struct policies {
    struct retry_policy retry;
    double budget; /* retries and hedges, as a share of the calls; set though retry is off */
    struct hedge_policy hedge;
    struct breaker_policy breaker;
    struct health_policy health;
    struct outlier_policy outlier;
    enum balance balance;
    const struct node *hash; /* BALANCE_HASH: compiled anew for each route */
};

/* What holds where the file says nothing: breaker and outlier are on. */
void policies_set_defaults(struct policies *policies);

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
