/*
 * The queue and its thread; what is written where is archive_file's business. An order to forget
 * must not get lost: where there is no room for it, everything is forgotten.
 */
#include "gateway/cache/cache_archive.h"

#include "base/log.h"
#include "gateway/cache/archive_file.h"
#include "gateway/cache/cache_store.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

/* One order: keep an entry, or forget a target. */
struct order {
    struct list place;
    struct cache_entry *entry; /* NULL: forget */
    struct str service;        /* of a target to forget; the text is behind the order */
    struct str target;
};

struct cache_archive {
    struct archive_file *file;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* under the lock */
    struct list orders;
    uint32_t count;
    uint64_t bytes;
    bool is_closing;
    bool forgets_all;
    bool has_dropped;
};

struct cache_archive *cache_archive_open(struct str path, uint64_t bytes)
{
    struct archive_file *file = archive_file_open(path, bytes);
    if (file == NULL)
        return NULL;
    struct cache_archive *archive = calloc(1, sizeof *archive);
    if (archive == NULL)
        abort();
    archive->file = file;
    pthread_mutex_init(&archive->lock, NULL);
    pthread_cond_init(&archive->wake, NULL);
    list_init(&archive->orders);
    return archive;
}

uint32_t cache_archive_load(struct cache_archive *archive, struct cache_store *store, usec now,
                            usec wall)
{
    return archive_file_load(archive->file, store, now, wall);
}

/* --- the queue ---------------------------------------------------------------------------- */

static struct order *order_new(struct cache_entry *entry, struct str service, struct str target)
{
    struct order *order = malloc(sizeof *order + service.length + target.length);
    if (order == NULL)
        abort();
    char *text = (char *)(order + 1);
    memcpy(text, service.at, service.length);
    memcpy(text + service.length, target.at, target.length);
    *order = (struct order){.entry = entry,
                            .service = {text, service.length},
                            .target = {text + service.length, target.length}};
    list_init(&order->place);
    return order;
}

static uint64_t order_bytes(const struct order *order)
{
    return order->entry != NULL ? order->entry->bytes : sizeof *order;
}

static void order_free(struct order *order)
{
    cache_entry_unref(order->entry);
    free(order);
}

/* Takes the order. */
static void archive_push(struct cache_archive *archive, struct order *order)
{
    uint64_t bytes = order_bytes(order);
    bool is_first_loss = false;
    pthread_mutex_lock(&archive->lock);
    bool has_room =
        archive->count < CACHE_ARCHIVE_QUEUE && archive->bytes + bytes <= CACHE_ARCHIVE_QUEUE_BYTES;
    if (has_room) {
        list_append(&archive->orders, &order->place);
        archive->bytes += bytes;
        if (archive->count++ == 0)
            pthread_cond_signal(&archive->wake);
    } else if (order->entry == NULL) {
        archive->forgets_all = true;
    } else {
        is_first_loss = !archive->has_dropped;
        archive->has_dropped = true;
    }
    pthread_mutex_unlock(&archive->lock);
    if (is_first_loss)
        log_write(LOG_WARNING, "cache: the file is slower than the answers are, so that not all "
                               "of them are in it");
    if (!has_room)
        order_free(order);
}

void cache_archive_put(struct cache_archive *archive, struct cache_entry *entry)
{
    archive_push(archive, order_new(cache_entry_ref(entry), STR(""), STR("")));
}

void cache_archive_forget(struct cache_archive *archive, struct str service, struct str target)
{
    archive_push(archive, order_new(NULL, service, target));
}

/* --- the thread --------------------------------------------------------------------------- */

/* All that waits, at once. false: there will be no more. */
static bool archive_take(struct cache_archive *archive, struct list *ret_orders,
                         bool *ret_forgets_all)
{
    struct list *order;
    pthread_mutex_lock(&archive->lock);
    while (archive->count == 0 && !archive->forgets_all && !archive->is_closing)
        pthread_cond_wait(&archive->wake, &archive->lock);
    bool goes_on = archive->count > 0 || archive->forgets_all;
    while ((order = list_shift(&archive->orders)) != NULL)
        list_append(ret_orders, order);
    *ret_forgets_all = archive->forgets_all;
    archive->count = 0;
    archive->bytes = 0;
    archive->forgets_all = false;
    pthread_mutex_unlock(&archive->lock);
    return goes_on;
}

static void order_obey(struct archive_file *file, const struct order *order)
{
    if (order->entry != NULL)
        archive_file_put(file, order->entry, clock_now(), clock_wall());
    else
        archive_file_forget(file, order->service, order->target);
}

static void *archive_run(void *closure)
{
    struct cache_archive *archive = closure;
    struct list orders, *place;
    bool forgets_all;
    list_init(&orders);
    while (archive_take(archive, &orders, &forgets_all)) {
        archive_file_begin(archive->file);
        while ((place = list_shift(&orders)) != NULL) {
            struct order *order = container_of(place, struct order, place);
            order_obey(archive->file, order);
            order_free(order);
        }
        if (forgets_all)
            archive_file_forget_all(archive->file);
        archive_file_commit(archive->file);
    }
    return NULL;
}

/* Signals belong to the main thread. */
int cache_archive_start(struct cache_archive *archive)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&archive->thread, NULL, archive_run, archive);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    archive->has_thread = error == 0;
    return -error;
}

void cache_archive_close(struct cache_archive *archive)
{
    struct list *place;
    if (archive == NULL)
        return;
    if (archive->has_thread) {
        pthread_mutex_lock(&archive->lock);
        archive->is_closing = true;
        pthread_cond_signal(&archive->wake);
        pthread_mutex_unlock(&archive->lock);
        pthread_join(archive->thread, NULL);
    }
    while ((place = list_shift(&archive->orders)) != NULL)
        order_free(container_of(place, struct order, place));
    archive_file_close(archive->file);
    pthread_cond_destroy(&archive->wake);
    pthread_mutex_destroy(&archive->lock);
    free(archive);
}
