/*
 * `braid trace ID`: the waterfall of one request that a running braid has kept.
 */
#include "gateway/main/command.h"

#include "base/arena.h"
#include "gateway/main/admin_client.h"
#include "gateway/main/picture.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TRACE_MEMORY  ((size_t)128 * 1024 * 1024)
#define WIDTH_WITHOUT 100 /* where there is no terminal */

const struct option trace_options[] = {
    {.name = "admin", .argument = "ADDRESS", .says = "the admin listener (" ADMIN_ADDRESS ")"},
    {.name = NULL},
};

static unsigned terminal_width(void)
{
    struct winsize size;
    bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : WIDTH_WITHOUT;
}

/* Whatever was typed is one segment of a path. */
static struct str path_of(struct arena *arena, const char *id)
{
    struct str path = STR("/requests/");
    for (const unsigned char *at = (const unsigned char *)id; *at != '\0'; at++) {
        bool is_plain = (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') ||
                        (*at >= 'A' && *at <= 'Z') || strchr("-_.~", *at) != NULL;
        path = str_format(arena, is_plain ? "%.*s%c" : "%.*s%%%02X", STR_ARGS(path), *at);
    }
    return path;
}

static int trace_print(struct admin_client *client, struct arena *arena, const char *id)
{
    struct json request;
    struct str why;
    struct picture picture;
    int status;
    if (strlen(id) > 256 ||
        !admin_client_get(client, arena, path_of(arena, id), &request, &status, &why)) {
        fprintf(stderr, "%s\n", strlen(id) > 256 ? "no id is as long as that" : why.at);
        return EXIT_NO;
    }
    if (status == 404) {
        fprintf(stderr, "no request '%s' is kept: it may be too old, or was one of many\n", id);
        return EXIT_NO;
    }
    picture_init(&picture, arena);
    picture_waterfall(&picture, request, terminal_width());
    for (uint32_t i = 0; i < picture.count; i++)
        printf("%.*s\n", STR_ARGS(picture.lines[i].text));
    return EXIT_FINE;
}

int command_trace(const struct options *given)
{
    const char *address = options_text(given, "admin");
    struct admin_client *client = admin_client_new(address != NULL ? address : ADMIN_ADDRESS);
    struct arena arena;
    if (client == NULL)
        return EXIT_NO;
    arena_init(&arena, NULL, TRACE_MEMORY);
    int status = trace_print(client, &arena, given->words[0]);
    arena_done(&arena);
    admin_client_free(client);
    return status;
}
