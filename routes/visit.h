/*
 * Who walks over everything that a route evaluates: the texts, and through them the slots.
 */
#ifndef BRAID_ROUTES_VISIT_H
#define BRAID_ROUTES_VISIT_H

#include "config/text.h"

struct slot_table;
struct template;
struct request;

/* Embedded by who looks; found back with container_of. */
struct text_visitor {
    void (*visit)(struct text_visitor *visitor, const struct text *text);
};

void template_visit_texts(const struct template *template, struct text_visitor *visitor);
void request_visit_texts(const struct request *request, struct text_visitor *visitor);

/*
 * Notes in the table which slots are looked into: those of more than a name alone, all of the
 * text's where `is_entered`.
 */
void text_mark_slots(const struct text *text, bool is_entered, struct slot_table *table);

#endif
