/*
 * libmicrohttpd parses in place and is lenient: bare LF, NUL, folded lines, blanks before a colon
 * and repeated lengths all pass. Since its strings still lie in the raw head, the head is right
 * exactly when they tile it: method, blank, target, blank, version, CRLF, name, colon, value,
 * CRLF … with nothing in between. Any other layout fails closed. The gate has read the same head
 * before (request_reader.c): this asserts that the library has understood it in the same way.
 */
#include "gateway/front/head.h"

#include "base/arena.h"
#include "base/field_bytes.h"

struct tile {
    struct head *head;
    struct field *fields; /* HEAD_FIELDS_MAXIMUM of them */
    const char *next;     /* where the next name has to begin */
    uint32_t hosts;
    uint32_t lengths;
    uint32_t encodings;
    int status; /* 0: fine so far */
};

static bool target_is_printable(struct str target)
{
    for (size_t i = 0; i < target.length; i++)
        if (target.at[i] <= 0x20 || target.at[i] >= 0x7F)
            return false;
    return true;
}

static bool field_is_tiled(struct tile *tile, struct str name, struct str value)
{
    if (name.at != tile->next || !text_is_token(name) || !text_is_field_value(value))
        return false;
    const char *at = name.at + name.length + 1; /* the colon has become a NUL */
    while (at < value.at && byte_is_blank((unsigned char)*at))
        at++;
    if (value.length > 0 && at != value.at)
        return false;
    tile->next = (value.length > 0 ? value.at + value.length : at) + 2;
    return true;
}

static enum MHD_Result field_visit(void *closure, enum MHD_ValueKind kind, const char *key,
                                   size_t key_size, const char *value, size_t value_size)
{
    struct tile *tile = closure;
    struct str name = {key, key_size};
    struct str text = {value != NULL ? value : key + key_size, value_size};
    (void)kind;
    if (tile->head->request->field_count == HEAD_FIELDS_MAXIMUM)
        tile->status = 431;
    else if (!field_is_tiled(tile, name, text))
        tile->status = 400;
    if (tile->status != 0)
        return MHD_NO;
    tile->fields[tile->head->request->field_count++] = (struct field){name, str_trim(text)};
    return MHD_YES;
}

bool head_host_is_valid(struct str host)
{
    size_t at = 0;
    if (host.length > 0 && host.at[0] == '[') {
        while (at < host.length && host.at[at] != ']')
            at++;
        at++;
    } else {
        while (at < host.length && host.at[at] != ':') {
            unsigned char c = (unsigned char)host.at[at++];
            if (!byte_is_token(c) || c == '#' || c == '^' || c == '`' || c == '|')
                return false;
        }
    }
    if (at == 0 || at > host.length)
        return false;
    if (at == host.length)
        return true;
    uint64_t port;
    return host.at[at] == ':' &&
           (at + 1 == host.length || str_to_unsigned(str_from(host, at + 1), 65535, &port));
}

/* Host, Content-Length and Transfer-Encoding decide where a message ends and whom it is for. */
static int framing_check(struct tile *tile, const char *version)
{
    struct client_request *request = tile->head->request;
    for (uint32_t i = 0; i < request->field_count; i++) {
        struct field field = request->fields[i];
        if (str_equal_ignore_case(field.name, STR("host"))) {
            tile->hosts++;
            request->host = field.value;
        } else if (str_equal_ignore_case(field.name, STR("content-length"))) {
            tile->lengths++;
            if (!str_to_unsigned(field.value, (uint64_t)1 << 60, &tile->head->announced))
                return 400;
        } else if (str_equal_ignore_case(field.name, STR("transfer-encoding"))) {
            tile->encodings++;
            tile->head->is_chunked = str_equal_ignore_case(field.value, STR("chunked"));
        }
    }
    request->has_body = tile->lengths + tile->encodings > 0;
    if (tile->hosts != 1 || tile->lengths > 1 || tile->encodings > 1)
        return 400;
    if (tile->encodings == 0)
        return 0;
    /* only this one, and HTTP/1.0 has none (RFC 9112 6.1) */
    bool is_fine = tile->head->is_chunked && tile->lengths == 0 && strcmp(version, "HTTP/1.0") != 0;
    return is_fine ? 0 : 400;
}

/* The absolute form names its host itself and overrides the field (RFC 9112 3.2.2). */
static bool target_split(struct client_request *request, struct str target)
{
    request->target = target;
    struct str http = STR("http://"), https = STR("https://");
    if (str_starts_with(target, http) || str_starts_with(target, https)) {
        struct str rest = str_from(target, target.at[4] == 's' ? https.length : http.length);
        size_t end = 0;
        while (end < rest.length && rest.at[end] != '/' && rest.at[end] != '?')
            end++;
        request->host = (struct str){rest.at, end};
        target = str_from(rest, end);
        if (target.length == 0 || target.at[0] == '?')
            return false;
    }
    size_t question = str_find(target, '?');
    request->path = (struct str){target.at, question};
    request->query = question < target.length ? str_from(target, question + 1) : STR_NONE;
    return target.length > 0 && target.at[0] == '/' && str_find(target, '#') == target.length;
}

static int version_check(const char *version)
{
    if (strcmp(version, "HTTP/1.1") == 0 || strcmp(version, "HTTP/1.0") == 0)
        return 0;
    return strncmp(version, "HTTP/", 5) == 0 ? 505 : 400;
}

static int request_line_check(struct client_request *request, const char *method,
                              const char *raw_target, struct str target, const char *version)
{
    struct str word = str_of(method);
    int status = version_check(version);
    if (status != 0)
        return status;
    if (!text_is_token(word) || !target_is_printable(target) ||
        word.at + word.length + 1 != raw_target || raw_target + target.length + 1 != version)
        return 400;
    if (!method_parse(word, &request->method))
        request->method = METHOD_COUNT;
    return 0;
}

int head_read(struct head *head, struct arena *arena, struct MHD_Connection *connection,
              const char *method, const char *raw_target, struct str target, const char *version)
{
    struct tile tile = {.head = head, .next = version + strlen("HTTP/1.1") + 2};
    struct client_request *request = head->request;
    int status = request_line_check(request, method, raw_target, target, version);
    if (status != 0)
        return status;
    if (target.length + strlen(method) + sizeof " HTTP/1.1\r\n" > head->limit)
        return 414;
    int known = MHD_get_connection_values(connection, MHD_HEADER_KIND, NULL, NULL);
    uint32_t room = known < HEAD_FIELDS_MAXIMUM ? (uint32_t)known : HEAD_FIELDS_MAXIMUM;
    tile.fields = arena_array(arena, struct field, room + 1);
    request->fields = tile.fields;
    request->field_count = 0;
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, field_visit, &tile);
    if (tile.status != 0)
        return tile.status;
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (size == NULL || tile.next + 2 != method + size->header_size)
        return 400;
    head->pool_used = size->header_size + (size_t)known * HEAD_FIELD_COST;
    if (size->header_size > head->limit)
        return 431;
    status = framing_check(&tile, version);
    if (status != 0)
        return status;
    if (!target_split(request, target) || !head_host_is_valid(request->host))
        return 400;
    return 0;
}
