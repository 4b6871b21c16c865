/*
 * Sending one request and reading its answer with an easy handle. libcurl frames the answer; the
 * callbacks read it again, strictly, and stop libcurl at the first thing that is wrong.
 */
#include "gateway/upstream/curl_transfer.h"

#include "base/arena.h"
#include "gateway/upstream/curl_service.h"
#include "gateway/upstream/curl_sockets.h"
#include "gateway/upstream/flight.h"

#include <stdlib.h>

struct transfer *transfer_of(CURL *easy)
{
    char *transfer = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    return (struct transfer *)(void *)transfer;
}

bool transfer_is_resolving(CURL *easy)
{
    const struct transfer *transfer = transfer_of(easy);
    return transfer && transfer->is_resolving;
}

/* --- connecting --------------------------------------------------------------------------- */

static int transfer_on_resolve(void *resolver, void *reserved, void *data)
{
    (void)resolver;
    (void)reserved;
    struct transfer *transfer = data;
    transfer->is_resolving = true;
    return 0;
}

static curl_socket_t transfer_on_open(void *data, curlsocktype purpose,
                                      struct curl_sockaddr *address)
{
    (void)purpose;
    struct transfer *transfer = data;
    transfer->is_resolving = false;
    if (!curl_service_allows(transfer->service, address))
        return CURL_SOCKET_BAD;
    return curl_sockets_open(transfer->service->sockets, address);
}

/*
 * Called each time the request is about to be sent. libcurl sends it again on its own where a
 * kept connection ended without an answer, whatever the method; only an idempotent one may be
 * (RFC 9110 9.2.2).
 */
static int transfer_on_send(void *data, char *address, char *local_address, int port,
                            int local_port)
{
    (void)address;
    (void)local_address;
    (void)port;
    (void)local_port;
    struct transfer *transfer = data;
    transfer->is_resolving = false;
    if (transfer->sent++ > 0 && !transfer->may_be_resent) {
        transfer->reason = REASON_RESET;
        return CURL_PREREQFUNC_ABORT;
    }
    return CURL_PREREQFUNC_OK;
}

/* --- receiving ---------------------------------------------------------------------------- */

/* RFC 9112 6.3, 1: what the head says of a body is then not about this message. */
static bool transfer_is_bodiless(const struct transfer *transfer)
{
    int status = transfer->head.status;
    return transfer->is_head || status == 204 || status == 304;
}

static size_t transfer_on_line(char *at, size_t size, size_t count, void *data)
{
    struct transfer *transfer = data;
    struct answer_head *head = &transfer->head;
    size_t length = size * count;
    if (!answer_head_line(head, (struct str){at, length})) {
        transfer->reason = REASON_PROTOCOL;
        return 0;
    }
    if (head->state == ANSWER_HEAD_IS_WHOLE && head->has_length &&
        !transfer_is_bodiless(transfer) && !answer_body_expect(&transfer->body, head->length)) {
        transfer->reason = REASON_TOO_LARGE;
        return 0;
    }
    return length;
}

static enum reason transfer_take_chunks(struct transfer *transfer, struct str bytes)
{
    while (bytes.length > 0) {
        struct str piece;
        if (!chunks_next(&transfer->chunks, &bytes, &piece))
            return REASON_PROTOCOL;
        if (!answer_body_append(&transfer->body, piece))
            return REASON_TOO_LARGE;
    }
    return REASON_NONE;
}

static size_t transfer_on_bytes(char *at, size_t size, size_t count, void *data)
{
    struct transfer *transfer = data;
    struct str bytes = {at, size * count};
    if (transfer->head.state != ANSWER_HEAD_IS_WHOLE)
        transfer->reason = REASON_PROTOCOL;
    else if (transfer->head.is_chunked)
        transfer->reason = transfer_take_chunks(transfer, bytes);
    else if (!answer_body_append(&transfer->body, bytes))
        transfer->reason = REASON_TOO_LARGE;
    return transfer->reason == REASON_NONE ? bytes.length : 0;
}

/* --- the handle --------------------------------------------------------------------------- */

static void transfer_set_up(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, transfer_on_resolve);
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_DATA, transfer);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, transfer_on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, transfer_on_send);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, transfer_on_line);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, transfer_on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
}

struct transfer *transfer_new(const struct curl_service *service)
{
    struct transfer *transfer = calloc(1, sizeof(*transfer));
    CURL *easy = curl_easy_init();
    if (!transfer || !easy)
        abort();
    transfer->easy = easy;
    transfer->service = service;
    list_init(&transfer->entry);
    answer_head_init(&transfer->head);
    curl_service_set_up(service, easy);
    transfer_set_up(transfer);
    return transfer;
}

void transfer_free(struct transfer *transfer)
{
    if (!transfer)
        return;
    curl_easy_cleanup(transfer->easy);
    answer_head_done(&transfer->head);
    free(transfer);
}

/* --- the request -------------------------------------------------------------------------- */

static bool is_any_of(struct str method, const char *const *names)
{
    for (; *names; names++) {
        if (str_equal(method, str_of(*names)))
            return true;
    }
    return false;
}

/* RFC 9110 9.2.2 */
static bool method_is_idempotent(struct str method)
{
    static const char *const names[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", NULL};
    return is_any_of(method, names);
}

/* RFC 9110 8.6: these say content-length: 0 where there is no body. */
static bool method_expects_body(struct str method)
{
    static const char *const names[] = {"POST", "PUT", "PATCH", NULL};
    return is_any_of(method, names);
}

static bool transfer_set_body(CURL *easy, struct str body)
{
    const char *at = body.length > 0 ? body.at : "";
    curl_off_t length = (curl_off_t)body.length;
    /* CURLOPT_POST takes back a HEAD of the request before, CURLOPT_POSTFIELDS does not. */
    return curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, length) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDS, at) == CURLE_OK;
}

static bool transfer_set_method(struct transfer *transfer, struct arena *arena, struct str method,
                                bool sends_body)
{
    CURL *easy = transfer->easy;
    /* This also takes back a HEAD or a body of the request before. */
    if (!sends_body && curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L) != CURLE_OK)
        return false;
    if (transfer->is_head && curl_easy_setopt(easy, CURLOPT_NOBODY, 1L) != CURLE_OK)
        return false;
    bool is_implied = transfer->is_head || str_equal(method, sends_body ? STR("POST") : STR("GET"));
    const char *name = is_implied ? NULL : str_copy(arena, method).at;
    return curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, name) == CURLE_OK;
}

bool transfer_prepare(struct transfer *transfer, struct flight *flight)
{
    const struct flight_request *request = &flight->request;
    struct arena *arena = flight->arena;
    bool is_head = str_equal(request->method, STR("HEAD"));
    bool sends_body = !is_head && (request->has_body || method_expects_body(request->method));
    transfer->flight = flight;
    transfer->may_be_resent = method_is_idempotent(request->method);
    transfer->sent = 0;
    transfer->is_resolving = false;
    transfer->is_head = is_head; /* which libcurl sends without a body only */
    transfer->reason = REASON_NONE;
    answer_head_reset(&transfer->head);
    chunks_init(&transfer->chunks);
    answer_body_init(&transfer->body, arena, request->max_response);
    struct curl_slist *lines = curl_lines_build(&transfer->lines, arena, request,
                                                transfer->service->host_line, sends_body);
    return (!sends_body || transfer_set_body(transfer->easy, request->body)) &&
           transfer_set_method(transfer, arena, request->method, sends_body) &&
           curl_easy_setopt(transfer->easy, CURLOPT_REQUEST_TARGET,
                            str_copy(arena, request->target).at) == CURLE_OK &&
           curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, lines) == CURLE_OK;
}

/* --- the outcome -------------------------------------------------------------------------- */

static enum reason reason_of_code(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return REASON_NONE;
    case CURLE_OPERATION_TIMEDOUT: /* of connecting: no other clock is libcurl's */
        return REASON_TIMEOUT;
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
        return REASON_RESET;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9, HTTP/2 unasked */
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:
    case CURLE_OUT_OF_MEMORY: /* libcurl's own bounds of a head */
        return REASON_PROTOCOL;
    default: /* resolving, connecting, TLS */
        return REASON_CONNECT;
    }
}

/* libcurl calls a transfer good whose head or whose last chunk was cut off. */
static enum reason transfer_check_whole(const struct transfer *transfer)
{
    const struct answer_head *head = &transfer->head;
    if (head->bytes == 0)
        return REASON_RESET;
    if (head->state != ANSWER_HEAD_IS_WHOLE)
        return REASON_PROTOCOL;
    if (transfer_is_bodiless(transfer))
        return REASON_NONE;
    if (head->is_chunked && !chunks_are_whole(&transfer->chunks))
        return REASON_PROTOCOL;
    if (head->has_length && transfer->body.length != head->length)
        return REASON_RESET;
    return REASON_NONE;
}

enum reason transfer_conclude(struct transfer *transfer, CURLcode code)
{
    if (transfer->reason != REASON_NONE)
        return transfer->reason;
    enum reason reason = reason_of_code(code);
    if (reason == REASON_NONE)
        reason = transfer_check_whole(transfer);
    if (reason != REASON_NONE)
        return reason;
    struct flight *flight = transfer->flight;
    answer_head_give(&transfer->head, flight->arena, &flight->answer);
    flight->answer.body = answer_body_text(&transfer->body);
    return arena_is_over(flight->arena) ? REASON_TOO_LARGE : REASON_NONE;
}
