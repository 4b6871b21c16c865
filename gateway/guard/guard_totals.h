/*
 * What a guard has counted since the process began, for figures; read and written under its lock.
 */
#ifndef BRAID_GATEWAY_GUARD_GUARD_TOTALS_H
#define BRAID_GATEWAY_GUARD_GUARD_TOTALS_H

#include <stdint.h>

/* A second attempt of a call, after the first has failed or beside it. */
enum guard_extra { GUARD_RETRY, GUARD_HEDGE, GUARD_EXTRA_COUNT };

struct guard_totals {
    uint64_t extras[GUARD_EXTRA_COUNT]; /* taken out of the budget */
    uint64_t refused;                   /* the budget was used up */
    uint64_t ejections;
    uint64_t turned_away; /* neither a place nor one in the queue */
};

#endif
