/*
 * The fingerprint: what the authors of SipHash say it is, and the same however the bytes were cut.
 */
#include "base/fingerprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Bytes 00, 01, 02 … 0f as two numbers, the first byte lowest. */
static const uint64_t key[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

static void fingerprint_of(const char *bytes, size_t length, size_t piece, uint64_t words[2])
{
    struct fingerprint fingerprint;
    fingerprint_init(&fingerprint, key);
    for (size_t at = 0; at < length; at += piece) {
        size_t rest = length - at;
        fingerprint_add(&fingerprint, (struct str){bytes + at, rest < piece ? rest : piece});
    }
    fingerprint_end(&fingerprint, words);
}

/* vectors_sip128 of the reference implementation: the input is 00, 01, 02 … */
static void test_the_vectors_of_the_authors(void **state)
{
    static const struct {
        size_t length;
        uint64_t words[2];
    } vectors[] = {
        {0, {0xe6a825ba047f81a3, 0x930255c71472f66d}},
        {1, {0x44af996bd8c187da, 0x45fc229b11597634}},
        {2, {0xc75da4a48d227781, 0xe4ff0af6de8ba3fc}},
    };
    static const char bytes[] = {0, 1, 2};
    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
        uint64_t words[2];
        fingerprint_of(bytes, vectors[i].length, 1, words);
        assert_true(words[0] == vectors[i].words[0]);
        assert_true(words[1] == vectors[i].words[1]);
    }
}

static void test_it_does_not_matter_how_the_bytes_were_cut(void **state)
{
    char bytes[64];
    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 37);
    for (size_t length = 0; length <= sizeof(bytes); length++) {
        uint64_t whole[2];
        fingerprint_of(bytes, length, sizeof(bytes), whole);
        for (size_t piece = 1; piece <= 20; piece++) {
            uint64_t cut[2];
            fingerprint_of(bytes, length, piece, cut);
            assert_true(whole[0] == cut[0] && whole[1] == cut[1]);
        }
    }
}

static void test_every_byte_counts(void **state)
{
    char bytes[40] = {0};
    uint64_t none[2], other[2];
    (void)state;
    fingerprint_of(bytes, sizeof(bytes), 7, none);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = 1;
        fingerprint_of(bytes, sizeof(bytes), 7, other);
        assert_true(none[0] != other[0] && none[1] != other[1]);
        bytes[i] = 0;
    }
    fingerprint_of(bytes, sizeof(bytes) - 1, 7, other);
    assert_true(none[0] != other[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_vectors_of_the_authors),
        cmocka_unit_test(test_it_does_not_matter_how_the_bytes_were_cut),
        cmocka_unit_test(test_every_byte_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
