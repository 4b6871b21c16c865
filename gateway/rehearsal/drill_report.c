/*
 * What changed in the body is written once below the losses that change it so: most ways of losing
 * a service have the same effect and differ in the reason and the time alone.
 */
#include "gateway/rehearsal/drill_report.h"

#include "base/arena.h"
#include "base/json/build.h"
#include "base/slices.h"
#include "config/units.h"

#define CHANGES_SHOWN 12
#define VALUE_SHOWN   48 /* bytes of a value */
#define LINE_SHOWN    96 /* bytes of a line of changes, its indentation not counted */

static struct str milliseconds(struct arena *arena, usec time)
{
    if (time % MILLISECOND == 0)
        return str_format(arena, "%lld ms", (long long)(time / MILLISECOND));
    return str_format(arena, "%.3f ms", (double)time / (double)MILLISECOND);
}

/* Cut between characters. */
static struct str value_shown(struct arena *arena, struct json value)
{
    struct str text = json_text(arena, value);
    size_t end = VALUE_SHOWN;
    if (text.length <= VALUE_SHOWN)
        return text;
    while (end > 0 && ((unsigned char)text.at[end] & 0xC0) == 0x80)
        end--;
    return str_format(arena, "%.*s…", (int)end, text.at);
}

static struct str change_text(struct arena *arena, const struct json_change *change)
{
    struct str path = change->path.length > 0 ? change->path : STR("the body");
    if (!change->has)
        return str_format(arena, "%.*s is gone", STR_ARGS(path));
    struct str value = value_shown(arena, change->now);
    if (!change->had)
        return str_format(arena, "%.*s is new: %.*s", STR_ARGS(path), STR_ARGS(value));
    return str_format(arena, "%.*s = %.*s", STR_ARGS(path), STR_ARGS(value));
}

/* All changes, broken into lines that begin with `indent` blanks. */
static struct str changes_text(struct arena *arena, const struct json_changes *changes, int indent)
{
    struct slices out;
    size_t line = 0;
    uint32_t shown = 0;
    slices_init(&out, arena);
    for (const struct json_change *change = changes->first; change != NULL && shown < CHANGES_SHOWN;
         change = change->next, shown++) {
        struct str text = change_text(arena, change);
        bool breaks = line > 0 && line + 2 + text.length > LINE_SHOWN;
        if (line > 0)
            slices_copy(&out, breaks ? STR(",\n") : STR(", "));
        if (line == 0 || breaks) {
            slices_copy(&out, str_format(arena, "%*s", indent, ""));
            line = 0;
        }
        slices_copy(&out, text);
        line += text.length + 2;
    }
    if (changes->count > shown)
        slices_copy(&out, str_format(arena, " and %u more", changes->count - shown));
    if (shown > 0)
        slices_copy(&out, STR("\n"));
    return slices_join(&out);
}

static struct str row_says(struct arena *arena, const struct drill *drill,
                           const struct drill_row *row)
{
    if (row->is_problem && row->call.length > 0)
        return str_format(arena, "problem: %.*s failed with %.*s", STR_ARGS(row->call),
                          STR_ARGS(row->reason));
    if (row->is_problem)
        return str_format(arena, "problem%s%.*s", row->reason.length > 0 ? ": " : "",
                          STR_ARGS(row->reason));
    if (row->degraded.at != NULL)
        return str_format(arena, "Degraded: %.*s", STR_ARGS(row->degraded));
    if (row->is_same)
        return STR("as before");
    return route_is_proxy(drill->route) ? STR("passed on as the service sent it")
                                        : STR("not marked as degraded");
}

struct columns {
    int service;
    int loss;
    int outcome;
    int says; /* where the last column begins */
};

static struct str row_outcome(struct arena *arena, const struct drill_row *row)
{
    return str_format(arena, "%d in %.*s", row->rehearsal.status,
                      STR_ARGS(milliseconds(arena, row->rehearsal.took)));
}

static struct columns columns_of(struct arena *arena, const struct drill *drill)
{
    struct columns columns = {.loss = 7};
    for (uint32_t i = 0; i < drill->service_count; i++) {
        int name = (int)drill->services[i].service->name.length;
        if (name > columns.service)
            columns.service = name;
        for (int loss = 0; loss < DRILL_LOSS_COUNT; loss++) {
            int outcome = (int)row_outcome(arena, &drill->services[i].rows[loss]).length;
            if (outcome > columns.outcome)
                columns.outcome = outcome;
        }
    }
    columns.says = 2 + columns.service + 2 + columns.loss + 2 + columns.outcome + 2;
    return columns;
}

static struct str row_changes(struct arena *arena, const struct drill_row *row, int indent)
{
    return row->is_compared ? changes_text(arena, &row->changes, indent) : STR("");
}

static void service_print(struct arena *arena, const struct drill *drill,
                          const struct drill_service *service, const struct columns *columns,
                          FILE *to)
{
    for (int loss = 0; loss < DRILL_LOSS_COUNT; loss++) {
        const struct drill_row *row = &service->rows[loss];
        struct str changes = row_changes(arena, row, columns->says);
        struct str next =
            loss + 1 < DRILL_LOSS_COUNT ? row_changes(arena, row + 1, columns->says) : STR("");
        struct str outcome = row_outcome(arena, row);
        struct str says = row_says(arena, drill, row);
        struct str name = loss == 0 ? service->service->name : STR("");
        fprintf(to, "  %-*.*s  %-*s  %-*.*s  %.*s\n", columns->service, STR_ARGS(name),
                columns->loss, drill_loss_names[loss], columns->outcome, STR_ARGS(outcome),
                STR_ARGS(says));
        if (!str_equal(changes, next))
            fprintf(to, "%.*s", STR_ARGS(changes));
    }
}

/* A rehearsal is always the first request of its worker. */
static bool route_uses_cache(const struct route *route)
{
    for (uint32_t i = 0; i < route->call_count; i++)
        if (route->calls[i].stale > 0 || route->calls[i].cache != CALL_CACHE_OFF)
            return true;
    return false;
}

void drill_print(struct arena *arena, const struct drill *drill, FILE *to)
{
    struct columns columns = columns_of(arena, drill);
    fprintf(to, "%.*s\n", STR_ARGS(drill->route->key));
    fprintf(to, "  %.*s: %d in %.*s%s%s\n", STR_ARGS(drill->line), drill->whole.status,
            STR_ARGS(milliseconds(arena, drill->whole.took)),
            drill->is_made_up ? ", with made-up answers" : "",
            route_uses_cache(drill->route) ? ", with a cold cache" : "");
    if (!drill->is_complete)
        fprintf(to, "  that is no complete answer, so what follows says little: write a case that "
                    "has one\n");
    if (drill->service_count == 0)
        fputs("  needs no service\n", to);
    for (uint32_t i = 0; i < drill->service_count; i++)
        service_print(arena, drill, &drill->services[i], &columns, to);
}

/* --- for programs -------------------------------------------------------------------------- */

static struct json text_or_null(struct arena *arena, struct str text)
{
    return str_is_empty(text) ? json_null() : json_from_text(arena, text);
}

static struct json changes_json(struct arena *arena, const struct json_changes *changes)
{
    struct json_builder list = json_builder_in(arena);
    for (const struct json_change *change = changes->first; change; change = change->next) {
        struct json_builder object = json_builder_in(arena);
        json_builder_set(&object, "path", json_from_text(arena, change->path));
        if (change->had)
            json_builder_set(&object, "was", change->was);
        if (change->has)
            json_builder_set(&object, "now", change->now);
        json_builder_add(&list, json_builder_object(&object));
    }
    return json_builder_array(&list);
}

static void outcome_set(struct json_builder *object, const struct rehearsal *rehearsal)
{
    struct arena *arena = object->arena;
    json_builder_set(object, "status", json_from_integer(arena, rehearsal->status));
    json_builder_set(object, "milliseconds",
                     json_from_double(arena, (double)rehearsal->took / (double)MILLISECOND));
}

static struct json row_json(struct arena *arena, const struct drill_service *service, int loss)
{
    const struct drill_row *row = &service->rows[loss];
    struct json_builder object = json_builder_in(arena);
    json_builder_set(&object, "service", json_from_text(arena, service->service->name));
    json_builder_set(&object, "loss", json_from_text(arena, str_of(drill_loss_names[loss])));
    outcome_set(&object, &row->rehearsal);
    json_builder_set(&object, "degraded", text_or_null(arena, row->degraded));
    json_builder_set(&object, "problem", json_boolean(row->is_problem));
    json_builder_set(&object, "call", text_or_null(arena, row->call));
    json_builder_set(&object, "reason", text_or_null(arena, row->reason));
    json_builder_set(&object, "changes",
                     row->is_compared ? changes_json(arena, &row->changes) : json_null());
    return json_builder_object(&object);
}

struct json drill_json(struct arena *arena, const struct drill *drill)
{
    struct json_builder object = json_builder_in(arena), rows = json_builder_in(arena);
    json_builder_set(&object, "route", json_from_text(arena, drill->route->key));
    json_builder_set(&object, "request", json_from_text(arena, drill->line));
    json_builder_set(&object, "made_up", json_boolean(drill->is_made_up));
    json_builder_set(&object, "complete", json_boolean(drill->is_complete));
    outcome_set(&object, &drill->whole);
    for (uint32_t i = 0; i < drill->service_count; i++) {
        for (int loss = 0; loss < DRILL_LOSS_COUNT; loss++)
            json_builder_add(&rows, row_json(arena, &drill->services[i], loss));
    }
    json_builder_set(&object, "losses", json_builder_array(&rows));
    return json_builder_object(&object);
}
