/*
 * Time, read and written. The calendar is computed here, since gmtime_r() takes a lock that all
 * threads share.
 */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static usec clock_read(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (usec)time.tv_sec * SECOND + time.tv_nsec / 1000;
}

usec clock_now(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

usec clock_wall(void)
{
    return clock_read(CLOCK_REALTIME);
}

#define DAY        (24 * HOUR)
#define ERA_DAYS   146097 /* 400 years */
#define EPOCH_DAYS 719468 /* from 0000-03-01 to 1970-01-01 */

int clock_format_rfc3339(usec wall, char to[CLOCK_RFC3339_SIZE])
{
    int64_t day = wall / DAY - (wall % DAY < 0);
    unsigned ms = (unsigned)((wall - day * DAY) / MILLISECOND);

    /* Years begin in March, so that the leap day is the last one (Richards 2013, proleptic). */
    day += EPOCH_DAYS;
    int64_t era = (day >= 0 ? day : day - (ERA_DAYS - 1)) / ERA_DAYS;
    unsigned day_of_era = (unsigned)(day - era * ERA_DAYS);
    unsigned year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned month_from_march = (5 * day_of_year + 2) / 153;
    unsigned day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    int64_t year = era * 400 + year_of_era + (month <= 2);

    return snprintf(to, CLOCK_RFC3339_SIZE, "%04lld-%02u-%02uT%02u:%02u:%02u.%03uZ",
                    (long long)year, month, day_of_month, ms / 3600000, ms / 60000 % 60,
                    ms / 1000 % 60, ms % 1000);
}
