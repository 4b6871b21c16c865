/*
 * A transfer: one easy handle with what reads its answer. The handle is set up once for its
 * service and carries one request after the other; between requests it belongs to nobody.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_CURL_TRANSFER_H
#define BRAID_GATEWAY_UPSTREAM_CURL_TRANSFER_H

#include "base/buffer.h"
#include "base/list.h"
#include "gateway/upstream/answer_reader.h"
#include "gateway/upstream/curl_lines.h"
#include "gateway/upstream/transport.h"

#include <curl/curl.h>

struct attempt;
struct curl_lane;
struct curl_service;

struct curl_transfer {
    struct transfer transfer;
    CURL *easy;
    const struct curl_service *service;
    struct list entry; /* among the idle ones */
    /* of the request at work */
    struct curl_lane *lane;
    struct attempt *attempt;
    struct curl_lines lines;
    bool may_be_resent; /* an idempotent method */
    uint32_t sent;      /* how many times */
    curl_socket_t fd;   /* the last one opened for it, or CURL_SOCKET_BAD */
    bool is_resolving;
    enum reason reason;       /* what a callback has found wrong, before libcurl's own code */
    struct buffer head_lines; /* as libcurl gives them, one by one */
    struct answer_reader reader;
};

/* Keeps both; aborts without memory. */
struct curl_transfer *curl_transfer_new(struct carrier *carrier,
                                        const struct curl_service *service);
void curl_transfer_free(struct curl_transfer *transfer);

/* Makes the handle ready to send attempt->request; what that needs is in attempt->arena. */
bool curl_transfer_prepare(struct curl_transfer *transfer, struct attempt *attempt);

/* What came of it; with REASON_NONE the answer is in the attempt. */
enum reason curl_transfer_conclude(struct curl_transfer *transfer, CURLcode code);

/*
 * The handle must not be used again. libcurl counts the resendings of a handle over its whole life
 * and fails at every sixth. Before 8.1.1 it also writes into freed memory when a handle has read
 * fields and the first field line of its next answer is a folded one (curl issue 11101), which any
 * service can send.
 */
bool curl_transfer_is_worn(const struct curl_transfer *transfer);

struct curl_transfer *curl_transfer_of(CURL *easy);

/* The handle asks the resolver, whose descriptors are not connections. */
bool curl_transfer_is_resolving(CURL *easy);

#endif
