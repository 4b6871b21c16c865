/*
 * `braid check`: every mistake of a file, for people or for programs.
 */
#include "gateway/main/command.h"

#include "base/json/build.h"
#include "base/json/page.h"
#include "config/diagnostic_json.h"
#include "config/document.h"
#include "gateway/snapshot.h"

enum format { FORMAT_TEXT, FORMAT_JSON };

static const char *const formats[] = {"text", "json", NULL};

const struct option check_options[] = {
    {.name = "format", .choices = formats, .says = "for people (text), or one JSON document"},
    {.name = "strict", .says = "warnings too make the exit status 1"},
    {.name = NULL},
};

static void print_text(struct snapshot *snapshot, const char *path, bool is_fine)
{
    const size_t *counts = snapshot->diagnostics.counts;
    const char *verdict = is_fine                        ? "ok"
                          : snapshot_is_usable(snapshot) ? "refused, since warnings count"
                                                         : "cannot run";
    diagnostics_print(&snapshot->diagnostics, stderr);
    printf("%s: %s (%zu errors, %zu warnings, %zu notes)\n", path, verdict, counts[SEVERITY_ERROR],
           counts[SEVERITY_WARNING], counts[SEVERITY_NOTE]);
}

static void print_json(struct snapshot *snapshot, const char *path, bool is_fine)
{
    struct arena *arena = &snapshot->arena;
    const size_t *counts = snapshot->diagnostics.counts;
    struct json_builder report = json_builder_in(arena);
    json_builder_set(&report, "file", json_from_text(arena, str_of(path)));
    json_builder_set(&report, "ok", json_boolean(is_fine));
    json_builder_set(&report, "errors", json_from_integer(arena, (int64_t)counts[SEVERITY_ERROR]));
    json_builder_set(&report, "warnings",
                     json_from_integer(arena, (int64_t)counts[SEVERITY_WARNING]));
    json_builder_set(&report, "notes", json_from_integer(arena, (int64_t)counts[SEVERITY_NOTE]));
    json_builder_set(&report, "diagnostics", diagnostics_json(&snapshot->diagnostics));
    json_page_print(arena, json_builder_object(&report), stdout);
}

int command_check(const struct options *given)
{
    const char *path = given->words[0];
    struct snapshot *snapshot = snapshot_load(str_of(path));
    if (strcmp(path, DOCUMENT_INPUT) == 0)
        path = DOCUMENT_INPUT_SHOWN;
    bool is_strict = options_has(given, "strict");
    bool is_fine = snapshot_is_usable(snapshot) &&
                   !(is_strict && snapshot->diagnostics.counts[SEVERITY_WARNING] > 0);
    if (options_choice(given, "format") == FORMAT_JSON)
        print_json(snapshot, path, is_fine);
    else
        print_text(snapshot, path, is_fine);
    snapshot_unref(snapshot);
    return is_fine ? EXIT_FINE : EXIT_NO;
}
