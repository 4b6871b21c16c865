/*
 * Mistakes for programs: editors and pipelines.
 */
#ifndef BRAID_CONFIG_DIAGNOSTIC_JSON_H
#define BRAID_CONFIG_DIAGNOSTIC_JSON_H

#include "base/json/json.h"
#include "config/diagnostic.h"

/*
 * An array in the order in which they are printed, each {severity, name, file, line, column,
 * length, message, hint}; what there is not is null. In the diagnostics' arena.
 */
struct json diagnostics_json(struct diagnostics *diagnostics);

#endif
