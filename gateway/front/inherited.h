/*
 * Sockets that the service manager has opened and passed on (sd_listen_fds(3)): it holds them
 * while no braid runs, so nobody is refused between two of them, and ports below 1024 need no
 * rights here.
 *
 * The protocol is three variables of the environment, so it is read here and not by libsystemd,
 * which would bring five libraries into the process for it.
 */
#ifndef BRAID_GATEWAY_FRONT_INHERITED_H
#define BRAID_GATEWAY_FRONT_INHERITED_H

#include "config/settings.h"
#include "gateway/front/socket_place.h"

#include <sys/types.h>

#define INHERITED_MAXIMUM 64
#define INHERITED_FIRST   3 /* SD_LISTEN_FDS_START */

struct inherited_socket {
    int fd;
    char name[64]; /* of LISTEN_FDNAMES, for messages: the unit, or its FileDescriptorName */
    struct socket_place place;
    bool is_dual; /* an IPv6 socket that takes IPv4 too */
};

struct inherited {
    struct inherited_socket list[INHERITED_MAXIMUM];
    uint32_t count; /* 0: nothing was passed */
};

/* The three variables; NULL where one is not there. */
struct inherited_words {
    const char *pid;
    const char *count;
    const char *names;
};

/*
 * What `words` promise to the process `self`, from the descriptor `first` on, which this makes
 * non-blocking and close-on-exec. What is promised to another process is nothing. false, and why in
 * the log, where the words make no sense or a descriptor is no listening stream socket; nothing is
 * closed.
 */
bool inherited_read(const struct inherited_words *words, pid_t self, int first,
                    struct inherited *ret_inherited);

/* The same from the environment, which then no longer says so. Before any thread is started. */
bool inherited_take(struct inherited *ret_inherited);

/*
 * Where anything was passed: every `listen` has a socket, and every socket is of some `listen` or
 * of `admin`; otherwise false, and each that is missing or too many in the log. An `admin` without
 * one is opened as ever.
 */
bool inherited_match(const struct inherited *inherited, const struct settings *settings);

/* Whether there is one for the address. */
bool inherited_has(const struct inherited *inherited, const struct address *address);

/* A duplicate, the caller's to close; -ENOENT where there is none for the address, or an errno. */
int inherited_open(const struct inherited *inherited, const struct address *address);

/* Closes them; duplicates stay. */
void inherited_done(struct inherited *inherited);

#endif
