/*
 * A byte buffer on the heap that grows up to a stated limit. What would exceed the limit is not
 * appended, not even in part, and sets the sticky mark `is_over`; nothing is appended after that,
 * so that an overflow needs to be checked once, at the end. Out of memory itself aborts.
 */
#ifndef BRAID_BASE_BUFFER_H
#define BRAID_BASE_BUFFER_H

#include "base/str.h"

/* at[0..length) is the content; up to at[room) may be written after buffer_reserve(). */
struct buffer {
    char *at;
    size_t length;
    size_t room;
    size_t limit; /* the greatest length */
    size_t gap;   /* consumed bytes in front of `at` whose memory is not yet reused */
    bool is_over;
};

/* Takes no memory before the first byte. */
void buffer_init(struct buffer *buffer, size_t limit);

/* Frees the memory; the buffer is empty and usable as after buffer_init(). */
void buffer_done(struct buffer *buffer);

/* Empty again and no longer over; the memory stays. */
void buffer_clear(struct buffer *buffer);

/*
 * Room for `count` more bytes, which may be written at at[length]; `length` is then raised by the
 * writer. false when that is over the limit or the buffer was over it before.
 */
bool buffer_reserve(struct buffer *buffer, size_t count);

/* The text must not lie in the buffer itself. All three: false when it was not appended. */
bool buffer_append(struct buffer *buffer, struct str text);
bool buffer_append_byte(struct buffer *buffer, char byte);
bool buffer_print(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The digits of a number, without printf: for lines that are written often. */
bool buffer_append_number(struct buffer *buffer, uint64_t number);

/* Drops `count` bytes (at most the length) from the front; cheap. */
void buffer_consume(struct buffer *buffer, size_t count);

/* Gives the memory with its `*ret_length` bytes to the caller, who frees it; may be NULL if empty.
 */
char *buffer_take(struct buffer *buffer, size_t *ret_length);

/* Valid until the buffer is changed. */
static inline struct str buffer_text(const struct buffer *buffer)
{
    return (struct str){buffer->at, buffer->length};
}

#endif
