/*
 * A list of names, collected from slots and from the services that are asked.
 */
#include "routes/vary.h"

#include "base/arena.h"

struct vary {
    struct arena *arena;
    struct str text;
    bool is_all;
};

static bool vary_has(const struct vary *vary, struct str name)
{
    struct str rest = vary->text;
    struct str part;
    while (str_cut(&rest, ',', &part)) {
        if (str_equal(str_trim(part), name))
            return true;
    }
    return false;
}

static void vary_add(struct vary *vary, struct str name)
{
    if (vary_has(vary, name))
        return;
    const char *separator = vary->text.length > 0 ? ", " : "";
    vary->text =
        str_format(vary->arena, "%.*s%s%.*s", STR_ARGS(vary->text), separator, STR_ARGS(name));
}

static void vary_add_slots(struct vary *vary, const struct slot_table *slots)
{
    for (uint32_t i = 0; i < slots->count; i++) {
        const struct slot *slot = &slots->list[i];
        if (slot->kind == SLOT_COOKIE)
            vary_add(vary, STR("cookie"));
        else if (slot->kind == SLOT_HEADER && slot->name.length > 0)
            vary_add(vary, slot->name);
        else if (slot->kind == SLOT_HEADER)
            vary->is_all = true;
    }
}

static void vary_add_service(struct vary *vary, const struct service *service)
{
    for (uint32_t i = 0; i < service->forward_header_count; i++)
        vary_add(vary, service->forward_headers[i]);
}

static void vary_add_call(struct vary *vary, const struct call *call)
{
    vary_add_service(vary, call->request.service);
    for (uint32_t i = 0; i < call->rung_count; i++) {
        if (call->ladder[i].kind == RUNG_REQUEST)
            vary_add_service(vary, call->ladder[i].request.service);
    }
}

struct str vary_of_route(struct arena *arena, const struct route *route)
{
    struct vary vary = {.arena = arena, .text = STR("")};
    vary_add_slots(&vary, &route->slots);
    for (uint32_t i = 0; i < route->call_count; i++)
        vary_add_call(&vary, &route->calls[i]);
    return vary.is_all ? STR("*") : vary.text;
}
