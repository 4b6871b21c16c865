/*
 * A piece of text: where it begins and how long it is. It owns nothing and is passed by value;
 * the bytes belong to whoever the surrounding contract names. Not zero-terminated unless a
 * function says so.
 */
#ifndef BRAID_BASE_STR_H
#define BRAID_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

struct str {
    const char *at;
    size_t length;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_NONE     ((struct str){NULL, 0})

/* For printf: printf("%.*s", STR_ARGS(name)). */
#define STR_ARGS(text) (int)(text).length, (text).at

static inline struct str str_of(const char *zero_terminated)
{
    return (struct str){zero_terminated, strlen(zero_terminated)};
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

/* Takes as long wherever they differ, so that a secret cannot be found byte by byte. */
bool str_equal_in_constant_time(struct str a, struct str b);

static inline bool str_is_empty(struct str text)
{
    return text.length == 0;
}

/* The part from `from` (at most the length) to the end. */
static inline struct str str_from(struct str text, size_t from)
{
    return (struct str){text.at + from, text.length - from};
}

/* ASCII case only, as HTTP field names compare (RFC 9110 5.1). */
bool str_equal_ignore_case(struct str a, struct str b);

bool str_starts_with(struct str text, struct str prefix);
bool str_ends_with(struct str text, struct str suffix);

/* Bytewise order: negative, zero or positive. */
int str_compare(struct str a, struct str b);

/* The index of the first `byte`, or text.length where there is none. */
size_t str_find(struct str text, char byte);

/* The index of the first `needle`, or text.length where there is none; an empty needle is at 0. */
size_t str_find_text(struct str text, struct str needle);

/*
 * Takes the part before the next `separator` off *rest and gives it in *ret_part; false when *rest
 * is used up (rest->at == NULL). "a,,b" gives "a", "", "b"; "" gives one empty part.
 */
bool str_cut(struct str *rest, char separator, struct str *ret_part);

/* Without leading and trailing blanks and tabs. */
struct str str_trim(struct str text);

/* Digits only, no sign, at least one, at most `maximum`; false otherwise. */
bool str_to_unsigned(struct str text, uint64_t maximum, uint64_t *ret_number);

/* Copies into the arena; the copy is zero-terminated behind its length. */
struct str str_copy(struct arena *arena, struct str text);

/* One text of all the pieces, in the arena. */
struct str str_concat(struct arena *arena, const struct str *pieces, size_t count);

/* printf into the arena; zero-terminated behind its length. */
struct str str_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The Levenshtein distance with transpositions, ASCII case ignored; at most `limit` + 1. */
unsigned str_distance(struct str a, struct str b, unsigned limit);

/*
 * A keyed hash (seeded once per process from the kernel), so that who chooses the keys cannot
 * choose the collisions.
 */
uint64_t str_hash(struct str text);

#endif
