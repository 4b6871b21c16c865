/*
 * What a case expects. Values are kept as they will be compared: JSON by its digits, header values
 * as bytes.
 */
#include "gateway/rehearsal/case_reader.h"

#include "base/arena.h"
#include "config/node_json.h"
#include "routes/keep_node.h"

#define OFFSET(member) offsetof(struct expectation, member)
#define COUNT(table)   (sizeof(table) / sizeof(*(table)))

static const struct key expectation_keys[] = {
    {.name = "status",
     .type = KEY_COUNT_OF,
     .offset = OFFSET(status),
     .minimum = 200,
     .maximum = 599,
     .says = "The status."},
    {.name = "headers",
     .type = KEY_CUSTOM,
     .offset = OFFSET(header_node),
     .read = keep_node,
     .says = "Fields and their values; a list of values is several lines; null: there is none."},
    {.name = "degraded",
     .type = KEY_CUSTOM,
     .offset = OFFSET(degraded_node),
     .read = keep_node,
     .says = "The Degraded field; null: there is none."},
    {.name = "body",
     .type = KEY_CUSTOM,
     .offset = OFFSET(body_node),
     .read = keep_node,
     .says = "The body as JSON: numbers by their digits, members in any order."},
    {.name = "text",
     .type = KEY_CUSTOM,
     .offset = OFFSET(text_node),
     .read = keep_node,
     .says = "The body as it is."},
    {.name = "problem",
     .type = KEY_CUSTOM,
     .offset = OFFSET(problem_node),
     .read = keep_node,
     .says = "Members of a problem document."},
    {.name = "within",
     .type = KEY_DURATION,
     .offset = OFFSET(within),
     .maximum = HOUR,
     .says = "How much virtual time may pass at the most."},
};

static const struct schema expectation_schema = {"expectation", expectation_keys,
                                                 COUNT(expectation_keys)};

/* null is no line, a list several. */
static bool header_read(struct reader *reader, const struct node *node,
                        struct expected_header *header)
{
    uint32_t count = node->kind == NODE_LIST ? node->count : node_is_null(node) ? 0 : 1;
    struct str *lines = arena_array(reader->arena, struct str, count);
    bool is_fine = true;
    for (uint32_t i = 0; i < count; i++) {
        const struct node *line = node->kind == NODE_LIST ? node->entries[i].value : node;
        is_fine =
            reader_text(reader, line, "a header's value, a list of them or null", &lines[i]) &&
            is_fine;
    }
    header->lines = lines;
    header->line_count = count;
    return is_fine;
}

static bool headers_read(struct reader *reader, const struct node *node,
                         struct expectation *expectation)
{
    if (node->kind != NODE_MAPPING) {
        reader_refuse(reader, node, "headers: { Cache-Control: no-store, Degraded: null }",
                      "'headers' is a mapping, not %s", node_kind_name(node));
        return false;
    }
    expectation->headers = arena_array(reader->arena, struct expected_header, node->count);
    expectation->header_count = node->count;
    bool is_fine = true;
    for (uint32_t i = 0; i < node->count; i++) {
        struct expected_header *header = &expectation->headers[i];
        header->name = node->entries[i].key->text;
        is_fine = header_read(reader, node->entries[i].value, header) && is_fine;
    }
    return is_fine;
}

static bool kind_check(struct reader *reader, const struct node *node, enum node_kind kind,
                       const char *name)
{
    if (node == NULL || node->kind == kind)
        return true;
    reader_refuse(reader, node, "", "'%s' is %s, not %s", name,
                  kind == NODE_TEXT ? "text" : "a mapping", node_kind_name(node));
    return false;
}

bool case_expectation_read(struct reader *reader, const struct node *node,
                           struct expectation *ret_expectation)
{
    struct expectation expectation = {.within = USEC_NEVER};
    if (!schema_read(&expectation_schema, reader, node, STR("'expect'"), &expectation))
        return false;
    if (node->count == 0) {
        reader_refuse(reader, node, "expect: { status: 200 }", "nothing is expected");
        return false;
    }
    bool is_fine = kind_check(reader, expectation.degraded_node, NODE_TEXT, "degraded") &&
                   kind_check(reader, expectation.text_node, NODE_TEXT, "text") &&
                   kind_check(reader, expectation.problem_node, NODE_MAPPING, "problem");
    if (expectation.header_node != NULL)
        is_fine = headers_read(reader, expectation.header_node, &expectation) && is_fine;
    if (is_fine && expectation.degraded_node != NULL && !node_is_null(expectation.degraded_node))
        expectation.degraded = expectation.degraded_node->text;
    if (expectation.body_node != NULL)
        expectation.body = node_json(reader->arena, expectation.body_node);
    *ret_expectation = expectation;
    return is_fine;
}
