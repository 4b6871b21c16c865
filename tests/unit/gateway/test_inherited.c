/*
 * Sockets that were passed on: which address each is for, and what is said when they and the file
 * do not agree.
 */
#include "gateway/front/inherited.h"

#include "base/arena.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

/* Descriptors in a row, as a service manager leaves them. */
#define FIRST 100

struct manager {
    struct arena arena;
    struct settings settings;
    struct inherited inherited;
    int count;
    uint16_t port; /* of the socket that was opened last */
    char said[4096];
};

static int manager_begin(void **state)
{
    struct manager *manager = calloc(1, sizeof *manager);
    arena_init(&manager->arena, NULL, (size_t)1 << 20);
    *state = manager;
    return 0;
}

static int manager_end(void **state)
{
    struct manager *manager = *state;
    for (int i = 0; i < manager->count; i++)
        close(FIRST + i);
    arena_done(&manager->arena);
    free(manager);
    return 0;
}

static void manager_hold(struct manager *manager, int fd, const struct sockaddr *address,
                         socklen_t length, bool listens)
{
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, address, length), 0);
    if (listens)
        assert_int_equal(listen(fd, 8), 0);
    struct sockaddr_in bound;
    socklen_t size = sizeof bound;
    (void)getsockname(fd, (struct sockaddr *)&bound, &size);
    manager->port = ntohs(bound.sin_port); /* where IPv6 has it too */
    assert_int_equal(dup2(fd, FIRST + manager->count), FIRST + manager->count);
    close(fd);
    manager->count++;
}

static void manager_open(struct manager *manager, uint32_t host, bool listens)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(host)};
    manager_hold(manager, socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&address,
                 sizeof address, listens);
}

static bool manager_open_dual(struct manager *manager)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6};
    int none = 0, fd = socket(AF_INET6, SOCK_STREAM, 0);
    if (fd < 0)
        return false;
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &none, sizeof none);
    manager_hold(manager, fd, (struct sockaddr *)&address, sizeof address, true);
    return true;
}

static struct address manager_address(struct manager *manager, const char *host)
{
    struct address address = {0};
    struct str hint;
    struct str text = str_format(&manager->arena, "%s:%u", host, (unsigned)manager->port);
    assert_null(address_read(&manager->arena, text, &address, &hint));
    return address;
}

static void manager_listen(struct manager *manager, struct address address)
{
    struct address *list =
        arena_array(&manager->arena, struct address, manager->settings.listen_count + 1);
    for (uint32_t i = 0; i < manager->settings.listen_count; i++)
        list[i] = manager->settings.listen[i];
    list[manager->settings.listen_count++] = address;
    manager->settings.listen = list;
}

static bool manager_pass(struct manager *manager, const char *names)
{
    char pid[16], count[16];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    snprintf(count, sizeof count, "%d", manager->count);
    struct inherited_words words = {pid, count, names};
    return inherited_read(&words, getpid(), FIRST, &manager->inherited);
}

/* inherited_match(), and what was written on stderr meanwhile. */
static bool manager_match(struct manager *manager)
{
    FILE *heard = tmpfile();
    assert_non_null(heard);
    int before = dup(STDERR_FILENO);
    dup2(fileno(heard), STDERR_FILENO);
    bool is_fine = inherited_match(&manager->inherited, &manager->settings);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(heard);
    manager->said[fread(manager->said, 1, sizeof manager->said - 1, heard)] = '\0';
    fclose(heard);
    return is_fine;
}

static void each_address_gets_a_duplicate_of_its_socket(void **state)
{
    struct manager *manager = *state;
    manager_open(manager, INADDR_LOOPBACK, true);
    manager_listen(manager, manager_address(manager, "127.0.0.1"));
    manager_open(manager, INADDR_LOOPBACK, true);
    manager->settings.has_admin = true;
    manager->settings.admin = manager_address(manager, "127.0.0.1");
    assert_true(manager_pass(manager, "shop.socket:admin"));
    assert_int_equal(manager->inherited.count, 2);
    assert_string_equal(manager->inherited.list[0].name, "shop.socket");
    assert_string_equal(manager->inherited.list[1].name, "admin");
    assert_true(manager_match(manager));
    assert_string_equal(manager->said, "");
    int fd = inherited_open(&manager->inherited, &manager->settings.listen[0]);
    assert_true(fd >= 0);
    assert_int_not_equal(fd, FIRST);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(FIRST, F_GETFD) & FD_CLOEXEC);
    close(fd);
}

static void an_admin_that_was_not_passed_is_opened_as_ever(void **state)
{
    struct manager *manager = *state;
    manager_open(manager, INADDR_LOOPBACK, true);
    manager_listen(manager, manager_address(manager, "127.0.0.1"));
    manager->settings.has_admin = true;
    manager->port = 1;
    manager->settings.admin = manager_address(manager, "127.0.0.1");
    assert_true(manager_pass(manager, NULL));
    assert_true(manager_match(manager));
    assert_int_equal(inherited_open(&manager->inherited, &manager->settings.admin), -ENOENT);
}

static void a_socket_for_both_families_takes_0_0_0_0(void **state)
{
    struct manager *manager = *state;
    if (!manager_open_dual(manager))
        skip();
    manager_listen(manager, manager_address(manager, "0.0.0.0"));
    assert_true(manager_pass(manager, NULL));
    assert_true(manager_match(manager));
    assert_true(inherited_has(&manager->inherited, &manager->settings.listen[0]));
}

static void what_is_missing_and_what_is_too_much_is_said_by_name(void **state)
{
    struct manager *manager = *state;
    manager_open(manager, INADDR_LOOPBACK, true);
    uint16_t surplus = manager->port;
    manager->port = 1;
    manager_listen(manager, manager_address(manager, "127.0.0.1"));
    assert_true(manager_pass(manager, "shop.socket"));
    assert_false(manager_match(manager));
    assert_non_null(
        strstr(manager->said, "sockets were passed, but none for  listen: 127.0.0.1:1\n"));
    char wanted[128];
    snprintf(wanted, sizeof wanted,
             "the socket 'shop.socket' on 127.0.0.1:%u was passed, but neither listen nor admin is",
             (unsigned)surplus);
    assert_non_null(strstr(manager->said, wanted));
}

static void what_cannot_be_accepted_from_is_refused(void **state)
{
    struct manager *manager = *state;
    log_set(LOG_ERROR, LOG_TEXT);
    manager_open(manager, INADDR_LOOPBACK, false); /* bound, and does not listen */
    assert_false(manager_pass(manager, "lazy"));
}

static void words_for_another_process_are_nothing(void **state)
{
    struct manager *manager = *state;
    struct inherited_words other = {"1", "3", NULL}, none = {NULL, "1", NULL},
                           bad = {"x", "1", NULL}, many = {"7", "65", NULL};
    assert_true(inherited_read(&other, 7, FIRST, &manager->inherited));
    assert_int_equal(manager->inherited.count, 0);
    assert_true(inherited_read(&none, 7, FIRST, &manager->inherited));
    assert_int_equal(manager->inherited.count, 0);
    assert_true(manager_match(manager));
    assert_false(inherited_read(&bad, 7, FIRST, &manager->inherited));
    assert_false(inherited_read(&many, 7, FIRST, &manager->inherited));
}

#define story(test) cmocka_unit_test_setup_teardown(test, manager_begin, manager_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        story(each_address_gets_a_duplicate_of_its_socket),
        story(an_admin_that_was_not_passed_is_opened_as_ever),
        story(a_socket_for_both_families_takes_0_0_0_0),
        story(what_is_missing_and_what_is_too_much_is_said_by_name),
        story(what_cannot_be_accepted_from_is_refused),
        story(words_for_another_process_are_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
