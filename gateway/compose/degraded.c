/* customer;source=value;reason=timeout, stock;source=omit;count=3;reason=status */
#include "gateway/compose/degraded.h"

#include "base/slices.h"

#include <stdio.h>

static void item_write(struct slices *out, const struct step *step)
{
    const struct outcome *outcome = &step->outcome;
    char number[16];
    slices_copy(out, step->call->name);
    slices_copy(out, STR(";source="));
    slices_copy_literal(out, source_name(outcome->source));
    if (outcome->count > 0) {
        snprintf(number, sizeof number, "%u", outcome->count);
        slices_copy(out, STR(";count="));
        slices_copy_literal(out, number);
    }
    if (outcome->source == SOURCE_STALE) {
        snprintf(number, sizeof number, "%u", outcome->age);
        slices_copy(out, STR(";age="));
        slices_copy_literal(out, number);
    }
    slices_copy(out, STR(";reason="));
    slices_copy_literal(out, reason_name(outcome->reason));
}

struct str degraded_text(struct arena *arena, const struct run *run, bool has_failed_expression)
{
    struct slices out;
    slices_init(&out, arena);
    for (uint32_t i = 0; i < run->count; i++) {
        if (!outcome_is_degraded(&run->steps[i].outcome))
            continue;
        if (out.bytes > 0)
            slices_copy(&out, STR(", "));
        item_write(&out, &run->steps[i]);
    }
    if (has_failed_expression) {
        if (out.bytes > 0)
            slices_copy(&out, STR(", "));
        slices_copy(&out, STR("response;reason=expression"));
    }
    if (out.bytes == 0)
        return STR("");
    slices_copy(&out, (struct str){"\0", 1});
    struct str text = slices_join(&out);
    return (struct str){text.at, text.length - 1};
}
