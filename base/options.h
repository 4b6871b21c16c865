/*
 * Options of a command line, from a table: `--name VALUE`, `--name=VALUE` and switches, between
 * words in any order. Behind `--` everything is a word. An option that is given twice has its
 * last value.
 */
#ifndef BRAID_BASE_OPTIONS_H
#define BRAID_BASE_OPTIONS_H

#include "base/str.h"

#include <stdio.h>

#define OPTIONS_MAXIMUM 8

struct option {
    const char *name;           /* "format"; NULL ends a table */
    const char *const *choices; /* the words it takes, NULL at the end; the first is the default */
    const char *argument;       /* any text instead, by this name in help; neither: a switch */
    const char *says;           /* one clause for help */
};

struct options {
    const struct option *table;
    bool is_given[OPTIONS_MAXIMUM];
    unsigned choices[OPTIONS_MAXIMUM];
    const char *texts[OPTIONS_MAXIMUM];
    const char **words; /* in arena */
    unsigned word_count;
    bool wants_help; /* --help or -h stood somewhere: nothing else was looked at */
};

/* What is wrong, and the part of the argument that is meant. In arena. */
struct options_mistake {
    struct str message; /* one clause for people */
    struct str hint;    /* "did you mean 'json'?"; may be empty */
    int argument;
    size_t offset; /* in it, in bytes */
    size_t length;
};

/* Keeps table and arguments. false and *ret_mistake. */
bool options_parse(struct arena *arena, const struct option *table, int count, char **arguments,
                   struct options *ret_options, struct options_mistake *ret_mistake);

/* Each of a name that the table has. */
bool options_has(const struct options *options, const char *name);
unsigned options_choice(const struct options *options, const char *name);  /* index of the word */
const char *options_text(const struct options *options, const char *name); /* NULL: not given */

/* A line for each, as --help shows them. */
void options_describe(const struct option *table, FILE *to);

#endif
