/*
 * Output as a list of slices. Whatever is added right behind the end of the last slice only
 * lengthens it, so copied pieces (which follow each other in one chunk) and pieces kept in the
 * order of their text come out as one.
 */
#include "base/slices.h"

#include "base/arena.h"

#include <stdint.h>

/* A slice costs an iovec here and a segment in the kernel: about what it costs to copy this much.
 */
#define SHORT_LENGTH ((size_t)128)

#define CHUNK_SMALLEST ((size_t)256)
#define CHUNK_LARGEST  ((size_t)8192)
#define FIRST_ROOM     ((size_t)16)

void slices_init(struct slices *slices, struct arena *arena)
{
    *slices = (struct slices){.arena = arena, .limit = arena->quota};
}

static __attribute__((noinline)) void slices_grow(struct slices *slices)
{
    size_t room = slices->room == 0 ? FIRST_ROOM : slices->room * 2;
    struct iovec *list = arena_allocate(slices->arena, room * sizeof(*list));
    if (slices->count > 0)
        memcpy(list, slices->list, slices->count * sizeof(*list));
    slices->list = list;
    slices->room = room;
}

static inline bool slices_end_at(const struct slices *slices, const char *at)
{
    if (slices->count == 0)
        return false;
    const struct iovec *last = &slices->list[slices->count - 1];
    return (const char *)last->iov_base + last->iov_len == at;
}

static inline void slices_add(struct slices *slices, const char *at, size_t length)
{
    if (length > slices->limit - slices->bytes) {
        slices->is_over = true;
        return;
    }
    slices->bytes += length;
    if (slices_end_at(slices, at)) {
        slices->list[slices->count - 1].iov_len += length;
        return;
    }
    if (slices->count == slices->room)
        slices_grow(slices);
    slices->list[slices->count++] = (struct iovec){(void *)(uintptr_t)at, length};
}

/* Chunks grow with what is written, so that a long answer is not cut into many. */
static __attribute__((noinline)) void slices_open_chunk(struct slices *slices, size_t length)
{
    size_t room = slices->bytes;
    if (room < CHUNK_SMALLEST)
        room = CHUNK_SMALLEST;
    if (room > CHUNK_LARGEST)
        room = CHUNK_LARGEST;
    if (room < length)
        room = length;
    slices->open = arena_bytes(slices->arena, room);
    slices->open_room = room;
}

void slices_reserve(struct slices *slices, size_t length)
{
    if (slices->open_room < length)
        slices_open_chunk(slices, length);
}

void slices_copy(struct slices *slices, struct str text)
{
    if (text.length == 0)
        return;
    if (slices->open_room < text.length)
        slices_open_chunk(slices, text.length);
    char *to = slices->open;
    memcpy(to, text.at, text.length);
    slices->open += text.length;
    slices->open_room -= text.length;
    slices_add(slices, to, text.length);
}

void slices_keep(struct slices *slices, struct str text)
{
    if (text.length > SHORT_LENGTH || slices_end_at(slices, text.at))
        slices_add(slices, text.at, text.length);
    else
        slices_copy(slices, text);
}

struct str slices_join(struct slices *slices)
{
    if (slices->count == 0)
        return STR("");
    if (slices->count > 1) {
        char *whole = arena_bytes(slices->arena, slices->bytes);
        slices_flatten(slices, whole);
        slices->list[0] = (struct iovec){whole, slices->bytes};
        slices->count = 1;
    }
    return (struct str){slices->list[0].iov_base, slices->list[0].iov_len};
}

void slices_flatten(const struct slices *slices, char *to)
{
    for (size_t i = 0; i < slices->count; i++) {
        memcpy(to, slices->list[i].iov_base, slices->list[i].iov_len);
        to += slices->list[i].iov_len;
    }
}
