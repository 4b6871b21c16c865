/*
 * Any bytes as a YAML file: a tree or diagnostics, within bounds, and the diagnostics printed. What
 * makes a tree is read as settings too.
 */
#include "base/arena.h"
#include "config/document.h"
#include "config/scope.h"
#include "config/settings.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena, NULL, (size_t)256 * 1024 * 1024);
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, &arena);
    struct str text = str_copy(&arena, (struct str){(const char *)data, size});
    struct node *root = document_parse(&arena, STR("a.yaml"), text, &diagnostics);
    if (root != NULL) {
        struct environment environment;
        struct slot_table slots = {.arena = &arena};
        struct scope scope;
        struct settings_file file;
        environment_init(&environment, &arena);
        scope_init(&scope, &slots, &environment, &diagnostics, SCOPE_NONE);
        scope.resolver.constant_call = NULL; /* no files from the fuzzer's names */
        struct reader reader = {&arena, &diagnostics, &scope};
        settings_read(&reader, root, &file);
    } else if (!diagnostics_has_errors(&diagnostics)) {
        abort(); /* a file that cannot be used says why */
    }
    FILE *to = fopen("/dev/null", "w");
    if (to != NULL) {
        diagnostics_print(&diagnostics, to);
        fclose(to);
    }
    arena_done(&arena);
    return 0;
}
