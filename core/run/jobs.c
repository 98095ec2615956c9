/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How jobs stand, read from their directories alone: a held lock means running, a result tells the end, and neither
 * means that the helper was cut off. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/run/journal.h"
#include "core/run/lockfile.h"
#include "core/run/message_json.h"
#include "core/run/runner_private.h"
#include "core/run/state.h"

enum { TAIL_BYTES = 64 << 10 /* of a journal, for the last step */ };

static const char *const states[] = { "running", "waiting", "done", "failed", "interrupted", "cancelled" };
enum { N_STATES = sizeof states / sizeof *states };

const char *rv_job_state_id(enum rv_job_state state)
{
        return states[state];
}

static int64_t time_of(const json_t *json, const char *key)
{
        const char *text = json_string_value(json_object_get(json, key));
        int64_t at = 0;

        if (text)
                (void)rv_time_parse(text, strlen(text), &at);
        return at;
}

/* A request that cannot be read makes the job damaged, not invisible: it may have changed the system. */
static void look_at_request(int job_fd, struct rv_job_info *info)
{
        struct rv_kept kept = { 0 };
        const char *action;

        if (rv_kept_read(job_fd, &kept, NULL) != RV_OK) {
                info->damaged = true;
                return;
        }
        info->at = time_of(kept.json, "at");
        info->uid = (unsigned)json_integer_value(json_object_get(kept.json, "uid"));
        (void)snprintf(info->plugin, sizeof info->plugin, "%s", kept.plugin);
        (void)snprintf(info->plan, sizeof info->plan, "%s", kept.plan);
        action = json_string_value(json_object_get(json_array_get(kept.requests, 0), "action"));
        (void)snprintf(info->action, sizeof info->action, "%s", action ? action : "");
        rv_kept_free(&kept);
}

/* The last step, and whether an answer is waited for; true in *ret_asks then. */
static void look_at_journal(int job_fd, struct rv_job_info *info, bool *ret_asks)
{
        struct rv_events *events = NULL;
        struct rv_event event;
        struct stat st;
        bool more = true;
        int64_t from;

        if (fstatat(job_fd, "events.jsonl", &st, AT_SYMLINK_NOFOLLOW) < 0)
                return; /* killed before its first record */
        from = st.st_size > TAIL_BYTES ? st.st_size - TAIL_BYTES : 0;
        if (rv_events_new(job_fd, from, &events, NULL) != RV_OK) {
                info->damaged = true;
                return;
        }
        while (more) {
                if (rv_events_next(events, &event, &more, NULL) != RV_OK) {
                        info->damaged = true;
                        break;
                }
                if (!more)
                        break;
                *ret_asks = event.type == RV_EVENT_QUESTION;
                if (event.type != RV_EVENT_STEP && event.type != RV_EVENT_PROGRESS)
                        continue;
                info->done = event.done;
                info->total = event.total;
                (void)snprintf(info->step, sizeof info->step, "%s", event.step ? event.step : "");
        }
        rv_events_free(events);
}

/* Only an end is one: whether it runs the lock alone tells. Of a state of a later version we know nothing either, and
 * the job is then told from its parts. */
static bool read_state(const json_t *json, struct rv_job_info *info)
{
        const char *state = json_string_value(json_object_get(json, "state"));
        const char *code = json_string_value(json_object_get(json, "code"));
        int i;

        for (i = RV_JOB_DONE; state && code && i < N_STATES; i++)
                if (strcmp(states[i], state) == 0) {
                        info->state = (enum rv_job_state)i;
                        info->result = rv_code_from_id(code);
                        info->ended_at = time_of(json, "at");
                        return true;
                }
        return false;
}

/* False: there is no result that can be read, or it has no summary. */
static bool look_at_result(int job_fd, struct rv_job_info *info)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        const char *plugin, *action, *plan, *step;
        json_int_t uid, done, total;
        json_t *json;
        int committed;
        bool good;

        if (rv_job_file(job_fd, "result.json", RV_RESULT_MAX, &text, NULL) != RV_OK)
                return false;
        json = json_loadb(rv_buf_str(&text), text.size, JSON_ALLOW_NUL, NULL);
        good = json &&
               json_unpack(json, "{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:b}", "plugin", &plugin, "action", &action,
                           "plan", &plan, "step", &step, "uid", &uid, "done", &done, "total", &total, "committed",
                           &committed) == 0 &&
               done >= 0 && total >= 0;
        if (good) {
                info->at = time_of(json, "started_at");
                info->uid = (unsigned)uid;
                info->done = (uint64_t)done;
                info->total = (uint64_t)total;
                info->committed = committed != 0;
                (void)snprintf(info->plugin, sizeof info->plugin, "%s", plugin);
                (void)snprintf(info->action, sizeof info->action, "%s", action);
                (void)snprintf(info->plan, sizeof info->plan, "%s", plan);
                (void)snprintf(info->step, sizeof info->step, "%s", step);
                good = read_state(json, info);
        }
        json_decref(json);
        return good;
}

/* A job without an end: what it was asked, how far it came, and whether anything was changed. */
static void look_at_parts(int job_fd, struct rv_job_info *info, bool held)
{
        struct stat st;
        bool asks = false;

        look_at_request(job_fd, info);
        look_at_journal(job_fd, info, &asks);
        info->committed = fstatat(job_fd, "commit", &st, AT_SYMLINK_NOFOLLOW) == 0;
        if (held)
                info->state = asks ? RV_JOB_WAITING : RV_JOB_RUNNING;
        else
                info->state = RV_JOB_INTERRUPTED;
}

int rv_job_look(int job_fd, uint64_t number, struct rv_job_info *ret, struct rv_err *err)
{
        struct rv_job_info info = { .id = number, .result = -1 };
        struct rv_holder holder;
        bool held = rv_lock_held(job_fd, "lock", &holder);

        (void)err;
        /* The lock comes first: a job that is being recovered has the result of its first end still. */
        if (held || !look_at_result(job_fd, &info)) {
                info = (struct rv_job_info){ .id = number, .result = -1 };
                look_at_parts(job_fd, &info, held);
        }
        *ret = info;
        return RV_OK;
}

/* Reading asks for no lock, so it never stands in a helper's way. */
int rv_job_read(struct rv_state *state, uint64_t job, struct rv_job_info *ret, struct rv_err *err)
{
        RV_FD_CLEANUP int fd = -1;
        int rc = rv_state_job(state, job, &fd, err);

        return rc == RV_OK ? rv_job_look(fd, job, ret, err) : rc;
}

int rv_job_list(struct rv_state *state, struct rv_job_info **ret, size_t *ret_n, struct rv_err *err)
{
        struct rv_job_info *infos = NULL;
        uint64_t *numbers = NULL;
        size_t i, n = 0, kept = 0;
        int rc = rv_state_jobs(state, &numbers, &n, err);

        if (rc != RV_OK)
                return rc;
        infos = calloc(n ? n : 1, sizeof *infos);
        if (!infos)
                rc = rv_fail_memory(err);
        /* A job whose directory is a link or another user's is left out: it is none of ours. */
        for (i = 0; rc == RV_OK && i < n; i++)
                if (rv_job_read(state, numbers[i], &infos[kept], NULL) == RV_OK)
                        kept++;
        free(numbers);
        if (rc != RV_OK)
                return rc;
        *ret = infos;
        *ret_n = kept;
        return RV_OK;
}

/* The lock allows one a root; two are seen when state directories were merged by hand. */
int rv_job_running(struct rv_state *state, uint64_t *ret_job, struct rv_err *err)
{
        struct rv_job_info info;
        uint64_t *numbers = NULL, found = 0;
        size_t i, n = 0, running = 0;
        int rc = rv_state_jobs(state, &numbers, &n, err);

        for (i = 0; rc == RV_OK && i < n; i++)
                if (rv_job_read(state, numbers[i], &info, NULL) == RV_OK &&
                    (info.state == RV_JOB_RUNNING || info.state == RV_JOB_WAITING)) {
                        found = info.id;
                        running++;
                }
        free(numbers);
        if (rc == RV_OK && running == 0)
                rc = rv_fail(err, RV_NOTFOUND, N_("no job is running"), N_("reeve jobs lists those that ended"), NULL);
        else if (rc == RV_OK && running > 1)
                rc = rv_fail(err, RV_USAGE, N_("several jobs are running"), N_("name one: reeve jobs lists them"),
                             NULL);
        if (rc == RV_OK)
                *ret_job = found;
        return rc;
}

int rv_job_request(struct rv_state *state, uint64_t job, struct rv_buf *ret, struct rv_err *err)
{
        RV_FD_CLEANUP int fd = -1;
        int rc = rv_state_job(state, job, &fd, err);

        return rc == RV_OK ? rv_job_file(fd, "request.json", RV_REQUEST_MAX, ret, err) : rc;
}

int rv_job_error(struct rv_state *state, uint64_t job, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        RV_FD_CLEANUP int fd = -1;
        const json_t *error;
        json_t *json;
        int code;

        if (rv_state_job(state, job, &fd, NULL) != RV_OK ||
            rv_job_file(fd, "result.json", RV_RESULT_MAX, &text, NULL) != RV_OK)
                return RV_OK;
        json = json_loadb(rv_buf_str(&text), text.size, JSON_ALLOW_NUL, NULL);
        error = json_object_get(json, "error");
        code = json_is_object(error) ? rv_err_from_json(error, err) : RV_OK;
        json_decref(json);
        return code;
}

/* Whether it may still be cancelled only its helper knows, so it is asked, and no file is written. */
int rv_job_cancel(struct rv_state *state, uint64_t job, struct rv_err *err)
{
        RV_FD_CLEANUP int fd = -1;
        char number[24];
        int code = RV_OK, rc = rv_state_job(state, job, &fd, err);

        if (rc == RV_OK)
                rc = rv_control_call(fd, NULL, NULL, &code, err);
        if (rc != RV_OK || code == RV_OK)
                return rc;
        (void)snprintf(number, sizeof number, "%" PRIu64, job);
        return rv_fail(err, code, N_("job %1 is past the point of no return, and will be finished"),
                       N_("follow it: reeve jobs attach %1"), number, NULL);
}

int rv_job_reply(struct rv_state *state, uint64_t job, const char *question, const char *answer, struct rv_err *err)
{
        RV_FD_CLEANUP int fd = -1;
        char number[24];
        int code = RV_OK, rc = rv_state_job(state, job, &fd, err);

        if (rc == RV_OK)
                rc = rv_control_call(fd, question, answer, &code, err);
        if (rc != RV_OK || code == RV_OK)
                return rc;
        (void)snprintf(number, sizeof number, "%" PRIu64, job);
        return rv_fail(err, code, N_("job %1 waits for no answer to %2"), NULL, number, question, NULL);
}
