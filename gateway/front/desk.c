/* See desk.h. */
#include "gateway/front/desk.h"

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
