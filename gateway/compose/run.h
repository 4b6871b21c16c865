/*
 * The calls of one exchange, as early as the graph allows: counting down what each still waits
 * for. Ends when every call has ended, when a required one has failed, or at the deadline.
 */
#ifndef BRAID_GATEWAY_COMPOSE_RUN_H
#define BRAID_GATEWAY_COMPOSE_RUN_H

#include "gateway/compose/fanout.h"
#include "gateway/compose/ladder.h"

/* One call on its way. */
struct step {
    struct run *run;
    const struct call *call;
    uint32_t waits_left; /* calls that must end before this one starts */
    bool is_started;
    bool is_fanout;
    usec began; /* loop time */
    usec ended;
    struct outcome outcome; /* source is SOURCE_NONE until it has ended */
    union {
        struct ladder ladder;
        struct fanout fanout;
    };
};

struct run {
    struct context *context;
    void (*done)(struct run *run);
    struct step *steps; /* one per call of the route, in arena */
    uint8_t *sources;   /* enum source per call, what expressions ask */
    uint32_t count;
    uint32_t left;             /* calls that have not ended */
    const struct step *failed; /* the required call that failed first, or NULL */
    struct timer deadline;
    bool is_starting;
    bool is_expired; /* the deadline has passed: nothing is sent any more */
    bool is_over;
};

/* Memory and state only; context->evaluation may then be initialised with run->sources. */
void run_init(struct run *run, struct context *context, void (*done)(struct run *run));

/*
 * Starts what waits for nothing. true: it is over already (nothing to do) and done will not be
 * called; otherwise done is called once, later.
 */
bool run_start(struct run *run);

/* Nothing of it happens any more. */
void run_cancel(struct run *run);

#endif
