/*
 * The text that the YAML reader is given, and the way back from its marks (counted in characters)
 * to places in the file (lines, and columns in bytes).
 *
 * Where YAML was misled by a missing quote the quote is put in and the text is read again, so that
 * one slip does not hide the mistakes behind it. Corrections only insert, and places never show
 * them.
 */
#ifndef BRAID_CONFIG_YAML_TEXT_H
#define BRAID_CONFIG_YAML_TEXT_H

#include "config/diagnostic.h"

struct arena;

#define YAML_CORRECTIONS_MAXIMUM 256 /* inserted bytes */

struct yaml_correction {
    size_t at; /* offset in the file, before which the byte is inserted */
    char byte;
};

struct yaml_text {
    struct arena *arena;
    const struct source_file *file;
    struct str text; /* of the file, with the corrections */
    struct yaml_correction corrections[YAML_CORRECTIONS_MAXIMUM]; /* sorted by offset */
    size_t correction_count;
    size_t *lines; /* where each line of the file begins */
    size_t line_count;
    uint32_t *steps; /* the byte offset of every 256th character of `text`; NULL: all ASCII */
    size_t step_count;
};

/* Keeps the file. */
void yaml_text_init(struct yaml_text *yaml, struct arena *arena, const struct source_file *file);

/* Puts `count` corrections in; false where there are too many. */
bool yaml_text_correct(struct yaml_text *yaml, const struct yaml_correction *corrections,
                       size_t count);

/* From a mark's index, in characters, to an offset in the file. */
size_t yaml_text_offset(const struct yaml_text *yaml, size_t index);

/* From an offset in the corrected text to one in the file. */
size_t yaml_text_original(const struct yaml_text *yaml, size_t offset);

/* The place from offset `from` up to `to` in the file, on its first line. */
struct place yaml_text_place(const struct yaml_text *yaml, size_t from, size_t to);

/* The offset in the file at which a place begins. */
size_t yaml_text_at(const struct yaml_text *yaml, struct place place);

/* The line in the file that holds the offset, without its end; *ret_begin (may be NULL). */
struct str yaml_text_line(const struct yaml_text *yaml, size_t offset, size_t *ret_begin);

#endif
