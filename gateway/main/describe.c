/*
 * `braid reference`, `braid schema`, `braid version`: what braid says of itself, without a file.
 */
#include "gateway/main/command.h"

#include "base/arena.h"
#include "base/json/page.h"
#include "config/reference.h"
#include "routes/file_schema.h"
#include "routes/reference.h"

#define SCHEMA_MEMORY ((size_t)64 * 1024 * 1024)

int command_reference(const struct options *given)
{
    (void)given;
    reference_print(stdout);
    routes_reference_print(stdout);
    return EXIT_FINE;
}

int command_schema(const struct options *given)
{
    (void)given;
    struct arena arena;
    arena_init(&arena, NULL, SCHEMA_MEMORY);
    json_page_print(&arena, file_schema(&arena), stdout);
    arena_done(&arena);
    return EXIT_FINE;
}

int command_version(const struct options *given)
{
    (void)given;
    puts("braid " BRAID_VERSION);
    return EXIT_FINE;
}
