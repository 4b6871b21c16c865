/*
 * The OpenAPI document: which paths, what a client may send, what it gets.
 */
#include "base/json/make.h"
#include "routes/openapi.h"
#include "tests/unit/routes/fixture.h"

static struct json document(struct fixture *fixture, const char *routes)
{
    struct str yaml = str_format(&fixture->arena, SHOP "routes:\n%s", routes);
    fixture_load(fixture, yaml.at);
    assert_fine(fixture);
    struct openapi_info info = {STR("shop"), STR("2")};
    return openapi_document(&fixture->arena, &fixture->config, fixture->router, &info);
}

/* `path` is a list of names, parted by blanks; "" where one of them is not there. */
static const char *at(struct fixture *fixture, struct json value, const char *path)
{
    struct str rest = str_of(path), step;
    uint64_t index;
    while (str_cut(&rest, ' ', &step)) {
        bool is_element = json_type(value) == JSON_ARRAY && str_to_unsigned(step, 100, &index);
        if (is_element ? !json_element(value, (uint32_t)index, &value)
                       : !json_member(value, step, &value))
            return "";
    }
    return str_copy(&fixture->arena, json_text(&fixture->arena, value)).at;
}

/* The names of an object's members. */
static const char *names(struct fixture *fixture, struct json value, const char *path)
{
    struct str rest = str_of(path), step, all = STR("");
    while (str_cut(&rest, ' ', &step))
        assert_true(json_member(value, step, &value));
    struct json_iterator iterator = json_iterate(value);
    struct json key, member;
    while (json_next(&iterator, &key, &member)) {
        struct str name = json_string_decode(&fixture->arena, key);
        all = str_format(&fixture->arena, "%.*s%s%.*s", STR_ARGS(all), all.length > 0 ? " " : "",
                         STR_ARGS(name));
    }
    return str_copy(&fixture->arena, all).at;
}

static void test_paths_and_methods(void **state)
{
    struct fixture *fixture = *state;
    struct json api =
        document(fixture, "  GET /orders/{id}: { calls: { a: 'users GET /${path.id}' } }\n"
                          "  PUT,DELETE /orders/{key}: { calls: { a: 'users PUT /${path.key}' } }\n"
                          "  ANY /orders/{x}: { response: { body: 1 } }\n"
                          "  ANY /files/*: { response: { body: 1 } }\n"
                          "  POST /more/{rest}/*: { response: { body: 1 } }\n"
                          "  HEAD /only: { response: { body: 1 } }\n"
                          "  GET /proxied: { proxy: users }\n"
                          "  POST /a-b: { response: { body: 1 } }\n"
                          "  POST /a_b: { response: { body: 1 } }\n");
    assert_string_equal(at(fixture, api, "openapi"), "\"3.1.0\"");
    assert_string_equal(at(fixture, api, "info"), "{\"title\":\"shop\",\"version\":\"2\"}");
    assert_string_equal(names(fixture, api, "paths"),
                        "/orders/{id} /files/{rest} /more/{rest}/{rest_} /only /a-b /a_b");
    assert_string_equal(names(fixture, api, "paths /orders/{id}"),
                        "get put delete head post patch options");
    assert_string_equal(names(fixture, api, "paths /files/{rest}"),
                        "get post put patch delete options");
    assert_string_equal(names(fixture, api, "paths /only"), "head");
    /* a path has one name for its parameter, whatever the second route calls it */
    assert_string_equal(at(fixture, api, "paths /orders/{id} put parameters 0 name"), "\"id\"");
    assert_string_equal(at(fixture, api, "paths /orders/{id} get operationId"),
                        "\"get_orders_by_id\"");
    assert_string_equal(at(fixture, api, "paths /a-b post operationId"), "\"post_a_b\"");
    assert_string_equal(at(fixture, api, "paths /a_b post operationId"), "\"post_a_b_2\"");
}

static void test_what_a_client_sends(void **state)
{
    struct fixture *fixture = *state;
    struct json api = document(
        fixture, "  GET /s/{id}:\n"
                 "    calls:\n"
                 "      a: 'users GET /s/${path.id}?q=${query.q}'\n"
                 "      b: { request: orders GET /b, query: { n: '${query.n}', tag: "
                 "'${queries.tag}', o?: '${query.o}' }, when: '${query.when}', fallback: omit }\n"
                 "    response: { body: { l: '${headers.accept_language}', s: "
                 "'${cookies.session}', a: '${headers.authorization}' } }\n");
    struct json parameters;
    assert_true(json_member(api, STR("paths"), &parameters));
    assert_true(json_member(parameters, STR("/s/{id}"), &parameters));
    assert_true(json_member(parameters, STR("get"), &parameters));
    assert_true(json_member(parameters, STR("parameters"), &parameters));
    static const char *const expected[] = {
        "\"id\" \"path\" true",
        "\"q\" \"query\" true",
        "\"when\" \"query\" ",
        "\"n\" \"query\" ",
        "\"tag\" \"query\" ",
        "\"o\" \"query\" ",
        "\"accept-language\" \"header\" ",
        "\"session\" \"cookie\" ",
    };
    for (uint32_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
        struct json one;
        assert_true(json_element(parameters, i, &one));
        struct str said = str_format(&fixture->arena, "%s %s %s", at(fixture, one, "name"),
                                     at(fixture, one, "in"), at(fixture, one, "required"));
        assert_string_equal(said.at, expected[i]);
    }
    assert_string_equal(at(fixture, api, "paths /s/{id} get parameters 4 schema type"),
                        "\"array\"");
    assert_string_equal(at(fixture, api, "paths /s/{id} get parameters 8"),
                        "{\"$ref\": \"#/components/parameters/Prefer\"}");
    assert_string_equal(at(fixture, api, "paths /s/{id} get parameters 9"), "");
}

static void test_the_body_that_is_read(void **state)
{
    struct fixture *fixture = *state;
    struct json api = document(
        fixture,
        "  POST /members: { calls: { a: { request: users POST /a, body: { n: '${body.name}', i: "
        "'${body.items[].id}' } } } }\n"
        "  POST /whole: { calls: { a: { request: users POST /a, body: '${body}' } } }\n"
        "  POST /none: { calls: { a: users POST /a } }\n");
    assert_string_equal(
        at(fixture, api, "paths /members post requestBody content application/json schema"),
        "{\"type\":\"object\",\"properties\":{\"name\":{},\"items\":{}}}");
    assert_string_equal(
        at(fixture, api, "paths /whole post requestBody content application/json schema"), "{}");
    assert_string_equal(at(fixture, api, "paths /none post requestBody"), "");
    assert_string_equal(names(fixture, api, "paths /members post responses"),
                        "200 400 413 415 4XX 502 503 504");
}

static void test_problems_by_cause(void **state)
{
    struct fixture *fixture = *state;
    struct json api =
        document(fixture, "  GET /a:\n"
                          "    calls:\n"
                          "      order: orders GET /o\n"
                          "      user: { request: 'users GET /${order.user}', fallback: omit }\n"
                          "  GET /ping: { response: { body: 1 } }\n");
    assert_string_equal(names(fixture, api, "paths /a get responses"), "200 4XX 502 503 504");
    assert_string_equal(at(fixture, api, "paths /a get responses 4XX description"),
                        "\"Problem: the service that order asks refuses. With Prefer: "
                        "handling=strict: the service that user asks refuses with 401, 403 or "
                        "429.\"");
    assert_string_equal(at(fixture, api, "paths /a get responses 504 description"),
                        "\"Problem: order takes too long. With Prefer: handling=strict: user takes "
                        "too long.\"");
    assert_string_equal(names(fixture, api, "paths /a get responses 503 headers"), "Retry-After");
    assert_string_equal(names(fixture, api, "paths /a get responses 200 headers"), "Degraded");
    assert_string_equal(names(fixture, api, "paths /ping get responses"), "200");
    assert_string_equal(at(fixture, api, "paths /ping get responses 200 headers"), "");
    assert_string_equal(at(fixture, api, "components schemas Problem properties reason enum 0"),
                        "\"timeout\"");
}

static void test_status_and_headers_of_the_answer(void **state)
{
    struct fixture *fixture = *state;
    struct json api = document(
        fixture,
        "  POST /made:\n"
        "    calls: { a: users POST /a }\n"
        "    response: { status: 201, headers: { Location: '/x', Content-Type: application/ld+json "
        "}, cookies: [a], body: 1 }\n"
        "  POST /quiet:\n"
        "    calls: { a: users POST /a }\n"
        "    response: { status: 204 }\n"
        "  POST /any:\n"
        "    calls: { a: users POST /a }\n"
        "    response: { status: '${meta.a.status}', body: 1 }\n");
    assert_string_equal(names(fixture, api, "paths /made post responses 201 headers"),
                        "Location Set-Cookie");
    assert_string_equal(names(fixture, api, "paths /made post responses 201 content"),
                        "application/ld+json");
    assert_string_equal(at(fixture, api, "paths /quiet post responses 204 content"), "");
    assert_string_equal(names(fixture, api, "paths /any post responses"),
                        "default 4XX 502 503 504");
}

static void test_entity_tags(void **state)
{
    struct fixture *fixture = *state;
    struct json api = document(fixture, "  GET /a:\n"
                                        "    calls: { a: users GET /a }\n"
                                        "    response: { etag: on, body: '${a}' }\n");
    assert_string_equal(names(fixture, api, "paths /a get responses"), "200 304 4XX 502 503 504");
    assert_string_equal(names(fixture, api, "paths /a get responses 200 headers"), "ETag Degraded");
    assert_string_equal(at(fixture, api, "paths /a get parameters 0 name"), "\"If-None-Match\"");
}

static void test_nothing_internal_is_told(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(setenv("BRAID_TEST_SECRET", "hunter2", 1), 0);
    struct json api =
        document(fixture, "  GET /a:\n"
                          "    calls: { a: { request: users GET /internal, headers: { X-Key: "
                          "'${env.BRAID_TEST_SECRET}' } } }\n"
                          "    response: { body: { k: '${env.BRAID_TEST_SECRET}', a: '${a}' } }\n");
    struct str text = json_text(&fixture->arena, api);
    assert_int_equal(str_find_text(text, STR("hunter2")), text.length);
    assert_int_equal(str_find_text(text, STR("10.0.0.1")), text.length);
    assert_int_equal(str_find_text(text, STR("/internal")), text.length);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(test_paths_and_methods),
        STORY(test_what_a_client_sends),
        STORY(test_the_body_that_is_read),
        STORY(test_problems_by_cause),
        STORY(test_status_and_headers_of_the_answer),
        STORY(test_entity_tags),
        STORY(test_nothing_internal_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
