/*
 * gzip: what zlib makes of it again is what went in, answer after answer from one state.
 */
#include "base/arena.h"
#include "base/random.h"
#include "gateway/compose/gzip.h"

#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct str decoded(struct arena *arena, struct slices *from, size_t room)
{
    struct str text = slices_join(from);
    char *to = arena_bytes(arena, room + 1);
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)text.at,
                       .avail_in = (uInt)text.length,
                       .next_out = (Bytef *)to,
                       .avail_out = (uInt)room + 1};
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    assert_int_equal(inflateEnd(&stream), Z_OK);
    return (struct str){to, stream.total_out};
}

static void there_and_back(struct gzip *gzip, const char *text, size_t length, size_t piece)
{
    struct arena arena;
    arena_init(&arena, NULL, (size_t)64 << 20);
    struct slices from, to;
    slices_init(&from, &arena);
    slices_init(&to, &arena);
    for (size_t at = 0; at < length; at += piece)
        slices_keep(&from, (struct str){text + at, length - at < piece ? length - at : piece});
    assert_true(gzip_write(gzip, &from, &to));
    struct str back = decoded(&arena, &to, length);
    assert_true(str_equal(back, (struct str){text, length}));
    arena_done(&arena);
}

static void answers_of_all_sizes_come_back(void **state)
{
    static const size_t sizes[] = {1, 100, 1025, 5000, 65536, 300000, 2000000};
    struct gzip gzip = {0};
    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        char *text = malloc(sizes[i]);
        for (size_t k = 0; k < sizes[i]; k++)
            text[k] = "{\"name\":\"Ada\",\"n\":1234567890}"[(k + k / 97) % 29];
        there_and_back(&gzip, text, sizes[i], sizes[i]);
        there_and_back(&gzip, text, sizes[i], 777);
        free(text);
    }
    gzip_done(&gzip);
}

static void bytes_that_cannot_be_made_smaller_come_back_too(void **state)
{
    static char noise[200000];
    struct gzip gzip = {0};
    (void)state;
    random_fill(noise, sizeof(noise));
    there_and_back(&gzip, noise, sizeof(noise), 4096);
    gzip_done(&gzip);
}

static void without_room_nothing_is_made_and_the_next_answer_is_fine(void **state)
{
    static char noise[100000];
    struct gzip gzip = {0};
    struct arena arena, small;
    (void)state;
    random_fill(noise, sizeof(noise));
    arena_init(&arena, NULL, 1 << 20);
    arena_init(&small, NULL, 40000);
    struct slices from, to;
    slices_init(&from, &arena);
    slices_init(&to, &small);
    slices_keep(&from, (struct str){noise, sizeof(noise)});
    assert_false(gzip_write(&gzip, &from, &to));
    assert_false(arena_is_over(&small));
    arena_done(&small);
    arena_done(&arena);
    there_and_back(&gzip, noise, sizeof(noise), sizeof(noise));
    gzip_done(&gzip);
}

static void a_state_that_was_never_used_is_done_with(void **state)
{
    struct gzip gzip = {0};
    (void)state;
    gzip_done(&gzip);
    gzip_done(&gzip);
    assert_false(gzip.is_ready);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_of_all_sizes_come_back),
        cmocka_unit_test(bytes_that_cannot_be_made_smaller_come_back_too),
        cmocka_unit_test(without_room_nothing_is_made_and_the_next_answer_is_fine),
        cmocka_unit_test(a_state_that_was_never_used_is_done_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
