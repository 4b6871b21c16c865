/*
 * What a case expects against what a rehearsal gave.
 */
#ifndef BRAID_GATEWAY_REHEARSAL_JUDGE_H
#define BRAID_GATEWAY_REHEARSAL_JUDGE_H

#include "gateway/rehearsal/expectation.h"
#include "gateway/rehearsal/rehearsal.h"

/* One thing that is not as expected. */
struct finding {
    struct finding *next;
    struct str what; /* "status", "header Cache-Control" */
    bool is_page;    /* both are several lines */
    struct str expected;
    struct str got;
};

struct judgement {
    struct finding *first; /* NULL: all is as expected */
    struct finding *last;
    bool is_reordered; /* the body is right, its members stand in another order */
};

/* In arena. */
void judge(struct arena *arena, const struct expectation *expectation,
           const struct rehearsal *rehearsal, struct judgement *ret_judgement);

#endif
