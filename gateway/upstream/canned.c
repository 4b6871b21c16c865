/*
 * Finding the rule. The prefix that a service's URL puts before every target is taken off first:
 * rules are written as the calls are.
 */
#include "gateway/upstream/canned.h"

#include "base/arena.h"
#include "config/service.h"
#include "gateway/upstream/flight_request.h"

const char *const canned_fate_names[CANNED_FATE_COUNT] = {
    [CANNED_ANSWERED] = "answered", [CANNED_DOWN] = "down",       [CANNED_HANG] = "hang",
    [CANNED_RESET] = "reset",       [CANNED_GARBAGE] = "garbage",
};

static const struct field json_type_field[] = {{{"Content-Type", 12}, {"application/json", 16}}};

static const struct canned_answer not_found = {
    .status = 404,
    .fields = json_type_field,
    .field_count = 1,
    .body = {"{\"error\":\"not found\"}", 21},
};

bool canned_fate_parse(struct str word, enum canned_fate *ret_fate)
{
    for (int i = CANNED_ANSWERED + 1; i < CANNED_FATE_COUNT; i++) {
        if (str_equal(word, str_of(canned_fate_names[i]))) {
            *ret_fate = (enum canned_fate)i;
            return true;
        }
    }
    return false;
}

static bool rule_fits(const struct canned_rule *rule, enum method method, struct str target)
{
    if ((rule->methods & 1u << method) == 0)
        return false;
    if (rule->has_rest)
        return str_starts_with(target, rule->target);
    if (str_find(rule->target, '?') == rule->target.length)
        target.length = str_find(target, '?');
    return str_equal(target, rule->target);
}

static void miss_note(struct canned_misses *misses, const struct flight_request *request,
                      struct str target)
{
    struct canned_miss *miss = arena_new(misses->arena, struct canned_miss);
    miss->service = request->service;
    miss->line =
        str_format(misses->arena, "%.*s %.*s", STR_ARGS(request->method), STR_ARGS(target));
    if (misses->last != NULL)
        misses->last->next = miss;
    else
        misses->first = miss;
    misses->last = miss;
}

const struct canned_answer *canned_find(const struct canned_service *canned,
                                        const struct flight_request *request,
                                        struct canned_misses *misses)
{
    enum method method = METHOD_GET;
    struct str target = request->target;
    struct str prefix = request->service->urls[0].prefix;
    (void)method_parse(request->method, &method);
    if (str_starts_with(target, prefix))
        target = str_from(target, prefix.length);
    if (canned->is_replaced)
        return &canned->instead;
    for (uint32_t i = 0; i < canned->rule_count; i++) {
        if (rule_fits(&canned->rules[i], method, target))
            return &canned->rules[i].answer;
    }
    if (canned->otherwise != NULL)
        return canned->otherwise;
    miss_note(misses, request, target);
    return &not_found;
}
