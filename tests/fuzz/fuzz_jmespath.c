/*
 * JMESPath under arbitrary expressions and documents: the input is an expression, a zero byte, and
 * a JSON text. Nothing may crash, leak or run for long; what compiles must keep its promises.
 */
#include "base/arena.h"
#include "base/jmespath/jmespath.h"
#include "base/json/make.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_QUOTA ((size_t)4 << 20)
#define FUZZ_STEPS 20000
#define FUZZ_SLOTS 4

/* Each name means something, which depends only on its letters. */
static bool fuzz_resolve(struct jmespath_resolver *resolver, const struct str *names,
                         unsigned count, size_t at, struct jmespath_binding *ret_binding,
                         struct jmespath_error *ret_error)
{
    (void)resolver;
    (void)at;
    (void)ret_error;
    unsigned letter = names[0].length > 0 ? (unsigned char)names[0].at[0] : 0;
    *ret_binding = (struct jmespath_binding){
        .names = count == 2 && letter % 3 == 0 ? 2 : 1,
        .is_constant = letter % 7 == 0,
        .varies = letter % 2 == 0,
        .slot = letter % FUZZ_SLOTS,
        .constant = json_decoded(names[0]),
    };
    return true;
}

static bool fuzz_constant_call(struct jmespath_resolver *resolver, struct str function,
                               struct str argument, size_t at, struct json *ret_value,
                               struct jmespath_error *ret_error, bool *ret_failed)
{
    (void)resolver;
    if (!str_equal(function, STR("file")))
        return false;
    *ret_failed = str_is_empty(argument);
    *ret_error = (struct jmespath_error){.at = at, .message = STR("no such file")};
    *ret_value = json_decoded(argument);
    return !*ret_failed;
}

static void fuzz_check_error(struct str text, const struct jmespath_error *error)
{
    if (error->at > text.length || error->length > text.length - error->at ||
        str_is_empty(error->message) || !json_is_utf8(error->message))
        abort();
}

static void fuzz_evaluate(const struct jmespath *expression, struct jmespath_frame *frame)
{
    struct json value;
    const char *why = NULL;
    frame->steps_left = FUZZ_STEPS;
    if (jmespath_evaluate(expression, frame, &value, &why)) {
        jmespath_truth(value);
        if (value.type >= JSON_TYPE_COUNT)
            abort();
        struct str text = json_text(frame->arena, value);
        if (json_check(text, &json_limits_default, &value, NULL) == JSON_FAULT_SYNTAX)
            abort();
    } else if (!why || !json_is_null(value)) {
        abort();
    }
}

static void fuzz_unbound(struct arena *arena, struct str text, struct json document)
{
    struct jmespath_error error = {0};
    struct jmespath_frame frame = {.arena = arena, .root = document};
    struct jmespath *expression = jmespath_compile(arena, text, &error);
    if (expression)
        fuzz_evaluate(expression, &frame);
    else
        fuzz_check_error(text, &error);
}

static void fuzz_bound(struct arena *arena, struct str text, struct json document)
{
    struct jmespath_error error = {0};
    struct jmespath_resolver resolver = {
        .resolve = fuzz_resolve, .constant_call = fuzz_constant_call, .is_in_loop = true};
    struct json slots[FUZZ_SLOTS] = {document, document, json_null(), json_decoded(STR("text"))};
    struct jmespath_frame frame = {.arena = arena, .slots = slots};
    struct jmespath *expression = jmespath_compile_bound(arena, text, &resolver, &error);
    if (!expression) {
        fuzz_check_error(text, &error);
        return;
    }
    frame.memos = arena_array(arena, struct json, resolver.memo_count);
    for (uint32_t i = 0; i < resolver.memo_count; i++)
        frame.memos[i] = JMESPATH_MEMO_NONE;
    fuzz_evaluate(expression, &frame);
    slots[0] = json_null();
    fuzz_evaluate(expression, &frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct json document = json_null();
    struct str rest = {(const char *)data, size};
    struct str text;
    if (!str_cut(&rest, '\0', &text))
        return 0;
    arena_init(&arena, NULL, FUZZ_QUOTA);
    if (rest.at)
        json_read(&arena, rest, &json_limits_default, &document, NULL);
    fuzz_unbound(&arena, text, document);
    fuzz_bound(&arena, text, document);
    arena_done(&arena);
    return 0;
}
