/*
 * What the tests of rehearsals share: a configuration and cases as texts, read as files are.
 */
#ifndef BRAID_TESTS_GATEWAY_REHEARSAL_FIXTURE_H
#define BRAID_TESTS_GATEWAY_REHEARSAL_FIXTURE_H

#include "base/arena.h"
#include "gateway/rehearsal/case_reader.h"
#include "gateway/rehearsal/cases.h"
#include "gateway/rehearsal/rehearsal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    struct arena arena;
    struct snapshot *snapshot;
    struct diagnostics diagnostics; /* of the cases */
    struct case_file *cases;
};

/* "file.yaml" of this test alone, which is gone again when it was read. */
static inline const char *fixture_write(const char *text)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/braid-rehearsal-%d.yaml", (int)getpid());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static inline void fixture_init(struct fixture *fixture, const char *routes)
{
    char text[8192];
    snprintf(text, sizeof text,
             "listen: 127.0.0.1:8080\n"
             "services:\n"
             "  users: http://127.0.0.1:1\n"
             "  orders: { url: http://127.0.0.1:2/v1, timeout: 400ms }\n"
             "routes:\n%s",
             routes);
    *fixture = (struct fixture){0};
    arena_init(&fixture->arena, NULL, (size_t)64 << 20);
    const char *path = fixture_write(text);
    fixture->snapshot = snapshot_load(str_of(path));
    unlink(path);
    if (!snapshot_is_usable(fixture->snapshot))
        diagnostics_print(&fixture->snapshot->diagnostics, stderr);
    assert_true(snapshot_is_usable(fixture->snapshot));
}

static inline void fixture_done(struct fixture *fixture)
{
    snapshot_unref(fixture->snapshot);
    arena_done(&fixture->arena);
}

static inline struct case_file *fixture_read_cases(struct fixture *fixture, const char *text)
{
    const char *path = fixture_write(text);
    diagnostics_init(&fixture->diagnostics, &fixture->arena);
    fixture->cases = case_file_read(&fixture->arena, str_of(path), fixture->snapshot->config,
                                    &fixture->diagnostics);
    unlink(path);
    return fixture->cases;
}

/* Plays a request against the services of a file of cases. */
static inline struct rehearsal fixture_play(struct fixture *fixture, const char *services,
                                            const char *line)
{
    char text[4096];
    struct client_request request;
    struct rehearsal rehearsal;
    snprintf(text, sizeof text,
             "%s\ncases: [ { name: n, request: GET /, expect: { status: 200 } } ]\n", services);
    if (fixture_read_cases(fixture, text) == NULL)
        diagnostics_print(&fixture->diagnostics, stderr);
    assert_non_null(fixture->cases);
    struct stage stage = {.snapshot = fixture->snapshot,
                          .services = fixture->cases->services,
                          .wall = fixture->cases->wall};
    assert_true(case_request_parse(&fixture->arena, str_of(line), &request));
    rehearsal_run(&stage, &request, &fixture->arena, &rehearsal);
    return rehearsal;
}

static inline void assert_text(struct str text, const char *expected)
{
    char copy[4096];
    snprintf(copy, sizeof copy, "%.*s", STR_ARGS(text));
    assert_string_equal(copy, expected);
}

#endif
