/*
 * The linter: one small function per warning, over what was compiled.
 */
#include "routes/lint.h"

#include "base/arena.h"
#include "base/list.h"
#include "routes/lint_graph.h"
#include "routes/lint_secret.h"
#include "routes/lint_spread.h"
#include "routes/lint_text.h"
#include "routes/linting.h"
#include "routes/outage.h"
#include "routes/plan.h"

/* --- one call ----------------------------------------------------------------------------- */

static void lint_timeout(const struct linting *linting)
{
    const struct call *call = linting->call;
    const struct node *timeout = node_member(call->node, STR("timeout"));
    if (timeout && call->timeout > linting->route->deadline)
        linting_warn(linting, timeout->place, WARNING_TIMEOUT_ABOVE_DEADLINE,
                     STR("the deadline comes first"), "call '%.*s' may take longer than its route",
                     STR_ARGS(call->name));
}

static bool rung_is_unreachable(const struct call *call, uint32_t at)
{
    for (uint32_t i = 0; i < at; i++) {
        const struct rung *earlier = &call->ladder[i];
        if (earlier->kind == RUNG_VALUE)
            return true;
        if (earlier->kind == RUNG_STALE && call->ladder[at].kind == RUNG_STALE &&
            call->ladder[at].stale <= earlier->stale)
            return true;
    }
    return false;
}

static void lint_ladder(const struct linting *linting)
{
    const struct call *call = linting->call;
    for (uint32_t i = 0; i < call->rung_count; i++) {
        const struct rung *rung = &call->ladder[i];
        if (rung_is_unreachable(call, i))
            linting_warn(linting, rung->place, WARNING_UNREACHABLE_RUNG,
                         STR("a rung before it always answers first"),
                         "this rung of call '%.*s' is never reached", STR_ARGS(call->name));
        if (rung->kind == RUNG_STALE && !method_is_safe(call->request.method))
            linting_warn(linting, rung->place, WARNING_STALE_UNSAFE,
                         STR("only answers to safe methods are kept"),
                         "there is never a stale answer to the %.*s of call '%.*s'",
                         STR_ARGS(method_name(call->request.method)), STR_ARGS(call->name));
    }
}

static void lint_dependencies(const struct linting *linting)
{
    const struct call *call = linting->call;
    struct arena *arena = linting->diagnostics->arena;
    if (!call_is_required(call))
        return;
    for (uint32_t i = 0; i < call->waits_for_count; i++) {
        const struct call *first = &linting->route->calls[call->waits_for[i]];
        struct json value;
        if (call_is_required(first) ||
            !outage_rung_value(&first->ladder[first->rung_count - 1], &value) ||
            !outage_unresolves(arena, linting->route, call, first, value))
            continue;
        linting_warn(linting, call->place, WARNING_REQUIRED_BEHIND_OPTIONAL,
                     STR("give it a fallback too, or make both required"),
                     "call '%.*s' is required and fails when '%.*s' falls back",
                     STR_ARGS(call->name), STR_ARGS(first->name));
    }
}

/* --- what nobody uses --------------------------------------------------------------------- */

struct usage {
    struct text_slots slots;
    struct text_visitor texts;
    const struct route *route;
    bool is_used[PLAN_CALLS_MAXIMUM];
};

static void usage_visit_slot(struct text_slots *slots, uint32_t slot, bool is_entered)
{
    (void)is_entered;
    struct usage *usage = container_of(slots, struct usage, slots);
    const struct slot *seen = &usage->route->slots.list[slot];
    if (seen->kind == SLOT_CALL || seen->kind == SLOT_META)
        usage->is_used[seen->index] = true;
}

static void usage_visit_text(struct text_visitor *texts, const struct text *text)
{
    struct usage *usage = container_of(texts, struct usage, texts);
    text_visit_slots(text, &usage->slots);
}

static void usage_collect(struct usage *usage)
{
    const struct route *route = usage->route;
    response_plan_visit_texts(&route->response, &usage->texts);
    for (uint32_t i = 0; i < route->response.cookie_count; i++)
        usage->is_used[route->response.cookies[i]] = true;
    for (uint32_t i = 0; i < route->call_count; i++) {
        const struct call *call = &route->calls[i];
        plan_visit_texts(call, &usage->texts);
        for (uint32_t j = 0; j < call->after_count; j++)
            usage->is_used[call->after[j]] = true;
    }
}

static void lint_unused_calls(struct linting *linting)
{
    const struct route *route = linting->route;
    if (!route->response.body)
        return;
    struct usage usage = {{usage_visit_slot}, {usage_visit_text}, route, {false}};
    usage_collect(&usage);
    for (uint32_t i = 0; i < route->call_count; i++) {
        linting->call = &route->calls[i];
        if (!usage.is_used[i] && linting->call->request.method == METHOD_GET)
            linting_warn(linting, linting->call->place, WARNING_UNUSED_CALL,
                         STR("it is made and awaited all the same"), "nothing mentions call '%.*s'",
                         STR_ARGS(linting->call->name));
    }
    linting->call = NULL;
}

/* --- inner names -------------------------------------------------------------------------- */

struct inner_names {
    struct text_visitor texts;
    const struct linting *linting;
};

static void inner_name_check(const struct linting *linting, const struct text_part *part,
                             const struct jmespath_inner_name *inner)
{
    const struct route *route = linting->route;
    for (uint32_t i = 0; i < route->call_count; i++) {
        if (!str_equal(route->calls[i].name, inner->name))
            continue;
        struct place place = part->place;
        if (place.length >= inner->at + inner->name.length + 3)
            place = place_within(place, inner->at + 2, inner->name.length);
        linting_warn(linting, place, WARNING_INNER_CALL_NAME,
                     STR("to mix calls row by row use `$each`"),
                     "'%.*s' is looked up inside the current element here, it is not the call",
                     STR_ARGS(inner->name));
    }
}

static void inner_names_visit(struct text_visitor *texts, const struct text *text)
{
    struct inner_names *names = container_of(texts, struct inner_names, texts);
    for (uint32_t i = 0; i < text->count; i++) {
        if (!text->parts[i].expression)
            continue;
        size_t count;
        const struct jmespath_inner_name *inner =
            jmespath_inner_names(text->parts[i].expression, &count);
        for (size_t j = 0; j < count; j++)
            inner_name_check(names->linting, &text->parts[i], &inner[j]);
    }
}

static void lint_inner_names(const struct linting *linting)
{
    struct inner_names names = {{inner_names_visit}, linting};
    if (linting->call)
        plan_visit_texts(linting->call, &names.texts);
    else
        response_plan_visit_texts(&linting->route->response, &names.texts);
}

/* --- all ---------------------------------------------------------------------------------- */

void lint_route(const struct route *route, struct diagnostics *diagnostics)
{
    struct linting linting = {.diagnostics = diagnostics, .route = route};
    for (uint32_t i = 0; i < route->call_count; i++) {
        linting.call = &route->calls[i];
        lint_timeout(&linting);
        lint_ladder(&linting);
        lint_dependencies(&linting);
        lint_inner_names(&linting);
    }
    linting.call = NULL;
    lint_unused_calls(&linting);
    lint_inner_names(&linting);
    lint_spreads(route, diagnostics);
    lint_graph(&linting);
    lint_texts(route, diagnostics);
    lint_route_secrets(route, diagnostics);
}

static bool route_uses(const struct route *route, const struct service *service)
{
    for (uint32_t i = 0; i < route->proxy_count; i++) {
        if (route->proxies[i].service == service)
            return true;
    }
    for (uint32_t i = 0; i < route->call_count; i++) {
        const struct call *call = &route->calls[i];
        bool is_used = call->request.service == service;
        for (uint32_t j = 0; j < call->rung_count; j++)
            is_used |=
                call->ladder[j].kind == RUNG_REQUEST && call->ladder[j].request.service == service;
        if (is_used)
            return true;
    }
    return false;
}

static bool service_allows(const struct service *service, enum warning warning)
{
    for (uint32_t i = 0; i < service->allow_count; i++) {
        if (str_equal(service->allow[i], str_of(warning_name(warning))))
            return true;
    }
    return false;
}

static void lint_service(const struct service *service, const struct route *routes, uint32_t count,
                         struct diagnostics *diagnostics)
{
    bool is_used = service_allows(service, WARNING_UNUSED_SERVICE);
    for (uint32_t i = 0; i < count && !is_used; i++)
        is_used = route_uses(&routes[i], service);
    if (!is_used)
        warning_add(diagnostics, WARNING_UNUSED_SERVICE, service->place,
                    STR("remove it, or allow: [unused-service]"),
                    "no route uses the service '%.*s'", STR_ARGS(service->name));
    if (!service_allows(service, WARNING_SECRET_IN_FILE))
        lint_service_secrets(service, diagnostics);
}

void lint_services(const struct config *config, const struct route *routes, uint32_t count,
                   struct diagnostics *diagnostics)
{
    for (uint32_t i = 0; i < config->service_count; i++)
        lint_service(&config->services[i], routes, count, diagnostics);
}
