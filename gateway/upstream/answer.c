/*
 * Looking into an answer.
 */
#include "gateway/upstream/answer.h"

bool flight_answer_field(const struct flight_answer *answer, struct str name, struct str *ret_value)
{
    for (uint32_t i = 0; i < answer->field_count; i++) {
        if (str_equal_ignore_case(answer->fields[i].name, name)) {
            *ret_value = answer->fields[i].value;
            return true;
        }
    }
    return false;
}
