/*
 * The budget of an evaluation.
 */
#include "base/jmespath/evaluation.h"

#include "base/arena.h"

const char evaluation_invalid_type[] = "invalid-type";
const char evaluation_invalid_value[] = "invalid-value";
const char evaluation_limit[] = "limit";

/* A text costs one step for so many bytes. */
#define EVALUATION_BYTES_PER_STEP 64

bool evaluation_fail(struct evaluation *evaluation, const char *why)
{
    evaluation->why = why;
    return false;
}

bool evaluation_charge(struct evaluation *evaluation, uint64_t steps)
{
    struct jmespath_frame *frame = evaluation->frame;
    if (frame->steps_left < steps || arena_is_over(frame->arena)) {
        frame->steps_left = 0;
        return evaluation_fail(evaluation, evaluation_limit);
    }
    frame->steps_left -= steps;
    return true;
}

/* Built values are as deep as the expressions that built them, so this ends; `left` makes sure. */
static bool evaluation_charge_parts(struct evaluation *evaluation, const struct json *value,
                                    unsigned left)
{
    if (value->form != JSON_FORM_BUILT)
        return evaluation_charge(evaluation, 1 + value->size / EVALUATION_BYTES_PER_STEP);
    if (left == 0)
        return evaluation_fail(evaluation, evaluation_limit);
    uint64_t parts = value->type == JSON_OBJECT ? (uint64_t)value->size * 2 : value->size;
    if (!evaluation_charge(evaluation, 1))
        return false;
    for (uint64_t i = 0; i < parts; i++) {
        if (!evaluation_charge_parts(evaluation, &value->parts[i], left - 1))
            return false;
    }
    return true;
}

bool evaluation_charge_value(struct evaluation *evaluation, struct json value)
{
    return evaluation_charge_parts(evaluation, &value, JSON_DEPTH_MAXIMUM);
}

void *evaluation_allocate(struct evaluation *evaluation, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) ||
        !arena_has_room(evaluation->frame->arena, bytes)) {
        evaluation_fail(evaluation, evaluation_limit);
        return NULL;
    }
    return arena_allocate(evaluation->frame->arena, bytes);
}
