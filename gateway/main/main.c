/*
 * braid: the command line. Finds the command, answers --help everywhere, leaves the rest to it.
 */
#include "gateway/main/command.h"

#include "base/str.h"

#include <stdio.h>

static const struct command commands[] = {
    {"run", "FILE", "run the gateway that FILE describes",
     "Every mistake in the file is printed and nothing is started. SIGTERM and SIGINT stop taking\n"
     "connections, finish what is in flight within `drain`, and exit with 0.\n",
     1, 1, command_run},
    {"check", "FILE", "report every mistake in FILE",
     "Exit status 0: the file can run (there may be warnings and notes); 1: it cannot.\n", 1, 1,
     command_check},
    {"explain", "FILE 'GET /orders/7'", "show what a request will do",
     "The plan of the route that takes the request: what starts when, the longest path, the worst\n"
     "case that the timeouts allow, and what each service's outage would do to it. Without a\n"
     "request: every route.\n",
     1, 2, command_explain},
    {"reference", "", "print every key of the file as Markdown",
     "Made from the tables that the file is checked with.\n", 0, 0, command_reference},
    {"version", "", "print the version", "", 0, 0, command_version},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static void print_help(FILE *to)
{
    fputs("braid composes the answers of services into one.\n\nusage:\n", to);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        char call[64];
        snprintf(call, sizeof call, "%s %s", commands[i].name, commands[i].arguments);
        fprintf(to, "  braid %-30s %s\n", call, commands[i].says);
    }
    fputs("\n`braid COMMAND --help` says more.\n", to);
}

static bool asks_for_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

static int command_call(const struct command *command, int count, char **arguments)
{
    for (int i = 0; i < count; i++) {
        if (!asks_for_help(arguments[i]))
            continue;
        printf("usage: braid %s %s\n\n%s: %s\n\n%s", command->name, command->arguments,
               command->name, command->says, command->help);
        return EXIT_FINE;
    }
    for (int i = 0; i < count; i++) {
        if (arguments[i][0] != '-')
            continue;
        fprintf(stderr, "braid %s: unknown option '%s'\n", command->name, arguments[i]);
        return EXIT_USAGE;
    }
    if (count < command->minimum || count > command->maximum) {
        fprintf(stderr, "usage: braid %s %s\n", command->name, command->arguments);
        return EXIT_USAGE;
    }
    return command->run(count, arguments);
}

static int unknown_command(const char *name)
{
    fprintf(stderr, "braid: unknown command '%s'", name);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (str_distance(str_of(name), str_of(commands[i].name), 2) <= 2) {
            fprintf(stderr, "; did you mean '%s'?", commands[i].name);
            break;
        }
    fputs("\n", stderr);
    return EXIT_USAGE;
}

int main(int count, char **arguments)
{
    if (count < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const char *name = arguments[1];
    if (asks_for_help(name) || strcmp(name, "help") == 0) {
        print_help(stdout);
        return EXIT_FINE;
    }
    if (strcmp(name, "--version") == 0)
        name = "version";
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return command_call(&commands[i], count - 2, arguments + 2);
    return unknown_command(name);
}
