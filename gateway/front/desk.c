/* See desk.h. */
#include "gateway/front/desk.h"

#include "gateway/telemetry/record.h"

#include <time.h>

void desk_resume(struct desk *desk, struct MHD_Connection *connection)
{
    MHD_resume_connection(connection);
    desk->is_dirty = true;
}

const char *desk_date(struct desk *desk)
{
    usec now = loop_now(desk->composer->loop);
    if (now >= desk->date_until) {
        usec wall = clock_wall();
        time_t seconds = (time_t)(wall / SECOND);
        struct tm parts;
        gmtime_r(&seconds, &parts);
        strftime(desk->date, sizeof desk->date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
        desk->date_until = now + SECOND - wall % SECOND;
    }
    return desk->date;
}

void desk_record(struct desk *desk, struct exchange *exchange, int status)
{
    struct account account;
    loop_refresh(desk->composer->loop);
    account_make(exchange, status, loop_now(desk->composer->loop), &account);
    access_write(desk->access, exchange, &account);
    record_exchange(desk->composer->witness, exchange, &account);
}
