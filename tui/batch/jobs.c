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
static int recover(struct rv_session *session, const struct rv_command *command, uint64_t job, const char *way,
                   struct rv_err *err)
{
        struct rv_start start = { .wait_s = command->settings.wait > UINT_MAX ? UINT_MAX
                                                                              : (unsigned)command->settings.wait,
                                  .interactive = rv_can_ask() };
        enum rv_way which = RV_FINISH;
        int r;

        if (way && strcmp(way, "revert") == 0)
                which = RV_REVERT;
        else if (way && strcmp(way, "finish") != 0)
                return rv_fail(err, RV_USAGE, N_("%1: is neither finish nor revert"), NULL, way, NULL);
        if (!command->settings.yes) {
                if (!rv_can_ask())
                        return rv_fail(err, RV_CONFIRM, N_("recovering is not confirmed, and nobody is there to ask"),
                                       N_("-y confirms it"), NULL);
                if (!rv_ask_yes(which == RV_FINISH ? N_("Finish this job? [y/N] ") : N_("Undo this job? [y/N] ")))
                        return rv_fail(err, RV_CANCELLED, N_("not confirmed; nothing was changed"), NULL, NULL);
        }
        r = rv_start_recover(&session->host->root, job, which, &start, err);
        return r == RV_OK ? rv_follow_job(session, &command->settings, job, NULL, err) : r;
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

static int is_verb(const char *word)
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
        if (word)
                r = parse_id(word, &job, err);
        else
                r = RV_OK;
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
        if (strcmp(verb, "attach") == 0)
                return rv_follow_job(session, &command->settings, job, NULL, err);
        if (strcmp(verb, "recover") == 0)
                return recover(session, command, job, command->n_words > 2 ? command->words[2] : NULL, err);
        r = rv_job_cancel(state, job, err);
        if (r == RV_OK && !command->settings.quiet)
                rv_session_remark(session, N_("job %1 stops; nothing was changed"), id, NULL);
        return r;
}
