/*
 * Which names an expression may begin with, and what they become.
 */
#include "printed.h"

#include "config/scope.h"
#include "config/text.h"

#include <unistd.h>

struct place_of_use {
    struct world *world;
    struct environment environment;
    struct slot_table slots;
    struct scope scope;
};

static const struct str calls[] = {{"order", 5}, {"customer", 8}};
static const struct str parameters[] = {{"id", 2}, {"tenant", 6}};

static void use_init(struct place_of_use *use, struct world *world, unsigned allowed)
{
    *use = (struct place_of_use){.world = world, .slots = {.arena = &world->arena}};
    environment_init(&use->environment, &world->arena);
    scope_init(&use->scope, &use->slots, &use->environment, &world->diagnostics, allowed);
    use->scope.calls = calls;
    use->scope.call_count = 2;
    use->scope.parameters = parameters;
    use->scope.parameter_count = 2;
}

static bool compile(struct place_of_use *use, const char *text, struct text *ret_text)
{
    struct node *root = world_parse(use->world, text);
    return text_compile(&use->world->arena, root->entries[0].value, &use->scope, ret_text);
}

static void names_become_slots(void **state)
{
    struct world *world = *state;
    struct place_of_use use;
    use_init(&use, world, SCOPE_ALL);
    struct text text;
    assert_true(
        compile(&use, "a: ${path.tenant} ${query.page} ${queries.tag} ${cookies.sid}\n", &text));
    assert_true(compile(&use, "a: ${headers.accept_language} ${body.x} ${request.id}\n", &text));
    assert_true(compile(&use, "a: ${customer} ${meta.order.status} ${order.id} ${query}\n", &text));
    assert_true(compile(&use, "a: ${query.page} ${headers.\"Accept-Language\"}\n", &text));
    assert_printed(world, "");
    const struct {
        enum slot_kind kind;
        const char *name;
        uint32_t index;
        bool is_entered;
    } expected[] = {
        {SLOT_PATH, "tenant", 1, false},
        {SLOT_QUERY, "page", 0, false},
        {SLOT_QUERIES, "tag", 0, false},
        {SLOT_COOKIE, "sid", 0, false},
        {SLOT_HEADER, "accept-language", 0, false},
        {SLOT_BODY, "", 0, true},
        {SLOT_REQUEST, "", 0, true},
        {SLOT_CALL, "customer", 1, false},
        {SLOT_META, "order", 0, true},
        {SLOT_CALL, "order", 0, true},
        {SLOT_QUERY, "", 0, false},
    };
    assert_int_equal(use.slots.count, 11);
    for (uint32_t i = 0; i < use.slots.count; i++) {
        assert_int_equal(use.slots.list[i].kind, expected[i].kind);
        assert_str(use.slots.list[i].name, expected[i].name);
        assert_int_equal(use.slots.list[i].index, expected[i].index);
        assert_int_equal(use.slots.list[i].is_entered, expected[i].is_entered);
    }
}

static void only_the_first_name_is_bound(void **state)
{
    struct world *world = *state;
    struct place_of_use use;
    use_init(&use, world, SCOPE_ALL);
    struct text text;
    assert_true(compile(&use, "a: \"${order.items[?id == customer.id] | [0].nobody}\"\n", &text));
    assert_int_equal(use.slots.count, 1);
    assert_int_equal(use.slots.list[0].kind, SLOT_CALL);
}

static void loops_are_seen(void **state)
{
    struct world *world = *state;
    struct place_of_use use;
    use_init(&use, world, SCOPE_ALL);
    struct scope_loop outer = {.name = STR("row")};
    outer.slot = slot_table_add_loop(&use.slots, outer.name);
    struct scope_loop inner = {.name = STR("item"), .varies = true, .outer = &outer};
    inner.slot = slot_table_add_loop(&use.slots, inner.name);
    use.scope.loops = &inner;
    struct text text;
    assert_true(compile(&use, "a: ${item.id} ${row}\n", &text));
    assert_int_equal(use.slots.count, 2);
    assert_true(use.scope.resolver.is_in_loop);
    assert_true(compile(&use, "a: ${lookup(order.items, 'id', item.id)}\n", &text));
    assert_int_equal(use.slots.memo_count, use.scope.resolver.memo_count);
    assert_true(use.slots.memo_count > 0);
    assert_printed(world, "");
}

static void mistakes_are_errors_of_the_load(void **state)
{
    struct world *world = *state;
    struct place_of_use use;
    use_init(&use, world, SCOPE_ALL);
    const struct {
        const char *text;
        const char *printed;
    } mistakes[] = {
        {"a: ${custmer.name}\n", "a.yaml:1:6: error: unknown name 'custmer'\n"
                                 "    1 | a: ${custmer.name}\n"
                                 "      |      ^~~~~~~ did you mean 'customer'?\n"},
        {"a: 'x ${path.ident}'\n", "a.yaml:1:14: error: the pattern has no parameter 'ident'\n"
                                   "    1 | a: 'x ${path.ident}'\n"
                                   "      |              ^~~~~ it has {id}\n"},
        {"a: ${path.tennant}\n", "a.yaml:1:11: error: the pattern has no parameter 'tennant'\n"
                                 "    1 | a: ${path.tennant}\n"
                                 "      |           ^~~~~~~ did you mean 'tenant'?\n"},
        {"a: ${meta.ordr.status}\n", "a.yaml:1:11: error: there is no call 'ordr'\n"
                                     "    1 | a: ${meta.ordr.status}\n"
                                     "      |           ^~~~ did you mean 'order'?\n"},
        {"a: ${meta}\n", "a.yaml:1:6: error: 'meta' wants the name of a call behind it\n"
                         "    1 | a: ${meta}\n"
                         "      |      ^~~~ write meta.CALL.status\n"},
        {"a: ${request.methud}\n", "a.yaml:1:14: error: 'request' has no 'methud'\n"
                                   "    1 | a: ${request.methud}\n"
                                   "      |              ^~~~~~ did you mean 'method'?\n"},
        {"a: ${env.BRAID_TEST_NOT_SET}\n",
         "a.yaml:1:10: error: the environment variable 'BRAID_TEST_NOT_SET' is not set\n"
         "    1 | a: ${env.BRAID_TEST_NOT_SET}\n"
         "      |          ^~~~~~~~~~~~~~~~~~\n"},
        {"a: ${file('/nowhere/key')}\n", "a.yaml:1:6: error: the file '/nowhere/key' is not there\n"
                                         "    1 | a: ${file('/nowhere/key')}\n"
                                         "      |      ^~~~\n"},
        {"a: ${@.x}\n", "a.yaml:1:6: error: begin with a name\n"
                        "    1 | a: ${@.x}\n"
                        "      |      ^ @, * and [ look into what a name, or what stands before |, "
                        "yields\n"},
    };
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
        struct text text;
        diagnostics_init(&world->diagnostics, &world->arena);
        assert_false(compile(&use, mistakes[i].text, &text));
        assert_printed(world, mistakes[i].printed);
    }
}

static void a_name_in_the_wrong_place(void **state)
{
    struct world *world = *state;
    struct place_of_use use;
    use_init(&use, world, SCOPE_CLIENT);
    use.scope.purpose = "in `when` of an alternative";
    struct text text;
    assert_false(compile(&use, "a: ${order.id}\n", &text));
    use.scope.allowed = SCOPE_NONE;
    use.scope.purpose = "in a setting";
    assert_false(compile(&use, "b: ${query.page}\n", &text));
    assert_printed(world, "a.yaml:1:6: error: 'order' cannot stand in `when` of an alternative\n"
                          "    1 | a: ${order.id}\n"
                          "      |      ^~~~~ only what the client sent is known there\n"
                          "a.yaml:1:6: error: 'query' cannot stand in a setting\n"
                          "    1 | b: ${query.page}\n"
                          "      |      ^~~~~ only env.NAME and file('\xE2\x80\xA6') are known\n");
}

static void constants_are_texts_and_secrets(void **state)
{
    struct world *world = *state;
    struct place_of_use use;
    use_init(&use, world, SCOPE_NONE);
    char path[] = "/tmp/braid-scope-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "from a file\n\n", 13), 13);
    close(fd);
    setenv("BRAID_TEST_KEY", "hidden\n", 1);
    struct str source = str_format(
        &world->arena, "a: ${env.BRAID_TEST_KEY}-${file('%s')}-${env.BRAID_TEST_KEY}\n", path);
    struct text text;
    assert_true(compile(&use, source.at, &text));
    unlink(path);
    unsetenv("BRAID_TEST_KEY");
    assert_true(text_is_constant(&text));
    struct jmespath_frame frame = {.arena = &world->arena, .steps_left = 1000};
    struct json value;
    assert_true(text_evaluate(&text, &frame, &value));
    assert_str(json_string_decode(&world->arena, value), "hidden-from a file\n-hidden");
    assert_int_equal(use.environment.secrets.count, 2);
    assert_str(use.environment.secrets.list[0], "hidden");
    assert_str(use.environment.secrets.list[1], "from a file\n");
    assert_int_equal(use.environment.files.count, 1);
    assert_str(use.environment.files.list[0], path);
    assert_int_equal(use.slots.count, 0);
}

static void what_may_be_a_name(void **state)
{
    struct world *world = *state;
    struct source_file file = {STR("a.yaml"), STR("order-items: x\n")};
    struct place place = {.file = &file, .line = 1, .column = 1, .length = 11};
    assert_true(scope_check_name(&world->diagnostics, STR("order_items2"), place, "call"));
    assert_false(scope_check_name(&world->diagnostics, STR("order-items"), place, "call"));
    assert_false(scope_check_name(&world->diagnostics, STR("2nd"), place, "call"));
    assert_false(scope_check_name(&world->diagnostics, STR("body"), place, "loop variable"));
    assert_false(scope_check_name(&world->diagnostics, STR(""), place, "parameter"));
    assert_printed(world,
                   "a.yaml:1:1: error: 'order-items' cannot be the name of a call\n"
                   "    1 | order-items: x\n"
                   "      | ^~~~~~~~~~~ write 'order_items'\n"
                   "a.yaml:1:1: error: '2nd' cannot be the name of a call\n"
                   "    1 | order-items: x\n"
                   "      | ^~~~~~~~~~~ a name is letters, digits and _, and begins with a letter\n"
                   "a.yaml:1:1: error: 'body' is reserved and cannot be the name of a loop "
                   "variable\n"
                   "    1 | order-items: x\n"
                   "      | ^~~~~~~~~~~ expressions begin with it\n"
                   "a.yaml:1:1: error: '' cannot be the name of a parameter\n"
                   "    1 | order-items: x\n"
                   "      | ^~~~~~~~~~~ a name is letters, digits and _, and begins with a "
                   "letter\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        story(names_become_slots),
        story(only_the_first_name_is_bound),
        story(loops_are_seen),
        story(mistakes_are_errors_of_the_load),
        story(a_name_in_the_wrong_place),
        story(constants_are_texts_and_secrets),
        story(what_may_be_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
