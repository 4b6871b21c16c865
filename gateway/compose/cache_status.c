/* See cache_status.h. */
#include "gateway/compose/cache_status.h"

#include <stdio.h>

static void number_write(struct slices *out, const char *name, uint64_t number)
{
    char text[48];
    snprintf(text, sizeof text, ";%s=%llu", name, (unsigned long long)number);
    slices_copy_literal(out, text);
}

void cache_status_write(struct slices *out, const struct outcome *outcome)
{
    const struct cache_story *story = &outcome->cache;
    if (story->part == CACHE_PART_HIT) {
        slices_copy(out, STR(";hit"));
        if (outcome->has_life)
            number_write(out, "ttl", outcome->life);
        return;
    }
    slices_copy(out, story->part == CACHE_PART_STALE ? STR(";fwd=stale") : STR(";fwd=miss"));
    if (story->forward_status > 0)
        number_write(out, "fwd-status", (uint64_t)story->forward_status);
    if (story->is_stored)
        slices_copy(out, STR(";stored"));
    if (story->is_collapsed)
        slices_copy(out, STR(";collapsed"));
    if (outcome->source == SOURCE_STALE) /* the service was asked, and what is stored was used */
        slices_copy(out, STR(";detail=stale"));
}

struct str cache_status_text(struct arena *arena, const struct run *run)
{
    struct slices out;
    slices_init(&out, arena);
    for (uint32_t i = 0; i < run->count; i++) {
        const struct step *step = &run->steps[i];
        if (step->outcome.cache.part == CACHE_PART_NONE)
            continue;
        slices_copy(&out, out.bytes > 0 ? STR(", braid/") : STR("braid/"));
        slices_copy(&out, step->call->name);
        cache_status_write(&out, &step->outcome);
    }
    if (out.bytes == 0)
        return STR("");
    slices_copy(&out, (struct str){"\0", 1});
    struct str text = slices_join(&out);
    return (struct str){text.at, text.length - 1};
}
