/* See refresh.h. */
#include "gateway/compose/refresh.h"

struct refresh {
    struct context context;
    struct list place;
    struct question question;
    struct fetch fetch;
};

void refreshes_init(struct composer *composer)
{
    list_init(&composer->refreshes);
}

static void refresh_free(struct refresh *refresh)
{
    struct composer *composer = refresh->context.composer;
    fetch_cancel(&refresh->fetch);
    list_remove(&refresh->place);
    composer->refresh_count--;
    context_release(&refresh->context);
    context_unref(&refresh->context);
}

static void refresh_on_done(struct fetch *fetch)
{
    refresh_free(container_of(fetch, struct refresh, fetch));
}

/* What the client's own memory holds is copied. */
static void envelope_copy(struct arena *arena, const struct envelope *from, struct envelope *to)
{
    to->common = str_copy(arena, from->common);
    to->trace = str_copy(arena, from->trace);
    to->flags = str_copy(arena, from->flags);
    if (from->state.at != NULL)
        to->state = str_copy(arena, from->state);
}

static struct refresh *refresh_new(struct context *context)
{
    struct composer *composer = context->composer;
    struct arena arena;
    arena_init(&arena, &composer->pool, CONTEXT_MEMORY);
    struct refresh *refresh = arena_new(&arena, struct refresh);
    context_init(&refresh->context, composer, snapshot_ref(context->snapshot), arena);
    envelope_copy(&refresh->context.arena, &context->envelope, &refresh->context.envelope);
    refresh->context.began = context_now(context);
    refresh->context.deadline = USEC_NEVER;
    list_append(&composer->refreshes, &refresh->place);
    composer->refresh_count++;
    return refresh;
}

void refresh_start(struct context *context, const struct call *call,
                   const struct question *question)
{
    struct composer *composer = context->composer;
    const struct service *service = question->request->service;
    if (composer->refresh_count >= REFRESH_MAXIMUM ||
        joint_is_flying(composer, &question->key, service))
        return;
    struct cache_entry *stored = cache_find(composer->cache, &question->key);
    if (stored == NULL)
        return;
    struct refresh *refresh = refresh_new(context);
    struct arena *arena = &refresh->context.arena;
    context_hold_entry(&refresh->context, stored);
    struct question *own = &refresh->question;
    *own = *question;
    own->target = str_copy(arena, question->target);
    own->lines = str_copy(arena, question->lines);
    own->key.target = own->target;
    own->key.lines = own->lines;
    struct fetch_order order = {.call = call,
                                .question = own,
                                .is_call = true,
                                .deadline = context_now(context) + service->timeout};
    fetch_renew(&refresh->fetch, &refresh->context, &order, stored, refresh_on_done);
}

void refreshes_done(struct composer *composer)
{
    struct list *place;
    while ((place = composer->refreshes.next) != NULL && place != &composer->refreshes)
        refresh_free(container_of(place, struct refresh, place));
}
