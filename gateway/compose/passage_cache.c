/*
 * Where a service says Vary, its names are stored under the key without them (an entry of status
 * 0), and each answer under a key with them: two steps to find it, however many there are.
 */
#include "gateway/compose/passage_cache.h"

#include "base/field_lines.h"
#include "gateway/cache/cache_control.h"
#include "gateway/compose/cache_status.h"
#include "gateway/compose/etag.h"

#include <stdio.h>

#define STATUS_OF_VARY 0

static void line_copy(struct slices *out, struct str lines, struct str name)
{
    struct str value;
    if (!field_lines_find(lines, name, &value))
        return;
    slices_copy(out, name);
    slices_copy(out, STR(": "));
    slices_copy(out, value);
    slices_copy(out, STR("\r\n"));
}

static struct str identity_of(struct arena *arena, const struct proxy *proxy, struct str lines)
{
    struct slices out;
    slices_init(&out, arena);
    line_copy(&out, lines, STR("authorization"));
    line_copy(&out, lines, STR("cookie"));
    for (uint32_t i = 0; i < proxy->header_count; i++)
        line_copy(&out, lines, proxy->headers[i].name);
    return slices_join(&out);
}

/* What the client asks of caches, or what only the service can answer (RFC 9110 13, 14). */
static bool request_is_plain(struct str lines)
{
    static const char *const others[] = {"range", "if-match", "if-unmodified-since", "if-range"};
    struct cache_control control = {0};
    struct str value;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (field_lines_find(lines, str_of(others[i]), &value))
            return false;
    if (field_lines_find(lines, STR("cache-control"), &value))
        cache_control_read(&control, value);
    return !control.no_store;
}

static struct cache_key key_of(const struct passage_cache *cache, enum method method,
                               struct str lines)
{
    return cache_key_of(CACHE_OF_PROXIES, method, cache->service->name, cache->target, lines);
}

/* The fields that Vary names, as the client has sent them. */
static struct str varied_lines(struct arena *arena, const struct passage_cache *cache,
                               struct str vary)
{
    struct slices out;
    struct str name;
    slices_init(&out, arena);
    slices_copy(&out, cache->identity);
    slices_copy(&out, STR("vary: "));
    slices_copy(&out, vary);
    slices_copy(&out, STR("\r\n"));
    while (cache_control_next(&vary, &name))
        line_copy(&out, cache->lines, name);
    return slices_join(&out);
}

static struct cache_entry *find(struct passage_cache *cache, struct context *context,
                                struct str lines)
{
    cache->key = key_of(cache, context->request.method, lines);
    struct cache_entry *entry = cache_find(context->composer->cache, &cache->key);
    if (entry != NULL)
        context_hold_entry(context, entry);
    return entry;
}

static void count(struct context *context, enum cache_event event)
{
    cache_tally_count(context->composer->tally, event);
}

void passage_cache_look(struct passage_cache *cache, struct context *context,
                        const struct proxy *proxy, struct str target, struct str lines)
{
    enum method method = context->request.method;
    usec now = context_now(context);
    *cache = (struct passage_cache){
        .target = target, .lines = lines, .service = proxy->service, .asked = now};
    cache->is_on = proxy->is_cached && context->composer->cache != NULL &&
                   (method == METHOD_GET || method == METHOD_HEAD) && !context->request.has_body &&
                   request_is_plain(lines);
    if (!cache->is_on)
        return;
    cache->identity = identity_of(&context->arena, proxy, lines);
    struct cache_entry *entry = find(cache, context, cache->identity);
    if (entry != NULL && entry->status == STATUS_OF_VARY) {
        cache->vary = entry->body;
        entry = find(cache, context, varied_lines(&context->arena, cache, cache->vary));
    }
    cache->stored = entry;
    cache->is_answered = entry != NULL && cache_entry_age(entry, now) < (usec)entry->life * SECOND;
    cache->told.cache.part = cache->is_answered ? CACHE_PART_HIT
                             : entry != NULL    ? CACHE_PART_STALE
                                                : CACHE_PART_MISS;
    count(context, cache->is_answered ? CACHE_HIT : CACHE_MISS);
}

struct str passage_cache_conditions(struct passage_cache *cache, struct context *context)
{
    if (cache->stored == NULL)
        return STR("");
    struct str lines = cache_entry_conditions(cache->stored, &context->arena, cache->lines);
    cache->is_validating = lines.length > 0;
    return lines;
}

/* --- after the transfer ------------------------------------------------------------------- */

static struct cache_times times_of(const struct passage_cache *cache, const struct context *context)
{
    return (struct cache_times){
        .asked = cache->asked, .received = context_now(context), .wall = context_wall(context)};
}

static bool put(struct context *context, const struct cache_key *key,
                const struct cache_content *content)
{
    struct cache_entry *entry = cache_entry_new(key, content);
    bool is_in = entry != NULL && cache_put(context->composer->cache, entry);
    cache_entry_unref(entry);
    return is_in;
}

/* All Vary lines as one list; empty: none. */
static struct str vary_of(struct arena *arena, const struct flight_answer *answer)
{
    struct slices out;
    slices_init(&out, arena);
    for (uint32_t i = 0; i < answer->field_count; i++) {
        if (!str_equal_ignore_case(answer->fields[i].name, STR("vary")))
            continue;
        if (out.bytes > 0)
            slices_copy(&out, STR(", "));
        slices_copy(&out, answer->fields[i].value);
    }
    return slices_join(&out);
}

static void keep(struct passage_cache *cache, struct context *context,
                 const struct flight_answer *answer)
{
    struct cache_times times = times_of(cache, context);
    struct cache_asking asking = {context->request.method, cache->target, cache->lines};
    struct cache_content content = {
        .answer = answer,
        .ruling = cache_rules_judge(&asking, answer, &times),
        .asked = times.asked,
        .received = times.received,
    };
    if (!content.ruling.is_standard)
        return;
    struct str vary = vary_of(&context->arena, answer);
    struct str lines = cache->identity;
    if (vary.length > 0) {
        struct flight_answer names = {.status = STATUS_OF_VARY, .body = vary};
        struct cache_content marker = content;
        struct cache_key key = key_of(cache, context->request.method, cache->identity);
        marker.answer = &names;
        lines = varied_lines(&context->arena, cache, vary);
        if (!str_equal(vary, cache->vary) && !put(context, &key, &marker))
            return;
    }
    struct cache_key key = key_of(cache, context->request.method, lines);
    cache->told.cache.is_stored = put(context, &key, &content);
}

static void freshen(struct passage_cache *cache, struct context *context,
                    const struct flight_answer *answer)
{
    struct cache_times times = times_of(cache, context);
    struct cache_entry *entry = cache_entry_freshen(cache->stored, &context->arena, answer, &times);
    if (entry == NULL)
        return;
    cache->told.cache.is_stored = entry->may_keep && cache_put(context->composer->cache, entry);
    context_hold_entry(context, entry);
    cache->stored = entry;
    cache->is_answered = true;
    count(context, CACHE_VALIDATED);
}

static bool may_stand_in(const struct cache_entry *entry, int status, usec now)
{
    usec limit = ((usec)entry->life + entry->if_error) * SECOND;
    return entry->if_error > 0 && cache_rules_is_error(status) &&
           cache_entry_age(entry, now) < limit;
}

void passage_cache_land(struct passage_cache *cache, struct context *context, enum reason reason,
                        const struct flight_answer *answer)
{
    usec now = context_now(context);
    enum method method = context->request.method;
    if (context->composer->cache == NULL)
        return;
    if (!method_is_safe(method) && reason == REASON_NONE && answer->status < 400)
        cache_invalidate(context->composer->cache, cache->service->name, cache->target, now);
    if (!cache->is_on)
        return;
    cache->told.cache.forward_status = answer->status;
    if (reason == REASON_NONE && answer->status == 304 && cache->is_validating) {
        freshen(cache, context, answer);
    } else if (cache->stored != NULL && may_stand_in(cache->stored, answer->status, now)) {
        cache->is_answered = true;
        cache->told.source = SOURCE_STALE;
        count(context, CACHE_STALE);
    } else if (reason == REASON_NONE) {
        keep(cache, context, answer);
    }
}

/* --- out of the store --------------------------------------------------------------------- */

static bool client_has(const struct passage_cache *cache, const struct flight_answer *answer)
{
    struct str asked, tag;
    return answer->status == 200 && field_lines_find(cache->lines, STR("if-none-match"), &asked) &&
           flight_answer_field(answer, STR("etag"), &tag) && etag_is_in(asked, tag);
}

void passage_cache_write(struct passage_cache *cache, struct context *context, struct reply *reply)
{
    struct flight_answer answer = cache_entry_answer(cache->stored);
    bool is_known = client_has(cache, &answer);
    usec age = cache_entry_age(cache->stored, context_now(context));
    usec left = (usec)cache->stored->life * SECOND - age;
    reply_clear(reply);
    reply->status = is_known ? 304 : answer.status;
    for (uint32_t i = 0; i < answer.field_count; i++) {
        struct str name = answer.fields[i].name;
        if (str_equal_ignore_case(name, STR("age")) ||
            str_equal_ignore_case(name, STR("content-length")) ||
            (is_known && str_equal_ignore_case(name, STR("content-type"))))
            continue;
        reply_add_text(reply, name, answer.fields[i].value);
    }
    reply_add(reply, "Age", str_format(&context->arena, "%lld", (long long)(age / SECOND)).at);
    cache->told.has_life = left >= 0;
    cache->told.life = (uint32_t)(left > 0 ? left / SECOND : 0);
    struct str length;
    if (is_known || context->request.method == METHOD_HEAD) {
        reply->has_length =
            is_known || flight_answer_field(&answer, STR("content-length"), &length);
        reply->length = answer.body.length;
        if (!is_known && reply->has_length)
            reply->has_length = str_to_unsigned(length, UINT64_MAX / 2, &reply->length);
    } else if (answer.status != 204) {
        slices_keep(&reply->body, answer.body);
    }
}
