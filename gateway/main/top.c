/*
 * `braid top`: what a running braid does, on a terminal, once a second. One arena for each picture.
 */
#include "gateway/main/command.h"

#include "base/arena.h"
#include "gateway/main/admin_client.h"
#include "gateway/main/picture.h"

#include <curses.h>
#include <locale.h>
#include <unistd.h>

#define TOP_MEMORY  ((size_t)512 * 1024 * 1024)
#define TOP_PAUSE   1000 /* ms */
#define ONCE_WIDTH  80
#define ONCE_HEIGHT 3000

const struct option top_options[] = {
    {.name = "admin", .argument = "ADDRESS", .says = "the admin listener (" ADMIN_ADDRESS ")"},
    {.name = "once", .says = "print it once as text; so it is too where there is no terminal"},
    {.name = NULL},
};

static bool top_read(struct admin_client *client, struct arena *arena, struct overview *overview)
{
    static const char *const paths[] = {"/figures", "/status", "/requests"};
    struct json *documents[] = {&overview->figures, &overview->status, &overview->requests};
    for (int i = 0; i < 3; i++) {
        int status;
        *documents[i] = json_null();
        if (!admin_client_get(client, arena, str_of(paths[i]), documents[i], &status,
                              &overview->why))
            return false;
    }
    return true;
}

static void top_draw(const struct picture *picture)
{
    static const attr_t attributes[MOOD_COUNT] = {
        [MOOD_HEADING] = A_REVERSE, [MOOD_WARN] = A_NORMAL, [MOOD_BAD] = A_BOLD};
    erase();
    for (uint32_t i = 0; i < picture->count && (int)i < LINES; i++) {
        const struct picture_line *line = &picture->lines[i];
        attr_t attribute = attributes[line->mood];
        if (has_colors() && (line->mood == MOOD_WARN || line->mood == MOOD_BAD))
            attribute |= (attr_t)COLOR_PAIR(line->mood == MOOD_BAD ? 1 : 2);
        attrset((int)attribute);
        mvaddnstr((int)i, 0, line->text.at, COLS < (int)line->text.length ? COLS : -1);
        if (line->mood == MOOD_HEADING)
            mvchgat((int)i, 0, -1, A_REVERSE, 0, NULL);
    }
    attrset(A_NORMAL);
    refresh();
}

static void top_turn(struct admin_client *client, const char *address)
{
    struct arena arena;
    struct picture picture;
    struct overview overview = {.address = str_of(address), .why = STR_NONE};
    arena_init(&arena, NULL, TOP_MEMORY);
    (void)top_read(client, &arena, &overview);
    picture_init(&picture, &arena);
    picture_overview(&picture, &overview, (unsigned)COLS, (unsigned)LINES);
    top_draw(&picture);
    arena_done(&arena);
}

/* Until q. */
static void top_run(struct admin_client *client, const char *address)
{
    int key;
    setlocale(LC_CTYPE, "");
    initscr();
    cbreak();
    noecho();
    curs_set(0);
    keypad(stdscr, TRUE);
    timeout(TOP_PAUSE);
    if (has_colors()) {
        start_color();
        use_default_colors();
        init_pair(1, COLOR_RED, -1);
        init_pair(2, COLOR_YELLOW, -1);
    }
    do {
        top_turn(client, address);
        key = getch();
    } while (key != 'q' && key != 'Q');
    endwin();
}

static int top_print(struct admin_client *client, const char *address)
{
    struct arena arena;
    struct picture picture;
    struct overview overview = {.address = str_of(address), .why = STR_NONE};
    arena_init(&arena, NULL, TOP_MEMORY);
    bool is_read = top_read(client, &arena, &overview);
    if (is_read) {
        picture_init(&picture, &arena);
        picture_overview(&picture, &overview, ONCE_WIDTH, ONCE_HEIGHT);
        for (uint32_t i = 0; i < picture.count; i++)
            printf("%.*s\n", STR_ARGS(picture.lines[i].text));
    } else {
        fprintf(stderr, "%.*s\n", STR_ARGS(overview.why));
    }
    arena_done(&arena);
    return is_read ? EXIT_FINE : EXIT_NO;
}

/* A first look, so that a wrong address is a line and not a screen. */
static bool top_can_read(struct admin_client *client)
{
    struct arena arena;
    struct overview overview = {.why = STR_NONE};
    arena_init(&arena, NULL, TOP_MEMORY);
    bool can_read = top_read(client, &arena, &overview);
    if (!can_read)
        fprintf(stderr, "%.*s\n", STR_ARGS(overview.why));
    arena_done(&arena);
    return can_read;
}

int command_top(const struct options *given)
{
    const char *address = options_text(given, "admin");
    if (address == NULL)
        address = ADMIN_ADDRESS;
    struct admin_client *client = admin_client_new(address);
    int status = EXIT_NO;
    if (client == NULL)
        return EXIT_NO;
    if (options_has(given, "once") || !isatty(STDOUT_FILENO)) {
        status = top_print(client, address);
    } else if (top_can_read(client)) {
        top_run(client, address);
        status = EXIT_FINE;
    }
    admin_client_free(client);
    return status;
}
