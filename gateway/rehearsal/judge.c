/*
 * Request ids differ from run to run on a real gateway: that of a problem document is not looked
 * at.
 */
#include "gateway/rehearsal/judge.h"

#include "base/arena.h"
#include "base/json/build.h"
#include "config/node_json.h"
#include "config/units.h"
#include "gateway/rehearsal/json_changes.h"
#include "gateway/rehearsal/json_lines.h"

#define SHOWN_TEXT 200 /* bytes of a body that is no JSON */

struct bench {
    struct arena *arena;
    const struct expectation *expectation;
    const struct rehearsal *rehearsal;
    struct judgement *judgement;
};

static struct finding *finding_add(struct bench *bench, struct str what, struct str expected,
                                   struct str got)
{
    struct finding *finding = arena_new(bench->arena, struct finding);
    *finding = (struct finding){.what = what, .expected = expected, .got = got};
    if (bench->judgement->last != NULL)
        bench->judgement->last->next = finding;
    else
        bench->judgement->first = finding;
    bench->judgement->last = finding;
    return finding;
}

static struct str or_none(struct str text)
{
    return text.at != NULL ? text : STR("none");
}

static void text_judge(struct bench *bench, struct str what, struct str expected, struct str got)
{
    if ((expected.at == NULL) != (got.at == NULL) || !str_equal(expected, got))
        finding_add(bench, what, or_none(expected), or_none(got));
}

/* One line as it is; of several it must be seen where one ends. */
static struct str lines_text(struct arena *arena, const struct str *lines, uint32_t count)
{
    struct str text = STR("");
    if (count <= 1)
        return count == 0 ? STR("none") : lines[0];
    for (uint32_t i = 0; i < count; i++)
        text = str_format(arena, "%.*s%s\"%.*s\"", STR_ARGS(text), i > 0 ? ", " : "",
                          STR_ARGS(lines[i]));
    return text;
}

static void header_judge(struct bench *bench, const struct expected_header *header)
{
    const struct rehearsal *rehearsal = bench->rehearsal;
    struct str *lines = arena_array(bench->arena, struct str, rehearsal->field_count);
    uint32_t count = 0;
    for (uint32_t i = 0; i < rehearsal->field_count; i++) {
        if (str_equal_ignore_case(rehearsal->fields[i].name, header->name))
            lines[count++] = rehearsal->fields[i].value;
    }
    bool is_same = count == header->line_count;
    for (uint32_t i = 0; is_same && i < count; i++)
        is_same = str_equal(lines[i], header->lines[i]);
    if (!is_same)
        finding_add(bench, str_format(bench->arena, "header %.*s", STR_ARGS(header->name)),
                    lines_text(bench->arena, header->lines, header->line_count),
                    lines_text(bench->arena, lines, count));
}

static void headers_judge(struct bench *bench)
{
    for (uint32_t i = 0; i < bench->expectation->header_count; i++)
        header_judge(bench, &bench->expectation->headers[i]);
}

static struct json without_id(struct arena *arena, struct json problem)
{
    struct json_builder builder = json_builder_in(arena);
    struct json_iterator iterator = json_iterate(problem);
    struct json key, value;
    while (json_next(&iterator, &key, &value)) {
        if (!json_string_is(key, STR("request_id")))
            json_builder_set_named(&builder, json_string_decode(arena, key), value);
    }
    return json_builder_object(&builder);
}

static bool is_problem(const struct rehearsal *rehearsal)
{
    return str_starts_with(rehearsal_field(rehearsal, STR("content-type")),
                           STR("application/problem+json"));
}

/* The body as JSON; false, and a finding, where it is none. */
static bool body_read(struct bench *bench, const char *expected, struct json *ret_body)
{
    struct str body = bench->rehearsal->body;
    if (json_read(bench->arena, body, &json_limits_default, ret_body, NULL) == JSON_OK)
        return true;
    if (body.length > SHOWN_TEXT)
        body.length = SHOWN_TEXT;
    finding_add(bench, STR("body"), str_of(expected), body.length > 0 ? body : STR("nothing"));
    return false;
}

static void body_judge(struct bench *bench)
{
    struct json expected = bench->expectation->body, got;
    struct json_changes changes;
    if (bench->expectation->body_node == NULL || !body_read(bench, "JSON", &got))
        return;
    if (is_problem(bench->rehearsal) && json_type(got) == JSON_OBJECT) {
        got = without_id(bench->arena, got);
        if (json_type(expected) == JSON_OBJECT)
            expected = without_id(bench->arena, expected);
    }
    json_changes_find(bench->arena, expected, got, &changes);
    bench->judgement->is_reordered = changes.count == 0 && changes.is_reordered;
    if (changes.count == 0)
        return;
    got = json_arrange(bench->arena, got, expected);
    finding_add(bench, STR("body"), json_lines(bench->arena, expected),
                json_lines(bench->arena, got))
        ->is_page = true;
}

static void problem_judge(struct bench *bench)
{
    const struct node *node = bench->expectation->problem_node;
    struct json got, value;
    struct json_changes changes;
    if (node == NULL || !body_read(bench, "a problem document", &got))
        return;
    if (!is_problem(bench->rehearsal)) {
        finding_add(bench, STR("body"), STR("a problem document"), json_text(bench->arena, got));
        return;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        struct str name = node->entries[i].key->text;
        struct json expected = node_json(bench->arena, node->entries[i].value);
        bool has = json_member(got, name, &value);
        if (has)
            json_changes_find(bench->arena, expected, value, &changes);
        if (!has || changes.count > 0)
            finding_add(bench, str_format(bench->arena, "problem.%.*s", STR_ARGS(name)),
                        json_text(bench->arena, expected),
                        has ? json_text(bench->arena, value) : STR("none"));
    }
}

static struct str duration_text(struct arena *arena, usec duration)
{
    char text[UNITS_TEXT_SIZE];
    units_format_duration(duration, text);
    return str_copy(arena, str_of(text));
}

void judge(struct arena *arena, const struct expectation *expectation,
           const struct rehearsal *rehearsal, struct judgement *ret_judgement)
{
    struct bench bench = {arena, expectation, rehearsal, ret_judgement};
    *ret_judgement = (struct judgement){0};
    if (expectation->status != 0 && (int)expectation->status != rehearsal->status)
        finding_add(&bench, STR("status"), str_format(arena, "%u", expectation->status),
                    str_format(arena, "%d", rehearsal->status));
    if (expectation->degraded_node != NULL)
        text_judge(&bench, STR("Degraded"), expectation->degraded,
                   rehearsal_field(rehearsal, STR("degraded")));
    headers_judge(&bench);
    body_judge(&bench);
    if (expectation->text_node != NULL && !str_equal(expectation->text_node->text, rehearsal->body))
        finding_add(&bench, STR("body"), expectation->text_node->text, rehearsal->body)->is_page =
            true;
    problem_judge(&bench);
    if (rehearsal->took > expectation->within)
        finding_add(
            &bench, STR("time"),
            str_format(arena, "at most %.*s", STR_ARGS(duration_text(arena, expectation->within))),
            duration_text(arena, rehearsal->took));
}
