/*
 * The pattern of a route: literal segments, {parameters}, and at the end `*` for all the rest.
 * Which paths it takes, what it takes out of them, and which of two is the more specific.
 */
#ifndef BRAID_ROUTES_PATTERN_H
#define BRAID_ROUTES_PATTERN_H

#include "config/document.h"
#include "routes/path.h"

enum pattern_kind { PATTERN_LITERAL, PATTERN_PARAMETER, PATTERN_REST, PATTERN_KIND_COUNT };

struct pattern_segment {
    enum pattern_kind kind;
    struct str text; /* a literal, normalised; the name of a parameter */
};

struct pattern {
    struct str text;
    struct pattern_segment *segments;
    uint32_t count;
    struct str *parameters; /* names in order */
    uint32_t parameter_count;
    bool has_rest; /* ends in `*` */
};

/* What a match took; slices of the path, percent-encoded. */
struct pattern_match {
    struct str *parameters; /* pattern->parameter_count of them, in arena */
    struct str rest;        /* of `*`: with its leading slash as it was: "", "/", "/a/b" */
};

/* `text` begins at `offset` of node->text. Mistakes become diagnostics: false. */
bool pattern_compile(struct arena *arena, const struct node *node, size_t offset, struct str text,
                     struct diagnostics *diagnostics, struct pattern *ret_pattern);

bool pattern_takes(const struct pattern *pattern, const struct path *path);

/* Of a path that the pattern takes. */
void pattern_extract(struct arena *arena, const struct pattern *pattern, const struct path *path,
                     struct pattern_match *ret_match);

/* < 0: a is more specific (literal before {parameter} before *, from the left); 0: the same. */
int pattern_compare(const struct pattern *a, const struct pattern *b);

#endif
