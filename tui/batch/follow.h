/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plans and jobs on standard output and standard error.
 * Ownership: everything is borrowed while a call runs. */
#ifndef REEVE_BATCH_FOLLOW_H
#define REEVE_BATCH_FOLLOW_H

#include <stdint.h>

#include <reeve/err.h>

struct rv_command;
struct rv_job_info;
struct rv_plan;
struct rv_session;
struct rv_settings;

/* Writes a plan in the command's format. done is the job that ran it; NULL: it was only planned. */
int rv_emit_plan(struct rv_session *session, const struct rv_command *command, const struct rv_plan *plan,
                 const struct rv_job_info *done, struct rv_err *err) RV_CHECK;
/* Shows a job from its first event to its end, answers its questions where somebody is there, and returns how it ended.
 * plan (may be NULL): for a document it is written at the end. */
int rv_follow_job(struct rv_session *session, const struct rv_settings *settings, uint64_t job,
                  const struct rv_plan *plan, struct rv_err *err) RV_CHECK;
/* Says how the plan is run with more rights, RV_DENIED; on a terminal offers to do so, and then returns the exit status
 * of that run. */
int rv_run_with_rights(struct rv_session *session, const struct rv_plan *plan, struct rv_err *err) RV_CHECK;

#endif
