/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking, running and ending a job. The order of what goes to disk is the point: request before anybody is told, marker
 * before the point of no return, journal before the result. */
#include "core/run/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <reeve/plugin.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/model/query.h"
#include "core/run/lockfile.h"
#include "core/run/message_json.h"
#include "core/run/outline.h"
#include "core/run/runner_private.h"
#include "core/run/start.h"
#include "core/run/wire.h"

enum { RESERVE_BYTES = 64 << 10 };

static const char LOCK[] = "lock", REQUEST[] = "request.json", RESULT[] = "result.json", COMMIT[] = "commit";
static const char RESERVE[] = "reserve"; /* room that is given up for the result when the disk is full by then */

/* Both locks carry the same text: the state's says who is at work on the system, the job's who runs it. */
static void sign(int lock_fd, uint64_t job)
{
        struct rv_holder self;

        rv_holder_self(&self);
        self.job = job;
        (void)snprintf(self.program, sizeof self.program, "reeve-helper");
        /* Only names the holder to others: the kernel holds the lock, whether this can be written or not. */
        (void)!rv_lock_sign(lock_fd, &self, NULL);
}

/* Signed with job 0 first: who meets the lock while a plan is made again is told the process at least. */
int rv_job_lock(const struct rv_state *state, const struct rv_start *start, bool (*gone)(void *user), void *user,
                int *ret_lock_fd, struct rv_err *err)
{
        int rc = rv_lock_take(state->fd, LOCK, start->wait_s, gone, user, ret_lock_fd, err);

        if (rc == RV_OK)
                sign(*ret_lock_fd, 0);
        return rc;
}

/* Who asked: the login that the kernel remembers through sudo and su, else the user that this runs as. */
static uint32_t asking_user(void)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        unsigned long uid;

        if (rv_file_read(AT_FDCWD, "/proc/self/loginuid", 64, &text, NULL) != RV_OK || text.size == 0)
                return getuid();
        uid = strtoul(rv_buf_str(&text), NULL, 10);
        return uid >= UINT32_MAX ? getuid() : (uint32_t)uid;
}

static void describe(const struct rv_plan *plan, struct rv_job_info *ret)
{
        ret->at = rv_now();
        ret->uid = asking_user();
        (void)snprintf(ret->plugin, sizeof ret->plugin, "%s", plan->plugin->id);
        (void)snprintf(ret->action, sizeof ret->action, "%s", plan->requests[0]->action->id);
        (void)snprintf(ret->plan, sizeof ret->plan, "%s", plan->id);
}

/* The request as it was understood, the plan's data for run(), and the steps for people: all that recovery and
 * `reeve jobs show` need, so that neither has to plan. */
static void write_request(const struct rv_plan *plan, const struct rv_job_info *info, struct rv_buf *out)
{
        struct rv_json json = { .out = out };

        rv_json_begin(&json, '{');
        rv_json_key(&json, "reeve");
        rv_json_int(&json, RV_WIRE_VERSION);
        rv_json_key(&json, "plugin");
        rv_json_str(&json, plan->plugin->id);
        rv_json_key(&json, "plan");
        rv_json_str(&json, plan->id);
        rv_json_key(&json, "at");
        rv_json_time(&json, info->at);
        rv_json_key(&json, "uid");
        rv_json_int(&json, info->uid);
        rv_json_key(&json, "requests");
        rv_requests_json(plan, &json);
        rv_json_key(&json, "answers");
        rv_answers_json(plan, &json);
        rv_json_key(&json, "data");
        rv_json_str(&json, rv_plan_json(plan));
        rv_json_key(&json, "steps");
        rv_steps_json(plan->steps, &json);
        rv_json_end(&json, '}');
        rv_buf_add_char(out, '\n');
}

/* Members that are not known are passed over here, unlike on the wire: a later version may have written more. */
int rv_kept_read(int job_fd, struct rv_kept *ret, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct rv_kept kept = { 0 };
        json_error_t error;
        int version, rc = rv_job_file(job_fd, REQUEST, RV_REQUEST_MAX, &text, err);

        if (rc != RV_OK)
                return rc;
        kept.json = json_loadb(rv_buf_str(&text), text.size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
        if (!kept.json || json_unpack_ex(kept.json, &error, 0, "{s:i, s:s, s:s, s:s, s:o, s:o}", "reeve", &version,
                                         "plugin", &kept.plugin, "plan", &kept.plan, "data", &kept.data, "requests",
                                         &kept.requests, "answers", &kept.answers) < 0) {
                json_decref(kept.json);
                return rv_fail(err, RV_DAMAGED, N_("%1: is damaged: %2"), NULL, REQUEST, error.text, NULL);
        }
        if (!rv_answers_valid(kept.answers)) {
                json_decref(kept.json);
                return rv_fail(err, RV_DAMAGED, N_("%1: is damaged: %2"), NULL, REQUEST, "answers", NULL);
        }
        *ret = kept;
        return RV_OK;
}

void rv_kept_free(struct rv_kept *kept)
{
        json_decref(kept->json);
        kept->json = NULL;
}

/* The lock is the job's from here on, on failure too: the caller never closes it. */
static struct rv_job *new_job(const struct rv_state *state, int take_lock_fd)
{
        struct rv_job *job = calloc(1, sizeof *job);
        struct rv_live *live = calloc(1, sizeof *live);

        if (!job || !live) {
                free(job);
                free(live);
                return NULL;
        }
        *job = (struct rv_job){ .state = state, .dir = -1, .state_lock = take_lock_fd, .lock = -1, .live = live };
        live->control = live->journal.fd = -1;
        return job;
}

/* The parts that every job has once its directory is open: its own lock, journal and socket. */
static int open_parts(struct rv_job *job, struct rv_err *err)
{
        RV_ERR_CLEANUP struct rv_err ignored = { 0 };
        int rc = rv_lock_take(job->dir, LOCK, 0, NULL, NULL, &job->lock, err);

        if (rc == RV_OK)
                rc = rv_journal_open(job->dir, &job->live->journal, err);
        /* A file system that has no sockets: the job runs, and cannot be cancelled. */
        if (rc == RV_OK && rv_control_listen(job->dir, &job->live->control, &ignored) != RV_OK)
                job->live->control = -1;
        return rc;
}

/* A disk that has no room for telling how a job ended has none for the job. */
static int make_reserve(const struct rv_job *job, struct rv_err *err)
{
        RV_FD_CLEANUP int fd = openat(job->dir, RESERVE, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        int number = fd < 0 ? errno : posix_fallocate(fd, 0, RESERVE_BYTES);

        return number == 0 ? RV_OK : rv_fail_errno(err, number, N_("%1: cannot be written: %2"), RESERVE);
}

/* In a directory without a number, which no list shows; its number is the last thing that it gets. */
static int fill_directory(struct rv_job *job, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        int rc = rv_state_new(job->state, &job->dir, err);

        if (rc == RV_OK)
                rc = open_parts(job, err);
        if (rc == RV_OK)
                rc = make_reserve(job, err);
        if (rc != RV_OK)
                return rc;
        describe(job->live->plan, &job->live->info);
        write_request(job->live->plan, &job->live->info, &text);
        if (text.failed)
                return rv_fail_memory(err);
        return rv_file_write(job->dir, REQUEST, text.data, text.size, 0600, err);
}

/* When this returns the job is promised: it is on disk under its number, with its lock held. */
int rv_job_create(const struct rv_state *state, int take_lock_fd, struct rv_plan *plan, const struct rv_start *start,
                  struct rv_job **ret, struct rv_err *err)
{
        struct rv_job *job = new_job(state, take_lock_fd);
        int rc;

        if (!job) {
                rv_close(&take_lock_fd);
                return rv_fail_memory(err);
        }
        job->request = plan->requests[0];
        job->data = rv_plan_json(plan);
        job->interactive = start->interactive;
        job->live->plan = plan;
        rc = fill_directory(job, err);
        if (rc == RV_OK)
                rc = rv_state_publish(state, &job->number, err);
        if (rc != RV_OK) {
                rv_job_close(job);
                return rc;
        }
        job->live->info.id = job->number;
        rv_outline_write(rv_query_root(job->request->query), &job->live->info);
        sign(job->lock, job->number);
        sign(job->state_lock, job->number);
        *ret = job;
        return RV_OK;
}

/* Asked under the state's lock, so that the answer stays true. */
static int check_interrupted(const struct rv_job *job, struct rv_err *err)
{
        struct rv_job_info *info = &job->live->info;
        char number[24];
        int rc = rv_job_look(job->dir, job->number, info, err);

        if (rc != RV_OK || info->state == RV_JOB_INTERRUPTED)
                return rc;
        (void)snprintf(number, sizeof number, "%" PRIu64, job->number);
        if (info->state == RV_JOB_RUNNING || info->state == RV_JOB_WAITING)
                return rv_fail(err, RV_LOCKED, N_("job %1 is running"), N_("follow it: reeve jobs attach %1"), number,
                               NULL);
        return rv_fail(err, RV_USAGE, N_("job %1 is %2: there is nothing to recover"), NULL, number,
                       rv_job_state_id(info->state), NULL);
}

/* Nothing is written here: a job that ended well keeps its directory as it is. The lock is the job's, on failure too.
 */
static int open_job(const struct rv_state *state, int take_lock_fd, uint64_t number, const struct rv_request *request,
                    const struct rv_kept *kept, struct rv_job **ret, struct rv_err *err)
{
        struct rv_job *job = new_job(state, take_lock_fd);
        struct stat st;
        int rc;

        if (!job) {
                rv_close(&take_lock_fd);
                return rv_fail_memory(err);
        }
        job->number = number;
        job->request = request;
        job->data = kept->data;
        job->kept = kept;
        rc = rv_state_job(state, number, &job->dir, err);
        if (rc == RV_OK)
                rc = check_interrupted(job, err);
        if (rc != RV_OK) {
                rv_job_close(job);
                return rc;
        }
        job->live->committed = fstatat(job->dir, COMMIT, &st, AT_SYMLINK_NOFOLLOW) == 0;
        *ret = job;
        return RV_OK;
}

int rv_job_peek(const struct rv_state *state, uint64_t number, const struct rv_request *request,
                const struct rv_kept *kept, struct rv_job **ret, struct rv_err *err)
{
        return open_job(state, -1, number, request, kept, ret, err);
}

int rv_job_resume(const struct rv_state *state, int take_lock_fd, uint64_t number, const struct rv_request *request,
                  const struct rv_kept *kept, struct rv_job **ret, struct rv_err *err)
{
        struct rv_job *job = NULL;
        int rc = open_job(state, take_lock_fd, number, request, kept, &job, err);

        if (rc == RV_OK)
                rc = open_parts(job, err);
        if (rc != RV_OK) {
                rv_job_close(job);
                return rc;
        }
        job->live->info.state = RV_JOB_RUNNING;
        sign(job->lock, number);
        sign(job->state_lock, number);
        *ret = job;
        return RV_OK;
}

void rv_job_plan(struct rv_job *job, struct rv_plan *plan)
{
        job->live->plan = plan;
}

uint64_t rv_job_number(const struct rv_job *job)
{
        return job->number;
}

bool rv_job_committed(const struct rv_job *job)
{
        return job->live->committed;
}

/* --- running */

/* A plugin that returns a code without words still gives an error that names it. */
static int check_result(int rc, const struct rv_job *job, struct rv_err *err)
{
        const struct rv_request *request = job->request;

        if (rc == RV_CANCELLED && !err->code)
                return rv_fail(err, rc, N_("stopped; nothing was changed"), NULL, NULL);
        if (rc != RV_OK && !err->code)
                return rv_fail(err, rc, N_("%1 %2: failed"), NULL, request->plugin->id, request->action->id, NULL);
        return rc;
}

/* The error's domain is the plugin's for the time of the call, so that its msgids find their translations. */
int rv_job_run(struct rv_job *job, struct rv_err *err)
{
        const char *before = err->domain;
        int rc;

        err->domain = rv_plan_domain(job->request->plugin);
        rc = job->request->action->run(job, err);
        err->domain = before;
        return check_result(rc, job, err);
}

/* The plugin decides from what is on disk, its own records in rv_job_dir() included. */
int rv_job_recover(struct rv_job *job, enum rv_way way, struct rv_err *err)
{
        const struct rv_action *action = job->request->action;
        const char *before = err->domain;
        int rc;

        if (!action->recover)
                return rv_fail(err, RV_UNSUPPORTED, N_("%1 %2: the plugin cannot recover it"), NULL,
                               job->request->plugin->id, action->id, NULL);
        err->domain = rv_plan_domain(job->request->plugin);
        rc = action->recover(job, way, NULL, err);
        err->domain = before;
        return check_result(rc, job, err);
}

/* The commit makes the difference: the same code means "nothing happened" before it and "half done" after. What was
 * undone but for a part is undone, and never the thing done. */
static enum rv_job_state state_after(const struct rv_job *job, int code, bool reverted)
{
        if (code == RV_OK || code == RV_PARTIAL)
                return reverted ? RV_JOB_CANCELLED : RV_JOB_DONE;
        if (job->live->committed)
                return RV_JOB_INTERRUPTED;
        return code == RV_CANCELLED ? RV_JOB_CANCELLED : RV_JOB_FAILED;
}

/* What a list shows of the job, so that listing a thousand ended ones reads neither their requests nor journals. */
static void write_summary(const struct rv_job *job, struct rv_json *json)
{
        const struct rv_job_info *info = &job->live->info;

        rv_json_key(json, "started_at");
        rv_json_time(json, info->at);
        rv_json_key(json, "uid");
        rv_json_int(json, info->uid);
        rv_json_key(json, "plugin");
        rv_json_str(json, info->plugin);
        rv_json_key(json, "action");
        rv_json_str(json, info->action);
        rv_json_key(json, "plan");
        rv_json_str(json, info->plan);
        rv_json_key(json, "step");
        rv_json_str(json, info->step);
        rv_json_key(json, "done");
        rv_json_int(json, (int64_t)info->done);
        rv_json_key(json, "total");
        rv_json_int(json, (int64_t)info->total);
        rv_json_key(json, "committed");
        rv_json_bool(json, job->live->committed);
}

static void write_result(const struct rv_job *job, enum rv_job_state state, int code, const struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct rv_json json = { .out = &text };

        rv_json_begin(&json, '{');
        rv_json_key(&json, "reeve");
        rv_json_int(&json, RV_WIRE_VERSION);
        rv_json_key(&json, "state");
        rv_json_str(&json, rv_job_state_id(state));
        rv_json_key(&json, "code");
        rv_json_str(&json, rv_code_id(code));
        rv_json_key(&json, "at");
        rv_json_time(&json, rv_now());
        rv_json_key(&json, "error");
        if (err->code)
                rv_err_json(err, &json);
        else
                rv_json_null(&json);
        write_summary(job, &json);
        rv_json_end(&json, '}');
        rv_buf_add_char(&text, '\n');
        /* Without room for it the job reads as interrupted, which is what recovering repairs. */
        if (!text.failed)
                (void)!rv_file_write(job->dir, RESULT, text.data, text.size, 0600, NULL);
}

/* Done first in the journal, then as the result: a reader that has seen the result has seen all events. */
void rv_job_end(struct rv_job *job, int code, bool reverted, struct rv_err *err)
{
        enum rv_job_state state = state_after(job, code, reverted);
        struct rv_event event = { .type = RV_EVENT_DONE };
        char number[24];

        if (state == RV_JOB_INTERRUPTED && code != RV_INCOMPLETE) {
                (void)snprintf(number, sizeof number, "%" PRIu64, job->number);
                code = rv_fail(err, RV_INCOMPLETE, N_("job %1 changed the system in part"),
                               N_("finish it or undo it: reeve jobs recover %1"), number, NULL);
        }
        event.code = code;
        if (err->code) {
                event.packed = rv_buf_str(&err->message);
                event.packed_size = err->message.size;
                event.hint = err->hint.size ? rv_buf_str(&err->hint) : NULL;
                event.hint_size = err->hint.size;
        }
        (void)unlinkat(job->dir, RESERVE, 0);
        (void)!rv_journal_add(&job->live->journal, &event, true, NULL);
        write_result(job, state, code, err);
        job->live->info.state = state;
        rv_outline_write(rv_query_root(job->request->query), &job->live->info);
        (void)unlinkat(job->dir, "socket", 0);
}

/* The locks go last: whoever gets them finds everything closed. */
void rv_job_close(struct rv_job *job)
{
        if (!job)
                return;
        rv_journal_close(&job->live->journal);
        rv_close(&job->live->control);
        rv_buf_free(&job->live->answer);
        rv_close(&job->lock);
        rv_close(&job->dir);
        rv_close(&job->state_lock);
        free(job->live);
        free(job);
}
