/*
 * Addresses are sorted by their bytes: name servers turn them round with each answer, and a place
 * that stays must not look like a new one.
 */
#include "gateway/resolve/sighting.h"

#include <stdlib.h>
#include <string.h>

static bool is_link_local_4(const uint8_t *bytes)
{
    return bytes[0] == 169 && bytes[1] == 254;
}

bool address_is_link_local(const union endpoint_address *address)
{
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    static const uint8_t translated[12] = {0x00, 0x64, 0xFF, 0x9B};
    static const uint8_t metadata[16] = {0xFD, 0x00, 0x0E, 0xC2, [14] = 0x02, [15] = 0x54};
    if (address->any.sa_family == AF_INET)
        return is_link_local_4((const uint8_t *)&address->v4.sin_addr);
    const uint8_t *bytes = address->v6.sin6_addr.s6_addr;
    if (memcmp(bytes, mapped, sizeof(mapped)) == 0 ||
        memcmp(bytes, translated, sizeof(translated)) == 0)
        return is_link_local_4(bytes + 12);
    return (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80) ||
           memcmp(bytes, metadata, sizeof(metadata)) == 0;
}

static int place_compare(const void *a, const void *b)
{
    const struct endpoint_place *x = a, *y = b;
    if (x->address.any.sa_family == AF_INET6)
        return memcmp(&x->address.v6.sin6_addr, &y->address.v6.sin6_addr,
                      sizeof(x->address.v6.sin6_addr));
    return memcmp(&x->address.v4.sin_addr, &y->address.v4.sin_addr, sizeof(x->address.v4.sin_addr));
}

static void places_sort(struct sighting *sighting)
{
    uint32_t kept = 0;
    qsort(sighting->places, sighting->count, sizeof(*sighting->places), place_compare);
    for (uint32_t i = 0; i < sighting->count; i++)
        if (kept == 0 || place_compare(&sighting->places[kept - 1], &sighting->places[i]) != 0)
            sighting->places[kept++] = sighting->places[i];
    sighting->count = kept;
}

static union endpoint_address with_port(const union endpoint_address *address, uint16_t port)
{
    union endpoint_address copy = *address;
    if (copy.any.sa_family == AF_INET6)
        copy.v6.sin6_port = htons(port);
    else
        copy.v4.sin_port = htons(port);
    return copy;
}

/* The least of them, for the same reason. */
static void spare_take(union endpoint_address *spare, const union endpoint_address *address)
{
    if (spare->any.sa_family == AF_UNSPEC || memcmp(address, spare, sizeof(*spare)) < 0)
        *spare = *address;
}

void sighting_make(struct sighting *sighting, const union endpoint_address *addresses,
                   uint32_t count, uint16_t port)
{
    union endpoint_address spare = {.any.sa_family = AF_UNSPEC};
    *sighting = (struct sighting){0};
    for (uint32_t i = 0; i < count; i++) {
        union endpoint_address address = with_port(&addresses[i], port);
        int family = address.any.sa_family;
        if (address_is_link_local(&address))
            sighting->refused++;
        else if (sighting->count > 0 && sighting->places[0].address.any.sa_family != family)
            spare_take(&spare, &address);
        else if (sighting->count < SIGHTING_PLACES)
            sighting->places[sighting->count++].address = address;
    }
    for (uint32_t i = 0; i < sighting->count; i++)
        sighting->places[i].spare = spare;
    places_sort(sighting);
}
