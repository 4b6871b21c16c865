/*
 * Binding: the first names of an expression become slots and constants, everything else stays
 * inside the current element; mistakes are reported where they are; loops repeat only what varies.
 */
#include "jmespath_fixture.h"

#include "base/json/make.h"
#include "base/list.h"

enum slot { ORDER, CUSTOMER, PRODUCTS, ITEM, PATH_ID, META_STATUS, SLOT_COUNT };

struct names {
    struct jmespath_resolver resolver;
    unsigned asked;
    unsigned calls;
    struct str last_call;
};

static bool resolve_to(struct jmespath_binding *binding, unsigned names, uint32_t slot)
{
    *binding = (struct jmespath_binding){.names = names, .slot = slot, .varies = slot == ITEM};
    return true;
}

static bool names_resolve(struct jmespath_resolver *resolver, const struct str *names,
                          unsigned count, size_t at, struct jmespath_binding *ret_binding,
                          struct jmespath_error *ret_error)
{
    container_of(resolver, struct names, resolver)->asked++;
    if (str_equal(names[0], STR("order")))
        return resolve_to(ret_binding, 1, ORDER);
    if (str_equal(names[0], STR("customer")))
        return resolve_to(ret_binding, 1, CUSTOMER);
    if (str_equal(names[0], STR("products")))
        return resolve_to(ret_binding, 1, PRODUCTS);
    if (str_equal(names[0], STR("item")))
        return resolve_to(ret_binding, 1, ITEM);
    if (count == 2 && str_equal(names[0], STR("path")) && str_equal(names[1], STR("id")))
        return resolve_to(ret_binding, 2, PATH_ID);
    if (count == 2 && str_equal(names[0], STR("meta")) && str_equal(names[1], STR("order")))
        return resolve_to(ret_binding, 2, META_STATUS);
    if (count == 2 && str_equal(names[0], STR("env"))) {
        *ret_binding = (struct jmespath_binding){
            .names = 2, .is_constant = true, .constant = json_decoded(names[1])};
        return true;
    }
    *ret_error = (struct jmespath_error){
        .at = at, .length = names[0].length, .message = STR("unknown name")};
    return false;
}

static bool names_constant_call(struct jmespath_resolver *resolver, struct str function,
                                struct str argument, size_t at, struct json *ret_value,
                                struct jmespath_error *ret_error, bool *ret_failed)
{
    struct names *names = container_of(resolver, struct names, resolver);
    names->calls++;
    names->last_call = function;
    if (!str_equal(function, STR("file")))
        return false;
    if (str_equal(argument, STR("missing"))) {
        *ret_failed = true;
        *ret_error = (struct jmespath_error){
            .at = at, .length = function.length, .message = STR("no such file")};
        return false;
    }
    *ret_value = json_decoded(argument);
    return true;
}

static struct names names_new(void)
{
    return (struct names){
        .resolver = {.resolve = names_resolve, .constant_call = names_constant_call}};
}

static struct jmespath *compile(struct fixture *fixture, struct names *names, const char *text)
{
    struct jmespath *expression =
        jmespath_compile_bound(&fixture->arena, str_of(text), &names->resolver, &fixture->error);
    if (!expression)
        fail_msg("%s: %.*s", text, STR_ARGS(fixture->error.message));
    return expression;
}

static void fill_slots(struct fixture *fixture)
{
    struct json *slots = arena_array(&fixture->arena, struct json, SLOT_COUNT);
    slots[ORDER] = fixture_json(fixture, "{\"id\": 7, \"customerId\": 3, \"items\": "
                                         "[{\"id\": 1, \"n\": 2}, {\"id\": 2, \"n\": 1}]}");
    slots[CUSTOMER] = fixture_json(fixture, "{\"id\": 3, \"name\": \"Ada\", \"tags\": []}");
    slots[PRODUCTS] = fixture_json(fixture, "[{\"id\": 1, \"name\": \"pen\", \"active\": true},"
                                            " {\"id\": 2, \"name\": \"ink\"}]");
    slots[ITEM] = fixture_json(fixture, "{\"id\": 1, \"n\": 2}");
    slots[PATH_ID] = json_decoded(STR("7"));
    slots[META_STATUS] = fixture_json(fixture, "{\"status\": 200}");
    fixture->frame.slots = slots;
}

static void expect_bound(void **state, const char *text, const char *result)
{
    struct fixture *fixture = *state;
    struct names names = names_new();
    struct jmespath *expression = compile(fixture, &names, text);
    fill_slots(fixture);
    assert_string_equal(fixture_evaluate(fixture, expression), result);
}

static void expect_error(void **state, const char *text, size_t at, size_t length,
                         const char *message, const char *hint)
{
    struct fixture *fixture = *state;
    struct names names = names_new();
    fixture->error = (struct jmespath_error){0};
    assert_null(
        jmespath_compile_bound(&fixture->arena, str_of(text), &names.resolver, &fixture->error));
    assert_string_equal(str_copy(&fixture->arena, fixture->error.message).at, message);
    assert_string_equal(str_copy(&fixture->arena, fixture->error.hint).at, hint);
    assert_int_equal(fixture->error.at, at);
    assert_int_equal(fixture->error.length, length);
}

/* --- names --------------------------------------------------------------------------------- */

static void first_names_are_slots(void **state)
{
    expect_bound(state, "order.id", "7");
    expect_bound(state, "path.id", "\"7\"");
    expect_bound(state, "meta.order.status", "200");
    expect_bound(state, "order.items[*].id", "[1,2]");
    expect_bound(state, "order.items[-1].id", "2");
    expect_bound(state, "order.items[].n | sort(@)", "[1,2]");
    expect_bound(state, "order.customerId == customer.id", "true");
    expect_bound(state, "customer.nick || customer.name", "\"Ada\"");
    expect_bound(state, "customer.name && !customer.tags", "true");
    expect_bound(state, "(customer).name", "\"Ada\"");
    expect_bound(state, "length(order.items)", "2");
    expect_bound(state, "lookup(products, 'id', order.items[1].id).name", "\"ink\"");
    expect_bound(state, "[order.id, customer.id]", "[7,3]");
    expect_bound(state, "{o: order.id, c: customer.name, p: path.id}",
                 "{\"o\":7,\"c\":\"Ada\",\"p\":\"7\"}");
    expect_bound(state, "order.{id: id, n: items[0].n}", "{\"id\":7,\"n\":2}");
}

static void names_inside_are_members(void **state)
{
    expect_bound(state, "order.items[?id == customer.id]", "[]");
    expect_bound(state, "order.items[?id == `1`].n", "[2]");
    expect_bound(state, "order | id", "7");
    expect_bound(state, "sort_by(order.items, &n)[].id", "[2,1]");
    expect_bound(state, "order.items[].{order: order}", "[{\"order\":null},{\"order\":null}]");
    expect_bound(state, "order.order", "null");
}

static void slots_are_listed_once_in_order(void **state)
{
    struct fixture *fixture = *state;
    struct names names = names_new();
    struct jmespath *expression = compile(
        fixture, &names, "[products, order.id, path.id, order[?products == item], products]");
    size_t count;
    const uint32_t *slots = jmespath_slots(expression, &count);
    assert_int_equal(count, 3);
    assert_int_equal(slots[0], PRODUCTS);
    assert_int_equal(slots[1], ORDER);
    assert_int_equal(slots[2], PATH_ID);
}

static void a_slot_alone_and_a_constant_are_known(void **state)
{
    struct fixture *fixture = *state;
    struct names names = names_new();
    uint32_t slot;
    struct json value;

    assert_true(jmespath_is_slot(compile(fixture, &names, " order "), &slot));
    assert_int_equal(slot, ORDER);
    assert_true(jmespath_is_slot(compile(fixture, &names, "path.id"), &slot));
    assert_int_equal(slot, PATH_ID);
    assert_false(jmespath_is_slot(compile(fixture, &names, "order.id"), &slot));

    assert_true(jmespath_is_constant(compile(fixture, &names, "env.KEY"), &value));
    assert_true(json_is_equal(value, json_decoded(STR("KEY"))));
    assert_true(jmespath_is_constant(compile(fixture, &names, "'x'"), &value));
    assert_true(jmespath_is_constant(compile(fixture, &names, "`[1]`"), &value));
    assert_int_equal(value.size, 1);
    assert_false(jmespath_is_constant(compile(fixture, &names, "order"), &value));
}

static void calls_of_a_text_may_be_constants(void **state)
{
    struct fixture *fixture = *state;
    struct names names = names_new();
    struct json value;
    assert_true(jmespath_is_constant(compile(fixture, &names, "file('ca.pem')"), &value));
    assert_true(json_is_equal(value, json_decoded(STR("ca.pem"))));
    assert_true(jmespath_is_constant(compile(fixture, &names, "file(`\"a\"`)"), &value));
    assert_int_equal(names.calls, 2);
    expect_bound(state, "join('', [file('a'), path.id])", "\"a7\"");
    expect_bound(state, "length('four')", "4");

    expect_error(state, "file('missing')", 0, 4, "no such file", "");
    expect_error(state, "file(path.id)", 0, 4, "unknown function 'file'", "");
    expect_error(state, "order.items[?n == file('a')]", 18, 4, "unknown function 'file'", "");
}

static void inner_names_are_listed_for_warnings(void **state)
{
    struct fixture *fixture = *state;
    struct names names = names_new();
    const char *text =
        "[order.items[?state == \"open\"].{a: b}, order.x | y, sort_by(order.x, &z.c)]";
    struct jmespath *expression = compile(fixture, &names, text);
    size_t count;
    const struct jmespath_inner_name *inner = jmespath_inner_names(expression, &count);
    const char *all[] = {"state", "open", "b", "y", "z"};
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        assert_true(str_equal(inner[i].name, str_of(all[i])));
        assert_int_equal(inner[i].is_quoted_comparand, i == 1);
        size_t at = inner[i].at + (i == 1 ? 1 : 0);
        assert_true(str_starts_with(str_of(text + at), str_of(all[i])));
    }
}

/* --- mistakes ------------------------------------------------------------------------------ */

#define BEGIN_HINT "@, * and [ look into what a name, or what stands before |, yields"

static void an_expression_begins_with_a_name(void **state)
{
    expect_error(state, "@", 0, 1, "begin with a name", BEGIN_HINT);
    expect_error(state, "@.order", 0, 1, "begin with a name", BEGIN_HINT);
    expect_error(state, "*.id", 0, 1, "begin with a name", BEGIN_HINT);
    expect_error(state, "[0]", 0, 1, "begin with a name", BEGIN_HINT);
    expect_error(state, "[*].id", 0, 1, "begin with a name", BEGIN_HINT);
    expect_error(state, "[1:2]", 0, 1, "begin with a name", BEGIN_HINT);
    expect_error(state, "[?id]", 0, 1, "begin with a name", BEGIN_HINT);
    expect_error(state, "[]", 0, 1, "begin with a name", BEGIN_HINT);
    expect_error(state, "order.id == length(@)", 19, 1, "begin with a name", BEGIN_HINT);
    expect_error(state, "order || [0] | a", 9, 1, "begin with a name", BEGIN_HINT);
}

static void unknown_names_are_reported_where_they_are(void **state)
{
    expect_error(state, "order.id == odrer.id", 12, 5, "unknown name", "");
    expect_error(state, "path.other", 0, 4, "unknown name", "");
    expect_error(state, "order.state == \"open\"", 15, 4, "unknown name",
                 "a text is written 'open'");
}

static void functions_are_checked(void **state)
{
    expect_error(state, "lenght(order)", 0, 6, "unknown function 'lenght'",
                 "did you mean 'length'?");
    expect_error(state, "order | sort(@, id)", 8, 4, "'sort' takes 1 argument, 2 given", "");
    expect_error(state, "lookup(products, 'id')", 0, 6, "'lookup' takes 3 arguments, 2 given", "");
    expect_error(state, "not_null()", 0, 8, "'not_null' takes at least 1 argument, 0 given", "");
    expect_error(state, "now(order)", 0, 3, "'now' takes 0 arguments, 1 given", "");
    expect_error(state, "sort_by(order.items, path.id)", 26, 2,
                 "'sort_by' takes an expression (&…) as argument 2", "write & before it");
    expect_error(state, "length(&order)", 7, 6, "'length' takes no expression (&…) as argument 1",
                 "");
}

static void syntax_is_reported_where_it_breaks(void **state)
{
    expect_error(state, "order.items[0", 13, 0, "expected ']' at the end", "");
    expect_error(state, "order.items[0.id", 13, 1, "expected ']' here", "");
    expect_error(state, "order.", 6, 0, "expected a name, '*', '[' or '{' at the end", "");
    expect_error(state, "order.items[?n > 1]", 17, 1, "expected a name or a value here",
                 "a number is written `1`");
    expect_error(state, "order and customer", 6, 3, "a name is not expected here", "write &&");
    expect_error(state, "order = customer", 6, 1, "'=' has no meaning here", "write == to compare");
    expect_error(state, "order.first-name", 11, 1, "'-' has no meaning here",
                 "a name with a dash is written in double quotes");
    expect_error(state, "order.id == 'x", 12, 1, "this ' is never closed", "");
    expect_error(state, "order.id == `x`", 12, 3, "what is in backquotes is no JSON",
                 "a text is written '…'");
    expect_error(state, "order.\"\n\"", 6, 3, "what is in double quotes is no JSON string", "");
    expect_error(state, "order[::0]", 8, 1, "a slice cannot go on by 0", "");
    expect_error(state, "order | {a: &b}", 12, 1, "expected a name or a value here",
                 "& stands only before an argument of a function");
    expect_error(state, "length(order customer)", 13, 8, "expected ',' or ')' here", "");
    expect_error(state, "", 0, 0, "expected a name or a value at the end", "");
    expect_error(state, "order \xff", 0, 7, "the expression is not UTF-8", "");
    expect_error(state, "order \u2192", 6, 3, "'\u2192' has no meaning here", "");
}

/* --- loops --------------------------------------------------------------------------------- */

static uint32_t memos_of(void **state, const char *text)
{
    struct names names = names_new();
    names.resolver.is_in_loop = true;
    compile(*state, &names, text);
    return names.resolver.memo_count;
}

static void only_what_does_not_vary_is_kept(void **state)
{
    assert_int_equal(memos_of(state, "item.id"), 0);
    assert_int_equal(memos_of(state, "order"), 0);
    assert_int_equal(memos_of(state, "'text'"), 0);
    assert_int_equal(memos_of(state, "env.KEY"), 0);
    assert_int_equal(memos_of(state, "order.id"), 1);
    assert_int_equal(memos_of(state, "sum(order.items[].n) == length(order.items)"), 1);
    assert_int_equal(memos_of(state, "lookup(products, 'id', item.id)"), 0);
    assert_int_equal(memos_of(state, "lookup(products[?active], 'id', item.id)"), 1);
    assert_int_equal(memos_of(state, "[order.id, item.id, customer.id]"), 2);
    assert_int_equal(memos_of(state, "item.items[?id == order.id]"), 0);
}

static void a_memo_is_computed_once(void **state)
{
    struct fixture *fixture = *state;
    struct names names = names_new();
    names.resolver.is_in_loop = true;
    const char *text = "lookup(products[?active], 'id', item.id).name";
    struct jmespath *expression = compile(fixture, &names, text);
    fill_slots(fixture);
    struct json memo = JMESPATH_MEMO_NONE;

    assert_string_equal(fixture_evaluate(fixture, expression), "\"pen\"");
    fixture->frame.memos = &memo;
    assert_string_equal(fixture_evaluate(fixture, expression), "\"pen\"");
    assert_int_equal(memo.type, JSON_ARRAY);
    assert_int_equal(memo.size, 1);

    /* Other products would not be seen: the memo answers. */
    struct json *slots = arena_array(&fixture->arena, struct json, SLOT_COUNT);
    memcpy(slots, fixture->frame.slots, SLOT_COUNT * sizeof(*slots));
    slots[PRODUCTS] = json_null();
    fixture->frame.slots = slots;
    assert_string_equal(fixture_evaluate(fixture, expression), "\"pen\"");
}

static void a_failure_is_kept_too(void **state)
{
    struct fixture *fixture = *state;
    struct names names = names_new();
    names.resolver.is_in_loop = true;
    struct jmespath *expression = compile(fixture, &names, "[item.id, sum(customer)]");
    fill_slots(fixture);
    struct json memo = JMESPATH_MEMO_NONE;
    fixture->frame.memos = &memo;
    assert_string_equal(fixture_evaluate(fixture, expression), "!invalid-type");
    assert_int_equal(memo.type, JSON_TYPE_COUNT);
    assert_string_equal(fixture_evaluate(fixture, expression), "!invalid-type");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(first_names_are_slots),
        fixture_test(names_inside_are_members),
        fixture_test(slots_are_listed_once_in_order),
        fixture_test(a_slot_alone_and_a_constant_are_known),
        fixture_test(calls_of_a_text_may_be_constants),
        fixture_test(inner_names_are_listed_for_warnings),
        fixture_test(an_expression_begins_with_a_name),
        fixture_test(unknown_names_are_reported_where_they_are),
        fixture_test(functions_are_checked),
        fixture_test(syntax_is_reported_where_it_breaks),
        fixture_test(only_what_does_not_vary_is_kept),
        fixture_test(a_memo_is_computed_once),
        fixture_test(a_failure_is_kept_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
