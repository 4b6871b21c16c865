/*
 * A service that is not there: what it would answer to which request, written down before. Rules
 * are looked at in order, the first that fits is the answer; a word instead of an answer is a
 * failure. Pure data; transport_canned.h carries requests to it.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_CANNED_H
#define BRAID_GATEWAY_UPSTREAM_CANNED_H

#include "base/clock.h"
#include "gateway/upstream/answer.h"
#include "routes/method.h"

struct arena;
struct flight_request;
struct service;

/* What becomes of a request. */
enum canned_fate {
    CANNED_ANSWERED,
    CANNED_DOWN,    /* nobody listens: `connect` */
    CANNED_HANG,    /* no answer, ever */
    CANNED_RESET,   /* the connection ends before the answer: `reset` */
    CANNED_GARBAGE, /* 200 with an HTML page, as some intermediaries do: `invalid_json` */
    CANNED_FATE_COUNT
};

/* "down", "hang", "reset", "garbage"; "answered" is no word of a file. */
extern const char *const canned_fate_names[CANNED_FATE_COUNT];

/* false for any word that is no failure. */
bool canned_fate_parse(struct str word, enum canned_fate *ret_fate);

struct canned_answer {
    enum canned_fate fate;
    uint32_t status;
    const struct field *fields; /* Content-Type included */
    uint32_t field_count;
    struct str body;
    usec delay; /* before whatever becomes of it */
};

struct canned_rule {
    method_set methods;
    struct str target; /* without the service's prefix; no `?`: any query */
    bool has_rest;     /* it ended in `*`: any rest */
    struct canned_answer answer;
};

struct canned_service {
    const struct canned_rule *rules;
    uint32_t rule_count;
    bool is_replaced; /* `instead` is the answer to everything */
    struct canned_answer instead;
    const struct canned_answer *otherwise; /* where no rule fits; NULL: 404 and a miss */
};

/* A request for which there was no rule. */
struct canned_miss {
    const struct canned_miss *next;
    const struct service *service;
    struct str line; /* "GET /users/9", in arena */
};

/* All of a rehearsal, in order. */
struct canned_misses {
    struct arena *arena;
    struct canned_miss *first;
    struct canned_miss *last;
};

/* The answer to a request, which lives as long as the service. A miss is noted. */
const struct canned_answer *canned_find(const struct canned_service *canned,
                                        const struct flight_request *request,
                                        struct canned_misses *misses);

#endif
