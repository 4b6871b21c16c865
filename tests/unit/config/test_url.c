/*
 * Addresses of services, of listeners, and blocks of addresses.
 */
#include "printed.h"

#include "config/address.h"
#include "config/url.h"

static void urls_are_cut(void **state)
{
    struct world *world = *state;
    const struct {
        const char *text;
        bool is_tls;
        const char *host;
        const char *authority;
        uint16_t port;
        const char *prefix;
    } cases[] = {
        {"http://users.internal:8080", false, "users.internal", "users.internal:8080", 8080, ""},
        {"http://users", false, "users", "users", 80, ""},
        {"http://users:80/", false, "users", "users", 80, ""},
        {"https://a.example/v1/x/", true, "a.example", "a.example", 443, "/v1/x"},
        {"https://a.example:443", true, "a.example", "a.example", 443, ""},
        {"https://a.example:80", true, "a.example", "a.example:80", 80, ""},
        {"http://[::1]:9/p%20q", false, "::1", "[::1]:9", 9, "/p%20q"},
        {"http://[::1]", false, "::1", "[::1]", 80, ""},
        {"http://10.0.0.7:65535", false, "10.0.0.7", "10.0.0.7:65535", 65535, ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct url url;
        struct str hint;
        assert_null(url_read(&world->arena, str_of(cases[i].text), &url, &hint));
        assert_int_equal(url.is_tls, cases[i].is_tls);
        assert_str(url.host, cases[i].host);
        assert_str(url.authority, cases[i].authority);
        assert_int_equal(url.port, cases[i].port);
        assert_str(url.prefix, cases[i].prefix);
        assert_true(str_is_empty(url.unix_path));
        assert_int_equal(url.weight, 1);
    }
}

static void unix_sockets(void **state)
{
    struct world *world = *state;
    struct url url;
    struct str hint;
    assert_null(url_read(&world->arena, STR("unix:/run/users.sock"), &url, &hint));
    assert_str(url.unix_path, "/run/users.sock");
    assert_str(url.authority, "localhost");
    assert_str(url.prefix, "");
    assert_string_equal(url_read(&world->arena, STR("unix:users.sock"), &url, &hint),
                        "has no absolute path");
    assert_str(hint, "write unix:/run/service.sock");
}

static void what_is_no_address_of_a_service(void **state)
{
    struct world *world = *state;
    const struct {
        const char *text;
        const char *why;
    } cases[] = {
        {"users:8080", "has no scheme"},
        {"", "has no scheme"},
        {"ftp://users", "has a scheme that is neither http, https nor unix"},
        {"HTTP://users", "has a scheme that is neither http, https nor unix"},
        {"http://", "has no host"},
        {"http://:80", "has no host"},
        {"http:///x", "has no host"},
        {"http://me:pw@users", "holds a user or password"},
        {"http://users?x=1", "holds a query"},
        {"http://users/a?x", "holds a query"},
        {"http://users/a#x", "holds a fragment"},
        {"http://users:0", "has a port that is no number from 1 to 65535"},
        {"http://users:", "has a port that is no number from 1 to 65535"},
        {"http://users:99999", "has a port that is no number from 1 to 65535"},
        {"http://users:8o", "has a port that is no number from 1 to 65535"},
        {"http://us ers", "has a host that is neither a name nor an address"},
        {"http://us%65rs", "has a host that is neither a name nor an address"},
        {"http://a,b", "has a host that is neither a name nor an address"},
        {"http://[::1", "has a [ without its ]"},
        {"http://[::1]x", "has something behind the ]"},
        {"http://[users]", "has a host that is neither a name nor an address"},
        {"http://a/b c", "has a path with a byte that must be percent-encoded"},
        {"http://a/b%2", "has a path with a byte that must be percent-encoded"},
        {"http://a\\b", "has a path with a byte that must be percent-encoded"},
        {"http://a/../b", "has a path with an empty, . or .. segment"},
        {"http://a//b", "has a path with an empty, . or .. segment"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct url url = {.port = 7};
        struct str hint;
        const char *why = url_read(&world->arena, str_of(cases[i].text), &url, &hint);
        assert_non_null(why);
        assert_string_equal(why, cases[i].why);
        assert_int_equal(url.port, 7);
    }
}

static void metadata_services_are_known(void **state)
{
    struct world *world = *state;
    const char *link_local[] = {
        "http://169.254.169.254/latest",
        "http://169.254.0.1",
        "http://2852039166/",
        "http://0xA9FEA9FE",
        "http://0251.0376.0251.0376",
        "http://[fe80::1]",
        "http://[febf::1]",
        "http://[::ffff:169.254.169.254]",
        "http://[fd00:ec2::254]",
    };
    const char *others[] = {
        "http://169.253.169.254", "http://10.0.0.1", "http://[fec0::1]", "http://[::1]",
        "http://users",           "unix:/run/x",     "http://fe80"};
    struct url url;
    struct str hint;
    for (size_t i = 0; i < sizeof(link_local) / sizeof(*link_local); i++) {
        assert_null(url_read(&world->arena, str_of(link_local[i]), &url, &hint));
        assert_true(url_is_link_local(&url));
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        assert_null(url_read(&world->arena, str_of(others[i]), &url, &hint));
        assert_false(url_is_link_local(&url));
    }
}

static void listeners(void **state)
{
    struct world *world = *state;
    struct address address;
    struct str hint;
    assert_null(address_read(&world->arena, STR("0.0.0.0:8080"), &address, &hint));
    assert_str(address.host, "0.0.0.0");
    assert_str(address.text, "0.0.0.0:8080");
    assert_int_equal(address.port, 8080);
    assert_null(address_read(&world->arena, STR("[::]:0"), &address, &hint));
    assert_str(address.host, "::");
    assert_int_equal(address.port, 0);
    assert_null(address_read(&world->arena, STR("localhost:80"), &address, &hint));
    assert_str(address.host, "127.0.0.1");
    assert_null(address_read(&world->arena, STR("unix:/run/braid.sock"), &address, &hint));
    assert_str(address.unix_path, "/run/braid.sock");
    assert_str(address.host, "");
    const struct {
        const char *text;
        const char *why;
    } wrong[] = {
        {"8080", "has no port"},
        {"", "has no port"},
        {"[::]", "has no port"},
        {":8080", "has a host that is no address"},
        {"shop.example:80", "has a host that is no address"},
        {"::1:80", "has a host that is no address"},
        {"[1.2.3.4]:80", "has a host that is no address"},
        {"127.0.0.1:", "has a port that is no number up to 65535"},
        {"127.0.0.1:70000", "has a port that is no number up to 65535"},
        {"unix:braid.sock", "has no absolute path"},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        const char *why = address_read(&world->arena, str_of(wrong[i].text), &address, &hint);
        assert_non_null(why);
        assert_string_equal(why, wrong[i].why);
        assert_str(hint, "write 0.0.0.0:8080, \"[::]:8080\" or unix:/run/braid.sock");
    }
}

static void blocks(void **state)
{
    struct world *world = *state;
    struct block block;
    assert_null(block_read(&world->arena, STR("10.0.0.0/8"), &block));
    const uint8_t ten[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, 0};
    assert_memory_equal(block.bytes, ten, 16);
    assert_int_equal(block.bits, 104);
    assert_null(block_read(&world->arena, STR("127.0.0.1"), &block));
    assert_int_equal(block.bits, 128);
    assert_null(block_read(&world->arena, STR("fd00::/8"), &block));
    assert_int_equal(block.bytes[0], 0xFD);
    assert_int_equal(block.bits, 8);
    assert_null(block_read(&world->arena, STR("::/0"), &block));
    assert_int_equal(block.bits, 0);
    assert_string_equal(block_read(&world->arena, STR("10.0.0.0/33"), &block),
                        "has no number up to 32 behind the slash");
    assert_string_equal(block_read(&world->arena, STR("::1/129"), &block),
                        "has no number up to 128 behind the slash");
    assert_string_equal(block_read(&world->arena, STR("10.1.0.0/8"), &block),
                        "has digits behind its block: they would not count");
    assert_string_equal(block_read(&world->arena, STR("proxy"), &block),
                        "is no address and no block of addresses");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        story(urls_are_cut),
        story(unix_sockets),
        story(what_is_no_address_of_a_service),
        story(metadata_services_are_known),
        story(listeners),
        story(blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
