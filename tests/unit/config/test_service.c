/*
 * Services as the file describes them.
 */
#include "printed.h"

#include "config/header_name.h"
#include "config/scope.h"
#include "config/service.h"

struct office {
    struct environment environment;
    struct slot_table slots;
    struct scope scope;
    struct reader reader;
};

static void office_init(struct office *office, struct world *world)
{
    *office = (struct office){.slots = {.arena = &world->arena}};
    environment_init(&office->environment, &world->arena);
    scope_init(&office->scope, &office->slots, &office->environment, &world->diagnostics,
               SCOPE_NONE);
    office->reader = (struct reader){&world->arena, &world->diagnostics, &office->scope};
}

/* The first entry of the file is the service; a second one, if any, its defaults. */
static bool service_of(struct world *world, const char *text, struct service *ret_service)
{
    struct office office;
    office_init(&office, world);
    struct node *root = world_parse(world, text);
    assert_non_null(root);
    const struct node *defaults = root->count > 1 ? root->entries[1].value : NULL;
    return service_read(&office.reader, root->entries[0].key, root->entries[0].value, defaults,
                        ret_service);
}

static void the_short_form(void **state)
{
    struct world *world = *state;
    struct service service;
    assert_true(service_of(world, "users: http://users.internal:8080/v1\n", &service));
    assert_printed(world, "");
    assert_str(service.name, "users");
    assert_int_equal(service.place.line, 1);
    assert_int_equal(service.url_count, 1);
    assert_str(service.urls[0].host, "users.internal");
    assert_str(service.urls[0].prefix, "/v1");
    assert_int_equal(service.timeout, SECOND);
    assert_int_equal(service.connect_timeout, 250 * MILLISECOND);
    assert_int_equal(service.concurrency, 256);
    assert_int_equal(service.queue, 64);
    assert_int_equal(service.max_response, 8 * 1024 * 1024);
    assert_int_equal(service.transport, TRANSPORT_AUTO);
    assert_int_equal(service.forward_header_count, 0);
    assert_int_equal(service.header_count, 0);
}

static void the_long_form(void **state)
{
    struct world *world = *state;
    struct service service;
    setenv("BRAID_TEST_URL", "https://products.internal", 1);
    assert_true(service_of(world,
                           "products-2.x:\n"
                           "  url: ${env.BRAID_TEST_URL}\n"
                           "  timeout: 2s\n"
                           "  concurrency: 8\n"
                           "  queue: 0\n"
                           "  forward_headers: [Authorization, accept-language]\n"
                           "  headers: { X-Api-Key: key, X-User: \"${headers.x_user}\" }\n"
                           "  max_response: 1MiB\n"
                           "  transport: curl\n"
                           "  tls: { ca: /dev/null, server_name: p }\n"
                           "  allow: [unused-service]\n",
                           &service));
    unsetenv("BRAID_TEST_URL");
    assert_printed(world, "");
    assert_true(service.urls[0].is_tls);
    assert_int_equal(service.timeout, 2 * SECOND);
    assert_int_equal(service.concurrency, 8);
    assert_int_equal(service.queue, 0);
    assert_int_equal(service.forward_header_count, 2);
    assert_str(service.forward_headers[0], "authorization");
    assert_int_equal(service.header_count, 2);
    assert_str(service.headers[1].name, "X-User");
    assert_str(service.headers[1].text->text, "${headers.x_user}");
    assert_int_equal(service.max_response, 1024 * 1024);
    assert_int_equal(service.transport, TRANSPORT_CURL);
    assert_str(service.tls.ca, "/dev/null");
    assert_str(service.tls.server_name, "p");
    assert_int_equal(service.allow_count, 1);
}

static void defaults_are_under_what_is_written(void **state)
{
    struct world *world = *state;
    struct service service;
    assert_true(service_of(world,
                           "users: { url: http://a, timeout: 3s }\n"
                           "defaults: { timeout: 5s, queue: 1, urls: [http://b] }\n",
                           &service));
    assert_int_equal(service.timeout, 3 * SECOND);
    assert_int_equal(service.queue, 1);
    assert_str(service.urls[0].host, "a");
    assert_true(service_of(world, "users: http://a\ndefaults: { timeout: 5s }\n", &service));
    assert_int_equal(service.timeout, 5 * SECOND);
    assert_printed(world, "");
}

static void policies_are_kept(void **state)
{
    struct world *world = *state;
    struct service service;
    assert_true(service_of(
        world,
        "p:\n"
        "  urls: [http://10.0.0.7:80, { weight: 5, url: http://10.0.0.8:80 }]\n"
        "  balance: hash ${headers.x_user}\n"
        "  retry: { attempts: 3, for: [connect, 503], backoff: 40ms, budget: 10% }\n"
        "  hedge: p95\n"
        "  breaker: { failure_rate: 30%, minimum: 20, window: 10s, open: 5s, probes: 2, slow: 1s "
        "}\n"
        "  health: { path: /healthz, interval: 2s, timeout: 500ms, healthy: 2, unhealthy: 3 }\n"
        "  outlier: off\n",
        &service));
    assert_int_equal(service.url_count, 2);
    assert_int_equal(service.urls[1].weight, 5);
    assert_int_equal(service.urls[0].weight, 1);
    const struct policies *policies = &service.policies;
    assert_int_equal(policies->balance, BALANCE_HASH);
    assert_non_null(policies->hash);
    assert_int_equal(policies->retry.attempts, 3);
    assert_true(policies->retry.connect);
    assert_false(policies->retry.timeout);
    assert_int_equal(policies->retry.status_count, 1);
    assert_int_equal(policies->retry.statuses[0], 503);
    assert_int_equal(policies->retry.backoff, 40 * MILLISECOND);
    assert_true(policies->budget == 0.1);
    assert_int_equal(policies->hedge.percentile, 95);
    assert_true(policies->breaker.failure_rate == 0.3);
    assert_int_equal(policies->breaker.probes, 2);
    assert_int_equal(policies->breaker.slow, SECOND);
    assert_str(policies->health.path, "/healthz");
    assert_int_equal(policies->health.unhealthy, 3);
    assert_int_equal(policies->outlier.consecutive_failures, 0);
    assert_printed(world, "");
}

static void breaker_and_outlier_are_on_unless_they_are_off(void **state)
{
    struct world *world = *state;
    struct service service;
    assert_true(service_of(world, "a: http://a\n", &service));
    const struct policies *policies = &service.policies;
    assert_int_equal(policies->breaker.minimum, 20);
    assert_int_equal(policies->breaker.window, 10 * SECOND);
    assert_int_equal(policies->outlier.consecutive_failures, 5);
    assert_int_equal(policies->retry.attempts, 0);
    assert_true(policies->budget == 0.2);
    assert_int_equal(policies->hedge.delay, 0);
    assert_int_equal(policies->health.path.length, 0);
    assert_int_equal(policies->balance, BALANCE_LEAST_REQUESTS);
    assert_true(service_of(world, "a: { url: http://a, breaker: off, outlier: off, retry: {} }\n",
                           &service));
    assert_int_equal(policies->breaker.window, 0);
    assert_int_equal(policies->outlier.consecutive_failures, 0);
    assert_int_equal(policies->retry.attempts, 2);
    assert_int_equal(policies->retry.status_count, 3);
    assert_true(policies->retry.reset);
}

static void mistakes_of_a_service(void **state)
{
    struct world *world = *state;
    const struct {
        const char *text;
        const char *printed;
    } cases[] = {
        {"GET: http://a\n", "a.yaml:1:1: error: a service cannot be called as the method GET\n"
                            "    1 | GET: http://a\n"
                            "      | ^~~\n"},
        {"my service: http://a\n",
         "a.yaml:1:1: error: 'my service' cannot be the name of a service\n"
         "    1 | my service: http://a\n"
         "      | ^~~~~~~~~~ a name is letters, digits, _, - and ., a letter first\n"},
        {"a: localhost:80\n", "a.yaml:1:4: error: the URL has no scheme\n"
                              "    1 | a: localhost:80\n"
                              "      |    ^~~~~~~~~~~~ write http://host:port, https://host or "
                              "unix:/path\n"},
        {"a: { timeout: 1s }\n", "a.yaml:1:4: error: service 'a' has no 'url'\n"
                                 "    1 | a: { timeout: 1s }\n"
                                 "      |    ^ url: http://host:port\n"},
        {"a: { url: http://a, urls: [http://b] }\n",
         "a.yaml:1:27: error: service 'a' has both 'url' and 'urls'\n"
         "    1 | a: { url: http://a, urls: [http://b] }\n"
         "      |                           ^ write one of them\n"},
        {"a: { urls: [http://a/v1, http://b/v2] }\n",
         "a.yaml:1:26: error: the path differs from the first address's\n"
         "    1 | a: { urls: [http://a/v1, http://b/v2] }\n"
         "      |                          ^~~~~~~~~~~ write it for all of them, or for none\n"},
        {"a: { url: http://a, balance: hash }\n",
         "a.yaml:1:30: error: hash of what?\n"
         "    1 | a: { url: http://a, balance: hash }\n"
         "      |                              ^~~~ write hash ${headers.x_user}\n"},
        {"a: { url: http://a, tiemout: 1s }\n",
         "a.yaml:1:21: error: unknown key 'tiemout' in service 'a'\n"
         "    1 | a: { url: http://a, tiemout: 1s }\n"
         "      |                     ^~~~~~~ did you mean 'timeout'?\n"},
        {"a: { url: http://a, timeout: 500 }\n",
         "a.yaml:1:30: error: '500' has no unit\n"
         "    1 | a: { url: http://a, timeout: 500 }\n"
         "      |                              ^~~ write a duration with its unit: 250ms, 1s, "
         "5m, 1h\n"},
        {"a: { url: http://a, headers: { Host: b } }\n",
         "a.yaml:1:32: error: 'Host' is written by the gateway and cannot be set\n"
         "    1 | a: { url: http://a, headers: { Host: b } }\n"
         "      |                                ^~~~\n"},
        {"a: { url: http://a, headers: { X-A: \"${order.id}\" } }\n",
         "a.yaml:1:40: error: unknown name 'order'\n"
         "    1 | a: { url: http://a, headers: { X-A: \"${order.id}\" } }\n"
         "      |                                        ^~~~~\n"},
        {"a: { url: http://a, headers: { X-A: \"${path.id}\" } }\n",
         "a.yaml:1:40: error: 'path' cannot stand in a header of a service\n"
         "    1 | a: { url: http://a, headers: { X-A: \"${path.id}\" } }\n"
         "      |                                        ^~~~ only what the client sent is known "
         "there\n"},
        {"a: { url: http://a, headers: { X-A: b, x-a: c } }\n",
         "a.yaml:1:40: error: the header 'x-a' is there twice\n"
         "    1 | a: { url: http://a, headers: { X-A: b, x-a: c } }\n"
         "      |                                        ^~~ the case of letters does not count\n"},
        {"a: { url: http://a, forward_headers: [connection] }\n",
         "a.yaml:1:39: error: 'connection' belongs to one connection and cannot be set\n"
         "    1 | a: { url: http://a, forward_headers: [connection] }\n"
         "      |                                       ^~~~~~~~~~\n"},
        {"a: http://169.254.169.254/latest\n",
         "a.yaml:1:4: error: '169.254.169.254' is an address of link-local metadata services\n"
         "    1 | a: http://169.254.169.254/latest\n"
         "      |    ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~ allow_link_local: on  lets it pass\n"},
        {"a: { url: http://a, tls: { ca: /nowhere/ca } }\n",
         "a.yaml:1:32: error: the file '/nowhere/ca' cannot be read\n"
         "    1 | a: { url: http://a, tls: { ca: /nowhere/ca } }\n"
         "      |                                ^~~~~~~~~~~\n"},
        {"a: [http://a]\n", "a.yaml:1:4: error: service 'a' is a mapping, not a list\n"
                            "    1 | a: [http://a]\n"
                            "      |    ^\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct service service;
        diagnostics_init(&world->diagnostics, &world->arena);
        assert_false(service_of(world, cases[i].text, &service));
        assert_printed(world, cases[i].printed);
    }
}

static void link_local_where_the_file_says_so(void **state)
{
    struct world *world = *state;
    struct service service;
    assert_true(
        service_of(world, "a: { url: http://169.254.169.254, allow_link_local: on }\n", &service));
    assert_printed(world, "");
}

static void which_headers_may_be_set(void **state)
{
    (void)state;
    const char *fine[] = {"X-Api-Key", "authorization",   "cookie",     "accept",
                          "x-forward", "idempotency-key", "traceparent"};
    const char *not_fine[] = {"Connection",
                              "keep-alive",
                              "TE",
                              "Trailer",
                              "upgrade",
                              "Transfer-Encoding",
                              "Host",
                              "content-length",
                              "Forwarded",
                              "X-Forwarded-For",
                              "proxy-authorization",
                              "",
                              "a b",
                              "a:",
                              "\xC3\xA9"};
    const char *why = NULL;
    for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++)
        assert_true(header_is_settable(str_of(fine[i]), &why));
    assert_null(why);
    for (size_t i = 0; i < sizeof(not_fine) / sizeof(*not_fine); i++) {
        why = NULL;
        assert_false(header_is_settable(str_of(not_fine[i]), &why));
        assert_non_null(why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        story(the_short_form),
        story(the_long_form),
        story(defaults_are_under_what_is_written),
        story(policies_are_kept),
        story(breaker_and_outlier_are_on_unless_they_are_off),
        story(mistakes_of_a_service),
        story(link_local_where_the_file_says_so),
        cmocka_unit_test(which_headers_may_be_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
