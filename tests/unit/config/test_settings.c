/*
 * The top of the file.
 */
#include "printed.h"

#include "config/expose.h"
#include "config/scope.h"
#include "config/settings.h"

struct office {
    struct environment environment;
    struct slot_table slots;
    struct scope scope;
    struct reader reader;
    struct settings_file file;
};

static const struct settings *settings_of(struct world *world, const char *text,
                                          struct office *office)
{
    *office = (struct office){.slots = {.arena = &world->arena}};
    environment_init(&office->environment, &world->arena);
    scope_init(&office->scope, &office->slots, &office->environment, &world->diagnostics,
               SCOPE_NONE);
    office->reader = (struct reader){&world->arena, &world->diagnostics, &office->scope};
    settings_read(&office->reader, world_parse(world, text), &office->file);
    return &office->file.settings;
}

static void the_defaults_of_the_language(void **state)
{
    struct world *world = *state;
    struct office office;
    const struct settings *settings = settings_of(world, "listen: 0.0.0.0:8080\n", &office);
    assert_printed(world, "");
    assert_int_equal(settings->listen_count, 1);
    assert_str(settings->listen[0].host, "0.0.0.0");
    assert_int_equal(settings->listen[0].place.column, 9);
    assert_true(settings->has_admin);
    assert_str(settings->admin.host, "127.0.0.1");
    assert_int_equal(settings->admin.port, 9901);
    assert_true(settings->health);
    assert_int_equal(settings->workers, 0);
    assert_int_equal(settings->limits.head, 16 * 1024);
    assert_int_equal(settings->limits.body, 1024 * 1024);
    assert_int_equal(settings->limits.head_timeout, 10 * SECOND);
    assert_int_equal(settings->limits.body_timeout, 30 * SECOND);
    assert_int_equal(settings->limits.idle_timeout, 75 * SECOND);
    assert_int_equal(settings->limits.connections, 10000);
    assert_int_equal(settings->limits.per_client, 1000);
    assert_int_equal(settings->trusted_proxy_count, 0);
    assert_int_equal(settings->drain, 30 * SECOND);
    assert_int_equal(settings->log_level, LOG_INFO);
    assert_int_equal(settings->log_format, LOG_JSON);
    assert_true(settings->log_access);
    assert_null(settings->cors);
}

static void everything_written_down(void **state)
{
    struct world *world = *state;
    struct office office;
    setenv("BRAID_TEST_DRAIN", "7s", 1);
    const struct settings *settings = settings_of(
        world,
        "listen: [127.0.0.1:8080, \"[::1]:8080\", unix:/run/braid.sock, { address: 127.0.0.1:81 "
        "}]\n"
        "admin: off\n"
        "health: off\n"
        "workers: 3\n"
        "limits: { head: 8KiB, body: 2MB, head_timeout: 1s, connections: 5 }\n"
        "trusted_proxies: [10.0.0.0/8, \"::1\"]\n"
        "drain: \"${env.BRAID_TEST_DRAIN}\"\n"
        "log: { level: warning, format: text, access: off }\n"
        "defaults: { timeout: 1s }\n"
        "services: { a: http://a }\n"
        "routes: { GET /: {} }\n"
        "include: [routes/*.yaml]\n"
        "x-anything: [1, 2]\n",
        &office);
    unsetenv("BRAID_TEST_DRAIN");
    assert_printed(world, "");
    assert_int_equal(settings->listen_count, 4);
    assert_str(settings->listen[1].host, "::1");
    assert_str(settings->listen[2].unix_path, "/run/braid.sock");
    assert_int_equal(settings->listen[3].port, 81);
    assert_false(settings->has_admin);
    assert_false(settings->health);
    assert_int_equal(settings->workers, 3);
    assert_int_equal(settings->limits.head, 8192);
    assert_int_equal(settings->limits.body, 2000000);
    assert_int_equal(settings->limits.head_timeout, SECOND);
    assert_int_equal(settings->limits.body_timeout, 30 * SECOND);
    assert_int_equal(settings->limits.connections, 5);
    assert_int_equal(settings->trusted_proxy_count, 2);
    assert_int_equal(settings->trusted_proxies[0].bits, 104);
    assert_int_equal(settings->drain, 7 * SECOND);
    assert_int_equal(settings->log_level, LOG_WARNING);
    assert_int_equal(settings->log_format, LOG_TEXT);
    assert_false(settings->log_access);
    assert_int_equal(office.file.services->count, 1);
    assert_int_equal(office.file.routes->count, 1);
    assert_int_equal(office.file.include->count, 1);
    assert_int_equal(office.file.defaults->count, 1);
}

static void what_has_no_effect_yet_says_so(void **state)
{
    struct world *world = *state;
    struct office office;
    settings_of(world,
                "listen: 127.0.0.1:80\n"
                "watch: on\n",
                &office);
    assert_false(diagnostics_has_errors(&world->diagnostics));
    assert_int_equal(world->diagnostics.counts[SEVERITY_NOTE], 1);
    const char *printed = world_printed(world);
    assert_non_null(strstr(printed, "a.yaml:2:1: note: 'watch' has no effect yet\n"));
}

static void what_is_shown_of_the_making_of_answers(void **state)
{
    struct world *world = *state;
    struct office office;
    const struct settings *settings =
        settings_of(world,
                    "listen: 127.0.0.1:80\n"
                    "expose: [server_timing, cache_status]\n"
                    "debug: { header: X-Debug, secret: \"${env.PATH}\" }\n"
                    "traces: { endpoint: \"http://127.0.0.1:4318\", sample: 25% }\n",
                    &office);
    assert_printed(world, "");
    assert_int_equal(settings->expose, EXPOSE_SERVER_TIMING | EXPOSE_CACHE_STATUS);
    assert_str(settings->debug_header, "X-Debug");
    assert_true(settings->debug_secret.length > 0);
    assert_str(settings->traces.endpoint, "http://127.0.0.1:4318");
    assert_true(settings->traces.share == 0.25);
    assert_str(settings->traces.name, "braid");
}

static void nothing_is_shown_unless_it_is_said(void **state)
{
    struct world *world = *state;
    struct office office;
    const struct settings *settings =
        settings_of(world, "listen: 127.0.0.1:80\ndebug: off\ntraces: off\n", &office);
    assert_printed(world, "");
    assert_int_equal(settings->expose, 0);
    assert_int_equal(settings->debug_header.length, 0);
    assert_int_equal(settings->traces.endpoint.length, 0);
}

static void where_answers_are_kept(void **state)
{
    struct world *world = *state;
    struct office office;
    settings_of(world, "listen: 127.0.0.1:80\n", &office);
    assert_int_equal(office.file.settings.cache.memory, 64 * 1024 * 1024);
    assert_int_equal(office.file.settings.cache.file.length, 0);
    settings_of(world,
                "listen: 127.0.0.1:80\n"
                "cache: { memory: 1GiB, file: /tmp/a.db, file_size: 2MiB }\n",
                &office);
    assert_int_equal(office.file.settings.cache.memory, 1024 * 1024 * 1024);
    assert_true(str_equal(office.file.settings.cache.file, STR("/tmp/a.db")));
    assert_int_equal(office.file.settings.cache.file_size, 2 * 1024 * 1024);
}

static void every_mistake_of_the_top_is_reported(void **state)
{
    struct world *world = *state;
    struct office office;
    settings_of(world,
                "admin: 0.0.0.0:9901\n"
                "listn: 127.0.0.1:80\n"
                "workers: 0\n"
                "limits: { head: 1MiB, boddy: 1MiB }\n"
                "trusted_proxies: [10.0.0.0/99]\n"
                "drain: 30\n"
                "log: { level: loud }\n"
                "expose: [everything]\n"
                "debug: { header: Host, secret: \"${query.x}\" }\n"
                "traces: { endpoint: collector:4318, sample: 1 }\n",
                &office);
    const char *printed = world_printed(world);
    const char *messages[] = {
        "a.yaml:1:1: error: the file has no 'listen'\n",
        "a.yaml:1:8: warning: the admin pages can be reached from outside [public-admin]\n",
        "a.yaml:2:1: error: unknown key 'listn' in the file\n"
        "    2 | listn: 127.0.0.1:80\n"
        "      | ^~~~~ did you mean 'listen'?\n",
        "a.yaml:3:10: error: '0' is less than 1\n",
        "a.yaml:4:17: error: '1MiB' is larger than 64KiB\n",
        "a.yaml:4:23: error: unknown key 'boddy' in 'limits'\n",
        "a.yaml:5:19: error: '10.0.0.0/99' has no number up to 32 behind the slash\n",
        "a.yaml:6:8: error: '30' has no unit\n"
        "    6 | drain: 30\n"
        "      |        ^~ write a duration with its unit: 250ms, 1s, 5m, 1h\n",
        "a.yaml:7:15: error: 'loud' is not known here\n"
        "    7 | log: { level: loud }\n"
        "      |               ^~~~ one of error, warning, info, debug\n",
        "a.yaml:8:10: error: 'everything' is not known here\n",
        "a.yaml:9:18: error: 'Host' is written by the gateway and cannot be set\n",
        "a.yaml:9:35: error: 'query' cannot stand here\n",
        "a.yaml:10:21: error: 'collector:4318' ",
        "a.yaml:10:45: error: '1' ",
    };
    for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
        if (strstr(printed, messages[i]) == NULL)
            fail_msg("not there: %s\nbut:\n%s", messages[i], printed);
    }
    assert_int_equal(world->diagnostics.counts[SEVERITY_ERROR], 13);
}

static void addresses_that_cannot_be(void **state)
{
    struct world *world = *state;
    struct office office;
    settings_of(world, "listen: [8080, 127.0.0.1:9901, 127.0.0.1:80, 127.0.0.1:80]\n", &office);
    assert_printed(
        world,
        "a.yaml:1:10: error: the address '8080' has no port\n"
        "    1 | listen: [8080, 127.0.0.1:9901, 127.0.0.1:80, 127.0.0.1:80]\n"
        "      |          ^~~~ write 0.0.0.0:8080, \"[::]:8080\" or unix:/run/braid.sock\n"
        "a.yaml:1:16: error: '127.0.0.1:9901' is the address of the admin pages\n"
        "    1 | listen: [8080, 127.0.0.1:9901, 127.0.0.1:80, 127.0.0.1:80]\n"
        "      |                ^~~~~~~~~~~~~~ give `admin` an address of its own, or write  "
        "admin: off\n"
        "a.yaml:1:46: error: the address '127.0.0.1:80' is there twice\n"
        "    1 | listen: [8080, 127.0.0.1:9901, 127.0.0.1:80, 127.0.0.1:80]\n"
        "      |                                              ^~~~~~~~~~~~\n");
}

static void tls_is_never_served_as_plain_text(void **state)
{
    struct world *world = *state;
    struct office office;
    const struct settings *settings =
        settings_of(world,
                    "listen: { address: 127.0.0.1:80, tls: { certificate: /nowhere/c, key: "
                    "/dev/null } }\n",
                    &office);
    assert_int_equal(settings->listen_count, 0);
    assert_printed(
        world,
        "a.yaml:1:54: error: the file '/nowhere/c' cannot be read\n"
        "    1 | listen: { address: 127.0.0.1:80, tls: { certificate: /nowhere/c, key: /dev/null } "
        "}\n"
        "      |                                                      ^~~~~~~~~~\n");
}

static void a_listener_may_show_several_certificates(void **state)
{
    struct world *world = *state;
    struct office office;
    const struct settings *settings =
        settings_of(world,
                    "listen:\n"
                    "  address: 127.0.0.1:80\n"
                    "  tls:\n"
                    "    certificate: /dev/null\n"
                    "    key: /dev/zero\n"
                    "    client_ca: /dev/full\n"
                    "    more: [ { certificate: /dev/zero, key: /dev/null } ]\n",
                    &office);
    assert_int_equal(settings->listen_count, 1);
    const struct listener_tls *tls = settings->listen[0].tls;
    assert_int_equal(tls->count, 2);
    assert_str(tls->list[0].certificate, "/dev/null");
    assert_str(tls->list[0].key, "/dev/zero");
    assert_int_equal(tls->list[0].place.line, 4);
    assert_str(tls->list[1].certificate, "/dev/zero");
    assert_int_equal(tls->list[1].place.line, 7);
    assert_str(tls->client_ca, "/dev/full");
    assert_int_equal(tls->client_ca_place.line, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        story(the_defaults_of_the_language),           story(everything_written_down),
        story(what_is_shown_of_the_making_of_answers), story(nothing_is_shown_unless_it_is_said),
        story(what_has_no_effect_yet_says_so),         story(where_answers_are_kept),
        story(every_mistake_of_the_top_is_reported),   story(addresses_that_cannot_be),
        story(tls_is_never_served_as_plain_text),
        story(a_listener_may_show_several_certificates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
