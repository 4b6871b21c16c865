/* See dismissal.h. */
#include "gateway/front/dismissal.h"

#include "gateway/compose/exchange.h"
#include "gateway/compose/problem.h"
#include "gateway/front/farewell.h"

#include <sys/socket.h>
#include <unistd.h>

#define DISMISSED_TIME SECOND

/* Of a request that may have come already; unread it would reset the connection. */
#define DISMISSED_READ 16

static void dismissed_close(int *fd)
{
    char some[4096];
    if (*fd < 0)
        return;
    for (int i = 0; i < DISMISSED_READ && recv(*fd, some, sizeof some, MSG_DONTWAIT) > 0; i++)
        continue;
    close(*fd);
    *fd = -1;
}

static void dismissal_on_timer(struct timer *timer)
{
    struct dismissal *dismissal = container_of(timer, struct dismissal, timer);
    for (size_t i = 0; i < DISMISSED_MAXIMUM; i++)
        dismissed_close(&dismissal->fds[i]);
}

void dismissal_init(struct dismissal *dismissal, struct desk *desk)
{
    *dismissal = (struct dismissal){.desk = desk};
    timer_init(&dismissal->timer, dismissal_on_timer);
    for (size_t i = 0; i < DISMISSED_MAXIMUM; i++)
        dismissal->fds[i] = -1;
}

void dismissal_done(struct dismissal *dismissal)
{
    timer_cancel(&dismissal->desk->composer->loop->timers, &dismissal->timer);
    dismissal_on_timer(&dismissal->timer);
}

static void dismissed_tell(struct desk *desk, int fd)
{
    struct exchange *exchange = exchange_new(desk->composer, NULL);
    struct str id = envelope_new_id(desk->composer, &exchange->context.arena);
    problem_write(&(struct problem){.status = 503, .id = id}, &exchange->reply);
    reply_add(&exchange->reply, "Retry-After", "1");
    farewell_send(fd, &exchange->reply, desk_date(desk));
    exchange_free(exchange);
}

/* For a moment; the oldest one gives way. */
static void dismissal_keep(struct dismissal *dismissal, int fd)
{
    struct loop *loop = dismissal->desk->composer->loop;
    dismissed_close(&dismissal->fds[dismissal->next]);
    dismissal->fds[dismissal->next] = fd;
    dismissal->next = (dismissal->next + 1) % DISMISSED_MAXIMUM;
    timer_start(&loop->timers, &dismissal->timer, loop_now(loop) + DISMISSED_TIME);
}

void dismissal_add(struct dismissal *dismissal, int fd, bool at_once)
{
    dismissed_tell(dismissal->desk, fd);
    if (at_once)
        dismissed_close(&fd);
    else
        dismissal_keep(dismissal, fd);
}

void dismissal_add_plain(struct dismissal *dismissal, int fd)
{
    static const char words[] = "HTTP/1.1 400 Bad Request\r\n"
                                "Content-Type: text/plain\r\n"
                                "Content-Length: 37\r\n"
                                "Connection: close\r\n\r\n"
                                "This port speaks TLS: write https://\n";
    (void)send(fd, words, sizeof words - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    dismissal_keep(dismissal, fd);
}
