/* Who holds what, and when it is let go. */
#include "gateway/compose/context.h"

struct context_hold {
    struct context_hold *next;
    struct cache_entry *entry; /* one of the two */
    struct context *memory;
};

void context_init(struct context *context, struct composer *composer, struct snapshot *snapshot,
                  struct arena arena)
{
    context->composer = composer;
    context->snapshot = snapshot;
    context->arena = arena;
    context->references = 1;
}

static struct context_hold *hold_add(struct context *context)
{
    struct context_hold *hold = arena_new(&context->arena, struct context_hold);
    hold->next = context->holds;
    context->holds = hold;
    return hold;
}

void context_hold_entry(struct context *context, struct cache_entry *entry)
{
    hold_add(context)->entry = entry;
}

void context_hold_memory(struct context *context, struct context *other)
{
    if (context == other)
        return;
    context_ref(other);
    hold_add(context)->memory = other;
}

void context_release(struct context *context)
{
    struct context_hold *hold = context->holds;
    context->holds = NULL;
    for (; hold != NULL; hold = hold->next) {
        cache_entry_unref(hold->entry);
        if (hold->memory != NULL)
            context_unref(hold->memory);
    }
}

void context_unref(struct context *context)
{
    if (--context->references > 0)
        return;
    snapshot_unref(context->snapshot);
    struct arena arena = context->arena; /* which the context itself lies in */
    arena_done(&arena);
}
