/*
 * The end of an exchange: counted, perhaps kept to be looked at, perhaps exported.
 */
#ifndef BRAID_GATEWAY_TELEMETRY_RECORD_H
#define BRAID_GATEWAY_TELEMETRY_RECORD_H

#include "gateway/telemetry/account.h"
#include "gateway/telemetry/telemetry.h"

/* Once per exchange, on the witness's worker; those of the admin listener are not recorded. */
void record_exchange(struct witness *witness, struct exchange *exchange,
                     const struct account *account);

#endif
