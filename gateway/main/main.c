/*
 * braid: the command line. Finds the command, answers --help everywhere, leaves the rest to it.
 */
#include "gateway/main/command.h"

#include "base/arena.h"
#include "config/diagnostic.h"
#include "gateway/main/command_line.h"

#define COMMAND_LINE_MEMORY ((size_t)1024 * 1024)

const struct command commands[] = {
    {"run", "FILE", "run the gateway that FILE describes",
     "Every mistake in the file is printed and nothing is started. SIGTERM and SIGINT stop taking\n"
     "connections, finish what is in flight within `drain`, and exit with 0.\n",
     1, 1, NULL, command_run},
    {"check", "FILE", "report every mistake in FILE",
     "Exit status 0: the file can run (there may be warnings and notes); 1: it cannot.\n", 1, 1,
     check_options, command_check},
    {"explain", "FILE ['GET /orders/7']", "show what a request will do",
     "The plan of the route that takes the request: what starts when, the longest path, the worst\n"
     "case that the timeouts allow, and what each service's outage would do to it. Without a\n"
     "request: every route. `--format dot` is for Graphviz: dashed edges are `after`, dotted ones\n"
     "are needed by a fallback alone, the longest path is bold.\n",
     1, 2, explain_options, command_explain},
    {"matrix", "FILE", "show what each service's outage does to each route",
     "fails: the client gets a problem document; degrades: it gets an answer in which what is\n"
     "listed below the table stands; untouched services are a dot.\n",
     1, 1, matrix_options, command_matrix},
    {"test", "FILE CASES", "play the cases of CASES offline",
     "No service runs and no socket is opened: what services answer stands in CASES, and time is\n"
     "virtual. Exit status 0: every case is as expected; 1: one is not, or a file is wrong.\n",
     2, 2, test_options, command_test},
    {"drill", "FILE ['GET /orders/7']", "show what clients get while each service is lost",
     "Plays every route offline: once with everything in order, then with each of its services\n"
     "down, hanging, answering 500, and answering garbage. What services answer is taken from the\n"
     "first case that has a complete answer; without one it is made up from what the route "
     "reads.\n",
     1, 2, drill_options, command_drill},
    {"trace", "ID", "show what the calls of one request did and when",
     "Asks a running braid by its admin listener. ID is the request's id or its trace id; a "
     "bounded\n"
     "number of failed, degraded, slow and other requests is kept. A bar is dots while its call\n"
     "waits for a place and # while it is at work.\n",
     1, 1, trace_options, command_trace},
    {"top", "", "show what a running braid does, every second",
     "Routes and services, the worst first, over the last minute, and the requests that failed or\n"
     "lost a part. q ends it.\n",
     0, 0, top_options, command_top},
    {"schema", "", "print the JSON Schema of the file, for editors",
     "JSON Schema 2020-12, made from the tables that the file is checked with. Save it, and begin\n"
     "a file with  # yaml-language-server: $schema=braid.schema.json\n",
     0, 0, NULL, command_schema},
    {"openapi", "FILE", "print the OpenAPI description of the composed routes",
     "OpenAPI 3.1. What a service answers is not known to braid: where a value of a call stands,\n"
     "the schema is open. Proxy routes are not described.\n",
     1, 1, openapi_options, command_openapi},
    {"reference", "", "print every key of the file as Markdown",
     "Made from the tables that the file is checked with.\n", 0, 0, NULL, command_reference},
    {"manual", "braid|braid.yaml", "print a manual page, for man",
     "braid(1) is made from the table of commands, braid.yaml(5) from those of the file's keys.\n"
     "Try  braid manual braid.yaml | man -l -\n",
     1, 1, NULL, command_manual},
    {"completion", "bash|zsh|fish", "print what a shell needs to complete braid's command line",
     "For bash:  source <(braid completion bash)\n", 1, 1, NULL, command_completion},
    {"version", "", "print the version", "", 0, 0, NULL, command_version},
    {.name = NULL},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0] - 1)

static void print_help(FILE *to)
{
    fputs("braid composes the answers of services into one.\n\nusage:\n", to);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        char call[64];
        snprintf(call, sizeof call, "%s %s", commands[i].name, commands[i].words);
        fprintf(to, "  braid %-30s %s\n", call, commands[i].says);
    }
    fputs("\n`braid COMMAND --help` says more.\n", to);
}

static void print_usage(const struct command *command, FILE *to)
{
    fprintf(to, "usage: braid %s%s%s%s\n", command->name, command->words[0] != '\0' ? " " : "",
            command->words, command->options != NULL ? " [OPTION]..." : "");
}

static int command_help(const struct command *command)
{
    print_usage(command, stdout);
    printf("\n%s: %s\n", command->name, command->says);
    if (command->help[0] != '\0')
        printf("\n%s", command->help);
    if (command->options != NULL) {
        fputs("\noptions:\n", stdout);
        options_describe(command->options, stdout);
    }
    return EXIT_FINE;
}

static int command_call(const struct command *command, struct arena *arena, int count,
                        char **arguments)
{
    struct options given;
    struct options_mistake mistake;
    if (!options_parse(arena, command->options, count - 2, arguments + 2, &given, &mistake)) {
        mistake.argument += 2;
        if (str_is_empty(mistake.hint))
            mistake.hint = str_format(arena, "see braid %s --help", command->name);
        command_line_refuse(arena, count, arguments, &mistake);
        return EXIT_USAGE;
    }
    if (given.wants_help)
        return command_help(command);
    if (given.word_count >= command->minimum && given.word_count <= command->maximum)
        return command->run(&given);
    print_usage(command, stderr);
    return EXIT_USAGE;
}

static int unknown_command(struct arena *arena, int count, char **arguments)
{
    struct str name = str_of(arguments[1]), names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = str_of(commands[i].name);
    struct options_mistake mistake = {
        .message = str_format(arena, "unknown command '%s'", arguments[1]),
        .hint = diagnostic_did_you_mean(arena, name, names, COMMAND_COUNT),
        .argument = 1,
        .length = name.length};
    if (str_is_empty(mistake.hint))
        mistake.hint = STR("see braid --help");
    command_line_refuse(arena, count, arguments, &mistake);
    return EXIT_USAGE;
}

static int line_run(struct arena *arena, int count, char **arguments)
{
    const char *name = strcmp(arguments[1], "--version") == 0 ? "version" : arguments[1];
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return command_call(&commands[i], arena, count, arguments);
    return unknown_command(arena, count, arguments);
}

static bool asks_for_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0 ||
           strcmp(argument, "help") == 0;
}

int main(int count, char **arguments)
{
    if (count < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (asks_for_help(arguments[1])) {
        print_help(stdout);
        return EXIT_FINE;
    }
    struct arena arena;
    arena_init(&arena, NULL, COMMAND_LINE_MEMORY);
    int status = line_run(&arena, count, arguments);
    arena_done(&arena);
    return status;
}
