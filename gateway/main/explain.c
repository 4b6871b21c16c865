/*
 * `braid explain`, `braid matrix`, `braid openapi`: what the routes of a file mean, without
 * running them.
 */
#include "gateway/main/command.h"

#include "base/json/build.h"
#include "base/json/page.h"
#include "gateway/snapshot.h"
#include "routes/explain.h"
#include "routes/explain_dot.h"
#include "routes/explain_json.h"
#include "routes/matrix.h"
#include "routes/openapi.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_DOT };

static const char *const explain_formats[] = {"text", "json", "dot", NULL};
static const char *const matrix_formats[] = {"text", "json", NULL};

const struct option explain_options[] = {
    {.name = "format", .choices = explain_formats, .says = "for people, programs or Graphviz"},
    {.name = NULL},
};

const struct option matrix_options[] = {
    {.name = "format", .choices = matrix_formats, .says = "for people, or one JSON document"},
    {.name = NULL},
};

const struct option openapi_options[] = {
    {.name = "title", .argument = "TEXT", .says = "info.title; without it the name of the file"},
    {.name = "api-version", .argument = "TEXT", .says = "info.version; without it 1.0.0"},
    {.name = NULL},
};

/* A file that can run, or NULL with its mistakes printed. */
static struct snapshot *load(const char *path)
{
    struct snapshot *snapshot = snapshot_load(str_of(path));
    if (snapshot_is_usable(snapshot))
        return snapshot;
    diagnostics_print(&snapshot->diagnostics, stderr);
    snapshot_unref(snapshot);
    return NULL;
}

/* --- explain ------------------------------------------------------------------------------ */

/* "GET /orders/7" or just "/orders/7". */
static const struct route *route_of_request(struct snapshot *snapshot, struct str request)
{
    enum method method = METHOD_GET;
    struct str word = {request.at, str_find(request, ' ')}, target = request;
    const struct route *route = NULL;
    struct path path;
    method_set allowed = 0;
    if (word.length < request.length) {
        if (!method_parse(word, &method)) {
            fprintf(stderr, "braid explain: '%.*s' is no method\n", STR_ARGS(word));
            return NULL;
        }
        target = str_trim(str_from(request, word.length));
    }
    target.length = str_find(target, '?');
    if (!path_normalise(&snapshot->arena, target, &path)) {
        fprintf(stderr, "braid explain: '%.*s' is no path\n", STR_ARGS(target));
        return NULL;
    }
    if (router_find(snapshot->router, method, &path, &route, &allowed) != ROUTER_FOUND) {
        fprintf(stderr, "braid explain: no route takes '%.*s'\n", STR_ARGS(request));
        return NULL;
    }
    return route;
}

static void explain_text(struct snapshot *snapshot, const struct route *const *routes,
                         uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            putchar('\n');
        explain_print(snapshot->config, routes[i], stdout);
    }
}

static void explain_document(struct snapshot *snapshot, const struct route *const *routes,
                             uint32_t count)
{
    struct json_builder list = json_builder_in(&snapshot->arena);
    for (uint32_t i = 0; i < count; i++)
        json_builder_add(&list, explain_json(&snapshot->arena, snapshot->config, routes[i]));
    struct json_builder document = json_builder_in(&snapshot->arena);
    json_builder_set(&document, "routes", json_builder_array(&list));
    json_page_print(&snapshot->arena, json_builder_object(&document), stdout);
}

/* Those that are asked for; none, and the reason printed, where no route takes the request. */
static const struct route **routes_of(struct snapshot *snapshot, const struct options *given,
                                      uint32_t *ret_count)
{
    uint32_t count = 0;
    const struct route *all = router_routes(snapshot->router, &count);
    const struct route **routes = arena_array(&snapshot->arena, const struct route *, count + 1);
    for (uint32_t i = 0; i < count; i++)
        routes[i] = &all[i];
    if (given->word_count == 2) {
        routes[0] = route_of_request(snapshot, str_of(given->words[1]));
        count = routes[0] != NULL ? 1 : 0;
    }
    *ret_count = count;
    return routes;
}

int command_explain(const struct options *given)
{
    struct snapshot *snapshot = load(given->words[0]);
    if (snapshot == NULL)
        return EXIT_NO;
    uint32_t count = 0;
    const struct route **routes = routes_of(snapshot, given, &count);
    bool is_there = given->word_count == 1 || count > 0;
    enum format format = (enum format)options_choice(given, "format");
    if (is_there && format == FORMAT_DOT)
        explain_dot_print(routes, count, stdout);
    else if (is_there && format == FORMAT_JSON)
        explain_document(snapshot, routes, count);
    else if (is_there)
        explain_text(snapshot, routes, count);
    snapshot_unref(snapshot);
    return is_there ? EXIT_FINE : EXIT_NO;
}

/* --- all routes together ------------------------------------------------------------------ */

int command_matrix(const struct options *given)
{
    struct snapshot *snapshot = load(given->words[0]);
    if (snapshot == NULL)
        return EXIT_NO;
    if (options_choice(given, "format") == FORMAT_JSON)
        json_page_print(&snapshot->arena,
                        matrix_json(&snapshot->arena, snapshot->config, snapshot->router), stdout);
    else
        matrix_print(snapshot->config, snapshot->router, stdout);
    snapshot_unref(snapshot);
    return EXIT_FINE;
}

/* "shop" of "examples/shop/shop.yaml". */
static struct str title_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct str name = str_of(slash != NULL ? slash + 1 : path);
    size_t dot = str_find(name, '.');
    return dot > 0 ? (struct str){name.at, dot} : name;
}

int command_openapi(const struct options *given)
{
    struct snapshot *snapshot = load(given->words[0]);
    if (snapshot == NULL)
        return EXIT_NO;
    const char *title = options_text(given, "title");
    const char *version = options_text(given, "api-version");
    struct openapi_info info = {
        .title = title != NULL ? str_of(title) : title_of(given->words[0]),
        .version = version != NULL ? str_of(version) : STR("1.0.0"),
    };
    struct json document =
        openapi_document(&snapshot->arena, snapshot->config, snapshot->router, &info);
    json_page_print(&snapshot->arena, document, stdout);
    snapshot_unref(snapshot);
    return EXIT_FINE;
}
