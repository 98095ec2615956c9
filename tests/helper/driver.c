/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A front end of a few words, for tests of jobs:
 *   jobs-driver ROOT plan COUNT [DELAY]            prints the plan's id
 *   jobs-driver ROOT run COUNT DELAY [WAIT [ID]]   starts, prints the job's number; with ID only that plan
 *   jobs-driver ROOT follow JOB                    prints each event, then the state and the result
 *   jobs-driver ROOT list | cancel JOB | recover JOB finish|revert | view ID
 * Errors are printed as "error CODE TEXT"; the exit status is the code. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/paths.h"
#include "core/model/load.h"
#include "core/model/query.h"
#include "core/model/registry.h"
#include "core/model/snapshot.h"
#include "core/run/job.h"
#include "core/run/plan.h"
#include "core/run/start.h"

static int print_error(const struct rv_err *err, int code)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        rv_message_plain(rv_buf_str(&err->message), err->message.size, &text);
        if (err->hint.size) {
                rv_buf_add_str(&text, " | ");
                rv_message_plain(rv_buf_str(&err->hint), err->hint.size, &text);
        }
        printf("error %s %s\n", rv_code_id(code), rv_buf_str(&text));
        return code;
}

static int make_plan(struct rv_host *host, char **words, int n, struct rv_plan **ret, struct rv_err *err)
{
        RV_REQUEST_CLEANUP struct rv_request *request = NULL;
        const struct rv_plugin *plugin;
        int rc = rv_registry_plugin(host->registry, "notes", &plugin, err);

        if (rc == RV_OK)
                request = rv_request_new(&host->root, plugin, rv_plugin_action(plugin, "stamp"));
        if (rc == RV_OK)
                rc = rv_query_add(rv_request_arguments(request), "count", words[0], err);
        if (rc == RV_OK && n > 1)
                rc = rv_query_add(rv_request_arguments(request), "delay", words[1], err);
        if (rc == RV_OK)
                rc = rv_plan_new(&request, 1, NULL, ret, err);
        if (rc == RV_OK)
                request = NULL;
        return rc;
}

static int plan(struct rv_host *host, char **words, int n, struct rv_err *err)
{
        RV_PLAN_CLEANUP struct rv_plan *made = NULL;
        int rc = make_plan(host, words, n, &made, err);

        if (rc == RV_OK)
                printf("%s %zu\n", rv_plan_id(made), rv_snapshot_rows(rv_plan_snapshot(made)));
        return rc;
}

static int run(struct rv_host *host, char **words, int n, struct rv_err *err)
{
        RV_PLAN_CLEANUP struct rv_plan *made = NULL;
        const struct rv_start start = { .wait_s = n > 2 ? (unsigned)strtoul(words[2], NULL, 10) : 0 };
        uint64_t job;
        int rc = make_plan(host, words, n, &made, err);

        if (rc == RV_OK && n > 3 && strcmp(words[3], rv_plan_id(made)) != 0)
                rc = rv_fail(err, RV_STALE, "another plan", NULL, NULL);
        /* A test may change the system here: between the plan that is shown and its run. */
        if (rc == RV_OK && getenv("DRIVER_PAUSE")) {
                printf("planned\n");
                (void)fflush(stdout);
                (void)getchar();
        }
        if (rc == RV_OK)
                rc = rv_start_run(made, &start, &job, err);
        if (rc == RV_OK)
                printf("job %" PRIu64 "\n", job);
        (void)fflush(stdout);
        return rc;
}

struct following {
        bool ended;
        int code;
};

static void print_event(const struct rv_event *event, void *user)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        (void)user;
        if (event->packed)
                rv_message_plain(event->packed, event->packed_size, &text);
        printf("%" PRIu64 " %s %s %" PRIu64 "/%" PRIu64 " %s\n", event->seq, rv_event_id(event->type),
               event->step && event->step[0] ? event->step : "-", event->done, event->total, rv_buf_str(&text));
        (void)fflush(stdout);
}

static void print_end(const struct rv_job_info *info, const struct rv_err *error, void *user)
{
        struct following *following = user;

        if (error)
                (void)print_error(error, error->code);
        printf("end %s %s %s\n", rv_job_state_id(info->state), info->result < 0 ? "-" : rv_code_id(info->result),
               info->committed ? "committed" : "-");
        following->ended = true;
        following->code = error ? error->code : info->result < 0 ? RV_INCOMPLETE : info->result;
}

static int follow(struct rv_state *state, uint64_t job, struct rv_err *err)
{
        const struct rv_follow_calls calls = { print_event, print_end };
        struct following following = { 0 };
        struct rv_follow *handle = NULL;
        struct rv_loop *loop = NULL;
        int rc = rv_loop_new(&loop, err);

        if (rc == RV_OK)
                rc = rv_follow_start(loop, state, job, &calls, &following, &handle, err);
        while (rc == RV_OK && !following.ended)
                rc = rv_loop_turn(loop, -1, err);
        rv_follow_stop(handle);
        rv_loop_free(loop);
        return rc == RV_OK ? following.code : rc;
}

static int list(struct rv_state *state, struct rv_err *err)
{
        struct rv_job_info *infos = NULL;
        size_t i, n = 0;
        int rc = rv_job_list(state, &infos, &n, err);

        for (i = 0; rc == RV_OK && i < n; i++)
                printf("%" PRIu64 " %s %s %s/%s %s %" PRIu64 "/%" PRIu64 " %s%s\n", infos[i].id,
                       rv_job_state_id(infos[i].state), infos[i].result < 0 ? "-" : rv_code_id(infos[i].result),
                       infos[i].plugin, infos[i].action, infos[i].step[0] ? infos[i].step : "-", infos[i].done,
                       infos[i].total, infos[i].committed ? "committed" : "-", infos[i].damaged ? " damaged" : "");
        free(infos);
        return rc;
}

static void print_cell(const struct rv_snapshot *rows, size_t row, unsigned column)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        const struct rv_column *declared = &rv_snapshot_view(rows)->columns[column];
        struct rv_message message;

        if (rv_cell_null(rows, row, column)) {
                printf("-");
        } else if (declared->type == RV_MSG && rv_cell_message(rows, row, column, &message)) {
                rv_message_expand(&message, message.msgid, &text);
                printf("%s", rv_buf_str(&text));
        } else if (declared->type == RV_ENUM) {
                printf("%s", declared->enums[rv_cell_int(rows, row, column)].id);
        } else if (declared->type == RV_INT || declared->type == RV_TIME) {
                printf("%s", rv_cell_int(rows, row, column) > 0 ? "n" : "0");
        } else {
                printf("%s", rv_cell_text(rows, row, column, NULL));
        }
}

/* A view of reeve's own, a row a line; numbers and times are only "n" or "0". */
static int view(struct rv_host *host, const char *id, struct rv_err *err)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *rows = NULL;
        const struct rv_ask ask = { .plugin = "reeve", .view = id };
        int rc = rv_load(host, &ask, NULL, &rows, err);
        size_t i;
        unsigned column;

        for (i = 0; rc == RV_OK && i < rv_snapshot_rows(rows); i++)
                for (column = 0; column < rv_snapshot_view(rows)->n_columns; column++) {
                        print_cell(rows, i, column);
                        printf(column + 1 < rv_snapshot_view(rows)->n_columns ? "|" : "\n");
                }
        return rc;
}

static int with_state(struct rv_host *host, char **words, int n, struct rv_err *err)
{
        RV_STATE_CLEANUP struct rv_state *state = NULL;
        const struct rv_start start = { 0 };
        uint64_t job = n > 1 ? strtoull(words[1], NULL, 10) : 0;
        int rc = rv_state_open(&host->root, &state, err);

        if (rc != RV_OK)
                return rc;
        if (strcmp(words[0], "list") == 0)
                return list(state, err);
        if (strcmp(words[0], "follow") == 0)
                return follow(state, job, err);
        if (strcmp(words[0], "cancel") == 0)
                return rv_job_cancel(state, job, err);
        if (strcmp(words[0], "recover") == 0 && n > 2)
                return rv_start_recover(&host->root, job, strcmp(words[2], "finish") == 0 ? RV_FINISH : RV_REVERT,
                                        &start, err);
        return rv_fail(err, RV_USAGE, "no such word", NULL, NULL);
}

int main(int argc, char **argv)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_host host;
        int rc;

        if (argc < 3)
                return RV_USAGE;
        rc = rv_host_open(argv[1], NULL, &host, &err);
        if (rc != RV_OK)
                return print_error(&err, rc);
        host.own_views = rv_own_views;
        host.own = &rv_own_plugin;
        if (strcmp(argv[2], "plan") == 0 && argc > 3)
                rc = plan(&host, argv + 3, argc - 3, &err);
        else if (strcmp(argv[2], "run") == 0 && argc > 4)
                rc = run(&host, argv + 3, argc - 3, &err);
        else if (strcmp(argv[2], "view") == 0 && argc > 3)
                rc = view(&host, argv[3], &err);
        else
                rc = with_state(&host, argv + 2, argc - 2, &err);
        if (rc != RV_OK && err.code)
                (void)print_error(&err, rc);
        rv_host_close(&host);
        return rc;
}
