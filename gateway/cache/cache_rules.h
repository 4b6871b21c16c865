/*
 * What RFC 9111 lets a shared cache do with an answer, and for how long: pure, the time is passed
 * in. Nothing here knows where answers are kept.
 */
#ifndef BRAID_GATEWAY_CACHE_CACHE_RULES_H
#define BRAID_GATEWAY_CACHE_CACHE_RULES_H

#include "base/clock.h"
#include "gateway/upstream/answer.h"
#include "routes/method.h"

/* When it was asked and when the answer was whole (loop time), and the wall clock then. */
struct cache_times {
    usec asked;
    usec received;
    usec wall; /* at `received`, microseconds since 1970 */
};

/* What the rules must know of the request. */
struct cache_asking {
    enum method method;
    struct str target;
    struct str lines; /* "Name: value\r\n" each */
};

/* What became of the rules for one answer. Seconds count from `born`. */
struct cache_ruling {
    bool may_keep;    /* nothing forbids it: not no-store, private, Set-Cookie, Vary: * */
    bool is_standard; /* RFC 9111 3 lets a shared cache store it by what the service says */
    bool has_validator;
    usec born;     /* loop time at which its age was 0 (RFC 9111 4.2.3) */
    uint32_t life; /* seconds it is fresh by what the service says; 0: to be validated first */
    uint32_t while_revalidate; /* seconds behind `life` (RFC 5861 3), 0 where it is forbidden */
    uint32_t if_error;         /* seconds behind `life` (RFC 5861 4), 0 where it is forbidden */
};

struct cache_ruling cache_rules_judge(const struct cache_asking *asking,
                                      const struct flight_answer *answer,
                                      const struct cache_times *times);

/* An answer that counts as an error where stale-if-error is asked (RFC 5861 4); 0: none came. */
bool cache_rules_is_error(int status);

/* What a failure must be for the rung `stale`: a 4xx but 408 and 429 says that it is gone. */
bool cache_rules_allow_stale(int status);

#endif
