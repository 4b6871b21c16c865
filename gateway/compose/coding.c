/*
 * One element is a coding, or `*` for those that are not named, and maybe its weight. Weights are
 * kept in thousandths; a weight that is none forbids its coding.
 */
#include "gateway/compose/coding.h"

#define WEIGHT_FULL    1000
#define WEIGHT_NOT_SET -1

/* RFC 9110 12.4.2: 0 or 1, and up to three digits behind a point; otherwise 0. */
static int weight_read(struct str text)
{
    uint64_t digits = 0;
    bool is_whole = text.length > 0 && (text.at[0] == '0' || text.at[0] == '1');
    if (!is_whole || (text.length > 1 && text.at[1] != '.') || text.length > 5)
        return 0;
    struct str behind = str_from(text, text.length > 2 ? 2 : text.length);
    if (behind.length > 0 && !str_to_unsigned(behind, 999, &digits))
        return 0;
    for (size_t i = behind.length; i < 3; i++)
        digits *= 10;
    if (text.at[0] == '1')
        return digits == 0 ? WEIGHT_FULL : 0;
    return (int)digits;
}

static int weight_of_element(struct str parameters)
{
    struct str parameter;
    while (parameters.at != NULL && str_cut(&parameters, ';', &parameter)) {
        parameter = str_trim(parameter);
        if (parameter.length >= 2 && (parameter.at[0] == 'q' || parameter.at[0] == 'Q') &&
            parameter.at[1] == '=')
            return weight_read(str_from(parameter, 2));
    }
    return WEIGHT_FULL;
}

static struct str name_of_element(struct str element, struct str *ret_parameters)
{
    size_t semicolon = str_find(element, ';');
    *ret_parameters = semicolon < element.length ? str_from(element, semicolon + 1) : STR_NONE;
    return str_trim((struct str){element.at, semicolon});
}

bool coding_wants_gzip(struct str field)
{
    int gzip = WEIGHT_NOT_SET, identity = WEIGHT_NOT_SET, others = WEIGHT_NOT_SET;
    struct str element, parameters;
    while (field.at != NULL && str_cut(&field, ',', &element)) {
        struct str name = name_of_element(element, &parameters);
        if (str_equal_ignore_case(name, STR("gzip")) || str_equal_ignore_case(name, STR("x-gzip")))
            gzip = weight_of_element(parameters);
        else if (str_equal_ignore_case(name, STR("identity")))
            identity = weight_of_element(parameters);
        else if (str_equal(name, STR("*")))
            others = weight_of_element(parameters);
    }
    if (gzip == WEIGHT_NOT_SET)
        gzip = others;
    if (identity == WEIGHT_NOT_SET)
        identity = others;
    return gzip > 0 && gzip >= identity;
}
