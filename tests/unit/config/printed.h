/*
 * What a person would see: the diagnostics of a test as one text.
 */
#ifndef BRAID_TESTS_CONFIG_PRINTED_H
#define BRAID_TESTS_CONFIG_PRINTED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "config/document.h"

struct world {
    struct arena arena;
    struct diagnostics diagnostics;
    char *text; /* what was printed */
};

static inline int world_begin(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    if (world == NULL)
        return 1;
    arena_init(&world->arena, NULL, (size_t)256 * 1024 * 1024);
    diagnostics_init(&world->diagnostics, &world->arena);
    *state = world;
    return 0;
}

static inline int world_end(void **state)
{
    struct world *world = *state;
    arena_done(&world->arena);
    free(world->text);
    free(world);
    return 0;
}

static inline const char *world_printed(struct world *world)
{
    size_t size = 0;
    free(world->text);
    world->text = NULL;
    FILE *to = open_memstream(&world->text, &size);
    assert_non_null(to);
    diagnostics_print(&world->diagnostics, to);
    fclose(to);
    return world->text;
}

/* Parses a file that is called a.yaml; from a copy on the heap, where reading beyond it shows. */
static inline struct node *world_parse(struct world *world, const char *text)
{
    struct str copy = str_copy(&world->arena, str_of(text));
    return document_parse(&world->arena, STR("a.yaml"), copy, &world->diagnostics);
}

#define assert_printed(world, expected) assert_string_equal(world_printed(world), expected)

#define assert_str(actual, expected)                                                               \
    do {                                                                                           \
        struct str actual_text = (actual);                                                         \
        assert_int_equal(actual_text.length, strlen(expected));                                    \
        assert_memory_equal(actual_text.at, expected, strlen(expected));                           \
    } while (0)

#define story(test) cmocka_unit_test_setup_teardown(test, world_begin, world_end)

#endif
