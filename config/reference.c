/*
 * Headings and one paragraph around each table.
 */
#include "config/reference.h"

#include "config/service.h"
#include "config/settings.h"

void reference_print(FILE *to)
{
    fputs("# Reference of the configuration\n\n"
          "Durations are `250ms`, `1s`, `5m`, `1h`; sizes `512B`, `16KiB`, `1MiB`, `1MB`; shares\n"
          "`20%`. Any of these, and any text, may be a constant: `${env.NAME}` or\n"
          "`${file('key.txt')}`. `on` and `true` are the same, as are `off` and `false`.\n"
          "`allow: [NAME]` in a mapping silences the warning of that name there.\n\n"
          "## The gateway itself\n\n"
          "The top of the file. Keys that begin with `x-` are yours.\n\n",
          to);
    schema_describe(&settings_schema, to);
    fputs("\n## Included files\n\n", to);
    schema_describe(&include_schema, to);
    fputs("\n## Services\n\n"
          "A service that is one URL may be written as `users: http://users.internal:8080`.\n\n",
          to);
    schema_describe(&service_schema, to);
}
