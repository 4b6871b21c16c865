/*
 * The truth about the services, for people and their tools: one JSON object, one member for each
 * service. It is made under each guard's lock, one after the other, and asked for seldom.
 */
#ifndef BRAID_GATEWAY_GUARD_DESCRIBE_H
#define BRAID_GATEWAY_GUARD_DESCRIBE_H

#include "base/clock.h"

struct guards;
struct slices;

/*
 * {"users": {"breaker": {"state", "since_ms", "calls", "failures"}, "in_flight", "concurrency",
 * "waiting", "queue", "retry_budget": {"calls", "retries", "left"}, "panic", "addresses":
 * [{"address", "weight", "in_flight", "found", "healthy", "ejected_ms"}]}}. `now` is loop time. Any
 * thread.
 */
void guards_describe(const struct guards *guards, usec now, struct slices *out);

#endif
