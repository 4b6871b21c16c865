/* The files of JSONTestSuite: y_ must be accepted, n_ refused, i_ is up to the reader. */
#include "base/arena.h"
#include "base/json/json.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifndef BRAID_TESTDATA
#define BRAID_TESTDATA "../shared/testdata"
#endif
#define FOLDER BRAID_TESTDATA "/json"

struct tally {
    unsigned right;
    unsigned all;
};

/* The file in memory that ends where the file ends. */
static struct str file_read(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", FOLDER, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(length > 0 ? length : 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, length, file), length);
    fclose(file);
    return (struct str){bytes, length};
}

static bool file_is_accepted(const char *name)
{
    struct str text = file_read(name);
    struct arena arena;
    arena_init(&arena, NULL, 64 << 20);
    struct json value;
    size_t at_check = 0;
    size_t at_read = 0;
    enum json_fault check = json_check(text, &json_limits_default, &value, &at_check);
    enum json_fault read = json_read(&arena, text, &json_limits_default, &value, &at_read);
    assert_int_equal(check, read);
    assert_int_equal(at_check, at_read);
    assert_true(at_read <= text.length);
    arena_done(&arena);
    free((void *)(uintptr_t)text.at);
    return read == JSON_OK;
}

static void tally_add(struct tally *tally, const char *name, bool is_right)
{
    tally->all++;
    tally->right += is_right;
    if (!is_right)
        print_error("%s: %s\n", name, name[0] == 'y' ? "refused" : "accepted");
}

/* Either way, but the same both ways: file_is_accepted() asserts it. */
static unsigned open_is_decided(const char *name)
{
    file_is_accepted(name);
    return 1;
}

static void test_the_suite(void **state)
{
    (void)state;
    DIR *folder = opendir(FOLDER);
    if (folder == NULL) {
        print_message("skipped: %s is not there\n", FOLDER);
        skip();
    }
    struct tally accepted = {0};
    struct tally rejected = {0};
    unsigned either = 0;
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        const char *name = entry->d_name;
        if (strncmp(name, "y_", 2) == 0)
            tally_add(&accepted, name, file_is_accepted(name));
        else if (strncmp(name, "n_", 2) == 0)
            tally_add(&rejected, name, !file_is_accepted(name));
        else if (strncmp(name, "i_", 2) == 0)
            either += open_is_decided(name);
    }
    closedir(folder);
    print_message(
        "JSONTestSuite: %u of %u accepted, %u of %u rejected, %u implementation-defined\n",
        accepted.right, accepted.all, rejected.right, rejected.all, either);
    assert_int_equal(accepted.right, accepted.all);
    assert_int_equal(rejected.right, rejected.all);
    assert_true(accepted.all > 0 && rejected.all > 0);
}

/* What the grammar leaves open, decided: numbers of any size and lone surrogates yes, bad UTF-8 no.
 */
static void test_what_is_left_open(void **state)
{
    (void)state;
    DIR *folder = opendir(FOLDER);
    if (folder == NULL) {
        print_message("skipped: %s is not there\n", FOLDER);
        skip();
    }
    closedir(folder);
    assert_true(file_is_accepted("i_number_huge_exp.json"));
    assert_true(file_is_accepted("i_number_too_big_pos_int.json"));
    assert_true(file_is_accepted("i_string_1st_surrogate_but_2nd_missing.json"));
    assert_true(file_is_accepted("i_object_key_lone_2nd_surrogate.json"));
    assert_false(file_is_accepted("i_string_invalid_utf-8.json"));
    assert_false(file_is_accepted("i_string_UTF8_surrogate_U+D800.json"));
    assert_false(file_is_accepted("i_string_UTF-16LE_with_BOM.json"));
    assert_false(file_is_accepted("i_structure_UTF-8_BOM_empty_object.json"));
    assert_false(file_is_accepted("i_structure_500_nested_arrays.json")); /* deeper than 128 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_suite),
        cmocka_unit_test(test_what_is_left_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
