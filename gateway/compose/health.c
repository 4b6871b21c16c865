/* See health.h. The bodies are small JSON documents, as probes and people like them. */
#include "gateway/compose/health.h"

#include "gateway/compose/problem.h"

static void body_write(struct reply *reply, int status, struct str body)
{
    reply_clear(reply);
    reply->status = status;
    reply_add(reply, "Content-Type", "application/json");
    reply_add(reply, "Cache-Control", "no-store");
    slices_copy(&reply->body, body);
}

bool health_write(const struct composer *composer, enum method method, struct str path,
                  struct reply *reply)
{
    bool is_live = str_equal(path, STR("/healthz"));
    if (!is_live && !str_equal(path, STR("/readyz")))
        return false;
    if (method != METHOD_GET && method != METHOD_HEAD) {
        problem_write(&(struct problem){.status = 405}, reply);
        reply_add(reply, "Allow", "GET, HEAD");
    } else if (is_live) {
        body_write(reply, 200, STR("{\"status\":\"ok\"}"));
    } else if (composer->is_draining) {
        body_write(reply, 503, STR("{\"status\":\"draining\"}"));
    } else {
        body_write(reply, 200, STR("{\"status\":\"ready\"}"));
    }
    return true;
}
