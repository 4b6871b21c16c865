/*
 * A table of paths. Each page is made whole, in the exchange's arena; what has no room there is a
 * 500, not half a page.
 */
#include "gateway/compose/pages.h"

#include "gateway/compose/problem.h"
#include "gateway/telemetry/recent_json.h"
#include "gateway/telemetry/scrape.h"
#include "gateway/telemetry/telemetry.h"

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

static const struct {
    struct str path;
    bool has_rest;
    page_writer write;
} pages[] = {
    {{"/metrics", 8}, false, metrics_page},
    {{"/requests", 9}, false, requests_page},
    {{"/requests/", 10}, true, request_page},
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
