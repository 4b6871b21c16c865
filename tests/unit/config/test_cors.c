/*
 * Who may read an answer from another origin: what the file may say, and whom it then takes.
 */
#include "printed.h"

#include "config/cors.h"
#include "config/scope.h"

struct office {
    struct environment environment;
    struct slot_table slots;
    struct scope scope;
    struct reader reader;
};

/* The value of `cors` as the file has it; NULL also where it says nothing good. */
static const struct cors *cors_of(struct world *world, const char *text)
{
    struct office *office = arena_new(&world->arena, struct office);
    const struct cors *cors = NULL;
    office->slots.arena = &world->arena;
    environment_init(&office->environment, &world->arena);
    scope_init(&office->scope, &office->slots, &office->environment, &world->diagnostics,
               SCOPE_NONE);
    office->reader = (struct reader){&world->arena, &world->diagnostics, &office->scope};
    const struct node *root = world_parse(world, text);
    return cors_read(&office->reader, node_member(root, STR("cors")), &cors) ? cors : NULL;
}

static bool takes(const struct cors *cors, const char *origin)
{
    return cors_allows(cors, str_of(origin));
}

static void named_origins_and_no_others(void **state)
{
    struct world *world = *state;
    const struct cors *cors =
        cors_of(world, "cors: { origins: [https://shop.example, \"http://[::1]:3000\"] }\n");
    assert_printed(world, "");
    assert_int_equal(cors->max_age, 10 * MINUTE);
    assert_false(cors->credentials);
    assert_true(takes(cors, "https://shop.example"));
    assert_true(takes(cors, "http://[::1]:3000"));
    const char *others[] = {
        "http://shop.example",
        "https://shop.example:444",
        "https://shop.example.evil",
        "https://evilshop.example",
        "https://a.shop.example",
        "https://shop.example/",
        "https://shop.example, https://shop.example",
        "null",
        "",
        "HTTPS://SHOP.EXAMPLE",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(takes(cors, others[i]));
}

/* A browser sends no port that the scheme has anyway, and no capital letters. */
static void origins_are_written_as_browsers_send_them(void **state)
{
    struct world *world = *state;
    const struct cors *cors = cors_of(
        world, "cors: { origins: [HTTPS://Shop.Example:443, http://a.example:80, "
               "https://b.example:80, capacitor://localhost], credentials: on, max_age: 1h }\n");
    assert_printed(world, "");
    assert_true(cors->credentials);
    assert_int_equal(cors->max_age, HOUR);
    assert_true(takes(cors, "https://shop.example"));
    assert_true(takes(cors, "http://a.example"));
    assert_true(takes(cors, "https://b.example:80"));
    assert_true(takes(cors, "capacitor://localhost"));
    assert_false(takes(cors, "https://b.example"));
    assert_false(takes(cors, "https://shop.example:443"));
}

static void a_star_is_one_or_more_labels(void **state)
{
    struct world *world = *state;
    const struct cors *cors = cors_of(
        world, "cors: { origins: [\"https://*.shop.example\", \"http://*.dev.example:8080\"] }\n");
    assert_printed(world, "");
    assert_true(takes(cors, "https://a.shop.example"));
    assert_true(takes(cors, "https://a.b-2.shop.example"));
    assert_true(takes(cors, "http://a.dev.example:8080"));
    const char *others[] = {
        "https://shop.example",         "https://.shop.example",      "https://a..shop.example",
        "https://a.shop.example:8443",  "http://a.shop.example",      "https://a.shop.example.evil",
        "https://ashop.example",        "https://evil/.shop.example", "https://a:b@c.shop.example",
        "https://evil:80.shop.example", "http://a.dev.example",       "https://A.shop.example",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(takes(cors, others[i]));
}

static void a_star_alone_is_everybody_and_never_with_credentials(void **state)
{
    struct world *world = *state;
    const struct cors *cors = cors_of(world, "cors: { origins: [\"*\"] }\n");
    assert_true(cors->is_for_all);
    assert_true(takes(cors, "https://anybody.example"));
    assert_true(takes(cors, "null"));
    assert_null(cors_of(world, "cors: { origins: [\"*\"], credentials: on }\n"));
    assert_non_null(strstr(world_printed(world),
                           "a.yaml:1:38: error: with the origin '*' every page there is could "
                           "act as the person who reads it; browsers refuse that too\n"));
}

static void off_is_nothing(void **state)
{
    struct world *world = *state;
    assert_null(cors_of(world, "cors: off\n"));
    assert_printed(world, "");
}

static void what_is_no_origin_is_said_with_what_to_write(void **state)
{
    struct world *world = *state;
    assert_null(cors_of(world, "cors:\n"
                               "  origins:\n"
                               "    - shop.example\n"
                               "    - https://shop.example/\n"
                               "    - https://shop.example/page\n"
                               "    - \"https://a.*.example\"\n"
                               "    - \"https://*\"\n"
                               "    - https://shop.example:http\n"
                               "    - https://shop.example:0\n"
                               "    - https://user@shop.example\n"
                               "    - \"null\"\n"
                               "    - https://\n"
                               "    - ://shop.example\n"));
    const char *printed = world_printed(world);
    const char *wanted[] = {
        "a.yaml:3:7: error: the origin 'shop.example' has no scheme\n",
        "write https://shop.example\n",
        "a.yaml:4:7: error: the origin 'https://shop.example/' has a path: an origin ends with its "
        "host or port\n",
        "a.yaml:5:7: error: the origin 'https://shop.example/page' has a path",
        "a.yaml:6:7: error: the origin 'https://a.*.example' has a star that is not its whole "
        "first label\n",
        "a.yaml:7:7: error: the origin 'https://*' has a star that is not its whole first label\n",
        "a.yaml:8:7: error: the origin 'https://shop.example:http' has no good port",
        "a.yaml:9:7: error: the origin 'https://shop.example:0' has no good port",
        "a.yaml:10:7: error: the origin 'https://user@shop.example' has no good host\n",
        "a.yaml:11:7: error: the origin 'null' is what every sandboxed page sends, so it names "
        "nobody\n",
        "a.yaml:12:7: error: the origin 'https://' has no good host\n",
        "a.yaml:13:7: error: the origin '://shop.example' has no good scheme\n",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (strstr(printed, wanted[i]) == NULL)
            fail_msg("'%s' is not in:\n%s", wanted[i], printed);
    assert_int_equal(world->diagnostics.counts[SEVERITY_ERROR], 11);
}

static void no_origin_at_all_is_a_slip(void **state)
{
    struct world *world = *state;
    assert_null(cors_of(world, "cors: { origins: [] }\n"));
    assert_non_null(strstr(world_printed(world), "'origins' takes 1 to 256 origins"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        story(named_origins_and_no_others),
        story(origins_are_written_as_browsers_send_them),
        story(a_star_is_one_or_more_labels),
        story(a_star_alone_is_everybody_and_never_with_credentials),
        story(off_is_nothing),
        story(what_is_no_origin_is_said_with_what_to_write),
        story(no_origin_at_all_is_a_slip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
