/*
 * Cells are words, columns as wide as they need to be. What a cell means for the client stands
 * below the table, member by member.
 */
#include "routes/matrix.h"

#include "base/arena.h"
#include "base/json/build.h"
#include "routes/explain.h"
#include "routes/loss.h"
#include "routes/outage_json.h"
#include "routes/secret.h"

#define MATRIX_MEMORY ((size_t)256 * 1024 * 1024)
#define VALUE_SHOWN   80 /* bytes of a value */

struct matrix {
    struct arena arena;
    const struct config *config;
    FILE *to;
    bool has_fails;
    bool has_degrades;
};

static const char *const cell_words[OUTAGE_COUNT] = {
    [OUTAGE_UNTOUCHED] = ".",
    [OUTAGE_DEGRADES] = "degrades",
    [OUTAGE_FAILS] = "fails",
};

/* Characters, not bytes. */
static size_t width_of(struct str text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.length; i++)
        width += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return width;
}

static void column_put(struct matrix *matrix, struct str text, size_t width, bool is_last)
{
    size_t used = width_of(text);
    fprintf(matrix->to, "%.*s", STR_ARGS(text));
    if (!is_last)
        fprintf(matrix->to, "%*s", used < width ? (int)(width - used) + 2 : 2, "");
}

/* --- the table ---------------------------------------------------------------------------- */

static size_t service_width(const struct service *service)
{
    size_t width = width_of(service->name);
    return width > sizeof("degrades") - 1 ? width : sizeof("degrades") - 1;
}

static void header_put(struct matrix *matrix, size_t width)
{
    const struct config *config = matrix->config;
    column_put(matrix, STR(""), width, config->service_count == 0);
    for (uint32_t i = 0; i < config->service_count; i++)
        column_put(matrix, config->services[i].name, service_width(&config->services[i]),
                   i + 1 == config->service_count);
    fputc('\n', matrix->to);
}

static void row_put(struct matrix *matrix, const struct route *route, size_t width)
{
    const struct config *config = matrix->config;
    column_put(matrix, route->key, width, config->service_count == 0);
    for (uint32_t i = 0; i < config->service_count; i++) {
        enum outage outage = explain_outage(route, &config->services[i]);
        matrix->has_fails |= outage == OUTAGE_FAILS;
        matrix->has_degrades |= outage == OUTAGE_DEGRADES;
        column_put(matrix, str_of(cell_words[outage]), service_width(&config->services[i]),
                   i + 1 == config->service_count);
    }
    fputc('\n', matrix->to);
}

static void legend_put(const struct matrix *matrix)
{
    fputs("\nWhen the service of a column is down, the route of a row\n", matrix->to);
    fputs("  .         answers as ever\n", matrix->to);
    if (matrix->has_degrades)
        fputs(
            "  degrades  answers with its status and a Degraded field; below stands what changes\n",
            matrix->to);
    if (matrix->has_fails)
        fputs("  fails     answers with a problem document\n", matrix->to);
}

/* --- what stands below it ----------------------------------------------------------------- */

static struct str becomes_text(struct matrix *matrix, const struct lost_member *member)
{
    struct arena *arena = &matrix->arena;
    if (member->loss == LOSS_OMITTED)
        return STR("left out");
    if (member->loss == LOSS_MADE)
        return str_format(arena, "made of the fallback of %.*s", STR_ARGS(member->call->name));
    struct str text = json_text(arena, member->value);
    if (secret_is_in(matrix->config, text))
        return STR("(hidden: it holds a secret)");
    return text.length <= VALUE_SHOWN ? text : STR("a value of the file, too long for this page");
}

static struct str path_text(const struct lost_member *member)
{
    return member->path.length > 0 ? member->path : STR("the whole body");
}

static void members_put(struct matrix *matrix, const struct route *route,
                        const struct outage_call *calls)
{
    uint32_t count = 0;
    size_t width = 0;
    const struct lost_member *lost = loss_of_answer(&matrix->arena, route, calls, &count);
    for (uint32_t i = 0; i < count; i++) {
        size_t own = width_of(path_text(&lost[i]));
        width = own > width ? own : width;
    }
    for (uint32_t i = 0; i < count; i++) {
        fputs("  ", matrix->to);
        column_put(matrix, path_text(&lost[i]), width, false);
        fprintf(matrix->to, "%.*s\n", STR_ARGS(becomes_text(matrix, &lost[i])));
    }
}

/* A call whose value comes from elsewhere changes no member that could be named. */
static void requests_put(struct matrix *matrix, const struct route *route,
                         const struct outage_call *calls)
{
    for (uint32_t i = 0; i < route->call_count; i++) {
        const struct rung *rung = calls[i].rung;
        if (rung == NULL || rung->kind != RUNG_REQUEST)
            continue;
        fprintf(matrix->to, "  %.*s comes from %.*s\n", STR_ARGS(route->calls[i].name),
                STR_ARGS(rung->request.service->name));
    }
}

static void failures_put(struct matrix *matrix, const struct route *route,
                         const struct outage_call *calls)
{
    for (uint32_t i = 0; i < route->call_count; i++) {
        if (calls[i].outage != OUTAGE_FAILS)
            continue;
        fprintf(matrix->to, "  %s: %.*s is required%s\n",
                calls[i].by_dependency ? "502" : "502, 503 or 504 by cause",
                STR_ARGS(route->calls[i].name),
                calls[i].by_dependency ? " and cannot be asked for" : "");
        return;
    }
    fputs("  502, 503 or 504 by cause: it is passed on\n", matrix->to);
}

static void cell_put(struct matrix *matrix, const struct route *route,
                     const struct service *service)
{
    enum outage outage = explain_outage(route, service);
    if (outage == OUTAGE_UNTOUCHED)
        return;
    const struct outage_call *calls = outage_of_calls(&matrix->arena, route, service);
    fprintf(matrix->to, "\n%.*s without %.*s %s\n", STR_ARGS(route->key), STR_ARGS(service->name),
            outage_name(outage));
    if (outage == OUTAGE_FAILS) {
        failures_put(matrix, route, calls);
        return;
    }
    requests_put(matrix, route, calls);
    members_put(matrix, route, calls);
}

void matrix_print(const struct config *config, const struct router *router, FILE *to)
{
    uint32_t count = 0;
    const struct route *routes = router_routes(router, &count);
    struct matrix matrix = {.config = config, .to = to};
    arena_init(&matrix.arena, NULL, MATRIX_MEMORY);
    size_t width = 0;
    for (uint32_t i = 0; i < count; i++) {
        size_t own = width_of(routes[i].key);
        width = own > width ? own : width;
    }
    header_put(&matrix, width);
    for (uint32_t i = 0; i < count; i++)
        row_put(&matrix, &routes[i], width);
    legend_put(&matrix);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < config->service_count; j++)
            cell_put(&matrix, &routes[i], &config->services[j]);
    }
    arena_done(&matrix.arena);
}

/* --- for programs ------------------------------------------------------------------------- */

static struct json row_json(struct arena *arena, const struct config *config,
                            const struct route *route)
{
    struct str path = route->place.file != NULL ? route->place.file->path : STR("?");
    struct json_builder cells = json_builder_in(arena);
    for (uint32_t i = 0; i < config->service_count; i++)
        json_builder_set_named(&cells, config->services[i].name,
                               outage_json(arena, config, route, &config->services[i]));
    struct json_builder row = json_builder_in(arena);
    json_builder_set(&row, "route", json_from_text(arena, route->key));
    json_builder_set(&row, "file", json_from_text(arena, path));
    json_builder_set(&row, "line", json_from_integer(arena, route->place.line));
    json_builder_set(&row, "outages", json_builder_object(&cells));
    return json_builder_object(&row);
}

struct json matrix_json(struct arena *arena, const struct config *config,
                        const struct router *router)
{
    uint32_t count = 0;
    const struct route *routes = router_routes(router, &count);
    struct json_builder services = json_builder_in(arena);
    for (uint32_t i = 0; i < config->service_count; i++)
        json_builder_add(&services, json_from_text(arena, config->services[i].name));
    struct json_builder rows = json_builder_in(arena);
    for (uint32_t i = 0; i < count; i++)
        json_builder_add(&rows, row_json(arena, config, &routes[i]));
    struct json_builder document = json_builder_in(arena);
    json_builder_set(&document, "services", json_builder_array(&services));
    json_builder_set(&document, "routes", json_builder_array(&rows));
    return json_builder_object(&document);
}

static struct json brief_row_json(struct arena *arena, const struct config *config,
                                  const struct route *route)
{
    struct json_builder row = json_builder_in(arena), cells = json_builder_in(arena);
    for (uint32_t i = 0; i < config->service_count; i++) {
        enum outage outage = explain_outage(route, &config->services[i]);
        if (outage != OUTAGE_UNTOUCHED)
            json_builder_set_named(&cells, config->services[i].name,
                                   json_decoded(str_of(cell_words[outage])));
    }
    json_builder_set(&row, "route", json_from_text(arena, route->key));
    json_builder_set(&row, "outages", json_builder_object(&cells));
    return json_builder_object(&row);
}

struct json matrix_brief_json(struct arena *arena, const struct config *config,
                              const struct router *router)
{
    uint32_t count;
    const struct route *routes = router_routes(router, &count);
    struct json_builder services = json_builder_in(arena), rows = json_builder_in(arena);
    for (uint32_t i = 0; i < config->service_count; i++)
        json_builder_add(&services, json_from_text(arena, config->services[i].name));
    for (uint32_t i = 0; i < count; i++)
        json_builder_add(&rows, brief_row_json(arena, config, &routes[i]));
    struct json_builder document = json_builder_in(arena);
    json_builder_set(&document, "services", json_builder_array(&services));
    json_builder_set(&document, "routes", json_builder_array(&rows));
    return json_builder_object(&document);
}
