/*
 * A table of paths. Each page is made whole, in the exchange's arena; what has no room there is a
 * 500, not half a page.
 */
#include "gateway/compose/pages.h"

#include "base/json/make.h"
#include "config/effective.h"
#include "gateway/compose/problem.h"
#include "gateway/dashboard/page.h"
#include "gateway/telemetry/history.h"
#include "gateway/telemetry/recent_json.h"
#include "gateway/telemetry/scrape.h"
#include "gateway/telemetry/telemetry.h"
#include "routes/explain_json.h"
#include "routes/matrix.h"

#define WINDOW_LEAST 10 /* seconds */
#define WINDOW_MOST  300
#define WINDOW_USUAL 60

/* false: there is nothing under that name. `rest` is what follows the page's path. */
typedef bool (*page_writer)(struct context *context, struct str rest, struct reply *reply);

static bool metrics_page(struct context *context, struct str rest, struct reply *reply)
{
    struct telemetry *telemetry = context->composer->witness->telemetry;
    struct str accept = client_request_field(&context->arena, &context->request, STR("accept"));
    enum exposition_format format = exposition_choose(accept);
    (void)rest;
    reply_add(reply, "Content-Type", exposition_content_type(format));
    scrape_write(telemetry, format, &reply->body);
    return true;
}

static bool requests_page(struct context *context, struct str rest, struct reply *reply)
{
    (void)rest;
    reply_add(reply, "Content-Type", "application/json");
    recent_write_list(context->composer->witness->telemetry, &reply->body);
    return true;
}

static bool request_page(struct context *context, struct str rest, struct reply *reply)
{
    reply_add(reply, "Content-Type", "application/json");
    return recent_write_one(context->composer->witness->telemetry, rest, &reply->body);
}

/* The value of a parameter, percent-decoded; false: it is not there, or not UTF-8. */
static bool query_value(struct context *context, struct str name, struct str *ret_value)
{
    struct str rest = context->request.query, part;
    while (str_cut(&rest, '&', &part)) {
        size_t end = str_find(part, '=');
        if (end < part.length && str_equal((struct str){part.at, end}, name))
            return path_decode(&context->arena, str_from(part, end + 1), ret_value);
    }
    return false;
}

static bool dashboard_page_write(struct context *context, struct str rest, struct reply *reply)
{
    (void)context;
    (void)rest;
    reply_add(reply, "Content-Type", "text/html; charset=utf-8");
    reply_add(reply, "Content-Security-Policy", dashboard_policy);
    reply_add(reply, "Referrer-Policy", "no-referrer");
    slices_keep(&reply->body, (struct str){(const char *)dashboard_page, dashboard_page_length});
    return true;
}

static bool figures_page(struct context *context, struct str rest, struct reply *reply)
{
    struct str text;
    uint64_t seconds = WINDOW_USUAL;
    (void)rest;
    if (query_value(context, STR("seconds"), &text) &&
        (!str_to_unsigned(text, WINDOW_MOST, &seconds) || seconds < WINDOW_LEAST)) {
        problem_write(&(struct problem){.status = 400, .parameter = STR("seconds")}, reply);
        return true;
    }
    reply_add(reply, "Content-Type", "application/json");
    history_write(context->composer->witness->telemetry->history, context->snapshot,
                  (usec)seconds * SECOND, &reply->body);
    return true;
}

static void json_put(struct reply *reply, struct json document)
{
    reply_add(reply, "Content-Type", "application/json");
    json_write(&reply->body, document);
}

static bool matrix_page(struct context *context, struct str rest, struct reply *reply)
{
    const struct snapshot *snapshot = context->snapshot;
    (void)rest;
    json_put(reply, matrix_brief_json(&context->arena, snapshot->config, snapshot->router));
    return true;
}

static bool plan_page(struct context *context, struct str rest, struct reply *reply)
{
    struct str key;
    uint32_t count;
    const struct route *routes = router_routes(context->snapshot->router, &count);
    (void)rest;
    if (!query_value(context, STR("route"), &key))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!str_equal(routes[i].key, key))
            continue;
        json_put(reply, explain_json(&context->arena, context->snapshot->config, &routes[i]));
        return true;
    }
    return false;
}

static bool config_page(struct context *context, struct str rest, struct reply *reply)
{
    (void)rest;
    json_put(reply, effective_json(&context->arena, context->snapshot->config));
    return true;
}

static const struct {
    struct str path;
    bool has_rest;
    page_writer write;
} pages[] = {
    {{"/", 1}, false, dashboard_page_write},  {{"/figures", 8}, false, figures_page},
    {{"/matrix", 7}, false, matrix_page},     {{"/plan", 5}, false, plan_page},
    {{"/config", 7}, false, config_page},     {{"/metrics", 8}, false, metrics_page},
    {{"/requests", 9}, false, requests_page}, {{"/requests/", 10}, true, request_page},
};

static void page_send(struct context *context, struct str rest, page_writer write,
                      struct reply *reply)
{
    if (context->request.method != METHOD_GET && context->request.method != METHOD_HEAD) {
        problem_write(&(struct problem){.status = 405}, reply);
        reply_add(reply, "Allow", "GET, HEAD");
        return;
    }
    reply_clear(reply);
    reply->status = 200;
    reply_add(reply, "Cache-Control", "no-store");
    reply_add(reply, "X-Content-Type-Options", "nosniff");
    if (!write(context, rest, reply))
        problem_write(&(struct problem){.status = 404}, reply);
    else if (reply->body.is_over || arena_is_over(&context->arena))
        problem_write(&(struct problem){.status = 500}, reply);
}

bool pages_write(struct context *context, struct reply *reply)
{
    struct str path = context->path.text;
    if (context->composer->witness == NULL)
        return false;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        bool is_it = pages[i].has_rest ? str_starts_with(path, pages[i].path)
                                       : str_equal(path, pages[i].path);
        if (!is_it)
            continue;
        page_send(context, str_from(path, pages[i].path.length), pages[i].write, reply);
        return true;
    }
    return false;
}
