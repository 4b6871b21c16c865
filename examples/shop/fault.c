/*
 * The switch behind fault.h. Each connection has its thread, so a slow answer is a thread that
 * waits on the condition; one turn wakes them all.
 */
#include "examples/shop/fault.h"

#include "examples/shop/reply.h"
#include "examples/shop/request.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <time.h>

const char *const fault_names[FAULT_COUNT] = {
    [FAULT_OK] = "ok",           [FAULT_SLOW] = "slow", [FAULT_ERROR] = "error",
    [FAULT_GARBAGE] = "garbage", [FAULT_DEAD] = "dead", [FAULT_HANG] = "hang",
};

static const char garbage[] = "<html><body><h1>It works!</h1></body></html>\n";

void fault_init(struct fault *fault)
{
    pthread_condattr_t attributes;

    memset(fault, 0, sizeof(*fault));
    fault->delay_ms = FAULT_DELAY_DEFAULT_MS;
    pthread_mutex_init(&fault->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&fault->turned, &attributes);
    pthread_condattr_destroy(&attributes);
}

void fault_done(struct fault *fault)
{
    pthread_cond_destroy(&fault->turned);
    pthread_mutex_destroy(&fault->lock);
}

static struct timespec fault_after(long delay_ms)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += delay_ms / 1000;
    at.tv_nsec += delay_ms % 1000 * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

/* With the lock held; the mode that holds when the wait is over. */
static enum fault_mode fault_wait(struct fault *fault)
{
    enum fault_mode mode = fault->mode;
    unsigned turns = fault->turns;
    struct timespec until = fault_after(fault->delay_ms);
    int result = 0;

    while (mode == FAULT_HANG && turns == fault->turns)
        pthread_cond_wait(&fault->turned, &fault->lock);
    while (mode == FAULT_SLOW && turns == fault->turns && result != ETIMEDOUT)
        result = pthread_cond_timedwait(&fault->turned, &fault->lock, &until);
    /* Turned while it waited: what the switch says now counts, but nobody waits twice. */
    if (turns != fault->turns && fault->mode != FAULT_HANG)
        return fault->mode;
    return mode;
}

bool fault_pass(struct fault *fault, struct reply *reply)
{
    pthread_mutex_lock(&fault->lock);
    enum fault_mode mode = fault_wait(fault);

    pthread_mutex_unlock(&fault->lock);
    switch (mode) {
    case FAULT_OK:
    case FAULT_SLOW:
        return true;
    case FAULT_ERROR:
        reply_error(reply, 500, "the switch says: error");
        return false;
    case FAULT_GARBAGE:
        reply_json(reply, 200, strdup(garbage));
        return false;
    case FAULT_DEAD:
    case FAULT_HANG:
    case FAULT_COUNT:
        break;
    }
    return false;
}

void fault_show(struct fault *fault, struct reply *reply)
{
    pthread_mutex_lock(&fault->lock);
    enum fault_mode mode = fault->mode;
    long delay_ms = fault->delay_ms;

    pthread_mutex_unlock(&fault->lock);
    json_t *state =
        json_pack("{s:s, s:I}", "mode", fault_names[mode], "delay_ms", (json_int_t)delay_ms);

    reply_json(reply, 200, json_dumps(state, JSON_COMPACT));
    json_decref(state);
}

static bool fault_find(const char *name, enum fault_mode *ret_mode)
{
    for (int i = 0; i < FAULT_COUNT; i++) {
        if (strcmp(name, fault_names[i]) == 0) {
            *ret_mode = (enum fault_mode)i;
            return true;
        }
    }
    return false;
}

static void fault_set(struct fault *fault, enum fault_mode mode, long delay_ms)
{
    pthread_mutex_lock(&fault->lock);
    fault->mode = mode;
    fault->delay_ms = delay_ms;
    fault->turns++;
    pthread_cond_broadcast(&fault->turned);
    pthread_mutex_unlock(&fault->lock);
}

void fault_turn(struct fault *fault, const struct request *request, struct reply *reply)
{
    json_t *body = request_json(request);
    const char *name = NULL;
    json_int_t delay_ms = FAULT_DELAY_DEFAULT_MS;
    enum fault_mode mode;

    if (json_unpack(body, "{s:s, s?I !}", "mode", &name, "delay_ms", &delay_ms) != 0 ||
        !fault_find(name, &mode) || delay_ms < 0 || delay_ms > FAULT_DELAY_MAXIMUM_MS) {
        reply_error(reply, 400,
                    "expected {\"mode\": \"ok|slow|error|garbage|dead|hang\", "
                    "\"delay_ms\": 0 to 60000}");
    } else {
        fault_set(fault, mode, (long)delay_ms);
        fault_show(fault, reply);
    }
    json_decref(body);
}

void fault_release(struct fault *fault)
{
    fault_set(fault, FAULT_DEAD, 0);
}
