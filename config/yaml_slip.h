/*
 * What YAML does to those who write expressions, and how to say it: which character did it, and
 * the line with its quotes.
 */
#ifndef BRAID_CONFIG_YAML_SLIP_H
#define BRAID_CONFIG_YAML_SLIP_H

#include "config/yaml_text.h"

struct node;

/* Where libyaml stopped, in offsets of the file, and its words. */
struct yaml_stop {
    const char *problem;
    const char *context; /* may be NULL */
    size_t at;
    size_t context_at; /* `at` where there is no context */
    bool is_flow;      /* inside { } or [ ] */
};

/* Adds the diagnostic. true: quotes were put into the text, and it can be read again. */
bool yaml_slip_explain(struct yaml_text *yaml, const struct yaml_stop *stop,
                       struct diagnostics *diagnostics);

/* Plain scalars that YAML cut inside a `${…}`. false when that was reported. */
bool yaml_slip_check_key(struct yaml_text *yaml, const struct node *key,
                         struct diagnostics *diagnostics);
bool yaml_slip_check_value(struct yaml_text *yaml, const struct node *value,
                           struct diagnostics *diagnostics);

/* "write  e: "*.example.com"": the line of `at`, with the text that begins there in quotes. */
struct str yaml_slip_quoted(struct yaml_text *yaml, size_t at, bool is_flow);

#endif
