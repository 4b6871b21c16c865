/*
 * An origin that may not read the answer gets it without a field: the browser keeps it from the
 * page. Refusing the request would protect nobody, since whoever is no browser says what it likes.
 */
#include "gateway/compose/cors.h"

#include "base/arena.h"

/* Field names that a page asks for, as they came; more is no request a person wrote. */
#define REQUEST_HEADERS_MAXIMUM 4096

static const struct cors *cors_of_context(const struct context *context)
{
    if (context->request.is_admin)
        return NULL;
    return context->route != NULL ? context->route->cors : context->snapshot->config->settings.cors;
}

static struct str field_of(struct context *context, const char *name)
{
    return client_request_field(&context->arena, &context->request, str_of(name));
}

/* Whether the page may read the reply, and then the fields that say so. */
static bool origin_write(const struct cors *cors, struct str origin, struct reply *reply)
{
    reply_remove(reply, "Access-Control-Allow-Origin");
    reply_remove(reply, "Access-Control-Allow-Credentials");
    if (!cors->is_for_all)
        reply_add_vary(reply, "Origin");
    if (origin.at == NULL || !cors_allows(cors, origin))
        return false;
    if (cors->is_for_all)
        reply_add(reply, "Access-Control-Allow-Origin", "*");
    else
        reply_add_text(reply, STR("Access-Control-Allow-Origin"), origin);
    if (cors->credentials)
        reply_add(reply, "Access-Control-Allow-Credentials", "true");
    return true;
}

/* --- answers ------------------------------------------------------------------------------ */

/* Those that a page may read anyway (Fetch, CORS-safelisted) or never (Set-Cookie). */
static bool name_needs_exposure(const char *name)
{
    static const char *const others[] = {
        "Cache-Control", "Content-Language", "Content-Length", "Content-Type", "Expires",
        "Last-Modified", "Pragma",           "Set-Cookie",     "Vary",
    };
    if (str_starts_with(str_of(name), STR("Access-Control-")))
        return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (str_equal_ignore_case(str_of(name), str_of(others[i])))
            return false;
    return true;
}

/* A star means every field, but with credentials it is only a name (Fetch, 3.3.3). */
static void exposure_write(const struct cors *cors, struct reply *reply)
{
    if (reply_has(reply, "Access-Control-Expose-Headers"))
        return;
    if (!cors->credentials) {
        reply_add(reply, "Access-Control-Expose-Headers", "*");
        return;
    }
    struct slices names;
    slices_init(&names, reply->arena);
    for (uint32_t i = 0; i < reply->field_count; i++) {
        if (!name_needs_exposure(reply->fields[i].name))
            continue;
        slices_copy(&names, names.bytes > 0 ? STR(", ") : STR(""));
        slices_copy_literal(&names, reply->fields[i].name);
    }
    if (names.bytes > 0)
        reply_add_text(reply, STR("Access-Control-Expose-Headers"), slices_join(&names));
}

void cors_write(struct context *context, struct reply *reply)
{
    const struct cors *cors = cors_of_context(context);
    if (cors != NULL && origin_write(cors, field_of(context, "origin"), reply))
        exposure_write(cors, reply);
}

/* --- preflights --------------------------------------------------------------------------- */

/*
 * A browser remembers every method of the answer, not only the one it asked for, so each is there
 * by the rules of the route that takes it: one that is off, or keeps cookies out, is not named in
 * the name of another.
 */
static method_set methods_for(struct context *context, const struct cors *cors, struct str origin)
{
    method_set methods = 0;
    for (unsigned method = 0; method < METHOD_COUNT; method++) {
        const struct route *route;
        method_set allowed;
        if (router_find(context->snapshot->router, (enum method)method, &context->path, &route,
                        &allowed) == ROUTER_FOUND &&
            route->cors != NULL && route->cors->credentials == cors->credentials &&
            cors_allows(route->cors, origin))
            methods |= 1u << method;
    }
    return methods;
}

static bool names_are_tokens(struct str names)
{
    for (size_t i = 0; i < names.length; i++) {
        char byte = names.at[i];
        bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        bool is_digit = byte >= '0' && byte <= '9';
        if (byte == '\0' ||
            (!is_letter && !is_digit && strchr("!#$%&'*+-.^_`|~, \t", byte) == NULL))
            return false;
    }
    return names.length > 0 && names.length <= REQUEST_HEADERS_MAXIMUM;
}

static void permission_write(struct context *context, const struct cors *cors, struct str origin,
                             struct reply *reply)
{
    struct str names = field_of(context, "access-control-request-headers");
    struct str methods = method_set_text(&context->arena, methods_for(context, cors, origin));
    if (methods.length > 0)
        reply_add_text(reply, STR("Access-Control-Allow-Methods"), methods);
    if (names.at != NULL && names_are_tokens(names))
        reply_add_text(reply, STR("Access-Control-Allow-Headers"), names);
    reply_add_text(reply, STR("Access-Control-Max-Age"),
                   str_format(&context->arena, "%lld", (long long)(cors->max_age / SECOND)));
}

bool cors_answer_preflight(struct context *context, struct reply *reply)
{
    if (context->request.method != METHOD_OPTIONS || context->request.is_admin)
        return false;
    struct str origin = field_of(context, "origin");
    struct str wanted = field_of(context, "access-control-request-method");
    const struct cors *cors = context->snapshot->config->settings.cors;
    const struct route *route;
    method_set allowed = 0;
    enum method method;
    if (origin.at == NULL || wanted.at == NULL)
        return false;
    bool is_known = method_parse(wanted, &method);
    enum router_result result =
        router_find(context->snapshot->router, is_known ? method : METHOD_OPTIONS, &context->path,
                    &route, &allowed);
    if (result == ROUTER_NOT_FOUND)
        return false;
    if (is_known && result == ROUTER_FOUND)
        cors = route->cors;
    if (cors == NULL)
        return false;
    reply_clear(reply);
    reply->status = 204;
    reply_add_text(reply, STR("Allow"), method_set_text(&context->arena, allowed));
    if (origin_write(cors, origin, reply))
        permission_write(context, cors, origin, reply);
    reply_add_vary(reply, "Access-Control-Request-Method");
    reply_add_vary(reply, "Access-Control-Request-Headers");
    return true;
}
