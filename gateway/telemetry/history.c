/*
 * A window is the difference between now and the youngest note that is old enough. Notes are read
 * like a scrape: what every worker has counted, added up.
 */
#include "gateway/telemetry/history.h"

#include "base/json/make.h"
#include "base/loop.h"
#include "gateway/telemetry/telemetry.h"

#include <stdio.h>
#include <stdlib.h>

/* --- taking a note ------------------------------------------------------------------------ */

static void buckets_read(const struct histogram *from, uint32_t buckets[HISTOGRAM_BOUNDS + 1])
{
    for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++)
        buckets[i] += (uint32_t)count_read(&from->buckets[i]);
}

static void route_count_read(const struct telemetry *telemetry, uint32_t number,
                             struct history_count *to)
{
    for (uint32_t i = 0; i < telemetry->witness_count; i++) {
        const struct route_tally *route = atomic_load_explicit(
            &telemetry->witnesses[i].tally->routes[number], memory_order_acquire);
        if (route == NULL)
            continue;
        for (uint32_t k = 0; tally_status_text(k) != NULL; k++) {
            uint32_t count = (uint32_t)count_read(&route->statuses[k]);
            to->all += count;
            if (tally_status_text(k)[0] == '5')
                to->failed += count;
        }
        to->degraded += (uint32_t)count_read(&route->degraded);
        buckets_read(&route->duration, to->buckets);
    }
}

static void service_count_read(const struct telemetry *telemetry, uint32_t number,
                               struct history_count *to)
{
    for (uint32_t i = 0; i < telemetry->witness_count; i++) {
        const struct service_tally *service = atomic_load_explicit(
            &telemetry->witnesses[i].tally->services[number], memory_order_acquire);
        if (service == NULL)
            continue;
        for (int k = 0; k < REASON_COUNT; k++) {
            uint32_t count = (uint32_t)count_read(&service->reasons[k]);
            to->all += count;
            if (k != REASON_NONE)
                to->failed += count;
        }
        buckets_read(&service->duration, to->buckets);
    }
}

static struct history_count count_now(const struct history *history, enum history_kind kind,
                                      uint32_t number)
{
    struct history_count count = {0};
    if (kind == HISTORY_ROUTES)
        route_count_read(history->telemetry, number, &count);
    else
        service_count_read(history->telemetry, number, &count);
    return count;
}

static void kind_note(const struct history *history, enum history_kind kind,
                      struct history_note *note)
{
    uint32_t length = catalogue_count(&history->telemetry->catalogue,
                                      kind == HISTORY_ROUTES ? CATALOGUE_ROUTE : CATALOGUE_SERVICE);
    if (length > note->lengths[kind]) {
        note->counts[kind] = realloc(note->counts[kind], length * sizeof(struct history_count));
        if (note->counts[kind] == NULL)
            abort();
        note->lengths[kind] = length;
    }
    for (uint32_t i = 0; i < length; i++)
        note->counts[kind][i] = count_now(history, kind, i);
}

static void history_take(struct history *history)
{
    struct history_note *note = &history->notes[history->next];
    note->at = loop_now(history->loop);
    kind_note(history, HISTORY_ROUTES, note);
    kind_note(history, HISTORY_SERVICES, note);
    history->next = (history->next + 1) % HISTORY_NOTES;
    history->count += history->count < HISTORY_NOTES;
    timer_start(&history->loop->timers, &history->timer, note->at + HISTORY_STEP);
}

static void history_time_has_come(struct timer *timer)
{
    history_take(container_of(timer, struct history, timer));
}

struct history *history_new(struct loop *loop, struct telemetry *telemetry)
{
    struct history *history = calloc(1, sizeof *history);
    if (history == NULL)
        abort();
    history->loop = loop;
    history->telemetry = telemetry;
    timer_init(&history->timer, history_time_has_come);
    history_take(history);
    return history;
}

void history_free(struct history *history)
{
    if (history == NULL)
        return;
    timer_cancel(&history->loop->timers, &history->timer);
    for (uint32_t i = 0; i < HISTORY_NOTES; i++)
        for (int kind = 0; kind < HISTORY_KIND_COUNT; kind++)
            free(history->notes[i].counts[kind]);
    free(history);
}

/* --- differences -------------------------------------------------------------------------- */

/* The oldest is 0. */
static const struct history_note *note_at(const struct history *history, uint32_t index)
{
    return &history
                ->notes[(history->next + HISTORY_NOTES - history->count + index) % HISTORY_NOTES];
}

static struct history_count count_of(const struct history_note *note, enum history_kind kind,
                                     uint32_t number)
{
    return number < note->lengths[kind] ? note->counts[kind][number] : (struct history_count){0};
}

static struct history_count difference(struct history_count now, struct history_count before)
{
    struct history_count count = {
        now.all - before.all, now.failed - before.failed, now.degraded - before.degraded, {0}};
    for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++)
        count.buckets[i] = now.buckets[i] - before.buckets[i];
    return count;
}

/* Half a step short is near enough. */
static const struct history_note *window_begin(const struct history *history, usec window)
{
    usec now = loop_now(history->loop);
    for (uint32_t i = history->count; i > 1; i--)
        if (now - note_at(history, i - 1)->at >= window - HISTORY_STEP / 2)
            return note_at(history, i - 1);
    return note_at(history, 0);
}

double history_percentile(const uint32_t buckets[HISTOGRAM_BOUNDS + 1], double share)
{
    double all = 0, below = 0;
    for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++)
        all += buckets[i];
    if (all <= 0)
        return -1;
    for (size_t i = 0; i < HISTOGRAM_BOUNDS; i++) {
        double begin = i > 0 ? (double)histogram_bounds[i - 1] : 0;
        double width = (double)histogram_bounds[i] - begin;
        if (buckets[i] > 0 && below + buckets[i] >= share * all)
            return begin + width * (share * all - below) / buckets[i];
        below += buckets[i];
    }
    return (double)histogram_bounds[HISTOGRAM_BOUNDS - 1];
}

/* --- writing ------------------------------------------------------------------------------ */

static void write_member(struct slices *out, const char *before, double number, int digits)
{
    char text[48];
    int length = snprintf(text, sizeof text, "%.*f", digits, number);
    slices_copy_literal(out, before);
    slices_copy(out, (struct str){text, (size_t)length});
}

static void write_percentile(struct slices *out, const char *before,
                             const struct history_count *count, double share)
{
    double time = history_percentile(count->buckets, share);
    if (time < 0) {
        slices_copy_literal(out, before);
        slices_copy(out, STR("null"));
        return;
    }
    write_member(out, before, time / (double)MILLISECOND, 2);
}

/* Per step: all, or what was not whole. */
static void write_steps(const struct history *history, enum history_kind kind, uint32_t number,
                        bool is_bad, struct slices *out)
{
    struct history_count before = {0};
    for (uint32_t i = 0; i <= history->count; i++) {
        bool is_last = i == history->count;
        struct history_count count = is_last ? count_now(history, kind, number)
                                             : count_of(note_at(history, i), kind, number);
        if (i > 0) {
            struct history_count step = difference(count, before);
            write_member(out, i > 1 ? "," : "", is_bad ? step.failed + step.degraded : step.all, 0);
        }
        before = count;
    }
}

static void write_count(const struct history *history, enum history_kind kind, uint32_t number,
                        const struct history_note *begin, struct slices *out)
{
    struct history_count count =
        difference(count_now(history, kind, number), count_of(begin, kind, number));
    double seconds = (double)(loop_now(history->loop) - begin->at) / (double)SECOND;
    bool is_route = kind == HISTORY_ROUTES;
    write_member(out, is_route ? ",\"requests\":" : ",\"calls\":", count.all, 0);
    write_member(out, ",\"rate\":", seconds > 0 ? count.all / seconds : 0, 3);
    write_member(out, ",\"failed\":", count.failed, 0);
    if (is_route)
        write_member(out, ",\"degraded\":", count.degraded, 0);
    write_percentile(out, ",\"p50_ms\":", &count, 0.5);
    write_percentile(out, ",\"p90_ms\":", &count, 0.9);
    write_percentile(out, ",\"p99_ms\":", &count, 0.99);
    slices_copy(out, STR(",\"steps\":["));
    write_steps(history, kind, number, false, out);
    slices_copy(out, STR("],\"bad\":["));
    write_steps(history, kind, number, true, out);
    slices_copy(out, STR("]}"));
}

static void write_begin(struct slices *out, const char *key, struct str name, bool is_first)
{
    slices_copy_literal(out, is_first ? "\n{\"" : ",\n{\"");
    slices_copy_literal(out, key);
    slices_copy(out, STR("\":"));
    json_write_string(out, name);
}

static void write_routes(const struct history *history, const struct snapshot *snapshot,
                         const struct history_note *begin, struct slices *out)
{
    uint32_t count, written = 0;
    const struct route *routes = router_routes(snapshot->router, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (snapshot->series->routes[i] == 0)
            continue;
        write_begin(out, "route", routes[i].key, written++ == 0);
        write_count(history, HISTORY_ROUTES, snapshot->series->routes[i], begin, out);
    }
    if (count_now(history, HISTORY_ROUTES, 0).all == 0)
        return;
    write_begin(out, "route", STR("other"), written == 0);
    write_count(history, HISTORY_ROUTES, 0, begin, out);
}

static void write_services(const struct history *history, const struct snapshot *snapshot,
                           const struct history_note *begin, struct slices *out)
{
    const struct config *config = snapshot->config;
    for (uint32_t i = 0, written = 0; i < config->service_count; i++) {
        if (snapshot->series->services[i] == 0)
            continue;
        write_begin(out, "service", config->services[i].name, written++ == 0);
        write_count(history, HISTORY_SERVICES, snapshot->series->services[i], begin, out);
    }
}

void history_write(const struct history *history, const struct snapshot *snapshot, usec window,
                   struct slices *out)
{
    const struct history_note *begin = window_begin(history, window);
    double seconds = (double)(loop_now(history->loop) - begin->at) / (double)SECOND;
    write_member(out, "{\"window_s\":", seconds, 1);
    write_member(out, ",\"step_s\":", (double)HISTORY_STEP / (double)SECOND, 0);
    slices_copy(out, STR(",\"version\":\"" BRAID_VERSION "\""));
    write_member(
        out, ",\"up_s\":", (double)(clock_wall() - history->telemetry->began) / (double)SECOND, 0);
    write_member(out, ",\"workers\":", history->telemetry->witness_count, 0);
    slices_copy(out, STR(",\n\"routes\":["));
    write_routes(history, snapshot, begin, out);
    slices_copy(out, STR("],\n\"services\":["));
    write_services(history, snapshot, begin, out);
    slices_copy(out, STR("]}\n"));
}
