/*
 * A container is first written on one line; only one that is too long for it is taken apart.
 * Recursion is as deep as the value is.
 */
#include "base/json/page.h"

#include "base/arena.h"
#include "base/json/make.h"

#define LINE_MAXIMUM 80 /* bytes of a container on one line, its indentation not counted */

struct page {
    struct arena *arena;
    FILE *to;
};

static bool is_container(struct json value)
{
    return json_type(value) == JSON_ARRAY || json_type(value) == JSON_OBJECT;
}

static void text_put(const struct page *page, struct str text)
{
    fwrite(text.at, 1, text.length, page->to);
}

static void value_put(const struct page *page, struct json value, unsigned depth, bool is_inline);

static void break_put(const struct page *page, unsigned depth, bool is_inline, bool is_first)
{
    if (!is_first)
        fputc(',', page->to);
    if (!is_inline)
        fprintf(page->to, "\n%*s", (int)(2 * depth), "");
    else if (!is_first)
        fputc(' ', page->to);
}

static void container_put(const struct page *page, struct json container, unsigned depth,
                          bool is_inline)
{
    bool is_object = json_type(container) == JSON_OBJECT;
    struct json_iterator iterator = json_iterate(container);
    struct json key, value;
    fputc(is_object ? '{' : '[', page->to);
    for (bool is_first = true; json_next(&iterator, &key, &value); is_first = false) {
        break_put(page, depth + 1, is_inline, is_first);
        if (is_object) {
            text_put(page, json_text(page->arena, key));
            fputs(": ", page->to);
        }
        value_put(page, value, depth + 1, is_inline);
    }
    if (!is_inline)
        fprintf(page->to, "\n%*s", (int)(2 * depth), "");
    fputc(is_object ? '}' : ']', page->to);
}

static void value_put(const struct page *page, struct json value, unsigned depth, bool is_inline)
{
    if (!is_container(value) || value.form == JSON_FORM_TEXT) {
        text_put(page, json_text(page->arena, value));
        return;
    }
    bool fits = is_inline || json_text(page->arena, value).length <= LINE_MAXIMUM;
    container_put(page, value, depth, fits);
}

void json_page_print(struct arena *arena, struct json value, FILE *to)
{
    struct page page = {arena, to};
    value_put(&page, value, 0, false);
    fputc('\n', to);
}
