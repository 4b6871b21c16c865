/*
 * A snapshot of a configuration that stands in the test.
 */
#ifndef BRAID_TESTS_SNAPSHOT_OF_H
#define BRAID_TESTS_SNAPSHOT_OF_H

#include "gateway/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Usable; the caller owns one reference. */
static inline struct snapshot *snapshot_of(const char *text)
{
    char path[] = "/tmp/braid-snapshot-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    struct snapshot *snapshot = snapshot_load(str_of(path));
    unlink(path);
    assert_true(snapshot_is_usable(snapshot));
    return snapshot;
}

#endif
