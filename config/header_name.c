/*
 * Two lists: names, and beginnings of names.
 */
#include "config/header_name.h"

#include <ctype.h>

struct forbidden {
    const char *name;
    const char *why;
};

#define HOP_BY_HOP "belongs to one connection and cannot be set"
#define FRAMING    "is written by the gateway and cannot be set"

static const struct forbidden names[] = {
    {"connection", HOP_BY_HOP}, {"keep-alive", HOP_BY_HOP},  {"te", HOP_BY_HOP},
    {"trailer", HOP_BY_HOP},    {"upgrade", HOP_BY_HOP},     {"transfer-encoding", HOP_BY_HOP},
    {"host", FRAMING},          {"content-length", FRAMING}, {"forwarded", FRAMING},
};

static const struct forbidden beginnings[] = {
    {"proxy-", HOP_BY_HOP},
    {"x-forwarded-", FRAMING},
};

/* RFC 9110 5.6.2. */
static bool is_token(struct str name)
{
    for (size_t i = 0; i < name.length; i++) {
        unsigned char byte = (unsigned char)name.at[i];
        if (byte >= 0x80 || byte == '\0' ||
            (!isalnum(byte) && strchr("!#$%&'*+-.^_`|~", byte) == NULL))
            return false;
    }
    return !str_is_empty(name);
}

bool header_is_settable(struct str name, const char **ret_why)
{
    if (!is_token(name)) {
        *ret_why = "is no name of a header field";
        return false;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (str_equal_ignore_case(name, str_of(names[i].name))) {
            *ret_why = names[i].why;
            return false;
        }
    }
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++) {
        struct str beginning = str_of(beginnings[i].name);
        if (name.length >= beginning.length &&
            str_equal_ignore_case((struct str){name.at, beginning.length}, beginning)) {
            *ret_why = beginnings[i].why;
            return false;
        }
    }
    return true;
}

bool header_name_check(struct diagnostics *diagnostics, const struct node *node)
{
    const char *why;
    if (header_is_settable(node->text, &why))
        return true;
    diagnostics_error(diagnostics, node->place, STR_NONE, "'%.*s' %s", STR_ARGS(node->text), why);
    return false;
}
