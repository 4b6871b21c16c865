/*
 * TLS between one client's socket and the gate. It behaves as a socket does for edge-triggered
 * readers and writers: fewer bytes than there was room for, or EAGAIN, mean that the socket itself
 * has no more, so that the kernel will tell when it has; nothing waits in between unseen.
 */
#ifndef BRAID_GATEWAY_FRONT_TLS_SESSION_H
#define BRAID_GATEWAY_FRONT_TLS_SESSION_H

#include "gateway/front/tls_context.h"

#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>

struct tls_session;

enum tls_step {
    TLS_STEP_DONE,
    TLS_STEP_READS,  /* goes on when the client has sent */
    TLS_STEP_WRITES, /* goes on when the client has read */
    TLS_STEP_PLAIN,  /* the client speaks HTTP without TLS */
    TLS_STEP_FAILED,
    TLS_STEP_COUNT
};

/* Takes the reference to the context; does not own the descriptor, which must be non-blocking. */
struct tls_session *tls_session_new(struct tls_context *context, int fd);
void tls_session_free(struct tls_session *session);

/* Until it is done. Where it fails, *ret_why says so ("no shared cipher"), if anything does. */
enum tls_step tls_session_handshake(struct tls_session *session, const char **ret_why);

/* As recv(): 0 where the client has ended, -1 with errno otherwise. */
ssize_t tls_session_receive(struct tls_session *session, void *into, size_t room);

/*
 * As sendmsg(); of `flags` only MSG_MORE counts. What was not taken must be what the next call
 * begins with.
 */
ssize_t tls_session_send(struct tls_session *session, const struct iovec *parts, size_t count,
                         int flags);

/* Something may have come that was not received yet, beside what the socket holds. */
bool tls_session_has_pending(const struct tls_session *session);

/* Tells the client that nothing is missing (close_notify), unless something is. Nobody waits. */
void tls_session_finish(struct tls_session *session);

#endif
