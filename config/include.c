/*
 * Files are known by their real path, so that two spellings of one name, or two files that include
 * each other, do not go round.
 */
#include "config/include.h"

#include "base/arena.h"
#include "config/environment.h"
#include "config/warning.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>

/* Empty where there is no such file. */
static struct str real_path(struct arena *arena, struct str path)
{
    char real[PATH_MAX];
    if (realpath(str_copy(arena, path).at, real) == NULL)
        return STR_NONE;
    return str_copy(arena, str_of(real));
}

void include_list_init(struct include_list *files, struct arena *arena, struct str path)
{
    files->list = arena_array(arena, struct include_file, INCLUDES_MAXIMUM);
    files->list[0] = (struct include_file){str_copy(arena, path), real_path(arena, path)};
    files->count = 1;
}

static bool list_holds(const struct include_list *files, struct str real)
{
    for (uint32_t i = 0; i < files->count; i++) {
        if (str_equal(files->list[i].real, real))
            return true;
    }
    return false;
}

static void file_add(struct include_list *files, const struct reader *reader,
                     const struct node *node, struct str path)
{
    struct str real = real_path(reader->arena, path);
    if (str_is_empty(real)) {
        reader_refuse(reader, node, "", "the file '%.*s' cannot be read: %s", STR_ARGS(node->text),
                      strerror(errno));
        return;
    }
    if (list_holds(files, real))
        return;
    if (files->count == INCLUDES_MAXIMUM) {
        reader_refuse(reader, node, "", "more than %d files are included", INCLUDES_MAXIMUM);
        return;
    }
    files->list[files->count++] = (struct include_file){path, real};
}

static bool is_pattern(struct str name)
{
    return str_find(name, '*') < name.length || str_find(name, '?') < name.length ||
           str_find(name, '[') < name.length;
}

/* The folder of the file that includes is no pattern, whatever its name holds. */
static struct str pattern_beside(struct arena *arena, const struct source_file *beside,
                                 struct str name)
{
    struct str path = path_beside(arena, beside, name);
    size_t folder = path.length - name.length;
    char *pattern = arena_bytes(arena, path.length + folder + 1);
    size_t length = 0;
    for (size_t i = 0; i < path.length; i++) {
        if (i < folder && strchr("*?[\\", path.at[i]) != NULL)
            pattern[length++] = '\\';
        pattern[length++] = path.at[i];
    }
    pattern[length] = '\0';
    return (struct str){pattern, length};
}

static void pattern_add(struct include_list *files, const struct reader *reader,
                        const struct node *root, const struct node *node, struct str name)
{
    struct str pattern = pattern_beside(reader->arena, node->place.file, name);
    glob_t found;
    int answer = glob(pattern.at, 0, NULL, &found);
    bool is_quiet = answer == GLOB_NOMATCH && warning_is_allowed(root, WARNING_EMPTY_INCLUDE);
    if (answer == GLOB_NOMATCH && !is_quiet)
        warning_add(reader->diagnostics, WARNING_EMPTY_INCLUDE, node->place, STR_NONE,
                    "no file matches '%.*s'", STR_ARGS(name));
    else if (answer != 0 && !is_quiet)
        reader_refuse(reader, node, "", "the files of '%.*s' cannot be listed", STR_ARGS(name));
    for (size_t i = 0; answer == 0 && i < found.gl_pathc; i++)
        file_add(files, reader, node, str_copy(reader->arena, str_of(found.gl_pathv[i])));
    if (answer == 0)
        globfree(&found);
}

static void name_add(struct include_list *files, const struct reader *reader,
                     const struct node *root, const struct node *node)
{
    struct str name;
    if (!reader_text(reader, node, "a file name", &name))
        return;
    if (is_pattern(name))
        pattern_add(files, reader, root, node, name);
    else
        file_add(files, reader, node, path_beside(reader->arena, node->place.file, name));
}

void include_add(struct include_list *files, const struct reader *reader, const struct node *root,
                 const struct node *include)
{
    if (include->kind != NODE_LIST) {
        name_add(files, reader, root, include);
        return;
    }
    for (uint32_t i = 0; i < include->count; i++)
        name_add(files, reader, root, include->entries[i].value);
}
