/*
 * The library reaches the socket through calls of ours (a BIO), because what it does by itself does
 * not fit: it would ask the socket once more behind every record, be killed by SIGPIPE, and want to
 * write while reading, when a client changes its keys and reads nothing.
 */
#include "gateway/front/tls_session.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define RECORD ((size_t)16384) /* RFC 8446 5.1 */

/* Those of the library end at 127 (BIO_get_new_index(3)). */
#define OWN_BIO 128

/* Answers to changed keys, alerts: some thirty bytes each. */
#define LATE_BYTES 256

struct tls_session {
    SSL *ssl;
    struct tls_context *context;
    BIO_METHOD *method;
    int fd;
    int more;          /* MSG_MORE, or not, of the call at work */
    bool is_open;      /* the handshake is over */
    bool is_receiving; /* in tls_session_receive() */
    bool is_drained;   /* the socket has given all it had in the call at work */
    bool is_broken;    /* nothing more can be said */
    size_t waiting;    /* bytes of a record that is made and waits for the socket */
    size_t late_count;
    unsigned char late[LATE_BYTES]; /* what was to be sent while reading, and had no room */
};

static struct tls_session *session_of(BIO *bio)
{
    return BIO_get_data(bio);
}

static int bio_read(BIO *bio, char *into, size_t room, size_t *ret_count)
{
    struct tls_session *session = session_of(bio);
    BIO_clear_retry_flags(bio);
    ssize_t count = -1;
    if (!session->is_drained)
        count = recvfrom(session->fd, into, room, MSG_DONTWAIT, NULL, NULL);
    else
        errno = EAGAIN;
    if (count > 0) {
        session->is_drained = (size_t)count < room;
        *ret_count = (size_t)count;
        return 1;
    }
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        session->is_drained = true;
        BIO_set_retry_read(bio);
    }
    return 0;
}

/* false with errno: they still wait. */
static bool late_send(struct tls_session *session)
{
    while (session->late_count > 0) {
        ssize_t count = sendto(session->fd, session->late, session->late_count,
                               MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
        if (count < 0)
            return false;
        session->late_count -= (size_t)count;
        memmove(session->late, session->late + count, session->late_count);
    }
    return true;
}

static bool late_keep(struct tls_session *session, const char *from, size_t count)
{
    if (!session->is_open || !session->is_receiving || count > LATE_BYTES - session->late_count)
        return false;
    memcpy(session->late + session->late_count, from, count);
    session->late_count += count;
    return true;
}

static int bio_write(BIO *bio, const char *from, size_t length, size_t *ret_count)
{
    struct tls_session *session = session_of(bio);
    BIO_clear_retry_flags(bio);
    ssize_t count = -1;
    if (late_send(session))
        count =
            sendto(session->fd, from, length, MSG_DONTWAIT | MSG_NOSIGNAL | session->more, NULL, 0);
    if (count < 0 && errno == EAGAIN && late_keep(session, from, length))
        count = (ssize_t)length;
    if (count >= 0) {
        *ret_count = (size_t)count;
        return 1;
    }
    /* a read that had to write would wait for a client that may wait for us */
    if ((errno == EAGAIN || errno == EINTR) && !(session->is_open && session->is_receiving))
        BIO_set_retry_write(bio);
    return 0;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static void session_connect(struct tls_session *session)
{
    session->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | OWN_BIO, "client");
    if (session->method == NULL)
        abort();
    BIO_meth_set_read_ex(session->method, bio_read);
    BIO_meth_set_write_ex(session->method, bio_write);
    BIO_meth_set_ctrl(session->method, bio_control);
    BIO *bio = BIO_new(session->method);
    if (bio == NULL)
        abort();
    BIO_set_data(bio, session);
    BIO_set_init(bio, 1);
    SSL_set_bio(session->ssl, bio, bio);
}

struct tls_session *tls_session_new(struct tls_context *context, int fd)
{
    struct tls_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        abort();
    session->context = context;
    session->fd = fd;
    session->ssl = tls_context_session(context);
    session_connect(session);
    return session;
}

void tls_session_free(struct tls_session *session)
{
    if (session == NULL)
        return;
    SSL_free(session->ssl);
    BIO_meth_free(session->method);
    tls_context_unref(session->context);
    free(session);
}

static enum tls_step step_failed(struct tls_session *session, const char **ret_why)
{
    unsigned long error = ERR_peek_error();
    session->is_broken = true;
    *ret_why = error != 0 ? ERR_reason_error_string(error) : NULL;
    if (ERR_GET_LIB(error) != ERR_LIB_SSL)
        return TLS_STEP_FAILED;
    return ERR_GET_REASON(error) == SSL_R_HTTP_REQUEST ? TLS_STEP_PLAIN : TLS_STEP_FAILED;
}

enum tls_step tls_session_handshake(struct tls_session *session, const char **ret_why)
{
    ERR_clear_error();
    session->is_drained = false;
    int result = SSL_do_handshake(session->ssl);
    switch (SSL_get_error(session->ssl, result)) {
    case SSL_ERROR_NONE:
        session->is_open = true;
        return TLS_STEP_DONE;
    case SSL_ERROR_WANT_READ:
        return TLS_STEP_READS;
    case SSL_ERROR_WANT_WRITE:
        return TLS_STEP_WRITES;
    default:
        return step_failed(session, ret_why);
    }
}

/* What the call that gave `error` comes to. */
static ssize_t session_fail(struct tls_session *session, int error)
{
    int reason = errno;
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        errno = EAGAIN;
        return -1;
    }
    if (error == SSL_ERROR_ZERO_RETURN)
        return 0;
    session->is_broken = true;
    /* who goes without a word: framing tells whether anything is missing */
    if (error == SSL_ERROR_SYSCALL && reason == 0)
        return 0;
    errno = error == SSL_ERROR_SYSCALL && reason != EAGAIN ? reason : ECONNRESET;
    return -1;
}

ssize_t tls_session_receive(struct tls_session *session, void *into, size_t room)
{
    size_t total = 0;
    int error = SSL_ERROR_NONE;
    ERR_clear_error();
    session->is_drained = false;
    session->is_receiving = true;
    while (total < room && error == SSL_ERROR_NONE) {
        size_t count = 0;
        errno = 0;
        if (SSL_read_ex(session->ssl, (char *)into + total, room - total, &count) == 1)
            total += count;
        else
            error = SSL_get_error(session->ssl, 0);
    }
    session->is_receiving = false;
    if (total == 0)
        return session_fail(session, error);
    /* the end came with the bytes: for the socket it is still to come */
    if (error != SSL_ERROR_NONE && error != SSL_ERROR_WANT_READ)
        shutdown(session->fd, SHUT_RD);
    return (ssize_t)total;
}

/* What has not been sent of the parts, from where `at` stands. */
struct rest {
    const struct iovec *part;
    size_t count;
    size_t skip; /* of the first part */
};

static void rest_skip(struct rest *rest, size_t count)
{
    rest->skip += count;
    while (rest->count > 0 && rest->skip >= rest->part->iov_len) {
        rest->skip -= rest->part->iov_len;
        rest->part++;
        rest->count--;
    }
}

/* The next bytes in one piece, at most `most`: where they lie, or gathered in `room`. */
static struct str rest_piece(struct rest rest, size_t most, char *room)
{
    const char *first = (const char *)rest.part->iov_base + rest.skip;
    size_t length = rest.part->iov_len - rest.skip;
    if (length >= most || rest.count == 1)
        return (struct str){first, length < most ? length : most};
    size_t total = 0;
    for (; rest.count > 0 && total < most; rest.part++, rest.count--, rest.skip = 0) {
        length = rest.part->iov_len - rest.skip;
        if (length > most - total)
            length = most - total;
        memcpy(room + total, (const char *)rest.part->iov_base + rest.skip, length);
        total += length;
    }
    return (struct str){room, total};
}

/* One record at most. */
static bool record_send(struct tls_session *session, struct str piece, size_t *ret_count,
                        int *ret_error)
{
    errno = 0;
    if (SSL_write_ex(session->ssl, piece.at, piece.length, ret_count) == 1) {
        session->waiting = 0;
        return true;
    }
    *ret_error = SSL_get_error(session->ssl, 0);
    if (*ret_error == SSL_ERROR_WANT_WRITE)
        session->waiting = piece.length;
    return false;
}

ssize_t tls_session_send(struct tls_session *session, const struct iovec *parts, size_t count,
                         int flags)
{
    char room[RECORD];
    size_t total = 0, sent;
    int error = SSL_ERROR_NONE;
    struct rest rest = {.part = parts, .count = count};
    if (session->is_broken) {
        errno = EPIPE;
        return -1;
    }
    ERR_clear_error();
    session->more = flags & MSG_MORE;
    for (rest_skip(&rest, 0); rest.count > 0; rest_skip(&rest, sent), total += sent) {
        /* a record that waits is sent as it was made */
        struct str piece = rest_piece(rest, session->waiting > 0 ? session->waiting : RECORD, room);
        if (piece.length < session->waiting) {
            errno = ECONNRESET;
            return -1;
        }
        if (!record_send(session, piece, &sent, &error))
            break;
    }
    if (total > 0 || rest.count == 0)
        return (ssize_t)total;
    if (session_fail(session, error) == 0)
        errno = EPIPE;
    return -1;
}

bool tls_session_has_pending(const struct tls_session *session)
{
    return SSL_has_pending(session->ssl) == 1;
}

void tls_session_finish(struct tls_session *session)
{
    if (!session->is_open || session->is_broken || session->waiting > 0)
        return;
    session->is_broken = true;
    session->more = 0;
    ERR_clear_error();
    (void)SSL_shutdown(session->ssl);
    ERR_clear_error();
}
