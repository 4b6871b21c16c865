/*
 * A table by slot. Generations only grow, so an endpoint that was copied long ago never finds the
 * member that has its slot now.
 */
#include "gateway/guard/roster.h"

#include "config/url.h"

#include <stdlib.h>
#include <string.h>

static bool addresses_equal(const union endpoint_address *a, const union endpoint_address *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET6)
        return a->v6.sin6_port == b->v6.sin6_port && a->v6.sin6_scope_id == b->v6.sin6_scope_id &&
               memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof(a->v6.sin6_addr)) == 0;
    return a->v4.sin_port == b->v4.sin_port && a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
}

static bool places_equal(const struct endpoint_place *a, const struct endpoint_place *b)
{
    return addresses_equal(&a->address, &b->address) &&
           a->spare.any.sa_family == b->spare.any.sa_family &&
           (a->spare.any.sa_family == AF_UNSPEC || addresses_equal(&a->spare, &b->spare));
}

static void roster_count(struct roster *roster)
{
    roster->placed = roster->sought = 0;
    for (uint32_t i = 0; i < roster->count; i++) {
        roster->placed += member_is_placed(&roster->list[i]);
        roster->sought += roster->list[i].is_sought;
    }
}

static struct member *roster_free_slot(struct roster *roster)
{
    for (uint32_t i = 0; i < roster->count; i++)
        if (member_is_free(&roster->list[i]))
            return &roster->list[i];
    if (roster->count == ENDPOINTS_MAXIMUM)
        return NULL;
    if (roster->count == roster->room) {
        uint32_t room = roster->room > 0 ? roster->room * 2 : 4;
        struct member *list = reallocarray(roster->list, room, sizeof(*list));
        if (list == NULL)
            abort();
        roster->list = list;
        roster->room = room;
    }
    return &roster->list[roster->count++];
}

/* Beyond the maximum it is left out. */
static bool roster_add(struct roster *roster, const struct url *url,
                       const struct endpoint_place *place)
{
    struct member *member = roster_free_slot(roster);
    if (member == NULL)
        return false;
    *member = (struct member){
        .endpoint = {.slot = (uint32_t)(member - roster->list),
                     .generation = roster->next_generation++,
                     .url = url,
                     .is_resolved = place != NULL},
        .weight = url->weight > 0 ? url->weight : 1,
    };
    if (place != NULL)
        member->endpoint.place = *place;
    return true;
}

void roster_init(struct roster *roster, const struct url *urls, uint32_t count)
{
    *roster = (struct roster){.next_generation = 1};
    for (uint32_t i = 0; i < count; i++)
        roster_add(roster, &urls[i], NULL);
    roster_count(roster);
}

void roster_done(struct roster *roster)
{
    free(roster->list);
    *roster = (struct roster){0};
}

static bool is_among(const struct endpoint_place *places, uint32_t count,
                     const struct endpoint_place *place)
{
    for (uint32_t i = 0; i < count; i++)
        if (places_equal(&places[i], place))
            return true;
    return false;
}

static bool roster_have(const struct roster *roster, const struct url *url,
                        const struct endpoint_place *place)
{
    for (uint32_t i = 0; i < roster->count; i++) {
        const struct endpoint *endpoint = &roster->list[i].endpoint;
        if (endpoint->url == url && endpoint->is_resolved && places_equal(&endpoint->place, place))
            return true;
    }
    return false;
}

bool roster_resolve(struct roster *roster, const struct url *url,
                    const struct endpoint_place *places, uint32_t count)
{
    bool has_changed = false;
    if (count == 0)
        return false;
    for (uint32_t i = 0; i < roster->count; i++) {
        struct endpoint *endpoint = &roster->list[i].endpoint;
        if (endpoint->url != url ||
            (endpoint->is_resolved && is_among(places, count, &endpoint->place)))
            continue;
        roster->list[i] = (struct member){0};
        has_changed = true;
    }
    for (uint32_t i = 0; i < count; i++)
        if (!roster_have(roster, url, &places[i]))
            has_changed = roster_add(roster, url, &places[i]) || has_changed;
    roster_count(roster);
    return has_changed;
}

static struct member *roster_unresolved(struct roster *roster, const struct url *url)
{
    for (uint32_t i = 0; i < roster->count; i++)
        if (roster->list[i].endpoint.url == url && !roster->list[i].endpoint.is_resolved)
            return &roster->list[i];
    return NULL;
}

void roster_seek(struct roster *roster, const struct url *url)
{
    struct member *member = roster_unresolved(roster, url);
    if (member == NULL || member->endpoint.is_nowhere)
        return;
    member->is_sought = true;
    roster_count(roster);
}

void roster_lose(struct roster *roster, const struct url *url)
{
    struct member *member = roster_unresolved(roster, url);
    if (member == NULL)
        return;
    member->is_sought = false;
    member->endpoint.is_nowhere = true;
    roster_count(roster);
}

struct member *roster_find(struct roster *roster, const struct endpoint *endpoint)
{
    if (endpoint->slot >= roster->count)
        return NULL;
    struct member *member = &roster->list[endpoint->slot];
    return member->endpoint.generation == endpoint->generation ? member : NULL;
}
