/*
 * Requests rendered: values inserted, each encoded for where it stands. What cannot stand there
 * ends the rendering with a reason; nothing half-built is ever handed on.
 */
#include "base/arena.h"
#include "base/field_bytes.h"
#include "base/slices.h"
#include "routes/path.h"
#include "routes/request.h"

enum rendering_state {
    RENDERING_GOES_ON,
    RENDERING_SKIPPED, /* the call is skipped: an empty array, or what it needs was skipped */
    RENDERING_FAILED,
};

/* Text that grows, up to REQUEST_TARGET_MAXIMUM; beyond, it only says so. */
struct growing {
    struct arena *arena;
    char *at;
    size_t length;
    size_t room;
    bool is_over;
};

struct rendering {
    struct evaluation *evaluation;
    struct arena *arena;
    struct growing text;
    enum rendering_state state;
    enum reason reason;
    bool is_client_fault;
    size_t segment;         /* where the path segment under way begins */
    bool segment_has_value; /* a value was inserted into it */
    struct str separator;   /* before the next parameter of the query */
};

static void growing_add(struct growing *growing, struct str text)
{
    if (growing->length + text.length > REQUEST_TARGET_MAXIMUM) {
        growing->is_over = true;
        return;
    }
    if (growing->length + text.length > growing->room) {
        size_t room = growing->room ? growing->room : 128;
        while (room < growing->length + text.length)
            room *= 2;
        char *at = arena_bytes(growing->arena, room);
        if (growing->length > 0)
            memcpy(at, growing->at, growing->length);
        growing->at = at;
        growing->room = room;
    }
    if (text.length > 0)
        memcpy(growing->at + growing->length, text.at, text.length);
    growing->length += text.length;
}

static struct str growing_text(const struct growing *growing)
{
    return (struct str){growing->length > 0 ? growing->at : "", growing->length};
}

static void rendering_skip(struct rendering *rendering)
{
    rendering->state = RENDERING_SKIPPED;
}

/* `text` is null, or its value cannot stand where it should. */
static void rendering_fail(struct rendering *rendering, const struct text *text)
{
    bool is_skipped = false;
    rendering->state = RENDERING_FAILED;
    rendering->reason =
        evaluation_blame(rendering->evaluation, text, &is_skipped, &rendering->is_client_fault);
    if (is_skipped)
        rendering->state = RENDERING_SKIPPED;
}

static struct json evaluate(struct rendering *rendering, const struct text *text)
{
    struct json value = json_null();
    if (!text_evaluate(text, &rendering->evaluation->frame, &value))
        return json_null();
    return value;
}

/* --- values in a target ------------------------------------------------------------------- */

static bool insert_scalar(struct rendering *rendering, struct json value)
{
    struct str text;
    switch (json_type(value)) {
    case JSON_STRING:
        text = json_string_decode(rendering->arena, value);
        break;
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
        if (!text_insert(rendering->arena, value, &text))
            return false;
        break;
    default:
        return false;
    }
    growing_add(&rendering->text, path_encode(rendering->arena, text));
    return true;
}

/* The elements of an array are joined with a bare comma. */
static bool insert_array(struct rendering *rendering, struct json array)
{
    struct json_iterator iterator = json_iterate(array);
    struct json element;
    bool has_begun = false;
    while (json_next(&iterator, NULL, &element)) {
        if (has_begun)
            growing_add(&rendering->text, STR(","));
        has_begun = true;
        if (!insert_scalar(rendering, element) || rendering->text.is_over)
            return false;
    }
    return true;
}

static void insert_text(struct rendering *rendering, const struct text *text)
{
    struct json value = evaluate(rendering, text);
    bool is_array = json_type(value) == JSON_ARRAY;
    if (is_array && value.size == 0) {
        rendering_skip(rendering);
        return;
    }
    bool is_inserted = is_array ? insert_array(rendering, value) : insert_scalar(rendering, value);
    if (!is_inserted && !rendering->text.is_over)
        rendering_fail(rendering, text);
}

/* --- target ------------------------------------------------------------------------------- */

/* A segment with a value in it has ended: it may be neither empty nor another place. */
static bool segment_is_good(const struct rendering *rendering)
{
    if (!rendering->segment_has_value)
        return true;
    struct str segment = str_from(growing_text(&rendering->text), rendering->segment);
    return segment.length > 0 && !path_is_dot_segment(segment);
}

/* Adds literal text of the path; false where it ends a segment that is not good. */
static bool add_path(struct rendering *rendering, struct str path)
{
    struct str rest = path;
    struct str piece;
    while (str_cut(&rest, '/', &piece)) {
        growing_add(&rendering->text, piece);
        if (!rest.at)
            return true;
        if (!segment_is_good(rendering))
            return false;
        growing_add(&rendering->text, STR("/"));
        rendering->segment = rendering->text.length;
        rendering->segment_has_value = false;
    }
    return true;
}

static void render_target(struct rendering *rendering, const struct request *request)
{
    const struct text *last = NULL; /* the value that a bad segment is due to */
    bool is_in_query = false;
    for (uint32_t i = 0; i < request->target_count; i++) {
        const struct target_part *part = &request->target[i];
        if (!part->is_literal) {
            last = &part->text;
            rendering->segment_has_value |= part->place == TARGET_SEGMENT;
            insert_text(rendering, &part->text);
            if (rendering->state != RENDERING_GOES_ON)
                return;
            continue;
        }
        size_t mark = is_in_query ? 0 : str_find(part->literal, '?');
        bool is_good = is_in_query || add_path(rendering, (struct str){part->literal.at, mark});
        if (!is_in_query && mark < part->literal.length) {
            is_good = is_good && segment_is_good(rendering);
            rendering->segment_has_value = false;
            is_in_query = true;
        }
        if (!is_good) {
            rendering_fail(rendering, last);
            return;
        }
        growing_add(&rendering->text, str_from(part->literal, mark));
    }
    if (!is_in_query && !segment_is_good(rendering))
        rendering_fail(rendering, last);
}

static void add_parameter(struct rendering *rendering, struct str name)
{
    growing_add(&rendering->text, rendering->separator);
    growing_add(&rendering->text, name);
    growing_add(&rendering->text, STR("="));
    rendering->separator = STR("&");
}

static void render_parameter(struct rendering *rendering, const struct query_parameter *parameter)
{
    struct json value = evaluate(rendering, &parameter->text);
    bool is_array = json_type(value) == JSON_ARRAY;
    bool is_nothing = json_is_null(value) || (is_array && value.size == 0);
    if (is_nothing && parameter->is_optional)
        return;
    if (is_array && value.size == 0) {
        rendering_skip(rendering);
        return;
    }
    bool is_good = true;
    if (!is_array) {
        add_parameter(rendering, parameter->name);
        is_good = insert_scalar(rendering, value);
    } else {
        struct json_iterator iterator = json_iterate(value);
        struct json element;
        while (is_good && !rendering->text.is_over && json_next(&iterator, NULL, &element)) {
            add_parameter(rendering, parameter->name);
            is_good = insert_scalar(rendering, element);
        }
    }
    if (!is_good)
        rendering_fail(rendering, &parameter->text);
}

static struct str render_whole_target(struct rendering *rendering, const struct request *request)
{
    render_target(rendering, request);
    rendering->separator = request->target_has_query ? STR("&") : STR("?");
    for (uint32_t i = 0; i < request->query_count && rendering->state == RENDERING_GOES_ON; i++)
        render_parameter(rendering, &request->query[i]);
    return growing_text(&rendering->text);
}

/* --- headers ------------------------------------------------------------------------------ */

static struct str render_headers(struct rendering *rendering, const struct request *request)
{
    for (uint32_t i = 0; i < request->header_count; i++) {
        const struct request_header *header = &request->headers[i];
        struct str value;
        if (!text_insert(rendering->arena, evaluate(rendering, &header->text), &value))
            continue; /* null, or as null: not sent */
        if (!text_is_field_value(value)) {
            rendering_fail(rendering, &header->text);
            break;
        }
        growing_add(&rendering->text, header->name);
        growing_add(&rendering->text, STR(": "));
        growing_add(&rendering->text, value);
        growing_add(&rendering->text, STR("\r\n"));
    }
    return growing_text(&rendering->text);
}

/* --- the address -------------------------------------------------------------------------- */

/* What has no text chooses nothing. */
static struct str render_hash(struct rendering *rendering, const struct request *request)
{
    struct str text = STR_NONE;
    if (request->has_hash)
        (void)text_insert(rendering->arena, evaluate(rendering, &request->hash), &text);
    return text;
}

/* --- all ---------------------------------------------------------------------------------- */

static struct str render_body(struct rendering *rendering, const struct request *request)
{
    struct slices out;
    slices_init(&out, rendering->arena);
    template_write(request->body, rendering->evaluation, &out);
    return slices_join(&out);
}

static bool rendering_ends(struct rendering *rendering)
{
    if (rendering->text.is_over || arena_is_over(rendering->arena)) {
        rendering->state = RENDERING_FAILED;
        rendering->reason = REASON_TOO_LARGE;
        rendering->is_client_fault = false;
    }
    rendering->text = (struct growing){.arena = rendering->arena};
    return rendering->state != RENDERING_GOES_ON;
}

static void render(struct rendering *rendering, const struct request *request,
                   struct rendered_request *rendered)
{
    rendered->target = render_whole_target(rendering, request);
    if (rendering_ends(rendering))
        return;
    rendered->hash = render_hash(rendering, request);
    rendered->header_lines = render_headers(rendering, request);
    if (rendering_ends(rendering) || !request->body)
        return;
    rendered->has_body = true;
    rendered->body = render_body(rendering, request);
    rendering_ends(rendering);
}

enum reason request_render(const struct request *request, struct evaluation *evaluation,
                           struct rendered_request *ret_rendered, bool *ret_skipped,
                           bool *ret_is_client_fault)
{
    struct arena *arena = evaluation->frame.arena;
    struct rendering rendering = {
        .evaluation = evaluation, .arena = arena, .text = {.arena = arena}};
    struct rendered_request rendered = {0};
    uint32_t failed_expressions = evaluation->failed_expressions;
    render(&rendering, request, &rendered);
    evaluation->failed_expressions = failed_expressions;
    *ret_skipped = rendering.state == RENDERING_SKIPPED;
    *ret_is_client_fault = rendering.state == RENDERING_FAILED && rendering.is_client_fault;
    if (rendering.state == RENDERING_FAILED)
        return rendering.reason;
    if (rendering.state == RENDERING_GOES_ON)
        *ret_rendered = rendered;
    return REASON_NONE;
}
