/*
 * Why a call failed, and where a value came from: two small closed sets. Their names are the
 * words of the Degraded field, of problem documents and of `meta.CALL`.
 */
#ifndef BRAID_CONFIG_REASON_H
#define BRAID_CONFIG_REASON_H

enum reason {
    REASON_NONE,
    REASON_TIMEOUT,      /* the attempt's or the call's own time was over */
    REASON_DEADLINE,     /* the route's time was over */
    REASON_CONNECT,      /* no connection */
    REASON_RESET,        /* the connection ended before the answer was whole */
    REASON_STATUS,       /* a status that is no answer */
    REASON_INVALID_JSON, /* an answer whose body is not JSON */
    REASON_TOO_LARGE,    /* an answer beyond a stated bound */
    REASON_PROTOCOL,     /* not HTTP as RFC 9112 has it */
    REASON_BREAKER_OPEN,
    REASON_OVERLOADED, /* no place in the bulkhead or its queue */
    REASON_LIMIT,      /* more elements than `limit` */
    REASON_UNRESOLVED, /* the request could not be built: a value is missing */
    REASON_DEPENDENCY, /* unresolved, because a call it needs fell back to null */
    REASON_EXPRESSION, /* an expression of the response could not be evaluated */
    REASON_CANCELLED,  /* nobody waits for it any more; never shown to a client */
    REASON_COUNT
};

enum source {
    SOURCE_NONE, /* not ended */
    SOURCE_LIVE,
    SOURCE_CACHE,
    SOURCE_STALE,
    SOURCE_REQUEST,
    SOURCE_VALUE,
    SOURCE_OMIT,
    SOURCE_SKIPPED,
    SOURCE_FAILED, /* no rung yielded a value */
    SOURCE_COUNT
};

/* "timeout", "invalid_json", …; never NULL. */
const char *reason_name(enum reason reason);

/* "live", "stale", …; never NULL. */
const char *source_name(enum source source);

#endif
