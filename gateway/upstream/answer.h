/*
 * What a service answered: the head and the body of one whole, well-formed answer.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_ANSWER_H
#define BRAID_GATEWAY_UPSTREAM_ANSWER_H

#include "base/str.h"

/* One field of an answer's head, in arena. Names as they came. */
struct field {
    struct str name;
    struct str value; /* without blanks around it */
};

/* What came. In the arena. */
struct flight_answer {
    int status; /* 0: no answer */
    struct field *fields;
    uint32_t field_count;
    struct str body;
};

/* The first field of that name (case ignored); false where there is none. */
bool flight_answer_field(const struct flight_answer *answer, struct str name,
                         struct str *ret_value);

#endif
