/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Following a job: its events as lines (or a bar) on standard error, or as JSON lines on standard output. The job is
 * nobody's: an interrupt ends the following, not the job. */
#include "tui/batch/follow.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/utf8.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "core/run/job.h"
#include "core/run/plan.h"
#include "tui/batch/ask.h"
#include "tui/batch/batch.h"
#include "tui/batch/emit.h"
#include "tui/present/command.h"
#include "tui/present/text.h"

enum { BAR = 20, LINE = 79, EXIT_INTERRUPTED = 128 + SIGINT };

struct following {
        struct rv_session *session;
        const struct rv_settings *settings;
        struct rv_state *state;
        uint64_t job;
        struct rv_follow *follow;
        struct rv_job_info info;
        bool bar, drawn, ended;
        struct rv_buf last; /* the step that was shown last */
        struct rv_err *err; /* of following itself */
};

static struct rv_loop *interrupted_loop; /* for the signal handler alone */

static void interrupt(int number)
{
        (void)number;
        if (interrupted_loop)
                rv_loop_end(interrupted_loop);
}

static void say(const char *text, size_t n)
{
        (void)!rv_write_all(STDERR_FILENO, text, n);
}

/* Blanks instead of an escape sequence: this works on every terminal. */
static void clear_bar(struct following *f)
{
        char blanks[LINE + 2];

        if (!f->drawn)
                return;
        memset(blanks, ' ', sizeof blanks);
        blanks[0] = blanks[LINE + 1] = '\r';
        say(blanks, sizeof blanks);
        f->drawn = false;
}

/* At most 79 cells; the last column stays free, so that nothing wraps. */
static void draw_bar(struct following *f, const struct rv_event *event)
{
        RV_BUF_CLEANUP struct rv_buf line = { 0 }, step = { 0 };
        unsigned full = event->total ? (unsigned)((double)event->done / (double)event->total * BAR) : 0, i;

        clear_bar(f);
        rv_buf_add_str(&line, "\r[");
        for (i = 0; i < BAR; i++)
                rv_buf_add_char(&line, i < full ? '#' : '.');
        rv_buf_printf(&line, "] %3u %%  ", full > BAR ? 100U : full * 100U / BAR);
        if (event->step)
                rv_sanitize(event->step, strlen(event->step), &step);
        rv_text_pad(rv_buf_str(&step), step.size, LINE - BAR - 12, false, &line);
        say(rv_buf_str(&line), line.size);
        f->drawn = true;
}

/* On a pipe a line is written where the step changes, not for each report of the same one. */
static void show_step(struct following *f, const struct rv_event *event)
{
        RV_BUF_CLEANUP struct rv_buf line = { 0 };
        const char *step = event->step ? event->step : "";

        if (f->bar) {
                draw_bar(f, event);
                return;
        }
        if (strcmp(step, rv_buf_str(&f->last)) == 0 && f->last.size)
                return;
        rv_buf_clear(&f->last);
        rv_buf_add_str(&f->last, step);
        if (event->total)
                rv_buf_printf(&line, "%" PRIu64 "/%" PRIu64 " ", event->done, event->total);
        rv_sanitize(step, strlen(step), &line);
        rv_buf_add_char(&line, '\n');
        say(rv_buf_str(&line), line.size);
}

/* A message is ours and translated; a line of a program is not and is sanitised. */
static void show_text(struct following *f, const struct rv_event *event)
{
        RV_BUF_CLEANUP struct rv_buf line = { 0 };

        clear_bar(f);
        if (event->packed)
                rv_tr_packed(event->packed, event->packed_size, &line);
        else if (event->text)
                rv_sanitize(event->text, strlen(event->text), &line);
        rv_buf_add_char(&line, '\n');
        say(rv_buf_str(&line), line.size);
}

/* Where nobody is there the question stays open, and the job waits until somebody attaches. */
static void ask(struct following *f, const struct rv_event *event)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        char answer[1024];

        show_text(f, event);
        if (!rv_can_ask()) {
                rv_session_remark(f->session, N_("answer it by %1"),
                                  event->option ? event->option : "reeve jobs attach", NULL);
                return;
        }
        if (rv_ask_line(answer, sizeof answer) &&
            rv_job_reply(f->state, f->job, event->question, answer, &err) != RV_OK) {
                rv_tr_error(&err, &text);
                say(rv_buf_str(&text), text.size);
        }
}

/* Every event has the same first members; the rest follows from its type. */
static void write_event(struct following *f, const struct rv_event *event)
{
        struct rv_json json = { .out = &f->session->output->buf };
        RV_BUF_CLEANUP struct rv_buf words = { 0 };

        rv_json_begin(&json, '{');
        rv_json_key(&json, "seq");
        rv_json_int(&json, (int64_t)event->seq);
        rv_json_key(&json, "at");
        rv_json_time(&json, event->at);
        rv_json_key(&json, "type");
        rv_json_str(&json, rv_event_id(event->type));
        if (event->type == RV_EVENT_DONE) {
                rv_json_key(&json, "code");
                rv_json_str(&json, rv_code_id(event->code));
        } else if (event->type == RV_EVENT_QUESTION) {
                rv_json_key(&json, "question");
                rv_json_str(&json, event->question);
                rv_json_key(&json, "option");
                rv_json_str(&json, event->option);
        } else {
                rv_json_key(&json, "step");
                rv_json_str(&json, event->step);
        }
        if (event->type == RV_EVENT_STEP || event->type == RV_EVENT_PROGRESS) {
                rv_json_key(&json, "done");
                rv_json_int(&json, (int64_t)event->done);
                rv_json_key(&json, "total");
                rv_json_int(&json, (int64_t)event->total);
        } else {
                if (event->packed)
                        rv_message_plain(event->packed, event->packed_size, &words);
                rv_json_key(&json, "text");
                rv_json_str(&json, event->packed ? rv_buf_str(&words) : event->text);
        }
        rv_json_end(&json, '}');
        rv_buf_add_char(&f->session->output->buf, '\n');
        /* Somebody may be waiting for it. */
        (void)rv_output_flush(f->session->output);
}

/* Questions are asked even when quiet: without an answer nothing goes on. */
static void on_event(const struct rv_event *event, void *user)
{
        struct following *f = user;

        if (f->settings->format == RV_NDJSON)
                write_event(f, event);
        if (event->type == RV_EVENT_QUESTION)
                ask(f, event);
        else if (f->settings->quiet || f->settings->format == RV_NDJSON || event->type == RV_EVENT_DONE)
                return;
        else if (event->type == RV_EVENT_LOG)
                show_text(f, event);
        else
                show_step(f, event);
}

/* The first error counts: what comes after a damaged journal only follows from it. */
static void on_end(const struct rv_job_info *info, const struct rv_err *error, void *user)
{
        struct following *f = user;

        clear_bar(f);
        f->ended = true;
        if (info)
                f->info = *info;
        if (error && f->err->code == RV_OK) {
                f->err->code = error->code;
                rv_buf_add(&f->err->message, rv_buf_str(&error->message), error->message.size);
        }
}

/* Only while this runs does an interrupt end the following; before and after it ends the program. */
static int turn_until_end(struct following *f, struct rv_loop *loop)
{
        struct sigaction action = { .sa_handler = interrupt }, before;
        int r = RV_OK;

        sigemptyset(&action.sa_mask);
        interrupted_loop = loop;
        sigaction(SIGINT, &action, &before);
        while (!f->ended && r == RV_OK)
                r = rv_loop_turn(loop, -1, f->err);
        sigaction(SIGINT, &before, NULL);
        interrupted_loop = NULL;
        clear_bar(f);
        return r;
}

/* How it ended, as the error that the caller reports: the job's own, where it left one. */
static int result_of(struct following *f, struct rv_err *err)
{
        char id[24];
        int code;

        (void)snprintf(id, sizeof id, "%" PRIu64, f->job);
        /* Cancelled and yet ok is a job that was undone, as it was asked. */
        if (f->info.result == RV_OK && (f->info.state == RV_JOB_DONE || f->info.state == RV_JOB_CANCELLED))
                return RV_OK;
        code = rv_job_error(f->state, f->job, err);
        if (code)
                return code;
        if (f->info.state == RV_JOB_INTERRUPTED)
                return rv_fail(err, RV_INCOMPLETE, N_("job %1 was cut off"), N_("reeve jobs recover %1"), id, NULL);
        if (f->info.state == RV_JOB_CANCELLED)
                return rv_fail(err, RV_CANCELLED, N_("job %1 was cancelled; nothing was changed"), NULL, id, NULL);
        return rv_fail(err, f->info.result > RV_OK ? f->info.result : RV_FAILED, N_("job %1 failed"),
                       N_("reeve jobs show %1"), id, NULL);
}

/* Says that the stream is whole, and how the job ended, whatever was missed before. */
static void add_end_line(struct following *f, int code)
{
        struct rv_json json = { .out = &f->session->output->buf };
        char id[24];

        (void)snprintf(id, sizeof id, "%" PRIu64, f->job);
        rv_json_begin(&json, '{');
        rv_json_key(&json, "end");
        rv_json_bool(&json, true);
        rv_json_key(&json, "job");
        rv_json_str(&json, id);
        rv_json_key(&json, "result");
        rv_json_str(&json, rv_code_id(code));
        rv_json_key(&json, "warnings");
        rv_json_begin(&json, '[');
        rv_json_end(&json, ']');
        rv_json_end(&json, '}');
        rv_buf_add_char(json.out, '\n');
}

/* A document is written now, when its job is known; lines were written as they came. */
static int finish(struct following *f, const struct rv_plan *plan, struct rv_err *err)
{
        struct rv_command command = { .settings = *f->settings };
        char id[24];
        int r = result_of(f, err);

        (void)snprintf(id, sizeof id, "%" PRIu64, f->job);
        if (f->settings->format == RV_NDJSON)
                add_end_line(f, r);
        else if (r == RV_OK && f->settings->format == RV_JSON && plan)
                r = rv_emit_plan(f->session, &command, plan, &f->info, err);
        else if (r == RV_OK && !f->settings->quiet)
                rv_session_remark(f->session, N_("done: job %1"), id, NULL);
        return r;
}

/* Following is stopped before its loop goes. */
static void following_free(struct following *f, struct rv_loop *loop)
{
        rv_follow_stop(f->follow);
        rv_loop_free(loop);
        rv_state_free(f->state);
        rv_buf_free(&f->last);
}

int rv_follow_job(struct rv_session *session, const struct rv_settings *settings, uint64_t job,
                  const struct rv_plan *plan, struct rv_err *err)
{
        static const struct rv_follow_calls calls = { .event = on_event, .ended = on_end };
        const char *term = getenv("TERM");
        struct following f = { .session = session, .settings = settings, .job = job, .err = err };
        struct rv_loop *loop = NULL;
        char id[24];
        int r;

        (void)rv_output_flush(session->output);
        rv_session_localize(session);
        f.bar = isatty(STDERR_FILENO) == 1 && term && *term && strcmp(term, "dumb") != 0;
        r = rv_state_open(&session->host->root, &f.state, err);
        if (r == RV_OK)
                r = rv_loop_new(&loop, err);
        if (r == RV_OK)
                r = rv_follow_start(loop, f.state, job, &calls, &f, &f.follow, err);
        if (r == RV_OK)
                r = turn_until_end(&f, loop);
        if (r == RV_CANCELLED && !err->code) {
                (void)snprintf(id, sizeof id, "%" PRIu64, job);
                rv_session_remark(session, N_("job %1 goes on; reeve jobs attach %1 shows it again"), id, NULL);
                r = EXIT_INTERRUPTED;
        } else if (r == RV_OK) {
                r = err->code ? err->code : finish(&f, plan, err);
        }
        following_free(&f, loop);
        return r;
}
