/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starting reeve-helper, which runs one job in a session of its own, and waiting until it has taken the job: after that
 * the caller may end, and its terminal close.
 * Ownership: everything passed in is borrowed. The calls block (up to wait_s and some seconds): call them in a lane, or
 * where nothing else is to be done. */
#ifndef REEVE_RUN_START_H
#define REEVE_RUN_START_H

#include <stdbool.h>

#include <reeve/action.h>

struct rv_plan;
struct rv_root;

struct rv_start {
        unsigned wait_s;  /* how long to wait for another holder of the lock; 0: fail at once and name it */
        bool interactive; /* somebody follows the job and answers questions that come up while it runs */
};

/* Runs exactly this plan. The helper makes it again and refuses with RV_STALE when it is another one. *ret_job is the
 * job's number, on disk when this returns. RV_LOCKED names the holder; RV_DENIED; RV_CONFIRM: a question is open. */
int rv_start_run(const struct rv_plan *plan, const struct rv_start *start, uint64_t *ret_job,
                 struct rv_err *err) RV_CHECK;
/* Finishes or reverts an interrupted job. RV_NOTFOUND, RV_USAGE when it is not interrupted, RV_LOCKED. */
int rv_start_recover(const struct rv_root *root, uint64_t job, enum rv_way way, const struct rv_start *start,
                     struct rv_err *err) RV_CHECK;

#endif
