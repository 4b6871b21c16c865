/* A log that was rotated away is begun again under its name. */
#include "base/log_file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void assert_file(const char *path, const char *expected)
{
    char text[64] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_true(read(fd, text, sizeof text - 1) >= 0);
    close(fd);
    assert_string_equal(text, expected);
}

static void a_file_that_was_renamed_is_left_alone(void **state)
{
    (void)state;
    char folder[] = "/tmp/braid-log-XXXXXX";
    char path[64], old[64];
    struct log_file file;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/access.log", folder);
    snprintf(old, sizeof old, "%s/access.log.1", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    log_file_init(&file, fd);
    assert_string_equal(file.path, path);
    assert_int_equal(write(fd, "one\n", 4), 4);
    assert_int_equal(rename(path, old), 0);
    assert_int_equal(write(fd, "two\n", 4), 4);
    assert_int_equal(log_file_reopen(&file), 0);
    assert_int_equal(write(fd, "three\n", 6), 6);
    assert_file(old, "one\ntwo\n");
    assert_file(path, "three\n");
    close(fd);
    unlink(path);
    unlink(old);
    rmdir(folder);
}

static void what_is_no_file_stays_as_it_is(void **state)
{
    (void)state;
    int ends[2];
    struct log_file file;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    log_file_init(&file, ends[1]);
    assert_string_equal(file.path, "");
    assert_int_equal(log_file_reopen(&file), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_was_renamed_is_left_alone),
        cmocka_unit_test(what_is_no_file_stays_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
