/*
 * Writing: a value that has a text gives that text; only built containers and decoded strings are
 * put together, and of those all long runs are kept where they are.
 */
#include "base/arena.h"
#include "base/json/make.h"
#include "base/json/node.h"
#include "base/json/scan.h"
#include "base/slices.h"

/* The escape of a byte that cannot stand in a string as it is (RFC 8259, 7), into `to`. */
static struct str escape_of(unsigned char byte, char *to)
{
    static const char hexadecimal[] = "0123456789abcdef";
    switch (byte) {
    case '"':
        return STR("\\\"");
    case '\\':
        return STR("\\\\");
    case '\b':
        return STR("\\b");
    case '\f':
        return STR("\\f");
    case '\n':
        return STR("\\n");
    case '\r':
        return STR("\\r");
    case '\t':
        return STR("\\t");
    default:
        memcpy(to, "\\u00", 4);
        to[4] = hexadecimal[byte >> 4];
        to[5] = hexadecimal[byte & 0xf];
        return (struct str){to, 6};
    }
}

/* The first byte that needs an escape, or `end`. */
static const char *writable_end(const char *at, const char *end, const char *wide_end)
{
    for (;;) {
        at = scan_plain(at, end, wide_end);
        if (at == end || (unsigned char)*at < 0x80)
            return at;
        do
            at++;
        while (at < end && (unsigned char)*at >= 0x80);
    }
}

static void string_write(struct slices *out, struct str text, bool is_kept)
{
    const char *end = text.at + text.length;
    const char *wide_end = scan_wide_end(text.at, end);
    slices_copy(out, STR("\""));
    for (const char *at = text.at; at < end;) {
        const char *run_end = writable_end(at, end, wide_end);
        struct str run = {at, (size_t)(run_end - at)};
        if (is_kept)
            slices_keep(out, run);
        else
            slices_copy(out, run);
        if (run_end == end)
            break;
        char unicode[6];
        slices_copy(out, escape_of((unsigned char)*run_end, unicode));
        at = run_end + 1;
    }
    slices_copy(out, STR("\""));
}

void json_write_string(struct slices *out, struct str text)
{
    string_write(out, text, false);
}

/* Recursion goes as deep as the expressions of a configuration nest; data adds nothing to it. */
static void built_write(struct slices *out, struct json container)
{
    bool is_object = container.type == JSON_OBJECT;
    const struct json *part = container.parts;
    slices_copy(out, is_object ? STR("{") : STR("["));
    for (uint32_t i = 0; i < container.size; i++) {
        if (i > 0)
            slices_copy(out, STR(","));
        if (is_object) {
            json_write(out, *part++);
            slices_copy(out, STR(":"));
        }
        json_write(out, *part++);
    }
    slices_copy(out, is_object ? STR("}") : STR("]"));
}

void json_write(struct slices *out, struct json value)
{
    switch ((enum json_form)value.form) {
    case JSON_FORM_TEXT:
        slices_keep(out, (struct str){value.text, value.size});
        break;
    case JSON_FORM_DECODED:
        string_write(out, (struct str){value.text, value.size}, true);
        break;
    case JSON_FORM_INDEXED:
        slices_keep(out, node_text(value.node, value.source));
        break;
    case JSON_FORM_BUILT:
        built_write(out, value);
        break;
    }
}

struct str json_text(struct arena *arena, struct json value)
{
    if (value.form == JSON_FORM_TEXT)
        return (struct str){value.text, value.size};
    if (value.form == JSON_FORM_INDEXED)
        return node_text(value.node, value.source);
    struct slices out;
    slices_init(&out, arena);
    json_write(&out, value);
    return slices_join(&out);
}
