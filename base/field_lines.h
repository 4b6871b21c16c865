/*
 * Field lines of a request as they are sent, "Name: value\r\n" each: finding one among them.
 */
#ifndef BRAID_BASE_FIELD_LINES_H
#define BRAID_BASE_FIELD_LINES_H

#include "base/str.h"

/*
 * The first line of that name (case ignored, RFC 9110 5.1); *ret_value lies in `lines`, without
 * blanks around it. false: there is none.
 */
bool field_lines_find(struct str lines, struct str name, struct str *ret_value);

bool field_lines_have(struct str lines, struct str name);

#endif
