/*
 * One CURLM driven by the loop. Its callbacks only take notes: libcurl is never called from
 * within libcurl.
 */
#include "gateway/upstream/curl_lane.h"

#include "gateway/upstream/curl_sockets.h"
#include "gateway/upstream/curl_transfer.h"

#include <stdlib.h>

#define IDLE_CONNECTIONS 64L /* fixed, or libcurl closes connections when the load sinks */

static int lane_on_wish(CURL *easy, curl_socket_t fd, int wish, void *data, void *socket)
{
    (void)socket;
    struct curl_lane *lane = data;
    curl_sockets_want(lane->sockets, lane, fd, wish, curl_transfer_is_resolving(easy));
    return 0;
}

static int lane_on_time(CURLM *multi, long milliseconds, void *data)
{
    (void)multi;
    struct curl_lane *lane = data;
    struct timers *timers = &lane->loop->timers;
    if (milliseconds < 0) {
        timer_cancel(timers, &lane->timer);
    } else if (milliseconds == 0) {
        timer_cancel(timers, &lane->timer);
        loop_defer(lane->loop, &lane->kick);
    } else {
        timer_start(timers, &lane->timer, loop_now(lane->loop) + milliseconds * MILLISECOND);
    }
    return 0;
}

static void lane_collect(struct curl_lane *lane)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(lane->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        curl_lane_remove(lane, easy);
        lane->ended(curl_transfer_of(easy), code);
    }
}

void curl_lane_ready(struct curl_lane *lane, curl_socket_t fd, int actions)
{
    int running;
    curl_multi_socket_action(lane->multi, fd, actions, &running);
    lane_collect(lane);
}

static void lane_timer(struct timer *timer)
{
    curl_lane_ready(container_of(timer, struct curl_lane, timer), CURL_SOCKET_TIMEOUT, 0);
}

static void lane_kick(struct task *kick)
{
    curl_lane_ready(container_of(kick, struct curl_lane, kick), CURL_SOCKET_TIMEOUT, 0);
}

struct curl_lane *curl_lane_new(struct curl_sockets *sockets,
                                void (*ended)(struct curl_transfer *transfer, CURLcode code))
{
    struct curl_lane *lane = calloc(1, sizeof(*lane));
    CURLM *multi = curl_multi_init();
    if (!lane || !multi)
        abort();
    lane->multi = multi;
    lane->loop = sockets->loop;
    lane->sockets = sockets;
    lane->ended = ended;
    timer_init(&lane->timer, lane_timer);
    task_init(&lane->kick, lane_kick);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, lane_on_wish);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, lane);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, lane_on_time);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, lane);
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, IDLE_CONNECTIONS);
    return lane;
}

void curl_lane_free(struct curl_lane *lane)
{
    if (!lane)
        return;
    curl_multi_cleanup(lane->multi);
    timer_cancel(&lane->loop->timers, &lane->timer);
    task_cancel(&lane->kick);
    free(lane);
}

bool curl_lane_add(struct curl_lane *lane, CURL *easy)
{
    if (curl_multi_add_handle(lane->multi, easy) != CURLM_OK)
        return false;
    lane->in_flight++;
    return true;
}

void curl_lane_remove(struct curl_lane *lane, CURL *easy)
{
    curl_multi_remove_handle(lane->multi, easy);
    lane->in_flight--;
}
