/*
 * Whole files with what they include, in a folder of their own.
 */
#include "printed.h"

#include "config/config.h"
#include "config/reference.h"

#include <sys/stat.h>
#include <unistd.h>

/* A folder that the test stands in, so that names are short and the same everywhere. */
struct folder {
    struct world *world;
    char path[64];
    char *before;
};

static const char *const file_names[] = {"shop.yaml",    "more/a.yaml", "more/b.yaml",
                                         "more/key.txt", "more",        "empty.yaml"};

static int folder_begin(void **state)
{
    void *world = NULL;
    struct folder *folder = calloc(1, sizeof(*folder));
    if (folder == NULL || world_begin(&world) != 0)
        return 1;
    folder->world = world;
    folder->before = getcwd(NULL, 0);
    strcpy(folder->path, "/tmp/braid-config-XXXXXX");
    *state = folder;
    return mkdtemp(folder->path) == NULL || chdir(folder->path) != 0 || mkdir("more", 0700) != 0;
}

static int folder_end(void **state)
{
    struct folder *folder = *state;
    for (size_t i = 0; i < sizeof(file_names) / sizeof(*file_names); i++)
        (void)remove(file_names[i]);
    int failed = chdir(folder->before) != 0 || rmdir(folder->path) != 0;
    void *world = folder->world;
    world_end(&world);
    free(folder->before);
    free(folder);
    return failed;
}

static void file_write(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static struct config *read_shop(struct world *world)
{
    return config_read(&world->arena, STR("shop.yaml"), &world->diagnostics);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, folder_begin, folder_end)

static void the_shortest_useful_file(void **state)
{
    struct world *world = ((struct folder *)*state)->world;
    file_write("shop.yaml", "listen: 127.0.0.1:8080\n"
                            "\n"
                            "services:\n"
                            "  users:    http://127.0.0.1:9001\n"
                            "  orders:   http://127.0.0.1:9002\n"
                            "\n"
                            "routes:\n"
                            "  GET /orders/{id}:\n"
                            "    calls:\n"
                            "      order:    orders GET /orders/${path.id}\n"
                            "      customer: users  GET /users/${order.customerId}\n"
                            "    response:\n"
                            "      body:\n"
                            "        ...: ${order}\n"
                            "        customer:\n"
                            "          name:  ${customer.name}\n"
                            "          email: ${customer.email}\n");
    struct config *config = read_shop(world);
    assert_printed(world, "");
    assert_int_equal(config->service_count, 2);
    assert_int_equal(config_service(config, STR("orders"))->index, 1);
    assert_null(config_service(config, STR("nobody")));
    assert_int_equal(config->route_count, 1);
    assert_str(config->routes[0].key->text, "GET /orders/{id}");
    assert_int_equal(config->file_count, 1);
    assert_str(config->files[0], "shop.yaml");
}

static void files_are_merged_in_order(void **state)
{
    struct world *world = ((struct folder *)*state)->world;
    file_write("shop.yaml", "listen: 127.0.0.1:8080\n"
                            "include: [more/*.yaml, more/a.yaml, ./shop.yaml]\n"
                            "services: { one: http://127.0.0.1:1 }\n"
                            "routes: { GET /one: { response: { body: 1 } } }\n");
    file_write("more/b.yaml", "services: { three: http://127.0.0.1:3 }\n"
                              "routes: { GET /three: { response: { body: 3 } } }\n");
    file_write("more/a.yaml", "x-mine: 1\n"
                              "include: b.yaml\n"
                              "services:\n"
                              "  two:\n"
                              "    url: http://127.0.0.1:2\n"
                              "    headers: { X-Key: \"${file('key.txt')}\" }\n"
                              "routes: { GET /two: { response: { body: 2 } } }\n");
    file_write("more/key.txt", "secret\n");
    struct config *config = read_shop(world);
    assert_printed(world, "");
    assert_int_equal(config->service_count, 3);
    assert_str(config->services[0].name, "one");
    assert_str(config->services[1].name, "two");
    assert_str(config->services[2].name, "three");
    assert_int_equal(config->services[2].index, 2);
    assert_int_equal(config->route_count, 3);
    assert_str(config->routes[1].key->text, "GET /two");
    assert_int_equal(config->file_count, 4);
    assert_str(config->files[1], "more/a.yaml");
    assert_str(config->files[2], "more/b.yaml");
    assert_str(config->files[3], "more/key.txt");
    assert_int_equal(config->environment.secrets.count, 1);
    assert_str(config->environment.secrets.list[0], "secret");
}

static void the_same_name_twice_shows_both(void **state)
{
    struct world *world = ((struct folder *)*state)->world;
    file_write("shop.yaml", "listen: 127.0.0.1:8080\n"
                            "include: [more/a.yaml]\n"
                            "services: { users: http://127.0.0.1:1 }\n"
                            "routes: { GET /one: {} }\n");
    file_write("more/a.yaml", "services: { users: http://127.0.0.1:2 }\n"
                              "routes: { GET /one: {} }\n");
    struct config *config = read_shop(world);
    assert_int_equal(config->service_count, 1);
    assert_printed(world, "more/a.yaml:1:13: error: the service 'users' is there twice\n"
                          "    1 | services: { users: http://127.0.0.1:2 }\n"
                          "      |             ^~~~~ the first is at shop.yaml:3:13\n"
                          "more/a.yaml:2:11: error: the route 'GET /one' is there twice\n"
                          "    2 | routes: { GET /one: {} }\n"
                          "      |           ^~~~~~~~ the first is at shop.yaml:4:11\n"
                          "shop.yaml:3:13: note: here is the first 'users'\n"
                          "    3 | services: { users: http://127.0.0.1:1 }\n"
                          "      |             ^~~~~\n"
                          "shop.yaml:4:11: note: here is the first 'GET /one'\n"
                          "    4 | routes: { GET /one: {} }\n"
                          "      |           ^~~~~~~~\n");
}

static void what_cannot_be_included(void **state)
{
    struct world *world = ((struct folder *)*state)->world;
    file_write("shop.yaml", "listen: 127.0.0.1:8080\n"
                            "include: [none.yaml, nothing/*.yaml, more/a.yaml]\n"
                            "routes: { GET /one: {} }\n");
    file_write("more/a.yaml", "listen: 127.0.0.1:80\n");
    assert_non_null(read_shop(world));
    assert_printed(world,
                   "more/a.yaml:1:1: error: unknown key 'listen' in an included file\n"
                   "    1 | listen: 127.0.0.1:80\n"
                   "      | ^~~~~~ known here: services, routes, include\n"
                   "shop.yaml:2:11: error: the file 'none.yaml' cannot be read: No such file or "
                   "directory\n"
                   "    2 | include: [none.yaml, nothing/*.yaml, more/a.yaml]\n"
                   "      |           ^~~~~~~~~\n"
                   "shop.yaml:2:22: warning: no file matches 'nothing/*.yaml' [empty-include]\n"
                   "    2 | include: [none.yaml, nothing/*.yaml, more/a.yaml]\n"
                   "      |                      ^~~~~~~~~~~~~~\n");
}

static void warnings_are_silenced_by_name(void **state)
{
    struct world *world = ((struct folder *)*state)->world;
    file_write("shop.yaml", "listen: 127.0.0.1:8080\n"
                            "admin: 0.0.0.0:9901\n"
                            "include: [nothing/*.yaml]\n"
                            "watch: off\n"
                            "allow: [public-admin, empty-include, no-routes]\n");
    assert_non_null(read_shop(world));
    assert_printed(world, "");
}

static void no_file_and_no_route(void **state)
{
    struct world *world = ((struct folder *)*state)->world;
    assert_null(read_shop(world));
    assert_printed(world, "shop.yaml: error: cannot be read: No such file or directory\n");
    diagnostics_init(&world->diagnostics, &world->arena);
    file_write("shop.yaml", "listen: 127.0.0.1:80\nroutes:\n");
    assert_non_null(read_shop(world));
    assert_printed(world,
                   "shop.yaml:1:1: warning: there is no route: every request is answered with 404 "
                   "[no-routes]\n"
                   "    1 | listen: 127.0.0.1:80\n"
                   "      | ^ routes: { GET /ping: { response: { body: { pong: true } } } }\n"
                   "shop.yaml:2:1: error: the key 'routes' has nothing behind it\n"
                   "    2 | routes:\n"
                   "      | ^~~~~~ write null\n");
}

static void ten_mistakes_give_ten_diagnostics(void **state)
{
    struct world *world = ((struct folder *)*state)->world;
    file_write("shop.yaml", "listen: 8080\n"
                            "helth: on\n"
                            "drain: 30\n"
                            "drain: 30s\n"
                            "defaults: { timeout: soon }\n"
                            "services:\n"
                            "  GET: http://a\n"
                            "  users: { url: http://a, headers: { Host: ${headers.host} } }\n"
                            "  orders:\n"
                            "  keys: http://${env.BRAID_TEST_NOT_SET}\n"
                            "routes:\n"
                            "  GET /: { response: @home }\n");
    struct config *config = read_shop(world);
    assert_int_equal(world->diagnostics.counts[SEVERITY_ERROR], 11);
    assert_int_equal(world->diagnostics.count, 11);
    assert_int_equal(config->service_count, 4);
    assert_printed(
        world,
        "shop.yaml:1:9: error: the address '8080' has no port\n"
        "    1 | listen: 8080\n"
        "      |         ^~~~ write 0.0.0.0:8080, \"[::]:8080\" or unix:/run/braid.sock\n"
        "shop.yaml:2:1: error: unknown key 'helth' in the file\n"
        "    2 | helth: on\n"
        "      | ^~~~~ did you mean 'health'?\n"
        "shop.yaml:3:8: error: '30' has no unit\n"
        "    3 | drain: 30\n"
        "      |        ^~ write a duration with its unit: 250ms, 1s, 5m, 1h\n"
        "shop.yaml:4:1: error: the key 'drain' is there twice\n"
        "    4 | drain: 30s\n"
        "      | ^~~~~ the first is on line 3\n"
        "shop.yaml:5:22: error: 'soon' is not a number with a unit\n"
        "    5 | defaults: { timeout: soon }\n"
        "      |                      ^~~~ write a duration with its unit: 250ms, 1s, 5m, 1h\n"
        "shop.yaml:7:3: error: a service cannot be called as the method GET\n"
        "    7 |   GET: http://a\n"
        "      |   ^~~\n"
        "shop.yaml:8:38: error: 'Host' is written by the gateway and cannot be set\n"
        "    8 |   users: { url: http://a, headers: { Host: ${headers.host} } }\n"
        "      |                                      ^~~~\n"
        "shop.yaml:8:44: error: '{' ends unquoted text inside { } and [ ]: a ${ must be quoted "
        "there\n"
        "    8 |   users: { url: http://a, headers: { Host: ${headers.host} } }\n"
        "      |                                            ^~~~~~~~~~~~~~~ write  users: { url: "
        "http://a, headers: { Host: \"${headers.host}\" } }\n"
        "shop.yaml:9:3: error: the key 'orders' has nothing behind it\n"
        "    9 |   orders:\n"
        "      |   ^~~~~~ write null\n"
        "shop.yaml:10:22: error: the environment variable 'BRAID_TEST_NOT_SET' is not set\n"
        "   10 |   keys: http://${env.BRAID_TEST_NOT_SET}\n"
        "      |                      ^~~~~~~~~~~~~~~~~~\n"
        "shop.yaml:12:22: error: '@' cannot begin unquoted text in YAML\n"
        "   12 |   GET /: { response: @home }\n"
        "      |                      ^~~~~ write  GET /: { response: \"@home\" }\n");
}

static void the_reference_names_every_key(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    assert_non_null(to);
    reference_print(to);
    fclose(to);
    const char *rows[] = {
        "| `listen` | address, or a list of them | required |",
        "| `admin` | address or `off` | `127.0.0.1:9901` |",
        "| `limits.head` | size, at least 1KiB, at most 64KiB | `16KiB` |",
        "| `cors.origins` | list of texts | required |",
        "| `retry.attempts` | whole number, at least 1, at most 10 | `2` |",
        "| `allow_link_local` | on or off | `off` |",
        "| `tls.ca` | file name |",
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_non_null(strstr(text, rows[i]));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(the_shortest_useful_file),
        in_folder(files_are_merged_in_order),
        in_folder(the_same_name_twice_shows_both),
        in_folder(what_cannot_be_included),
        in_folder(warnings_are_silenced_by_name),
        in_folder(no_file_and_no_route),
        in_folder(ten_mistakes_give_ten_diagnostics),
        cmocka_unit_test(the_reference_names_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
