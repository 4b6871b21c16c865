/*
 * `braid drill`: what clients would get while each service is lost, route by route.
 */
#include "gateway/main/command.h"

#include "base/json/build.h"
#include "base/json/page.h"
#include "gateway/main/rehearse.h"
#include "gateway/rehearsal/case_reader.h"
#include "gateway/rehearsal/drill_report.h"

#define DRILL_MEMORY ((size_t)512 * 1024 * 1024) /* of one route */

enum format { FORMAT_TEXT, FORMAT_JSON };

static const char *const formats[] = {"text", "json", NULL};

const struct option drill_options[] = {
    {.name = "cases", .argument = "CASES", .says = "what services answer while all is well"},
    {.name = "format", .choices = formats, .says = "for people (text), or one JSON document"},
    {.name = NULL},
};

struct drilling {
    struct snapshot *snapshot;
    const struct case_file *cases;
    const struct client_request *request; /* or NULL */
    enum format format;
    struct json_builder list;
    uint32_t count;
};

static void route_drill(struct drilling *drilling, const struct route *route)
{
    struct arena arena;
    struct drill drill;
    bool is_json = drilling->format == FORMAT_JSON;
    arena_init(&arena, NULL, DRILL_MEMORY);
    /* a document is printed in the end, so that all of it must live until then */
    struct arena *memory = is_json ? &drilling->snapshot->arena : &arena;
    drill_run(drilling->snapshot, route, drilling->cases, drilling->request, memory, &drill);
    if (is_json) {
        json_builder_add(&drilling->list, drill_json(memory, &drill));
    } else {
        if (drilling->count > 0)
            fputc('\n', stdout);
        drill_print(memory, &drill, stdout);
    }
    drilling->count++;
    arena_done(&arena);
}

static int drilling_run(struct drilling *drilling, const char *line)
{
    struct arena *arena = &drilling->snapshot->arena;
    struct client_request request;
    const struct route *only = NULL;
    uint32_t count;
    if (line != NULL) {
        if (case_request_parse(arena, str_of(line), &request))
            only = drill_find_route(drilling->snapshot, arena, &request);
        if (only == NULL) {
            fprintf(stderr, "no route takes '%s'\n", line);
            return EXIT_NO;
        }
        drilling->request = &request;
    }
    const struct route *routes = router_routes(drilling->snapshot->router, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (only == NULL || only == &routes[i])
            route_drill(drilling, &routes[i]);
    }
    if (drilling->format == FORMAT_JSON)
        json_page_print(arena, json_builder_array(&drilling->list), stdout);
    return EXIT_FINE;
}

int command_drill(const struct options *given)
{
    int status = EXIT_NO;
    struct snapshot *snapshot = rehearse_open(given->words[0]);
    if (snapshot == NULL)
        return status;
    const char *path = options_text(given, "cases");
    struct drilling drilling = {.snapshot = snapshot,
                                .format = (enum format)options_choice(given, "format"),
                                .list = json_builder_in(&snapshot->arena)};
    if (path != NULL)
        drilling.cases = rehearse_open_cases(snapshot, path);
    if (path == NULL || drilling.cases != NULL)
        status = drilling_run(&drilling, given->word_count > 1 ? given->words[1] : NULL);
    snapshot_unref(snapshot);
    return status;
}
