/*
 * Each loss is a rehearsal of its own on the same stage with one service replaced.
 */
#include "gateway/rehearsal/drill.h"

#include "base/arena.h"
#include "gateway/rehearsal/made_up.h"

const char *const drill_loss_names[DRILL_LOSS_COUNT] = {
    [DRILL_DOWN] = "down",
    [DRILL_HANG] = "hang",
    [DRILL_500] = "500",
    [DRILL_GARBAGE] = "garbage",
};

static const struct canned_answer losses[DRILL_LOSS_COUNT] = {
    [DRILL_DOWN] = {.fate = CANNED_DOWN},
    [DRILL_HANG] = {.fate = CANNED_HANG},
    [DRILL_500] = {.status = 500, .body = {"{\"error\":\"broken\"}", 18}},
    [DRILL_GARBAGE] = {.fate = CANNED_GARBAGE},
};

const struct route *drill_find_route(const struct snapshot *snapshot, struct arena *arena,
                                     const struct client_request *request)
{
    struct path path;
    const struct route *route = NULL;
    method_set allowed;
    if (request->method == METHOD_COUNT || !path_normalise(arena, request->path, &path) ||
        router_find(snapshot->router, request->method, &path, &route, &allowed) != ROUTER_FOUND)
        return NULL;
    return route;
}

/* --- the services of a route --------------------------------------------------------------- */

static void call_mark_services(const struct call *call, bool *is_used)
{
    is_used[call->request.service->index] = true;
    for (uint32_t i = 0; i < call->rung_count; i++) {
        if (call->ladder[i].kind == RUNG_REQUEST)
            is_used[call->ladder[i].request.service->index] = true;
    }
}

static void drill_list_services(struct drill *drill, const struct config *config,
                                struct arena *arena)
{
    bool *is_used = arena_array(arena, bool, config->service_count);
    for (uint32_t i = 0; i < drill->route->call_count; i++)
        call_mark_services(&drill->route->calls[i], is_used);
    for (uint32_t i = 0; i < drill->route->proxy_count; i++)
        is_used[drill->route->proxies[i].service->index] = true;
    drill->services = arena_array(arena, struct drill_service, config->service_count);
    for (uint32_t i = 0; i < config->service_count; i++) {
        if (is_used[i])
            drill->services[drill->service_count++].service = &config->services[i];
    }
}

/* --- everything in order ------------------------------------------------------------------- */

static bool is_complete(const struct rehearsal *rehearsal)
{
    return rehearsal->status < 400 && rehearsal_field(rehearsal, STR("degraded")).at == NULL;
}

static bool is_same_request(const struct client_request *a, const struct client_request *b)
{
    return a->method == b->method && str_equal(a->target, b->target);
}

/* What is played, and with whom. */
struct cast {
    struct client_request request;
    const struct canned_service *services;
};

/* The first case of this route (or of this request) whose answer is complete. */
static bool cast_from_cases(const struct stage *stage, const struct route *route,
                            const struct case_file *cases, const struct client_request *request,
                            struct arena *arena, struct cast *ret_cast)
{
    for (uint32_t i = 0; cases != NULL && i < cases->count; i++) {
        const struct test_case *test = &cases->cases[i];
        struct stage own = {
            .snapshot = stage->snapshot, .services = test->services, .wall = stage->wall};
        struct rehearsal rehearsal;
        if (request != NULL ? !is_same_request(request, &test->request)
                            : drill_find_route(stage->snapshot, arena, &test->request) != route)
            continue;
        rehearsal_run(&own, &test->request, arena, &rehearsal);
        if (!is_complete(&rehearsal))
            continue;
        *ret_cast = (struct cast){test->request, test->services};
        return true;
    }
    return false;
}

static void drill_play_whole(struct drill *drill, const struct stage *stage,
                             const struct client_request *request, struct arena *arena)
{
    rehearsal_run(stage, request, arena, &drill->whole);
    drill->is_complete = is_complete(&drill->whole);
    drill->has_body =
        json_read(arena, drill->whole.body, &json_limits_default, &drill->body, NULL) == JSON_OK;
    drill->line = str_format(arena, "%.*s %.*s", STR_ARGS(method_name(request->method)),
                             STR_ARGS(request->target));
}

/* --- one service is lost ------------------------------------------------------------------- */

static struct str text_member(struct arena *arena, struct json object, struct str name)
{
    struct json value;
    if (json_type(object) != JSON_OBJECT || !json_member(object, name, &value) ||
        json_type(value) != JSON_STRING)
        return STR("");
    return json_string_decode(arena, value);
}

static void row_compare(struct drill_row *row, const struct drill *drill, struct arena *arena)
{
    const struct rehearsal *rehearsal = &row->rehearsal;
    struct json body;
    bool has_body = json_read(arena, rehearsal->body, &json_limits_default, &body, NULL) == JSON_OK;
    row->degraded = rehearsal_field(rehearsal, STR("degraded"));
    row->is_problem = has_body && str_equal(rehearsal_field(rehearsal, STR("content-type")),
                                            STR("application/problem+json"));
    row->is_same =
        rehearsal->status == drill->whole.status && str_equal(rehearsal->body, drill->whole.body);
    if (row->is_problem) {
        row->call = text_member(arena, body, STR("call"));
        row->reason = text_member(arena, body, STR("reason"));
        return;
    }
    row->is_compared = has_body && drill->has_body && !route_is_proxy(drill->route);
    if (row->is_compared)
        json_changes_find(arena, drill->body, body, &row->changes);
}

static void drill_lose(struct drill *drill, const struct stage *stage, const struct cast *cast,
                       struct arena *arena)
{
    uint32_t count = stage->snapshot->config->service_count;
    struct canned_service *services = arena_array(arena, struct canned_service, count);
    struct stage without = {.snapshot = stage->snapshot, .services = services, .wall = stage->wall};
    for (uint32_t i = 0; i < drill->service_count; i++) {
        for (int loss = 0; loss < DRILL_LOSS_COUNT; loss++) {
            struct drill_row *row = &drill->services[i].rows[loss];
            memcpy(services, cast->services, count * sizeof(*services));
            services[drill->services[i].service->index] =
                (struct canned_service){.is_replaced = true, .instead = losses[loss]};
            rehearsal_run(&without, &cast->request, arena, &row->rehearsal);
            row_compare(row, drill, arena);
        }
    }
}

void drill_run(struct snapshot *snapshot, const struct route *route, const struct case_file *cases,
               const struct client_request *request, struct arena *arena, struct drill *ret_drill)
{
    struct stage stage = {.snapshot = snapshot,
                          .wall = cases != NULL ? cases->wall : REHEARSAL_WALL};
    struct cast cast;
    *ret_drill = (struct drill){.route = route};
    if (!cast_from_cases(&stage, route, cases, request, arena, &cast)) {
        ret_drill->is_made_up = route->call_count + route->proxy_count > 0;
        cast.request = request != NULL ? *request : made_up_request(arena, route);
        cast.services = made_up_services(arena, snapshot->config, route,
                                         cases != NULL ? cases->services : NULL);
    }
    stage.services = cast.services;
    drill_list_services(ret_drill, snapshot->config, arena);
    drill_play_whole(ret_drill, &stage, &cast.request, arena);
    drill_lose(ret_drill, &stage, &cast, arena);
}
