/* See recent.h. */
#include "gateway/telemetry/recent.h"

#include <stdlib.h>
#include <string.h>

const char *const recent_kind_names[RECENT_KIND_COUNT] = {
    [RECENT_ASKED] = "asked",  [RECENT_FAILED] = "failed",     [RECENT_DEGRADED] = "degraded",
    [RECENT_SLOWEST] = "slow", [RECENT_ORDINARY] = "ordinary",
};

struct recent *recent_new(void)
{
    struct recent *recent = calloc(1, sizeof *recent);
    if (recent == NULL)
        abort();
    pthread_mutex_init(&recent->lock, NULL);
    for (int i = 0; i < RECENT_KIND_COUNT; i++)
        recent->rings[i].allowance = RECENT_KEPT;
    return recent;
}

void recent_free(struct recent *recent)
{
    if (recent == NULL)
        return;
    pthread_mutex_destroy(&recent->lock);
    free(recent);
}

bool recent_is_slow(const struct recent *recent, usec took, usec now)
{
    return took >= RECENT_SLOW_LEAST && (took > recent->slow_from || now >= recent->slow_until);
}

static bool ring_allows(struct recent_ring *ring, usec now)
{
    usec steps = (now - ring->paid) / RECENT_PACE;
    if (steps > 0) {
        ring->paid += steps * RECENT_PACE;
        usec allowance = ring->allowance + steps;
        ring->allowance = allowance < RECENT_KEPT ? (uint32_t)allowance : RECENT_KEPT;
    }
    if (ring->allowance == 0)
        return false;
    ring->allowance--;
    return true;
}

static struct recent_request *ring_place(struct recent_ring *ring)
{
    struct recent_request *place = &ring->list[ring->next];
    ring->next = (ring->next + 1) % RECENT_KEPT;
    return place;
}

static bool is_forgotten(const struct recent_request *request, usec wall)
{
    return request->ended == 0 || request->ended + RECENT_SLOW < wall;
}

/* One that is forgotten, or else the fastest. */
static struct recent_request *slowest_place(struct recent_ring *ring, usec wall)
{
    struct recent_request *fastest = &ring->list[0];
    for (uint32_t i = 0; i < RECENT_KEPT; i++) {
        struct recent_request *request = &ring->list[i];
        if (is_forgotten(request, wall))
            return request;
        if (request->took < fastest->took)
            fastest = request;
    }
    return fastest;
}

/* How slow the next one has to be, and for how long that is known to hold. */
static void slowest_settle(struct recent *recent, usec now, usec wall)
{
    struct recent_ring *ring = &recent->rings[RECENT_SLOWEST];
    usec least = INT64_MAX, oldest = wall;
    for (uint32_t i = 0; i < RECENT_KEPT; i++) {
        const struct recent_request *request = &ring->list[i];
        if (is_forgotten(request, wall)) {
            least = -1;
            continue;
        }
        least = request->took < least ? request->took : least;
        oldest = request->ended < oldest ? request->ended : oldest;
    }
    recent->slow_from = least;
    recent->slow_until = now + RECENT_SLOW - (wall - oldest);
}

struct recent_request *recent_begin(struct recent *recent, enum recent_kind kind, usec took,
                                    usec now, usec wall)
{
    struct recent_ring *ring = &recent->rings[kind];
    if (!ring_allows(ring, now) || pthread_mutex_trylock(&recent->lock) != 0)
        return NULL;
    struct recent_request *place =
        kind == RECENT_SLOWEST ? slowest_place(ring, wall) : ring_place(ring);
    memset(place, 0, sizeof *place);
    place->kind = kind;
    place->took = took;
    place->ended = wall;
    if (kind == RECENT_SLOWEST)
        slowest_settle(recent, now, wall);
    return place;
}

void recent_end(struct recent *recent)
{
    pthread_mutex_unlock(&recent->lock);
}

void recent_copy(char *to, size_t room, struct str from)
{
    size_t length = from.length < room ? from.length : room - 1;
    if (length > 0)
        memcpy(to, from.at, length);
    to[length] = '\0';
}

void recent_lock(struct recent *recent)
{
    pthread_mutex_lock(&recent->lock);
}

void recent_unlock(struct recent *recent)
{
    pthread_mutex_unlock(&recent->lock);
}
