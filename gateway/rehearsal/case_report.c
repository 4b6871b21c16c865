/*
 * Both forms say the same; TAP wraps it in what its readers need.
 */
#include "gateway/rehearsal/case_report.h"

#include "base/arena.h"
#include "config/units.h"
#include "gateway/rehearsal/judge.h"
#include "gateway/rehearsal/line_diff.h"

#define CASE_MEMORY ((size_t)256 * 1024 * 1024)

static const char *const indents[] = {[CASE_FORMAT_TEXT] = "        ", [CASE_FORMAT_TAP] = "    "};

struct case_report {
    struct arena arena; /* of one case */
    enum case_format format;
    FILE *to;
};

static void finding_print(struct case_report *report, const struct finding *finding)
{
    const char *indent = indents[report->format];
    if (!finding->is_page) {
        fprintf(report->to, "%s%.*s: expected %.*s, got %.*s\n", indent, STR_ARGS(finding->what),
                STR_ARGS(finding->expected), STR_ARGS(finding->got));
        return;
    }
    fprintf(report->to, "%s%.*s: - expected, + got\n", indent, STR_ARGS(finding->what));
    line_diff_print(&report->arena, finding->expected, finding->got,
                    str_format(&report->arena, "%s  ", indent).at, report->to);
}

static void misses_print(struct case_report *report, const struct canned_miss *miss)
{
    for (; miss != NULL; miss = miss->next)
        fprintf(report->to, "%s%.*s was asked %.*s, and no rule answers that: 404\n",
                indents[report->format], STR_ARGS(miss->service->name), STR_ARGS(miss->line));
}

static void findings_print(struct case_report *report, const struct judgement *judgement,
                           const struct rehearsal *rehearsal)
{
    for (const struct finding *finding = judgement->first; finding; finding = finding->next)
        finding_print(report, finding);
    misses_print(report, rehearsal->misses);
}

#define REORDERED "the members of the body stand in another order"

static void case_print_text(struct case_report *report, const struct test_case *test,
                            const struct judgement *judgement, const struct rehearsal *rehearsal)
{
    bool is_fine = judgement->first == NULL;
    fprintf(report->to, "%s%.*s\n", is_fine ? "ok      " : "not ok  ", STR_ARGS(test->name));
    if (!is_fine)
        fprintf(report->to, "%s%.*s:%u\n", indents[CASE_FORMAT_TEXT],
                STR_ARGS(test->place.file->path), test->place.line);
    else if (judgement->is_reordered)
        fprintf(report->to, "%snote: " REORDERED "\n", indents[CASE_FORMAT_TEXT]);
    if (!is_fine)
        findings_print(report, judgement, rehearsal);
}

/* `#` begins a directive, a backslash an escape. */
static void tap_name_print(struct str name, FILE *to)
{
    for (size_t i = 0; i < name.length; i++) {
        if (name.at[i] == '#' || name.at[i] == '\\')
            fputc('\\', to);
        fputc(name.at[i] == '\n' ? ' ' : name.at[i], to);
    }
}

static void case_print_tap(struct case_report *report, const struct test_case *test,
                           uint32_t number, const struct judgement *judgement,
                           const struct rehearsal *rehearsal)
{
    bool is_fine = judgement->first == NULL;
    fprintf(report->to, "%sok %u - ", is_fine ? "" : "not ", number);
    tap_name_print(test->name, report->to);
    fputc('\n', report->to);
    if (judgement->is_reordered)
        fputs("# " REORDERED "\n", report->to);
    if (is_fine)
        return;
    fprintf(report->to, "  ---\n  at: \"%.*s:%u\"\n  findings: |\n",
            STR_ARGS(test->place.file->path), test->place.line);
    findings_print(report, judgement, rehearsal);
    fputs("  ...\n", report->to);
}

static bool case_play(struct case_report *report, struct snapshot *snapshot,
                      const struct case_file *file, const struct test_case *test, uint32_t number)
{
    struct stage stage = {
        .snapshot = snapshot,
        .services = test->services,
        .wall = file->wall,
        .services_earlier = test->earlier > 0 ? file->services : NULL,
        .earlier = test->earlier,
    };
    struct rehearsal rehearsal;
    struct judgement judgement;
    arena_init(&report->arena, NULL, CASE_MEMORY);
    rehearsal_run(&stage, &test->request, &report->arena, &rehearsal);
    judge(&report->arena, &test->expect, &rehearsal, &judgement);
    if (report->format == CASE_FORMAT_TAP)
        case_print_tap(report, test, number, &judgement, &rehearsal);
    else
        case_print_text(report, test, &judgement, &rehearsal);
    arena_done(&report->arena);
    return judgement.first == NULL;
}

uint32_t case_report_print(struct snapshot *snapshot, const struct case_file *file,
                           enum case_format format, FILE *to)
{
    struct case_report report = {.format = format, .to = to};
    uint32_t failed = 0;
    if (format == CASE_FORMAT_TAP)
        fprintf(to, "TAP version 14\n1..%u\n", file->count);
    for (uint32_t i = 0; i < file->count; i++)
        failed += !case_play(&report, snapshot, file, &file->cases[i], i + 1);
    if (format == CASE_FORMAT_TEXT)
        fprintf(to, "\n%u passed, %u failed\n", file->count - failed, failed);
    return failed;
}
