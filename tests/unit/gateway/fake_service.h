/*
 * A service that does exactly what its script says, byte for byte, on a free port of loopback or
 * on a Unix socket. One thread per connection; counts what came.
 */
#ifndef BRAID_TESTS_FAKE_SERVICE_H
#define BRAID_TESTS_FAKE_SERVICE_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define FAKE_CONNECTIONS 4096
#define FAKE_REQUEST     (4 * 1024 * 1024)

enum fake_after {
    FAKE_KEEPS,       /* the connection stays open */
    FAKE_CLOSES,      /* it is closed in order */
    FAKE_RESETS,      /* it is reset */
    FAKE_HANGS,       /* nothing more, until the other side closes */
    FAKE_TRICKLES,    /* the bytes one by one, each after 20 ms */
    FAKE_CRUMBLES,    /* the bytes one by one as fast as may be, then it is closed in order */
    FAKE_TIRES,       /* answers the first request of a connection, drops the second unanswered */
    FAKE_TURNS_STALE, /* like KEEPS, but the connection is closed 10 ms after the answer */
    FAKE_BABBLES      /* says the same again after 10 ms, unasked */
};

struct fake_script {
    const char *target; /* exactly; NULL: any */
    const char *bytes;
    size_t length; /* 0: strlen(bytes) */
    enum fake_after after;
};

struct fake_service {
    int listener;
    uint16_t port;
    pthread_t acceptor;
    const struct fake_script *scripts; /* the last has target NULL */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int fds[FAKE_CONNECTIONS];
    int connections;
    int living;
    int requests;
    int hung_up; /* connections that the other side closed while they hung */
    int babbled; /* answers that nobody asked for */
    char *last;  /* the last request, whole */
    size_t last_length;
    bool is_stopping;
};

struct fake_connection {
    struct fake_service *fake;
    int fd;
    int place;
};

static inline void fake_pause(long milliseconds)
{
    struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

static inline bool fake_send(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = send(fd, bytes, length, MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

static inline size_t fake_request_size(const char *text, size_t length)
{
    const char *end = memmem(text, length, "\r\n\r\n", 4);
    if (!end)
        return 0;
    size_t head = (size_t)(end - text) + 4;
    const char *field = memmem(text, head, "Content-Length: ", 16);
    return head + (field ? strtoul(field + 16, NULL, 10) : 0);
}

/* One whole request; its size, or 0 when the connection has ended. */
static inline size_t fake_read(int fd, char *text)
{
    size_t length = 0;
    for (;;) {
        size_t whole = fake_request_size(text, length);
        if (whole > 0 && length >= whole)
            return length;
        ssize_t count = recv(fd, text + length, FAKE_REQUEST - 1 - length, 0);
        if (count <= 0)
            return 0;
        length += (size_t)count;
        text[length] = '\0';
    }
}

static inline const struct fake_script *fake_find(const struct fake_service *fake, const char *text)
{
    const char *target = strchr(text, ' ') + 1;
    size_t length = strcspn(target, " ");
    const struct fake_script *script = fake->scripts;
    while (script->target &&
           (strlen(script->target) != length || memcmp(script->target, target, length) != 0))
        script++;
    return script;
}

static inline void fake_add(struct fake_service *fake, int *counter)
{
    pthread_mutex_lock(&fake->lock);
    (*counter)++;
    pthread_mutex_unlock(&fake->lock);
}

static inline bool fake_wait_for_end(struct fake_connection *connection)
{
    char byte;
    while (recv(connection->fd, &byte, 1, 0) > 0)
        ;
    pthread_mutex_lock(&connection->fake->lock);
    if (!connection->fake->is_stopping)
        connection->fake->hung_up++;
    pthread_cond_broadcast(&connection->fake->changed);
    pthread_mutex_unlock(&connection->fake->lock);
    return false;
}

static inline bool fake_trickle(int fd, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!fake_send(fd, bytes + i, 1))
            return false;
        fake_pause(20);
    }
    return true;
}

static inline bool fake_crumble(int fd, const char *bytes, size_t length)
{
    int on = 1;
    struct timespec pause = {0, 20000};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    for (size_t i = 0; i < length && fake_send(fd, bytes + i, 1); i++)
        nanosleep(&pause, NULL);
    return false;
}

/* false: the connection is over. */
static inline bool fake_answer(struct fake_connection *connection, const struct fake_script *script,
                               int served)
{
    int fd = connection->fd;
    size_t length = script->length > 0 ? script->length : strlen(script->bytes);
    if (script->after == FAKE_TIRES && served > 0)
        return false;
    if (script->after == FAKE_TRICKLES)
        return fake_trickle(fd, script->bytes, length);
    if (script->after == FAKE_CRUMBLES)
        return fake_crumble(fd, script->bytes, length);
    if (!fake_send(fd, script->bytes, length))
        return false;
    if (script->after == FAKE_HANGS)
        return fake_wait_for_end(connection);
    if (script->after == FAKE_RESETS) {
        fake_pause(20); /* or the reset overtakes the bytes */
        struct linger linger = {1, 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    }
    if (script->after == FAKE_TURNS_STALE)
        fake_pause(10);
    if (script->after == FAKE_BABBLES) {
        fake_pause(10);
        bool is_sent = fake_send(fd, script->bytes, length);
        fake_add(connection->fake, &connection->fake->babbled);
        return is_sent;
    }
    return script->after == FAKE_KEEPS || script->after == FAKE_TIRES;
}

static inline void *fake_serve(void *data)
{
    struct fake_connection *connection = data;
    struct fake_service *fake = connection->fake;
    char *text = malloc(FAKE_REQUEST);
    int served = 0;
    size_t length;
    while ((length = fake_read(connection->fd, text)) > 0) {
        pthread_mutex_lock(&fake->lock);
        fake->requests++;
        memcpy(fake->last, text, length + 1);
        fake->last_length = length;
        pthread_mutex_unlock(&fake->lock);
        if (!fake_answer(connection, fake_find(fake, text), served++))
            break;
    }
    free(text);
    pthread_mutex_lock(&fake->lock);
    close(connection->fd);
    fake->fds[connection->place] = -1;
    fake->living--;
    pthread_cond_broadcast(&fake->changed);
    pthread_mutex_unlock(&fake->lock);
    free(connection);
    return NULL;
}

static inline void *fake_accept(void *data)
{
    struct fake_service *fake = data;
    for (;;) {
        int fd = accept(fake->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        struct fake_connection *connection = malloc(sizeof(*connection));
        pthread_mutex_lock(&fake->lock);
        *connection = (struct fake_connection){fake, fd, fake->connections};
        fake->fds[fake->connections++] = fd;
        fake->living++;
        pthread_mutex_unlock(&fake->lock);
        pthread_t thread;
        pthread_create(&thread, NULL, fake_serve, connection);
        pthread_detach(thread);
    }
}

static inline int fake_listen_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        abort();
    return fd;
}

static inline int fake_listen_tcp(uint16_t *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&address, size) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        abort();
    *ret_port = ntohs(address.sin_port);
    return fd;
}

/* `unix_path`: NULL for a port. */
static inline void fake_start(struct fake_service *fake, const struct fake_script *scripts,
                              const char *unix_path)
{
    memset(fake, 0, sizeof(*fake));
    memset(fake->fds, -1, sizeof(fake->fds));
    fake->scripts = scripts;
    fake->last = calloc(1, FAKE_REQUEST);
    pthread_mutex_init(&fake->lock, NULL);
    pthread_cond_init(&fake->changed, NULL);
    fake->listener = unix_path ? fake_listen_unix(unix_path) : fake_listen_tcp(&fake->port);
    if (listen(fake->listener, 1024) < 0)
        abort();
    pthread_create(&fake->acceptor, NULL, fake_accept, fake);
}

static inline void fake_stop(struct fake_service *fake)
{
    shutdown(fake->listener, SHUT_RDWR);
    pthread_join(fake->acceptor, NULL);
    close(fake->listener);
    pthread_mutex_lock(&fake->lock);
    fake->is_stopping = true;
    for (int i = 0; i < fake->connections; i++) {
        if (fake->fds[i] >= 0)
            shutdown(fake->fds[i], SHUT_RDWR);
    }
    while (fake->living > 0)
        pthread_cond_wait(&fake->changed, &fake->lock);
    pthread_mutex_unlock(&fake->lock);
    free(fake->last);
}

/* The value of a counter, read safely. */
static inline int fake_count(struct fake_service *fake, const int *counter)
{
    pthread_mutex_lock(&fake->lock);
    int value = *counter;
    pthread_mutex_unlock(&fake->lock);
    return value;
}

#endif
