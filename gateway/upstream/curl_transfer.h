/*
 * A transfer: one easy handle with what reads its answer. The handle is set up once for its
 * service and carries one request after the other; between requests it belongs to nobody.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_CURL_TRANSFER_H
#define BRAID_GATEWAY_UPSTREAM_CURL_TRANSFER_H

#include "base/list.h"
#include "config/reason.h"
#include "gateway/upstream/answer_body.h"
#include "gateway/upstream/answer_head.h"
#include "gateway/upstream/chunks.h"
#include "gateway/upstream/curl_lines.h"

#include <curl/curl.h>

struct curl_lane;
struct curl_service;
struct flight;

struct transfer {
    CURL *easy;
    const struct curl_service *service;
    struct list entry; /* among the idle ones */
    /* of the request at work */
    struct curl_lane *lane;
    struct flight *flight;
    void (*ended)(struct flight *flight, enum reason reason);
    struct curl_lines lines;
    bool may_be_resent; /* an idempotent method */
    uint32_t sent;      /* how many times */
    bool is_resolving;
    bool is_head;
    enum reason reason; /* what a callback has found wrong, before libcurl's own code */
    struct answer_head head;
    struct chunks chunks;
    struct answer_body body;
};

/* Keeps the service; aborts without memory. */
struct transfer *transfer_new(const struct curl_service *service);
void transfer_free(struct transfer *transfer);

/* Makes the handle ready to send flight->request; what that needs is in flight->arena. */
bool transfer_prepare(struct transfer *transfer, struct flight *flight);

/* What came of it; with REASON_NONE the answer is in the flight. */
enum reason transfer_conclude(struct transfer *transfer, CURLcode code);

/*
 * libcurl counts the resendings of a handle over its whole life and fails at every sixth, so a
 * handle that has resent is not used again.
 */
static inline bool transfer_is_worn(const struct transfer *transfer)
{
    return transfer->sent > 1;
}

struct transfer *transfer_of(CURL *easy);

/* The handle asks the resolver, whose descriptors are not connections. */
bool transfer_is_resolving(CURL *easy);

#endif
