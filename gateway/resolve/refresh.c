/*
 * The bounds.
 */
#include "gateway/resolve/refresh.h"

#define DOUBLINGS 5 /* 32 seconds are beyond the longest pause */

usec refresh_wait(usec ttl)
{
    if (ttl == USEC_NEVER)
        return REFRESH_OF_FILE;
    if (ttl < REFRESH_LEAST)
        return REFRESH_LEAST;
    return ttl < REFRESH_MOST ? ttl : REFRESH_MOST;
}

usec refresh_pause(uint32_t failures, uint64_t dice)
{
    uint32_t doublings = failures > 0 ? failures - 1 : 0;
    usec pause = SECOND << (doublings < DOUBLINGS ? doublings : DOUBLINGS);
    if (pause > REFRESH_BACKOFF)
        pause = REFRESH_BACKOFF;
    return pause - (usec)(dice % (uint64_t)(pause / 2));
}
