/*
 * What one worker has counted. It alone counts, without a lock; anybody may read (counts.h). The
 * figures of a name take memory when it is counted for the first time.
 */
#ifndef BRAID_GATEWAY_TELEMETRY_TALLY_H
#define BRAID_GATEWAY_TELEMETRY_TALLY_H

#include "config/reason.h"
#include "gateway/telemetry/catalogue.h"
#include "gateway/telemetry/counts.h"

/* Statuses that are told apart; the others are told by their class, "4xx". */
#define TALLY_STATUSES 64

/* The place of a status among them; 0: there was no answer. */
uint32_t tally_status_place(int status);

/* "200", "4xx", "none"; NULL beyond the last place in use. */
const char *tally_status_text(uint32_t place);

struct route_tally {
    counter statuses[TALLY_STATUSES];
    struct histogram duration;
    counter degraded;
    counter received; /* bytes of bodies, from clients */
    counter sent;     /* and to them */
};

struct service_tally {
    counter reasons[REASON_COUNT]; /* REASON_NONE: the service has answered */
    struct histogram duration;
    counter begun;
    counter ended;
};

struct call_tally {
    counter sources[SOURCE_COUNT];
    counter partial[REASON_COUNT]; /* why a rung had to answer */
};

struct tally {
    _Atomic(struct route_tally *) routes[CATALOGUE_ROUTES + 1];
    _Atomic(struct service_tally *) services[CATALOGUE_SERVICES + 1];
    _Atomic(struct call_tally *) calls[CATALOGUE_CALLS + 1];
    counter connections_opened[2]; /* of clients; of the admin listener */
    counter connections_closed[2];
    counter requests_begun;
    counter requests_ended;
    counter access_lines_lost;
};

struct tally *tally_new(void);
void tally_free(struct tally *tally);

/* For the worker that owns the tally; never NULL. */
struct route_tally *tally_route(struct tally *tally, uint32_t number);
struct service_tally *tally_service(struct tally *tally, uint32_t number);
struct call_tally *tally_call(struct tally *tally, uint32_t number);

#endif
