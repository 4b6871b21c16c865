/*
 * Read under each worker's lock in turn: copied out first, so that it is held for the copy alone.
 */
#include "gateway/telemetry/recent_json.h"

#include "base/arena.h"
#include "base/json/make.h"
#include "gateway/telemetry/telemetry.h"

#include <stdio.h>
#include <stdlib.h>

static void key_write(struct slices *out, const char *key)
{
    slices_copy(out, STR(",\""));
    slices_copy_literal(out, key);
    slices_copy(out, STR("\":"));
}

static void text_write(struct slices *out, const char *key, const char *text)
{
    if (text[0] == '\0')
        return;
    key_write(out, key);
    json_write_string(out, str_of(text));
}

static void number_write(struct slices *out, const char *key, uint64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    key_write(out, key);
    slices_copy_literal(out, digits);
}

static void time_write(struct slices *out, const char *key, usec time)
{
    char digits[40];
    time = time > 0 ? time : 0;
    snprintf(digits, sizeof digits, "%lld.%03lld", (long long)(time / MILLISECOND),
             (long long)(time % MILLISECOND));
    key_write(out, key);
    slices_copy_literal(out, digits);
}

static void call_write(struct slices *out, const struct recent_call *call)
{
    slices_copy(out, STR("{\"service\":"));
    json_write_string(out, str_of(call->service));
    text_write(out, "call", call->name);
    text_write(out, "source", source_name(call->source));
    if (call->reason != REASON_NONE)
        text_write(out, "reason", reason_name(call->reason));
    if (call->status != 0)
        number_write(out, "status", (uint64_t)call->status);
    time_write(out, "start_ms", call->start);
    time_write(out, "wait_ms", call->wait);
    time_write(out, "ms", call->took);
    number_write(out, "requests", call->requests);
    number_write(out, "tries", call->tries);
    slices_copy(out, STR("}"));
}

/* The object without its end. */
static void request_write(struct slices *out, const struct recent_request *request)
{
    char time[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(request->ended, time);
    slices_copy(out, STR("{\"id\":"));
    json_write_string(out, str_of(request->id));
    text_write(out, "trace", request->trace);
    text_write(out, "kind", recent_kind_names[request->kind]);
    text_write(out, "time", time);
    text_write(out, "method", request->method);
    text_write(out, "path", request->path);
    text_write(out, "route", request->route);
    number_write(out, "status", (uint64_t)request->status);
    number_write(out, "bytes", request->bytes);
    time_write(out, "ms", request->took);
    text_write(out, "degraded", request->degraded);
    if (request->reason != REASON_NONE)
        text_write(out, "reason", reason_name(request->reason));
}

/* --- the list ----------------------------------------------------------------------------- */

static int by_kind(const struct recent_request *a, const struct recent_request *b)
{
    usec first = a->kind == RECENT_SLOWEST ? a->took : a->ended;
    usec second = b->kind == RECENT_SLOWEST ? b->took : b->ended;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return first > second ? -1 : first < second;
}

static int compare(const void *a, const void *b)
{
    return by_kind(a, b);
}

/* The kind's requests of all workers, in `list`, which has room for them. */
static size_t gather(struct telemetry *telemetry, enum recent_kind kind,
                     struct recent_request *list)
{
    size_t count = 0;
    for (uint32_t i = 0; i < telemetry->witness_count; i++) {
        struct recent *recent = telemetry->witnesses[i].recent;
        recent_lock(recent);
        for (uint32_t k = 0; k < RECENT_KEPT; k++)
            if (recent->rings[kind].list[k].ended != 0)
                list[count++] = recent->rings[kind].list[k];
        recent_unlock(recent);
    }
    return count;
}

void recent_write_list(struct telemetry *telemetry, struct slices *out)
{
    struct recent_request *list =
        calloc((size_t)telemetry->witness_count * RECENT_KEPT, sizeof *list);
    bool is_first = true;
    if (list == NULL)
        abort();
    slices_copy(out, STR("{\"requests\":["));
    for (int kind = 0; kind < RECENT_KIND_COUNT; kind++) {
        size_t count = gather(telemetry, (enum recent_kind)kind, list);
        qsort(list, count, sizeof *list, compare);
        for (size_t i = 0; i < count && i < RECENT_LISTED; i++) {
            slices_copy(out, is_first ? STR("\n") : STR(",\n"));
            request_write(out, &list[i]);
            number_write(out, "calls", list[i].call_count);
            slices_copy(out, STR("}"));
            is_first = false;
        }
    }
    slices_copy(out, STR("\n]}\n"));
    free(list);
}

/* --- one ---------------------------------------------------------------------------------- */

static bool request_is(const struct recent_request *request, struct str id)
{
    return request->ended != 0 &&
           (str_equal(str_of(request->id), id) || str_equal(str_of(request->trace), id));
}

static void find_in(struct recent *recent, struct str id, struct recent_request *found)
{
    for (int kind = 0; kind < RECENT_KIND_COUNT; kind++)
        for (uint32_t i = 0; i < RECENT_KEPT; i++) {
            const struct recent_request *request = &recent->rings[kind].list[i];
            if (request_is(request, id) && request->ended > found->ended)
                *found = *request;
        }
}

bool recent_write_one(struct telemetry *telemetry, struct str id, struct slices *out)
{
    struct recent_request found = {0};
    for (uint32_t i = 0; i < telemetry->witness_count && id.length > 0; i++) {
        recent_lock(telemetry->witnesses[i].recent);
        find_in(telemetry->witnesses[i].recent, id, &found);
        recent_unlock(telemetry->witnesses[i].recent);
    }
    if (found.ended == 0)
        return false;
    request_write(out, &found);
    slices_copy(out, STR(",\"calls\":["));
    for (uint32_t i = 0; i < found.call_count; i++) {
        slices_copy(out, i > 0 ? STR(",\n") : STR("\n"));
        call_write(out, &found.calls[i]);
    }
    slices_copy(out, STR("\n]}\n"));
    return true;
}
