/*
 * The commands of the braid program. Each gets what stands behind its name and gives the exit
 * status: 0 done, 1 the file or the machine says no, 2 the command line is wrong.
 */
#ifndef BRAID_GATEWAY_MAIN_COMMAND_H
#define BRAID_GATEWAY_MAIN_COMMAND_H

enum { EXIT_FINE = 0, EXIT_NO = 1, EXIT_USAGE = 2 };

struct command {
    const char *name;
    const char *arguments; /* "FILE" */
    const char *says;      /* one sentence for --help */
    const char *help;      /* the rest of `braid NAME --help` */
    int minimum;           /* how many arguments it takes */
    int maximum;
    int (*run)(int count, char **arguments);
};

int command_run(int count, char **arguments);
int command_check(int count, char **arguments);
int command_explain(int count, char **arguments);
int command_reference(int count, char **arguments);
int command_version(int count, char **arguments);

#endif
