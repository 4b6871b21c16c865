/*
 * Heads and chunks as they come in pieces; what is wrong on the wire is in test_flight_wire.
 */
#include "base/arena.h"
#include "gateway/upstream/answer_head.h"
#include "gateway/upstream/chunks.h"
#include "gateway/upstream/flight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Reads a head that comes in pieces of `size`; the whole of it must be wanted. */
static bool head_read_in(struct answer_head *head, struct str text, size_t size)
{
    answer_head_reset(head);
    for (size_t came = 0; came < text.length;) {
        came = came + size < text.length ? came + size : text.length;
        if (!answer_head_read(head, (struct str){text.at, came}))
            return false;
    }
    return true;
}

static bool head_read(struct answer_head *head, struct str text)
{
    bool is_good = head_read_in(head, text, 1);
    assert_int_equal(head_read_in(head, text, 7), is_good);
    assert_int_equal(head_read_in(head, text, text.length), is_good);
    return is_good;
}

static void a_head_is_given_as_it_came(void **state)
{
    (void)state;
    struct answer_head head;
    struct arena arena;
    struct flight_answer answer;
    arena_init(&arena, NULL, 4096);
    struct str text = STR("HTTP/1.1 102\r\nX-Gone: 1\r\n\r\n"
                          "HTTP/1.0 404 Not  \x80 here\r\n"
                          "X-A:1\r\nx-b: \t two words \t\r\nX-Empty:\r\n"
                          "!#$%&'*+-.^_`|~09azAZ: \xff\r\n"
                          "Content-Length: 007\r\n\r\n[1,2,3]");
    assert_true(head_read(&head, text));
    assert_int_equal(head.bytes, text.length - 7);
    assert_int_equal(head.state, ANSWER_HEAD_IS_WHOLE);
    assert_true(head.is_1_0);
    assert_true(head.has_length);
    assert_false(head.is_chunked);
    assert_int_equal(head.length, 7);
    answer_head_give(&head, text, &arena, &answer);
    static const struct field expected[] = {
        {{"X-A", 3}, {"1", 1}},
        {{"x-b", 3}, {"two words", 9}},
        {{"X-Empty", 7}, {"", 0}},
        {{"!#$%&'*+-.^_`|~09azAZ", 21}, {"\xff", 1}},
        {{"Content-Length", 14}, {"007", 3}},
    };
    assert_int_equal(answer.status, 404);
    assert_int_equal(answer.field_count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        assert_true(str_equal(answer.fields[i].name, expected[i].name));
        assert_true(str_equal(answer.fields[i].value, expected[i].value));
    }
    arena_done(&arena);
}

static void zero_bytes_and_codings_without_a_body_are_refused(void **state)
{
    (void)state;
    struct answer_head head;
    assert_false(head_read(&head, STR("HTTP/1.1 200 O\0K\r\n\r\n")));
    assert_false(head_read(&head, STR("HTTP/1.1 200 OK\r\nX\0A: 1\r\n\r\n")));
    assert_false(head_read(&head, STR("HTTP/1.1 200 OK\r\nX-A: \0\r\n\r\n")));
    assert_false(head_read(&head, STR("HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n")));
    assert_true(head_read(&head, STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n\r\n")));
    assert_true(head.is_chunked);
    assert_true(head_read(&head, STR("HTTP/1.1 200 OK\r\n\r\n")));
    assert_false(head.is_chunked);
}

static void a_head_that_is_not_whole_is_waited_for(void **state)
{
    (void)state;
    struct answer_head head;
    assert_true(head_read(&head, STR("HTTP/1.1 200 O")));
    assert_int_equal(head.state, ANSWER_HEAD_AT_STATUS);
    assert_int_equal(head.bytes, 0);
    assert_true(head_read(&head, STR("HTTP/1.1 200 OK\r\nX-A: 1")));
    assert_int_equal(head.state, ANSWER_HEAD_AT_FIELDS);
    assert_int_equal(head.bytes, 17);
    assert_true(head_read(&head, STR("HTTP/1.1 100 Continue\r\n\r\nHTTP")));
    assert_int_equal(head.state, ANSWER_HEAD_AT_STATUS);
    /* But not for what can never become one. */
    assert_false(head_read(&head, STR("{\"a\"")));
    assert_false(head_read(&head, STR("HTTP/2")));
    assert_false(head_read(&head, STR("HTTP/1.1 100 Continue\r\n\r\n{")));
    char *endless = malloc(ANSWER_HEAD_BYTES + 1);
    memset(endless, 'a', ANSWER_HEAD_BYTES + 1);
    memcpy(endless, "HTTP/1.1 200 ", 13);
    assert_true(head_read_in(&head, (struct str){endless, ANSWER_HEAD_BYTES}, 1000));
    assert_false(head_read_in(&head, (struct str){endless, ANSWER_HEAD_BYTES + 1}, 1000));
    free(endless);
}

static void what_a_head_says_of_its_connection(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool is_last;
    } cases[] = {
        {"Connection: close", true},
        {"connection:CLOSE", true},
        {"Connection: keep-alive, Close\t, x", true},
        {"Connection: keep-alive", false},
        {"Connection: closed, not-close", false},
        {"Connection:", false},
        {"X-Connection: close", false},
        {"Connectio: close", false},
    };
    struct answer_head head;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[128];
        snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n%s\r\n\r\n", cases[i].line);
        assert_true(head_read(&head, str_of(text)));
        assert_int_equal(head.is_last, cases[i].is_last);
    }
    assert_true(head_read(&head, STR("HTTP/1.1 103 X\r\nConnection: close\r\n\r\n"
                                     "HTTP/1.1 200 OK\r\n\r\n")));
    assert_false(head.is_last);
}

/* Reads the text in pieces of `size`; the data goes to `to`. */
static bool chunked_text(struct str text, size_t size, char *to, size_t *ret_length)
{
    struct chunks chunks;
    size_t length = 0;
    chunks_init(&chunks);
    while (text.length > 0) {
        struct str piece = {text.at, text.length < size ? text.length : size};
        text = str_from(text, piece.length);
        while (piece.length > 0) {
            struct str data;
            if (!chunks_next(&chunks, &piece, &data))
                return false;
            if (data.length > 0)
                memcpy(to + length, data.at, data.length);
            length += data.length;
        }
    }
    *ret_length = length;
    return chunks_are_whole(&chunks);
}

static void chunks_do_not_depend_on_the_pieces(void **state)
{
    (void)state;
    struct str text = STR("5\r\nhello\r\n00000001;a=b;c=\"d\"\r\n,\r\nA\r\n\r\n0\r\n\r\nabc"
                          "\r\n0\r\nX-Sum: a b\r\nY:\r\n\r\n");
    for (size_t size = 1; size <= text.length; size++) {
        char to[64];
        size_t length;
        assert_true(chunked_text(text, size, to, &length));
        assert_int_equal(length, 16);
        assert_memory_equal(to, "hello,\r\n0\r\n\r\nabc", 16);
        for (size_t cut = 0; cut < text.length; cut += size)
            assert_false(chunked_text((struct str){text.at, cut}, size, to, &length));
    }
}

static void chunks_that_are_wrong(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "\r\n",          ";x\r\n",          "g\r\n",
        "-1\r\n",        "0x1\r\n",         " 1\r\na\r\n",
        "1 \r\na\r\n",   "1\na\r\n",        "1\r\na\n0\r\n\r\n",
        "1\r\nab\r\n",   "1\r\n\r\na",      "0\n\r\n",
        "0\r\n\n",       "0\r\nX\r\n\r\n",  "0\r\n: 1\r\n\r\n",
        "0\r\nX :1\r\n", "0\r\n X: 1\r\n",  "0\r\nX: \x01\r\n",
        "0\r\n\r\n\r\n", "1;\x7f\r\na\r\n", "123456789\r\n",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char to[64];
        size_t length;
        assert_false(chunked_text(str_of(wrong[i]), 64, to, &length));
        assert_false(chunked_text(str_of(wrong[i]), 1, to, &length));
    }
}

static void a_chunk_line_has_an_end(void **state)
{
    (void)state;
    struct chunks chunks;
    struct str data;
    struct str rest = STR("1;");
    chunks_init(&chunks);
    assert_true(chunks_next(&chunks, &rest, &data));
    size_t taken = 0;
    for (bool is_good = true; is_good; taken++) {
        rest = STR("x");
        is_good = chunks_next(&chunks, &rest, &data);
    }
    assert_int_equal(taken, CHUNK_LINE_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_is_given_as_it_came),
        cmocka_unit_test(zero_bytes_and_codings_without_a_body_are_refused),
        cmocka_unit_test(a_head_that_is_not_whole_is_waited_for),
        cmocka_unit_test(what_a_head_says_of_its_connection),
        cmocka_unit_test(chunks_do_not_depend_on_the_pieces),
        cmocka_unit_test(chunks_that_are_wrong),
        cmocka_unit_test(a_chunk_line_has_an_end),
    };
    return cmocka_run_group_tests_name("answer head", tests, NULL, NULL);
}
