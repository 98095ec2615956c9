/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs as a front end sees them: listed, followed, cancelled, answered, all by reading the state directory of the
 * managed root, so that any later process can attach.
 * Ownership: a state handle is the caller's; infos and events borrow from what filled them. */
#ifndef REEVE_RUN_JOB_H
#define REEVE_RUN_JOB_H

#include <reeve/view.h>

#include "core/run/loop.h"

struct rv_buf;
struct rv_plugin;
struct rv_root;

/* running: its helper lives; waiting: for an answer; failed: changed nothing; interrupted: its helper is gone, or it
 * stopped after the point of no return: to be recovered; cancelled: asked to stop, or reverted. */
enum rv_job_state { RV_JOB_RUNNING, RV_JOB_WAITING, RV_JOB_DONE, RV_JOB_FAILED, RV_JOB_INTERRUPTED, RV_JOB_CANCELLED };
/* "running" and so on. */
const char *rv_job_state_id(enum rv_job_state state);

/* The state directory of a root: its var/lib/reeve, or the user's own ($XDG_STATE_HOME/reeve, ~/.local/state/reeve)
 * when that one is not theirs to write. RV_NOTFOUND: there is none yet, so there are no jobs. RV_UNTRUSTED: a symbolic
 * link, or another user's. */
struct rv_state;
int rv_state_open(const struct rv_root *root, struct rv_state **ret, struct rv_err *err) RV_CHECK;
/* Whether a job could be started as things are: RV_READONLY where its place is on a read-only file system, and there is
 * no place of the user's own instead. Changes nothing; other reasons show when it is started. */
int rv_state_check(const struct rv_root *root, struct rv_err *err) RV_CHECK;
void rv_state_free(struct rv_state *state);
void rv_state_freep(struct rv_state **state);
#define RV_STATE_CLEANUP __attribute__((cleanup(rv_state_freep)))

struct rv_job_info {
        uint64_t id;
        int64_t at, ended_at; /* Unix seconds; ended_at 0: not yet */
        enum rv_job_state state;
        bool committed;              /* past the point of no return */
        bool damaged;                /* its journal or request cannot be read whole */
        uint64_t done, total;        /* of the last step; total 0: unknown */
        int result;                  /* enum rv_code, -1: none yet */
        unsigned uid;                /* who asked for it */
        char plugin[64], action[64]; /* ids; "" when the request is damaged */
        char plan[65], step[256];
};
/* One job, or all in the order of their numbers (the array is the caller's to free). */
int rv_job_read(struct rv_state *state, uint64_t job, struct rv_job_info *ret, struct rv_err *err) RV_CHECK;
int rv_job_list(struct rv_state *state, struct rv_job_info **ret, size_t *ret_n, struct rv_err *err) RV_CHECK;
/* The only job that is running or waiting (RV_NOTFOUND: none; RV_USAGE: several), for `reeve jobs attach` without ID.
 */
int rv_job_running(struct rv_state *state, uint64_t *ret_job, struct rv_err *err) RV_CHECK;
/* The request of a job as it was written (JSON text; "steps" are its steps by column id). */
int rv_job_request(struct rv_state *state, uint64_t job, struct rv_buf *ret, struct rv_err *err) RV_CHECK;

/* What a job that has ended failed by, with its causes, as its error: its code is returned. RV_OK: it has none, or none
 * that can be read. */
int rv_job_error(struct rv_state *state, uint64_t job, struct rv_err *err) RV_CHECK;

enum rv_event_type { RV_EVENT_STEP = 1, RV_EVENT_PROGRESS, RV_EVENT_LOG, RV_EVENT_QUESTION, RV_EVENT_DONE };
const char *rv_event_id(enum rv_event_type type); /* "step" and so on */
struct rv_event {
        uint64_t seq; /* counts up by one from 1 */
        int64_t at;   /* Unix seconds */
        enum rv_event_type type;
        const char *step;     /* step, progress, log: what it works on (from outside); NULL for none */
        uint64_t done, total; /* step, progress; total 0: unknown */
        const char *text;     /* log: a line as it came (from outside); NULL for none */
        const char *question, *option;
        int code;           /* done: enum rv_code */
        const char *packed; /* log, question, done: a packed message; NULL for none */
        size_t packed_size;
        const char *hint; /* done: a packed message; NULL for none */
        size_t hint_size;
};

/* Reading a job's events, first to last. next: RV_OK with *ret_more false when there is none at the moment. RV_DAMAGED
 * names the line that is torn and is not the last. The event is borrowed until the next call. */
struct rv_events;
int rv_events_open(struct rv_state *state, uint64_t job, struct rv_events **ret, struct rv_err *err) RV_CHECK;
void rv_events_free(struct rv_events *events);
int rv_events_next(struct rv_events *events, struct rv_event *ret, bool *ret_more, struct rv_err *err) RV_CHECK;

/* Following in a loop: event() for each event from the first on, in order, then ended() once, when the job is over or
 * its helper is gone. Both may call rv_follow_stop(); after ended() it must be called still. info and error are
 * borrowed; error is NULL or says why following ended early (a damaged journal). */
struct rv_follow;
struct rv_follow_calls {
        void (*event)(const struct rv_event *event, void *user);
        void (*ended)(const struct rv_job_info *info, const struct rv_err *error, void *user);
};
int rv_follow_start(struct rv_loop *loop, struct rv_state *state, uint64_t job, const struct rv_follow_calls *calls,
                    void *user, struct rv_follow **ret, struct rv_err *err) RV_CHECK;
void rv_follow_stop(struct rv_follow *follow); /* NULL is fine */

/* Asks a running job to stop. RV_OK: it will, and nothing is changed. RV_CONFLICT: past the point of no return.
 * RV_NOTFOUND: not running. Blocks up to 5 s for the helper's word: RV_PARTIAL says that it was asked and has not
 * answered yet. */
int rv_job_cancel(struct rv_state *state, uint64_t job, struct rv_err *err) RV_CHECK;
/* Answers a question of a waiting job. */
int rv_job_reply(struct rv_state *state, uint64_t job, const char *question, const char *answer,
                 struct rv_err *err) RV_CHECK;

/* The view reeve/jobs, for struct rv_host's own_views; NULL-ended. */
extern const struct rv_view *const rv_own_views[];
/* Its fill, and what jobs add to the common views (columns as a plugin numbers them), for its `own`. */
rv_fill rv_jobs_fill, rv_jobs_findings, rv_jobs_changes;
extern const struct rv_plugin rv_own_plugin;

#endif
