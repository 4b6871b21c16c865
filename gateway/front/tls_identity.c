/* See tls_identity.h. */
#include "gateway/front/tls_identity.h"

#include "base/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

/* A ticket is as secret as the key it was made with, so no key is kept for long. */
#define TICKET_KEY_AGE ((usec)12 * 3600 * SECOND)

struct tls_identity {
    const struct listener_tls *files;
    pthread_mutex_t lock;
    struct tls_context *context; /* under the lock */
    uint64_t seen;               /* the files at the last look */
    uint64_t taken;              /* of the context, or of those that were no good */
    usec since;
    bool has_looked;
};

static void stamp_add(uint64_t *stamp, uint64_t value)
{
    *stamp = (*stamp ^ value) * 0x100000001b3u;
    *stamp ^= *stamp >> 29;
}

static void stamp_file(uint64_t *stamp, struct str name)
{
    struct stat about = {0};
    if (str_is_empty(name) || stat(name.at, &about) != 0)
        return stamp_add(stamp, 1);
    stamp_add(stamp, (uint64_t)about.st_ino);
    stamp_add(stamp, (uint64_t)about.st_size);
    stamp_add(stamp, (uint64_t)about.st_mtim.tv_sec);
    stamp_add(stamp, (uint64_t)about.st_mtim.tv_nsec);
}

static uint64_t stamp_of(const struct listener_tls *files)
{
    uint64_t stamp = 0xcbf29ce484222325u;
    for (uint32_t i = 0; i < files->count; i++) {
        stamp_file(&stamp, files->list[i].certificate);
        stamp_file(&stamp, files->list[i].key);
    }
    stamp_file(&stamp, files->client_ca);
    return stamp;
}

struct tls_identity *tls_identity_new(const struct listener_tls *files,
                                      struct tls_mistake *ret_mistake)
{
    uint64_t stamp = stamp_of(files);
    struct tls_context *context = tls_context_new(files, ret_mistake);
    if (context == NULL)
        return NULL;
    struct tls_identity *identity = calloc(1, sizeof *identity);
    if (identity == NULL || pthread_mutex_init(&identity->lock, NULL) != 0)
        abort();
    identity->files = files;
    identity->context = context;
    identity->seen = identity->taken = stamp;
    return identity;
}

void tls_identity_free(struct tls_identity *identity)
{
    if (identity == NULL)
        return;
    tls_context_unref(identity->context);
    pthread_mutex_destroy(&identity->lock);
    free(identity);
}

struct tls_context *tls_identity_context(struct tls_identity *identity)
{
    pthread_mutex_lock(&identity->lock);
    struct tls_context *context = tls_context_ref(identity->context);
    pthread_mutex_unlock(&identity->lock);
    return context;
}

static void identity_replace(struct tls_identity *identity, bool is_changed)
{
    struct tls_mistake mistake;
    struct str name = identity->files->list[0].certificate;
    struct tls_context *context = tls_context_new(identity->files, &mistake);
    if (context == NULL) {
        log_write(LOG_ERROR, "tls: the certificate that was there is kept: %s", mistake.text);
        return;
    }
    pthread_mutex_lock(&identity->lock);
    struct tls_context *old = identity->context;
    identity->context = context;
    pthread_mutex_unlock(&identity->lock);
    tls_context_unref(old);
    if (is_changed)
        log_write(LOG_INFO, "tls: '%.*s' has changed and is shown from now on", STR_ARGS(name));
}

void tls_identity_look(struct tls_identity *identity, usec now)
{
    uint64_t stamp = stamp_of(identity->files);
    bool is_settled = stamp == identity->seen, is_changed = stamp != identity->taken;
    if (!identity->has_looked)
        identity->since = now;
    identity->has_looked = true;
    identity->seen = stamp;
    if (!is_settled || (!is_changed && now - identity->since < TICKET_KEY_AGE))
        return;
    identity->taken = stamp;
    identity->since = now;
    identity_replace(identity, is_changed);
}
