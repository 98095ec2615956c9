/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lanes: one worker thread each with a queue. Plugins that name the same lane take turns, so librpm is never entered
 * twice. Ownership: a task belongs to the lanes from submit until its done was called; then it is the caller's again.
 * Signals are blocked in worker threads. */
#ifndef REEVE_RUN_LANE_H
#define REEVE_RUN_LANE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "core/run/loop.h"

struct rv_lanes;
struct rv_plugin;

struct rv_task {
        void (*work)(struct rv_task *task); /* in the lane's thread */
        void (*done)(struct rv_task *task); /* in the loop's thread */
        void *user;
        atomic_bool cancel;   /* set by anyone; work looks at it */
        struct rv_task *next; /* the lanes' own */
};

int rv_lanes_new(struct rv_loop *loop, struct rv_lanes **ret, struct rv_err *err) RV_CHECK;
/* Cancels all tasks and waits at most that long for those that run; none is begun any more. False: one does not let go,
 * and freeing the lanes, or what that task uses, would wait for it or pull it from under it. */
bool rv_lanes_stop(struct rv_lanes *lanes, unsigned wait_ms);
/* Cancels all tasks, waits for the running ones, and calls no done. */
void rv_lanes_free(struct rv_lanes *lanes);
int rv_lanes_submit(struct rv_lanes *lanes, const char *lane, struct rv_task *task, struct rv_err *err) RV_CHECK;
/* The lane of a plugin (its declared one, or its id); the joined views run in "reeve" and enter each plugin's lane in
 * turn. */
const char *rv_lane_of(const struct rv_plugin *plugin);

#endif
