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
    /* is_entered: its value is looked into even where it is nothing but one slot. */
    void (*visit)(struct text_visitor *visitor, const struct text *text, bool is_entered);
};

void template_visit_texts(const struct template *template, struct text_visitor *visitor);
void request_visit_texts(const struct request *request, struct text_visitor *visitor);

/* Notes in the table which slots are entered (all of the text's where `is_entered`). */
void text_mark_slots(const struct text *text, bool is_entered, struct slot_table *table);

/* Tells `slots` each slot of a text; all as entered where `is_entered`. */
void text_visit_slots_entered(const struct text *text, bool is_entered, struct text_slots *slots);

#endif
