/*
 * A table with one entry per address that is here, under a lock: it is taken once when a connection
 * comes and once when it goes, never for a request.
 */
#include "gateway/front/guests.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>

#define GUESTS_BUCKETS 4096 /* a power of two */

struct entry {
    struct entry *next;
    uint32_t count;
    uint8_t address[16];
};

struct guests {
    const struct settings *settings;
    pthread_mutex_t lock;
    struct entry *buckets[GUESTS_BUCKETS];
};

struct guests *guests_new(const struct settings *settings)
{
    struct guests *guests = calloc(1, sizeof *guests);
    if (guests == NULL || pthread_mutex_init(&guests->lock, NULL) != 0)
        abort();
    guests->settings = settings;
    return guests;
}

void guests_free(struct guests *guests)
{
    if (guests == NULL)
        return;
    for (size_t i = 0; i < GUESTS_BUCKETS; i++) {
        while (guests->buckets[i] != NULL) {
            struct entry *entry = guests->buckets[i];
            guests->buckets[i] = entry->next;
            free(entry);
        }
    }
    pthread_mutex_destroy(&guests->lock);
    free(guests);
}

static const uint8_t v4_prefix[12] = {[10] = 0xff, [11] = 0xff};

static bool address_of(const struct sockaddr *peer, uint8_t address[16])
{
    if (peer->sa_family == AF_INET) {
        memcpy(address, v4_prefix, 12);
        memcpy(address + 12, &((const struct sockaddr_in *)(const void *)peer)->sin_addr, 4);
    } else if (peer->sa_family == AF_INET6) {
        memcpy(address, &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr, 16);
    }
    return peer->sa_family == AF_INET || peer->sa_family == AF_INET6;
}

static bool is_trusted(const struct settings *settings, const uint8_t address[16])
{
    for (uint32_t i = 0; i < settings->trusted_proxy_count; i++)
        if (block_holds(&settings->trusted_proxies[i], address))
            return true;
    return false;
}

/* The network of an IPv6 client. */
static void address_shorten(uint8_t address[16])
{
    if (memcmp(address, v4_prefix, sizeof v4_prefix) != 0)
        memset(address + 8, 0, 8);
}

/* Where the entry of the address is held, or would be. */
static struct entry **guests_find(struct guests *guests, const uint8_t address[16])
{
    uint64_t hash = str_hash((struct str){(const char *)address, 16});
    struct entry **at = &guests->buckets[hash % GUESTS_BUCKETS];
    while (*at != NULL && memcmp((*at)->address, address, 16) != 0)
        at = &(*at)->next;
    return at;
}

static bool guests_count(struct guests *guests, const uint8_t address[16])
{
    struct entry **at = guests_find(guests, address);
    if (*at == NULL) {
        *at = calloc(1, sizeof **at);
        if (*at == NULL)
            abort();
        memcpy((*at)->address, address, 16);
    }
    if ((*at)->count == guests->settings->limits.per_client)
        return false;
    (*at)->count++;
    return true;
}

bool guests_enter(struct guests *guests, const struct sockaddr *peer, struct guest *ret_guest)
{
    struct guest guest = {.is_counted = false};
    bool may_enter = true;
    if (address_of(peer, guest.address) && !is_trusted(guests->settings, guest.address)) {
        address_shorten(guest.address);
        pthread_mutex_lock(&guests->lock);
        may_enter = guests_count(guests, guest.address);
        pthread_mutex_unlock(&guests->lock);
        guest.is_counted = may_enter;
    }
    if (may_enter)
        *ret_guest = guest;
    return may_enter;
}

void guests_leave(struct guests *guests, const struct guest *guest)
{
    if (!guest->is_counted)
        return;
    pthread_mutex_lock(&guests->lock);
    struct entry **at = guests_find(guests, guest->address);
    struct entry *entry = *at;
    if (entry != NULL && --entry->count == 0) {
        *at = entry->next;
        free(entry);
    }
    pthread_mutex_unlock(&guests->lock);
}
