/*
 * Sending one request and reading its answer with an easy handle. libcurl frames the answer; the
 * callbacks read it again, strictly, and stop libcurl at the first thing that is wrong.
 */
#include "gateway/upstream/curl_transfer.h"

#include "base/arena.h"
#include "gateway/upstream/attempt.h"
#include "gateway/upstream/curl_service.h"
#include "gateway/upstream/curl_sockets.h"
#include "gateway/upstream/request_rules.h"

#include <stdlib.h>

struct curl_transfer *curl_transfer_of(CURL *easy)
{
    char *transfer = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    return (struct curl_transfer *)(void *)transfer;
}

bool curl_transfer_is_resolving(CURL *easy)
{
    const struct curl_transfer *transfer = curl_transfer_of(easy);
    return transfer && transfer->is_resolving;
}

bool curl_transfer_is_worn(const struct curl_transfer *transfer)
{
    bool has_fields = transfer->reader.head.fields > 0;
    return transfer->sent > 1 || (has_fields && transfer->service->wears_handles);
}

/* --- connecting --------------------------------------------------------------------------- */

static int transfer_on_resolve(void *resolver, void *reserved, void *data)
{
    (void)resolver;
    (void)reserved;
    struct curl_transfer *transfer = data;
    transfer->is_resolving = true;
    return 0;
}

static curl_socket_t transfer_on_open(void *data, curlsocktype purpose,
                                      struct curl_sockaddr *address)
{
    (void)purpose;
    struct curl_transfer *transfer = data;
    transfer->is_resolving = false;
    if (!curl_service_allows(transfer->service, address))
        return CURL_SOCKET_BAD;
    transfer->fd = curl_sockets_open(transfer->service->sockets, address);
    return transfer->fd;
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
    struct curl_transfer *transfer = data;
    transfer->is_resolving = false;
    if (transfer->sent++ > 0 && !transfer->may_be_resent) {
        transfer->reason = REASON_RESET;
        return CURL_PREREQFUNC_ABORT;
    }
    return CURL_PREREQFUNC_OK;
}

/* --- receiving ---------------------------------------------------------------------------- */

static size_t transfer_on_line(char *at, size_t size, size_t count, void *data)
{
    struct curl_transfer *transfer = data;
    struct str line = {at, size * count};
    if (!buffer_append(&transfer->head_lines, line) || answer_reader_has_head(&transfer->reader))
        transfer->reason = REASON_PROTOCOL;
    else
        transfer->reason =
            answer_reader_take_head(&transfer->reader, buffer_text(&transfer->head_lines));
    return transfer->reason == REASON_NONE ? line.length : 0;
}

static size_t transfer_on_bytes(char *at, size_t size, size_t count, void *data)
{
    struct curl_transfer *transfer = data;
    struct str bytes = {at, size * count};
    transfer->reason = answer_reader_take(&transfer->reader, bytes);
    return transfer->reason == REASON_NONE ? bytes.length : 0;
}

/* --- the handle --------------------------------------------------------------------------- */

static void transfer_set_up(struct curl_transfer *transfer)
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

struct curl_transfer *curl_transfer_new(struct carrier *carrier, const struct curl_service *service)
{
    struct curl_transfer *transfer = calloc(1, sizeof(*transfer));
    CURL *easy = curl_easy_init();
    if (!transfer || !easy)
        abort();
    transfer->transfer.carrier = carrier;
    transfer->easy = easy;
    transfer->service = service;
    list_init(&transfer->entry);
    buffer_init(&transfer->head_lines, ANSWER_HEAD_BYTES);
    curl_service_set_up(service, easy);
    transfer_set_up(transfer);
    return transfer;
}

void curl_transfer_free(struct curl_transfer *transfer)
{
    if (!transfer)
        return;
    curl_easy_cleanup(transfer->easy);
    buffer_done(&transfer->head_lines);
    free(transfer);
}

/* --- the request -------------------------------------------------------------------------- */

static bool transfer_set_body(CURL *easy, struct str body)
{
    const char *at = body.length > 0 ? body.at : "";
    curl_off_t length = (curl_off_t)body.length;
    /* CURLOPT_POST takes back a HEAD of the request before, CURLOPT_POSTFIELDS does not. */
    return curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, length) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDS, at) == CURLE_OK;
}

static bool transfer_set_method(CURL *easy, struct arena *arena,
                                const struct flight_request *request, bool sends_body)
{
    bool is_head = request_is_head(request);
    /* This also takes back a HEAD or a body of the request before. */
    if (!sends_body && curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L) != CURLE_OK)
        return false;
    if (is_head && curl_easy_setopt(easy, CURLOPT_NOBODY, 1L) != CURLE_OK)
        return false;
    bool is_implied = is_head || str_equal(request->method, sends_body ? STR("POST") : STR("GET"));
    const char *name = is_implied ? NULL : str_copy(arena, request->method).at;
    return curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, name) == CURLE_OK;
}

bool curl_transfer_prepare(struct curl_transfer *transfer, struct attempt *attempt)
{
    const struct flight_request *request = attempt->request;
    struct arena *arena = attempt->arena;
    bool sends_body = request_sends_body(request);
    transfer->attempt = attempt;
    transfer->may_be_resent = request_may_be_repeated(request);
    transfer->sent = 0;
    transfer->fd = CURL_SOCKET_BAD;
    transfer->is_resolving = false;
    transfer->reason = REASON_NONE;
    buffer_clear(&transfer->head_lines);
    answer_reader_reset(&transfer->reader, arena, request->max_response, request_is_head(request),
                        &attempt->answer);
    struct curl_slist *lines = curl_lines_build(&transfer->lines, arena, request,
                                                transfer->service->host_line, sends_body);
    return (!sends_body || transfer_set_body(transfer->easy, request->body)) &&
           transfer_set_method(transfer->easy, arena, request, sends_body) &&
           curl_easy_setopt(transfer->easy, CURLOPT_REQUEST_TARGET,
                            str_copy(arena, request->target).at) == CURLE_OK &&
           curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, lines) == CURLE_OK;
}

/* --- the outcome -------------------------------------------------------------------------- */

static enum reason reason_of_code(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
    case CURLE_GOT_NOTHING: /* these two: in order, but too early */
    case CURLE_PARTIAL_FILE:
        return REASON_NONE;
    case CURLE_OPERATION_TIMEDOUT: /* of connecting: no other clock is libcurl's */
        return REASON_TIMEOUT;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return REASON_RESET;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9, HTTP/2 unasked */
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:
    case CURLE_BAD_FUNCTION_ARGUMENT: /* a folded line behind the status line */
    case CURLE_OUT_OF_MEMORY:         /* libcurl's own bounds of a head */
        return REASON_PROTOCOL;
    default: /* resolving, connecting, TLS */
        return REASON_CONNECT;
    }
}

enum reason curl_transfer_conclude(struct curl_transfer *transfer, CURLcode code)
{
    if (transfer->reason != REASON_NONE)
        return transfer->reason;
    enum reason reason = reason_of_code(code);
    /* libcurl calls some transfers good whose head or whose last chunk was cut off. */
    if (reason == REASON_NONE)
        reason = answer_reader_end(&transfer->reader, true);
    return reason == REASON_NONE ? answer_reader_give(&transfer->reader) : reason;
}
