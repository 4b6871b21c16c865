/*
 * The picture of `braid top`: routes, services, trouble. What does not fit is cut from the end of
 * each list, which begins with what is worst.
 */
#include "gateway/main/picture.h"

#include "base/arena.h"
#include "gateway/main/admin_client.h"

#include <stdio.h>
#include <stdlib.h>

#define LIST_MOST   1024
#define WIDTH_LEAST 60
#define FIXED_LINES 6 /* the head, three headings, two blank ones */

struct entry {
    struct json value;
    double trouble;
    double rate;
    uint32_t place; /* in the file */
};

static int entry_compare(const void *a, const void *b)
{
    const struct entry *first = a, *second = b;
    if (first->trouble > second->trouble || first->trouble < second->trouble)
        return first->trouble > second->trouble ? -1 : 1;
    if (first->rate > second->rate || first->rate < second->rate)
        return first->rate > second->rate ? -1 : 1;
    return first->place < second->place ? -1 : first->place > second->place;
}

static double share_of(struct json entry, const char *part, const char *whole)
{
    double all = admin_number(entry, whole);
    return all > 0 ? admin_number(entry, part) / all : 0;
}

/* Sorted; in arena. */
static struct entry *entries_of(struct arena *arena, struct json list, const char *whole,
                                uint32_t *ret_count)
{
    struct entry *entries = arena_array(arena, struct entry, LIST_MOST);
    struct json_iterator iterator = json_iterate(list);
    struct json value;
    uint32_t count = 0;
    while (count < LIST_MOST && json_next(&iterator, NULL, &value)) {
        double trouble = 2 * share_of(value, "failed", whole) + share_of(value, "degraded", whole);
        entries[count] = (struct entry){value, trouble, admin_number(value, "rate"), count};
        count++;
    }
    qsort(entries, count, sizeof *entries, entry_compare);
    *ret_count = count;
    return entries;
}

static const char *percent(struct arena *arena, double share)
{
    return str_format(arena, share > 0 && share < 0.1 ? "%.1f %%" : "%.0f %%", 100 * share).at;
}

static void routes_add(struct picture *picture, const struct overview *overview, unsigned width,
                       unsigned most)
{
    struct arena *arena = picture->arena;
    uint32_t count;
    int name = (int)width - 46;
    struct entry *list =
        entries_of(arena, admin_list(overview->figures, "routes"), "requests", &count);
    picture_add(picture, MOOD_HEADING, "%-*s %8s %8s %8s %9s %8s", name, "ROUTE", "REQ/S", "ERRORS",
                "DEGRADED", "P50", "P99");
    for (uint32_t i = 0; i < count && i < most; i++) {
        struct json route = list[i].value;
        double failed = share_of(route, "failed", "requests");
        picture_add(picture,
                    failed > 0            ? MOOD_BAD
                    : list[i].trouble > 0 ? MOOD_WARN
                                          : MOOD_PLAIN,
                    "%-*.*s %8.2f %8s %8s %9s %8s", name, name,
                    admin_text(arena, route, "route").at, list[i].rate, percent(arena, failed),
                    percent(arena, share_of(route, "degraded", "requests")),
                    picture_time(arena, admin_number(route, "p50_ms")),
                    picture_time(arena, admin_number(route, "p99_ms")));
    }
}

static uint32_t addresses_out(struct json guard)
{
    struct json_iterator iterator = json_iterate(admin_list(guard, "addresses"));
    struct json address, healthy;
    uint32_t out = 0;
    while (json_next(&iterator, NULL, &address))
        out += admin_number(address, "ejected_ms") > 0 ||
               (json_member(address, STR("healthy"), &healthy) && json_type(healthy) == JSON_FALSE);
    return out;
}

/* In a word or two; *ret_mood how bad it is. */
static const char *service_state(struct arena *arena, struct json guard, enum mood *ret_mood)
{
    struct json breaker = json_null();
    if (json_type(guard) != JSON_OBJECT)
        return "";
    (void)json_member(guard, STR("breaker"), &breaker);
    struct str state = admin_text(arena, breaker, "state");
    uint32_t out = addresses_out(guard), all = admin_list(guard, "addresses").size;
    *ret_mood = MOOD_BAD;
    if (str_equal(state, STR("open")))
        return "breaker open";
    if (out > 0 && out == all)
        return "no address";
    *ret_mood = MOOD_WARN;
    if (str_equal(state, STR("half_open")))
        return "half open";
    if (out > 0)
        return str_format(arena, "%u of %u out", out, all).at;
    *ret_mood = MOOD_PLAIN;
    return admin_number(guard, "waiting") > 0 ? "queueing" : "ok";
}

static void services_add(struct picture *picture, const struct overview *overview, unsigned width,
                         unsigned most)
{
    struct arena *arena = picture->arena;
    uint32_t count;
    int name = (int)width - 59;
    name = name < 12 ? 12 : name;
    struct json guards = json_null();
    struct entry *list =
        entries_of(arena, admin_list(overview->figures, "services"), "calls", &count);
    if (json_type(overview->status) == JSON_OBJECT)
        (void)json_member(overview->status, STR("services"), &guards);
    picture_add(picture, MOOD_HEADING, "%-*s %-14s %8s %7s %8s %8s %7s", name, "SERVICE", "STATE",
                "CALLS/S", "FAILED", "P99", "FLIGHT", "WAITING");
    for (uint32_t i = 0; i < count && i < most; i++) {
        struct str key = admin_text(arena, list[i].value, "service");
        struct json guard = json_null();
        enum mood mood = MOOD_PLAIN;
        if (json_type(guards) == JSON_OBJECT)
            (void)json_member(guards, key, &guard);
        const char *state = service_state(arena, guard, &mood);
        picture_add(picture, mood == MOOD_PLAIN && list[i].trouble > 0 ? MOOD_WARN : mood,
                    "%-*.*s %-14.14s %8.2f %7s %8s %8.0f %7.0f", name, name, key.at, state,
                    list[i].rate, percent(arena, share_of(list[i].value, "failed", "calls")),
                    picture_time(arena, admin_number(list[i].value, "p99_ms")),
                    admin_number(guard, "in_flight"), admin_number(guard, "waiting"));
    }
}

static void trouble_add(struct picture *picture, const struct overview *overview, unsigned most)
{
    struct arena *arena = picture->arena;
    struct json_iterator iterator = json_iterate(admin_list(overview->requests, "requests"));
    struct json request;
    picture_add(picture, MOOD_HEADING, "TIME     STATUS     TOOK  FAILED AND DEGRADED REQUESTS");
    for (unsigned i = 0; i < most && json_next(&iterator, NULL, &request);) {
        struct str kind = admin_text(arena, request, "kind");
        struct str time = admin_text(arena, request, "time");
        struct str why = admin_text(arena, request, "degraded");
        bool has_failed = str_equal(kind, STR("failed"));
        if (!has_failed && !str_equal(kind, STR("degraded")))
            continue;
        if (why.length == 0)
            why = admin_text(arena, request, "reason");
        picture_add(picture, has_failed ? MOOD_BAD : MOOD_WARN, "%.8s %6.0f %8s  %s %s  %s",
                    time.length >= 19 ? time.at + 11 : "", admin_number(request, "status"),
                    picture_time(arena, admin_number(request, "ms")),
                    admin_text(arena, request, "method").at, admin_text(arena, request, "path").at,
                    why.at);
        i++;
    }
}

void picture_overview(struct picture *picture, const struct overview *overview, unsigned width,
                      unsigned height)
{
    struct arena *arena = picture->arena;
    struct json figures = overview->figures;
    unsigned left = height > FIXED_LINES ? height - FIXED_LINES : 0;
    uint32_t services = admin_list(figures, "services").size;
    uint32_t routes = admin_list(figures, "routes").size;
    width = width < WIDTH_LEAST ? WIDTH_LEAST : width;
    unsigned for_services = services < left / 3 ? services : left / 3;
    unsigned for_routes = routes < left / 2 ? routes : left / 2;
    if (overview->why.length > 0)
        picture_add(picture, MOOD_BAD, "braid  %.*s", STR_ARGS(overview->why));
    else
        picture_add(picture, MOOD_PLAIN, "braid %s  %.*s  up %.0f s  %.0f workers  over %.0f s",
                    admin_text(arena, figures, "version").at, STR_ARGS(overview->address),
                    admin_number(figures, "up_s"), admin_number(figures, "workers"),
                    admin_number(figures, "window_s"));
    routes_add(picture, overview, width, for_routes);
    picture_add(picture, MOOD_PLAIN, "%s", "");
    services_add(picture, overview, width, for_services);
    picture_add(picture, MOOD_PLAIN, "%s", "");
    trouble_add(picture, overview, left - for_services - for_routes);
}
