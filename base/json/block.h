/*
 * JSON read 64 bytes at a time: what each byte is becomes a bit, and the grammar is a few
 * operations on words of bits (the idea of Langdale and Lemire, "Parsing gigabytes of JSON per
 * second", 2019; here the tokens are judged in the words as well). Private to base/json.
 *
 * It says yes, or that it does not know: faults and their places are read.c's.
 */
#ifndef BRAID_BASE_JSON_BLOCK_H
#define BRAID_BASE_JSON_BLOCK_H

#include "base/json/json.h"

enum block_way {
    BLOCK_PLAIN, /* not at all */
    BLOCK_AVX2,
    BLOCK_WAY_COUNT
};

/* This processor can. */
bool block_way_is_possible(enum block_way way);

/* The widest that is possible. */
enum block_way block_way(void);

/*
 * `text` begins and ends with a bracket or a brace. true: it is JSON, at most `depth` deep (itself
 * at most JSON_DEPTH_MAXIMUM). `way` is possible, and not the plain one.
 */
bool block_check(enum block_way way, struct str text, uint32_t depth);

#endif
