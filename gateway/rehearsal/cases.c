/*
 * The file as a whole. A bare list is a file that has nothing but cases.
 */
#include "gateway/rehearsal/cases.h"

#include "base/arena.h"
#include "gateway/rehearsal/case_reader.h"
#include "gateway/rehearsal/rehearsal.h"
#include "routes/keep_node.h"

#include <time.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static bool now_read(struct reader *reader, const struct node *node, void *into)
{
    struct tm time = {0};
    struct str text;
    if (!reader_text(reader, node, "a time", &text))
        return false;
    const char *rest = strptime(str_copy(reader->arena, text).at, "%Y-%m-%dT%H:%M:%SZ", &time);
    if (rest == NULL || *rest != '\0') {
        reader_refuse(reader, node, "write 2026-01-01T00:00:00Z", "'%.*s' is no time",
                      STR_ARGS(text));
        return false;
    }
    /* 0 would be the time of day */
    usec wall = (usec)timegm(&time) * SECOND;
    *(usec *)into = wall != 0 ? wall : 1;
    return true;
}

struct file_form {
    usec wall;
    const struct node *services;
    const struct node *cases;
};

static const struct key file_keys[] = {
    {.name = "now",
     .type = KEY_CUSTOM,
     .offset = offsetof(struct file_form, wall),
     .read = now_read,
     .says = "What now() answers."},
    {.name = "services",
     .type = KEY_CUSTOM,
     .offset = offsetof(struct file_form, services),
     .read = keep_node,
     .says = "What services answer in all cases."},
    {.name = "cases",
     .type = KEY_CUSTOM,
     .offset = offsetof(struct file_form, cases),
     .read = keep_node,
     .says = "The cases.",
     .example = "cases: [{ name: …, request: …, expect: … }]",
     .is_required = true},
};

static const struct schema file_schema = {"file of cases", file_keys, COUNT(file_keys)};

struct case_form {
    struct str name;
    usec earlier;
    const struct node *services;
    const struct node *request;
    const struct node *expect;
};

static const struct key case_keys[] = {
    {.name = "name",
     .type = KEY_TEXT,
     .offset = offsetof(struct case_form, name),
     .says = "What the case shows.",
     .example = "name: users are down",
     .is_required = true},
    {.name = "services",
     .type = KEY_CUSTOM,
     .offset = offsetof(struct case_form, services),
     .read = keep_node,
     .says = "What services answer here, before what they answer in all cases."},
    {.name = "earlier",
     .type = KEY_DURATION,
     .offset = offsetof(struct case_form, earlier),
     .maximum = 365 * 24 * HOUR,
     .says = "So long ago the same was asked, and services answered as in all cases: what braid "
             "may keep of it, it has.",
     .example = "earlier: 42s"},
    {.name = "request",
     .type = KEY_CUSTOM,
     .offset = offsetof(struct case_form, request),
     .read = keep_node,
     .says = "What the client asks.",
     .example = "request: GET /orders/7",
     .is_required = true},
    {.name = "expect",
     .type = KEY_CUSTOM,
     .offset = offsetof(struct case_form, expect),
     .read = keep_node,
     .says = "What it gets.",
     .example = "expect: { status: 200 }",
     .is_required = true},
};

static const struct schema case_schema = {"case", case_keys, COUNT(case_keys)};

static bool case_read(struct reader *reader, const struct config *config, const struct node *node,
                      const struct canned_service *base, struct test_case *test)
{
    struct case_form form = {0};
    if (!schema_read(&case_schema, reader, node, STR("a case"), &form))
        return false;
    test->name = form.name;
    test->place = node->place;
    test->earlier = form.earlier;
    bool is_fine = case_services_read(reader, config, form.services, base, &test->services);
    is_fine = case_request_read(reader, form.request, &test->request) && is_fine;
    return case_expectation_read(reader, form.expect, &test->expect) && is_fine;
}

static bool list_read(struct reader *reader, const struct config *config, const struct node *list,
                      struct case_file *file)
{
    bool is_fine = true;
    if (list->kind != NODE_LIST || list->count == 0) {
        reader_refuse(reader, list, "- { name: …, request: …, expect: … }",
                      "cases are a list of at least one, not %s", node_kind_name(list));
        return false;
    }
    file->cases = arena_array(reader->arena, struct test_case, list->count);
    file->count = list->count;
    for (uint32_t i = 0; i < list->count; i++)
        is_fine =
            case_read(reader, config, list->entries[i].value, file->services, &file->cases[i]) &&
            is_fine;
    return is_fine;
}

struct case_file *case_file_read(struct arena *arena, struct str path, const struct config *config,
                                 struct diagnostics *diagnostics)
{
    struct reader reader = {.arena = arena, .diagnostics = diagnostics};
    struct case_file *file = arena_new(arena, struct case_file);
    const struct node *root = document_read(arena, path, diagnostics);
    struct file_form form = {.wall = REHEARSAL_WALL, .cases = root};
    if (root == NULL)
        return NULL;
    if (root->kind != NODE_LIST &&
        !schema_read(&file_schema, &reader, root, STR("the file"), &form))
        return NULL;
    file->wall = form.wall;
    bool is_fine = case_services_read(&reader, config, form.services, NULL, &file->services);
    is_fine = list_read(&reader, config, form.cases, file) && is_fine;
    return is_fine && !diagnostics_has_errors(diagnostics) ? file : NULL;
}
