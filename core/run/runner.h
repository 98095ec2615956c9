/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A job from inside its helper: taken under the lock, run or recovered, and ended with its result on disk. The SDK's
 * rv_job_ calls work on it.
 * Ownership: the job is the caller's; it keeps the locks until rv_job_close(). One thread. */
#ifndef REEVE_RUN_RUNNER_H
#define REEVE_RUN_RUNNER_H

#include <jansson.h>
#include <reeve/action.h>

#include "core/run/state.h"

struct rv_start;

/* Takes the state's lock for the life of the job to come; gone is asked while it waits (core/run/lockfile.h). */
int rv_job_lock(const struct rv_state *state, const struct rv_start *start, bool (*gone)(void *user), void *user,
                int *ret_lock_fd, struct rv_err *err) RV_CHECK;

/* A new job for a plan, on disk with its request when this returns. plan and state are borrowed. Takes the lock. */
int rv_job_create(const struct rv_state *state, int take_lock_fd, struct rv_plan *plan, const struct rv_start *start,
                  struct rv_job **ret, struct rv_err *err) RV_CHECK;

/* What a job keeps of its request, read again for recovery. */
struct rv_kept {
        json_t *json;
        const char *plugin, *plan, *data;
        json_t *requests, *answers;
};
int rv_kept_read(int job_fd, struct rv_kept *ret, struct rv_err *err) RV_CHECK;
void rv_kept_free(struct rv_kept *kept);
#define RV_KEPT_CLEANUP __attribute__((cleanup(rv_kept_free)))

/* Takes up an interrupted job (RV_USAGE when it is not). request and kept are borrowed. Takes the lock. */
int rv_job_resume(const struct rv_state *state, int take_lock_fd, uint64_t number, const struct rv_request *request,
                  const struct rv_kept *kept, struct rv_job **ret, struct rv_err *err) RV_CHECK;
/* The same job only to be looked at, for recover() to say what it would do: nothing is locked, nothing written. */
int rv_job_peek(const struct rv_state *state, uint64_t number, const struct rv_request *request,
                const struct rv_kept *kept, struct rv_job **ret, struct rv_err *err) RV_CHECK;
/* Attaches a plan made again for a job that never came to its commit. */
void rv_job_plan(struct rv_job *job, struct rv_plan *plan);

uint64_t rv_job_number(const struct rv_job *job);
bool rv_job_committed(const struct rv_job *job);
/* A line of reeve's own in the log. */
void rv_job_note(struct rv_job *job, const char *msgid, ...) RV_SENTINEL;
/* Calls the action's run(), or its recover(); the result has the code and err says why. */
int rv_job_run(struct rv_job *job, struct rv_err *err) RV_CHECK;
int rv_job_recover(struct rv_job *job, enum rv_way way, struct rv_err *err) RV_CHECK;
/* Writes how it ended: code and err as run() gave them; reverted: the state before the job is back. */
void rv_job_end(struct rv_job *job, int code, bool reverted, struct rv_err *err);
void rv_job_close(struct rv_job *job);

#endif
