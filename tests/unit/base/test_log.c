/* The log: what is in a line, what never is, and how long it may be. stderr is a pipe here. */
#include "base/log.h"

#include "base/buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

static int real_stderr;
static int reader;

static int set_up(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    real_stderr = dup(STDERR_FILENO);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    close(ends[1]);
    reader = ends[0];
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    close(reader);
    log_set(LOG_INFO, LOG_TEXT);
    return 0;
}

/* What was written since the last call, zero-terminated; "" where nothing was. */
static const char *written(void)
{
    static char text[4 * LOG_LINE_MAXIMUM];
    ssize_t got = read(reader, text, sizeof(text) - 1);
    text[got > 0 ? got : 0] = '\0';
    return text;
}

#define TIME_LENGTH 24

static void assert_time(const char *text)
{
    const char *shape = "dddd-dd-ddTdd:dd:dd.dddZ";
    for (size_t i = 0; i < TIME_LENGTH; i++) {
        if (shape[i] == 'd')
            assert_in_range(text[i], '0', '9');
        else
            assert_int_equal(text[i], shape[i]);
    }
}

static void test_a_line_of_text(void **state)
{
    (void)state;
    log_write(LOG_ERROR, "service %s: %d", "orders", 7);
    const char *line = written();
    assert_time(line);
    assert_string_equal(line + TIME_LENGTH, " error service orders: 7\n");
}

static void test_a_line_of_json(void **state)
{
    (void)state;
    log_set(LOG_INFO, LOG_JSON);
    log_write(LOG_WARNING, "it \"works\"");
    const char *line = written();
    assert_memory_equal(line, "{\"time\":\"", 9);
    assert_time(line + 9);
    assert_string_equal(line + 9 + TIME_LENGTH,
                        "\",\"level\":\"warning\",\"message\":\"it \\\"works\\\"\"}\n");
}

static void test_the_level_decides(void **state)
{
    (void)state;
    log_write(LOG_DEBUG, "hidden");
    assert_string_equal(written(), "");
    assert_false(log_is_on(LOG_DEBUG));
    assert_true(log_is_on(LOG_INFO));
    log_set(LOG_DEBUG, LOG_TEXT);
    log_write(LOG_DEBUG, "seen");
    assert_string_equal(written() + TIME_LENGTH, " debug seen\n");
    log_set(LOG_ERROR, LOG_TEXT);
    log_write(LOG_WARNING, "hidden");
    assert_string_equal(written(), "");
    log_write(LOG_ERROR, "seen");
    assert_string_equal(written() + TIME_LENGTH, " error seen\n");
}

static void test_errno_stays(void **state)
{
    (void)state;
    errno = ENOENT;
    log_write(LOG_ERROR, "text");
    assert_int_equal(errno, ENOENT);
}

/* What is said too often is counted, not written; another message is not held back by it. */
static void test_the_same_again_is_bounded(void **state)
{
    (void)state;
    uint64_t before = log_lost();
    for (int i = 0; i < 2 * LOG_SAME_LINES; i++)
        log_write(LOG_WARNING, "attempt %d failed", i);
    const char *text = written();
    int lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, LOG_SAME_LINES);
    assert_non_null(strstr(text, "attempt 19 failed\n"));
    assert_int_equal(log_lost() - before, LOG_SAME_LINES);
    log_write(LOG_WARNING, "something else");
    assert_string_equal(written() + TIME_LENGTH, " warning something else\n");
    for (int i = 0; i < 2 * LOG_SAME_LINES; i++)
        log_write(LOG_INFO, "listening on %d", i);
    assert_non_null(strstr(written(), "listening on 39\n"));
}

/* A pipe that nobody reads would stop whoever writes. */
static void test_a_full_pipe_loses_lines_and_stops_nobody(void **state)
{
    (void)state;
    uint64_t before = log_lost();
    for (int i = 0; i < 3000; i++)
        log_write(LOG_INFO, "%0100d", i);
    assert_true(log_lost() > before);
    while (written()[0] != '\0')
        continue;
    log_write(LOG_INFO, "again");
    assert_string_equal(written() + TIME_LENGTH, " info again\n");
}

static void test_no_line_can_be_forged(void **state)
{
    (void)state;
    log_write(LOG_INFO, "%s", "one\n2026-01-02T03:04:05.678Z error two\r\x1b[2J");
    assert_string_equal(written() + TIME_LENGTH,
                        " info one\\n2026-01-02T03:04:05.678Z error two\\r\\u001b[2J\n");
    log_set(LOG_INFO, LOG_JSON);
    log_write(LOG_INFO, "%s", "\"}\n{\"level\":\"error\"}\\");
    const char *line = written();
    json_t *object = json_loads(line, 0, NULL);
    assert_non_null(object);
    assert_int_equal(json_object_size(object), 3);
    assert_string_equal(json_string_value(json_object_get(object, "level")), "info");
    assert_string_equal(json_string_value(json_object_get(object, "message")),
                        "\"}\n{\"level\":\"error\"}\\");
    json_decref(object);
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void assert_escaped(struct str text, enum log_format format, const char *expected)
{
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    assert_true(log_escape(&buffer, text, format));
    assert_true(buffer_append_byte(&buffer, '\0'));
    assert_string_equal(buffer.at, expected);
    buffer_done(&buffer);
}

static void test_escapes(void **state)
{
    (void)state;
    assert_escaped(STR(""), LOG_JSON, "");
    assert_escaped(STR("plain"), LOG_JSON, "plain");
    assert_escaped(STR("a\"b\\c/"), LOG_JSON, "a\\\"b\\\\c/");
    assert_escaped(STR("a\"b\\c/"), LOG_TEXT, "a\"b\\\\c/");
    assert_escaped(STR("\n\r\t\0\x1f\x7f"), LOG_JSON, "\\n\\r\\t\\u0000\\u001f\\u007f");
    assert_escaped(STR("Zoë €😀"), LOG_JSON, "Zoë €😀");
    /* NEL, CSI; line and paragraph separator; a mark that reverses the direction; an isolate. */
    assert_escaped(STR("\xc2\x85\xc2\x9b\u2028\u2029\u202e\u2066"), LOG_TEXT,
                   "\\u0085\\u009b\\u2028\\u2029\\u202e\\u2066");
    assert_escaped(STR("\u00a0\u2027\u202f\u206a"), LOG_TEXT, "\u00a0\u2027\u202f\u206a");
}

#define BAD "\xef\xbf\xbd"

static void test_what_is_not_utf8_is_replaced(void **state)
{
    (void)state;
    assert_escaped(STR("a\xff\xfeZ"), LOG_JSON, "a" BAD BAD "Z");
    assert_escaped(STR("\x80"), LOG_JSON, BAD);
    assert_escaped(STR("\xc3"), LOG_JSON, BAD);
    assert_escaped(STR("\xe2\x82Z"), LOG_JSON, BAD "Z");
    assert_escaped(STR("\xf0\x9f\x98\n"), LOG_JSON, BAD "\\n");
    /* Overlong, a surrogate, beyond U+10FFFF. */
    assert_escaped(STR("\xc0\x8a"), LOG_JSON, BAD BAD);
    assert_escaped(STR("\xe0\x80\x8a"), LOG_JSON, BAD BAD BAD);
    assert_escaped(STR("\xed\xa0\x80"), LOG_JSON, BAD BAD BAD);
    assert_escaped(STR("\xf4\x90\x80\x80"), LOG_JSON, BAD BAD BAD BAD);
    assert_escaped(STR("\xf0\x80\x80\x80"), LOG_JSON, BAD BAD BAD BAD);
    assert_escaped(STR("\xf5Z"), LOG_JSON, BAD "Z");
    assert_escaped(STR("\xf4\x8f\xbf\xbf"), LOG_JSON, "\xf4\x8f\xbf\xbf");
    /* The example of the Unicode standard, section 3.9, table 3-8. */
    assert_escaped(STR("a\xf1\x80\x80\xe1\x80\xc2"
                       "b\x80"
                       "c\x80\xbf"
                       "d"),
                   LOG_JSON, "a" BAD BAD BAD "b" BAD "c" BAD BAD "d");
}

/* Every string of two bytes, and of a first byte with two more, comes out as good JSON. */
static void test_any_bytes_come_out_as_json(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    for (unsigned number = 0; number < 65536 * 2; number++) {
        char bytes[3] = {(char)(number >> 8), (char)number, (char)(number >> 16 ? 0x9f : 'x')};
        buffer_clear(&buffer);
        buffer_append_byte(&buffer, '"');
        assert_true(log_escape(&buffer, (struct str){bytes, 3}, LOG_JSON));
        buffer_append_byte(&buffer, '"');
        json_t *string =
            json_loadb(buffer.at, buffer.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        assert_non_null(string);
        json_decref(string);
        for (size_t i = 0; i < buffer.length; i++)
            assert_true((unsigned char)buffer.at[i] >= 0x20 && buffer.at[i] != 0x7f);
    }
    buffer_done(&buffer);
}

static void test_the_buffer_ends_between_characters(void **state)
{
    (void)state;
    const char *kept[] = {"",    "a",   "ab",  "ab",  "ab",         "ab€",        "ab€",
                          "ab€", "ab€", "ab€", "ab€", "ab€\\u001b", "ab€\\u001bc"};
    for (size_t limit = 0; limit < sizeof(kept) / sizeof(*kept); limit++) {
        struct buffer buffer;
        buffer_init(&buffer, limit);
        assert_int_equal(log_escape(&buffer,
                                    STR("ab€\x1b"
                                        "c"),
                                    LOG_JSON),
                         limit == 12);
        assert_int_equal(buffer.is_over, limit < 12);
        assert_int_equal(buffer.length, strlen(kept[limit]));
        if (buffer.length > 0)
            assert_memory_equal(buffer.at, kept[limit], buffer.length);
        buffer_done(&buffer);
    }
}

static void fill(char *text, size_t length, const char *unit)
{
    for (size_t i = 0; i < length; i++)
        text[i] = unit[i % strlen(unit)];
    text[length] = '\0';
}

static void test_a_long_line_is_cut(void **state)
{
    (void)state;
    static char text[3 * LOG_LINE_MAXIMUM];
    const char *units[] = {"x", "€", "\n", "\xff", "a€\x01"};
    for (size_t unit = 0; unit < 5; unit++) {
        fill(text, sizeof(text) - 1, units[unit]);
        log_set(LOG_INFO, LOG_JSON);
        log_write(LOG_INFO, "%s", text);
        const char *line = written();
        assert_in_range(strlen(line), LOG_LINE_MAXIMUM - 12, LOG_LINE_MAXIMUM);
        assert_string_equal(line + strlen(line) - strlen("…\"}\n"), "…\"}\n");
        json_t *object = json_loads(line, 0, NULL);
        assert_non_null(object);
        json_decref(object);

        log_set(LOG_INFO, LOG_TEXT);
        log_write(LOG_INFO, "%s", text);
        line = written();
        assert_in_range(strlen(line), LOG_LINE_MAXIMUM - 12, LOG_LINE_MAXIMUM);
        assert_string_equal(line + strlen(line) - strlen("…\n"), "…\n");
    }
}

static void test_a_line_that_just_fits_is_whole(void **state)
{
    (void)state;
    static char text[LOG_LINE_MAXIMUM];
    size_t most = LOG_LINE_MAXIMUM - strlen("…\"}\n") - TIME_LENGTH - strlen(" info ");
    fill(text, most, "x");
    log_write(LOG_INFO, "%s", text);
    const char *line = written();
    assert_int_equal(strlen(line), TIME_LENGTH + strlen(" info ") + most + 1);
    assert_null(strstr(line, "…"));
    fill(text, most + 1, "x");
    log_write(LOG_INFO, "%s", text);
    assert_non_null(strstr(written(), "x…\n"));
}

int main(void)
{
#define WITH_PIPE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_PIPE(test_a_line_of_text),
        WITH_PIPE(test_a_line_of_json),
        WITH_PIPE(test_the_level_decides),
        WITH_PIPE(test_errno_stays),
        WITH_PIPE(test_the_same_again_is_bounded),
        WITH_PIPE(test_a_full_pipe_loses_lines_and_stops_nobody),
        WITH_PIPE(test_no_line_can_be_forged),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_what_is_not_utf8_is_replaced),
        cmocka_unit_test(test_any_bytes_come_out_as_json),
        cmocka_unit_test(test_the_buffer_ends_between_characters),
        WITH_PIPE(test_a_long_line_is_cut),
        WITH_PIPE(test_a_line_that_just_fits_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
