/*
 * What the tests of JMESPath share: an arena, a frame, and going from text to text.
 */
#ifndef BRAID_TESTS_JMESPATH_FIXTURE_H
#define BRAID_TESTS_JMESPATH_FIXTURE_H

#include "base/arena.h"
#include "base/jmespath/jmespath.h"
#include "base/json/make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
    struct arena arena;
    struct jmespath_frame frame;
    struct jmespath_error error;
    const char *why;
};

static inline int fixture_setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    arena_init(&fixture->arena, NULL, (size_t)64 << 20);
    fixture->frame.arena = &fixture->arena;
    fixture->frame.steps_left = JMESPATH_STEPS_DEFAULT;
    *state = fixture;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *fixture = *state;
    arena_done(&fixture->arena);
    free(fixture);
    return 0;
}

static inline struct json fixture_json(struct fixture *fixture, const char *text)
{
    struct json value;
    assert_int_equal(json_read(&fixture->arena, str_copy(&fixture->arena, str_of(text)),
                               &json_limits_default, &value, NULL),
                     JSON_OK);
    return value;
}

/* The result as JSON text, or "!" and the reason where there is none. */
static inline const char *fixture_evaluate(struct fixture *fixture,
                                           const struct jmespath *expression)
{
    struct json value;
    if (!jmespath_evaluate(expression, &fixture->frame, &value, &fixture->why)) {
        assert_true(json_is_null(value));
        return str_format(&fixture->arena, "!%s", fixture->why).at;
    }
    return str_copy(&fixture->arena, json_text(&fixture->arena, value)).at;
}

/* The result of an unbound expression for a document. */
static inline const char *fixture_search(struct fixture *fixture, const char *expression,
                                         const char *document)
{
    struct jmespath *compiled =
        jmespath_compile(&fixture->arena, str_of(expression), &fixture->error);
    if (!compiled)
        return str_format(&fixture->arena, "!%.*s", STR_ARGS(fixture->error.message)).at;
    fixture->frame.root = fixture_json(fixture, document);
    return fixture_evaluate(fixture, compiled);
}

#define fixture_test(function)                                                                     \
    cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

#endif
