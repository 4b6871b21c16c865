/*
 * Which way each address is reached, and what the connections of one worker share.
 */
#include "gateway/upstream/transport.h"

#include "config/service.h"
#include "gateway/upstream/attempt.h"
#include "gateway/upstream/curl_lane.h"
#include "gateway/upstream/curl_sockets.h"
#include "gateway/upstream/lean_service.h"
#include "gateway/upstream/transport_curl.h"
#include "gateway/upstream/transport_lean.h"

#include <assert.h>
#include <stdlib.h>

/* The carriers of one service. */
struct fleet {
    struct carrier *whole; /* for every address, or NULL */
    struct carrier **list; /* by the endpoint's slot; NULL where none was needed */
    uint32_t room;
    struct carrier *retired; /* of addresses that are none any more */
};

struct transports {
    bool has_sockets;
    struct curl_sockets sockets; /* where has_sockets, like `lean` */
    struct lean_worker lean;
    struct fleet *fleets; /* by the service's index */
    uint32_t count;
};

/* libcurl closes some descriptors unseen and speaks of them later (see curl_sockets.c). */
static void transports_on_opened(struct lean_worker *lean, int fd)
{
    struct transports *transports = container_of(lean, struct transports, lean);
    curl_sockets_forget(&transports->sockets, fd);
}

static struct carrier *carrier_new(struct transports *transports, const struct service *service,
                                   const struct endpoint *endpoint)
{
    struct carrier *carrier = service->transport == TRANSPORT_AUTO && lean_service_takes(endpoint)
                                  ? transport_lean_new(&transports->lean, service, endpoint)
                                  : transport_curl_new(&transports->sockets, service, endpoint);
    carrier->generation = endpoint->generation;
    return carrier;
}

void transports_forget(struct transports *transports, int fd)
{
    if (transports->has_sockets)
        curl_sockets_forget(&transports->sockets, fd);
}

/* --- the carriers of a service ------------------------------------------------------------ */

static void fleet_sweep(struct fleet *fleet)
{
    struct carrier **at = &fleet->retired;
    while (*at != NULL) {
        struct carrier *carrier = *at;
        if (carrier->transfers > 0) {
            at = &carrier->next_retired;
            continue;
        }
        *at = carrier->next_retired;
        carrier->free(carrier);
    }
}

static void fleet_make_room(struct fleet *fleet, uint32_t slot)
{
    uint32_t room = slot + 1;
    struct carrier **list = reallocarray(fleet->list, room, sizeof(struct carrier *));
    if (!list)
        abort();
    for (uint32_t i = fleet->room; i < room; i++)
        list[i] = NULL;
    fleet->list = list;
    fleet->room = room;
}

/* A carrier for an address that has none yet; what the slot was before is retired. */
static struct carrier *fleet_add(struct fleet *fleet, struct transports *transports,
                                 const struct attempt *attempt)
{
    uint32_t slot = attempt->endpoint.slot;
    assert(slot < ENDPOINTS_MAXIMUM);
    if (slot >= fleet->room)
        fleet_make_room(fleet, slot);
    struct carrier *old = fleet->list[slot];
    if (old != NULL) {
        old->next_retired = fleet->retired;
        fleet->retired = old;
    }
    fleet_sweep(fleet);
    fleet->list[slot] = carrier_new(transports, attempt->request->service, &attempt->endpoint);
    return fleet->list[slot];
}

static struct carrier *transports_find(struct transports *transports, const struct attempt *attempt)
{
    uint32_t index = attempt->request->service->index;
    assert(index < transports->count);
    struct fleet *fleet = &transports->fleets[index];
    uint32_t slot = attempt->endpoint.slot;
    if (fleet->whole != NULL)
        return fleet->whole;
    if (slot < fleet->room && fleet->list[slot] != NULL &&
        fleet->list[slot]->generation == attempt->endpoint.generation)
        return fleet->list[slot];
    return fleet_add(fleet, transports, attempt);
}

static void fleet_done(struct fleet *fleet)
{
    fleet_sweep(fleet);
    assert(fleet->retired == NULL);
    for (uint32_t i = 0; i < fleet->room; i++)
        if (fleet->list[i] != NULL)
            fleet->list[i]->free(fleet->list[i]);
    free(fleet->list);
    if (fleet->whole != NULL)
        fleet->whole->free(fleet->whole);
}

/* --- all of them -------------------------------------------------------------------------- */

static struct transports *transports_alloc(uint32_t count)
{
    struct transports *transports = calloc(1, sizeof(*transports));
    if (!transports)
        abort();
    transports->fleets = calloc(count > 0 ? count : 1, sizeof(*transports->fleets));
    if (!transports->fleets)
        abort();
    transports->count = count;
    return transports;
}

struct transports *transports_of(struct carrier **list, uint32_t count)
{
    struct transports *transports = transports_alloc(count);
    for (uint32_t i = 0; i < count; i++)
        transports->fleets[i].whole = list[i];
    free(list);
    return transports;
}

struct transports *transports_new(struct loop *loop, uint32_t count)
{
    struct transports *transports = transports_alloc(count);
    transports->has_sockets = true;
    curl_sockets_init(&transports->sockets, loop, curl_lane_ready);
    lean_worker_init(&transports->lean, loop, transports_on_opened);
    return transports;
}

void transports_free(struct transports *transports)
{
    if (!transports)
        return;
    for (uint32_t i = 0; i < transports->count; i++)
        fleet_done(&transports->fleets[i]);
    if (transports->has_sockets) {
        lean_worker_done(&transports->lean);
        curl_sockets_done(&transports->sockets);
    }
    free(transports->fleets);
    free(transports);
}

bool transfer_start(struct transports *transports, struct attempt *attempt)
{
    if (attempt->endpoint.is_nowhere)
        return false;
    struct carrier *carrier = transports_find(transports, attempt);
    attempt->answer = (struct flight_answer){0};
    attempt->carrier = carrier;
    attempt->transfer = carrier->start(carrier, attempt);
    carrier->transfers += attempt->transfer != NULL;
    return attempt->transfer != NULL;
}

void transfer_cancel(struct attempt *attempt)
{
    struct transfer *transfer = attempt->transfer;
    if (transfer == NULL)
        return;
    attempt->transfer = NULL;
    attempt->carrier->transfers--;
    transfer->carrier->cancel(transfer);
}

void transfer_finish(struct attempt *attempt, enum reason reason)
{
    attempt->transfer = NULL;
    attempt->carrier->transfers--;
    attempt->ended(attempt, reason);
}
