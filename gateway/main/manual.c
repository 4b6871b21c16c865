/*
 * `braid manual`: the pages that `man` shows. What the tables know is not written twice: commands
 * and their options, and every key of the file.
 */
#include "gateway/main/command.h"

#include "config/manual.h"
#include "routes/reference.h"

#include <stdlib.h>

static void page_begin(const char *title, const char *section, const char *name)
{
    printf(".TH %s %s \"\" \"braid " BRAID_VERSION "\" \"braid\"\n.SH NAME\n%s\n", title, section,
           name);
}

static void options_print(const struct option *options)
{
    char *text = NULL;
    size_t length = 0;
    FILE *into = open_memstream(&text, &length);
    if (into == NULL)
        abort();
    options_describe(options, into);
    fclose(into);
    manual_print_verbatim(text, stdout);
    free(text);
}

static void command_print(const struct command *command)
{
    printf(".TP\n\\fBbraid %s\\fR ", command->name);
    manual_print_text(command->words, stdout);
    manual_print_text(command->says, stdout);
    if (command->help[0] != '\0') {
        fputs(".IP\n", stdout);
        manual_print_text(command->help, stdout);
    }
    if (command->options != NULL)
        options_print(command->options);
}

static const char after_commands[] =
    "Options stand before, between or behind the words, as `--format json` or `--format=json`;\n"
    "behind `--` everything is a word. `--help` behind a command says what it takes.\n";

static const char signals[] =
    "`SIGTERM` and `SIGINT` end `braid run`: no new connections, what is in flight is answered,\n"
    "at most for the time that `drain` in the file gives. A second one ends it at once.\n";

static const char environment[] =
    "`NOTIFY_SOCKET`: the service manager is told when braid serves and when it stops\n"
    "(sd_notify(3)). `LISTEN_PID`, `LISTEN_FDS`, `LISTEN_FDNAMES`: sockets that were passed on\n"
    "(sd_listen_fds(3)); there must be one for each `listen` of the file.\n"
    "What the file names as `${env.NAME}` is read from the environment too.\n";

static const char statuses[] = "0: done; 1: the file or the machine says no; 2: the command line "
                               "is wrong.\n";

static void section_print(const char *title, const char *text)
{
    printf(".SH %s\n", title);
    manual_print_text(text, stdout);
}

static void print_commands_page(void)
{
    page_begin("BRAID", "1", "braid \\- composes the answers of services into one");
    fputs(".SH SYNOPSIS\n.B braid\n.I COMMAND\n[\\fIOPTION\\fR]... [\\fIWORD\\fR]...\n", stdout);
    section_print("DESCRIPTION",
                  "braid is an API gateway: one request of a client becomes calls to several\n"
                  "services, and their answers one answer, whole or in part, within a time that\n"
                  "is stated. One file says all of it: see braid.yaml(5).\n");
    fputs(".SH COMMANDS\n", stdout);
    manual_print_text(after_commands, stdout);
    for (const struct command *command = commands; command->name != NULL; command++)
        command_print(command);
    section_print("EXIT STATUS", statuses);
    section_print("SIGNALS", signals);
    section_print("ENVIRONMENT", environment);
    section_print("FILES", "`/etc/braid/braid.yaml`: the file that the service of the package "
                           "runs.\n");
    fputs(".SH SEE ALSO\n.BR braid.yaml (5)\n", stdout);
}

static void print_keys_page(void)
{
    page_begin("BRAID.YAML", "5", "braid.yaml \\- the configuration of braid");
    section_print("DESCRIPTION",
                  "One YAML file says where braid listens, which services there are, which routes\n"
                  "clients see, how each answer is composed, and what happens when a service is\n"
                  "slow or down. `braid check FILE` reports every mistake in it.\n");
    fputs(".PP\n", stdout);
    manual_print_text(reference_intro, stdout);
    section_print("EXAMPLE", "Two services, one page:");
    manual_print_verbatim("listen: 127.0.0.1:8080\n"
                          "services:\n"
                          "  users:  http://127.0.0.1:9001\n"
                          "  orders: http://127.0.0.1:9002\n"
                          "routes:\n"
                          "  GET /orders/{id}:\n"
                          "    calls:\n"
                          "      order:    orders GET /orders/${path.id}\n"
                          "      customer: users GET /users/${order.customerId}\n",
                          stdout);
    manual_print_sections(config_sections, stdout);
    manual_print_sections(routes_sections, stdout);
    fputs(".SH SEE ALSO\n.BR braid (1)\n", stdout);
}

int command_manual(const struct options *given)
{
    struct str page = str_of(given->words[0]);
    if (str_equal(page, STR("braid"))) {
        print_commands_page();
        return EXIT_FINE;
    }
    if (str_equal(page, STR("braid.yaml"))) {
        print_keys_page();
        return EXIT_FINE;
    }
    fprintf(stderr, "braid manual: there is no page '%s', only braid and braid.yaml\n",
            given->words[0]);
    return EXIT_USAGE;
}
