/*
 * Memory after a flood. What thousands of requests took is kept by malloc for the next ones, which
 * is right while they come and wrong for the night after: some time after a worker has become
 * quiet, free pages are given back to the system, once.
 */
#ifndef BRAID_GATEWAY_TIDE_H
#define BRAID_GATEWAY_TIDE_H

#include "base/loop.h"

#define TIDE_HIGH  128          /* below it there was no flood */
#define TIDE_EBB   4            /* quiet: at most the fourth part of the highest level */
#define TIDE_QUIET (2 * SECOND) /* and that for so long */

struct tide {
    struct loop *loop;
    void (*is_out)(void); /* gives memory back */
    uint32_t level;
    uint32_t high; /* the highest since it was out */
    struct timer timer;
};

/* Keeps the loop. */
void tide_init(struct tide *tide, struct loop *loop, void (*is_out)(void));
void tide_done(struct tide *tide);

/* How much there is to do now, in any unit: clients, requests. */
static inline bool tide_is_ebbing(const struct tide *tide)
{
    return tide->high >= TIDE_HIGH && tide->level <= tide->high / TIDE_EBB;
}

void tide_note(struct tide *tide, uint32_t level);

/* Once per process, before the first thread: freed memory stays with the process until then. */
void tide_hold_memory(void);

/* Once per thread that answers requests: its heap grows in one step instead of thousands. */
void tide_prepare_thread(void);

/* To the system, all free pages of all threads. Any thread; milliseconds. */
void tide_give_memory_back(void);

#endif
