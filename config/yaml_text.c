/*
 * Offsets: character to byte (a table of every 256th character), corrected text to file (the
 * corrections are few and sorted), byte to line (bisection).
 */
#include "config/yaml_text.h"

#include "base/arena.h"

#define STEP 256 /* characters between two entries of the table */

static void lines_find(struct yaml_text *yaml)
{
    struct str text = yaml->file->text;
    size_t count = 1;
    for (size_t i = 0; i < text.length; i++)
        count += text.at[i] == '\n';
    yaml->lines = arena_array(yaml->arena, size_t, count);
    yaml->line_count = 1;
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '\n')
            yaml->lines[yaml->line_count++] = i + 1;
    }
}

static bool byte_begins_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

static void steps_find(struct yaml_text *yaml)
{
    struct str text = yaml->text;
    size_t characters = 0;
    for (size_t i = 0; i < text.length; i++)
        characters += byte_begins_character(text.at[i]);
    yaml->steps = NULL;
    if (characters == text.length)
        return;
    yaml->steps = arena_array(yaml->arena, uint32_t, characters / STEP + 1);
    yaml->step_count = 0;
    size_t index = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (!byte_begins_character(text.at[i]))
            continue;
        if (index++ % STEP == 0)
            yaml->steps[yaml->step_count++] = (uint32_t)i;
    }
}

void yaml_text_init(struct yaml_text *yaml, struct arena *arena, const struct source_file *file)
{
    *yaml = (struct yaml_text){.arena = arena, .file = file, .text = file->text};
    lines_find(yaml);
    steps_find(yaml);
}

static void correction_insert(struct yaml_text *yaml, struct yaml_correction correction)
{
    size_t i = yaml->correction_count++;
    for (; i > 0 && yaml->corrections[i - 1].at > correction.at; i--)
        yaml->corrections[i] = yaml->corrections[i - 1];
    yaml->corrections[i] = correction;
}

bool yaml_text_correct(struct yaml_text *yaml, const struct yaml_correction *corrections,
                       size_t count)
{
    if (yaml->correction_count + count > YAML_CORRECTIONS_MAXIMUM)
        return false;
    for (size_t i = 0; i < count; i++)
        correction_insert(yaml, corrections[i]);
    struct str source = yaml->file->text;
    char *text = arena_bytes(yaml->arena, source.length + yaml->correction_count);
    size_t length = 0;
    size_t from = 0;
    for (size_t i = 0; i < yaml->correction_count; i++) {
        size_t at = yaml->corrections[i].at;
        memcpy(text + length, source.at + from, at - from);
        length += at - from;
        text[length++] = yaml->corrections[i].byte;
        from = at;
    }
    memcpy(text + length, source.at + from, source.length - from);
    yaml->text = (struct str){text, length + source.length - from};
    steps_find(yaml);
    return true;
}

size_t yaml_text_original(const struct yaml_text *yaml, size_t offset)
{
    size_t inserted = 0;
    while (inserted < yaml->correction_count && yaml->corrections[inserted].at + inserted < offset)
        inserted++;
    size_t original = offset - inserted;
    return original < yaml->file->text.length ? original : yaml->file->text.length;
}

size_t yaml_text_offset(const struct yaml_text *yaml, size_t index)
{
    if (yaml->steps == NULL)
        return yaml_text_original(yaml, index);
    size_t step = index / STEP;
    if (step >= yaml->step_count)
        return yaml->file->text.length;
    size_t offset = yaml->steps[step];
    for (size_t left = index % STEP; left > 0 && offset < yaml->text.length; left--) {
        offset++;
        while (offset < yaml->text.length && !byte_begins_character(yaml->text.at[offset]))
            offset++;
    }
    return yaml_text_original(yaml, offset);
}

static size_t line_of(const struct yaml_text *yaml, size_t offset)
{
    size_t low = 0;
    size_t high = yaml->line_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (yaml->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

struct str yaml_text_line(const struct yaml_text *yaml, size_t offset, size_t *ret_begin)
{
    size_t number = line_of(yaml, offset);
    size_t begin = yaml->lines[number];
    struct str line = str_from(yaml->file->text, begin);
    if (number + 1 < yaml->line_count)
        line.length = yaml->lines[number + 1] - 1 - begin;
    if (line.length > 0 && line.at[line.length - 1] == '\r')
        line.length--;
    if (ret_begin != NULL)
        *ret_begin = begin;
    return line;
}

size_t yaml_text_at(const struct yaml_text *yaml, struct place place)
{
    return yaml->lines[place.line - 1] + place.column - 1;
}

struct place yaml_text_place(const struct yaml_text *yaml, size_t from, size_t to)
{
    size_t line = line_of(yaml, from);
    size_t begin = yaml->lines[line];
    size_t end = begin + yaml_text_line(yaml, from, NULL).length;
    if (to > end)
        to = end;
    return (struct place){.file = yaml->file,
                          .line = (uint32_t)(line + 1),
                          .column = (uint32_t)(from - begin + 1),
                          .length = to > from ? (uint32_t)(to - from) : 1};
}
