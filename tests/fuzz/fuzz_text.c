/*
 * Any bytes as a text with `${…}`, compiled where everything may be mentioned, and evaluated with
 * the rest of the input, behind the first 0xFF, as the JSON in every slot.
 */
#include "base/arena.h"
#include "base/json/make.h"
#include "config/scope.h"
#include "config/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void text_run(struct arena *arena, const struct text *text, const struct slot_table *slots,
                     struct str input)
{
    struct json_limits limits = {.bytes = 65536, .nodes = 4096, .depth = 32};
    struct json value = json_null();
    if (json_read(arena, input, &limits, &value, NULL) != JSON_OK)
        value = json_null();
    struct json *values = arena_array(arena, struct json, slots->count);
    for (uint32_t i = 0; i < slots->count; i++)
        values[i] = value;
    struct json *memos = arena_array(arena, struct json, slots->memo_count);
    for (uint32_t i = 0; i < slots->memo_count; i++)
        memos[i].type = JSON_TYPE_COUNT;
    struct jmespath_frame frame = {
        .arena = arena, .slots = values, .memos = memos, .steps_left = 100000};
    struct json result;
    if (!text_evaluate(text, &frame, &result) && !json_is_null(result))
        abort();
    struct str written = json_text(arena, result);
    if (!json_is_utf8(written))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str all = {(const char *)data, size};
    size_t end = str_find(all, '\xFF');
    if (end > 0 && !json_is_utf8((struct str){all.at, end}))
        return 0; /* libyaml gives UTF-8 only */
    struct arena arena;
    arena_init(&arena, NULL, (size_t)64 * 1024 * 1024);
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, &arena);
    struct environment environment;
    environment_init(&environment, &arena);
    struct slot_table slots = {.arena = &arena};
    struct scope scope;
    scope_init(&scope, &slots, &environment, &diagnostics, SCOPE_ALL);
    scope.resolver.constant_call = NULL; /* no files from the fuzzer's names */
    const struct str names[] = {STR("order"), STR("id")};
    scope.calls = names;
    scope.call_count = 2;
    scope.parameters = names;
    scope.parameter_count = 2;
    struct scope_loop loop = {.name = STR("item"), .varies = true};
    loop.slot = slot_table_add_loop(&slots, loop.name);
    scope.loops = &loop;
    struct node node = {.kind = NODE_TEXT, .is_quoted = true};
    node.text = str_copy(&arena, (struct str){all.at, end});
    struct text text;
    if (text_compile(&arena, &node, &scope, &text))
        text_run(&arena, &text, &slots, end < size ? str_from(all, end + 1) : STR(""));
    else if (!diagnostics_has_errors(&diagnostics))
        abort();
    arena_done(&arena);
    return 0;
}
