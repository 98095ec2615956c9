/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan as a document or as a table of its steps. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "core/run/job.h"
#include "core/run/plan.h"
#include "tui/batch/ask.h"
#include "tui/batch/batch.h"
#include "tui/batch/emit.h"
#include "tui/batch/follow.h"
#include "tui/present/command.h"
#include "tui/present/text.h"

/* Steps keep the plan's own order: it is the order of the run. */
static int all_steps(const struct rv_plan *plan, struct rv_result *ret, struct rv_err *err)
{
        struct rv_rows rows = { 0 };
        int r = rv_rows_all(rv_plan_snapshot(plan), &rows, err);

        if (r != RV_OK)
                return r;
        *ret = (struct rv_result){ .snapshot = rv_snapshot_ref(rv_plan_snapshot(plan)), .rows = rows };
        return RV_OK;
}

/* Beside the contract's members, so that a script can see what it will be asked and by which option to answer. */
static void add_questions(struct rv_json *json, const struct rv_plan *plan)
{
        size_t n = rv_plan_questions(plan), i;
        struct rv_question question;

        rv_json_key(json, "questions");
        rv_json_begin(json, '[');
        for (i = 0; i < n; i++) {
                RV_BUF_CLEANUP struct rv_buf words = { 0 };

                rv_plan_question_at(plan, i, &question);
                rv_message_plain(question.packed, question.packed_size, &words);
                rv_json_begin(json, '{');
                rv_json_key(json, "id");
                rv_json_str(json, question.id);
                rv_json_key(json, "text");
                rv_json_str(json, rv_buf_str(&words));
                rv_json_key(json, "option");
                rv_json_str(json, question.option);
                rv_json_key(json, "answer");
                rv_json_str(json, question.answer);
                rv_json_end(json, '}');
        }
        rv_json_end(json, ']');
}

/* What a plan document says before its steps. */
static void add_head(struct rv_json *json, const struct rv_plan *plan, const struct rv_job_info *done, size_t steps)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        rv_json_key(json, "reeve");
        rv_json_int(json, 1);
        rv_json_key(json, "action");
        rv_buf_printf(&text, "%s/%s", rv_plan_plugin(plan)->id, rv_plan_action(plan)->id);
        rv_json_str(json, rv_buf_str(&text));
        rv_json_key(json, "plan");
        rv_json_str(json, rv_plan_id(plan));
        rv_json_key(json, "changed");
        rv_json_bool(json, done ? done->result == RV_OK && steps : steps > 0);
        rv_json_key(json, "job");
        rv_buf_clear(&text);
        rv_buf_printf(&text, "%" PRIu64, done ? done->id : 0);
        rv_json_str(json, done ? rv_buf_str(&text) : NULL);
}

/* The result is RV_PARTIAL when a step could not be read whole, and why a plan that is only shown could not run; the
 * document is written all the same. */
static int emit_document(struct rv_session *session, const struct rv_command *command, const struct rv_plan *plan,
                         const struct rv_job_info *done, const struct rv_result *result, struct rv_err *err)
{
        RV_EMITTER_CLEANUP struct rv_emitter emitter;
        int r;

        rv_emitter_init(&emitter, session->output, session->host, command, result);
        rv_json_begin(&emitter.json, '{');
        add_head(&emitter.json, plan, done, result->rows.n);
        r = rv_emit_json_rows(&emitter, "steps", err);
        if (err->code)
                return r;
        rv_json_key(&emitter.json, "problems");
        rv_json_begin(&emitter.json, '[');
        rv_json_end(&emitter.json, ']');
        add_questions(&emitter.json, plan);
        rv_emit_json_warnings(&emitter);
        rv_json_end(&emitter.json, '}');
        rv_buf_add_char(&session->output->buf, '\n');
        return r;
}

/* What people need beside the steps: the questions, and the words that run exactly this. */
static void add_notes(struct rv_session *session, const struct rv_command *command, const struct rv_plan *plan)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct rv_question question;
        size_t n = rv_plan_questions(plan), i;

        for (i = 0; i < n; i++) {
                rv_plan_question_at(plan, i, &question);
                /* It will be asked in a moment. */
                if (!question.answer && rv_can_ask() && !command->settings.dry_run)
                        continue;
                rv_buf_clear(&text);
                rv_tr_packed(question.packed, question.packed_size, &text);
                rv_session_remark(session, N_("%1 (%2)"), rv_buf_str(&text),
                                  question.option ? question.option : question.id, NULL);
        }
        if (command->settings.dry_run && !command->settings.quiet)
                rv_session_remark(session, N_("nothing was changed; --plan %1 runs exactly this"), rv_plan_id(plan),
                                  NULL);
}

/* No steps is an answer, not an error. */
int rv_emit_plan(struct rv_session *session, const struct rv_command *command, const struct rv_plan *plan,
                 const struct rv_job_info *done, struct rv_err *err)
{
        RV_RESULT_CLEANUP struct rv_result result = { 0 };
        int r = all_steps(plan, &result, err);

        if (r != RV_OK)
                return r;
        if (command->settings.dry_run && !done && result.rows.n > 0)
                (void)!rv_state_check(&session->host->root, &result.missing);
        if (command->settings.format == RV_JSON)
                return emit_document(session, command, plan, done, &result, err);
        if (result.rows.n == 0 && command->settings.format == RV_TABLE) {
                if (!command->settings.quiet)
                        rv_session_remark(session, N_("nothing to do"), NULL);
                return RV_OK;
        }
        r = rv_session_emit(session, command, &result, err);
        if (r == RV_OK)
                add_notes(session, command, plan);
        return r;
}
