/*
 * Reads variables and files once, at load. Nothing here is shown: the reasons name no content.
 */
#include "config/environment.h"

#include "base/arena.h"
#include "base/json/json.h"
#include "config/diagnostic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void list_add(struct arena *arena, struct text_list *texts, struct str text)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (str_equal(texts->list[i], text))
            return;
    }
    if (texts->count == texts->room) {
        size_t room = texts->room ? texts->room * 2 : 8;
        struct str *list = arena_array(arena, struct str, room);
        if (texts->count > 0)
            memcpy(list, texts->list, texts->count * sizeof(*list));
        texts->list = list;
        texts->room = room;
    }
    texts->list[texts->count++] = text;
}

void environment_init(struct environment *environment, struct arena *arena)
{
    *environment = (struct environment){.arena = arena};
}

static struct str cut_newline(struct str text)
{
    if (text.length > 0 && text.at[text.length - 1] == '\n')
        text.length--;
    if (text.length > 0 && text.at[text.length - 1] == '\r')
        text.length--;
    return text;
}

static const char *secret_take(struct environment *environment, struct str text,
                               struct str *ret_text)
{
    text = cut_newline(text);
    if (!json_is_utf8(text))
        return "is not UTF-8";
    if (!str_is_empty(text))
        list_add(environment->arena, &environment->secrets, text);
    *ret_text = text;
    return NULL;
}

const char *environment_variable(struct environment *environment, struct str name,
                                 struct str *ret_text)
{
    const char *value = getenv(str_copy(environment->arena, name).at);
    if (value == NULL)
        return "is not set";
    return secret_take(environment, str_copy(environment->arena, str_of(value)), ret_text);
}

struct str path_beside(struct arena *arena, const struct source_file *beside, struct str name)
{
    struct str path = beside != NULL ? beside->path : STR_NONE;
    while (path.length > 0 && path.at[path.length - 1] != '/')
        path.length--;
    if (str_is_empty(path) || str_starts_with(name, STR("/")))
        return str_copy(arena, name);
    return str_format(arena, "%.*s%.*s", STR_ARGS(path), STR_ARGS(name));
}

static const char *error_text(int error)
{
    switch (error) {
    case ENOENT:
        return "is not there";
    case EACCES:
        return "may not be read";
    default:
        return "cannot be read";
    }
}

const char *environment_file(struct environment *environment, const struct source_file *beside,
                             struct str name, struct str *ret_text)
{
    struct str path = path_beside(environment->arena, beside, name);
    FILE *file = fopen(path.at, "rbe");
    if (file == NULL)
        return error_text(errno);
    char *bytes = malloc(ENVIRONMENT_FILE_MAXIMUM + 1);
    size_t length = bytes ? fread(bytes, 1, ENVIRONMENT_FILE_MAXIMUM + 1, file) : 0;
    bool is_read = bytes != NULL && ferror(file) == 0;
    fclose(file);
    const char *why = !is_read                            ? "cannot be read"
                      : length > ENVIRONMENT_FILE_MAXIMUM ? "is larger than 1 MiB"
                                                          : NULL;
    if (why == NULL) {
        list_add(environment->arena, &environment->files, path);
        why = secret_take(environment, str_copy(environment->arena, (struct str){bytes, length}),
                          ret_text);
    }
    free(bytes);
    return why;
}
