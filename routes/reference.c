/*
 * The sections of the reference that this floor knows.
 */
#include "routes/reference.h"

#include "routes/ladder.h"
#include "routes/proxy.h"
#include "routes/response.h"
#include "routes/route_compile.h"

const struct reference_section routes_sections[] = {
    {"A route", "`METHOD[,METHOD…] /pattern:` or `ANY /pattern:` below `routes:`.", &route_schema},
    {"A call", "`name:` below `calls:` of a route.", &call_schema},
    {"A rung", "Below `fallback:` of a call: alone, or one of a list. `omit` is a rung too.",
     &rung_schema},
    {"A response", "Below `response:` of a route.", &response_schema},
    {"A proxy", "Below `proxy:` of a route.", &proxy_schema},
    {"An alternative", "One of the list that a route may be instead.", &alternative_schema},
    {.title = NULL},
};

void routes_reference_print(FILE *to)
{
    reference_print_sections(routes_sections, to);
}
