/*
 * Templates written as JSON. Pieces that are known are copied, values are written as they came;
 * what cannot be evaluated is null and counted, so the JSON is valid whatever happens.
 *
 * Recursion is as deep as the template in the file (at most 64), never as deep as the data.
 */
#include "base/arena.h"
#include "base/json/make.h"
#include "base/slices.h"
#include "routes/spread.h"
#include "routes/template_tree.h"

static void write_prepared(const struct template *template, struct json prepared,
                           struct evaluation *evaluation, struct slices *out);

static struct json evaluate_text(const struct text *text, struct evaluation *evaluation)
{
    struct json value = json_null();
    if (text_evaluate(text, &evaluation->frame, &value))
        return value;
    evaluation->failed_expressions++;
    return json_null();
}

static struct json evaluate_array(const struct text *text, struct evaluation *evaluation)
{
    uint32_t failed_before = evaluation->failed_expressions;
    struct json array = evaluate_text(text, evaluation);
    if (json_type(array) == JSON_ARRAY)
        return array;
    if (json_is_null(array) && evaluation->failed_expressions == failed_before)
        return json_array(NULL, 0);
    if (!json_is_null(array))
        evaluation->failed_expressions++;
    return json_null();
}

/*
 * The value where there is one before anything is written: null means that nothing will be.
 * Objects and arrays are never null: true stands for them.
 */
static struct json prepare(const struct template *template, struct evaluation *evaluation)
{
    switch (template->kind) {
    case TEMPLATE_CONSTANT:
        return template->value;
    case TEMPLATE_SLOT:
        return evaluation->slots[template->slot];
    case TEMPLATE_TEXT:
        return evaluate_text(&template->text, evaluation);
    case TEMPLATE_EACH:
        return evaluate_array(&template->text, evaluation);
    case TEMPLATE_OBJECT:
    case TEMPLATE_ARRAY:
    case TEMPLATE_KIND_COUNT:
        break;
    }
    return json_boolean(true);
}

/* --- members and elements ----------------------------------------------------------------- */

/* A piece of a container under way: without its comma where it is the first. */
struct container {
    struct slices *out;
    bool has_begun;
};

static void container_lead(struct container *container, struct str lead)
{
    slices_copy(container->out, container->has_begun ? lead : str_from(lead, 1));
    container->has_begun = true;
}

static bool name_is_written(const struct template *object, struct str name)
{
    if (!(object->name_lengths & template_length_bit(name)))
        return false;
    for (uint32_t i = 0; i < object->name_count; i++) {
        if (str_equal(object->names[i], name))
            return true;
    }
    return false;
}

static bool later_has(const struct template *object, const struct spread *spreads, uint32_t which,
                      struct str name)
{
    for (uint32_t i = which + 1; i < object->spread_count; i++) {
        if (spread_has(&spreads[i], name))
            return true;
    }
    return false;
}

static bool member_is_written(const struct template *object, const struct spread *spreads,
                              uint32_t which, uint32_t index)
{
    struct str name = spreads[which].members[index].name;
    return !name_is_written(object, name) && !later_has(object, spreads, which, name) &&
           spread_counts(&spreads[which], index);
}

static void container_separate(struct container *container)
{
    if (container->has_begun)
        slices_copy(container->out, STR(","));
    container->has_begun = true;
}

/* Members that follow each other and are all written go out as one text. */
static void write_read_members(const struct template *object, const struct spread *spreads,
                               uint32_t which, struct container *container)
{
    const struct spread *spread = &spreads[which];
    for (uint32_t i = 0; i < spread->count; i++) {
        if (!member_is_written(object, spreads, which, i))
            continue;
        const char *from = spread->members[i].text.at;
        while (i + 1 < spread->count && member_is_written(object, spreads, which, i + 1))
            i++;
        struct str last = spread->members[i].text;
        container_separate(container);
        slices_keep(container->out, (struct str){from, (size_t)(last.at + last.length - from)});
    }
}

static void write_built_members(const struct template *object, const struct spread *spreads,
                                uint32_t which, struct container *container)
{
    struct json_iterator iterator = json_iterate(spreads[which].object);
    struct json key, value;
    for (uint32_t i = 0; json_next(&iterator, &key, &value); i++) {
        if (!member_is_written(object, spreads, which, i))
            continue;
        container_separate(container);
        json_write(container->out, key);
        slices_copy(container->out, STR(":"));
        json_write(container->out, value);
    }
}

static void write_spread(const struct template *object, const struct spread *spreads,
                         uint32_t which, struct container *container)
{
    if (spreads[which].object.form == JSON_FORM_INDEXED)
        write_read_members(object, spreads, which, container);
    else if (spreads[which].object.form == JSON_FORM_BUILT)
        write_built_members(object, spreads, which, container);
}

static void evaluate_spreads(const struct template *object, struct evaluation *evaluation,
                             struct spread *spreads)
{
    for (uint32_t i = 0; i < object->piece_count; i++) {
        const struct template_piece *piece = &object->pieces[i];
        if (piece->kind != PIECE_SPREAD)
            continue;
        struct json value = prepare(piece->value, evaluation);
        if (!json_is_null(value) && json_type(value) != JSON_OBJECT) {
            evaluation->failed_expressions++;
            value = json_null();
        }
        spread_init(&spreads[piece->spread], evaluation->frame.arena, value);
    }
}

static void write_piece(const struct template *template, const struct template_piece *piece,
                        const struct spread *spreads, struct evaluation *evaluation,
                        struct container *container)
{
    struct json value;
    switch (piece->kind) {
    case PIECE_CONSTANT:
        container_lead(container, piece->lead);
        return;
    case PIECE_VALUE:
        container_lead(container, piece->lead);
        template_write(piece->value, evaluation, container->out);
        return;
    case PIECE_OPTIONAL:
        value = prepare(piece->value, evaluation);
        if (json_is_null(value))
            return;
        container_lead(container, piece->lead);
        write_prepared(piece->value, value, evaluation, container->out);
        return;
    case PIECE_SPREAD:
        write_spread(template, spreads, piece->spread, container);
        return;
    case PIECE_KIND_COUNT:
        return;
    }
}

static void write_pieces(const struct template *template, struct evaluation *evaluation,
                         struct slices *out)
{
    struct spread spreads[TEMPLATE_SPREADS_MAXIMUM];
    if (template->spread_count > 0)
        evaluate_spreads(template, evaluation, spreads);
    struct container container = {.out = out};
    for (uint32_t i = 0; i < template->piece_count; i++)
        write_piece(template, &template->pieces[i], spreads, evaluation, &container);
}

/* --- loops and all ------------------------------------------------------------------------ */

static void write_each(const struct template *each, struct json array,
                       struct evaluation *evaluation, struct slices *out)
{
    struct json_iterator iterator = json_iterate(array);
    struct json element;
    bool has_begun = false;
    slices_copy(out, STR("["));
    while (json_next(&iterator, NULL, &element)) {
        /* Loops in loops multiply: arena and slices bound what they may write. */
        if (arena_is_over(evaluation->frame.arena) || arena_is_over(out->arena) || out->is_over) {
            evaluation->failed_expressions++;
            break;
        }
        if (has_begun)
            slices_copy(out, STR(","));
        has_begun = true;
        evaluation->slots[each->slot] = element;
        template_write(each->element, evaluation, out);
    }
    slices_copy(out, STR("]"));
}

static void write_prepared(const struct template *template, struct json prepared,
                           struct evaluation *evaluation, struct slices *out)
{
    switch (template->kind) {
    case TEMPLATE_CONSTANT:
        slices_keep(out, template->constant);
        return;
    case TEMPLATE_OBJECT:
        slices_copy(out, STR("{"));
        write_pieces(template, evaluation, out);
        slices_copy(out, STR("}"));
        return;
    case TEMPLATE_ARRAY:
        slices_copy(out, STR("["));
        write_pieces(template, evaluation, out);
        slices_copy(out, STR("]"));
        return;
    case TEMPLATE_EACH:
        if (!json_is_null(prepared)) {
            write_each(template, prepared, evaluation, out);
            return;
        }
        break;
    case TEMPLATE_SLOT:
    case TEMPLATE_TEXT:
    case TEMPLATE_KIND_COUNT:
        break;
    }
    json_write(out, prepared);
}

void template_write(const struct template *template, struct evaluation *evaluation,
                    struct slices *out)
{
    write_prepared(template, prepare(template, evaluation), evaluation, out);
}

struct json template_value(const struct template *template, struct evaluation *evaluation)
{
    struct json value = prepare(template, evaluation);
    bool is_container = json_type(value) == JSON_ARRAY || json_type(value) == JSON_OBJECT;
    bool is_value = template->kind <= TEMPLATE_TEXT;
    if (is_value && !(is_container && value.form == JSON_FORM_TEXT))
        return value;
    struct slices out;
    slices_init(&out, evaluation->frame.arena);
    write_prepared(template, value, evaluation, &out);
    struct json read = json_null();
    if (json_read(evaluation->frame.arena, slices_join(&out), &json_limits_default, &read, NULL) !=
        JSON_OK)
        evaluation->failed_expressions++;
    return read;
}
