/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The SDK's calls on a running job. Who wants to cancel is heard at each step, and at the commit for the last time:
 * through the job's socket, or by SIGTERM or SIGINT, which the helper keeps blocked and looks for here. */
#include "core/run/job.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/model/query.h"
#include "core/run/outline.h"
#include "core/run/runner_private.h"

enum { TOLD_MS = 250 /* between two records of the same step */, ANSWER_S = 600, POLL_MS = 500 };

static int64_t boot_ms(void)
{
        struct timespec now = { 0 };

        (void)clock_gettime(CLOCK_BOOTTIME, &now);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const struct rv_query *rv_job_query(const struct rv_job *job)
{
        return job->request->query;
}

const char *rv_job_data(const struct rv_job *job)
{
        return job->data;
}

int rv_job_dir(const struct rv_job *job)
{
        return job->dir;
}

/* --- being asked to stop */

/* Blocked signals stay pending, so looking does not consume them; a shutdown's SIGTERM counts as a cancel. */
static bool signal_waits(void)
{
        sigset_t waiting;

        return sigpending(&waiting) == 0 && (sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGINT) == 1);
}

/* Question and answer side by side: an answer to another question is never taken for this one's. */
static void keep_answer(struct rv_live *live, const struct rv_call *call)
{
        rv_buf_clear(&live->answer);
        rv_buf_add(&live->answer, rv_buf_str(&call->question), call->question.size + 1);
        rv_buf_add(&live->answer, rv_buf_str(&call->answer), call->answer.size + 1);
}

/* Hears all calls that wait. awaited: the question that an answer may be for, NULL for none. */
static void hear(struct rv_live *live, const char *awaited)
{
        struct rv_call call;

        if (!live->committed && signal_waits())
                live->cancelled = true;
        while (rv_control_accept(live->control, &call)) {
                if (call.cancel && !live->committed) {
                        live->cancelled = true;
                        rv_control_reply(&call, RV_OK);
                } else if (call.cancel) {
                        rv_control_reply(&call, RV_CONFLICT);
                } else if (awaited && strcmp(rv_buf_str(&call.question), awaited) == 0) {
                        keep_answer(live, &call);
                        rv_control_reply(&call, RV_OK);
                } else {
                        rv_control_reply(&call, RV_NOTFOUND);
                }
        }
}

/* --- telling */

/* Progress of one step is written four times a second at most, and when it reaches its end; a new step always, and
 * synced. */
int rv_job_step(struct rv_job *job, const char *step, uint64_t done, uint64_t total)
{
        struct rv_live *live = job->live;
        struct rv_event event = { .type = RV_EVENT_PROGRESS, .step = step ? step : "", .done = done, .total = total };
        bool stage = strncmp(live->info.step, event.step, sizeof live->info.step - 1) != 0;
        bool end = total && done == total && done != live->info.done;
        int64_t now = boot_ms();
        int rc;

        if (live->journal.fd < 0) /* only looked at */
                return RV_OK;
        hear(live, NULL);
        if (live->cancelled && !live->committed)
                return RV_CANCELLED;
        live->info.done = done;
        live->info.total = total;
        if (!stage && now - live->told_ms < TOLD_MS && !end)
                return RV_OK;
        if (stage) {
                event.type = RV_EVENT_STEP;
                (void)snprintf(live->info.step, sizeof live->info.step, "%s", event.step);
        }
        live->told_ms = now;
        rv_outline_write(rv_query_root(job->request->query), &live->info);
        rc = rv_journal_add(&live->journal, &event, stage, NULL);
        /* After the commit a full disk must not stop the work half-way: telling of it is worth less than doing it. */
        return live->committed ? RV_OK : rc;
}

/* Losing a line of the log is no reason to stop a job, so failures are passed over. */
void rv_job_log(struct rv_job *job, const char *step, const char *text, size_t len)
{
        RV_BUF_CLEANUP struct rv_buf copy = { 0 };
        struct rv_event event = { .type = RV_EVENT_LOG, .step = step };

        rv_buf_add(&copy, text, len < RV_JOURNAL_TEXT_MAX ? len : RV_JOURNAL_TEXT_MAX);
        event.text = rv_buf_str(&copy);
        (void)!rv_journal_add(&job->live->journal, &event, false, NULL);
}

void rv_job_note(struct rv_job *job, const char *msgid, ...)
{
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };
        struct rv_event event = { .type = RV_EVENT_LOG };
        va_list args;

        va_start(args, msgid);
        rv_message_pack(&packed, "reeve", msgid, args);
        va_end(args);
        event.packed = rv_buf_str(&packed);
        event.packed_size = packed.size;
        (void)!rv_journal_add(&job->live->journal, &event, false, NULL);
}

/* --- the point of no return */

/* Journal first, marker second: a marker without its record would be a commit that nobody can date. */
int rv_job_commit(struct rv_job *job, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf marker = { 0 };
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };
        struct rv_live *live = job->live;
        struct rv_event event = { .type = RV_EVENT_LOG };
        int rc;

        if (live->committed)
                return RV_OK;
        if (live->journal.fd < 0)
                return rv_fail(err, RV_INTERNAL, N_("a job that is only looked at cannot be committed"), NULL, NULL);
        hear(live, NULL);
        if (live->cancelled)
                return rv_fail(err, RV_CANCELLED, N_("stopped; nothing was changed"), NULL, NULL);
        rv_message_packf(&packed, "reeve", N_("the point of no return: from here the job is finished or recovered"),
                         NULL);
        event.packed = rv_buf_str(&packed);
        event.packed_size = packed.size;
        rc = rv_journal_add(&live->journal, &event, true, err);
        if (rc != RV_OK)
                return rc;
        rv_buf_printf(&marker, "{\"v\":%d,\"boot\":\"%s\",\"seq\":%llu}\n", RV_JOURNAL_VERSION, live->journal.boot,
                      (unsigned long long)live->journal.seq);
        if (marker.failed)
                return rv_fail_memory(err);
        rc = rv_file_write(job->dir, "commit", marker.data, marker.size, 0600, err);
        if (rc != RV_OK) {
                (void)unlinkat(job->dir, "commit", 0); /* it may be there and not be durable */
                return rc;
        }
        live->committed = true;
        return RV_OK;
}

/* --- questions */

static const struct rv_question *find_question(const struct rv_plan *plan, const char *id)
{
        size_t i;

        for (i = 0; plan && i < plan->n_questions; i++)
                if (strcmp(plan->questions[i].id, id) == 0)
                        return &plan->questions[i];
        return NULL;
}

/* Ends with an answer, a cancel, or after ten minutes: nobody there is an answer as well, and it is no. */
static void wait_for_answer(struct rv_live *live, const struct rv_question *question)
{
        struct pollfd polled = { .fd = live->control, .events = POLLIN };
        int64_t end = boot_ms() + (int64_t)ANSWER_S * 1000;
        size_t known = strlen(question->id);

        rv_buf_clear(&live->answer);
        while (!live->cancelled && boot_ms() < end) {
                hear(live, question->id);
                if (live->answer.size > known)
                        return;
                if (!live->cancelled)
                        (void)poll(&polled, 1, POLL_MS);
        }
}

const char *rv_job_answer(const struct rv_job *job, const char *id)
{
        struct rv_live *live = job->live;
        const struct rv_question *question = find_question(live->plan, id);
        struct rv_event event = { .type = RV_EVENT_QUESTION, .question = id };

        if (job->kept && json_object_get(job->kept->answers, id))
                return json_string_value(json_object_get(job->kept->answers, id));
        if (!question || question->answer || !job->interactive || live->control < 0)
                return question ? question->answer : NULL;
        event.option = question->option;
        event.packed = question->packed;
        event.packed_size = question->packed_size;
        if (rv_journal_add(&live->journal, &event, true, NULL) != RV_OK)
                return NULL;
        live->info.state = RV_JOB_WAITING;
        rv_outline_write(rv_query_root(job->request->query), &live->info);
        wait_for_answer(live, question);
        live->info.state = RV_JOB_RUNNING;
        if (live->answer.size <= strlen(id))
                return NULL;
        if (rv_plan_answer(live->plan, id, rv_buf_str(&live->answer) + strlen(id) + 1, NULL) != RV_OK)
                return NULL;
        event = (struct rv_event){ .type = RV_EVENT_LOG, .step = id, .text = question->answer };
        (void)!rv_journal_add(&live->journal, &event, true, NULL);
        return question->answer;
}
