/*
 * libcurl adds fields of its own unless it finds them at the beginning of a node: `Accept` always,
 * `Content-Type` and `Expect` with bodies. So a node begins where such a line does, and a node
 * like "Expect:" keeps away one that nobody asked for.
 */
#include "gateway/upstream/curl_lines.h"

#include "base/arena.h"
#include "gateway/upstream/flight_request.h"

#define EXPECT_FROM ((size_t)1024 * 1024) /* libcurl asks for 100-continue beyond this */

static void lines_add(struct curl_lines *lines, char *text)
{
    struct curl_slist *node = &lines->nodes[lines->count];
    *node = (struct curl_slist){.data = text};
    if (lines->count > 0)
        lines->nodes[lines->count - 1].next = node;
    lines->count++;
}

/* A lone line without a value would be taken for "do not send this"; a semicolon says "empty". */
static void node_finish(char *text)
{
    char *colon = strchr(text, ':');
    if (colon && colon[1 + strspn(colon + 1, " \t\r\n")] == '\0') {
        colon[0] = ';';
        colon[1] = '\0';
    }
}

static bool line_is(struct str line, struct str name)
{
    return line.length > name.length && line.at[name.length] == ':' &&
           str_equal_ignore_case((struct str){line.at, name.length}, name);
}

/* Cuts the text of all lines into nodes; tells which of libcurl's own fields are among them. */
static void lines_cut(struct curl_lines *lines, char *text, size_t length, bool sends_body,
                      bool *ret_has_accept, bool *ret_has_type)
{
    char *end = text + length;
    char *node = text;
    *ret_has_accept = false;
    *ret_has_type = false;
    for (char *at = text; at < end;) {
        struct str line = {at, (size_t)(end - at)};
        bool is_accept = !*ret_has_accept && line_is(line, STR("accept"));
        bool is_type = sends_body && !*ret_has_type && line_is(line, STR("content-type"));
        *ret_has_accept |= is_accept;
        *ret_has_type |= is_type;
        if ((is_accept || is_type) && at > node) {
            at[-2] = '\0';
            node_finish(node);
            lines_add(lines, node);
            node = at;
        }
        at += str_find(line, '\n') + 1;
    }
    end[-2] = '\0';
    node_finish(node);
    lines_add(lines, node);
}

struct curl_slist *curl_lines_build(struct curl_lines *lines, struct arena *arena,
                                    const struct flight_request *request, char *host_line,
                                    bool sends_body)
{
    struct str all = request->header_lines;
    bool has_accept = false;
    bool has_type = false;
    lines->count = 0;
    if (all.length > 2) {
        char *text = arena_bytes(arena, all.length);
        memcpy(text, all.at, all.length);
        lines_cut(lines, text, all.length, sends_body, &has_accept, &has_type);
    }
    if (!has_accept)
        lines_add(lines, (char *)"Accept:");
    if (sends_body && !has_type)
        lines_add(lines, (char *)"Content-Type:");
    if (sends_body && request->body.length > EXPECT_FROM)
        lines_add(lines, (char *)"Expect:");
    if (host_line)
        lines_add(lines, host_line);
    return lines->nodes;
}
