/* See notify.h. */
#include "gateway/notify.h"

#include "base/log.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* A manager that is stuck does not hold up the gateway for longer. */
#define SEND_SECONDS 2

/* 0 or a negative errno. An abstract name is written with @ for its first byte, which is zero. */
static int address_read(const char *text, struct sockaddr_un *ret_address, socklen_t *ret_length)
{
    size_t length = strlen(text);
    if (text[0] != '/' && text[0] != '@')
        return -EAFNOSUPPORT;
    if (length >= sizeof ret_address->sun_path)
        return -ENAMETOOLONG;
    memset(ret_address, 0, sizeof *ret_address);
    ret_address->sun_family = AF_UNIX;
    memcpy(ret_address->sun_path, text, length);
    if (text[0] == '@')
        ret_address->sun_path[0] = '\0';
    *ret_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return 0;
}

static int datagram_send(const char *to, const char *message)
{
    struct sockaddr_un address;
    socklen_t length;
    struct timeval most = {.tv_sec = SEND_SECONDS};
    int error = address_read(to, &address, &length);
    if (error < 0)
        return error;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    if (sendto(fd, message, strlen(message), MSG_NOSIGNAL, (struct sockaddr *)&address, length) < 0)
        error = -errno;
    close(fd);
    return error;
}

static void manager_tell(const char *message)
{
    const char *to = getenv("NOTIFY_SOCKET");
    int error = to == NULL || to[0] == '\0' ? 0 : datagram_send(to, message);
    if (error < 0)
        log_write(LOG_WARNING, "NOTIFY_SOCKET %s cannot be told: %s", to, strerror(-error));
}

void notify_ready(void)
{
    manager_tell("READY=1");
}

void notify_reloading(usec now)
{
    char message[64];
    snprintf(message, sizeof message, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)now);
    manager_tell(message);
}

void notify_stopping(void)
{
    manager_tell("STOPPING=1");
}
