/*
 * The order of things: look, join, fly; then judge, keep, tell. What is found in the cache is
 * judged like what a service sends, since two calls may ask the same and accept different answers.
 */
#include "gateway/compose/fetch.h"

#include "base/field_lines.h"
#include "gateway/compose/observation.h"
#include "gateway/compose/verdict.h"

static void fetch_on_landing(struct joint_waiter *waiter, struct joint *joint);
static void fetch_on_time(struct timer *timer);

/* --- the question ------------------------------------------------------------------------- */

static bool method_is_shared(enum method method)
{
    return method == METHOD_GET || method == METHOD_HEAD;
}

void question_init(struct question *question, struct context *context,
                   const struct request *request, const struct rendered_request *rendered)
{
    *question = (struct question){
        .request = request,
        .target = rendered->target,
        .has_body = rendered->has_body,
        .body = rendered->body,
        .lines = envelope_identity_lines(&context->arena, &context->request, request->service,
                                         rendered->header_lines, rendered->has_body),
        .has_key = method_is_shared(request->method),
        .hash = rendered->hash,
    };
    if (question->has_key)
        question->key = cache_key_of(CACHE_OF_CALLS, request->method, request->service->name,
                                     question->target, question->lines);
}

static void fetch_count(const struct fetch *fetch, enum cache_event event)
{
    struct cache_tally *tally = fetch->context->composer->tally;
    if (tally != NULL)
        cache_tally_count(tally, event);
}

/* --- what is stored ----------------------------------------------------------------------- */

static uint32_t seconds_of(usec time)
{
    if (time <= 0)
        return 0;
    return time / SECOND < UINT32_MAX ? (uint32_t)(time / SECOND) : UINT32_MAX;
}

/* How an entry may be used by a call now. */
enum use { USE_FRESH, USE_WHILE_REVALIDATE, USE_IF_ERROR, USE_NOT };

/* *ret_left: how long it stays fresh. */
static enum use entry_use(const struct cache_entry *entry, const struct call *call, usec now,
                          usec *ret_left)
{
    if (call->cache == CALL_CACHE_FIXED) {
        *ret_left = entry->received + call->cache_time - now;
        return *ret_left > 0 ? USE_FRESH : USE_NOT;
    }
    *ret_left = entry->born + (usec)entry->life * SECOND - now;
    if (!entry->is_standard)
        return USE_NOT;
    if (*ret_left > 0)
        return USE_FRESH;
    if (*ret_left + (usec)entry->while_revalidate * SECOND > 0)
        return USE_WHILE_REVALIDATE;
    return *ret_left + (usec)entry->if_error * SECOND > 0 ? USE_IF_ERROR : USE_NOT;
}

/* Its index lay nowhere: from now on it does. */
static void entry_learn(struct context *context, struct cache_entry *entry,
                        const struct outcome *outcome)
{
    if (!outcome->is_read || entry->is_indexed || outcome->value.form != JSON_FORM_INDEXED)
        return;
    struct cache_entry *wiser = cache_entry_with_value(entry, &outcome->value);
    if (wiser != NULL)
        (void)cache_put(context->composer->cache, wiser);
    cache_entry_unref(wiser);
}

/* The context holds the entry. Reason NONE: the call can use it. */
static struct outcome entry_judge(struct context *context, const struct call *call,
                                  const struct request *request, struct cache_entry *entry,
                                  enum source source)
{
    usec now = context_now(context);
    struct flight_answer answer = cache_entry_answer(entry);
    struct evidence evidence = {.answer = &answer, .value = entry->is_read ? &entry->value : NULL};
    struct outcome outcome = verdict_of(&context->arena, &evidence, request, call);
    if (outcome.reason != REASON_NONE)
        return outcome;
    entry_learn(context, entry, &outcome);
    outcome.source = source;
    outcome.has_age = true;
    outcome.age = call->cache == CALL_CACHE_STANDARD && source == SOURCE_CACHE
                      ? seconds_of(cache_entry_age(entry, now))
                      : seconds_of(now - entry->received);
    return outcome;
}

static bool fetch_settle_stored(struct fetch *fetch, struct cache_entry *entry, enum source source,
                                usec left)
{
    struct outcome outcome =
        entry_judge(fetch->context, fetch->call, fetch->question->request, entry, source);
    if (outcome.reason != REASON_NONE)
        return false;
    outcome.cache = (struct cache_story){.part = CACHE_PART_HIT};
    outcome.has_life = true;
    outcome.life = seconds_of(left);
    fetch->outcome = outcome;
    return true;
}

/* Whether a stored answer settles it. One that is only too old is remembered. */
static bool fetch_look_up(struct fetch *fetch)
{
    struct context *context = fetch->context;
    struct cache_entry *entry = cache_find(context->composer->cache, &fetch->question->key);
    usec left = 0;
    fetch->outcome.cache.part = CACHE_PART_MISS;
    if (entry != NULL) {
        context_hold_entry(context, entry);
        enum use use = entry_use(entry, fetch->call, context_now(context), &left);
        if (use <= USE_WHILE_REVALIDATE && fetch_settle_stored(fetch, entry, SOURCE_CACHE, left)) {
            fetch->wants_refresh = use == USE_WHILE_REVALIDATE;
            fetch_count(fetch, use == USE_FRESH ? CACHE_HIT : CACHE_STALE);
            return true;
        }
        fetch->stored = entry;
        fetch->outcome.cache.part = CACHE_PART_STALE;
    }
    fetch_count(fetch, CACHE_MISS);
    return false;
}

bool fetch_stale(struct context *context, const struct call *call, const struct question *question,
                 usec oldest, struct outcome *ret_outcome)
{
    struct cache *cache = context->composer->cache;
    struct cache_entry *entry =
        cache != NULL && question->has_key ? cache_find(cache, &question->key) : NULL;
    if (entry == NULL)
        return false;
    context_hold_entry(context, entry);
    if (context_now(context) - entry->received > oldest)
        return false;
    struct outcome outcome = entry_judge(context, call, question->request, entry, SOURCE_STALE);
    if (outcome.reason != REASON_NONE)
        return false;
    outcome.cache = (struct cache_story){.part = CACHE_PART_STALE};
    cache_tally_count(context->composer->tally, CACHE_STALE);
    *ret_outcome = outcome;
    return true;
}

/* --- flying ------------------------------------------------------------------------------- */

/* Half of what the call gives the service: who is cut off earlier has not failed yet. */
static usec fetch_patience(const struct fetch *fetch, const struct service *service)
{
    usec most = service->timeout;
    if (fetch->call->timeout > 0 && fetch->call->timeout < most)
        most = fetch->call->timeout;
    const struct route *route = fetch->context->route;
    if (route != NULL && route->deadline < most) /* a refresh has none */
        most = route->deadline;
    return most / 2;
}

static void fetch_fly(struct fetch *fetch)
{
    struct context *context = fetch->context;
    const struct question *question = fetch->question;
    const struct service *service = question->request->service;
    struct cache_entry *validated = fetch->stored;
    usec deadline = fetch->deadline;
    usec now = context_now(context);
    usec latest = deadline < context->deadline ? deadline : context->deadline;
    usec left = latest - now < service->timeout ? latest - now : service->timeout;
    struct str conditions = STR("");
    if (validated != NULL && validated->has_validator)
        conditions = cache_entry_conditions(validated, &context->arena, question->lines);
    fetch->hop = observation_begin(context, fetch->call, question->request, service);
    struct flight_request request = {
        .service = service,
        .method = method_name(question->request->method),
        .target = question->target,
        .header_lines = envelope_lines(&context->envelope, context->composer, &context->arena,
                                       question->lines, conditions, left),
        .has_body = question->has_body,
        .body = question->body,
        .max_response = service->max_response,
        /* the route's own timer is `deadline`, not `timeout` */
        .deadline = deadline < context->deadline ? deadline : USEC_NEVER,
        .latest = latest,
        .patience = fetch_patience(fetch, service),
        .may_hedge = method_is_safe(question->request->method),
        .hash = question->hash,
        .accept = &question->request->accept,
        .absent = &fetch->call->absent,
        /* with that field a service recognises a request that it has carried out already */
        .is_idempotent = method_is_idempotent(question->request->method) ||
                         field_lines_have(question->lines, STR("idempotency-key")),
    };
    fetch->is_first = true;
    joint_start(&fetch->waiter, context, question->has_key ? &question->key : NULL, &request,
                conditions.length > 0 ? validated : NULL);
}

static bool fetch_join(struct fetch *fetch)
{
    struct context *context = fetch->context;
    if (!fetch->question->has_key || !joint_join(&fetch->waiter, context, &fetch->question->key,
                                                 fetch->question->request->service))
        return false;
    fetch->is_first = false;
    fetch->outcome.cache.is_collapsed = true;
    fetch_count(fetch, CACHE_COALESCED);
    if (fetch->deadline < context->deadline &&
        fetch->deadline < fetch->waiter.joint->flight.request.deadline)
        timer_start(&context->composer->loop->timers, &fetch->timer, fetch->deadline);
    return true;
}

static void fetch_init(struct fetch *fetch, struct context *context,
                       const struct fetch_order *order, void (*done)(struct fetch *fetch))
{
    *fetch = (struct fetch){
        .context = context,
        .call = order->call,
        .done = done,
        .question = order->question,
        .is_call = order->is_call,
        .deadline = order->deadline,
        .waiter = {.landed = fetch_on_landing},
    };
    usec patience = context_now(context) + order->question->request->service->timeout;
    fetch->patience = patience < order->deadline ? patience : order->deadline;
    list_init(&fetch->waiter.place);
    timer_init(&fetch->timer, fetch_on_time);
}

static bool fetch_may_look(const struct fetch *fetch)
{
    return fetch->is_call && fetch->call->cache != CALL_CACHE_OFF && fetch->question->has_key &&
           fetch->context->composer->cache != NULL;
}

bool fetch_start(struct fetch *fetch, struct context *context, const struct fetch_order *order,
                 void (*done)(struct fetch *fetch))
{
    fetch_init(fetch, context, order, done);
    if (fetch_may_look(fetch) && fetch_look_up(fetch))
        return true;
    if (!fetch_join(fetch))
        fetch_fly(fetch);
    return false;
}

void fetch_renew(struct fetch *fetch, struct context *context, const struct fetch_order *order,
                 struct cache_entry *stored, void (*done)(struct fetch *fetch))
{
    fetch_init(fetch, context, order, done);
    fetch->stored = stored;
    if (!fetch_join(fetch))
        fetch_fly(fetch);
}

/* What was asked for us has ended; of a transfer of others nothing is told. */
static void fetch_observe(struct fetch *fetch, const struct joint *joint, enum reason reason,
                          int status)
{
    if (fetch->is_first)
        observation_end(fetch->context, fetch->hop, &joint->flight, reason, status);
}

void fetch_cancel(struct fetch *fetch)
{
    if (fetch->waiter.joint == NULL)
        return;
    timer_cancel(&fetch->context->composer->loop->timers, &fetch->timer);
    fetch_observe(fetch, fetch->waiter.joint, REASON_CANCELLED, 0);
    joint_leave(&fetch->waiter);
}

void fetch_expire(struct fetch *fetch)
{
    if (fetch->waiter.joint == NULL)
        return;
    timer_cancel(&fetch->context->composer->loop->timers, &fetch->timer);
    fetch_observe(fetch, fetch->waiter.joint, REASON_DEADLINE, 0);
    joint_expire(&fetch->waiter);
}

/* --- landing ------------------------------------------------------------------------------ */

static struct cache_times joint_times(const struct fetch *fetch, const struct joint *joint)
{
    return (struct cache_times){.asked = joint->asked,
                                .received = context_now(fetch->context),
                                .wall = context_wall(fetch->context)};
}

/* The service says that what was stored is still good. */
static bool fetch_take_validated(struct fetch *fetch, struct joint *joint)
{
    struct context *context = fetch->context;
    usec left = 0;
    if (joint->entry == NULL) {
        struct cache_times times = joint_times(fetch, joint);
        joint->entry =
            cache_entry_freshen(joint->validated, &context->arena, &joint->flight.answer, &times);
        if (joint->entry == NULL)
            return false;
        if (joint->entry->may_keep)
            (void)cache_put(context->composer->cache, joint->entry);
        fetch_count(fetch, CACHE_VALIDATED);
    }
    context_hold_entry(context, cache_entry_ref(joint->entry));
    fetch_observe(fetch, joint, REASON_NONE, 304);
    struct cache_story story = fetch->outcome.cache;
    (void)entry_use(joint->entry, fetch->call, context_now(context), &left);
    if (!fetch_settle_stored(fetch, joint->entry, SOURCE_CACHE, left))
        return false;
    fetch->outcome.cache = story;
    fetch->outcome.cache.forward_status = 304;
    fetch->outcome.cache.is_stored = joint->entry->may_keep;
    return true;
}

/* What the call wants of the cache. */
static bool fetch_may_keep(const struct fetch *fetch, const struct cache_ruling *ruling)
{
    if (!ruling->may_keep)
        return false;
    return fetch->call->stale > 0 || fetch->call->cache == CALL_CACHE_FIXED ||
           (fetch->call->cache == CALL_CACHE_STANDARD && ruling->is_standard);
}

static uint32_t seconds_kept(usec stale)
{
    return seconds_of(stale + SECOND - 1);
}

static struct cache_entry *entry_make(const struct fetch *fetch, const struct joint *joint)
{
    const struct question *question = fetch->question;
    struct cache_times times = joint_times(fetch, joint);
    struct cache_asking asking = {question->request->method, question->target, question->lines};
    struct cache_content content = {
        .answer = &joint->flight.answer,
        .value = joint->is_read ? &joint->value : NULL,
        .ruling = cache_rules_judge(&asking, &joint->flight.answer, &times),
        .asked = times.asked,
        .received = times.received,
        .keep = seconds_kept(fetch->call->stale),
    };
    return fetch_may_keep(fetch, &content.ruling) ? cache_entry_new(&question->key, &content)
                                                  : NULL;
}

/* A good answer: kept once, whoever of those who wait may use it again. */
static void fetch_keep(struct fetch *fetch, struct joint *joint, struct outcome *outcome)
{
    struct context *context = fetch->context;
    bool wants = fetch->is_call && (fetch->call->stale > 0 || fetch->call->cache != CALL_CACHE_OFF);
    if (context->composer->cache == NULL || !fetch->question->has_key || !wants)
        return;
    if (joint->entry == NULL) {
        joint->entry = entry_make(fetch, joint);
        if (joint->entry != NULL && !cache_put(context->composer->cache, joint->entry)) {
            cache_entry_unref(joint->entry);
            joint->entry = NULL;
        }
    }
    if (joint->entry == NULL)
        return;
    outcome->cache.is_stored = true;
    if (fetch->call->cache == CALL_CACHE_FIXED) {
        outcome->has_life = true;
        outcome->life = seconds_of(fetch->call->cache_time);
    }
}

/* A change of what others have stored (RFC 9111 4.4). */
static void fetch_invalidate(const struct fetch *fetch, int status)
{
    const struct question *question = fetch->question;
    struct context *context = fetch->context;
    if (context->composer->cache == NULL || method_is_safe(question->request->method) ||
        status < 200 || status > 399)
        return;
    cache_invalidate(context->composer->cache, question->request->service->name, question->target,
                     context_now(context));
}

/* RFC 5861 4: instead of an error, what is stored and not too old for that. */
static bool fetch_take_stale(struct fetch *fetch, const struct outcome *failure)
{
    usec left = 0;
    struct cache_story story = fetch->outcome.cache;
    if (fetch->stored == NULL || fetch->call->cache != CALL_CACHE_STANDARD ||
        !cache_rules_is_error(failure->status) ||
        entry_use(fetch->stored, fetch->call, context_now(fetch->context), &left) == USE_NOT ||
        !fetch_settle_stored(fetch, fetch->stored, SOURCE_STALE, 0))
        return false;
    fetch->outcome.has_life = false;
    fetch->outcome.cache = story;
    fetch->outcome.cache.forward_status = failure->status;
    fetch->outcome.reason = failure->reason;
    fetch_count(fetch, CACHE_STALE);
    return true;
}

static void fetch_judge(struct fetch *fetch, struct joint *joint)
{
    struct context *context = fetch->context;
    struct evidence evidence = {.reason = joint->flight.reason,
                                .answer = &joint->flight.answer,
                                .value = joint->is_read ? &joint->value : NULL};
    struct outcome outcome =
        verdict_of(&context->arena, &evidence, fetch->question->request, fetch->call);
    fetch_observe(fetch, joint, outcome.reason, outcome.status);
    outcome.cache = fetch->outcome.cache;
    outcome.cache.forward_status = outcome.status;
    if (outcome.is_read && context == joint->owner) { /* others may look at it as long as we do */
        joint->is_read = true;
        joint->value = outcome.value;
    }
    if (outcome.reason == REASON_NONE) {
        outcome.source = SOURCE_LIVE;
        fetch_keep(fetch, joint, &outcome);
    } else if (fetch_take_stale(fetch, &outcome)) {
        return;
    }
    if (fetch->is_first)
        fetch_invalidate(fetch, outcome.status);
    fetch->outcome = outcome;
}

static void fetch_on_landing(struct joint_waiter *waiter, struct joint *joint)
{
    struct fetch *fetch = container_of(waiter, struct fetch, waiter);
    struct context *context = fetch->context;
    timer_cancel(&context->composer->loop->timers, &fetch->timer);
    /* the time of who flew was over, ours is not */
    if (joint->flight.reason == REASON_TIMEOUT && !fetch->is_first &&
        fetch->patience > context_now(context)) {
        fetch->deadline = fetch->patience;
        if (!fetch_join(fetch))
            fetch_fly(fetch);
        return;
    }
    if (joint->flight.reason != REASON_NONE || joint->flight.answer.status != 304 ||
        joint->validated == NULL || !fetch_take_validated(fetch, joint))
        fetch_judge(fetch, joint);
    fetch->done(fetch);
}

static void fetch_on_time(struct timer *timer)
{
    struct fetch *fetch = container_of(timer, struct fetch, timer);
    struct outcome failure = {
        .reason = REASON_TIMEOUT, .value = json_null(), .cache = fetch->outcome.cache};
    joint_leave(&fetch->waiter);
    if (!fetch_take_stale(fetch, &failure))
        fetch->outcome = failure;
    fetch->done(fetch);
}
