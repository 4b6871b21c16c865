/*
 * The words of YAML 1.1 (https://yaml.org/type/) and of the core schema of YAML 1.2 (10.3.2), less
 * those that JSON reads the same. Single letters (y, n) are left out: few readers take them.
 */
#include "config/plain.h"

#include "base/json/make.h"

#include <ctype.h>
#include <string.h>

struct word {
    const char *lower;
    const char *meaning;
};

static const struct word words[] = {
    {"~", "null"},         {"null", "null"},     {"true", "true"},     {"false", "false"},
    {"yes", "true"},       {"no", "false"},      {".inf", "a number"}, {"-.inf", "a number"},
    {"+.inf", "a number"}, {".nan", "a number"},
};

static const struct word switches[] = {{"on", "true"}, {"off", "false"}};

/* YAML knows `no`, `No` and `NO`, not `nO`. */
static bool word_is(struct str text, const char *lower)
{
    if (!str_equal_ignore_case(text, str_of(lower)))
        return false;
    bool has_upper_behind = false;
    bool has_lower_behind = false;
    for (size_t i = 1; i < text.length; i++) {
        has_upper_behind = has_upper_behind || isupper((unsigned char)text.at[i]);
        has_lower_behind = has_lower_behind || islower((unsigned char)text.at[i]);
    }
    bool begins_upper = isupper((unsigned char)text.at[0]) || !isalpha((unsigned char)text.at[0]);
    return !has_upper_behind || (begins_upper && !has_lower_behind);
}

static const char *word_meaning(struct str text, const struct word *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (word_is(text, list[i].lower))
            return list[i].meaning;
    }
    return NULL;
}

/* How many bytes at `from` are of `set`. */
static size_t run(struct str text, size_t from, const char *set)
{
    size_t i = from;
    while (i < text.length && text.at[i] != '\0' && strchr(set, text.at[i]) != NULL)
        i++;
    return i - from;
}

#define DIGITS     "0123456789"
#define DIGITS_GAP DIGITS "_"

/* 0x1F, 0b101, 0o17 behind the sign. */
static bool is_based_number(struct str text)
{
    if (text.length < 3 || text.at[0] != '0')
        return false;
    const char *set = text.at[1] == 'x'   ? DIGITS_GAP "abcdefABCDEF"
                      : text.at[1] == 'b' ? "01_"
                      : text.at[1] == 'o' ? "01234567"
                                          : "";
    return run(text, 2, set) == text.length - 2;
}

/* 190:20:30 behind the sign. */
static bool is_base_60(struct str text)
{
    size_t at = run(text, 0, DIGITS_GAP);
    if (at == 0 || at == text.length || text.at[0] == '_' || text.at[0] == '0')
        return false;
    while (at < text.length) {
        size_t digits = text.at[at] == ':' ? run(text, at + 1, DIGITS) : 0;
        if (digits < 1 || digits > 2 || (digits == 2 && text.at[at + 1] > '5'))
            return false;
        at += 1 + digits;
    }
    return true;
}

/* 012, .5, 1., 1_000, 1e5 behind the sign. */
static bool is_decimal_number(struct str text)
{
    size_t whole = run(text, 0, DIGITS_GAP);
    if (whole > 0 && text.at[0] == '_')
        return false;
    size_t at = whole;
    size_t fraction = 0;
    if (at < text.length && text.at[at] == '.') {
        fraction = run(text, at + 1, DIGITS_GAP);
        at += 1 + fraction;
    }
    if (whole + fraction == 0 || (whole == 0 && text.at[1] == '_'))
        return false;
    if (at < text.length && (text.at[at] == 'e' || text.at[at] == 'E')) {
        at++;
        if (at < text.length && (text.at[at] == '+' || text.at[at] == '-'))
            at++;
        size_t digits = run(text, at, DIGITS);
        if (digits == 0)
            return false;
        at += digits;
    }
    return at == text.length;
}

static bool is_number(struct str text)
{
    struct str bare = text;
    if (bare.at[0] == '+' || bare.at[0] == '-')
        bare = str_from(bare, 1);
    return !str_is_empty(bare) &&
           (is_based_number(bare) || is_base_60(bare) || is_decimal_number(bare));
}

/* 2024-01-01, alone or with a time behind it. */
static bool is_date(struct str text)
{
    size_t year = run(text, 0, DIGITS);
    if (year != 4 || text.length < 8 || text.at[4] != '-')
        return false;
    size_t month = run(text, 5, DIGITS);
    size_t at = 5 + month;
    if (month < 1 || month > 2 || at >= text.length || text.at[at] != '-')
        return false;
    size_t day = run(text, at + 1, DIGITS);
    at += 1 + day;
    if (day < 1 || day > 2)
        return false;
    return at == text.length ||
           (strchr("Tt \t", text.at[at]) != NULL && run(text, at + 1, DIGITS) > 0);
}

struct json plain_scalar(struct str text)
{
    if (str_equal(text, STR("null")))
        return json_null();
    if (str_equal(text, STR("true")) || str_equal(text, STR("false")))
        return json_boolean(text.at[0] == 't');
    struct json value;
    if (!str_is_empty(text) && (isdigit((unsigned char)text.at[0]) || text.at[0] == '-') &&
        json_check(text, &json_limits_default, &value, NULL) == JSON_OK)
        return value;
    return json_decoded(text);
}

const char *plain_other_meaning(struct str text, bool is_template)
{
    if (str_is_empty(text) || json_type(plain_scalar(text)) != JSON_STRING)
        return NULL;
    const char *meaning = word_meaning(text, words, sizeof(words) / sizeof(*words));
    if (meaning == NULL && is_template)
        meaning = word_meaning(text, switches, sizeof(switches) / sizeof(*switches));
    if (meaning == NULL && is_number(text))
        meaning = "a number";
    if (meaning == NULL && is_date(text))
        meaning = "a date";
    return meaning;
}
