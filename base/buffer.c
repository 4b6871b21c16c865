/*
 * The byte buffer. Consuming moves the beginning; the gap in front is closed only when it is at
 * least as long as the content, so each byte is moved once at the most for each byte consumed.
 */
#include "base/buffer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_ROOM ((size_t)256)

void buffer_init(struct buffer *buffer, size_t limit)
{
    /* One byte is kept beyond the room, for printf's zero. */
    *buffer = (struct buffer){.limit = limit < SIZE_MAX / 4 ? limit : SIZE_MAX / 4};
}

static void *buffer_memory(const struct buffer *buffer)
{
    return buffer->at ? buffer->at - buffer->gap : NULL;
}

void buffer_done(struct buffer *buffer)
{
    free(buffer_memory(buffer));
    buffer_init(buffer, buffer->limit);
}

static void buffer_close_gap(struct buffer *buffer)
{
    if (buffer->gap == 0)
        return;
    char *memory = buffer_memory(buffer);
    memmove(memory, buffer->at, buffer->length);
    buffer->at = memory;
    buffer->room += buffer->gap;
    buffer->gap = 0;
}

void buffer_clear(struct buffer *buffer)
{
    buffer->length = 0;
    buffer->is_over = false;
    buffer_close_gap(buffer);
}

/* `least` is at most the limit. */
static void buffer_grow(struct buffer *buffer, size_t least)
{
    if (buffer->gap >= buffer->length)
        buffer_close_gap(buffer);
    if (buffer->at && buffer->room >= least)
        return;
    size_t room = buffer->room < FIRST_ROOM / 2 ? FIRST_ROOM : buffer->room * 2;
    if (room > buffer->limit)
        room = buffer->limit;
    if (room < least)
        room = least;
    buffer_close_gap(buffer);
    char *memory = realloc(buffer->at, room + 1);
    if (!memory)
        abort();
    buffer->at = memory;
    buffer->room = room;
}

bool buffer_reserve(struct buffer *buffer, size_t count)
{
    if (buffer->is_over || count > buffer->limit - buffer->length) {
        buffer->is_over = true;
        return false;
    }
    if (buffer->room - buffer->length < count)
        buffer_grow(buffer, buffer->length + count);
    return true;
}

bool buffer_append(struct buffer *buffer, struct str text)
{
    if (!buffer_reserve(buffer, text.length))
        return false;
    if (text.length > 0)
        memcpy(buffer->at + buffer->length, text.at, text.length);
    buffer->length += text.length;
    return true;
}

bool buffer_append_byte(struct buffer *buffer, char byte)
{
    if (!buffer_reserve(buffer, 1))
        return false;
    buffer->at[buffer->length++] = byte;
    return true;
}

bool buffer_append_number(struct buffer *buffer, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    return buffer_append(buffer, (struct str){digits + at, sizeof digits - at});
}

bool buffer_print(struct buffer *buffer, const char *format, ...)
{
    if (!buffer_reserve(buffer, 0))
        return false;
    if (!buffer->at)
        buffer_grow(buffer, 0);
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    size_t room = buffer->room - buffer->length;
    int printed = vsnprintf(buffer->at + buffer->length, room + 1, format, arguments);
    va_end(arguments);
    assert(printed >= 0);
    size_t length = (size_t)printed;
    bool has_room = buffer_reserve(buffer, length);
    if (has_room) {
        if (length > room)
            vsnprintf(buffer->at + buffer->length, length + 1, format, again);
        buffer->length += length;
    }
    va_end(again);
    return has_room;
}

void buffer_consume(struct buffer *buffer, size_t count)
{
    assert(count <= buffer->length);
    if (count == 0)
        return;
    buffer->at += count;
    buffer->gap += count;
    buffer->length -= count;
    buffer->room -= count;
    if (buffer->length == 0)
        buffer_close_gap(buffer);
}

char *buffer_take(struct buffer *buffer, size_t *ret_length)
{
    buffer_close_gap(buffer);
    char *memory = buffer->at;
    *ret_length = buffer->length;
    buffer_init(buffer, buffer->limit);
    return memory;
}
