/*
 * The frame, and the waterfall: a column for the names, one for the bars, one for the times.
 */
#include "gateway/main/picture.h"

#include "base/arena.h"
#include "gateway/main/admin_client.h"

#include <stdarg.h>
#include <stdio.h>

#define LINE_SIZE 1024
#define BAR_LEAST 16
#define BAR_MOST  200
#define NAME_MOST 24

void picture_init(struct picture *picture, struct arena *arena)
{
    *picture = (struct picture){.arena = arena,
                                .lines = arena_array(arena, struct picture_line, PICTURE_LINES)};
}

void picture_add(struct picture *picture, enum mood mood, const char *format, ...)
{
    char text[LINE_SIZE];
    va_list arguments;
    if (picture->count == PICTURE_LINES)
        return;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t kept = length < LINE_SIZE ? (size_t)length : LINE_SIZE - 1;
    while (kept > 0 && text[kept - 1] == ' ')
        kept--;
    picture->lines[picture->count++] =
        (struct picture_line){str_copy(picture->arena, (struct str){text, kept}), mood};
}

const char *picture_time(struct arena *arena, double milliseconds)
{
    if (milliseconds < 0)
        return "-";
    if (milliseconds < 10)
        return str_format(arena, "%.1f ms", milliseconds).at;
    if (milliseconds < 1000)
        return str_format(arena, "%.0f ms", milliseconds).at;
    return str_format(arena, "%.2f s", milliseconds / 1000).at;
}

/* --- the waterfall ------------------------------------------------------------------------ */

struct fall {
    struct picture *picture;
    double whole; /* ms */
    int name_width;
    int bar_width;
};

static struct str call_name(struct arena *arena, struct json call)
{
    struct str name = admin_text(arena, call, "call");
    return name.length > 0 ? name : STR("(passed on)");
}

static void fall_measure(struct fall *fall, struct json request, struct json calls, unsigned width)
{
    struct arena *arena = fall->picture->arena;
    struct json_iterator iterator = json_iterate(calls);
    struct json call;
    fall->whole = admin_number(request, "ms");
    while (json_next(&iterator, NULL, &call)) {
        double end = admin_number(call, "start_ms") + admin_number(call, "ms");
        int length = (int)call_name(arena, call).length;
        fall->whole = end > fall->whole ? end : fall->whole;
        fall->name_width = length > fall->name_width ? length : fall->name_width;
    }
    fall->name_width = fall->name_width < NAME_MOST ? fall->name_width : NAME_MOST;
    int left = (int)width - fall->name_width - 34; /* the times and the source */
    fall->bar_width = left < BAR_LEAST ? BAR_LEAST : left > BAR_MOST ? BAR_MOST : left;
    fall->whole = fall->whole > 0 ? fall->whole : 1;
}

static int fall_place(const struct fall *fall, double ms)
{
    int place = (int)(ms / fall->whole * fall->bar_width);
    return place < fall->bar_width ? place : fall->bar_width - 1;
}

/* Dots while it waits for a place, # while it is at work. */
static void fall_draw(const struct fall *fall, struct json call, char bar[BAR_MOST + 1])
{
    double start = admin_number(call, "start_ms");
    int begin = fall_place(fall, start),
        work = fall_place(fall, start + admin_number(call, "wait_ms"));
    int end = fall_place(fall, start + admin_number(call, "ms"));
    memset(bar, ' ', (size_t)fall->bar_width);
    bar[fall->bar_width] = '\0';
    for (int i = begin; i <= end; i++)
        bar[i] = i < work ? '.' : '#';
}

static void fall_add(const struct fall *fall, struct json call)
{
    struct arena *arena = fall->picture->arena;
    struct str name = call_name(arena, call), source = admin_text(arena, call, "source");
    struct str reason = admin_text(arena, call, "reason");
    int status = (int)admin_number(call, "status"), tries = (int)admin_number(call, "tries");
    bool has_failed = str_equal(source, STR("failed")), is_live = str_equal(source, STR("live"));
    char bar[BAR_MOST + 1];
    fall_draw(fall, call, bar);
    struct str word = reason.length > 0
                          ? str_format(arena, "%.*s (%.*s)", STR_ARGS(source), STR_ARGS(reason))
                          : source;
    if (status > 0)
        word = str_format(arena, "%.*s %d", STR_ARGS(word), status);
    if (tries > 1)
        word = str_format(arena, "%.*s, %d tries", STR_ARGS(word), tries);
    picture_add(fall->picture,
                has_failed ? MOOD_BAD
                : is_live  ? MOOD_PLAIN
                           : MOOD_WARN,
                "%-*.*s |%s| %8s %8s  %.*s", fall->name_width, NAME_MOST,
                str_format(arena, "%.*s", STR_ARGS(name)).at, bar,
                picture_time(arena, admin_number(call, "start_ms")),
                picture_time(arena, admin_number(call, "ms")), STR_ARGS(word));
}

static void fact_add(struct picture *picture, struct json request, const char *name)
{
    struct str text = admin_text(picture->arena, request, name);
    if (text.length > 0)
        picture_add(picture, MOOD_PLAIN, "%-10s%.*s", name, STR_ARGS(text));
}

void picture_waterfall(struct picture *picture, struct json request, unsigned width)
{
    static const char *const facts[] = {"route", "degraded", "reason", "time", "id", "trace"};
    struct arena *arena = picture->arena;
    struct json calls = admin_list(request, "calls"), call;
    struct fall fall = {.picture = picture, .name_width = 4};
    int status = (int)admin_number(request, "status");
    picture_add(picture, status >= 500 ? MOOD_BAD : MOOD_HEADING, "%.*s %.*s  %s  %s",
                STR_ARGS(admin_text(arena, request, "method")),
                STR_ARGS(admin_text(arena, request, "path")),
                status > 0 ? str_format(arena, "%d", status).at : "the client left",
                picture_time(arena, admin_number(request, "ms")));
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        fact_add(picture, request, facts[i]);
    fall_measure(&fall, request, calls, width);
    picture_add(picture, MOOD_PLAIN, "%s", "");
    struct json_iterator iterator = json_iterate(calls);
    for (bool is_first = true; json_next(&iterator, NULL, &call); is_first = false) {
        if (is_first)
            picture_add(picture, MOOD_HEADING, "%-*s |0%*s| %8s %8s", fall.name_width, "call",
                        fall.bar_width - 1, picture_time(arena, fall.whole), "start", "time");
        fall_add(&fall, call);
    }
    if (calls.size == 0)
        picture_add(picture, MOOD_PLAIN, "no call was made");
}
