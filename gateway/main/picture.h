/*
 * Lines of text for a terminal, put together before any of them is shown.
 */
#ifndef BRAID_GATEWAY_MAIN_PICTURE_H
#define BRAID_GATEWAY_MAIN_PICTURE_H

#include "base/json/json.h"

#define PICTURE_LINES 4096

enum mood { MOOD_PLAIN, MOOD_HEADING, MOOD_WARN, MOOD_BAD, MOOD_COUNT };

struct picture_line {
    struct str text;
    enum mood mood;
};

struct picture {
    struct arena *arena;
    struct picture_line *lines; /* PICTURE_LINES of them */
    uint32_t count;
};

void picture_init(struct picture *picture, struct arena *arena);

/* Lines beyond the maximum are left out. */
void picture_add(struct picture *picture, enum mood mood, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "0.4 ms", "166 ms", "1.20 s"; "-" for less than 0. In arena. */
const char *picture_time(struct arena *arena, double milliseconds);

/* The waterfall of one request, as /requests/ID has it, `width` columns wide. */
void picture_waterfall(struct picture *picture, struct json request, unsigned width);

/*
 * What `braid top` shows, at most `height` lines: /figures, /status and /requests. `why` is a
 * clause about what cannot be read, or empty.
 */
struct overview {
    struct json figures, status, requests;
    struct str address;
    struct str why;
};
void picture_overview(struct picture *picture, const struct overview *overview, unsigned width,
                      unsigned height);

#endif
