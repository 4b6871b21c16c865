/*
 * Between a client's socket and the server's library: what the library would read passes here
 * first, and only what request_reader.h has approved goes on. The library's calls of recv(), send()
 * and sendmsg() are resolved to those defined in gate.c; descriptors without a gate are none of
 * their business. TLS is beneath: the library neither knows nor makes it.
 *
 * Nothing is withheld, only cut off: the library is never left waiting for bytes that have come.
 */
#ifndef BRAID_GATEWAY_FRONT_GATE_H
#define BRAID_GATEWAY_FRONT_GATE_H

#include "gateway/front/request_reader.h"

/* Descriptors beyond it cannot be clients; the kernel's own bound (fs.nr_open) is the same. */
#define GATE_DESCRIPTORS (1 << 20)

/* What a refused client may still send before it is cut off. */
#define GATE_LINGER_BYTES ((size_t)1024 * 1024)

struct tls_session;

struct gate {
    struct request_reader reader;
    int fd;
    struct tls_session *tls; /* NULL: plain text */
    uint64_t sent;           /* bytes, before they became records */
    uint32_t answered;       /* messages */
    bool is_shut;            /* what comes now is dropped */
    size_t dropped;
    char *pool; /* where the library reads to first: the beginning of the connection's pool */
    /* A message begins where the connection was between two; in the thread of the recv(). */
    void (*begin)(struct gate *gate);
    /* All good messages are answered, the next one is refused: says so and calls gate_shut(). */
    void (*refuse)(struct gate *gate, int status);
};

/* Keeps the bounds. false: the descriptor is too large a number for the table. */
bool gate_open(struct gate *gate, int fd, const struct request_bounds *bounds,
               void (*begin)(struct gate *gate), void (*refuse)(struct gate *gate, int status));

/* Before anything is received. Takes the session, whose handshake is over. */
void gate_set_tls(struct gate *gate, struct tls_session *session);

/* Before the descriptor is closed. Nothing where it was not opened. */
void gate_close(struct gate *gate);

/* Our side of a connection ends here, and nothing was left out: TLS says so. */
void gate_finish(int fd);

/* Bytes have come that the library has not received. */
bool gate_has_unread(const struct gate *gate);

/* A message was answered; what waited for that is refused now. */
void gate_answered(struct gate *gate);

/* From now on the library sees nothing, and the end once the client has ended or sent enough. */
void gate_shut(struct gate *gate);

/* Drops what has come meanwhile of a gate that is shut. */
void gate_drain(struct gate *gate);

/* A message has begun that is not there as a whole. */
static inline bool gate_is_within(const struct gate *gate)
{
    return gate->reader.part != REQUEST_BETWEEN;
}

/*
 * The body of the message that is answered next: what its framing has announced so far, and how
 * long it may be. false: it is announced longer.
 */
uint64_t gate_announced(const struct gate *gate);
bool gate_limit_body(struct gate *gate, uint64_t limit);

#endif
