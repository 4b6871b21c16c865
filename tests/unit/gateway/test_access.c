/*
 * The access log when a turn of the loop has more lines than the buffer has room: none is lost
 * where standard output takes them, and those that it refuses are counted.
 */
#include "gateway/front/access.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define LINES 10000

struct log_under_test {
    struct access access;
    struct settings settings;
    struct tally *tally;
    struct exchange exchange;
    struct account account;
    int kept; /* the real standard output */
};

static void log_open(struct log_under_test *log, int fd)
{
    assert_true(fd >= 0);
    *log = (struct log_under_test){
        .settings = {.log_access = true, .log_format = LOG_JSON},
        .tally = tally_new(),
        .exchange = {.context = {.envelope = {.id = STR("one-of-many")},
                                 .request = {.path = STR("/a/page/with/a/long/path")}}},
        .account = {.status = 200, .began = 1000, .ended = 3500},
        .kept = dup(STDOUT_FILENO),
    };
    fflush(stdout);
    assert_int_equal(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
    close(fd);
    access_init(&log->access, &log->settings, log->tally);
}

static void log_close(struct log_under_test *log)
{
    access_done(&log->access);
    assert_int_equal(dup2(log->kept, STDOUT_FILENO), STDOUT_FILENO);
    close(log->kept);
}

static void log_write_lines(struct log_under_test *log, int count)
{
    for (int i = 0; i < count; i++)
        access_write(&log->access, &log->exchange, &log->account);
}

static size_t lines_in(const char *path)
{
    size_t count = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (int byte = getc(file); byte != EOF; byte = getc(file))
        count += byte == '\n';
    fclose(file);
    return count;
}

static void test_a_file_takes_every_line_of_a_long_turn(void **state)
{
    (void)state;
    struct log_under_test log;
    char path[] = "/tmp/braid-test-access-XXXXXX";
    log_open(&log, mkstemp(path));
    log_write_lines(&log, LINES);
    log_close(&log);
    assert_int_equal(lines_in(path), LINES);
    assert_int_equal(count_read(&log.tally->access_lines_lost), 0);
    unlink(path);
    tally_free(log.tally);
}

static void test_what_a_full_disk_refuses_is_counted(void **state)
{
    (void)state;
    struct log_under_test log;
    log_open(&log, open("/dev/full", O_WRONLY | O_CLOEXEC));
    log_write_lines(&log, LINES);
    log_close(&log);
    assert_int_equal(count_read(&log.tally->access_lines_lost), LINES);
    tally_free(log.tally);
}

static void test_a_pipe_that_nobody_reads_costs_lines_and_no_time(void **state)
{
    (void)state;
    struct log_under_test log;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    log_open(&log, ends[1]);
    log_write_lines(&log, LINES);
    assert_true(count_read(&log.tally->access_lines_lost) > 0);
    log_close(&log);
    close(ends[0]);
    tally_free(log.tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_takes_every_line_of_a_long_turn),
        cmocka_unit_test(test_what_a_full_disk_refuses_is_counted),
        cmocka_unit_test(test_a_pipe_that_nobody_reads_costs_lines_and_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
