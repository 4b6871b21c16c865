/*
 * What the service manager hears, played by a datagram socket of our own.
 */
#include "gateway/notify.h"

#include "base/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

/* Listens where `name` says, as NOTIFY_SOCKET would have it. */
static int manager_open(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    memcpy(address.sun_path, name, length);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)),
                     0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static void assert_heard(int fd, const char *wanted)
{
    char text[256] = "";
    ssize_t length = recv(fd, text, sizeof text - 1, 0);
    assert_true(length >= 0);
    text[length] = '\0';
    assert_string_equal(text, wanted);
}

static void hears_all_three(int fd)
{
    notify_ready();
    assert_heard(fd, "READY=1");
    notify_reloading(1234567);
    assert_heard(fd, "RELOADING=1\nMONOTONIC_USEC=1234567");
    notify_ready();
    assert_heard(fd, "READY=1");
    notify_stopping();
    assert_heard(fd, "STOPPING=1");
    close(fd);
    unsetenv("NOTIFY_SOCKET");
}

static void a_socket_with_a_path(void **state)
{
    (void)state;
    char folder[] = "/tmp/braid-notify-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/notify", folder);
    hears_all_three(manager_open(path));
    unlink(path);
    rmdir(folder);
}

static void an_abstract_socket(void **state)
{
    (void)state;
    char name[64];
    snprintf(name, sizeof name, "@braid-notify-%d", (int)getpid());
    hears_all_three(manager_open(name));
}

/* Nobody who must be told, or nobody who listens: the gateway goes on, and says so at most. */
static void without_a_manager_nothing_happens(void **state)
{
    (void)state;
    log_set(LOG_ERROR, LOG_TEXT);
    unsetenv("NOTIFY_SOCKET");
    notify_ready();
    char too_long[200];
    memset(too_long, '/', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    const char *useless[] = {
        "", "/nowhere/notify", "@braid-nobody", "vsock:2:1234", too_long};
    for (size_t i = 0; i < sizeof useless / sizeof *useless; i++) {
        setenv("NOTIFY_SOCKET", useless[i], 1);
        notify_ready();
        notify_stopping();
    }
    unsetenv("NOTIFY_SOCKET");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_socket_with_a_path),
        cmocka_unit_test(an_abstract_socket),
        cmocka_unit_test(without_a_manager_nothing_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
