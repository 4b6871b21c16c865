/* See expose.h. The words stand in the order of their bits. */
#include "config/expose.h"

static const char *const exposures[] = {"server_timing", "cache_status", NULL};

bool expose_read(struct reader *reader, const struct node *node, void *into)
{
    struct str *texts;
    uint32_t count;
    unsigned *set = into;
    bool is_fine = reader_texts(reader, node, &texts, &count);
    int choice = 0;
    *set = 0;
    for (uint32_t i = 0; is_fine && i < node->count; i++) {
        is_fine = reader_choice(reader, node->entries[i].value, exposures, &choice);
        *set |= 1u << choice;
    }
    return is_fine;
}
