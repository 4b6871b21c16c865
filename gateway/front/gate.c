/*
 * The one table of the process that is not reached through a worker: recv() is given a descriptor
 * and nothing else. An entry is written and read by the worker whose client it is; what another
 * thread may find under the number of a descriptor of its own is NULL.
 */
#include "gateway/front/gate.h"

#include "gateway/front/tls_session.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic(struct gate *) gates[GATE_DESCRIPTORS];

static struct gate *gate_of(int fd)
{
    if (fd < 0 || fd >= GATE_DESCRIPTORS)
        return NULL;
    return atomic_load_explicit(&gates[fd], memory_order_relaxed);
}

bool gate_open(struct gate *gate, int fd, const struct request_bounds *bounds,
               void (*begin)(struct gate *gate), void (*refuse)(struct gate *gate, int status))
{
    if (fd < 0 || fd >= GATE_DESCRIPTORS)
        return false;
    *gate = (struct gate){.fd = fd, .begin = begin, .refuse = refuse};
    request_reader_init(&gate->reader, bounds);
    atomic_store_explicit(&gates[fd], gate, memory_order_relaxed);
    return true;
}

void gate_set_tls(struct gate *gate, struct tls_session *session)
{
    gate->tls = session;
}

void gate_close(struct gate *gate)
{
    if (gate_of(gate->fd) != gate)
        return;
    atomic_store_explicit(&gates[gate->fd], NULL, memory_order_relaxed);
    if (gate->tls != NULL)
        tls_session_finish(gate->tls);
    tls_session_free(gate->tls);
    gate->tls = NULL;
}

void gate_finish(int fd)
{
    struct gate *gate = gate_of(fd);
    if (gate != NULL && gate->tls != NULL)
        tls_session_finish(gate->tls);
    shutdown(fd, SHUT_WR);
}

bool gate_has_unread(const struct gate *gate)
{
    int unread = 0;
    (void)ioctl(gate->fd, FIONREAD, &unread);
    return unread > 0 || (gate->tls != NULL && tls_session_has_pending(gate->tls));
}

static bool gate_is_answered(const struct gate *gate)
{
    return gate->answered == gate->reader.whole;
}

void gate_answered(struct gate *gate)
{
    gate->answered++;
    if (gate->reader.status != 0 && !gate->is_shut && gate_is_answered(gate))
        gate->refuse(gate, gate->reader.status);
}

void gate_shut(struct gate *gate)
{
    gate->is_shut = true;
}

/* Of TLS the records are dropped, which nobody is going to read. Closing with bytes unread would
 * reset the connection and lose what was said last (RFC 9112 9.6).
 */
static ssize_t gate_drop(struct gate *gate, void *into, size_t room, int flags)
{
    while (gate->dropped < GATE_LINGER_BYTES) {
        ssize_t count = recvfrom(gate->fd, into, room, flags | MSG_DONTWAIT, NULL, NULL);
        if (count < 0)
            return -1;
        if (count == 0)
            return 0;
        gate->dropped += (size_t)count;
    }
    return 0;
}

void gate_drain(struct gate *gate)
{
    char some[4096];
    (void)gate_drop(gate, some, sizeof some, 0);
}

uint64_t gate_announced(const struct gate *gate)
{
    return gate_is_answered(gate) ? request_reader_announced(&gate->reader) : 0;
}

bool gate_limit_body(struct gate *gate, uint64_t limit)
{
    return !gate_is_answered(gate) || request_reader_limit_body(&gate->reader, limit);
}

static ssize_t gate_pass(struct gate *gate, char *into, size_t count, size_t room)
{
    struct request_reader *reader = &gate->reader;
    if (gate->pool == NULL)
        gate->pool = into;
    if (reader->part == REQUEST_BETWEEN)
        gate->begin(gate);
    size_t good = request_reader_feed(reader, (struct str){into, count});
    if (good > 0 || reader->status == 0)
        return (ssize_t)good;
    if (gate_is_answered(gate))
        gate->refuse(gate, reader->status);
    if (gate->is_shut)
        return gate_drop(gate, into, room, 0);
    errno = EAGAIN; /* what came before it is still to be answered */
    return -1;
}

static ssize_t gate_receive(struct gate *gate, void *into, size_t room, int flags)
{
    if (gate->is_shut)
        return gate_drop(gate, into, room, flags);
    ssize_t count = gate->tls != NULL ? tls_session_receive(gate->tls, into, room)
                                      : recvfrom(gate->fd, into, room, flags, NULL, NULL);
    if (count <= 0 || (flags & MSG_PEEK) != 0)
        return count;
    return gate_pass(gate, into, (size_t)count, room);
}

static ssize_t gate_send(struct gate *gate, const struct msghdr *message, int flags)
{
    ssize_t count = gate->tls != NULL
                        ? tls_session_send(gate->tls, message->msg_iov, message->msg_iovlen, flags)
                        : syscall(SYS_sendmsg, gate->fd, message, flags);
    if (count > 0)
        gate->sent += (uint64_t)count;
    return count;
}

/* NOLINTNEXTLINE: the name is the C library's, which is the point */
ssize_t recv(int fd, void *into, size_t room, int flags)
{
    struct gate *gate = gate_of(fd);
    return gate == NULL ? recvfrom(fd, into, room, flags, NULL, NULL)
                        : gate_receive(gate, into, room, flags);
}

/* NOLINTNEXTLINE */
ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct gate *gate = gate_of(fd);
    return gate == NULL ? syscall(SYS_sendmsg, fd, message, flags)
                        : gate_send(gate, message, flags);
}

/* NOLINTNEXTLINE */
ssize_t send(int fd, const void *from, size_t length, int flags)
{
    struct gate *gate = gate_of(fd);
    if (gate == NULL)
        return sendto(fd, from, length, flags, NULL, 0);
    struct iovec part = {(void *)(uintptr_t)from, length};
    return gate_send(gate, &(struct msghdr){.msg_iov = &part, .msg_iovlen = 1}, flags);
}
