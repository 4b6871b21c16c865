/*
 * From texts to slots: template_visit_slots() and request_visit_slots() are the walk over the
 * texts with an adapter in between.
 */
#include "routes/visit.h"

#include "base/list.h"
#include "routes/request.h"

struct entering {
    struct text_slots slots;
    struct text_slots *inner;
};

static void entering_visit(struct text_slots *slots, uint32_t slot, bool is_entered)
{
    (void)is_entered;
    struct entering *entering = container_of(slots, struct entering, slots);
    entering->inner->visit(entering->inner, slot, true);
}

void text_visit_slots_entered(const struct text *text, bool is_entered, struct text_slots *slots)
{
    if (!is_entered) {
        text_visit_slots(text, slots);
        return;
    }
    struct entering entering = {{entering_visit}, slots};
    text_visit_slots(text, &entering.slots);
}

struct adapter {
    struct text_visitor texts;
    struct text_slots *slots;
};

static void adapter_visit(struct text_visitor *visitor, const struct text *text, bool is_entered)
{
    struct adapter *adapter = container_of(visitor, struct adapter, texts);
    text_visit_slots_entered(text, is_entered, adapter->slots);
}

void template_visit_slots(const struct template *template, struct text_slots *visitor)
{
    struct adapter adapter = {{adapter_visit}, visitor};
    template_visit_texts(template, &adapter.texts);
}

void request_visit_slots(const struct request *request, struct text_slots *visitor)
{
    struct adapter adapter = {{adapter_visit}, visitor};
    request_visit_texts(request, &adapter.texts);
}

struct marker {
    struct text_slots slots;
    struct slot_table *table;
};

static void marker_visit(struct text_slots *slots, uint32_t slot, bool is_entered)
{
    struct marker *marker = container_of(slots, struct marker, slots);
    marker->table->list[slot].is_entered |= is_entered;
}

void text_mark_slots(const struct text *text, bool is_entered, struct slot_table *table)
{
    struct marker marker = {{marker_visit}, table};
    text_visit_slots_entered(text, is_entered, &marker.slots);
}
