/*
 * Content codings: what zlib coded comes back byte for byte, and nothing swells beyond a bound.
 */
#include "base/arena.h"
#include "gateway/upstream/decode.h"
#include "gateway/upstream/flight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <zlib.h>

#define MAXIMUM ((uint64_t)8 * 1024 * 1024)

enum format { FORMAT_GZIP = MAX_WBITS + 16, FORMAT_ZLIB = MAX_WBITS, FORMAT_RAW = -MAX_WBITS };

struct desk {
    struct arena arena;
    struct field fields[4];
    struct flight_answer answer;
};

static void desk_init(struct desk *desk, const char *coding, struct str body)
{
    arena_init(&desk->arena, NULL, 64 * 1024 * 1024);
    desk->fields[0] = (struct field){STR("Content-Length"), STR("1")};
    desk->fields[1] = (struct field){STR("ETag"), STR("\"1\"")};
    desk->fields[2] = (struct field){STR("Content-Encoding"), str_of(coding)};
    desk->answer = (struct flight_answer){200, desk->fields, 3, body};
}

static struct str code(struct arena *arena, enum format format, struct str plain)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, format, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&stream, plain.length);
    char *coded = arena_bytes(arena, room);
    stream.next_in = (Bytef *)(uintptr_t)plain.at;
    stream.avail_in = (uInt)plain.length;
    stream.next_out = (Bytef *)coded;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    struct str result = {coded, stream.total_out};
    deflateEnd(&stream);
    return result;
}

static struct str blanks(struct arena *arena, size_t size)
{
    char *at = arena_bytes(arena, size);
    memset(at, ' ', size);
    return (struct str){at, size};
}

/* Compresses well, but not a thousand to one. */
static struct str varied(struct arena *arena, size_t size)
{
    char *at = arena_bytes(arena, size);
    for (size_t i = 0; i < size; i++)
        at[i] = (char)(i / 37 * 7);
    return (struct str){at, size};
}

static struct str joined(struct arena *arena, struct str a, struct str b)
{
    char *at = arena_bytes(arena, a.length + b.length);
    memcpy(at, a.at, a.length);
    memcpy(at + a.length, b.at, b.length);
    return (struct str){at, a.length + b.length};
}

static enum reason decode(struct desk *desk, const char *coding, struct str body)
{
    desk_init(desk, coding, body);
    return decode_answer(&desk->answer, &desk->arena, MAXIMUM);
}

static void every_format_comes_back(void **state)
{
    (void)state;
    static const struct {
        const char *coding;
        enum format format;
    } formats[] = {
        {"gzip", FORMAT_GZIP},    {"GZip", FORMAT_GZIP},   {"x-gzip", FORMAT_GZIP},
        {"deflate", FORMAT_ZLIB}, {"deflate", FORMAT_RAW},
    };
    struct arena arena;
    arena_init(&arena, NULL, 64 * 1024 * 1024);
    const struct str plains[] = {STR("{\"a\":1}"), STR_NONE, blanks(&arena, 100000),
                                 varied(&arena, 3000000)};
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 4; j++) {
            struct desk desk;
            struct str coded = code(&arena, formats[i].format, plains[j]);
            assert_int_equal(decode(&desk, formats[i].coding, coded), REASON_NONE);
            assert_true(str_equal(desk.answer.body, plains[j]));
            assert_int_equal(desk.answer.field_count, 1);
            assert_true(str_equal(desk.answer.fields[0].name, STR("ETag")));
            arena_done(&desk.arena);
        }
    }
    arena_done(&arena);
}

static void what_is_not_coded_stays(void **state)
{
    (void)state;
    struct desk desk;
    assert_int_equal(decode(&desk, "identity", STR("abc")), REASON_NONE);
    assert_true(str_equal(desk.answer.body, STR("abc")));
    assert_int_equal(desk.answer.field_count, 3);
    /* A HEAD or a 304 speaks of a body that is not there. */
    assert_int_equal(decode(&desk, "gzip", STR_NONE), REASON_NONE);
    assert_int_equal(desk.answer.field_count, 3);
    arena_done(&desk.arena);
}

static void gzip_may_have_members(void **state)
{
    (void)state;
    struct arena arena;
    struct desk desk;
    arena_init(&arena, NULL, 1024 * 1024);
    struct str first = code(&arena, FORMAT_GZIP, STR("{\"a\":"));
    struct str second = code(&arena, FORMAT_GZIP, STR("true}"));
    assert_int_equal(decode(&desk, "gzip", joined(&arena, first, second)), REASON_NONE);
    assert_true(str_equal(desk.answer.body, STR("{\"a\":true}")));
    arena_done(&desk.arena);
    assert_int_equal(decode(&desk, "gzip", joined(&arena, first, STR("trailing"))),
                     REASON_PROTOCOL);
    arena_done(&desk.arena);
    struct str zlib = code(&arena, FORMAT_ZLIB, STR("{}"));
    assert_int_equal(decode(&desk, "deflate", joined(&arena, zlib, zlib)), REASON_PROTOCOL);
    arena_done(&desk.arena);
    arena_done(&arena);
}

static void expect_refusal(const char *coding, struct str body)
{
    struct desk desk;
    assert_int_equal(decode(&desk, coding, body), REASON_PROTOCOL);
    arena_done(&desk.arena);
}

static void what_is_wrong_is_refused(void **state)
{
    (void)state;
    struct arena arena;
    struct desk desk;
    arena_init(&arena, NULL, 1024 * 1024);
    struct str coded = code(&arena, FORMAT_GZIP, STR("{\"some\":\"text\"}"));
    for (size_t cut = 1; cut < coded.length; cut++)
        expect_refusal("gzip", (struct str){coded.at, cut});
    char *bad = arena_bytes(&arena, coded.length);
    memcpy(bad, coded.at, coded.length);
    bad[coded.length - 5] ^= 1; /* the checksum */
    expect_refusal("gzip", (struct str){bad, coded.length});
    expect_refusal("gzip", STR("{}"));
    expect_refusal("br", STR("{}"));
    expect_refusal("gzip, gzip", coded);
    desk_init(&desk, "gzip", coded);
    desk.fields[3] = (struct field){STR("content-encoding"), STR("deflate")};
    desk.answer.field_count = 4;
    assert_int_equal(decode_answer(&desk.answer, &desk.arena, MAXIMUM), REASON_PROTOCOL);
    arena_done(&desk.arena);
    arena_done(&arena);
}

static void nothing_swells_beyond_its_bound(void **state)
{
    (void)state;
    struct arena arena;
    struct desk desk;
    arena_init(&arena, NULL, 64 * 1024 * 1024);
    struct str exact = code(&arena, FORMAT_GZIP, blanks(&arena, 4096));
    desk_init(&desk, "gzip", exact);
    assert_int_equal(decode_answer(&desk.answer, &desk.arena, 4096), REASON_NONE);
    assert_int_equal(desk.answer.body.length, 4096);
    arena_done(&desk.arena);
    desk_init(&desk, "gzip", exact);
    assert_int_equal(decode_answer(&desk.answer, &desk.arena, 4095), REASON_TOO_LARGE);
    arena_done(&desk.arena);

    struct str bomb = code(&arena, FORMAT_GZIP, blanks(&arena, 32 * 1024 * 1024));
    assert_int_equal(decode(&desk, "gzip", bomb), REASON_TOO_LARGE);
    arena_done(&desk.arena);
    /* Within the bytes, but more than a thousand to one. */
    desk_init(&desk, "gzip", bomb);
    assert_int_equal(decode_answer(&desk.answer, &desk.arena, UINT64_MAX), REASON_TOO_LARGE);
    assert_true(desk.arena.used < 64 * 1024 * 1024);
    arena_done(&desk.arena);

    desk_init(&desk, "gzip", exact);
    arena_init(&desk.arena, NULL, 4000);
    assert_int_equal(decode_answer(&desk.answer, &desk.arena, MAXIMUM), REASON_TOO_LARGE);
    assert_false(arena_is_over(&desk.arena));
    arena_done(&desk.arena);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_comes_back),
        cmocka_unit_test(what_is_not_coded_stays),
        cmocka_unit_test(gzip_may_have_members),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(nothing_swells_beyond_its_bound),
    };
    return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
