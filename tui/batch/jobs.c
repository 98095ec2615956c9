/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reeve jobs: what was started, and taking it up again from any terminal. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "core/run/job.h"
#include "core/run/plan.h"
#include "core/run/recover.h"
#include "core/run/start.h"
#include "tui/batch/ask.h"
#include "tui/batch/batch.h"
#include "tui/batch/emit.h"
#include "tui/batch/follow.h"
#include "tui/present/command.h"

/* strtoull() would take a sign and blanks. Jobs are counted from 1. */
static int parse_id(const char *word, uint64_t *ret, struct rv_err *err)
{
        char *end;
        unsigned long long n;

        errno = 0;
        n = strtoull(word, &end, 10);
        if (errno || *end || word[0] < '0' || word[0] > '9' || n == 0)
                return rv_fail(err, RV_USAGE, N_("%1: is no job's number"), N_("reeve jobs lists them"), word, NULL);
        *ret = n;
        return RV_OK;
}

/* The only job that was cut off. */
static int only_interrupted(struct rv_state *state, uint64_t *ret, struct rv_err *err)
{
        struct rv_job_info *jobs;
        size_t n, i, found = 0;
        int r = rv_job_list(state, &jobs, &n, err);

        if (r != RV_OK)
                return r;
        for (i = 0; i < n; i++)
                if (jobs[i].state == RV_JOB_INTERRUPTED && found++ == 0)
                        *ret = jobs[i].id;
        free(jobs);
        if (found == 1)
                return RV_OK;
        return rv_fail(err, found ? RV_USAGE : RV_NOTFOUND,
                       found ? N_("several jobs were cut off") : N_("no job was cut off"),
                       found ? N_("say which: reeve jobs recover ID") : NULL, NULL);
}

/* The list is a view like any other, with every option of one. */
static int list_jobs(struct rv_session *session, struct rv_command *command, struct rv_err *err)
{
        command->plugin_id = "reeve";
        command->view = rv_own_views[0];
        command->verb = RV_DO_VIEW;
        return rv_run_view(session, command, err);
}

static int show_job(struct rv_session *session, struct rv_command *command, const char **id, struct rv_err *err)
{
        command->plugin_id = "reeve";
        command->view = rv_own_views[0];
        command->words = id;
        command->n_words = 1;
        return rv_run_show(session, command, err);
}

/* finish is what recovering means unless somebody says revert. */
static int parse_way(const char *word, enum rv_way *ret, struct rv_err *err)
{
        *ret = word && strcmp(word, "revert") == 0 ? RV_REVERT : RV_FINISH;
        if (!word || *ret == RV_REVERT || strcmp(word, "finish") == 0)
                return RV_OK;
        return rv_fail(err, RV_USAGE, N_("%1: is neither finish nor revert"), NULL, word, NULL);
}

/* People are told even where there is no step: a job that changed nothing has none to undo. */
static int show_recovery(struct rv_session *session, const struct rv_command *command, const struct rv_plan *plan,
                         bool committed, struct rv_err *err)
{
        enum rv_format format = command->settings.format;

        if (format == RV_JSON || format == RV_NDJSON || rv_snapshot_rows(rv_plan_snapshot(plan)) > 0)
                return rv_emit_plan(session, command, plan, NULL, err);
        if (!command->settings.quiet)
                rv_session_remark(session,
                                  committed ? N_("the plugin does not say which steps it takes")
                                            : N_("the job has changed nothing: it is only put away"),
                                  NULL);
        return command->settings.dry_run ? rv_state_check(&session->host->root, err) : RV_OK;
}

static int confirm(struct rv_session *session, const struct rv_command *command, const struct rv_plan *plan,
                   enum rv_way way, struct rv_err *err)
{
        if (command->settings.yes || command->settings.plan)
                return RV_OK;
        (void)rv_output_flush(session->output);
        if (!rv_can_ask())
                return rv_fail(err, RV_CONFIRM, N_("recovering is not confirmed, and nobody is there to ask"),
                               N_("-y confirms it; --plan %1 runs exactly this one"), rv_plan_id(plan), NULL);
        if (!rv_ask_yes(way == RV_FINISH ? N_("Finish this job? [y/N] ") : N_("Undo this job? [y/N] ")))
                return rv_fail(err, RV_CANCELLED, N_("not confirmed; nothing was changed"), NULL, NULL);
        return RV_OK;
}

/* The same order as for an action: stale, shown, permitted, confirmed, run. A document is written once, at the end. */
static int recover(struct rv_session *session, const struct rv_command *command, struct rv_state *state, uint64_t job,
                   enum rv_way way, struct rv_err *err)
{
        struct rv_start start = { .wait_s = command->settings.wait > UINT_MAX ? UINT_MAX
                                                                              : (unsigned)command->settings.wait,
                                  .interactive = rv_can_ask() };
        RV_PLAN_CLEANUP struct rv_plan *plan = NULL;
        RV_ERR_CLEANUP struct rv_err rights = { 0 };
        bool committed, document = command->settings.format == RV_JSON || command->settings.format == RV_NDJSON;
        int r = rv_recover_plan(&session->host->root, session->host->registry, state, job, way, &plan, &committed, err);

        if (r == RV_OK)
                r = rv_plan_check_asked(command, plan, err);
        if (r == RV_OK && (command->settings.dry_run || !document))
                r = show_recovery(session, command, plan, committed, err);
        if (r == RV_OK && command->settings.dry_run)
                return command->settings.check && (committed || way == RV_FINISH) ? RV_EXIT_ATTENTION : RV_OK;
        if (r == RV_OK && rv_plan_permitted(plan, &rights) == RV_DENIED)
                return rv_run_with_rights(session, plan, err);
        if (r == RV_OK)
                r = confirm(session, command, plan, way, err);
        if (r == RV_OK)
                r = rv_start_recover(&session->host->root, job, way, &start, err);
        return r == RV_OK ? rv_follow_job(session, &command->settings, job, plan, err) : r;
}

/* Where no action ever ran there is no place that could be missing, only no job. */
static int open_state(struct rv_session *session, const char *verb, const char *word, struct rv_state **ret,
                      struct rv_err *err)
{
        RV_ERR_CLEANUP struct rv_err why = { 0 };
        int r = rv_state_open(&session->host->root, ret, &why);

        if (r == RV_OK)
                return RV_OK;
        if (r != RV_NOTFOUND) {
                rv_err_move(err, &why);
                return r;
        }
        if (word)
                return rv_fail(err, r, N_("there is no job %1"), N_("reeve jobs lists them"), word, NULL);
        return rv_fail(err, r, strcmp(verb, "recover") == 0 ? N_("no job was cut off") : N_("no job is running"), NULL,
                       NULL);
}

static bool is_verb(const char *word)
{
        static const char *const verbs[] = { "show", "attach", "cancel", "recover" };
        size_t i;

        for (i = 0; i < sizeof verbs / sizeof *verbs; i++)
                if (strcmp(word, verbs[i]) == 0)
                        return true;
        return false;
}

/* A bare number is what fingers type after `reeve jobs` has listed them. */
int rv_run_jobs(struct rv_session *session, struct rv_command *command, struct rv_err *err)
{
        RV_STATE_CLEANUP struct rv_state *state = NULL;
        const char *verb = command->n_words ? command->words[0] : "list", *word, *text;
        enum rv_way way;
        char id[24];
        uint64_t job;
        int r;

        if (strcmp(verb, "list") == 0) {
                command->words += command->n_words > 0;
                command->n_words -= command->n_words > 0;
                return list_jobs(session, command, err);
        }
        if (command->n_words == 1 && verb[0] >= '0' && verb[0] <= '9')
                return show_job(session, command, &verb, err);
        if (!is_verb(verb) || command->n_words > 2 + (strcmp(verb, "recover") == 0))
                return rv_fail(err, RV_USAGE, N_("jobs: %1 is not one of list, show, attach, cancel, recover"), NULL,
                               verb, NULL);
        word = command->n_words > 1 ? command->words[1] : NULL;
        r = parse_way(command->n_words > 2 ? command->words[2] : NULL, &way, err);
        if (r == RV_OK && word)
                r = parse_id(word, &job, err);
        if (r == RV_OK)
                r = open_state(session, verb, word, &state, err);
        if (r == RV_OK && !word)
                r = strcmp(verb, "recover") == 0 ? only_interrupted(state, &job, err)
                                                 : rv_job_running(state, &job, err);
        if (r != RV_OK)
                return r;
        (void)snprintf(id, sizeof id, "%" PRIu64, job);
        text = id;
        if (strcmp(verb, "show") == 0)
                return show_job(session, command, &text, err);
        if (strcmp(verb, "attach") == 0) {
                r = rv_follow_job(session, &command->settings, job, NULL, err);
                return r == RV_OK && command->settings.format == RV_JSON ? show_job(session, command, &text, err) : r;
        }
        if (strcmp(verb, "recover") == 0)
                return recover(session, command, state, job, way, err);
        r = rv_job_cancel(state, job, err);
        if (r == RV_OK && !command->settings.quiet)
                rv_session_remark(session, N_("job %1 stops; nothing was changed"), id, NULL);
        if (r == RV_OK && (command->settings.format == RV_JSON || command->settings.format == RV_NDJSON))
                return show_job(session, command, &text, err);
        return r;
}
