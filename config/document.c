/*
 * A file from disk to a tree: read, bounded, parsed, and parsed again where a missing quote could
 * be put in, so that all mistakes of a file show in one run.
 */
#include "config/document.h"

#include "base/arena.h"
#include "config/yaml_text.h"
#include "config/yaml_tree.h"
#include "config/yaml_warn.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define CORRECTED_RUNS_MAXIMUM 32

static const struct source_file *file_new(struct arena *arena, struct str path, struct str text)
{
    struct source_file *file = arena_new(arena, struct source_file);
    file->path = str_copy(arena, path);
    file->text = text;
    return file;
}

/*
 * Reads, and reads again with the quotes that were missing. What is reported of a tree that was
 * then corrected is forgotten: a missing quote makes mistakes of its own.
 */
static struct node *tree_read(struct yaml_text *yaml, struct diagnostics *diagnostics)
{
    struct node *root = NULL;
    for (unsigned runs = 0;; runs++) {
        struct diagnostics found;
        diagnostics_init(&found, diagnostics->arena);
        struct yaml_stop stop;
        enum yaml_tree_answer answer = yaml_tree_read(yaml, &found, &root, &stop);
        if (answer == YAML_TREE_STOPPED && yaml_slip_explain(yaml, &stop, diagnostics) &&
            runs < CORRECTED_RUNS_MAXIMUM)
            continue;
        diagnostics_merge(diagnostics, &found);
        if (answer != YAML_TREE_WHOLE)
            return NULL;
        break;
    }
    if (root == NULL || node_is_missing(root)) {
        root = arena_new(yaml->arena, struct node);
        root->kind = NODE_MAPPING;
        root->place = (struct place){.file = yaml->file, .line = 1, .column = 1, .length = 1};
    }
    return root;
}

struct node *document_parse(struct arena *arena, struct str path, struct str text,
                            struct diagnostics *diagnostics)
{
    const struct source_file *file = file_new(arena, path, text);
    if (text.length > DOCUMENT_BYTES_MAXIMUM) {
        diagnostics_error(diagnostics, (struct place){.file = file}, STR_NONE, "larger than 1 MiB");
        return NULL;
    }
    struct yaml_text *yaml = arena_new(arena, struct yaml_text);
    yaml_text_init(yaml, arena, file);
    struct node *root = tree_read(yaml, diagnostics);
    if (root != NULL)
        yaml_warn(root, diagnostics);
    return root;
}

/* All bytes of an open file, one more than the bound at the most; false and errno. */
static bool bytes_read(struct arena *arena, int fd, struct str *ret_text)
{
    size_t room = DOCUMENT_BYTES_MAXIMUM + 1;
    struct stat facts;
    if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && (size_t)facts.st_size < room)
        room = (size_t)facts.st_size + 1;
    char *bytes = arena_bytes(arena, room);
    size_t length = 0;
    while (length < room) {
        ssize_t got = read(fd, bytes + length, room - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    *ret_text = (struct str){bytes, length};
    return true;
}

static bool is_regular(int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return false;
    errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    return S_ISREG(status.st_mode);
}

static bool file_read(struct arena *arena, const char *path, struct str *ret_text)
{
    /* without O_NONBLOCK a FIFO that nobody writes to would be waited for here */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool is_read = fd >= 0 && is_regular(fd) && bytes_read(arena, fd, ret_text);
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return is_read;
}

struct node *document_read(struct arena *arena, struct str path, struct diagnostics *diagnostics)
{
    bool is_input = str_equal(path, STR(DOCUMENT_INPUT));
    struct place whole = {
        .file = file_new(arena, is_input ? STR(DOCUMENT_INPUT_SHOWN) : path, STR_NONE)};
    struct str text;
    if (!(is_input ? bytes_read(arena, STDIN_FILENO, &text)
                   : file_read(arena, whole.file->path.at, &text))) {
        diagnostics_error(diagnostics, whole, STR_NONE, "cannot be read: %s", strerror(errno));
        return NULL;
    }
    return document_parse(arena, whole.file->path, text, diagnostics);
}
