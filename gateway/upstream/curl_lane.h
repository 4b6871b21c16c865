/*
 * A lane: one CURLM with its share of the transfers to a service. libcurl looks through all
 * connections in use for each new transfer, so a lane takes only so many at once and a busy
 * service gets more lanes.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_CURL_LANE_H
#define BRAID_GATEWAY_UPSTREAM_CURL_LANE_H

#include "base/loop.h"

#include <curl/curl.h>

#define CURL_LANE_TRANSFERS 64 /* in flight; measured: beyond, the cost per transfer grows */

struct curl_sockets;
struct curl_transfer;

struct curl_lane {
    CURLM *multi;
    struct loop *loop;
    struct curl_sockets *sockets;
    struct timer timer; /* when libcurl wants to be called */
    struct task kick;   /* it wants to be called at once */
    uint32_t in_flight;
    void (*ended)(struct curl_transfer *transfer, CURLcode code);
};

/* Keeps the sockets. `ended`: a transfer is no longer in the lane; aborts without memory. */
struct curl_lane *curl_lane_new(struct curl_sockets *sockets,
                                void (*ended)(struct curl_transfer *transfer, CURLcode code));

/* Closes its connections; nothing is in flight. NULL is a no-op. */
void curl_lane_free(struct curl_lane *lane);

static inline bool curl_lane_has_room(const struct curl_lane *lane)
{
    return lane->in_flight < CURL_LANE_TRANSFERS;
}

/* Starts a handle whose CURLOPT_PRIVATE is its transfer; false when libcurl refuses. */
bool curl_lane_add(struct curl_lane *lane, CURL *easy);

/* Takes a handle out; the connection of an unfinished one is closed. */
void curl_lane_remove(struct curl_lane *lane, CURL *easy);

/* A descriptor of the lane is ready; for struct curl_sockets. */
void curl_lane_ready(struct curl_lane *lane, curl_socket_t fd, int actions);

#endif
