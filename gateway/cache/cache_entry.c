/*
 * The piece of memory, in this order: the entry, the fields, the index (all of them aligned to 8),
 * then text: key, names and values, body.
 */
#include "gateway/cache/cache_entry.h"

#include "base/arena.h"
#include "base/field_lines.h"
#include "base/json/keep.h"
#include "base/slices.h"
#include "gateway/upstream/end_to_end.h"

#include <stdlib.h>

/* What malloc keeps for itself per piece; measured by bench of the store, not exact. */
#define MALLOC_SHARE 16

static bool field_is_kept(const struct flight_answer *answer, const struct cache_key *key,
                          const struct field *field)
{
    /* the length of a body is known; only of one that was not sent it is news */
    if (key->method != METHOD_HEAD && str_equal_ignore_case(field->name, STR("content-length")))
        return false;
    return field_is_end_to_end(answer->fields, answer->field_count, field->name);
}

struct measure {
    size_t fields; /* count */
    size_t index;  /* bytes */
    size_t text;   /* bytes */
};

static struct measure measure_of(const struct cache_key *key, const struct cache_content *content)
{
    const struct flight_answer *answer = content->answer;
    struct measure measure = {.text = key->service.length + key->target.length + key->lines.length +
                                      answer->body.length + 1};
    for (uint32_t i = 0; i < answer->field_count; i++) {
        if (!field_is_kept(answer, key, &answer->fields[i]))
            continue;
        measure.fields++;
        measure.text += answer->fields[i].name.length + answer->fields[i].value.length;
    }
    if (content->value != NULL)
        measure.index = json_kept_size(*content->value);
    return measure;
}

static struct str text_put(char **at, struct str text)
{
    struct str copy = {*at, text.length};
    if (text.length > 0)
        memcpy(*at, text.at, text.length);
    *at += text.length;
    return copy;
}

static void fields_put(struct cache_entry *entry, const struct cache_key *key,
                       const struct flight_answer *answer, struct field *to, char **at)
{
    entry->fields = to;
    for (uint32_t i = 0; i < answer->field_count; i++) {
        const struct field *field = &answer->fields[i];
        if (!field_is_kept(answer, key, field))
            continue;
        to->name = text_put(at, field->name);
        to->value = text_put(at, field->value);
        to++;
        entry->field_count++;
    }
}

static void rules_put(struct cache_entry *entry, const struct cache_content *content)
{
    entry->may_keep = content->ruling.may_keep;
    entry->is_standard = content->ruling.is_standard;
    entry->has_validator = content->ruling.has_validator;
    entry->life = content->ruling.life;
    entry->while_revalidate = content->ruling.while_revalidate;
    entry->if_error = content->ruling.if_error;
    entry->born = content->ruling.born;
    entry->asked = content->asked;
    entry->received = content->received;
    entry->keep = content->keep;
}

struct cache_entry *cache_entry_new(const struct cache_key *key,
                                    const struct cache_content *content)
{
    const struct flight_answer *answer = content->answer;
    struct measure measure = measure_of(key, content);
    size_t size = sizeof(struct cache_entry) + measure.fields * sizeof(struct field) +
                  measure.index + measure.text;
    if (answer->body.length > CACHE_ENTRY_MAXIMUM || size > CACHE_ENTRY_MAXIMUM)
        return NULL;
    struct cache_entry *entry = malloc(size);
    if (entry == NULL)
        abort();
    memset(entry, 0, sizeof *entry);
    atomic_init(&entry->references, 1);
    list_init(&entry->place);
    struct field *fields = (struct field *)(entry + 1);
    char *index = (char *)(fields + measure.fields);
    char *at = index + measure.index;
    entry->hash = key->hash;
    entry->target_hash = key->target_hash;
    entry->kind = (uint8_t)key->kind;
    entry->method = (uint8_t)key->method;
    entry->text = at;
    entry->service_length = (uint32_t)text_put(&at, key->service).length;
    entry->target_length = (uint32_t)text_put(&at, key->target).length;
    entry->lines_length = (uint32_t)text_put(&at, key->lines).length;
    entry->bytes = (uint32_t)(size + MALLOC_SHARE);
    entry->status = (uint16_t)answer->status;
    rules_put(entry, content);
    fields_put(entry, key, answer, fields, &at);
    entry->body = text_put(&at, answer->body);
    *at = '\0';
    entry->value = json_null();
    if (content->value != NULL) {
        entry->value = json_keep(*content->value, answer->body.at, entry->body.at, index);
        entry->is_read = true;
        entry->is_indexed =
            json_type(*content->value) < JSON_ARRAY || content->value->form == JSON_FORM_INDEXED;
    }
    return entry;
}

struct cache_entry *cache_entry_ref(struct cache_entry *entry)
{
    atomic_fetch_add_explicit(&entry->references, 1, memory_order_relaxed);
    return entry;
}

void cache_entry_unref(struct cache_entry *entry)
{
    if (entry != NULL &&
        atomic_fetch_sub_explicit(&entry->references, 1, memory_order_acq_rel) == 1)
        free(entry);
}

struct cache_key cache_entry_key(const struct cache_entry *entry)
{
    const char *target = entry->text + entry->service_length;
    return (struct cache_key){
        .hash = entry->hash,
        .target_hash = entry->target_hash,
        .kind = (enum cache_kind)entry->kind,
        .method = (enum method)entry->method,
        .service = {entry->text, entry->service_length},
        .target = {target, entry->target_length},
        .lines = {target + entry->target_length, entry->lines_length},
    };
}

bool cache_entry_has_key(const struct cache_entry *entry, const struct cache_key *key)
{
    if (entry->hash != key->hash || entry->kind != (uint8_t)key->kind ||
        entry->method != (uint8_t)key->method)
        return false;
    struct cache_key own = cache_entry_key(entry);
    return str_equal(own.target, key->target) && str_equal(own.lines, key->lines) &&
           str_equal(own.service, key->service);
}

struct flight_answer cache_entry_answer(const struct cache_entry *entry)
{
    return (struct flight_answer){
        .status = entry->status,
        .fields = (struct field *)entry->fields, /* nobody writes into an answer that has come */
        .field_count = entry->field_count,
        .body = entry->body,
    };
}

struct cache_entry *cache_entry_with_value(const struct cache_entry *entry,
                                           const struct json *value)
{
    struct cache_key key = cache_entry_key(entry);
    struct flight_answer answer = cache_entry_answer(entry);
    struct cache_content content = {
        .answer = &answer,
        .value = value,
        .ruling = {.may_keep = entry->may_keep,
                   .is_standard = entry->is_standard,
                   .has_validator = entry->has_validator,
                   .born = entry->born,
                   .life = entry->life,
                   .while_revalidate = entry->while_revalidate,
                   .if_error = entry->if_error},
        .asked = entry->asked,
        .received = entry->received,
        .keep = entry->keep,
    };
    return cache_entry_new(&key, &content);
}

/* --- after a 304 -------------------------------------------------------------------------- */

static bool fields_have(const struct flight_answer *answer, struct str name)
{
    struct str value;
    return flight_answer_field(answer, name, &value);
}

/* What describes the body that was not sent stays as it was (RFC 9111 3.2). */
static bool field_is_updated(struct str name)
{
    return !str_equal_ignore_case(name, STR("content-length")) &&
           !str_equal_ignore_case(name, STR("content-encoding")) &&
           !str_equal_ignore_case(name, STR("content-type")) &&
           !str_equal_ignore_case(name, STR("content-range"));
}

struct cache_entry *cache_entry_freshen(const struct cache_entry *entry, struct arena *arena,
                                        const struct flight_answer *fresh,
                                        const struct cache_times *times)
{
    struct cache_key key = cache_entry_key(entry);
    struct flight_answer answer = cache_entry_answer(entry);
    struct field *fields =
        arena_array(arena, struct field, (size_t)entry->field_count + fresh->field_count + 1);
    answer.fields = fields;
    answer.field_count = 0;
    for (uint32_t i = 0; i < entry->field_count; i++)
        if (!field_is_updated(entry->fields[i].name) || !fields_have(fresh, entry->fields[i].name))
            fields[answer.field_count++] = entry->fields[i];
    for (uint32_t i = 0; i < fresh->field_count; i++)
        if (field_is_updated(fresh->fields[i].name) &&
            field_is_end_to_end(fresh->fields, fresh->field_count, fresh->fields[i].name))
            fields[answer.field_count++] = fresh->fields[i];
    struct cache_asking asking = {key.method, key.target, key.lines};
    struct cache_content content = {
        .answer = &answer,
        .value = entry->is_read ? &entry->value : NULL,
        .ruling = cache_rules_judge(&asking, &answer, times),
        .asked = times->asked,
        .received = times->received,
        .keep = entry->keep,
    };
    return cache_entry_new(&key, &content);
}

static void line_append(struct slices *out, const char *name, struct str value)
{
    slices_copy(out, str_of(name));
    slices_copy(out, value);
    slices_copy(out, STR("\r\n"));
}

struct str cache_entry_conditions(const struct cache_entry *entry, struct arena *arena,
                                  struct str lines)
{
    struct flight_answer answer = cache_entry_answer(entry);
    struct str value;
    struct slices out;
    if (field_lines_have(lines, STR("if-none-match")) ||
        field_lines_have(lines, STR("if-modified-since")))
        return STR("");
    slices_init(&out, arena);
    if (flight_answer_field(&answer, STR("etag"), &value))
        line_append(&out, "if-none-match: ", value);
    if (flight_answer_field(&answer, STR("last-modified"), &value))
        line_append(&out, "if-modified-since: ", value);
    return slices_join(&out);
}
