/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The loop: one epoll, one timer descriptor on the boot clock (so that a suspended laptop wakes to timers that are
 * due), and one eventfd that ends it. A source removed while its batch is being handled is only marked, and freed
 * after, because events already fetched still point to it. */
#include "core/run/loop.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"

enum { BATCH = 32 };

struct source {
        struct source *next;
        rv_loop_fd *call;
        void *user;
        uint32_t events;
        int fd;
        bool is_file, dead; /* is_file: epoll refuses it, and it is always ready */
};

struct timer {
        struct timer *next; /* in the order of due */
        rv_loop_timer *call;
        void *user;
        int64_t due; /* boot clock, milliseconds */
        unsigned id;
};

struct rv_loop {
        struct source *sources;
        struct timer *timers;
        atomic_bool ended;
        int epoll_fd, timer_fd, end_fd;
        unsigned last_id, n_files, depth;
};

static int64_t boot_ms(void)
{
        struct timespec now = { 0 };

        (void)clock_gettime(CLOCK_BOOTTIME, &now);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The eventfd and the timer only wake the wait; what they stand for is looked at after each wait anyway. */
static void drain(int fd, uint32_t events, void *user)
{
        uint64_t count;

        (void)events;
        (void)user;
        while (read(fd, &count, sizeof count) < 0 && errno == EINTR)
                ;
}

int rv_loop_new(struct rv_loop **ret, struct rv_err *err)
{
        struct rv_loop *loop = calloc(1, sizeof *loop);
        int code;

        if (!loop)
                return rv_fail_memory(err);
        atomic_init(&loop->ended, false);
        loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
        loop->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
        loop->end_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (loop->epoll_fd < 0 || loop->timer_fd < 0 || loop->end_fd < 0)
                code = rv_fail_errno(err, errno, N_("%1: cannot be made: %2"), "epoll");
        else
                code = rv_loop_watch(loop, loop->timer_fd, EPOLLIN, drain, NULL, err);
        if (code == RV_OK)
                code = rv_loop_watch(loop, loop->end_fd, EPOLLIN, drain, NULL, err);
        if (code == RV_OK)
                *ret = loop;
        else
                rv_loop_free(loop);
        return code;
}

/* Frees sources that were marked, or all of them. */
static void sweep(struct rv_loop *loop, bool all)
{
        struct source **at = &loop->sources, *source;

        while ((source = *at)) {
                if (all || source->dead) {
                        *at = source->next;
                        free(source);
                } else {
                        at = &source->next;
                }
        }
}

void rv_loop_free(struct rv_loop *loop)
{
        struct timer *timer;

        if (!loop)
                return;
        sweep(loop, true);
        while ((timer = loop->timers)) {
                loop->timers = timer->next;
                free(timer);
        }
        rv_close(&loop->timer_fd);
        rv_close(&loop->end_fd);
        rv_close(&loop->epoll_fd);
        free(loop);
}

static struct source *find(struct rv_loop *loop, int fd)
{
        struct source *source;

        for (source = loop->sources; source; source = source->next)
                if (source->fd == fd && !source->dead)
                        return source;
        return NULL;
}

/* A regular file (standard input from a script) is refused by epoll, and is ready by nature. */
int rv_loop_watch(struct rv_loop *loop, int fd, uint32_t events, rv_loop_fd *call, void *user, struct rv_err *err)
{
        struct epoll_event event = { .events = events };
        struct source *source;

        if (find(loop, fd))
                return rv_fail(err, RV_INTERNAL, N_("a descriptor is watched twice"), NULL, NULL);
        source = calloc(1, sizeof *source);
        if (!source)
                return rv_fail_memory(err);
        *source = (struct source){ .next = loop->sources, .call = call, .user = user, .events = events, .fd = fd };
        event.data.ptr = source;
        if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
                source->is_file = errno == EPERM;
                if (!source->is_file) {
                        free(source);
                        return rv_fail_errno(err, errno, N_("%1: cannot be watched: %2"), "epoll");
                }
                loop->n_files++;
        }
        loop->sources = source;
        return RV_OK;
}

void rv_loop_unwatch(struct rv_loop *loop, int fd)
{
        struct source *source = find(loop, fd);

        if (!source)
                return;
        if (source->is_file)
                loop->n_files--;
        else
                (void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL); /* a closed one has left it already */
        source->dead = true;
        if (loop->depth == 0)
                sweep(loop, false);
}

/* A list in order of time is enough: a front end has a handful of timers. */
unsigned rv_loop_after(struct rv_loop *loop, unsigned ms, rv_loop_timer *call, void *user)
{
        struct timer **at, *timer = calloc(1, sizeof *timer);

        if (!timer)
                return 0;
        if (++loop->last_id == 0)
                loop->last_id = 1;
        *timer = (struct timer){ .call = call, .user = user, .due = boot_ms() + ms, .id = loop->last_id };
        for (at = &loop->timers; *at && (*at)->due <= timer->due; at = &(*at)->next)
                ;
        timer->next = *at;
        *at = timer;
        return timer->id;
}

void rv_loop_cancel(struct rv_loop *loop, unsigned id)
{
        struct timer **at, *timer;

        for (at = &loop->timers; (timer = *at); at = &timer->next)
                if (timer->id == id) {
                        *at = timer->next;
                        free(timer);
                        return;
                }
}

void rv_loop_end(struct rv_loop *loop)
{
        const uint64_t one = 1;
        int saved = errno;

        atomic_store(&loop->ended, true);
        if (write(loop->end_fd, &one, sizeof one) < 0)
                atomic_store(&loop->ended, true); /* full: it is readable, which is all that is needed */
        errno = saved;
}

/* The timer descriptor is armed anew before each wait: cheaper to reason about than keeping it in step. */
static int arm(struct rv_loop *loop)
{
        struct itimerspec when = { 0 };
        int64_t due;

        if (loop->timers) {
                due = loop->timers->due;
                when.it_value.tv_sec = (time_t)(due / 1000);
                when.it_value.tv_nsec = due > 0 ? (long)(due % 1000) * 1000000 : 1;
        }
        return timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

/* Only timers that were set before this batch: one that sets itself again with 0 ms must not keep us here. */
static void run_timers(struct rv_loop *loop)
{
        int64_t now = boot_ms();
        unsigned newest = loop->last_id;
        struct timer **at = &loop->timers, *timer;
        rv_loop_timer *call;
        void *user;

        while ((timer = *at) && timer->due <= now) {
                if ((int)(timer->id - newest) > 0) {
                        at = &timer->next;
                        continue;
                }
                *at = timer->next;
                call = timer->call;
                user = timer->user;
                free(timer);
                call(user);
                at = &loop->timers; /* the call may have changed the list */
        }
}

/* Files are looked at in every turn, which then does not wait. */
static void run_files(struct rv_loop *loop)
{
        struct source *source;

        for (source = loop->n_files ? loop->sources : NULL; source; source = source->next)
                if (source->is_file && !source->dead)
                        source->call(source->fd, source->events, source->user);
}

int rv_loop_turn(struct rv_loop *loop, int timeout_ms, struct rv_err *err)
{
        struct epoll_event events[BATCH];
        struct source *source;
        int i, n;

        if (arm(loop) < 0)
                return rv_fail_errno(err, errno, N_("%1: cannot be set: %2"), "timerfd");
        if (atomic_load(&loop->ended) || loop->n_files)
                timeout_ms = 0;
        n = epoll_wait(loop->epoll_fd, events, BATCH, timeout_ms);
        if (n < 0 && errno != EINTR)
                return rv_fail_errno(err, errno, N_("%1: cannot be waited for: %2"), "epoll");
        loop->depth++;
        for (i = 0; i < n; i++) {
                source = events[i].data.ptr;
                if (!source->dead)
                        source->call(source->fd, events[i].events, source->user);
        }
        run_files(loop);
        run_timers(loop);
        if (--loop->depth == 0)
                sweep(loop, false);
        return atomic_load(&loop->ended) ? RV_CANCELLED : RV_OK;
}
