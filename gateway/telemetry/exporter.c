/*
 * A ring of texts under one lock, which is held to put a pointer in or to take a batch out. A
 * batch is sent when it is full or a second old. What the collector cannot take now (the statuses
 * that OTLP calls retryable, or no answer) is sent once more; then it is dropped.
 */
#include "gateway/telemetry/exporter.h"

#include "base/log.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define BATCH_AGE       1     /* seconds */
#define RETRY_AFTER     1     /* seconds */
#define CONNECT_TIMEOUT 1000L /* milliseconds */
#define POST_TIMEOUT    3000L

/* Of each export while the process ends; the first that fails is the last. */
#define LAST_TIMEOUT 1000L

struct parcel {
    char *text;
    size_t length;
    uint32_t count;
};

struct exporter {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct parcel ring[EXPORTER_QUEUE];
    size_t first, waiting, bytes;
    bool is_ending;
    bool has_given_up; /* the thread's own */
    CURL *curl;
    struct curl_slist *fields;
    struct buffer head; /* of every document: who speaks */
    char *url;
    _Atomic uint64_t sent;
    _Atomic uint64_t lost;
};

/* --- the queue ---------------------------------------------------------------------------- */

void exporter_give(struct exporter *exporter, char *text, size_t length, uint32_t count)
{
    pthread_mutex_lock(&exporter->lock);
    bool has_room = !exporter->is_ending && exporter->waiting < EXPORTER_QUEUE &&
                    exporter->bytes + length <= EXPORTER_BYTES;
    if (has_room) {
        exporter->ring[(exporter->first + exporter->waiting++) % EXPORTER_QUEUE] =
            (struct parcel){text, length, count};
        exporter->bytes += length;
    }
    bool is_full = exporter->waiting == EXPORTER_BATCH;
    pthread_mutex_unlock(&exporter->lock);
    if (has_room && is_full)
        pthread_cond_signal(&exporter->wake);
    if (has_room)
        return;
    exporter_drop(exporter, count);
    free(text);
}

void exporter_drop(struct exporter *exporter, uint32_t count)
{
    atomic_fetch_add_explicit(&exporter->lost, count, memory_order_relaxed);
}

static void exporter_wait(struct exporter *exporter, int seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    pthread_cond_timedwait(&exporter->wake, &exporter->lock, &until);
}

/* How many were taken; 0: it ends and nothing is left. */
static size_t exporter_take(struct exporter *exporter, struct parcel batch[EXPORTER_BATCH])
{
    size_t taken = 0;
    pthread_mutex_lock(&exporter->lock);
    if (exporter->waiting < EXPORTER_BATCH && !exporter->is_ending)
        exporter_wait(exporter, BATCH_AGE);
    while (exporter->waiting == 0 && !exporter->is_ending)
        exporter_wait(exporter, BATCH_AGE);
    for (; taken < EXPORTER_BATCH && exporter->waiting > 0; taken++) {
        batch[taken] = exporter->ring[exporter->first];
        exporter->first = (exporter->first + 1) % EXPORTER_QUEUE;
        exporter->waiting--;
        exporter->bytes -= batch[taken].length;
    }
    pthread_mutex_unlock(&exporter->lock);
    return taken;
}

static bool exporter_is_ending(struct exporter *exporter)
{
    pthread_mutex_lock(&exporter->lock);
    bool is_ending = exporter->is_ending;
    pthread_mutex_unlock(&exporter->lock);
    return is_ending;
}

/* --- sending ------------------------------------------------------------------------------ */

/* Nobody reads what a collector says beside its status. */
static size_t on_answer(char *data, size_t size, size_t count, void *closure)
{
    (void)data, (void)closure;
    return size * count;
}

/* The status, or 0: no answer. */
static long exporter_post(struct exporter *exporter, const struct buffer *document)
{
    long status = 0;
    curl_easy_setopt(exporter->curl, CURLOPT_POSTFIELDS, document->at);
    curl_easy_setopt(exporter->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)document->length);
    curl_easy_setopt(exporter->curl, CURLOPT_TIMEOUT_MS,
                     exporter_is_ending(exporter) ? LAST_TIMEOUT : POST_TIMEOUT);
    if (curl_easy_perform(exporter->curl) == CURLE_OK)
        curl_easy_getinfo(exporter->curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static bool status_is_passing(long status)
{
    return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
}

static void exporter_send(struct exporter *exporter, const struct buffer *document, uint32_t spans)
{
    long status = exporter->has_given_up ? 0 : exporter_post(exporter, document);
    if (status_is_passing(status) && !exporter_is_ending(exporter)) {
        pthread_mutex_lock(&exporter->lock);
        exporter_wait(exporter, RETRY_AFTER);
        pthread_mutex_unlock(&exporter->lock);
        status = exporter_post(exporter, document);
    }
    bool is_taken = status >= 200 && status <= 299;
    exporter->has_given_up = !is_taken && exporter_is_ending(exporter);
    atomic_fetch_add_explicit(is_taken ? &exporter->sent : &exporter->lost, spans,
                              memory_order_relaxed);
    if (!is_taken)
        log_write(LOG_WARNING, "the collector of traces did not take %u spans: %s%ld", spans,
                  status == 0 ? "no answer, " : "status ", status);
}

static void batch_send(struct exporter *exporter, struct parcel *batch, size_t count)
{
    struct buffer document;
    uint32_t spans = 0;
    buffer_init(&document, EXPORTER_BYTES + exporter->head.length + EXPORTER_QUEUE + 64);
    buffer_append(&document, buffer_text(&exporter->head));
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_append_byte(&document, ',');
        buffer_append(&document, (struct str){batch[i].text, batch[i].length});
        spans += batch[i].count;
        free(batch[i].text);
    }
    buffer_append(&document, STR("]}]}]}"));
    exporter_send(exporter, &document, spans);
    buffer_done(&document);
}

static void *exporter_run(void *closure)
{
    struct exporter *exporter = closure;
    struct parcel batch[EXPORTER_BATCH];
    size_t count;
    while ((count = exporter_take(exporter, batch)) > 0)
        batch_send(exporter, batch, count);
    return NULL;
}

/* --- beginning and end -------------------------------------------------------------------- */

static void exporter_init_curl(struct exporter *exporter)
{
    CURL *curl = curl_easy_init();
    exporter->fields = curl_slist_append(NULL, "Content-Type: application/json");
    exporter->fields = curl_slist_append(exporter->fields, "Expect:");
    if (curl == NULL || exporter->fields == NULL)
        abort();
    curl_easy_setopt(curl, CURLOPT_URL, exporter->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, exporter->fields);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "braid/" BRAID_VERSION);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_answer);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    exporter->curl = curl;
}

/* The path of the signal is added where the endpoint does not have it (OTLP/HTTP, "endpoint"). */
static char *exporter_url(struct str endpoint)
{
    const struct str path = STR("/v1/traces");
    struct buffer url;
    size_t length;
    while (endpoint.length > 0 && endpoint.at[endpoint.length - 1] == '/')
        endpoint.length--;
    buffer_init(&url, endpoint.length + path.length + 1);
    buffer_append(&url, endpoint);
    if (!str_ends_with(endpoint, path))
        buffer_append(&url, path);
    buffer_append_byte(&url, '\0');
    return buffer_take(&url, &length);
}

static void exporter_introduce(struct exporter *exporter, struct str service_name)
{
    buffer_init(&exporter->head, 4096);
    buffer_append(&exporter->head,
                  STR("{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":"
                      "\"service.name\",\"value\":{\"stringValue\":\""));
    service_name.length = service_name.length < 256 ? service_name.length : 256;
    log_escape(&exporter->head, service_name, LOG_JSON);
    buffer_append(
        &exporter->head,
        STR("\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":\"braid\",\"version\":\"" BRAID_VERSION
            "\"},\"spans\":["));
}

static void exporter_free(struct exporter *exporter)
{
    curl_easy_cleanup(exporter->curl);
    curl_slist_free_all(exporter->fields);
    buffer_done(&exporter->head);
    free(exporter->url);
    pthread_mutex_destroy(&exporter->lock);
    pthread_cond_destroy(&exporter->wake);
    free(exporter);
}

struct exporter *exporter_start(struct str endpoint, struct str service_name)
{
    struct exporter *exporter = calloc(1, sizeof *exporter);
    pthread_condattr_t attributes;
    sigset_t all, before;
    if (exporter == NULL)
        abort();
    pthread_mutex_init(&exporter->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&exporter->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    exporter->url = exporter_url(endpoint);
    exporter_introduce(exporter, service_name);
    exporter_init_curl(exporter);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&exporter->thread, NULL, exporter_run, exporter);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0)
        return exporter;
    log_write(LOG_ERROR, "traces are not exported: there is no thread for it");
    exporter_free(exporter);
    return NULL;
}

void exporter_stop(struct exporter *exporter)
{
    if (exporter == NULL)
        return;
    pthread_mutex_lock(&exporter->lock);
    exporter->is_ending = true;
    pthread_mutex_unlock(&exporter->lock);
    pthread_cond_signal(&exporter->wake);
    pthread_join(exporter->thread, NULL);
    exporter_free(exporter);
}

uint64_t exporter_sent(const struct exporter *exporter)
{
    return atomic_load_explicit((_Atomic uint64_t *)(uintptr_t)&exporter->sent,
                                memory_order_relaxed);
}

uint64_t exporter_lost(const struct exporter *exporter)
{
    return atomic_load_explicit((_Atomic uint64_t *)(uintptr_t)&exporter->lost,
                                memory_order_relaxed);
}
