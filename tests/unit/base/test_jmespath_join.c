/*
 * Joins of two lists cost n + m: ten times the rows on both sides are ten times the steps, not a
 * hundred times. Steps are counted, not time.
 */
#include "jmespath_fixture.h"

#include <stdio.h>

enum slot { ROWS, ITEM, SLOT_COUNT };

static bool names_resolve(struct jmespath_resolver *resolver, const struct str *names,
                          unsigned count, size_t at, struct jmespath_binding *ret_binding,
                          struct jmespath_error *ret_error)
{
    (void)resolver, (void)count, (void)at, (void)ret_error;
    bool is_item = str_equal(names[0], STR("item"));
    *ret_binding =
        (struct jmespath_binding){.names = 1, .slot = is_item ? ITEM : ROWS, .varies = is_item};
    return true;
}

/* [{"id":0},{"id":1}, …] */
static struct json rows_new(struct fixture *fixture, unsigned count)
{
    char *text = arena_bytes(&fixture->arena, (size_t)count * 32 + 2);
    char *to = text + sprintf(text, "[");
    for (unsigned i = 0; i < count; i++)
        to += sprintf(to, "%s{\"id\":%u}", i > 0 ? "," : "", i);
    sprintf(to, "]");
    return fixture_json(fixture, text);
}

/* The steps of one page that looks every item up, from the last to the first. */
static uint64_t join_steps(struct fixture *fixture, const char *expression, unsigned count)
{
    struct jmespath_resolver resolver = {.resolve = names_resolve, .is_in_loop = true};
    struct jmespath *compiled =
        jmespath_compile_bound(&fixture->arena, str_of(expression), &resolver, &fixture->error);
    assert_non_null(compiled);
    struct json slots[SLOT_COUNT] = {[ROWS] = rows_new(fixture, count)};
    fixture->frame = (struct jmespath_frame){
        .arena = &fixture->arena, .slots = slots, .steps_left = JMESPATH_STEPS_DEFAULT};
    for (unsigned i = count; i-- > 0;) {
        char item[32], expected[16];
        snprintf(item, sizeof item, "{\"id\":%u}", i);
        snprintf(expected, sizeof expected, "%u", i);
        slots[ITEM] = fixture_json(fixture, item);
        assert_string_equal(fixture_evaluate(fixture, compiled), expected);
    }
    return JMESPATH_STEPS_DEFAULT - fixture->frame.steps_left;
}

static void check_join(struct fixture *fixture, const char *expression)
{
    uint64_t small = join_steps(fixture, expression, 100);
    uint64_t large = join_steps(fixture, expression, 1000);
    assert_in_range(large, 9 * small, 11 * small);
}

static void a_lookup_for_each_row_costs_n_plus_m(void **state)
{
    check_join(*state, "lookup(rows, 'id', item.id).id");
}

static void all_rows_of_each_row_cost_n_plus_m(void **state)
{
    check_join(*state, "lookup_all(rows, 'id', item.id)[0].id");
}

/* What the two above would notice: every row is read for every item. */
static void reading_all_rows_for_each_row_costs_n_times_m(void **state)
{
    uint64_t small = join_steps(*state, "[item.id, length(rows[?id == `0`])][0]", 50);
    uint64_t large = join_steps(*state, "[item.id, length(rows[?id == `0`])][0]", 500);
    assert_in_range(large, 80 * small, 120 * small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(a_lookup_for_each_row_costs_n_plus_m),
        fixture_test(all_rows_of_each_row_cost_n_plus_m),
        fixture_test(reading_all_rows_for_each_row_costs_n_times_m),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
