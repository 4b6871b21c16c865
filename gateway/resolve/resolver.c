/*
 * One entry per name, however many services use it; one timer each. Those whose time has come
 * stand in a line, from which at most so many are asked for at once: a file with a thousand names
 * does not send a thousand questions in one turn.
 */
#include "gateway/resolve/resolver.h"

#include "base/log.h"
#include "base/loop.h"
#include "base/random.h"
#include "gateway/guard/guard.h"
#include "gateway/resolve/name_client.h"
#include "gateway/resolve/refresh.h"
#include "gateway/resolve/sighting.h"

#include <arpa/inet.h>
#include <stdlib.h>

/* A url whose host is the name. */
struct user {
    struct user *next;
    struct guard *guard;
    const struct url *url;
};

struct name {
    struct list entry; /* in the line */
    struct resolver *resolver;
    struct name *next;
    struct name_query query;
    struct timer timer; /* until it stands in the line again */
    struct user *users;
    char *host;
    uint32_t failures; /* in a row */
    bool is_found;     /* once at least */
    bool has_warned;   /* of addresses that are refused */
};

struct resolver {
    struct loop *loop;
    struct name_client *client;
    struct random random;
    struct name *names;
    struct list line;
    struct task asking;
    uint32_t under_way;
};

/* --- which names -------------------------------------------------------------------------- */

/* inet_aton reads what resolvers take for an address too: 127.1, 0x7f000001. */
static bool is_address(struct str host)
{
    char text[INET6_ADDRSTRLEN];
    struct in_addr address;
    if (str_find(host, ':') < host.length)
        return true;
    if (host.length >= sizeof(text))
        return false;
    memcpy(text, host.at, host.length);
    text[host.length] = '\0';
    return inet_aton(text, &address) == 1;
}

bool resolver_wants(const struct url *url)
{
    return !str_is_empty(url->host) && str_is_empty(url->unix_path) &&
           !str_equal_ignore_case(url->host, STR("localhost")) && !is_address(url->host);
}

/* --- answers ------------------------------------------------------------------------------ */

static void name_come_again(struct name *name, usec wait)
{
    struct loop *loop = name->resolver->loop;
    timer_start(&loop->timers, &name->timer, loop_now(loop) + wait);
}

static void name_is_lost(struct name *name, const char *why)
{
    name->failures++;
    usec pause = refresh_pause(name->failures, random_next(&name->resolver->random));
    if (name->failures == 1)
        log_write(LOG_WARNING, "the name '%s' cannot be resolved: %s; %s", name->host, why,
                  name->is_found ? "the addresses it had stay in use" : "calls fail until it can");
    for (struct user *user = name->users; user != NULL; user = user->next)
        guard_lose(user->guard, user->url);
    name_come_again(name, pause);
}

static void name_is_found(struct name *name, const struct name_answer *answer)
{
    struct sighting sighting;
    bool has_changed = false;
    for (struct user *user = name->users; user != NULL; user = user->next) {
        sighting_make(&sighting, answer->list, answer->count, user->url->port);
        if (sighting.count > 0)
            has_changed |= guard_resolve(user->guard, user->url, sighting.places, sighting.count);
    }
    if (sighting.refused > 0 && !name->has_warned) {
        name->has_warned = true;
        log_write(LOG_WARNING, "the name '%s' leads to a link-local address, which is not used",
                  name->host);
    }
    if (sighting.count == 0) {
        name_is_lost(name, "no address that may be used");
        return;
    }
    if (name->failures > 0)
        log_write(LOG_INFO, "the name '%s' can be resolved again", name->host);
    else if (has_changed)
        log_write(LOG_DEBUG, "the name '%s' leads to %u addresses", name->host, sighting.count);
    name->failures = 0;
    name->is_found = true;
    name_come_again(name, refresh_wait(answer->ttl));
}

static void name_on_answer(struct name_query *query, const struct name_answer *answer)
{
    struct name *name = container_of(query, struct name, query);
    struct resolver *resolver = name->resolver;
    resolver->under_way--;
    if (answer->count > 0)
        name_is_found(name, answer);
    else
        name_is_lost(name, answer->why);
    if (!list_is_empty(&resolver->line))
        loop_defer(resolver->loop, &resolver->asking);
}

/* --- questions ---------------------------------------------------------------------------- */

/* An answer may come before the question has returned: it only makes room for the next one. */
static void resolver_ask(struct task *task)
{
    struct resolver *resolver = container_of(task, struct resolver, asking);
    struct list *entry;
    while (resolver->under_way < RESOLVER_AT_ONCE &&
           (entry = list_shift(&resolver->line)) != NULL) {
        struct name *name = container_of(entry, struct name, entry);
        resolver->under_way++;
        name_client_ask(resolver->client, &name->query);
    }
}

static void name_time_has_come(struct timer *timer)
{
    struct name *name = container_of(timer, struct name, timer);
    list_append(&name->resolver->line, &name->entry);
    loop_defer(name->resolver->loop, &name->resolver->asking);
}

/* --- all of them -------------------------------------------------------------------------- */

static struct name *resolver_name(struct resolver *resolver, struct str host)
{
    struct name *name = resolver->names;
    while (name != NULL && !str_equal_ignore_case(str_of(name->host), host))
        name = name->next;
    if (name != NULL)
        return name;
    name = calloc(1, sizeof(*name));
    if (name == NULL || (name->host = strndup(host.at, host.length)) == NULL)
        abort();
    name->resolver = resolver;
    name->next = resolver->names;
    name->query = (struct name_query){.host = name->host, .answered = name_on_answer};
    resolver->names = name;
    timer_init(&name->timer, name_time_has_come);
    list_append(&resolver->line, &name->entry);
    return name;
}

static void resolver_add(struct resolver *resolver, struct guard *guard, const struct url *url)
{
    struct user *user = calloc(1, sizeof(*user));
    struct name *name = resolver_name(resolver, url->host);
    if (user == NULL)
        abort();
    *user = (struct user){.next = name->users, .guard = guard, .url = url};
    name->users = user;
    guard_seek(guard, url);
}

struct resolver *resolver_new(struct loop *loop, struct guards *guards,
                              const struct name_client_options *options)
{
    struct resolver *resolver = calloc(1, sizeof(*resolver));
    if (resolver == NULL)
        abort();
    resolver->loop = loop;
    resolver->client = name_client_new(loop, options);
    random_init(&resolver->random);
    list_init(&resolver->line);
    task_init(&resolver->asking, resolver_ask);
    for (uint32_t i = 0; i < guards->count; i++) {
        const struct service *service = guards->list[i].service;
        for (uint32_t at = 0; at < service->url_count; at++)
            if (resolver_wants(&service->urls[at]))
                resolver_add(resolver, &guards->list[i], &service->urls[at]);
    }
    if (resolver->names != NULL)
        loop_defer(loop, &resolver->asking);
    return resolver;
}

static void name_free(struct name *name)
{
    while (name->users != NULL) {
        struct user *user = name->users;
        name->users = user->next;
        free(user);
    }
    timer_cancel(&name->resolver->loop->timers, &name->timer);
    free(name->host);
    free(name);
}

void resolver_free(struct resolver *resolver)
{
    if (resolver == NULL)
        return;
    name_client_free(resolver->client);
    task_cancel(&resolver->asking);
    while (resolver->names != NULL) {
        struct name *name = resolver->names;
        resolver->names = name->next;
        name_free(name);
    }
    free(resolver);
}
