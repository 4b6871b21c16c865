/*
 * All three forms differ only in order and separators, so the parts are taken out of fixed places
 * and then checked in one way. The names of days are not compared with the date: nobody relies on
 * them.
 */
#include "gateway/cache/http_date.h"

struct parts {
    int64_t year;
    uint32_t month; /* 1 to 12 */
    uint32_t day;
    uint32_t hour;
    uint32_t minute;
    uint32_t second;
};

static bool digits_read(struct str text, size_t at, size_t count, uint32_t *ret_number)
{
    uint32_t number = 0;
    for (size_t i = at; i < at + count; i++) {
        if (i >= text.length || text.at[i] < '0' || text.at[i] > '9')
            return false;
        number = number * 10 + (uint32_t)(text.at[i] - '0');
    }
    *ret_number = number;
    return true;
}

static bool month_read(struct str text, size_t at, uint32_t *ret_month)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (uint32_t i = 0; i < 12; i++) {
        if (text.length >= at + 3 && memcmp(text.at + at, names + 3 * (size_t)i, 3) == 0) {
            *ret_month = i + 1;
            return true;
        }
    }
    return false;
}

static bool time_read(struct str text, size_t at, struct parts *parts)
{
    return digits_read(text, at, 2, &parts->hour) && text.at[at + 2] == ':' &&
           digits_read(text, at + 3, 2, &parts->minute) && text.at[at + 5] == ':' &&
           digits_read(text, at + 6, 2, &parts->second);
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
static bool fixdate_read(struct str text, struct parts *parts)
{
    uint32_t year;
    if (text.length != 29 || text.at[3] != ',' || !str_ends_with(text, STR(" GMT")) ||
        !digits_read(text, 5, 2, &parts->day) || !month_read(text, 8, &parts->month) ||
        !digits_read(text, 12, 4, &year))
        return false;
    parts->year = year;
    return time_read(text, 17, parts);
}

/* "Sun Nov  6 08:49:37 1994" */
static bool asctime_read(struct str text, struct parts *parts)
{
    uint32_t year;
    if (text.length != 24 || !month_read(text, 4, &parts->month) ||
        !digits_read(text, text.at[8] == ' ' ? 9 : 8, text.at[8] == ' ' ? 1 : 2, &parts->day) ||
        !digits_read(text, 20, 4, &year))
        return false;
    parts->year = year;
    return time_read(text, 11, parts);
}

/* "Sunday, 06-Nov-94 08:49:37 GMT" */
static bool rfc850_read(struct str text, int64_t now, struct parts *parts)
{
    uint32_t year;
    size_t comma = str_find(text, ',');
    if (comma + 24 != text.length || !str_ends_with(text, STR(" GMT")) ||
        !digits_read(text, comma + 2, 2, &parts->day) ||
        !month_read(text, comma + 5, &parts->month) || !digits_read(text, comma + 9, 2, &year))
        return false;
    int64_t this_year = 1970 + now / 31556952;
    parts->year = this_year - this_year % 100 + year;
    if (parts->year > this_year + 50)
        parts->year -= 100;
    return time_read(text, comma + 12, parts);
}

/* Days since 1970-01-01 in the Gregorian calendar, counted from a March so that leap days end it.
 */
static int64_t days_of(const struct parts *parts)
{
    int64_t year = parts->year - (parts->month <= 2);
    int64_t era = year / 400;
    int64_t year_of_era = year - era * 400;
    int64_t shifted = (parts->month + 9) % 12;
    int64_t day_of_year = (153 * shifted + 2) / 5 + parts->day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

bool http_date_parse(struct str text, int64_t now, int64_t *ret_seconds)
{
    struct parts parts = {0};
    if (!fixdate_read(text, &parts) && !asctime_read(text, &parts) &&
        !rfc850_read(text, now, &parts))
        return false;
    /* 60 is a leap second */
    if (parts.year < 1900 || parts.day < 1 || parts.day > 31 || parts.hour > 23 ||
        parts.minute > 59 || parts.second > 60)
        return false;
    *ret_seconds = days_of(&parts) * 86400 + (int64_t)parts.hour * 3600 +
                   (int64_t)parts.minute * 60 + parts.second;
    return true;
}
