/* See status.h. One member for each thing that has something to say. */
#include "gateway/compose/status.h"

#include "gateway/cache/feed.h"
#include "gateway/compose/problem.h"
#include "gateway/guard/describe.h"

bool status_write(const struct composer *composer, enum method method, struct str path,
                  struct reply *reply)
{
    if (!str_equal(path, STR("/status")))
        return false;
    if (method != METHOD_GET && method != METHOD_HEAD) {
        problem_write(&(struct problem){.status = 405}, reply);
        reply_add(reply, "Allow", "GET, HEAD");
        return true;
    }
    reply_clear(reply);
    reply->status = 200;
    reply_add(reply, "Content-Type", "application/json");
    reply_add(reply, "Cache-Control", "no-store");
    slices_copy(&reply->body, STR("{\"services\":"));
    guards_describe(composer->guards, loop_now(composer->loop), &reply->body);
    slices_copy(&reply->body, STR(",\"cache\":"));
    cache_describe(composer->cache, &reply->body);
    slices_copy(&reply->body, STR("}"));
    return true;
}
