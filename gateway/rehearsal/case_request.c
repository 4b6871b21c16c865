/*
 * The client's request as the front would hand it over: a host, an address, fields, a body.
 */
#include "gateway/rehearsal/case_reader.h"

#include "base/arena.h"
#include "routes/keep_node.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

struct request_form {
    struct str method;
    struct str target;
    const struct node *headers;
    const struct node *body;
    const struct node *text;
};

#define OFFSET(member) offsetof(struct request_form, member)

static const struct key request_keys[] = {
    {.name = "method",
     .type = KEY_TEXT,
     .offset = OFFSET(method),
     .default_text = "GET",
     .says = "The method."},
    {.name = "target",
     .type = KEY_TEXT,
     .offset = OFFSET(target),
     .says = "Path and query.",
     .example = "target: /orders/7",
     .is_required = true},
    {.name = "headers",
     .type = KEY_CUSTOM,
     .offset = OFFSET(headers),
     .read = keep_node,
     .says = "Its fields; a list of values is several lines."},
    {.name = "body",
     .type = KEY_CUSTOM,
     .offset = OFFSET(body),
     .read = keep_node,
     .says = "The body as JSON, any YAML."},
    {.name = "text",
     .type = KEY_CUSTOM,
     .offset = OFFSET(text),
     .read = keep_node,
     .says = "The body as it is."},
};

static const struct schema request_schema = {"request", request_keys, COUNT(request_keys)};

static bool target_is_printable(struct str target)
{
    for (size_t i = 0; i < target.length; i++) {
        if (target.at[i] <= 0x20 || target.at[i] >= 0x7F || target.at[i] == '#')
            return false;
    }
    return str_starts_with(target, STR("/"));
}

/* false where the target is none; an unknown method is a request too (501). */
static bool request_fill(struct arena *arena, struct str method, struct str target,
                         struct client_request *ret_request)
{
    if (!target_is_printable(target))
        return false;
    size_t question = str_find(target, '?');
    struct field *host = arena_new(arena, struct field);
    *host = (struct field){STR("Host"), STR("localhost")};
    *ret_request = (struct client_request){
        .method = METHOD_COUNT,
        .target = target,
        .path = {target.at, question},
        .query = question < target.length ? str_from(target, question + 1) : STR_NONE,
        .host = host->value,
        .fields = host,
        .field_count = 1,
        .peer = STR("127.0.0.1"),
    };
    (void)method_parse(method, &ret_request->method);
    return true;
}

bool case_request_parse(struct arena *arena, struct str line, struct client_request *ret_request)
{
    size_t blank = str_find(line, ' ');
    if (blank == 0 || blank == line.length)
        return false;
    return request_fill(arena, (struct str){line.at, blank}, str_trim(str_from(line, blank)),
                        ret_request);
}

/* The file's fields behind the host; one that the file writes wins. */
static void fields_add(struct arena *arena, struct client_request *request,
                       const struct field *fields, uint32_t count)
{
    struct field *all = arena_array(arena, struct field, count + 1);
    uint32_t at = 1;
    all[0] = request->fields[0];
    for (uint32_t i = 0; i < count; i++) {
        if (str_equal_ignore_case(fields[i].name, STR("host")))
            request->host = all[0].value = fields[i].value;
        else
            all[at++] = fields[i];
    }
    request->fields = all;
    request->field_count = at;
}

bool case_request_read(struct reader *reader, const struct node *node,
                       struct client_request *ret_request)
{
    struct request_form form = {0};
    struct client_request request;
    struct field *own = NULL;
    uint32_t count = 0;
    if (node->kind == NODE_TEXT) {
        if (case_request_parse(reader->arena, node->text, ret_request))
            return true;
        reader_refuse(reader, node, "write GET /orders/7", "'%.*s' is no request",
                      STR_ARGS(node->text));
        return false;
    }
    if (!schema_read(&request_schema, reader, node, STR("'request'"), &form))
        return false;
    if (!request_fill(reader->arena, form.method, form.target, &request)) {
        reader_refuse(reader, node_member(node, STR("target")), "target: /orders/7?page=2",
                      "a target begins with / and holds no blank, no # and ASCII only");
        return false;
    }
    if (!case_body_read(reader, form.body, form.text, &request.body) ||
        (form.headers != NULL && !case_fields_read(reader, form.headers, &own, &count)))
        return false;
    const struct field *fields = own;
    case_fields_complete(reader->arena, form.body != NULL, form.text != NULL, &fields, &count);
    fields_add(reader->arena, &request, fields, count);
    request.has_body = form.body != NULL || form.text != NULL;
    *ret_request = request;
    return true;
}
