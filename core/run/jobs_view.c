/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The view reeve/jobs. It is never cached: whether a job runs is asked of the kernel, not of a file's time. */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <reeve/plugin.h>

#include "core/base/err.h"
#include "core/model/query.h"
#include "core/run/job.h"

enum { ID, AT, PLUGIN, ACTION, PLAN, STATE, STEP, DONE, TOTAL, USER, RESULT, HINT, N_COLUMNS };

static const struct rv_enum states[] = {
        { "running", N_("running"), RV_INFO, 0 },    { "waiting", N_("waiting for an answer"), RV_WARN, 0 },
        { "done", N_("done"), RV_GOOD, 0 },          { "failed", N_("failed"), RV_BAD, 0 },
        { "interrupted", N_("cut off"), RV_BAD, 0 }, { "cancelled", N_("cancelled"), RV_MUTED, 0 },
};

static const struct rv_column columns[] = {
        [ID] = { .id = "id", .title = N_("Job"), .type = RV_TEXT, .flags = RV_KEY },
        [AT] = { .id = "at", .title = N_("Started"), .type = RV_TIME, .priority = 3 },
        [PLUGIN] = { .id = "plugin", .title = N_("Where"), .type = RV_TEXT, .priority = 2 },
        [ACTION] = { .id = "action", .title = N_("Action"), .type = RV_TEXT, .priority = 1 },
        [PLAN] = { .id = "plan", .title = N_("Plan"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 9 },
        [STATE] = { .id = "state",
                    .title = N_("State"),
                    .enums = states,
                    .n_enums = sizeof states / sizeof *states,
                    .type = RV_ENUM },
        [STEP] = { .id = "step", .title = N_("Step"), .type = RV_TEXT, .priority = 4 },
        [DONE] = { .id = "done", .title = N_("Done"), .type = RV_INT, .priority = 5 },
        [TOTAL] = { .id = "total", .title = N_("Of"), .type = RV_INT, .priority = 5 },
        [USER] = { .id = "user", .title = N_("By"), .type = RV_TEXT, .priority = 6 },
        [RESULT] = { .id = "result", .title = N_("Result"), .type = RV_TEXT, .priority = 7 },
        [HINT] = { .id = "hint", .title = N_("What to do"), .type = RV_MSG, .priority = 8 },
};
_Static_assert(sizeof columns / sizeof *columns == N_COLUMNS, "every column is declared");

static const struct rv_view jobs = { .id = "jobs",
                                     .title = N_("Jobs"),
                                     .help = N_("What was started on this system: running, ended, or cut off."),
                                     .columns = columns,
                                     .fill = rv_jobs_fill,
                                     .n_columns = N_COLUMNS,
                                     .shape = RV_SHAPE_LIST };

const struct rv_view *const rv_own_views[] = { &jobs, NULL };

const struct rv_plugin rv_own_plugin = { .abi = RV_ABI,
                                         .id = "reeve",
                                         .title = "reeve",
                                         .domain = "reeve",
                                         .findings = rv_jobs_findings,
                                         .changes = rv_jobs_changes };

/* Empty means not known here, and that is null. */
static void put(struct rv_sink *sink, unsigned column, const char *text)
{
        if (text[0])
                rv_put_text(sink, column, text, strlen(text));
}

/* Names are the host's, even for a foreign root: it was a user of this host who asked. */
static void put_user(struct rv_sink *sink, unsigned column, unsigned uid)
{
        char buffer[4096], number[16];
        struct passwd entry, *found = NULL;

        (void)snprintf(number, sizeof number, "%u", uid);
        if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) != 0)
                found = NULL;
        put(sink, column, found ? found->pw_name : number);
}

/* A hint only where somebody has to do something. */
static void put_hint(struct rv_sink *sink, const struct rv_job_info *info, const char *id)
{
        if (info->state == RV_JOB_INTERRUPTED && info->damaged)
                rv_put_msg(sink, HINT, N_("its records are damaged: see reeve jobs show %1"), id, NULL);
        else if (info->state == RV_JOB_INTERRUPTED)
                rv_put_msg(sink, HINT, N_("finish it or undo it: reeve jobs recover %1"), id, NULL);
        else if (info->state == RV_JOB_WAITING)
                rv_put_msg(sink, HINT, N_("answer its question: reeve jobs attach %1"), id, NULL);
}

static int put_job(const struct rv_job_info *info, struct rv_sink *sink)
{
        char id[24];
        int rc = rv_row_begin(sink, 0);

        if (rc != RV_OK)
                return rc;
        (void)snprintf(id, sizeof id, "%" PRIu64, info->id);
        put(sink, ID, id);
        if (info->at)
                rv_put_int(sink, AT, info->at);
        put(sink, PLUGIN, info->plugin);
        put(sink, ACTION, info->action);
        put(sink, PLAN, info->plan);
        rv_put_int(sink, STATE, info->state);
        put(sink, STEP, info->step);
        rv_put_int(sink, DONE, (int64_t)info->done);
        if (info->total)
                rv_put_int(sink, TOTAL, (int64_t)info->total);
        put_user(sink, USER, info->uid);
        if (info->result >= 0)
                put(sink, RESULT, rv_code_id(info->result));
        put_hint(sink, info, id);
        if (info->damaged)
                rv_warn(sink, RV_DAMAGED, N_("job %1: its request or journal is damaged"), id, NULL);
        return RV_OK;
}

/* All jobs, none where there is no state directory yet. The array is the caller's to free. */
static int read_jobs(const struct rv_query *query, struct rv_job_info **ret, size_t *ret_n, struct rv_err *err)
{
        RV_ERR_CLEANUP struct rv_err why = { 0 };
        RV_STATE_CLEANUP struct rv_state *state = NULL;
        int rc = rv_state_open(rv_query_root(query), &state, &why);

        *ret = NULL;
        *ret_n = 0;
        if (rc == RV_NOTFOUND)
                return RV_OK;
        if (rc != RV_OK) {
                if (err)
                        rv_err_move(err, &why);
                return rc;
        }
        return rv_job_list(state, ret, ret_n, err);
}

int rv_jobs_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        struct rv_job_info *infos;
        size_t i, n;
        int rc = read_jobs(query, &infos, &n, err);

        for (i = 0; rc == RV_OK && i < n; i++)
                rc = put_job(&infos[i], sink);
        free(infos);
        return rc;
}

/* Half a change needs somebody now; a job that never came to its commit only wants to be put away. */
static void put_cut_off(struct rv_sink *sink, const struct rv_job_info *info, const char *id)
{
        char done[24], total[24];

        if (!info->committed) {
                rv_put_msg(sink, RV_F_TEXT, N_("job %1 (%2 %3) was cut off before it changed anything"), id,
                           info->plugin, info->action, NULL);
                rv_put_msg(sink, RV_F_HINT, N_("run it or drop it: reeve jobs recover %1"), id, NULL);
                return;
        }
        (void)snprintf(done, sizeof done, "%" PRIu64, info->done);
        (void)snprintf(total, sizeof total, "%" PRIu64, info->total);
        rv_put_msg(sink, RV_F_TEXT, N_("job %1 (%2 %3) was cut off at step %4 of %5"), id, info->plugin, info->action,
                   done, total, NULL);
        rv_put_msg(sink, RV_F_HINT, N_("finish it or undo it: reeve jobs recover %1"), id, NULL);
}

/* Only jobs that were cut off: one that failed has said so to whoever started it, and changed nothing. */
int rv_jobs_findings(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        struct rv_job_info *infos;
        size_t i, n;
        char id[24];
        int rc = read_jobs(query, &infos, &n, err);

        for (i = 0; rc == RV_OK && i < n; i++) {
                if (infos[i].state != RV_JOB_INTERRUPTED)
                        continue;
                (void)snprintf(id, sizeof id, "%" PRIu64, infos[i].id);
                rc = rv_row_begin(sink, 0);
                if (rc != RV_OK)
                        break;
                put(sink, RV_F_ID, id);
                rv_put_int(sink, RV_F_SEVERITY, infos[i].committed ? 0 : 1);
                put_cut_off(sink, &infos[i], id);
                put(sink, RV_F_VIEW, "reeve/jobs");
                put(sink, RV_F_ROW, id);
                if (infos[i].at)
                        rv_put_int(sink, RV_F_SINCE, infos[i].at);
        }
        free(infos);
        return rc;
}

/* What a job did to the system: those that were refused or stopped in time did nothing. */
int rv_jobs_changes(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        struct rv_job_info *infos;
        size_t i, n;
        char id[24];
        int rc = read_jobs(query, &infos, &n, err);

        for (i = 0; rc == RV_OK && i < n; i++) {
                if (infos[i].state == RV_JOB_CANCELLED || infos[i].state <= RV_JOB_WAITING)
                        continue;
                (void)snprintf(id, sizeof id, "%" PRIu64, infos[i].id);
                rc = rv_row_begin(sink, 0);
                if (rc != RV_OK)
                        break;
                put(sink, RV_C_ID, id);
                rv_put_int(sink, RV_C_AT, infos[i].ended_at ? infos[i].ended_at : infos[i].at);
                rv_put_msg(sink, RV_C_WHAT, N_("%1 %2"), infos[i].plugin, infos[i].action, NULL);
                put_user(sink, RV_C_WHO, infos[i].uid);
                rv_put_int(sink, RV_C_RESULT,
                           infos[i].state == RV_JOB_DONE     ? 0
                           : infos[i].state == RV_JOB_FAILED ? 1
                                                             : 2);
                put(sink, RV_C_JOB, id);
        }
        free(infos);
        return rc;
}
