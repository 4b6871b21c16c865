/* Memory is given back when a flood is over, once, and not between two of its waves. */
#include "gateway/tide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int given_back;

static void give_back(void)
{
    given_back++;
}

struct shore {
    struct loop loop;
    struct tide tide;
};

static void shore_init(struct shore *shore)
{
    given_back = 0;
    loop_init_virtual(&shore->loop);
    tide_init(&shore->tide, &shore->loop, give_back);
}

static void shore_done(struct shore *shore)
{
    tide_done(&shore->tide);
    loop_done(&shore->loop);
}

static void shore_wait(struct shore *shore, usec time)
{
    usec until = loop_now(&shore->loop) + time;
    while (loop_now(&shore->loop) < until)
        loop_turn(&shore->loop, until - loop_now(&shore->loop));
}

static void test_after_a_flood_memory_is_given_back_once(void **state)
{
    (void)state;
    struct shore shore;
    shore_init(&shore);
    tide_note(&shore.tide, 5000);
    shore_wait(&shore, HOUR);
    assert_int_equal(given_back, 0);
    tide_note(&shore.tide, 1250);
    shore_wait(&shore, TIDE_QUIET - 1);
    assert_int_equal(given_back, 0);
    shore_wait(&shore, 1);
    assert_int_equal(given_back, 1);
    tide_note(&shore.tide, 1200);
    shore_wait(&shore, HOUR);
    assert_int_equal(given_back, 1);
    shore_done(&shore);
}

static void test_the_next_wave_comes_in_time(void **state)
{
    (void)state;
    struct shore shore;
    shore_init(&shore);
    for (int wave = 0; wave < 10; wave++) {
        tide_note(&shore.tide, 5000);
        tide_note(&shore.tide, 0);
        shore_wait(&shore, TIDE_QUIET / 2);
    }
    assert_int_equal(given_back, 0);
    shore_done(&shore);
}

static void test_few_are_no_flood(void **state)
{
    (void)state;
    struct shore shore;
    shore_init(&shore);
    tide_note(&shore.tide, TIDE_HIGH - 1);
    tide_note(&shore.tide, 0);
    shore_wait(&shore, HOUR);
    assert_int_equal(given_back, 0);
    shore_done(&shore);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_after_a_flood_memory_is_given_back_once),
        cmocka_unit_test(test_the_next_wave_comes_in_time),
        cmocka_unit_test(test_few_are_no_flood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
