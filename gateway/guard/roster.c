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
                       const union endpoint_address *address)
{
    struct member *member = roster_free_slot(roster);
    if (member == NULL)
        return false;
    *member = (struct member){
        .endpoint = {.slot = (uint32_t)(member - roster->list),
                     .generation = roster->next_generation++,
                     .url = url,
                     .is_resolved = address != NULL},
        .weight = url->weight > 0 ? url->weight : 1,
    };
    if (address != NULL)
        member->endpoint.address = *address;
    return true;
}

void roster_init(struct roster *roster, const struct url *urls, uint32_t count)
{
    *roster = (struct roster){.next_generation = 1};
    for (uint32_t i = 0; i < count; i++)
        roster_add(roster, &urls[i], NULL);
}

void roster_done(struct roster *roster)
{
    free(roster->list);
    *roster = (struct roster){0};
}

static bool is_among(const union endpoint_address *addresses, uint32_t count,
                     const union endpoint_address *address)
{
    for (uint32_t i = 0; i < count; i++)
        if (addresses_equal(&addresses[i], address))
            return true;
    return false;
}

static bool roster_have(const struct roster *roster, const struct url *url,
                        const union endpoint_address *address)
{
    for (uint32_t i = 0; i < roster->count; i++) {
        const struct endpoint *endpoint = &roster->list[i].endpoint;
        if (endpoint->url == url && endpoint->is_resolved &&
            addresses_equal(&endpoint->address, address))
            return true;
    }
    return false;
}

bool roster_resolve(struct roster *roster, const struct url *url,
                    const union endpoint_address *addresses, uint32_t count)
{
    bool has_changed = false;
    if (count == 0)
        return false;
    for (uint32_t i = 0; i < roster->count; i++) {
        struct endpoint *endpoint = &roster->list[i].endpoint;
        if (endpoint->url != url ||
            (endpoint->is_resolved && is_among(addresses, count, &endpoint->address)))
            continue;
        roster->list[i] = (struct member){0};
        has_changed = true;
    }
    for (uint32_t i = 0; i < count; i++)
        if (!roster_have(roster, url, &addresses[i]))
            has_changed = roster_add(roster, url, &addresses[i]) || has_changed;
    return has_changed;
}

struct member *roster_find(struct roster *roster, const struct endpoint *endpoint)
{
    if (endpoint->slot >= roster->count)
        return NULL;
    struct member *member = &roster->list[endpoint->slot];
    return member->endpoint.generation == endpoint->generation ? member : NULL;
}
