/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lanes: a thread each, made at the lane's first task; finished tasks come back to the loop through one list and one
 * eventfd. One lock guards all queues: it is held for a few instructions only, never while a task works. */
#include "core/run/lane.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <reeve/plugin.h>

#include "core/base/err.h"
#include "core/base/file.h"

struct queue {
        struct rv_task *first, **last;
};

struct lane {
        struct lane *next;
        struct rv_lanes *lanes;
        char *name;
        struct queue waiting;
        struct rv_task *working;
        pthread_cond_t wake;
        pthread_t thread;
};

struct rv_lanes {
        struct rv_loop *loop;
        struct lane *first;
        struct queue finished;
        pthread_mutex_t lock;
        pthread_cond_t let_go; /* some lane has ended a task */
        int event_fd;
        bool stop;
};

static void push(struct queue *queue, struct rv_task *task)
{
        task->next = NULL;
        *queue->last = task;
        queue->last = &task->next;
}

static struct rv_task *pop(struct queue *queue)
{
        struct rv_task *task = queue->first;

        if (task) {
                queue->first = task->next;
                if (!queue->first)
                        queue->last = &queue->first;
        }
        return task;
}

/* The lock is held except while a task works, so the loop's thread never waits for a plugin here. */
static void *work(void *argument)
{
        const uint64_t one = 1;
        struct lane *lane = argument;
        struct rv_lanes *lanes = lane->lanes;
        struct rv_task *task;

        (void)pthread_mutex_lock(&lanes->lock);
        while (!lanes->stop) {
                task = pop(&lane->waiting);
                if (!task) {
                        (void)pthread_cond_wait(&lane->wake, &lanes->lock);
                        continue;
                }
                lane->working = task;
                (void)pthread_mutex_unlock(&lanes->lock);
                task->work(task);
                (void)pthread_mutex_lock(&lanes->lock);
                lane->working = NULL;
                push(&lanes->finished, task);
                (void)pthread_cond_signal(&lanes->let_go);
                while (write(lanes->event_fd, &one, sizeof one) < 0 && errno == EINTR)
                        ;
        }
        (void)pthread_mutex_unlock(&lanes->lock);
        return NULL;
}

/* Takes the whole list at once: tasks that end meanwhile wake the loop again. */
static void finished(int fd, uint32_t events, void *user)
{
        struct rv_lanes *lanes = user;
        struct rv_task *task, *next;
        uint64_t count;

        (void)events;
        if (read(fd, &count, sizeof count) < 0 && errno != EAGAIN)
                return;
        (void)pthread_mutex_lock(&lanes->lock);
        task = lanes->finished.first;
        lanes->finished = (struct queue){ .last = &lanes->finished.first };
        (void)pthread_mutex_unlock(&lanes->lock);
        for (; task; task = next) {
                next = task->next; /* done may free the task */
                task->done(task);
        }
}

/* Waits are measured by a clock that nobody sets. */
static void new_let_go(pthread_cond_t *ret)
{
        pthread_condattr_t attributes;

        (void)pthread_condattr_init(&attributes);
        (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        (void)pthread_cond_init(ret, &attributes);
        (void)pthread_condattr_destroy(&attributes);
}

int rv_lanes_new(struct rv_loop *loop, struct rv_lanes **ret, struct rv_err *err)
{
        struct rv_lanes *lanes = calloc(1, sizeof *lanes);
        int code;

        if (!lanes)
                return rv_fail_memory(err);
        lanes->loop = loop;
        lanes->finished.last = &lanes->finished.first;
        lanes->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (lanes->event_fd < 0) {
                code = rv_fail_errno(err, errno, N_("%1: cannot be made: %2"), "eventfd");
                free(lanes);
                return code;
        }
        code = rv_loop_watch(loop, lanes->event_fd, EPOLLIN, finished, lanes, err);
        if (code != RV_OK) {
                rv_close(&lanes->event_fd);
                free(lanes);
                return code;
        }
        (void)pthread_mutex_init(&lanes->lock, NULL);
        new_let_go(&lanes->let_go);
        *ret = lanes;
        return RV_OK;
}

/* Queued tasks too: their owners see that they never ran. */
static void cancel_all(struct rv_lanes *lanes)
{
        struct lane *lane;
        struct rv_task *task;

        (void)pthread_mutex_lock(&lanes->lock);
        lanes->stop = true;
        for (lane = lanes->first; lane; lane = lane->next) {
                if (lane->working)
                        atomic_store(&lane->working->cancel, true);
                for (task = lane->waiting.first; task; task = task->next)
                        atomic_store(&task->cancel, true);
                (void)pthread_cond_signal(&lane->wake);
        }
        (void)pthread_mutex_unlock(&lanes->lock);
}

static bool at_work(const struct rv_lanes *lanes)
{
        const struct lane *lane;

        for (lane = lanes->first; lane; lane = lane->next)
                if (lane->working)
                        return true;
        return false;
}

bool rv_lanes_stop(struct rv_lanes *lanes, unsigned wait_ms)
{
        struct timespec end;
        bool working;

        cancel_all(lanes);
        (void)clock_gettime(CLOCK_MONOTONIC, &end);
        end.tv_nsec += (long)(wait_ms % 1000) * 1000000;
        end.tv_sec += (time_t)(wait_ms / 1000) + end.tv_nsec / 1000000000;
        end.tv_nsec %= 1000000000;
        (void)pthread_mutex_lock(&lanes->lock);
        while ((working = at_work(lanes)) && pthread_cond_timedwait(&lanes->let_go, &lanes->lock, &end) != ETIMEDOUT)
                ;
        (void)pthread_mutex_unlock(&lanes->lock);
        return !working;
}

void rv_lanes_free(struct rv_lanes *lanes)
{
        struct lane *lane;

        if (!lanes)
                return;
        cancel_all(lanes);
        while ((lane = lanes->first)) {
                (void)pthread_join(lane->thread, NULL);
                lanes->first = lane->next;
                (void)pthread_cond_destroy(&lane->wake);
                free(lane->name);
                free(lane);
        }
        rv_loop_unwatch(lanes->loop, lanes->event_fd);
        rv_close(&lanes->event_fd);
        (void)pthread_cond_destroy(&lanes->let_go);
        (void)pthread_mutex_destroy(&lanes->lock);
        free(lanes);
}

/* Signals are blocked while the thread is made, so that it inherits that and the loop's thread gets them; but not those
 * that a plugin's own fault raises, whose handler must run for the terminal to be given back. */
static int start_thread(struct lane *lane)
{
        static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
        sigset_t all, before;
        size_t i;
        int number;

        (void)sigfillset(&all);
        for (i = 0; i < sizeof faults / sizeof *faults; i++)
                (void)sigdelset(&all, faults[i]);
        number = pthread_sigmask(SIG_SETMASK, &all, &before);
        if (number == 0) {
                number = pthread_create(&lane->thread, NULL, work, lane);
                (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
        }
        return number;
}

static int new_lane(struct rv_lanes *lanes, const char *name, struct lane **ret, struct rv_err *err)
{
        struct lane *lane = calloc(1, sizeof *lane);
        int number;

        if (lane)
                lane->name = strdup(name);
        if (!lane || !lane->name) {
                free(lane);
                return rv_fail_memory(err);
        }
        lane->lanes = lanes;
        lane->waiting.last = &lane->waiting.first;
        (void)pthread_cond_init(&lane->wake, NULL);
        number = start_thread(lane);
        if (number != 0) {
                (void)pthread_cond_destroy(&lane->wake);
                free(lane->name);
                free(lane);
                return rv_fail_errno(err, number, N_("%1: its worker thread cannot be started: %2"), name);
        }
        lane->next = lanes->first;
        lanes->first = lane;
        *ret = lane;
        return RV_OK;
}

int rv_lanes_submit(struct rv_lanes *lanes, const char *name, struct rv_task *task, struct rv_err *err)
{
        struct lane *lane;
        int code = RV_OK;

        for (lane = lanes->first; lane; lane = lane->next) /* only the loop's thread changes this list */
                if (strcmp(lane->name, name) == 0)
                        break;
        if (!lane)
                code = new_lane(lanes, name, &lane, err);
        if (code != RV_OK)
                return code;
        (void)pthread_mutex_lock(&lanes->lock);
        push(&lane->waiting, task);
        (void)pthread_cond_signal(&lane->wake);
        (void)pthread_mutex_unlock(&lanes->lock);
        return RV_OK;
}

const char *rv_lane_of(const struct rv_plugin *plugin)
{
        return plugin->lane ? plugin->lane : plugin->id;
}
