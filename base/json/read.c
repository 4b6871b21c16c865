/*
 * Reading: one pass over the text that validates it and, where an index is wanted, notes each
 * value in a node. Every byte of every answer goes through here, so the pass is one loop whose
 * steps are inlined, made three times from the same source:
 *
 *   SCAN_CHECK    validates only
 *   SCAN_INDEX    validates and indexes
 *   SCAN_CAREFUL  validates only, and asks at each byte whether it is the last
 *
 * The first two need not ask: they are given only texts whose last byte is a bracket or a brace.
 * No blank, number or literal runs over that byte, a string is bounded on its own, and where a
 * container closes the end is looked for. Everything else (a bare scalar, or a text that cannot be
 * right) takes the careful way.
 *
 * A text that is only validated is first read in blocks where the processor has wide registers
 * (block.h). That says yes, or that it does not know: faults and their places are found here.
 *
 * The nodes are one array in the arena that doubles when it is full; the smaller ones stay behind
 * in the arena (all of them together are smaller than the last). While a container is open, its
 * node's span holds the distance back to the node of the container around it.
 */
#include "base/json/read.h"

#include "base/arena.h"
#include "base/json/node.h"
#include "base/json/scan.h"

enum scan_mode { SCAN_CHECK, SCAN_INDEX, SCAN_CAREFUL };

const struct json_limits json_limits_default = {
    .bytes = (size_t)64 << 20, .nodes = (uint32_t)4 << 20, .depth = 128};

const char *const json_fault_names[JSON_FAULT_COUNT] = {
    [JSON_OK] = "ok",
    [JSON_FAULT_SYNTAX] = "syntax",
    [JSON_FAULT_UTF8] = "utf-8",
    [JSON_FAULT_DEPTH] = "depth",
    [JSON_FAULT_TOO_LARGE] = "too large",
};

const char *const json_type_names[JSON_TYPE_COUNT] = {
    [JSON_NULL] = "null",     [JSON_FALSE] = "boolean", [JSON_TRUE] = "boolean",
    [JSON_NUMBER] = "number", [JSON_STRING] = "string", [JSON_ARRAY] = "array",
    [JSON_OBJECT] = "object",
};

struct scan {
    const char *at;
    const char *end;
    const char *wide_end;
    const char *text;
    uint32_t depth;
    uint32_t depth_maximum;
    char closer; /* of the innermost open container */

    /* SCAN_INDEX only. */
    struct json_node *nodes;
    struct json_node *next;
    struct json_node *nodes_end;
    struct json_node *open; /* of the innermost open container */
    uint32_t nodes_maximum;
    struct arena *arena;
};

/* --- nodes -------------------------------------------------------------------------------- */

/* A first array for a text of `length` bytes: typical answers have a value every nine bytes. */
static bool nodes_begin(struct scan *scan, size_t length)
{
    const size_t most = (size_t)1 << 16;
    size_t room = length / 6 + 8 < most ? length / 6 + 8 : most;
    if (room > scan->nodes_maximum)
        room = scan->nodes_maximum;
    while (room > 8 && !arena_has_room(scan->arena, room * sizeof(struct json_node)))
        room /= 2;
    if (room == 0 || !arena_has_room(scan->arena, room * sizeof(struct json_node)))
        return false;
    scan->nodes = arena_allocate(scan->arena, room * sizeof(struct json_node));
    scan->next = scan->nodes;
    scan->open = scan->nodes;
    scan->nodes_end = scan->nodes + room;
    return true;
}

static __attribute__((noinline)) bool nodes_double(struct scan *scan)
{
    size_t count = (size_t)(scan->next - scan->nodes);
    size_t room = count * 2 < scan->nodes_maximum ? count * 2 : scan->nodes_maximum;
    if (room == count || !arena_has_room(scan->arena, room * sizeof(struct json_node)))
        return false;
    struct json_node *nodes = arena_allocate(scan->arena, room * sizeof(struct json_node));
    memcpy(nodes, scan->nodes, count * sizeof(struct json_node));
    scan->open = nodes + (scan->open - scan->nodes);
    scan->next = nodes + count;
    scan->nodes = nodes;
    scan->nodes_end = nodes + room;
    return true;
}

SCAN_ALWAYS_INLINE bool nodes_have_room(struct scan *scan)
{
    if (__builtin_expect(scan->next < scan->nodes_end, true))
        return true;
    /* A copy, so that the address of the scan itself is never taken and it lives in registers. */
    struct scan copy = *scan;
    bool has_room = nodes_double(&copy);
    *scan = copy;
    return has_room;
}

SCAN_ALWAYS_INLINE void node_note(struct scan *scan, const char *from, uint32_t kind)
{
    *scan->next++ = (struct json_node){.offset = (uint32_t)(from - scan->text),
                                       .length = (uint32_t)(scan->at - from),
                                       .span = 1,
                                       .kind = kind};
}

SCAN_ALWAYS_INLINE void node_open(struct scan *scan, enum json_type type)
{
    struct json_node *node = scan->next++;
    node->offset = (uint32_t)(scan->at - scan->text);
    node->span = (uint32_t)(node - scan->open);
    node->kind = type;
    scan->open = node;
}

SCAN_ALWAYS_INLINE void node_close(struct scan *scan)
{
    struct json_node *node = scan->open;
    scan->open -= node->span;
    node->span = (uint32_t)(scan->next - node);
    node->length = (uint32_t)(scan->at - scan->text) - node->offset;
}

/* --- tokens ------------------------------------------------------------------------------- */

/* The byte at hand; 0, which is no JSON anywhere, behind the end. */
SCAN_ALWAYS_INLINE unsigned char byte_at(const struct scan *scan, enum scan_mode mode)
{
    if (mode == SCAN_CAREFUL && scan->at == scan->end)
        return 0;
    return (unsigned char)*scan->at;
}

SCAN_ALWAYS_INLINE void blanks_scan(struct scan *scan, enum scan_mode mode)
{
    if (!scan_is_blank(byte_at(scan, mode)))
        return;
    scan->at++;
    if (scan_is_blank(byte_at(scan, mode)))
        scan->at = scan_blanks(scan->at, scan->end);
}

struct string_end {
    const char *at;   /* behind the closing quote, or where the fault is */
    uint16_t fault;   /* enum json_fault */
    uint16_t escaped; /* NODE_ESCAPED or 0 */
};

/* What is left of a string from `at` on. A call of its own, so that plain strings spill nothing. */
static __attribute__((noinline)) struct string_end string_end(const char *at, const char *end)
{
    const char *wide_end = scan_wide_end(at, end);
    struct string_end result = {.at = at, .fault = JSON_FAULT_SYNTAX};
    while (result.at < end) {
        unsigned char byte = (unsigned char)*result.at;
        if (byte == '"') {
            result.at++;
            result.fault = JSON_OK;
            break;
        }
        at = result.at;
        if (byte == '\\') {
            result.escaped = NODE_ESCAPED;
            at = scan_escape(at, end);
        } else if (byte >= 0x80) {
            at = scan_utf8(at, end);
        } else {
            at = scan_plain(at, end, wide_end);
        }
        if (at == result.at) {
            result.fault = byte >= 0x80 ? JSON_FAULT_UTF8 : JSON_FAULT_SYNTAX;
            break;
        }
        result.at = at;
    }
    return result;
}

/* From the opening quote to behind the closing one. */
SCAN_ALWAYS_INLINE enum json_fault string_scan(struct scan *scan, uint32_t *ret_escaped)
{
    const char *at = scan->at + 1;
    *ret_escaped = 0;
    while (at < scan->wide_end) {
        size_t run = scan_plain_run(at);
        at += run;
        if (run == SCAN_STRIDE)
            continue;
        if (*at != '"')
            break;
        scan->at = at + 1;
        return JSON_OK;
    }
    struct string_end rest = string_end(at, scan->end);
    scan->at = rest.at;
    *ret_escaped = rest.escaped;
    return rest.fault;
}

SCAN_ALWAYS_INLINE bool digits_scan(struct scan *scan, enum scan_mode mode)
{
    if (!scan_is_digit(byte_at(scan, mode)))
        return false;
    do
        scan->at++;
    while (scan_is_digit(byte_at(scan, mode)));
    return true;
}

/* RFC 8259, 6. Stays where it stops. */
SCAN_ALWAYS_INLINE bool number_scan(struct scan *scan, enum scan_mode mode)
{
    if (byte_at(scan, mode) == '-')
        scan->at++;
    if (byte_at(scan, mode) == '0')
        scan->at++;
    else if (!digits_scan(scan, mode))
        return false;
    if (byte_at(scan, mode) == '.') {
        scan->at++;
        if (!digits_scan(scan, mode))
            return false;
    }
    if ((byte_at(scan, mode) | 0x20) != 'e')
        return true;
    scan->at++;
    if (byte_at(scan, mode) == '+' || byte_at(scan, mode) == '-')
        scan->at++;
    return digits_scan(scan, mode);
}

SCAN_ALWAYS_INLINE bool literal_scan(struct scan *scan, const char *literal, size_t length)
{
    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, literal, length) != 0)
        return false;
    scan->at += length;
    return true;
}

/* --- the grammar -------------------------------------------------------------------------- */

/* A value that is no container, and no string. */
SCAN_ALWAYS_INLINE bool scalar_scan(struct scan *scan, enum scan_mode mode,
                                    enum json_type *ret_type)
{
    switch (byte_at(scan, mode)) {
    case 't':
        *ret_type = JSON_TRUE;
        return literal_scan(scan, "true", 4);
    case 'f':
        *ret_type = JSON_FALSE;
        return literal_scan(scan, "false", 5);
    case 'n':
        *ret_type = JSON_NULL;
        return literal_scan(scan, "null", 4);
    default:
        *ret_type = JSON_NUMBER;
        return number_scan(scan, mode);
    }
}

/* A member's name, the colon and the blanks around them. */
SCAN_ALWAYS_INLINE enum json_fault name_scan(struct scan *scan, enum scan_mode mode)
{
    if (byte_at(scan, mode) != '"') {
        blanks_scan(scan, mode);
        if (byte_at(scan, mode) != '"')
            return JSON_FAULT_SYNTAX;
    }
    if (mode == SCAN_INDEX && !nodes_have_room(scan))
        return JSON_FAULT_TOO_LARGE;
    const char *from = scan->at;
    uint32_t escaped;
    enum json_fault fault = string_scan(scan, &escaped);
    if (fault != JSON_OK)
        return fault;
    if (mode == SCAN_INDEX)
        node_note(scan, from, JSON_STRING | escaped);
    if (byte_at(scan, mode) != ':') {
        blanks_scan(scan, mode);
        if (byte_at(scan, mode) != ':')
            return JSON_FAULT_SYNTAX;
    }
    scan->at++;
    return JSON_OK;
}

/*
 * A value: a scalar as a whole, or the beginning of a container up to where its first value begins
 * (*ret_is_open) or it closes at once.
 */
SCAN_ALWAYS_INLINE enum json_fault value_scan(struct scan *scan, enum scan_mode mode,
                                              char *enclosing, bool *ret_is_open)
{
    *ret_is_open = false;
    if (mode == SCAN_INDEX && !nodes_have_room(scan))
        return JSON_FAULT_TOO_LARGE;
    const char *from = scan->at;
    unsigned char byte = byte_at(scan, mode);
    if (byte == '"') {
        uint32_t escaped;
        enum json_fault fault = string_scan(scan, &escaped);
        if (mode == SCAN_INDEX && fault == JSON_OK)
            node_note(scan, from, JSON_STRING | escaped);
        return fault;
    }
    if ((byte | ('{' ^ '[')) != '{') { /* neither brace nor bracket */
        enum json_type type;
        if (!scalar_scan(scan, mode, &type))
            return JSON_FAULT_SYNTAX;
        if (mode == SCAN_INDEX)
            node_note(scan, from, type);
        return JSON_OK;
    }
    if (scan->depth == scan->depth_maximum)
        return JSON_FAULT_DEPTH;
    enclosing[scan->depth++] = scan->closer;
    scan->closer = byte == '{' ? '}' : ']';
    if (mode == SCAN_INDEX)
        node_open(scan, byte == '{' ? JSON_OBJECT : JSON_ARRAY);
    scan->at++;
    blanks_scan(scan, mode);
    if (byte_at(scan, mode) == (unsigned char)scan->closer)
        return JSON_OK;
    if (mode == SCAN_INDEX)
        scan->open->kind += NODE_SIZE_ONE;
    *ret_is_open = true;
    return JSON_OK;
}

/* Behind the outermost value, or at the end of the text. */
SCAN_ALWAYS_INLINE enum json_fault end_scan(struct scan *scan)
{
    scan->at = scan_blanks(scan->at, scan->end);
    return scan->at == scan->end && scan->depth == 0 ? JSON_OK : JSON_FAULT_SYNTAX;
}

SCAN_ALWAYS_INLINE enum json_fault text_scan(struct scan *scan, enum scan_mode mode)
{
    char enclosing[JSON_DEPTH_MAXIMUM];
    for (;;) {
        blanks_scan(scan, mode);
        bool is_open;
        enum json_fault fault = value_scan(scan, mode, enclosing, &is_open);
        if (fault != JSON_OK)
            return fault;
        while (!is_open) {
            if (mode == SCAN_CAREFUL && scan->depth == 0)
                return end_scan(scan);
            unsigned char byte = byte_at(scan, mode);
            if (byte == ',') {
                is_open = true;
                scan->at++;
                if (mode == SCAN_INDEX)
                    scan->open->kind += NODE_SIZE_ONE;
            } else if (byte == (unsigned char)scan->closer) {
                scan->at++;
                if (mode == SCAN_INDEX)
                    node_close(scan);
                scan->closer = enclosing[--scan->depth];
                if (scan->depth == 0 || scan->at == scan->end)
                    return end_scan(scan);
            } else if (scan_is_blank(byte)) {
                blanks_scan(scan, mode);
            } else {
                return JSON_FAULT_SYNTAX;
            }
        }
        if (scan->closer == '}') {
            fault = name_scan(scan, mode);
            if (fault != JSON_OK)
                return fault;
        }
    }
}

/* --- the three ways ----------------------------------------------------------------------- */

static __attribute__((noinline)) enum json_fault careful_scan(struct scan *start)
{
    struct scan scan = *start;
    enum json_fault fault = text_scan(&scan, SCAN_CAREFUL);
    start->at = scan.at;
    return fault;
}

static __attribute__((noinline)) enum json_fault check_scan(struct scan *start)
{
    struct scan scan = *start;
    enum json_fault fault = text_scan(&scan, SCAN_CHECK);
    start->at = scan.at;
    return fault;
}

static __attribute__((noinline)) enum json_fault index_scan(struct scan *start)
{
    struct scan scan = *start;
    enum json_fault fault = text_scan(&scan, SCAN_INDEX);
    start->at = scan.at;
    start->nodes = scan.nodes;
    return fault;
}

static bool is_bracketed(struct str text)
{
    if (text.length < 2)
        return false;
    char first = text.at[0];
    char last = text.at[text.length - 1];
    return (first == '{' || first == '[') && (last == '}' || last == ']');
}

static enum json_type type_of_first_byte(char byte)
{
    switch (byte) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case '"':
        return JSON_STRING;
    case 't':
        return JSON_TRUE;
    case 'f':
        return JSON_FALSE;
    case 'n':
        return JSON_NULL;
    default:
        return JSON_NUMBER;
    }
}

/* Without the blanks around it. */
static struct str text_trim(struct str text)
{
    while (text.length > 0 && scan_is_blank((unsigned char)text.at[text.length - 1]))
        text.length--;
    const char *first = text.length > 0 ? scan_blanks(text.at, text.at + text.length) : text.at;
    return (struct str){first, text.length - (size_t)(first - text.at)};
}

/* A shorter text is read plainly before its blocks would be. */
#define BLOCKS_FROM ((size_t)192)

static enum json_fault bracketed_check(struct scan *scan, enum block_way way)
{
    struct str text = {scan->text, (size_t)(scan->end - scan->text)};
    if (way != BLOCK_PLAIN && text.length >= BLOCKS_FROM &&
        block_check(way, text, scan->depth_maximum))
        return JSON_OK;
    return check_scan(scan);
}

enum json_fault read_text(enum block_way way, struct arena *arena, struct str whole,
                          const struct json_limits *limits, struct json *ret_value, size_t *ret_at)
{
    size_t bytes = limits->bytes < UINT32_MAX / 2 ? limits->bytes : UINT32_MAX / 2;
    uint32_t nodes = limits->nodes < NODE_COUNT_MAXIMUM ? limits->nodes : NODE_COUNT_MAXIMUM;
    uint32_t depth = limits->depth < JSON_DEPTH_MAXIMUM ? limits->depth : JSON_DEPTH_MAXIMUM;
    if (whole.length > bytes) {
        if (ret_at != NULL)
            *ret_at = bytes;
        return JSON_FAULT_TOO_LARGE;
    }
    if (whole.at == NULL)
        whole = STR("");
    struct str text = text_trim(whole);
    struct scan scan = {.at = text.at,
                        .end = text.at + text.length,
                        .text = text.at,
                        .depth_maximum = depth,
                        .nodes_maximum = nodes,
                        .arena = arena};
    scan.wide_end = scan_wide_end(scan.at, scan.end);
    bool is_bracket = is_bracketed(text);
    bool is_indexed = is_bracket && arena != NULL;
    enum json_fault fault;
    if (!is_bracket)
        fault = careful_scan(&scan);
    else if (!is_indexed)
        fault = bracketed_check(&scan, way);
    else
        fault = nodes_begin(&scan, text.length) ? index_scan(&scan) : JSON_FAULT_TOO_LARGE;
    if (fault != JSON_OK) {
        if (ret_at != NULL)
            *ret_at = (size_t)(scan.at - whole.at);
        return fault;
    }
    *ret_value = is_indexed ? node_value(scan.nodes, text.at)
                            : (struct json){.type = (uint8_t)type_of_first_byte(text.at[0]),
                                            .form = JSON_FORM_TEXT,
                                            .size = (uint32_t)text.length,
                                            .text = text.at};
    return JSON_OK;
}

enum json_fault json_check(struct str text, const struct json_limits *limits,
                           struct json *ret_value, size_t *ret_at)
{
    return read_text(block_way(), NULL, text, limits, ret_value, ret_at);
}

enum json_fault json_read(struct arena *arena, struct str text, const struct json_limits *limits,
                          struct json *ret_value, size_t *ret_at)
{
    return read_text(BLOCK_PLAIN, arena, text, limits, ret_value, ret_at);
}
