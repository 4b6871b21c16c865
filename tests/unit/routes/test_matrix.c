/*
 * The coupling matrix: which route a service takes down with it, and what is left of the others.
 */
#include "base/json/make.h"
#include "routes/loss.h"
#include "routes/matrix.h"
#include "routes/outage_json.h"
#include "tests/unit/routes/fixture.h"

static const char shop[] = SHOP
    "  reviews: http://10.0.0.3:80\n"
    "routes:\n"
    "  GET /orders/{id}:\n"
    "    calls:\n"
    "      order: orders GET /orders/${path.id}\n"
    "      customer:\n"
    "        request: users GET /users/${order.customerId}\n"
    "        fallback: { value: { name: \"${order.customerName}\", mail: null } }\n"
    "      reviews:\n"
    "        request: reviews GET /reviews\n"
    "        fallback: { value: [] }\n"
    "    response:\n"
    "      body:\n"
    "        id: ${order.id}\n"
    "        customer: { name: \"${customer.name}\", mail: \"${customer.mail}\" }\n"
    "        reviews:\n"
    "          $each: r in ${reviews}\n"
    "          text: ${r.text}\n"
    "        items:\n"
    "          $each: item in ${order.items}\n"
    "          ...: ${item}\n"
    "          stars?: ${lookup(reviews, 'id', item.id).stars}\n"
    "  GET /both:\n"
    "    calls:\n"
    "      a: { request: users GET /a, fallback: omit }\n"
    "      b: { request: orders GET /b, fallback: [{ request: reviews GET /b }, { value: 7 }] }\n"
    "  GET /chain:\n"
    "    calls:\n"
    "      a: { request: users GET /a, fallback: omit }\n"
    "      b: { request: \"orders GET /b/${a.id}\", allow: [required-behind-optional] }\n"
    "  ANY /passed/*:\n"
    "    proxy: users /*\n";

static const char *printed(struct fixture *fixture)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    matrix_print(&fixture->config, fixture->router, to);
    fclose(to);
    struct str copy = str_copy(&fixture->arena, (struct str){text, size});
    free(text);
    return copy.at;
}

static void test_a_page(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture, shop);
    assert_fine(fixture);
    assert_string_equal(
        printed(fixture),
        "                  users     orders    reviews\n"
        "GET /orders/{id}  degrades  fails     degrades\n"
        "GET /both         degrades  degrades  .\n"
        "GET /chain        fails     fails     .\n"
        "ANY /passed/*     fails     .         .\n"
        "\n"
        "When the service of a column is down, the route of a row\n"
        "  .         answers as ever\n"
        "  degrades  answers with its status and a Degraded field; below stands what changes\n"
        "  fails     answers with a problem document\n"
        "\n"
        "GET /orders/{id} without users degrades\n"
        "  customer.name  made of the fallback of customer\n"
        "  customer.mail  null\n"
        "\n"
        "GET /orders/{id} without orders fails\n"
        "  502, 503 or 504 by cause: order is required\n"
        "\n"
        "GET /orders/{id} without reviews degrades\n"
        "  reviews        []\n"
        "  items[].stars  left out\n"
        "\n"
        "GET /both without users degrades\n"
        "  a  left out\n"
        "\n"
        "GET /both without orders degrades\n"
        "  b comes from reviews\n"
        "\n"
        "GET /chain without users fails\n"
        "  502: b is required and cannot be asked for\n"
        "\n"
        "GET /chain without orders fails\n"
        "  502, 503 or 504 by cause: b is required\n"
        "\n"
        "ANY /passed/* without users fails\n"
        "  502, 503 or 504 by cause: it is passed on\n");
}

static void test_the_same_for_programs(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture, SHOP "routes:\n"
                               "  GET /a:\n"
                               "    calls:\n"
                               "      a: users GET /a\n"
                               "      b: { request: orders GET /b, fallback: { value: 7 } }\n");
    struct json matrix = matrix_json(&fixture->arena, &fixture->config, fixture->router);
    assert_text(
        json_text(&fixture->arena, matrix),
        "{\"services\":[\"users\",\"orders\"],\"routes\":[{\"route\":\"GET /a\",\"file\":"
        "\"shop.yaml\",\"line\":5,\"outages\":{"
        "\"users\":{\"outcome\":\"fails\",\"statuses\":[502,503,504],\"calls\":[{\"call\":\"a\","
        "\"outcome\":\"fails\",\"by_dependency\":false,\"fallback\":null}],\"members\":[]},"
        "\"orders\":{\"outcome\":\"degrades\",\"statuses\":[],\"calls\":[{\"call\":\"b\","
        "\"outcome\":"
        "\"degrades\",\"by_dependency\":false,\"fallback\":{\"kind\":\"value\",\"known\":true,"
        "\"value\":7,\"waits_for\":[]}}],\"members\":[{\"path\":\"b\",\"becomes\":\"value\","
        "\"value\":7,\"call\":\"b\"}]}}}]}");
}

static void test_a_call_for_each_element_gives_its_fallback_for_each(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture, SHOP "routes:\n"
                               "  GET /a:\n"
                               "    calls:\n"
                               "      ids: users GET /ids\n"
                               "      all: { each: 'i in ${ids}', request: 'orders GET /${i}', "
                               "fallback: { value: 0 } }\n"
                               "    response: { body: { all: '${all}', first: '${all[0]}', is: "
                               "'${type(all)}' } }\n");
    assert_non_null(strstr(printed(fixture), "GET /a without orders degrades\n"
                                             "  all    made of the fallback of all\n"
                                             "  first  made of the fallback of all\n"
                                             "  is     made of the fallback of all\n"));
}

static void test_a_secret_is_not_shown(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(setenv("BRAID_TEST_SECRET", "hunter2", 1), 0);
    fixture_load(fixture, SHOP "routes:\n"
                               "  GET /a:\n"
                               "    calls: { a: { request: users GET /a, fallback: { value: "
                               "'${env.BRAID_TEST_SECRET}' } } }\n");
    assert_non_null(strstr(printed(fixture), "  a  (hidden: it holds a secret)\n"));
    struct json matrix = matrix_json(&fixture->arena, &fixture->config, fixture->router);
    struct str text = json_text(&fixture->arena, matrix);
    assert_int_equal(str_find_text(text, STR("hunter2")), text.length);
    assert_true(str_find_text(text, STR("\"hidden\":true")) < text.length);
}

static void test_without_services_there_are_only_routes(void **state)
{
    struct fixture *fixture = *state;
    fixture_load(fixture, "routes:\n  GET /ping: { response: { body: 1 } }\n");
    assert_string_equal(printed(fixture),
                        "\nGET /ping\n\nWhen the service of a column is down, the route of a row\n"
                        "  .         answers as ever\n");
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(test_a_page),
        STORY(test_the_same_for_programs),
        STORY(test_a_call_for_each_element_gives_its_fallback_for_each),
        STORY(test_a_secret_is_not_shown),
        STORY(test_without_services_there_are_only_routes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
