/*
 * The commands of the braid program. Each gets the words and options behind its name and gives
 * the exit status: 0 done, 1 the file or the machine says no, 2 the command line is wrong.
 */
#ifndef BRAID_GATEWAY_MAIN_COMMAND_H
#define BRAID_GATEWAY_MAIN_COMMAND_H

#include "base/options.h"

enum { EXIT_FINE = 0, EXIT_NO = 1, EXIT_USAGE = 2 };

struct command {
    const char *name;  /* NULL ends the table */
    const char *words; /* "FILE"; "bash|zsh" where it is one of these */
    const char *says;  /* one clause for --help */
    const char *help;  /* the rest of `braid NAME --help` */
    unsigned minimum;  /* how many words it takes */
    unsigned maximum;
    const struct option *options; /* or NULL */
    int (*run)(const struct options *given);
};

extern const struct command commands[];

int command_run(const struct options *given);
int command_check(const struct options *given);
int command_explain(const struct options *given);
int command_matrix(const struct options *given);
int command_test(const struct options *given);
int command_drill(const struct options *given);
int command_openapi(const struct options *given);
int command_schema(const struct options *given);
int command_reference(const struct options *given);
int command_manual(const struct options *given);
int command_completion(const struct options *given);
int command_trace(const struct options *given);
int command_top(const struct options *given);
int command_version(const struct options *given);

extern const struct option check_options[];
extern const struct option explain_options[];
extern const struct option matrix_options[];
extern const struct option test_options[];
extern const struct option drill_options[];
extern const struct option openapi_options[];
extern const struct option trace_options[];
extern const struct option top_options[];

#endif
