/*
 * A doubly linked list that lives inside the things it links. An entry that is in no list points
 * at itself, so list_remove() of it does nothing.
 */
#ifndef BRAID_BASE_LIST_H
#define BRAID_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* From a member back to the struct that holds it. */
#define container_of(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

struct list {
    struct list *next;
    struct list *previous;
};

static inline void list_init(struct list *entry)
{
    entry->next = entry;
    entry->previous = entry;
}

static inline bool list_is_empty(const struct list *head)
{
    return head->next == head;
}

static inline void list_append(struct list *head, struct list *entry)
{
    entry->next = head;
    entry->previous = head->previous;
    head->previous->next = entry;
    head->previous = entry;
}

static inline void list_prepend(struct list *head, struct list *entry)
{
    list_append(head->next, entry);
}

static inline void list_remove(struct list *entry)
{
    entry->previous->next = entry->next;
    entry->next->previous = entry->previous;
    list_init(entry);
}

/* Takes the first entry out; NULL from an empty list. */
static inline struct list *list_shift(struct list *head)
{
    struct list *first = head->next;
    if (first == head)
        return NULL;
    list_remove(first);
    return first;
}

/* The body must not remove any entry but by leaving the loop. */
#define list_each(entry, head)                                                                     \
    for (struct list *entry = (head)->next; entry != (head); entry = entry->next)

#endif
