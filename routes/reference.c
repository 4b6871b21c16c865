/*
 * The sections of the reference that this floor knows.
 */
#include "routes/reference.h"

#include "routes/ladder.h"
#include "routes/proxy.h"
#include "routes/response.h"
#include "routes/route_compile.h"

static const struct {
    const char *title;
    const char *says;
    const struct schema *schema;
} sections[] = {
    {"A route", "`METHOD[,METHOD…] /pattern:` or `ANY /pattern:` below `routes:`.", &route_schema},
    {"A call", "`name:` below `calls:` of a route.", &call_schema},
    {"A rung", "Below `fallback:` of a call: alone, or one of a list. `omit` is a rung too.",
     &rung_schema},
    {"A response", "Below `response:` of a route.", &response_schema},
    {"A proxy", "Below `proxy:` of a route.", &proxy_schema},
    {"An alternative", "One of the list that a route may be instead.", &alternative_schema},
};

void routes_reference_print(FILE *to)
{
    for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
        fprintf(to, "\n## %s\n\n%s\n\n", sections[i].title, sections[i].says);
        schema_describe(sections[i].schema, to);
    }
}
