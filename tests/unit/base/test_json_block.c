/*
 * Reading in blocks against reading plainly: whatever the text, both must say the same. The public
 * suites alone would let a wrong validator pass, so the texts here are made: all short rows of
 * tokens, of bytes of numbers and of pieces of strings, and documents that are damaged at each
 * byte, all of it across the border between two blocks and at each distance from it.
 */
#include "base/json/read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BLOCK_BYTES  64
#define TEXT_MAXIMUM 2048

static const struct json_limits limits = {.bytes = 1 << 20, .nodes = 1 << 16, .depth = 8};

struct tally {
    unsigned long accepted;
    unsigned long refused;
};

/* A text under way: in memory that ends where it ends, so that a sanitizer sees who reads on. */
struct page {
    char bytes[TEXT_MAXIMUM];
    size_t length;
};

static void page_put(struct page *page, const char *bytes, size_t length)
{
    assert_true(length <= TEXT_MAXIMUM - page->length);
    memcpy(page->bytes + page->length, bytes, length);
    page->length += length;
}

static void page_put_text(struct page *page, const char *text)
{
    page_put(page, text, strlen(text));
}

static void page_fill(struct page *page, char byte, size_t count)
{
    assert_true(count <= TEXT_MAXIMUM - page->length);
    memset(page->bytes + page->length, byte, count);
    page->length += count;
}

static void both_agree(const struct page *page, struct tally *tally)
{
    char *exact = malloc(page->length);
    assert_non_null(exact);
    memcpy(exact, page->bytes, page->length);
    struct str text = {exact, page->length};
    struct json value;
    size_t at_plain = 0;
    enum json_fault plain = read_text(BLOCK_PLAIN, NULL, text, &limits, &value, &at_plain);
    for (enum block_way way = BLOCK_PLAIN + 1; way < BLOCK_WAY_COUNT; way++) {
        size_t at = 0;
        if (!block_way_is_possible(way))
            continue;
        bool is_json = block_check(way, text, limits.depth);
        if (is_json != (plain == JSON_OK))
            fail_msg("%s in blocks, otherwise %s: %.*s", is_json ? "accepted" : "refused",
                     json_fault_names[plain], STR_ARGS(text));
        assert_int_equal(read_text(way, NULL, text, &limits, &value, &at), plain);
        assert_int_equal(at, at_plain);
    }
    free(exact);
    *(plain == JSON_OK ? &tally->accepted : &tally->refused) += 1;
}

static void skip_where_no_block_is_read(void)
{
    if (block_way() == BLOCK_PLAIN) {
        print_message("skipped: this processor reads plainly\n");
        skip();
    }
}

/* --- rows --------------------------------------------------------------------------------- */

/* All rows of `length` pieces between `before` and `after`, which begin `ahead` bytes before the
 * border of a block. */
static void rows_try(const char *const *pieces, unsigned count, unsigned length, const char *before,
                     const char *after, size_t ahead, struct tally *tally)
{
    unsigned long rows = 1;
    for (unsigned i = 0; i < length; i++)
        rows *= count;
    for (unsigned long row = 0; row < rows; row++) {
        struct page page = {.length = 0};
        page_put_text(&page, "[\"");
        page_fill(&page, 'x', BLOCK_BYTES - strlen("[\"\",") - strlen(before) - ahead);
        page_put_text(&page, "\",");
        page_put_text(&page, before);
        unsigned long left = row;
        for (unsigned i = 0; i < length; i++, left /= count)
            page_put_text(&page, pieces[left % count]);
        page_put_text(&page, after);
        page_put_text(&page, "]");
        both_agree(&page, tally);
    }
}

#define ROWS(tally, length, before, after, ...)                                                    \
    do {                                                                                           \
        static const char *const pieces[] = {__VA_ARGS__};                                         \
        for (unsigned shorter = 1; shorter <= (length); shorter++) {                               \
            for (size_t ahead = 0; ahead <= 6; ahead += 3)                                         \
                rows_try(pieces, sizeof pieces / sizeof *pieces, shorter, before, after, ahead,    \
                         &(tally));                                                                \
        }                                                                                          \
    } while (0)

static void test_all_rows_of_tokens(void **state)
{
    (void)state;
    skip_where_no_block_is_read();
    struct tally tally = {0};
    ROWS(tally, 5, "[", "]", "[", "]", "{", "}", ",", ":", "\"a\"", "7", " ", "null");
    ROWS(tally, 5, "{", "}", "[", "]", "{", "}", ",", ":", "\"a\"", "7", "\n", "false");
    ROWS(tally, 4, "{\"k\":", "}", "[", "]", "{", "}", ",", ":", "\"\"", "\"a\":", " ", "true",
         "0");
    print_message("tokens: %lu accepted, %lu refused\n", tally.accepted, tally.refused);
    assert_true(tally.accepted > 1000 && tally.refused > 100000);
}

static void test_all_rows_of_bytes_of_numbers(void **state)
{
    (void)state;
    skip_where_no_block_is_read();
    struct tally tally = {0};
    ROWS(tally, 6, "[", "]", "0", "1", "-", "+", ".", "e");
    ROWS(tally, 4, "{\"a\":", "}", "0", "9", "-", "+", ".", "E", " ", "t", "\x01", "\"");
    print_message("numbers: %lu accepted, %lu refused\n", tally.accepted, tally.refused);
    assert_true(tally.accepted > 1000 && tally.refused > 100000);
}

static void test_all_rows_of_pieces_of_strings(void **state)
{
    (void)state;
    skip_where_no_block_is_read();
    struct tally tally = {0};
    ROWS(tally, 5, "\"", "\"", "\"", "\\", "u", "00a", "\xc3", "\xa9", "\xe2\x82", "\x1f", "]");
    ROWS(tally, 4, "{\"", "\":1}", "\"", "\\", "\\\"", "\\u00e9", "\xf0\x9f\x98\x80", "\xed\xa0",
         "\x80", ":", "\t", ",");
    print_message("strings: %lu accepted, %lu refused\n", tally.accepted, tally.refused);
    assert_true(tally.accepted > 1000 && tally.refused > 100000);
}

/* --- documents ---------------------------------------------------------------------------- */

static const char *const documents[] = {
    "{\"id\":42,\"total\":842.30,\"at\":\"2026-01-02T03:04:05Z\",\"items\":[{\"n\":1,\"p\":-0.5},"
    "{\"n\":2,\"p\":1e5,\"gift\":false}],\"note\":null}",
    "{ \"a\" : [ 1 , 2.5 , -3E-7 ] ,\r\n\t\"b\" : { } , \"c\" : [ ] , \"d\" : true }",
    "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud834\\udd1e\",\"\\\\\",\"\",\"\\\\\\\"\"]",
    "[\"Gr\xc3\xb6\xc3\x9f"
    "e \xe2\x82\xac \xf0\x9f\x98\x80\",{\"\xd0\x97\xd0\xb4\xd1\x80\":\"\xed\x9f\xbf\"}]",
    "[[[[[[[]]]]]],[[[[{\"a\":[0,-0,0.0,10,100.001,1.5e+300]}]]]]]",
    "[\"a string that is longer than one block, and goes on behind its border for a while, so "
    "that a block has nothing but its bytes in it, and another one\",12345678901234567890123456789"
    "0123456789012345678901234567890123456789012345678901234567890.5]",
};

static void document_put(struct page *page, const char *document, size_t shift, char filler)
{
    page->length = 0;
    page_put_text(page, "[");
    if (filler == ' ') {
        page_fill(page, ' ', shift);
    } else {
        page_put_text(page, "\"");
        page_fill(page, filler, shift);
        page_put_text(page, "\",");
    }
    page_put_text(page, document);
}

static void test_documents_damaged_at_each_byte(void **state)
{
    (void)state;
    skip_where_no_block_is_read();
    static const char wrong[] = "\"\\[]{},:0-.+eE1tnu \n\x01\x7f\x80\xc3\xf4";
    struct tally tally = {0};
    for (size_t d = 0; d < sizeof documents / sizeof *documents; d++) {
        for (size_t shift = 0; shift < BLOCK_BYTES; shift++) {
            struct page page;
            document_put(&page, documents[d], shift, shift % 2 == 0 ? 'x' : ' ');
            size_t first = page.length - strlen(documents[d]);
            size_t last = page.length;
            page_put_text(&page, shift % 3 == 0 ? " ]" : "]");
            both_agree(&page, &tally);
            for (size_t at = first; at < last; at++) {
                char right = page.bytes[at];
                for (size_t i = 0; i < sizeof wrong - 1; i++) {
                    page.bytes[at] = wrong[i];
                    both_agree(&page, &tally);
                }
                page.bytes[at] = right;
            }
        }
    }
    print_message("documents: %lu accepted, %lu refused\n", tally.accepted, tally.refused);
    assert_true(tally.accepted > 100000 && tally.refused > 500000);
}

/* A byte taken out moves all that stands behind it. */
static void test_documents_without_one_byte(void **state)
{
    (void)state;
    skip_where_no_block_is_read();
    struct tally tally = {0};
    for (size_t d = 0; d < sizeof documents / sizeof *documents; d++) {
        size_t length = strlen(documents[d]);
        for (size_t shift = 0; shift < BLOCK_BYTES; shift++) {
            for (size_t gap = 0; gap < length; gap++) {
                struct page page;
                document_put(&page, "", shift, 'x');
                page_put(&page, documents[d], gap);
                page_put_text(&page, documents[d] + gap + 1);
                page_put_text(&page, "]");
                both_agree(&page, &tally);
            }
        }
    }
    print_message("gaps: %lu accepted, %lu refused\n", tally.accepted, tally.refused);
    assert_true(tally.accepted > 10000 && tally.refused > 10000);
}

static void test_the_way_that_is_used_is_possible(void **state)
{
    (void)state;
    assert_true(block_way_is_possible(BLOCK_PLAIN));
    assert_true(block_way_is_possible(block_way()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_way_that_is_used_is_possible),
        cmocka_unit_test(test_all_rows_of_tokens),
        cmocka_unit_test(test_all_rows_of_bytes_of_numbers),
        cmocka_unit_test(test_all_rows_of_pieces_of_strings),
        cmocka_unit_test(test_documents_damaged_at_each_byte),
        cmocka_unit_test(test_documents_without_one_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
