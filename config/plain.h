/*
 * What a plain (unquoted) scalar means: JSON's null, true, false and numbers are what they look
 * like, all else is text. And what other YAML readers (YAML 1.1, the core schema of 1.2) see in
 * such a text.
 */
#ifndef BRAID_CONFIG_PLAIN_H
#define BRAID_CONFIG_PLAIN_H

#include "base/json/json.h"

/* Numbers keep their digits; the text is kept. */
struct json plain_scalar(struct str text);

/*
 * What another reader sees where braid sees text: "true", "null", "a number", "a date"; NULL where
 * all agree. `on` and `off` are asked for only inside templates, where they are no settings.
 */
const char *plain_other_meaning(struct str text, bool is_template);

#endif
