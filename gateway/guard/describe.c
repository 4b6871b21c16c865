/*
 * Writing it, member by member.
 */
#include "gateway/guard/describe.h"

#include "base/json/make.h"
#include "base/slices.h"
#include "gateway/guard/guard.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>

#define NUMBER_SIZE  96
#define ADDRESS_SIZE (INET6_ADDRSTRLEN + 16)

static void write_number(struct slices *out, const char *before, int64_t number)
{
    char text[NUMBER_SIZE];
    int length = snprintf(text, sizeof(text), "%s%" PRId64, before, number);
    slices_copy(out, (struct str){text, (size_t)length});
}

static void write_text(struct slices *out, const char *text)
{
    slices_copy(out, str_of(text));
}

static void write_bool(struct slices *out, const char *before, bool truth)
{
    write_text(out, before);
    write_text(out, truth ? "true" : "false");
}

static void write_breaker(struct slices *out, struct breaker *breaker, usec now)
{
    if (breaker->policy->window == 0) {
        write_text(out, "\"breaker\":null");
        return;
    }
    window_advance(&breaker->window, now);
    write_text(out, "\"breaker\":{\"state\":\"");
    write_text(out, breaker_state_names[breaker->state]);
    write_number(out, "\",\"since_ms\":",
                 breaker->since > 0 && now > breaker->since ? (now - breaker->since) / MILLISECOND
                                                            : 0);
    write_number(out, ",\"calls\":", breaker->window.sum.all);
    write_number(out, ",\"failures\":", breaker->window.sum.marked);
    write_text(out, "}");
}

/* The url as it is written, or the address that it was resolved to. */
static void write_address(struct slices *out, const struct endpoint *endpoint)
{
    const struct url *url = endpoint->url;
    const union endpoint_address *address = &endpoint->place.address;
    char text[ADDRESS_SIZE], host[INET6_ADDRSTRLEN] = "";
    if (!endpoint->is_resolved) {
        json_write_string(out, url->unix_path.length > 0 ? url->unix_path : url->authority);
        return;
    }
    bool is_v6 = address->any.sa_family == AF_INET6;
    const void *bytes =
        is_v6 ? (const void *)&address->v6.sin6_addr : (const void *)&address->v4.sin_addr;
    inet_ntop(address->any.sa_family, bytes, host, sizeof(host));
    int length = snprintf(text, sizeof(text), is_v6 ? "[%s]:%u" : "%s:%u", host,
                          (unsigned)ntohs(is_v6 ? address->v6.sin6_port : address->v4.sin_port));
    json_write_string(out, (struct str){text, (size_t)length});
}

static void write_member(struct slices *out, const struct member *member, usec now)
{
    usec left = member->outlier.until > now ? member->outlier.until - now : 0;
    write_text(out, "{\"address\":");
    write_address(out, &member->endpoint);
    write_number(out, ",\"weight\":", member->weight);
    write_number(out, ",\"in_flight\":", member->flying);
    write_bool(out, ",\"found\":", member_is_placed(member));
    write_bool(out, ",\"healthy\":", !member->is_unhealthy);
    write_number(out, ",\"ejected_ms\":", (left + MILLISECOND - 1) / MILLISECOND);
    write_text(out, "}");
}

static void write_members(struct slices *out, const struct roster *roster, usec now)
{
    uint32_t all;
    bool panics;
    const char *separator = "";
    (void)balance_count_out(roster, now, &all, &panics);
    write_bool(out, ",\"panic\":", panics);
    write_text(out, ",\"addresses\":[");
    for (uint32_t i = 0; i < roster->count; i++) {
        if (member_is_free(&roster->list[i]))
            continue;
        write_text(out, separator);
        write_member(out, &roster->list[i], now);
        separator = ",";
    }
    write_text(out, "]");
}

static void write_guard(struct slices *out, struct guard *guard, usec now)
{
    pthread_mutex_lock(&guard->lock);
    uint32_t left = retry_budget_left(&guard->budget, now);
    json_write_string(out, guard->service->name);
    write_text(out, ":{");
    write_breaker(out, &guard->breaker, now);
    write_number(out, ",\"in_flight\":", guard->bulkhead.flying);
    write_number(out, ",\"concurrency\":", guard->bulkhead.places);
    write_number(out, ",\"waiting\":", guard->bulkhead.waiting);
    write_number(out, ",\"queue\":", guard->bulkhead.queue);
    write_number(out, ",\"retry_budget\":{\"calls\":", guard->budget.window.sum.all);
    write_number(out, ",\"retries\":", guard->budget.window.sum.marked);
    write_number(out, ",\"left\":", left);
    write_text(out, "}");
    write_members(out, &guard->roster, now);
    write_text(out, "}");
    pthread_mutex_unlock(&guard->lock);
}

void guards_describe(const struct guards *guards, usec now, struct slices *out)
{
    write_text(out, "{");
    for (uint32_t i = 0; i < guards->count; i++) {
        if (i > 0)
            write_text(out, ",");
        write_guard(out, &guards->list[i], now);
    }
    write_text(out, "}");
}
