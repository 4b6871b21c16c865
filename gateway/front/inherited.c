/*
 * Sockets find their address by what they are bound to, not by their names: a unit and a file that
 * disagree shall not meet by accident.
 */
#include "gateway/front/inherited.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* --- reading ------------------------------------------------------------------------------ */

static bool option_is_set(int fd, int level, int option)
{
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(fd, level, option, &value, &length) == 0 && value != 0;
}

static bool descriptor_prepare(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
           fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static bool socket_read(int fd, struct str name, struct inherited_socket *ret_socket)
{
    int type = 0;
    socklen_t length = sizeof type;
    struct inherited_socket *socket = ret_socket;
    *socket = (struct inherited_socket){.fd = fd};
    snprintf(socket->name, sizeof socket->name, "%.*s", STR_ARGS(name));
    socket->place.length = sizeof socket->place.storage;
    bool is_ours = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 &&
                   type == SOCK_STREAM && option_is_set(fd, SOL_SOCKET, SO_ACCEPTCONN) &&
                   getsockname(fd, &socket->place.any, &socket->place.length) == 0 &&
                   descriptor_prepare(fd);
    if (!is_ours) {
        log_write(LOG_ERROR, "the passed descriptor %d (%s) is no listening stream socket", fd,
                  socket->name);
        return false;
    }
    socket->is_dual =
        socket->place.any.sa_family == AF_INET6 && !option_is_set(fd, IPPROTO_IPV6, IPV6_V6ONLY);
    return true;
}

bool inherited_read(const struct inherited_words *words, pid_t self, int first,
                    struct inherited *ret_inherited)
{
    uint64_t pid, count;
    ret_inherited->count = 0;
    if (words->pid == NULL || words->count == NULL)
        return true;
    if (!str_to_unsigned(str_of(words->pid), INT32_MAX, &pid) ||
        !str_to_unsigned(str_of(words->count), INT32_MAX, &count)) {
        log_write(LOG_ERROR, "LISTEN_PID and LISTEN_FDS hold no numbers");
        return false;
    }
    if ((pid_t)pid != self)
        return true;
    if (count > INHERITED_MAXIMUM) {
        log_write(LOG_ERROR, "more than %d sockets were passed", INHERITED_MAXIMUM);
        return false;
    }
    struct str names = words->names != NULL ? str_of(words->names) : STR_NONE;
    for (int i = 0; i < (int)count; i++) {
        struct str name = STR("unnamed");
        if (names.at != NULL)
            (void)str_cut(&names, ':', &name);
        if (!socket_read(first + i, name, &ret_inherited->list[i]))
            return false;
        ret_inherited->count++;
    }
    return true;
}

bool inherited_take(struct inherited *ret_inherited)
{
    struct inherited_words words = {getenv("LISTEN_PID"), getenv("LISTEN_FDS"),
                                    getenv("LISTEN_FDNAMES")};
    bool is_fine = inherited_read(&words, getpid(), INHERITED_FIRST, ret_inherited);
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    return is_fine;
}

/* --- matching ----------------------------------------------------------------------------- */

/* One that is bound to exactly this wins over one that takes both families. */
static const struct inherited_socket *socket_for(const struct inherited *inherited,
                                                 const struct address *address)
{
    struct socket_place wanted;
    const struct inherited_socket *found = NULL;
    if (inherited->count == 0 || socket_place_of_address(address, &wanted) != 0)
        return NULL;
    for (uint32_t i = 0; i < inherited->count; i++) {
        const struct inherited_socket *socket = &inherited->list[i];
        if (socket_place_is_same(&socket->place, &wanted))
            return socket;
        if (socket->is_dual && socket_place_covers(&socket->place, &wanted))
            found = socket;
    }
    return found;
}

static bool address_has_socket(const struct inherited *inherited, const struct address *address,
                               bool *used)
{
    const struct inherited_socket *socket = socket_for(inherited, address);
    if (socket != NULL)
        used[socket - inherited->list] = true;
    return socket != NULL;
}

bool inherited_match(const struct inherited *inherited, const struct settings *settings)
{
    bool used[INHERITED_MAXIMUM] = {false};
    bool is_fine = true;
    if (inherited->count == 0)
        return true;
    for (uint32_t i = 0; i < settings->listen_count; i++) {
        const struct address *address = &settings->listen[i];
        if (address_has_socket(inherited, address, used))
            continue;
        log_write(LOG_ERROR, "sockets were passed, but none for  listen: %.*s",
                  STR_ARGS(address->text));
        is_fine = false;
    }
    if (settings->has_admin)
        (void)address_has_socket(inherited, &settings->admin, used);
    for (uint32_t i = 0; i < inherited->count; i++) {
        char text[SOCKET_PLACE_TEXT_SIZE];
        if (used[i])
            continue;
        socket_place_format(&inherited->list[i].place, text);
        log_write(LOG_ERROR, "the socket '%s' on %s was passed, but neither listen nor admin is %s",
                  inherited->list[i].name, text, text);
        is_fine = false;
    }
    return is_fine;
}

bool inherited_has(const struct inherited *inherited, const struct address *address)
{
    return socket_for(inherited, address) != NULL;
}

int inherited_open(const struct inherited *inherited, const struct address *address)
{
    const struct inherited_socket *socket = socket_for(inherited, address);
    if (socket == NULL)
        return -ENOENT;
    int fd = fcntl(socket->fd, F_DUPFD_CLOEXEC, INHERITED_FIRST);
    return fd >= 0 ? fd : -errno;
}

void inherited_done(struct inherited *inherited)
{
    for (uint32_t i = 0; i < inherited->count; i++)
        close(inherited->list[i].fd);
    inherited->count = 0;
}
