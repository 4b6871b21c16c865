/*
 * `path` is left out: a service does not know by which pattern a request came.
 */
#include "config/client_scope.h"

#include "base/arena.h"

void client_scope_init(struct scope *scope, const struct reader *reader, const char *purpose)
{
    struct slot_table *slots = arena_new(reader->arena, struct slot_table);
    slots->arena = reader->arena;
    scope_init(scope, slots, reader->scope->environment, reader->diagnostics,
               SCOPE_CLIENT & ~(1u << SLOT_PATH));
    scope->purpose = purpose;
}
