/*
 * The sections of the reference that this floor knows.
 */
#include "config/reference.h"

#include "config/service.h"
#include "config/settings.h"

const char reference_intro[] =
    "Durations are `250ms`, `1s`, `5m`, `1h`; sizes `512B`, `16KiB`, `1MiB`, `1MB`; shares\n"
    "`20%`. Any of these, and any text, may be a constant: `${env.NAME}` or\n"
    "`${file('key.txt')}`. `on` and `true` are the same, as are `off` and `false`.\n"
    "`allow: [NAME]` in a mapping silences the warning of that name there.\n";

const struct reference_section config_sections[] = {
    {"The gateway itself", "The top of the file. Keys that begin with `x-` are yours.",
     &settings_schema},
    {"Included files", "", &include_schema},
    {"Services", "A service that is one URL may be written as `users: http://users.internal:8080`.",
     &service_schema},
    {.title = NULL},
};

void reference_print_sections(const struct reference_section *sections, FILE *to)
{
    for (; sections->title != NULL; sections++) {
        fprintf(to, "\n## %s\n\n", sections->title);
        if (sections->says[0] != '\0')
            fprintf(to, "%s\n\n", sections->says);
        schema_describe(sections->schema, to);
    }
}

void reference_print(FILE *to)
{
    fprintf(to, "# Reference of the configuration\n\n%s", reference_intro);
    reference_print_sections(config_sections, to);
}
