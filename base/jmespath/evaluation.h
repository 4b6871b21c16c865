/*
 * One evaluation: its frame, its budget, and why it failed. Whatever grows with the data asks the
 * budget first, so that neither a hostile document nor an expression that multiplies it can take
 * more than the frame allows.
 */
#ifndef BRAID_BASE_JMESPATH_EVALUATION_H
#define BRAID_BASE_JMESPATH_EVALUATION_H

#include "base/jmespath/jmespath.h"

struct evaluation {
    struct jmespath_frame *frame;
    const char *why; /* static */
};

extern const char evaluation_invalid_type[];
extern const char evaluation_invalid_value[];
extern const char evaluation_limit[];

/* Always false. */
bool evaluation_fail(struct evaluation *evaluation, const char *why);

/* Takes `steps` from the budget; false when it, or the arena, is used up. */
bool evaluation_charge(struct evaluation *evaluation, uint64_t steps);

/* The same for reading all of a value, in which a built part may occur more than once. */
bool evaluation_charge_value(struct evaluation *evaluation, struct json value);

/* Room for `count` objects of `size` bytes in the frame's arena, uninitialised; NULL when it is
 * over. */
void *evaluation_allocate(struct evaluation *evaluation, size_t count, size_t size);

#define evaluation_array(evaluation, type, count)                                                  \
    ((type *)evaluation_allocate((evaluation), (count), sizeof(type)))

#endif
