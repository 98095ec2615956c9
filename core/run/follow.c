/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Following a job in a loop: its directory is watched by inotify, and looked at every half second all the same, because
 * a helper that is killed writes nothing, and some file systems report nothing. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/run/journal.h"
#include "core/run/runner_private.h"

enum { LOOK_MS = 500, SOON_MS = 20 /* after an end whose lock is still held */, BATCH = 200 /* events a turn */ };

struct rv_follow {
        struct rv_loop *loop;
        struct rv_events *events;
        struct rv_follow_calls calls;
        void *user;
        uint64_t job;
        int dir, notify;
        unsigned timer;
        bool done;    /* its last event was seen */
        bool ended;   /* ended() was called */
        bool calling; /* a call is under way: the object is freed after it */
        bool stopped;
};

static void look(void *user);

static void set_timer(struct rv_follow *follow, unsigned ms)
{
        rv_loop_cancel(follow->loop, follow->timer);
        follow->timer = rv_loop_after(follow->loop, ms, look, follow);
}

/* Everything that could still call us is taken out of the loop first. */
static void release(struct rv_follow *follow)
{
        if (follow->notify >= 0)
                rv_loop_unwatch(follow->loop, follow->notify);
        rv_loop_cancel(follow->loop, follow->timer);
        rv_close(&follow->notify);
        rv_close(&follow->dir);
        rv_events_free(follow->events);
        free(follow);
}

/* Hands out what there is; *ret_more when the batch was full. */
static int drain(struct rv_follow *follow, bool *ret_more, struct rv_err *err)
{
        struct rv_event event;
        bool more = true;
        int i, rc;

        for (i = 0; i < BATCH && !follow->stopped; i++) {
                rc = rv_events_next(follow->events, &event, &more, err);
                if (rc != RV_OK)
                        return rc;
                if (!more)
                        break;
                /* A job that is recovered goes on behind its first end. */
                follow->done = event.type == RV_EVENT_DONE;
                follow->calls.event(&event, follow->user);
        }
        *ret_more = more && i == BATCH;
        return RV_OK;
}

static void end(struct rv_follow *follow, const struct rv_job_info *info, const struct rv_err *error)
{
        follow->ended = true;
        follow->calls.ended(info, error, follow->user);
}

static void look_once(struct rv_follow *follow)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_job_info info = { 0 };
        bool more = false, last = false;
        int rc = rv_job_look(follow->dir, follow->job, &info, &err);

        /* Looked first, read after: an end seen now has written all its events before. */
        last = rc == RV_OK && info.state != RV_JOB_RUNNING && info.state != RV_JOB_WAITING;
        if (rc == RV_OK)
                rc = drain(follow, &more, &err);
        if (follow->stopped)
                return;
        if (rc != RV_OK || (last && !more))
                end(follow, &info, rc == RV_OK ? NULL : &err);
        else
                set_timer(follow, more ? 0 : follow->done ? SOON_MS : LOOK_MS);
}

static void look(void *user)
{
        struct rv_follow *follow = user;

        follow->timer = 0;
        if (follow->ended)
                return;
        follow->calling = true;
        look_once(follow);
        follow->calling = false;
        if (follow->stopped)
                release(follow);
}

/* Only reads on: whether the job is over is asked when its last event is seen, or by the timer. */
static void notified(int fd, uint32_t events, void *user)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_follow *follow = user;
        char buffer[4096];
        bool more = false;

        (void)events;
        while (read(fd, buffer, sizeof buffer) > 0)
                ;
        if (follow->ended)
                return;
        follow->calling = true;
        if (drain(follow, &more, &err) != RV_OK || more || follow->done)
                set_timer(follow, more ? 0 : SOON_MS); /* which meets the same error again, and ends */
        follow->calling = false;
        if (follow->stopped)
                release(follow);
}

/* Without inotify (no more watches, say) the timer alone does. */
static void watch(struct rv_follow *follow)
{
        char path[64];

        follow->notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (follow->notify < 0)
                return;
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d/.", follow->dir);
        if (inotify_add_watch(follow->notify, path, IN_MODIFY | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE) < 0 ||
            rv_loop_watch(follow->loop, follow->notify, EPOLLIN, notified, follow, NULL) != RV_OK)
                rv_close(&follow->notify);
}

int rv_follow_start(struct rv_loop *loop, struct rv_state *state, uint64_t job, const struct rv_follow_calls *calls,
                    void *user, struct rv_follow **ret, struct rv_err *err)
{
        struct rv_follow *follow = calloc(1, sizeof *follow);
        int rc;

        if (!follow)
                return rv_fail_memory(err);
        *follow =
                (struct rv_follow){ .loop = loop, .calls = *calls, .user = user, .job = job, .dir = -1, .notify = -1 };
        rc = rv_state_job(state, job, &follow->dir, err);
        if (rc == RV_OK)
                rc = rv_events_new(follow->dir, 0, &follow->events, err);
        if (rc == RV_OK) {
                watch(follow);
                set_timer(follow, 0);
                if (follow->timer == 0)
                        rc = rv_fail_memory(err);
        }
        if (rc == RV_OK)
                *ret = follow;
        else
                release(follow);
        return rc;
}

void rv_follow_stop(struct rv_follow *follow)
{
        if (!follow)
                return;
        follow->stopped = true;
        if (!follow->calling)
                release(follow);
}
