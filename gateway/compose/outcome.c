/* See outcome.h. */
#include "gateway/compose/outcome.h"

struct str outcome_field(const struct outcome *outcome, struct str name)
{
    for (uint32_t i = 0; i < outcome->field_count; i++)
        if (str_equal_ignore_case(outcome->fields[i].name, name))
            return outcome->fields[i].value;
    return STR_NONE;
}
