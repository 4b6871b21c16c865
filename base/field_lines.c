/* See field_lines.h. */
#include "base/field_lines.h"

bool field_lines_find(struct str lines, struct str name, struct str *ret_value)
{
    struct str line;
    while (lines.length > name.length && str_cut(&lines, '\n', &line)) {
        if (line.length <= name.length || line.at[name.length] != ':' ||
            !str_equal_ignore_case((struct str){line.at, name.length}, name))
            continue;
        line = str_from(line, name.length + 1);
        if (line.length > 0 && line.at[line.length - 1] == '\r')
            line.length--;
        *ret_value = str_trim(line);
        return true;
    }
    return false;
}

bool field_lines_have(struct str lines, struct str name)
{
    struct str value;
    return field_lines_find(lines, name, &value);
}
