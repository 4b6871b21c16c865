/*
 * A table by slot. Generations only grow, so an endpoint that was copied long ago never finds the
 * member that has its slot now.
 */
#include "gateway/guard/member.h"

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

static struct member *members_free_slot(struct members *members)
{
    for (uint32_t i = 0; i < members->count; i++)
        if (member_is_free(&members->list[i]))
            return &members->list[i];
    if (members->count == ENDPOINTS_MAXIMUM)
        return NULL;
    if (members->count == members->room) {
        uint32_t room = members->room > 0 ? members->room * 2 : 4;
        struct member *list = reallocarray(members->list, room, sizeof(*list));
        if (list == NULL)
            abort();
        members->list = list;
        members->room = room;
    }
    return &members->list[members->count++];
}

/* Beyond the maximum it is left out. */
static bool members_add(struct members *members, const struct url *url,
                        const union endpoint_address *address)
{
    struct member *member = members_free_slot(members);
    if (member == NULL)
        return false;
    *member = (struct member){
        .endpoint = {.slot = (uint32_t)(member - members->list),
                     .generation = members->next_generation++,
                     .url = url,
                     .is_resolved = address != NULL},
        .weight = url->weight > 0 ? url->weight : 1,
    };
    if (address != NULL)
        member->endpoint.address = *address;
    return true;
}

void members_init(struct members *members, const struct url *urls, uint32_t count)
{
    *members = (struct members){.next_generation = 1};
    for (uint32_t i = 0; i < count; i++)
        members_add(members, &urls[i], NULL);
}

void members_done(struct members *members)
{
    free(members->list);
    *members = (struct members){0};
}

static bool is_among(const union endpoint_address *addresses, uint32_t count,
                     const union endpoint_address *address)
{
    for (uint32_t i = 0; i < count; i++)
        if (addresses_equal(&addresses[i], address))
            return true;
    return false;
}

static bool members_have(const struct members *members, const struct url *url,
                         const union endpoint_address *address)
{
    for (uint32_t i = 0; i < members->count; i++) {
        const struct endpoint *endpoint = &members->list[i].endpoint;
        if (endpoint->url == url && endpoint->is_resolved &&
            addresses_equal(&endpoint->address, address))
            return true;
    }
    return false;
}

bool members_resolve(struct members *members, const struct url *url,
                     const union endpoint_address *addresses, uint32_t count)
{
    bool has_changed = false;
    if (count == 0)
        return false;
    for (uint32_t i = 0; i < members->count; i++) {
        struct endpoint *endpoint = &members->list[i].endpoint;
        if (endpoint->url != url ||
            (endpoint->is_resolved && is_among(addresses, count, &endpoint->address)))
            continue;
        members->list[i] = (struct member){0};
        has_changed = true;
    }
    for (uint32_t i = 0; i < count; i++)
        if (!members_have(members, url, &addresses[i]))
            has_changed = members_add(members, url, &addresses[i]) || has_changed;
    return has_changed;
}

struct member *members_find(struct members *members, const struct endpoint *endpoint)
{
    if (endpoint->slot >= members->count)
        return NULL;
    struct member *member = &members->list[endpoint->slot];
    return member->endpoint.generation == endpoint->generation ? member : NULL;
}
