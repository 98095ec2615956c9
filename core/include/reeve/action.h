/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Actions: named changes that are planned, shown, and run as jobs.
 * Ownership: what is put is copied; what a getter returns is borrowed until the function that was handed the object
 * returns. plan() runs in the plugin's lane and changes nothing; run() and recover() run alone in reeve-helper. */
#ifndef REEVE_ACTION_H
#define REEVE_ACTION_H

#include <reeve/view.h>

#ifdef __cplusplus
extern "C" {
#endif

enum rv_action_flag {
        RV_NEEDS_ROOT = 1,
        RV_DESTRUCTIVE = 2,
        RV_READ_ONLY = 4, /* changes nothing but reeve's own notes */
        RV_MUST = 0x10000 /* a bit from here on that the host does not know refuses the action */
};

enum rv_way { RV_FINISH = 1, RV_REVERT = 2 };

struct rv_request;
struct rv_plan;
struct rv_job;

struct rv_action {
        const char *id, *title, *help;
        const struct rv_arg *args;
        const char *const *aliases; /* top-level words ("install"), NULL-ended, may be NULL */
        const char *view, *preview; /* view whose rows fill args[0]; view whose columns the steps have */
        const char *group;          /* pending actions of one group are planned together; NULL: alone */
        int (*plan)(const struct rv_request *const *requests, size_t n, struct rv_plan *plan, struct rv_err *err);
        int (*run)(struct rv_job *job, struct rv_err *err);
        /* For a job cut off after its commit. plan NULL: brings the promised state; else only puts the steps that this
         * would take into it. May itself be cut off and called again, with either way. NULL: nothing to recover. */
        int (*recover)(struct rv_job *job, enum rv_way way, struct rv_plan *plan, struct rv_err *err);
        uint32_t n_args, flags;
        char key[8]; /* the letter on the screen, "" for none */
};

/* --- while planning */
const char *rv_request_action(const struct rv_request *request);
const struct rv_query *rv_request_query(const struct rv_request *request);

/* The steps of the plan are rows of the action's preview view. No row: nothing to do. */
struct rv_sink *rv_plan_steps(struct rv_plan *plan);

/* Names a state that the plan rests on (a digest, a version); it enters the plan's identity. */
void rv_plan_state(struct rv_plan *plan, const char *name, const void *bytes, size_t n);

/* All that run() will get: a JSON object, at most 1 MiB. */
int rv_plan_data(struct rv_plan *plan, const char *json, struct rv_err *err) RV_CHECK;

/* A question that must be answered before or while the plan runs; option names the command-line option that answers. */
void rv_plan_question(struct rv_plan *plan, const char *id, const char *option, const char *msgid, ...) RV_SENTINEL;

/* --- while running */
const struct rv_query *rv_job_query(const struct rv_job *job);
const char *rv_job_data(const struct rv_job *job);

/* The answer to a question, NULL when nobody gave one: fail closed. */
const char *rv_job_answer(const struct rv_job *job, const char *question);

/* The job's directory, for the plugin's own journal; borrowed. */
int rv_job_dir(const struct rv_job *job);

/* Durable point of no return: from here on the job is finished or recovered, no longer cancelled. */
int rv_job_commit(struct rv_job *job, struct rv_err *err) RV_CHECK;

/* Progress. total 0: unknown. Returns RV_CANCELLED when somebody asked to stop, before the commit only. */
int rv_job_step(struct rv_job *job, const char *step, uint64_t done, uint64_t total) RV_CHECK;
void rv_job_log(struct rv_job *job, const char *step, const char *text, size_t len);

#ifdef __cplusplus
}
#endif

#endif
