/*
 * `braid test`: routes played offline against services that are written down.
 */
#include "gateway/main/rehearse.h"

#include "gateway/main/command.h"
#include "gateway/rehearsal/case_report.h"

static const char *const test_formats[] = {"text", "tap", NULL};

const struct option test_options[] = {
    {.name = "format", .choices = test_formats, .says = "for people (text), or TAP 14 (tap)"},
    {.name = NULL},
};

struct snapshot *rehearse_open(const char *path)
{
    struct snapshot *snapshot = snapshot_load(str_of(path));
    if (snapshot_is_usable(snapshot))
        return snapshot;
    diagnostics_print(&snapshot->diagnostics, stderr);
    snapshot_unref(snapshot);
    return NULL;
}

struct case_file *rehearse_open_cases(struct snapshot *snapshot, const char *path)
{
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, &snapshot->arena);
    struct case_file *cases =
        case_file_read(&snapshot->arena, str_of(path), snapshot->config, &diagnostics);
    diagnostics_print(&diagnostics, stderr);
    return cases;
}

int command_test(const struct options *given)
{
    int status = EXIT_NO;
    struct snapshot *snapshot = rehearse_open(given->words[0]);
    if (snapshot == NULL)
        return status;
    const struct case_file *cases = rehearse_open_cases(snapshot, given->words[1]);
    if (cases != NULL) {
        enum case_format format = (enum case_format)options_choice(given, "format");
        status = case_report_print(snapshot, cases, format, stdout) == 0 ? EXIT_FINE : EXIT_NO;
    }
    snapshot_unref(snapshot);
    return status;
}
