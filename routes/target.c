/*
 * Targets compiled: what is literal is checked and encoded here, once; what is inserted later can
 * then only stand within a segment or a query value.
 */
#include "routes/target.h"

#include "base/arena.h"
#include "base/slices.h"
#include "routes/path.h"
#include "routes/spot.h"
#include "routes/visit.h"

struct target_building {
    struct arena *arena;
    struct scope *scope;
    struct request *request;
    struct slices run; /* literal text that is not yet a part */
    bool is_in_query;
    bool is_in_value;   /* behind the `=` of a parameter */
    bool follows_value; /* the piece stands directly behind a ${…} */
};

static bool literal_report(const struct target_building *building, struct place place, char byte)
{
    struct str hint = STR_NONE;
    const char *what = "this cannot stand in a target";
    if (byte == '#') {
        what = "a request has no '#' part";
    } else if (byte == '%') {
        what = "'%' stands before two hexadecimal digits";
        hint = STR("write %25 for a literal '%'");
    } else if (byte == ' ' || byte == '\n' || byte == '\t') {
        what = "a target holds no blank";
        hint = STR("write %20");
    } else if (byte == '{' || byte == '}') {
        what = "'{' and '}' stand only in ${…}";
        hint = STR("write ${path.id} for a value");
    } else if (byte == '?') {
        what = "a second '?'";
        hint = STR("write %3F, or & between parameters");
    }
    diagnostics_error(building->scope->diagnostics, place, hint, "%s", what);
    return false;
}

/* The braces of a forgotten `$` are no literal text, though they could be encoded. */
static bool literal_put(struct target_building *building, struct place place, struct str text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '{' || text.at[i] == '}')
            return literal_report(building, place_within(place, i, 1), text.at[i]);
    }
    struct str encoded;
    size_t at = 0;
    if (!path_encode_literal(building->arena, text, &encoded, &at))
        return literal_report(building, place_within(place, at, 1), text.at[at]);
    slices_copy(&building->run, encoded);
    return true;
}

/* Segments that are literal as a whole; those that touch a value are looked at when rendered. */
static bool dots_check(const struct target_building *building, struct place place, struct str path,
                       bool value_follows)
{
    struct str rest = path;
    struct str segment;
    bool is_first = true;
    while (str_cut(&rest, '/', &segment)) {
        bool touches = (is_first && building->follows_value) || (!rest.at && value_follows);
        is_first = false;
        struct str normal;
        size_t at;
        if (touches || !path_encode_literal(building->arena, segment, &normal, &at) ||
            !path_is_dot_segment(normal))
            continue;
        diagnostics_error(building->scope->diagnostics,
                          place_within(place, (size_t)(segment.at - path.at), segment.length),
                          STR("write the path that is meant"), "a target holds no '%.*s' segment",
                          STR_ARGS(segment));
        return false;
    }
    return true;
}

static void query_follow(struct target_building *building, struct str text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '&')
            building->is_in_value = false;
        else if (text.at[i] == '=')
            building->is_in_value = true;
    }
}

static bool literal_add(struct target_building *building, struct place place, struct str text,
                        bool value_follows)
{
    struct str query = text;
    size_t offset = 0;
    if (!building->is_in_query) {
        size_t mark = str_find(text, '?');
        struct str path = {text.at, mark};
        bool has_query = mark < text.length;
        if (!dots_check(building, place, path, value_follows && !has_query) ||
            !literal_put(building, place, path))
            return false;
        if (!has_query)
            return true;
        slices_copy(&building->run, STR("?"));
        building->is_in_query = true;
        offset = mark + 1;
        query = str_from(text, offset);
    }
    query_follow(building, query);
    return literal_put(building, place_within(place, offset, query.length), query);
}

static struct target_part *part_add(struct target_building *building)
{
    struct request *request = building->request;
    return &request->target[request->target_count++];
}

static void run_flush(struct target_building *building)
{
    if (building->run.bytes == 0)
        return;
    struct target_part *part = part_add(building);
    part->literal = slices_join(&building->run);
    part->is_literal = true;
    slices_init(&building->run, building->arena);
}

static bool value_add(struct target_building *building, const struct text_part *value)
{
    if (building->is_in_query && !building->is_in_value) {
        diagnostics_error(building->scope->diagnostics, value->place,
                          STR("write name=${…}; a whole parameter belongs under `query`"),
                          "in a query ${…} stands only behind the '=' of a parameter");
        return false;
    }
    run_flush(building);
    struct target_part *part = part_add(building);
    part->place = building->is_in_query ? TARGET_QUERY : TARGET_SEGMENT;
    part->text = (struct text){value, 1, true, value->place};
    text_mark_slots(&part->text, true, building->scope->slots);
    return true;
}

static bool parts_add(struct target_building *building, const struct text *text)
{
    bool is_good = true;
    for (uint32_t i = 0; i < text->count; i++) {
        const struct text_part *part = &text->parts[i];
        bool value_follows = i + 1 < text->count && text->parts[i + 1].expression;
        if (part->expression)
            is_good &= value_add(building, part);
        else
            is_good &= literal_add(building, part->place, part->literal, value_follows);
        building->follows_value = part->expression != NULL;
    }
    run_flush(building);
    building->request->target_has_query = building->is_in_query;
    return is_good;
}

bool target_compile(struct arena *arena, const struct node *node, struct str text,
                    struct str prefix, struct scope *scope, struct request *request)
{
    struct place place = spot_of(node, text);
    request->target_text = text;
    if (text.length == 0 || text.at[0] != '/') {
        bool is_expression = str_starts_with(text, STR("${"));
        diagnostics_error(scope->diagnostics, place,
                          is_expression ? STR("${…} stands within a segment: /users/${…}")
                                        : STR("write SERVICE METHOD /path"),
                          "a target begins with '/'");
        return false;
    }
    struct target_building building = {.arena = arena, .scope = scope, .request = request};
    slices_init(&building.run, arena);
    slices_copy(&building.run, prefix);
    struct text compiled = {0};
    struct text_part whole = {.literal = text, .place = place};
    if (str_find_text(text, STR("${")) < text.length) {
        size_t offset = (size_t)(text.at - node->text.at);
        if (!text_compile_part(arena, node, offset, text.length, scope, &compiled))
            return false;
    } else {
        compiled = (struct text){.parts = &whole, .count = 1, .place = place};
    }
    request->target = arena_array(arena, struct target_part, compiled.count * 2 + 1);
    return parts_add(&building, &compiled);
}
