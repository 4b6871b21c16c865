/*
 * A name's figures are published by one atomic pointer: a reader sees none of them, or zeros that
 * are being counted up.
 */
#include "gateway/telemetry/tally.h"

#include <stdlib.h>

/* In the order of their places. The first is no status; the next six are classes. */
static const struct {
    int status;
    const char *text;
} statuses[] = {
    {0, "none"},    {0, "1xx"},   {0, "2xx"},   {0, "3xx"},   {0, "4xx"},   {0, "5xx"},
    {0, "invalid"}, {200, "200"}, {201, "201"}, {202, "202"}, {203, "203"}, {204, "204"},
    {205, "205"},   {206, "206"}, {300, "300"}, {301, "301"}, {302, "302"}, {303, "303"},
    {304, "304"},   {307, "307"}, {308, "308"}, {400, "400"}, {401, "401"}, {402, "402"},
    {403, "403"},   {404, "404"}, {405, "405"}, {406, "406"}, {407, "407"}, {408, "408"},
    {409, "409"},   {410, "410"}, {411, "411"}, {412, "412"}, {413, "413"}, {414, "414"},
    {415, "415"},   {416, "416"}, {417, "417"}, {421, "421"}, {422, "422"}, {423, "423"},
    {424, "424"},   {425, "425"}, {426, "426"}, {428, "428"}, {429, "429"}, {431, "431"},
    {451, "451"},   {500, "500"}, {501, "501"}, {502, "502"}, {503, "503"}, {504, "504"},
    {505, "505"},   {507, "507"}, {508, "508"}, {511, "511"},
};

#define PLACES_IN_USE (sizeof statuses / sizeof *statuses)
#define PLACE_OF_NONE 0
#define PLACE_INVALID 6
#define PLACE_FIRST   7 /* 200 */

_Static_assert(PLACES_IN_USE <= TALLY_STATUSES, "every status has its place");

uint32_t tally_status_place(int status)
{
    if (status == 0)
        return PLACE_OF_NONE;
    if (status < 100 || status > 599)
        return PLACE_INVALID;
    for (uint32_t i = PLACE_FIRST; i < PLACES_IN_USE && statuses[i].status <= status; i++)
        if (statuses[i].status == status)
            return i;
    return (uint32_t)status / 100;
}

const char *tally_status_text(uint32_t place)
{
    return place < PLACES_IN_USE ? statuses[place].text : NULL;
}

static void *zeroed(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL)
        abort();
    return memory;
}

struct tally *tally_new(void)
{
    return zeroed(sizeof(struct tally));
}

void tally_free(struct tally *tally)
{
    if (tally == NULL)
        return;
    for (size_t i = 0; i <= CATALOGUE_ROUTES; i++)
        free(atomic_load(&tally->routes[i]));
    for (size_t i = 0; i <= CATALOGUE_SERVICES; i++)
        free(atomic_load(&tally->services[i]));
    for (size_t i = 0; i <= CATALOGUE_CALLS; i++)
        free(atomic_load(&tally->calls[i]));
    free(tally);
}

struct route_tally *tally_route(struct tally *tally, uint32_t number)
{
    struct route_tally *route = atomic_load_explicit(&tally->routes[number], memory_order_relaxed);
    if (route == NULL) {
        route = zeroed(sizeof *route);
        atomic_store_explicit(&tally->routes[number], route, memory_order_release);
    }
    return route;
}

struct service_tally *tally_service(struct tally *tally, uint32_t number)
{
    struct service_tally *service =
        atomic_load_explicit(&tally->services[number], memory_order_relaxed);
    if (service == NULL) {
        service = zeroed(sizeof *service);
        atomic_store_explicit(&tally->services[number], service, memory_order_release);
    }
    return service;
}

struct call_tally *tally_call(struct tally *tally, uint32_t number)
{
    struct call_tally *call = atomic_load_explicit(&tally->calls[number], memory_order_relaxed);
    if (call == NULL) {
        call = zeroed(sizeof *call);
        atomic_store_explicit(&tally->calls[number], call, memory_order_release);
    }
    return call;
}
