/*
 * The JSON Schema of the whole file: what `braid schema` prints and editors complete by.
 */
#ifndef BRAID_ROUTES_FILE_SCHEMA_H
#define BRAID_ROUTES_FILE_SCHEMA_H

#include "config/json_schema.h"

/* The forms of this floor's tables, and those of the floor below. */
extern const struct json_schema_forms routes_forms;

/* Every table that the file is read by, for those who go through all of them; the last is NULL. */
extern const struct schema *const file_schema_tables[];

/* In arena. */
struct json file_schema(struct arena *arena);

#endif
