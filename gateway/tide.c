/*
 * The C library gives the end of a heap back whenever it is larger than a threshold, and gets it
 * again with the next request: page by page, each a fault and to be zeroed. It grows the heap of a
 * thread by as much as is asked for, each time by a system call. Both cost more than the requests.
 */
#include "gateway/tide.h"

#include <malloc.h>
#include <stdlib.h>

/* Bodies beyond it are mapped for themselves and given back at once. */
#define OWN_MAPPING (4 * 1024 * 1024)

/* What the free end of a heap may be; heaps of threads are not larger. */
#define KEPT_END (64 * 1024 * 1024)

/* Of address space; what is not touched is no memory. */
#define PREPARED ((size_t)32 * 1024 * 1024)

static void tide_timer_fires(struct timer *timer)
{
    struct tide *tide = container_of(timer, struct tide, timer);
    if (!tide_is_ebbing(tide))
        return;
    tide->high = tide->level;
    tide->is_out();
}

void tide_init(struct tide *tide, struct loop *loop, void (*is_out)(void))
{
    *tide = (struct tide){.loop = loop, .is_out = is_out};
    timer_init(&tide->timer, tide_timer_fires);
}

void tide_done(struct tide *tide)
{
    if (tide->loop != NULL)
        timer_cancel(&tide->loop->timers, &tide->timer);
}

void tide_note(struct tide *tide, uint32_t level)
{
    tide->level = level;
    if (level > tide->high)
        tide->high = level;
    bool is_waiting = timer_is_running(&tide->timer);
    if (tide_is_ebbing(tide) == is_waiting)
        return;
    if (is_waiting)
        timer_cancel(&tide->loop->timers, &tide->timer);
    else
        timer_start(&tide->loop->timers, &tide->timer, loop_now(tide->loop) + TIDE_QUIET);
}

void tide_hold_memory(void)
{
    /* Setting one of them also keeps the library from moving the other. */
    (void)mallopt(M_MMAP_THRESHOLD, OWN_MAPPING);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_END);
}

void tide_prepare_thread(void)
{
#ifndef __SANITIZE_THREAD__ /* which has a heap of its own, and takes long to note all of it */
    /* in pieces below OWN_MAPPING, freed together: they are one at the end of the heap then */
    void *pieces[PREPARED / (OWN_MAPPING / 2)];
    size_t count = sizeof pieces / sizeof *pieces;
    for (size_t i = 0; i < count; i++)
        pieces[i] = malloc(OWN_MAPPING / 2);
    for (size_t i = 0; i < count; i++)
        free(pieces[i]);
#endif
}

void tide_give_memory_back(void)
{
    (void)malloc_trim(0);
}
