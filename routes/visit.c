/*
 * Marking slots. The walks themselves are beside what they walk over.
 */
#include "routes/visit.h"

#include "base/list.h"
#include "config/scope.h"

struct marker {
    struct text_slots slots;
    struct slot_table *table;
    bool is_entered; /* whatever the expression does */
};

static void marker_visit(struct text_slots *slots, uint32_t slot, bool is_entered)
{
    struct marker *marker = container_of(slots, struct marker, slots);
    marker->table->list[slot].is_entered |= is_entered || marker->is_entered;
}

void text_mark_slots(const struct text *text, bool is_entered, struct slot_table *table)
{
    struct marker marker = {{marker_visit}, table, is_entered};
    text_visit_slots(text, &marker.slots);
}
