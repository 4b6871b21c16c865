/*
 * `braid completion`: what the shells need to complete commands, options and their values, made
 * from the table of commands. Words that are not listed there are files.
 */
#include "gateway/main/command.h"

static bool words_are_choices(const struct command *command)
{
    return strchr(command->words, '|') != NULL;
}

static bool option_takes_value(const struct option *option)
{
    return option->choices != NULL || option->argument != NULL;
}

static const struct option *option_first(const struct command *command)
{
    static const struct option none[] = {{.name = NULL}};
    return command->options != NULL ? command->options : none;
}

/* "bash|zsh|fish" as "bash zsh fish". */
static void choices_print(const char *words)
{
    for (; *words != '\0'; words++)
        putchar(*words == '|' ? ' ' : *words);
}

static void values_print(const char *const *values)
{
    for (size_t i = 0; values[i] != NULL; i++)
        printf("%s%s", i == 0 ? "" : " ", values[i]);
}

/* Inside '…' of a shell; `special` bytes get a backslash before them. */
static void quoted_print(const char *text, const char *special)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            fputs("'\\''", stdout);
            continue;
        }
        if (strchr(special, *text) != NULL)
            putchar('\\');
        putchar(*text);
    }
}

/* --- bash --------------------------------------------------------------------------------- */

static void bash_print_values(void)
{
    fputs("    case $command:$before in\n", stdout);
    for (const struct command *command = commands; command->name != NULL; command++) {
        for (const struct option *option = option_first(command); option->name != NULL; option++) {
            if (!option_takes_value(option))
                continue;
            printf("    %s:--%s) _braid_offer '", command->name, option->name);
            if (option->choices != NULL)
                values_print(option->choices);
            fputs(option->choices != NULL ? "' \"$word\"; return ;;\n"
                                          : "' \"$word\" files; return ;;\n",
                  stdout);
        }
    }
    fputs("    esac\n", stdout);
}

static void bash_print_words(void)
{
    fputs("    case $command:$word in\n", stdout);
    for (const struct command *command = commands; command->name != NULL; command++) {
        printf("    %s:-*) _braid_offer '", command->name);
        for (const struct option *option = option_first(command); option->name != NULL; option++)
            printf("--%s ", option->name);
        fputs("--help' \"$word\" ;;\n", stdout);
        printf("    %s:*) _braid_offer '", command->name);
        if (words_are_choices(command))
            choices_print(command->words);
        bool takes_files = command->maximum > 0 && !words_are_choices(command);
        printf("' \"$word\"%s ;;\n", takes_files ? " files" : "");
    }
    fputs("    esac\n", stdout);
}

static void bash_print(void)
{
    fputs("# Completion of braid for bash, made by `braid completion bash`.\n"
          "_braid_offer() {\n"
          "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$2\")\n"
          "    [ \"${3-}\" = files ] || return\n"
          "    compopt -o filenames 2>/dev/null\n"
          "    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- \"$2\")\n"
          "}\n"
          "_braid() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    local command=${COMP_WORDS[1]-}\n"
          "    COMPREPLY=()\n"
          "    # bash makes three words of --format=json\n"
          "    if [ \"$word\" = = ]; then word=''\n"
          "    elif [ \"$before\" = = ]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        _braid_offer '",
          stdout);
    for (const struct command *command = commands; command->name != NULL; command++)
        printf("%s ", command->name);
    fputs("--help --version' \"$word\"\n        return\n    fi\n", stdout);
    bash_print_values();
    bash_print_words();
    fputs("}\ncomplete -F _braid braid\n", stdout);
}

/* --- zsh ---------------------------------------------------------------------------------- */

static void zsh_print_option(const struct option *option)
{
    printf(" \\\n        '--%s%s[", option->name, option_takes_value(option) ? "=" : "");
    quoted_print(option->says, "[]:\\");
    putchar(']');
    if (option->choices != NULL) {
        printf(":%s:(", option->name);
        values_print(option->choices);
        putchar(')');
    } else if (option->argument != NULL) {
        printf(":%s:_files", option->argument);
    }
    putchar('\'');
}

static void zsh_print_command(const struct command *command)
{
    printf("    %s) _arguments '--help[say what it takes]'", command->name);
    for (const struct option *option = option_first(command); option->name != NULL; option++)
        zsh_print_option(option);
    if (words_are_choices(command)) {
        fputs(" \\\n        '1:word:(", stdout);
        choices_print(command->words);
        fputs(")'", stdout);
    } else if (command->maximum > 0) {
        fputs(" \\\n        '*:file:_files'", stdout);
    }
    fputs(" ;;\n", stdout);
}

static void zsh_print(void)
{
    fputs("#compdef braid\n# Completion of braid for zsh, made by `braid completion zsh`.\n"
          "_braid() {\n    local -a known=(\n",
          stdout);
    for (const struct command *command = commands; command->name != NULL; command++) {
        printf("        '%s:", command->name);
        quoted_print(command->says, ":\\");
        fputs("'\n", stdout);
    }
    fputs("    )\n"
          "    if (( CURRENT == 2 )); then\n"
          "        _describe command known\n"
          "        return\n"
          "    fi\n"
          "    shift words\n"
          "    (( CURRENT-- ))\n"
          "    case $words[1] in\n",
          stdout);
    for (const struct command *command = commands; command->name != NULL; command++)
        zsh_print_command(command);
    fputs("    esac\n}\n"
          "if [ \"$funcstack[1]\" = _braid ]; then _braid \"$@\"; else compdef _braid braid; fi\n",
          stdout);
}

/* --- fish --------------------------------------------------------------------------------- */

static void fish_print_option(const struct command *command, const struct option *option)
{
    printf("complete -c braid -n '__fish_seen_subcommand_from %s' -l %s", command->name,
           option->name);
    if (option->choices != NULL) {
        fputs(" -x -a '", stdout);
        values_print(option->choices);
        putchar('\'');
    } else if (option->argument != NULL) {
        fputs(" -r", stdout);
    }
    fputs(" -d '", stdout);
    quoted_print(option->says, "");
    fputs("'\n", stdout);
}

static void fish_print(void)
{
    fputs("# Completion of braid for fish, made by `braid completion fish`.\n", stdout);
    for (const struct command *command = commands; command->name != NULL; command++) {
        printf("complete -c braid -n __fish_use_subcommand -f -a %s -d '", command->name);
        quoted_print(command->says, "");
        fputs("'\n", stdout);
        if (words_are_choices(command)) {
            printf("complete -c braid -n '__fish_seen_subcommand_from %s' -f -a '", command->name);
            choices_print(command->words);
            fputs("'\n", stdout);
        } else if (command->maximum == 0) {
            printf("complete -c braid -n '__fish_seen_subcommand_from %s' -f\n", command->name);
        }
        for (const struct option *option = option_first(command); option->name != NULL; option++)
            fish_print_option(command, option);
    }
}

int command_completion(const struct options *given)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } shells[] = {{"bash", bash_print}, {"zsh", zsh_print}, {"fish", fish_print}};
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        if (strcmp(shells[i].name, given->words[0]) != 0)
            continue;
        shells[i].print();
        return EXIT_FINE;
    }
    fprintf(stderr, "braid completion: there is none for '%s', only for bash, zsh and fish\n",
            given->words[0]);
    return EXIT_USAGE;
}
