/*
 * YAML as somebody writes it, and what comes of the slips that everybody makes.
 */
#include "printed.h"

#include "base/json/make.h"
#include "config/node.h"

#include <unistd.h>

static void every_node_knows_its_place(void **state)
{
    struct world *world = *state;
    struct node *root = world_parse(world, "listen: 8080\n"
                                           "calls:\n"
                                           "  \"caf\xC3\xA9\": [a, 'b c']  # d\n");
    assert_int_equal(root->kind, NODE_MAPPING);
    assert_int_equal(root->count, 2);
    const struct node *calls = node_member(root, STR("calls"));
    assert_int_equal(calls->kind, NODE_MAPPING);
    assert_int_equal(calls->place.line, 3);
    assert_int_equal(calls->place.column, 3);
    const struct node *key = calls->entries[0].key;
    assert_str(key->text, "caf\xC3\xA9");
    assert_true(key->is_quoted);
    assert_int_equal(key->place.length, 7);
    const struct node *list = calls->entries[0].value;
    assert_int_equal(list->kind, NODE_LIST);
    assert_int_equal(list->place.column, 12);
    const struct node *last = list->entries[1].value;
    assert_null(list->entries[1].key);
    assert_str(last->text, "b c");
    assert_int_equal(last->place.column, 16);
    assert_int_equal(node_place(last, 2, 1).column, 19);
}

static void an_empty_file_is_an_empty_mapping(void **state)
{
    struct world *world = *state;
    const char *texts[] = {"", "\n", "# nothing\n", "---\n", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct node *root = world_parse(world, texts[i]);
        assert_non_null(root);
        assert_int_equal(root->kind, NODE_MAPPING);
        assert_int_equal(root->count, 0);
    }
    assert_printed(world, "");
}

static void scalars_are_jsons(void **state)
{
    struct world *world = *state;
    struct node *root = world_parse(
        world, "[null, true, false, 12345678901234567890, 1.10, 1e400, -0, a, 'null', \"1\"]");
    enum json_type types[] = {JSON_NULL,   JSON_TRUE,   JSON_FALSE,  JSON_NUMBER, JSON_NUMBER,
                              JSON_NUMBER, JSON_NUMBER, JSON_STRING, JSON_STRING, JSON_STRING};
    assert_int_equal(root->count, 10);
    for (uint32_t i = 0; i < root->count; i++)
        assert_int_equal(json_type(node_scalar(root->entries[i].value)), types[i]);
    assert_str(json_text(&world->arena, node_scalar(root->entries[3].value)),
               "12345678901234567890");
    assert_str(json_text(&world->arena, node_scalar(root->entries[4].value)), "1.10");
    assert_printed(world, "");
}

static void what_other_readers_see_is_a_warning(void **state)
{
    struct world *world = *state;
    const char *different[] = {"NO",
                               "yes",
                               "~",
                               "012",
                               "0x1F",
                               "2024-01-01",
                               ".5",
                               "+1",
                               "1_000",
                               "True",
                               "0b11",
                               "0o17",
                               "190:20:30",
                               ".inf",
                               "1.",
                               "Null",
                               "2001-12-14T21:59:43.10Z"};
    for (size_t i = 0; i < sizeof(different) / sizeof(*different); i++) {
        struct node node = {.kind = NODE_TEXT, .text = str_of(different[i])};
        assert_true(node_looks_different(&node));
        assert_int_equal(json_type(node_scalar(&node)), JSON_STRING);
        node.is_quoted = true;
        assert_false(node_looks_different(&node));
    }
    const char *same[] = {"true",         "null", "1.5e3", "on", "text",        "10.0.0.1", "1s",
                          "127.0.0.1:80", "nO",   "-",     "a",  "2024-01-01x", "0xyz",     "_1"};
    for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
        struct node node = {.kind = NODE_TEXT, .text = str_of(same[i])};
        assert_false(node_looks_different(&node));
    }
    world_parse(world, "health: on\n"
                       "country: NO\n"
                       "quiet: { country: NO, list: [yes], allow: [yaml-type] }\n"
                       "body: { x: off }\n"
                       "response:\n"
                       "  body: { x: off }\n");
    assert_printed(world, "a.yaml:2:10: warning: 'NO' is text here, other YAML readers see false "
                          "[yaml-type]\n"
                          "    2 | country: NO\n"
                          "      |          ^~ quote it\n"
                          "a.yaml:6:14: warning: 'off' is text here, other YAML readers see false "
                          "[yaml-type]\n"
                          "    6 |   body: { x: off }\n"
                          "      |              ^~~ quote it\n");
}

static void anchors_are_shared_and_counted(void **state)
{
    struct world *world = *state;
    struct node *root = world_parse(world, "x-a: &a { k: v }\n"
                                           "one: *a\n"
                                           "two: [*a, *a]\n");
    assert_ptr_equal(node_member(root, STR("one")), node_member(root, STR("x-a")));
    assert_printed(world, "");
    root = world_parse(world, "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
                              "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                              "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
                              "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                              "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
                              "f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n");
    assert_null(root);
    assert_printed(world,
                   "a.yaml:5:29: error: more than 100,000 values in one file, aliases counted\n"
                   "    5 | e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
                   "      |                             ^~\n");
}

static void an_alias_cannot_hold_itself(void **state)
{
    struct world *world = *state;
    assert_non_null(world_parse(world, "a: &a [*a]\n"));
    assert_printed(world, "a.yaml:1:8: error: '*a' would hold itself\n"
                          "    1 | a: &a [*a]\n"
                          "      |        ^~\n");
}

static void merges_are_yamls(void **state)
{
    struct world *world = *state;
    struct node *root = world_parse(world, "x-a: &a { one: a1, two: a2 }\n"
                                           "x-b: &b { two: b2, three: b3 }\n"
                                           "plain: { first: 0, <<: *a, two: own }\n"
                                           "list:\n"
                                           "  <<: [*b, *a]\n"
                                           "  three: own\n"
                                           "quoted: { \"<<\": x }\n"
                                           "get:\n"
                                           "  body: { <<: *a }\n");
    assert_printed(world, "");
    const struct node *plain = node_member(root, STR("plain"));
    assert_int_equal(plain->count, 3);
    assert_str(plain->entries[0].key->text, "first");
    assert_str(plain->entries[1].key->text, "one");
    assert_str(plain->entries[2].value->text, "own");
    const struct node *list = node_member(root, STR("list"));
    assert_int_equal(list->count, 3);
    assert_str(node_member(list, STR("two"))->text, "b2");
    assert_str(node_member(list, STR("one"))->text, "a1");
    assert_str(node_member(list, STR("three"))->text, "own");
    assert_str(node_member(node_member(root, STR("quoted")), STR("<<"))->text, "x");
    const struct node *body = node_member(node_member(root, STR("get")), STR("body"));
    assert_str(body->entries[0].key->text, "<<");
}

static void a_merge_of_no_mapping(void **state)
{
    struct world *world = *state;
    world_parse(world, "a: { <<: text }\n");
    assert_printed(world, "a.yaml:1:6: error: '<<' merges mappings\n"
                          "    1 | a: { <<: text }\n"
                          "      |      ^~ write  <<: *name  with an anchor &name at a mapping\n");
}

/* --- slips -------------------------------------------------------------------------------- */

struct slip {
    const char *text;
    const char *printed;
    bool is_usable; /* and what stands behind it is read */
};

static const struct slip slips[] = {
    {"b: { id: ${order.id} }\n",
     "a.yaml:1:10: error: '{' ends unquoted text inside { } and [ ]: a ${ must be quoted there\n"
     "    1 | b: { id: ${order.id} }\n"
     "      |          ^~~~~~~~~~~ write  b: { id: \"${order.id}\" }\n",
     true},
    {"b: [ ${a[0]}/x, \"q\", ${b['\"']} ]\n",
     "a.yaml:1:6: error: '{' ends unquoted text inside { } and [ ]: a ${ must be quoted there\n"
     "    1 | b: [ ${a[0]}/x, \"q\", ${b['\"']} ]\n"
     "      |      ^~~~~~~~~ write  b: [ \"${a[0]}/x\", \"q\", \"${b['\\\"']}\" ]\n",
     true},
    {"b:\n  { x: 1,\n    y: ${a} }\n",
     "a.yaml:3:8: error: '{' ends unquoted text inside { } and [ ]: a ${ must be quoted there\n"
     "    3 |     y: ${a} }\n"
     "      |        ^~~~ write  y: \"${a}\" }\n",
     true},
    {"{ a: foo[0] }\n",
     "a.yaml:1:6: error: '[' ends unquoted text inside { } and [ ]\n"
     "    1 | { a: foo[0] }\n"
     "      |      ^~~~~~ write  { a: \"foo[0]\" }\n",
     true},
    {"r: { request: users GET /users/{id} }\n",
     "a.yaml:1:15: error: '{' ends unquoted text inside { } and [ ]\n"
     "    1 | r: { request: users GET /users/{id} }\n"
     "      |               ^~~~~~~~~~~~~~~~~~~~~ write  r: { request: \"users GET /users/{id}\" "
     "}\n",
     true},
    {"c: ${order.{id: id, n: name}}\n",
     "a.yaml:1:4: error: ': ' in unquoted text: YAML reads a key before it\n"
     "    1 | c: ${order.{id: id, n: name}}\n"
     "      |    ^~~~~~~~~~~~~~~~~~~~~~~~~~ write  c: \"${order.{id: id, n: name}}\"\n",
     true},
    {"- ${order.{id: id}}\n",
     "a.yaml:1:3: error: ': ' in unquoted text: YAML reads a key before it\n"
     "    1 | - ${order.{id: id}}\n"
     "      |   ^~~~~~~~~~~ write  - \"${order.{id: id}}\"\n",
     true},
    {"d: ${a[?b == 'c #d']}\n",
     "a.yaml:1:4: error: ' #' in unquoted text: YAML reads a comment behind it\n"
     "    1 | d: ${a[?b == 'c #d']}\n"
     "      |    ^~~~~~~~~~~~ write  d: \"${a[?b == 'c #d']}\"\n",
     true},
    {"e: *.example.com\n",
     "a.yaml:1:4: error: '*' begins an alias in YAML\n"
     "    1 | e: *.example.com\n"
     "      |    ^~~~~~~~~~~~~ write  e: \"*.example.com\"\n",
     true},
    {"e: *foo\n",
     "a.yaml:1:4: error: '*' begins an alias in YAML, and no anchor is called 'foo'\n"
     "    1 | e: *foo\n"
     "      |    ^~~~ write  e: \"*foo\"\n",
     true},
    {"e: & b\n",
     "a.yaml:1:4: error: '&' begins an anchor in YAML\n"
     "    1 | e: & b\n"
     "      |    ^~~ write  e: \"& b\"\n",
     true},
    {"e: !important\n",
     "a.yaml:1:4: error: '!' begins a tag in YAML, and tags are not taken\n"
     "    1 | e: !important\n"
     "      |    ^~~~~~~~~~ write  e: \"!important\"\n",
     true},
    {"e: !!str 12\n",
     "a.yaml:1:4: error: '!' begins a tag in YAML, and tags are not taken\n"
     "    1 | e: !!str 12\n"
     "      |    ^~~~~~~~ write  e: \"!!str 12\"\n",
     true},
    {"@type: x\n",
     "a.yaml:1:1: error: '@' cannot begin unquoted text in YAML\n"
     "    1 | @type: x\n"
     "      | ^~~~~ write  \"@type\": x\n",
     true},
    {"e: %20\n",
     "a.yaml:1:4: error: '%' cannot begin unquoted text in YAML\n"
     "    1 | e: %20\n"
     "      |    ^~~ write  e: \"%20\"\n",
     true},
    {"e: `10`\n",
     "a.yaml:1:4: error: '`' cannot begin unquoted text in YAML\n"
     "    1 | e: `10`\n"
     "      |    ^~~~ write  e: \"`10`\"\n",
     true},
    {"e: | x\n",
     "a.yaml:1:4: error: '|' begins a block of text in YAML\n"
     "    1 | e: | x\n"
     "      |    ^~~ write  e: \"| x\"\n",
     true},
    {"e: >= 5\n",
     "a.yaml:1:4: error: '>' begins a block of text in YAML\n"
     "    1 | e: >= 5\n"
     "      |    ^~~~ write  e: \">= 5\"\n",
     true},
    {"e: {id}/x\n",
     "a.yaml:1:4: error: '{' begins a mapping in YAML, and text stands behind its end\n"
     "    1 | e: {id}/x\n"
     "      |    ^~~~~~ write  e: \"{id}/x\"\n",
     true},
    {"e: [a] b\n",
     "a.yaml:1:4: error: '[' begins a list in YAML, and text stands behind its end\n"
     "    1 | e: [a] b\n"
     "      |    ^~~~~ write  e: \"[a] b\"\n",
     true},
    {"e: ? x\n",
     "a.yaml:1:4: error: '? ' begins a key in YAML\n"
     "    1 | e: ? x\n"
     "      |    ^~~ write  e: \"? x\"\n",
     true},
    {"e: - x\n",
     "a.yaml:1:4: error: '- ' begins a list in YAML\n"
     "    1 | e: - x\n"
     "      |    ^~~ write  e: \"- x\"\n",
     true},
    {"e: #fff\n",
     "a.yaml:1:1: error: the key 'e' has nothing behind it\n"
     "    1 | e: #fff\n"
     "      | ^ write null; '#' begins a comment: or write  e: \"#fff\"\n",
     true},
    {"e: \"a\" b\n",
     "a.yaml:1:4: error: '\"' begins quoted text, and more stands behind its end\n"
     "    1 | e: \"a\" b\n"
     "      |    ^~~~~ write  e: '\"a\" b'\n",
     true},
    {"${a}: b\n",
     "a.yaml:1:1: error: a key holds no ${\xE2\x80\xA6}\n"
     "    1 | ${a}: b\n"
     "      | ^~~~ write $${ for a literal ${\n",
     true},
    {"a:\n\tb: c\n",
     "a.yaml:2:1: error: a tab cannot indent in YAML\n"
     "    2 |  b: c\n"
     "      | ^ indent with blanks\n",
     false},
    {"a: b\n  c: d\n",
     "a.yaml:2:4: error: ':' cannot stand here: the line above already has a value\n"
     "    2 |   c: d\n"
     "      |    ^ is the line indented as meant? text that goes on here wants quotes\n",
     false},
    {"a: 'b\nc: d\n",
     "a.yaml:1:4: error: the ' that begins here is never closed\n"
     "    1 | a: 'b\n"
     "      |    ^\n",
     false},
    {"a: { b: c\n",
     "a.yaml:1:4: error: the { that begins here is never closed\n"
     "    1 | a: { b: c\n"
     "      |    ^\n",
     false},
    {"a: \x01\n",
     "a.yaml:1:4: error: not YAML: control characters are not allowed\n"
     "    1 | a: ?\n"
     "      |    ^\n",
     false},
    {"a: b\n---\nc: d\n",
     "a.yaml:2:1: error: one file holds one document\n"
     "    2 | ---\n"
     "      | ^~~\n",
     false},
    {"a:\nb: 1\n",
     "a.yaml:1:1: error: the key 'a' has nothing behind it\n"
     "    1 | a:\n"
     "      | ^ write null\n",
     true},
    {"a: [b, ]\nc:\n  -\n",
     "a.yaml:3:4: error: an element with nothing in it\n"
     "    3 |   -\n"
     "      |    ^ write null\n",
     true},
    {"a: 1\nb: 2\na: 3\n",
     "a.yaml:3:1: error: the key 'a' is there twice\n"
     "    3 | a: 3\n"
     "      | ^ the first is on line 1\n",
     true},
    {"[a]: b\n",
     "a.yaml:1:1: error: a key must be text, not a list\n"
     "    1 | [a]: b\n"
     "      | ^\n",
     true},
    {"a: \xFF\n",
     "a.yaml:1:4: error: not YAML: invalid leading UTF-8 octet\n"
     "    1 | a: ?\n"
     "      |    ^\n",
     false},
};

static void each_slip_names_its_character(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(slips) / sizeof(*slips); i++) {
        void *inner = NULL;
        assert_int_equal(world_begin(&inner), 0);
        struct world *world = inner;
        const struct node *root = world_parse(world, slips[i].text);
        assert_printed(world, slips[i].printed);
        assert_int_equal(root != NULL, slips[i].is_usable);
        world_end(&inner);
    }
}

static void one_slip_does_not_hide_the_next(void **state)
{
    struct world *world = *state;
    struct node *root = world_parse(world, "a: { id: ${x} }\n"
                                           "b: ${y.{k: v}}\n"
                                           "c: *.com\n"
                                           "d:\n"
                                           "e: @f\n");
    assert_int_equal(world->diagnostics.count, 5);
    assert_int_equal(root->count, 5);
    assert_str(node_member(node_member(root, STR("a")), STR("id"))->text, "${x}");
    assert_str(node_member(root, STR("b"))->text, "${y.{k: v}}");
    const struct node *e = node_member(root, STR("e"));
    assert_str(e->text, "@f");
    assert_int_equal(e->place.line, 5);
    assert_int_equal(e->place.column, 4);
}

/* --- bounds ------------------------------------------------------------------------------- */

static void depth_is_bounded_at_once(void **state)
{
    struct world *world = *state;
    char *deep = malloc(100001);
    assert_non_null(deep);
    memset(deep, '[', 100000);
    deep[100000] = '\0';
    assert_null(world_parse(world, deep));
    free(deep);
    assert_non_null(strstr(world_printed(world), "a.yaml:1:65: error: nested deeper than 64\n"));
}

static void aliases_do_not_stack_depth(void **state)
{
    struct world *world = *state;
    char text[1000] = "a: &a ";
    for (int i = 0; i < 40; i++)
        strcat(text, "[");
    for (int i = 0; i < 40; i++)
        strcat(text, "]");
    strcat(text, "\nb: [[[[[[[[[[[[[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]]]]]]]]]]]]]\n");
    assert_null(world_parse(world, text));
    assert_non_null(strstr(world_printed(world), "nested deeper than 64, aliases counted\n"));
}

static void size_is_bounded(void **state)
{
    struct world *world = *state;
    size_t size = DOCUMENT_BYTES_MAXIMUM + 1;
    char *large = malloc(size);
    assert_non_null(large);
    memset(large, ' ', size);
    assert_null(document_parse(&world->arena, STR("a.yaml"), (struct str){large, size},
                               &world->diagnostics));
    free(large);
    assert_printed(world, "a.yaml: error: larger than 1 MiB\n");
}

static void a_file_is_read_from_disk(void **state)
{
    struct world *world = *state;
    char path[] = "/tmp/braid-document-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "a: b\n", 5), 5);
    close(fd);
    struct node *root = document_read(&world->arena, str_of(path), &world->diagnostics);
    unlink(path);
    assert_non_null(root);
    assert_str(node_member(root, STR("a"))->text, "b");
    assert_null(document_read(&world->arena, STR("/nowhere/a.yaml"), &world->diagnostics));
    assert_printed(world, "/nowhere/a.yaml: error: cannot be read: No such file or directory\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        story(every_node_knows_its_place),
        story(an_empty_file_is_an_empty_mapping),
        story(scalars_are_jsons),
        story(what_other_readers_see_is_a_warning),
        story(anchors_are_shared_and_counted),
        story(an_alias_cannot_hold_itself),
        story(merges_are_yamls),
        story(a_merge_of_no_mapping),
        story(each_slip_names_its_character),
        story(one_slip_does_not_hide_the_next),
        story(depth_is_bounded_at_once),
        story(aliases_do_not_stack_depth),
        story(size_is_bounded),
        story(a_file_is_read_from_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
