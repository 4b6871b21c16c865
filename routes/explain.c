/*
 * Explanations printed. Three blocks: the calls and when they start, how long all of it may take,
 * and what each service's loss does. Columns are as wide as they need to be.
 *
 * Values that env or file gave are not shown.
 */
#include "routes/explain.h"

#include "base/arena.h"
#include "base/json/make.h"
#include "config/units.h"
#include "routes/secret.h"
#include "routes/timing.h"

#define EXPLAIN_MEMORY ((size_t)64 * 1024 * 1024)
#define REQUEST_COLUMN 60 /* characters; a longer request pushes its own line out */
#define VALUE_SHOWN    80 /* bytes of a value */

struct explaining {
    struct arena arena;
    const struct config *config;
    const struct route *route;
    FILE *to;
};

/* --- pieces ------------------------------------------------------------------------------- */

static struct str duration_text(struct explaining *explaining, usec duration)
{
    char text[UNITS_TEXT_SIZE];
    units_format_duration(duration, text);
    return str_copy(&explaining->arena, str_of(text));
}

/* Line breaks of a block scalar would break the columns. */
static struct str one_line(struct explaining *explaining, struct str text)
{
    char *line = arena_bytes(&explaining->arena, text.length);
    for (size_t i = 0; i < text.length; i++)
        line[i] = (unsigned char)text.at[i] < 0x20 ? ' ' : text.at[i];
    return (struct str){line, text.length};
}

/* Characters, not bytes, so that columns stay straight. */
static size_t width_of(struct str text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.length; i++)
        width += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return width;
}

static void column_print(FILE *to, struct str text, size_t width)
{
    size_t used = width_of(text);
    fprintf(to, "%.*s%*s", STR_ARGS(text), used < width ? (int)(width - used) : 2, "");
}

static size_t widest(size_t width, struct str text)
{
    size_t own = width_of(text);
    return own > width ? own : width;
}

static struct str value_text(struct explaining *explaining, struct json value)
{
    struct str text = json_text(&explaining->arena, value);
    if (secret_is_in(explaining->config, text))
        return STR("(hidden: it holds a secret)");
    if (text.length <= VALUE_SHOWN)
        return text;
    size_t cut = VALUE_SHOWN;
    while (cut > 0 && ((unsigned char)text.at[cut] & 0xC0) == 0x80)
        cut--;
    return str_format(&explaining->arena, "%.*s…", (int)cut, text.at);
}

static struct str request_text(struct explaining *explaining, const struct request *request)
{
    struct str method = method_name(request->method);
    struct str target = one_line(explaining, request->target_text);
    return str_format(&explaining->arena, "%.*s %.*s %.*s", STR_ARGS(request->service->name),
                      STR_ARGS(method), STR_ARGS(target));
}

static struct str names_text(struct explaining *explaining, const uint32_t *list, uint32_t count)
{
    struct str text = STR("");
    for (uint32_t i = 0; i < count; i++) {
        const char *separator = i == 0 ? "" : i + 1 == count ? " and " : ", ";
        text = str_format(&explaining->arena, "%.*s%s%.*s", STR_ARGS(text), separator,
                          STR_ARGS(explaining->route->calls[list[i]].name));
    }
    return text;
}

static struct str rung_text(struct explaining *explaining, const struct rung *rung)
{
    struct json value;
    struct str duration;
    struct str request;
    switch (rung->kind) {
    case RUNG_STALE:
        duration = duration_text(explaining, rung->stale);
        return str_format(&explaining->arena,
                          "the last good answer, up to %.*s old, if there is one",
                          STR_ARGS(duration));
    case RUNG_REQUEST:
        request = request_text(explaining, &rung->request);
        duration = duration_text(explaining, timing_of_request(&rung->request));
        return str_format(&explaining->arena, "%.*s within %.*s", STR_ARGS(request),
                          STR_ARGS(duration));
    case RUNG_VALUE:
        if (template_is_constant(rung->value, &value))
            return value_text(explaining, value);
        return rung->waits_for_count == 0
                   ? STR("a value made of what the client sent")
                   : str_format(
                         &explaining->arena, "a value made of %.*s",
                         STR_ARGS(names_text(explaining, rung->waits_for, rung->waits_for_count)));
    case RUNG_OMIT:
    case RUNG_KIND_COUNT:
        break;
    }
    return STR("nothing: null, and left out of the default body");
}

/* --- the calls ---------------------------------------------------------------------------- */

struct call_columns {
    size_t name;
    size_t start;
    size_t request;
};

static struct str start_text(struct explaining *explaining, const struct call *call)
{
    if (call->waits_for_count == 0)
        return STR("at once");
    struct str names = names_text(explaining, call->waits_for, call->waits_for_count);
    return str_format(&explaining->arena, "after %.*s", STR_ARGS(names));
}

static struct call_columns call_columns(struct explaining *explaining)
{
    struct call_columns columns = {0};
    for (uint32_t i = 0; i < explaining->route->call_count; i++) {
        const struct call *call = &explaining->route->calls[i];
        struct str request = request_text(explaining, &call->request);
        columns.name = widest(columns.name, call->name);
        columns.start = widest(columns.start, start_text(explaining, call));
        if (width_of(request) <= REQUEST_COLUMN)
            columns.request = widest(columns.request, request);
    }
    return columns;
}

static void detail_print(struct explaining *explaining, const struct call_columns *columns,
                         const char *word, struct str text)
{
    fprintf(explaining->to, "    %*s%s%.*s\n", (int)(columns->name + columns->start + 4), "", word,
            STR_ARGS(text));
}

static void call_print(struct explaining *explaining, const struct call *call,
                       const struct call_columns *columns)
{
    FILE *to = explaining->to;
    fputs("    ", to);
    column_print(to, call->name, columns->name + 2);
    column_print(to, start_text(explaining, call), columns->start + 2);
    column_print(to, request_text(explaining, &call->request), columns->request + 2);
    fprintf(to, "within %.*s\n", STR_ARGS(duration_text(explaining, timing_of_call(call))));
    if (call->has_each) {
        struct str text =
            str_format(&explaining->arena, "%u, %u at a time", call->limit, call->concurrency);
        detail_print(explaining, columns, "once per element, at most ", text);
    }
    if (call->cache == CALL_CACHE_FIXED)
        detail_print(explaining, columns, "its answer is used again for ",
                     duration_text(explaining, call->cache_time));
    if (call->cache == CALL_CACHE_STANDARD)
        detail_print(explaining, columns, "its answer is used again as its Cache-Control says",
                     STR(""));
    if (call->has_when)
        detail_print(explaining, columns, "only when its condition is true", STR(""));
    for (uint32_t i = 0; i < call->rung_count; i++)
        detail_print(explaining, columns, "else ", rung_text(explaining, &call->ladder[i]));
    if (call_is_required(call))
        detail_print(explaining, columns, "else the route fails", STR(""));
}

static void calls_print(struct explaining *explaining)
{
    const struct route *route = explaining->route;
    if (route->call_count == 0) {
        fputs("\n  It makes no calls.\n", explaining->to);
        return;
    }
    struct call_columns columns = call_columns(explaining);
    fputs("\n  Calls\n", explaining->to);
    for (uint32_t i = 0; i < route->call_count; i++)
        call_print(explaining, &route->calls[i], &columns);
}

/* --- time --------------------------------------------------------------------------------- */

/* "order 1s → customer 300ms": from the first call to the one that ends last. */
static struct str path_text(struct explaining *explaining, const struct timing_call *calls,
                            uint32_t last)
{
    struct str text = STR("");
    for (uint32_t at = last; at != UINT32_MAX; at = calls[at].behind) {
        struct str own = duration_text(explaining, calls[at].own);
        text = str_format(&explaining->arena, "%.*s %.*s%s%.*s",
                          STR_ARGS(explaining->route->calls[at].name), STR_ARGS(own),
                          at == last ? "" : " → ", STR_ARGS(text));
    }
    return text;
}

static void time_print(struct explaining *explaining)
{
    const struct route *route = explaining->route;
    const struct timing_call *calls = timing_of_calls(&explaining->arena, route);
    uint32_t last = timing_last(route, calls);
    struct str deadline = duration_text(explaining, route->deadline);
    fputs("\n  Time\n", explaining->to);
    if (last != UINT32_MAX)
        fprintf(explaining->to, "    longest path  %.*s\n",
                STR_ARGS(path_text(explaining, calls, last)));
    fprintf(explaining->to, "    deadline      %.*s\n", STR_ARGS(deadline));
    usec worst = last == UINT32_MAX ? 0 : calls[last].end;
    struct str sum = duration_text(explaining, worst);
    if (worst > route->deadline)
        fprintf(explaining->to, "    worst case    %.*s: the deadline cuts what could take %.*s\n",
                STR_ARGS(deadline), STR_ARGS(sum));
    else
        fprintf(explaining->to, "    worst case    %.*s\n", STR_ARGS(sum));
}

usec explain_worst_case(const struct route *route)
{
    usec worst = 0;
    for (uint32_t i = 0; i < route->proxy_count; i++) {
        const struct proxy *proxy = &route->proxies[i];
        usec timeout = proxy->timeout > 0 ? proxy->timeout : proxy->service->timeout;
        worst = timeout > worst ? timeout : worst;
    }
    if (route_is_proxy(route))
        return worst;
    struct arena arena;
    arena_init(&arena, NULL, EXPLAIN_MEMORY);
    const struct timing_call *calls = timing_of_calls(&arena, route);
    uint32_t last = timing_last(route, calls);
    worst = last == UINT32_MAX ? 0 : calls[last].end;
    arena_done(&arena);
    return worst < route->deadline ? worst : route->deadline;
}

/* --- outages ------------------------------------------------------------------------------ */

static enum outage worst_of(const struct route *route, const struct outage_call *calls)
{
    enum outage worst = OUTAGE_UNTOUCHED;
    for (uint32_t i = 0; i < route->call_count; i++)
        worst = calls[i].outage > worst ? calls[i].outage : worst;
    return worst;
}

enum outage explain_outage(const struct route *route, const struct service *service)
{
    for (uint32_t i = 0; i < route->proxy_count; i++) {
        if (route->proxies[i].service == service)
            return OUTAGE_FAILS;
    }
    struct arena arena;
    arena_init(&arena, NULL, EXPLAIN_MEMORY);
    enum outage worst = worst_of(route, outage_of_calls(&arena, route, service));
    arena_done(&arena);
    return worst;
}

static struct str degraded_text(struct explaining *explaining, const struct call *call,
                                const struct rung *rung)
{
    struct str name = call->name;
    if (rung->kind == RUNG_OMIT)
        return str_format(&explaining->arena, "%.*s is null, or left out", STR_ARGS(name));
    struct str text = rung_text(explaining, rung);
    const char *word = rung->kind == RUNG_REQUEST ? "comes from" : "=";
    return str_format(&explaining->arena, "%.*s %s %.*s", STR_ARGS(name), word, STR_ARGS(text));
}

static const char *const outage_words[OUTAGE_COUNT] = {
    [OUTAGE_UNTOUCHED] = "untouched",
    [OUTAGE_DEGRADES] = "degrades",
    [OUTAGE_FAILS] = "fails",
};

static void outage_line(struct explaining *explaining, struct str name, size_t width,
                        const char *word, struct str text)
{
    fputs("    ", explaining->to);
    column_print(explaining->to, name, width + 2);
    if (text.length > 0)
        column_print(explaining->to, str_of(word), sizeof("untouched") + 1);
    else
        fputs(word, explaining->to);
    fprintf(explaining->to, "%.*s\n", STR_ARGS(text));
}

/* A line per call that is touched, the service's name on the first. */
static void outage_print(struct explaining *explaining, const struct service *service, size_t width)
{
    const struct route *route = explaining->route;
    const struct outage_call *calls = outage_of_calls(&explaining->arena, route, service);
    enum outage worst = worst_of(route, calls);
    struct str name = service->name;
    const char *word = outage_words[worst];
    for (uint32_t i = 0; i < route->call_count; i++) {
        if (calls[i].outage != worst || worst == OUTAGE_UNTOUCHED)
            continue;
        struct str text =
            worst == OUTAGE_FAILS
                ? str_format(&explaining->arena, "502, 503 or 504 by cause: %.*s is required%s",
                             STR_ARGS(route->calls[i].name),
                             calls[i].by_dependency ? " and cannot be asked for" : "")
                : degraded_text(explaining, &route->calls[i], calls[i].rung);
        outage_line(explaining, name, width, word, text);
        name = STR("");
        word = "";
        if (worst == OUTAGE_FAILS)
            return;
    }
    if (worst == OUTAGE_UNTOUCHED)
        outage_line(explaining, name, width, word, STR(""));
}

static void outages_print(struct explaining *explaining)
{
    const struct config *config = explaining->config;
    size_t width = 0;
    if (config->service_count == 0)
        return;
    for (uint32_t i = 0; i < config->service_count; i++)
        width = widest(width, config->services[i].name);
    fputs("\n  When a service is down the route …\n", explaining->to);
    for (uint32_t i = 0; i < config->service_count; i++)
        outage_print(explaining, &config->services[i], width);
}

/* --- proxies ------------------------------------------------------------------------------ */

static void proxy_print(struct explaining *explaining, const struct proxy *proxy)
{
    usec timeout = proxy->timeout > 0 ? proxy->timeout : proxy->service->timeout;
    bool keeps_path = proxy->path.length == 0 && !proxy->has_rest;
    struct str duration = duration_text(explaining, timeout);
    struct str path = keeps_path ? STR("the client's path") : proxy->path;
    fprintf(explaining->to, "    %s%.*s %.*s%s within %.*s\n",
            proxy->has_when ? "when its condition is true: " : "", STR_ARGS(proxy->service->name),
            STR_ARGS(path), proxy->has_rest ? "/*" : "", STR_ARGS(duration));
}

static void proxies_print(struct explaining *explaining)
{
    const struct route *route = explaining->route;
    fputs("\n  Passed on as it is, to\n", explaining->to);
    for (uint32_t i = 0; i < route->proxy_count; i++)
        proxy_print(explaining, &route->proxies[i]);
    if (route->proxies[route->proxy_count - 1].has_when)
        fputs("    otherwise 404\n", explaining->to);
    fputs("\n  When that service is down the route fails: 502, 503 or 504 by cause.\n",
          explaining->to);
}

void explain_print(const struct config *config, const struct route *route, FILE *to)
{
    struct explaining explaining = {.config = config, .route = route, .to = to};
    arena_init(&explaining.arena, NULL, EXPLAIN_MEMORY);
    struct str path = route->place.file ? route->place.file->path : STR("?");
    fprintf(to, "%.*s  (%.*s:%u)\n", STR_ARGS(route->key), STR_ARGS(path), route->place.line);
    if (route_is_proxy(route)) {
        proxies_print(&explaining);
    } else {
        calls_print(&explaining);
        time_print(&explaining);
        outages_print(&explaining);
    }
    arena_done(&explaining.arena);
}
