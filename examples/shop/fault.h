/*
 * The switch that makes a service slow, wrong or dead while it runs, so that one can watch what a
 * page does without it: PUT /switch {"mode": "slow", "delay_ms": 400}.
 *
 * Every request passes it, the health check included; only /switch itself does not.
 */
#ifndef BRAID_EXAMPLES_SHOP_FAULT_H
#define BRAID_EXAMPLES_SHOP_FAULT_H

#include <pthread.h>
#include <stdbool.h>

enum fault_mode {
    FAULT_OK,      /* answers */
    FAULT_SLOW,    /* answers, delay_ms later */
    FAULT_ERROR,   /* 500 */
    FAULT_GARBAGE, /* 200 with a page of HTML that says it is JSON */
    FAULT_DEAD,    /* closes the connection without an answer */
    FAULT_HANG,    /* neither answers nor closes, until the switch is turned */
    FAULT_COUNT
};

/* "ok", "slow", … as /switch reads and shows them. */
extern const char *const fault_names[FAULT_COUNT];

#define FAULT_DELAY_DEFAULT_MS 1000
#define FAULT_DELAY_MAXIMUM_MS 60000

struct fault {
    pthread_mutex_t lock;
    pthread_cond_t turned;
    enum fault_mode mode;
    long delay_ms;
    unsigned turns; /* how often it was turned: who waits compares */
};

struct reply;
struct request;

void fault_init(struct fault *fault);
void fault_done(struct fault *fault);

/*
 * Waits as the mode demands; turning the switch ends every wait. true: answer as always. false:
 * the answer is in *reply, or, where its status is still 0, there is none: close the connection.
 */
bool fault_pass(struct fault *fault, struct reply *reply);

/* GET and PUT /switch. */
void fault_show(struct fault *fault, struct reply *reply);
void fault_turn(struct fault *fault, const struct request *request, struct reply *reply);

/* The service stops: sets it to dead, so nobody is left waiting. */
void fault_release(struct fault *fault);

#endif
