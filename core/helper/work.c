/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One request: the plugin comes from the registry and its places, never from the request; the plan is made again under
 * the lock, and only when it is the one that was approved does anything happen. */
#include "core/helper/work.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/paths.h"
#include "core/model/query.h"
#include "core/model/registry.h"
#include "core/run/message_json.h"
#include "core/run/plan.h"
#include "core/run/runner.h"
#include "core/run/start.h"
#include "core/run/state.h"
#include "core/run/wire.h"

/* What every verb needs, opened in order and freed together. */
struct desk {
        struct rv_registry *registry;
        struct rv_root root;
        struct rv_state *state;
        struct rv_request **requests;
        size_t n_requests;
        struct rv_plan *plan; /* has the requests once it is made */
        struct rv_job *job;
};

/* Closing is part of it: the starter reads to the end, and may go then. */
static void tell(struct rv_work *work, struct rv_buf *line)
{
        rv_buf_add_char(line, '\n');
        if (!line->failed)
                (void)!rv_write_all(work->word_fd, line->data, line->size);
        rv_close(&work->word_fd);
}

void rv_work_tell_job(struct rv_work *work, uint64_t job)
{
        RV_BUF_CLEANUP struct rv_buf line = { 0 };

        rv_buf_printf(&line, "{\"job\":%llu}", (unsigned long long)job);
        tell(work, &line);
}

void rv_work_tell_error(struct rv_work *work, const struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf line = { 0 };
        struct rv_json json = { .out = &line };

        rv_json_begin(&json, '{');
        rv_json_key(&json, "error");
        rv_err_json(err, &json);
        rv_json_end(&json, '}');
        tell(work, &line);
}

/* While waiting for the lock nothing is promised yet: a starter that has gone takes its wish with it. */
static bool starter_gone(void *user)
{
        const struct rv_work *work = user;
        struct pollfd polled = { .fd = work->word_fd };

        return poll(&polled, 1, 0) == 1 && polled.revents & (POLLERR | POLLHUP);
}

/* Root, plugins, state, lock, in this order: nothing is looked at before it is known to be trusted, and nothing is
 * planned before the lock is ours. */
static int open_desk(struct rv_work *work, const struct rv_wire *wire, bool make, struct desk *desk, int *ret_lock,
                     struct rv_err *err)
{
        int rc = rv_root_open(wire->root, &desk->root, err);

        if (rc != RV_OK)
                return rc;
        desk->registry = rv_registry_new(NULL, work->plugins[0] ? work->plugins : NULL);
        if (!desk->registry)
                return rv_fail_memory(err);
        rc = rv_state_place(&desk->root, work->home, make, &desk->state, err);
        return rc == RV_OK ? rv_job_lock(desk->state, &wire->start, starter_gone, work, ret_lock, err) : rc;
}

static void close_desk(struct desk *desk)
{
        rv_job_close(desk->job);
        rv_plan_free(desk->plan);
        rv_requests_free(desk->requests, desk->n_requests);
        rv_state_free(desk->state);
        rv_root_close(&desk->root);
        rv_registry_free(desk->registry);
}

/* A name with a slash or a dot finds nothing: the registry knows the libraries of its directories only. */
static int make_requests(struct desk *desk, const char *plugin_id, const json_t *requests, struct rv_err *err)
{
        const struct rv_plugin *plugin;
        int rc = rv_registry_plugin(desk->registry, plugin_id, &plugin, err);

        if (rc != RV_OK)
                return rc;
        return rv_requests_from_json(requests, &desk->root, plugin, &desk->requests, &desk->n_requests, err);
}

/* Makes the plan from the requests, and takes it only if it is the one of this id. */
static int make_plan(struct desk *desk, json_t *answers, const char *id, struct rv_err *err)
{
        int rc = rv_plan_again(desk->requests, desk->n_requests, answers, id, &desk->plan, err);

        if (desk->plan) {
                free(desk->requests); /* the array only: the plan has taken what it holds */
                desk->requests = NULL;
                desk->n_requests = 0;
        }
        return rc == RV_OK ? rv_plan_permitted(desk->plan, err) : rc;
}

/* Up to here everything can be refused without a trace. */
static int start_job(struct rv_work *work, const struct rv_wire *wire, struct desk *desk, struct rv_err *err)
{
        RV_FD_CLEANUP int lock = -1;
        int taken, rc = open_desk(work, wire, true, desk, &lock, err);

        if (rc == RV_OK)
                rc = make_requests(desk, wire->plugin, wire->requests, err);
        if (rc == RV_OK)
                rc = make_plan(desk, wire->answers, wire->plan, err);
        if (rc == RV_OK && !wire->start.interactive)
                rc = rv_plan_answered(desk->plan, err);
        if (rc != RV_OK)
                return rc;
        taken = lock;
        lock = -1;
        return rv_job_create(desk->state, taken, desk->plan, &wire->start, &desk->job, err);
}

static void note_unit(struct rv_job *job, enum rv_unit unit)
{
        if (unit == RV_UNIT_FAILED)
                rv_job_note(job,
                            N_("systemd gave no unit for this job: it runs in a session of its own, which a logout "
                               "may end"),
                            NULL);
}

/* The word goes out between taking the job and running it: the starter waits for no more than that. */
static int run(struct rv_work *work, const struct rv_wire *wire, struct desk *desk, struct rv_err *err)
{
        int rc = start_job(work, wire, desk, err);

        if (rc != RV_OK)
                return rc;
        rv_work_tell_job(work, rv_job_number(desk->job));
        note_unit(desk->job, wire->unit);
        rc = rv_job_run(desk->job, err);
        rv_job_end(desk->job, rc, false, err);
        return rc;
}

/* A job that never came to its commit has changed nothing: undoing it needs no plugin, finishing it is running it, and
 * for that its plan has to be made again and be the same. */
static int recover_uncommitted(struct desk *desk, const struct rv_wire *wire, const struct rv_kept *kept,
                               struct rv_err *err)
{
        int rc;

        if (wire->way == RV_REVERT)
                return RV_OK;
        rc = make_plan(desk, kept->answers, kept->plan, err);
        if (rc != RV_OK)
                return rc;
        rv_job_plan(desk->job, desk->plan);
        return rv_job_run(desk->job, err);
}

/* The job's own request is read from the state directory, which is this user's alone. */
static int take_up(struct rv_work *work, const struct rv_wire *wire, struct desk *desk, struct rv_kept *kept,
                   struct rv_err *err)
{
        RV_FD_CLEANUP int lock = -1, dir = -1;
        int taken, rc = open_desk(work, wire, false, desk, &lock, err);

        if (rc == RV_OK)
                rc = rv_state_job(desk->state, wire->job, &dir, err);
        if (rc == RV_OK)
                rc = rv_kept_read(dir, kept, err);
        if (rc == RV_OK)
                rc = make_requests(desk, kept->plugin, kept->requests, err);
        if (rc != RV_OK)
                return rc;
        taken = lock;
        lock = -1;
        return rv_job_resume(desk->state, taken, wire->job, desk->requests[0], kept, &desk->job, err);
}

/* The recovery's own steps go into the same journal, behind what was there. */
static int recover(struct rv_work *work, const struct rv_wire *wire, struct desk *desk, struct rv_kept *kept,
                   struct rv_err *err)
{
        bool reverted = wire->way == RV_REVERT;
        int rc = take_up(work, wire, desk, kept, err);

        if (rc != RV_OK)
                return rc;
        rv_work_tell_job(work, wire->job);
        if (reverted)
                rv_job_note(desk->job, N_("recovering: undoing what was done"), NULL);
        else
                rv_job_note(desk->job, N_("recovering: finishing what was begun"), NULL);
        note_unit(desk->job, wire->unit);
        rc = rv_job_committed(desk->job) ? rv_job_recover(desk->job, wire->way, err)
                                         : recover_uncommitted(desk, wire, kept, err);
        rv_job_end(desk->job, rc, reverted, err);
        return rc;
}

int rv_work(struct rv_work *work, const struct rv_wire *wire)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_KEPT_CLEANUP struct rv_kept kept = { 0 };
        struct desk desk = { .root.fd = -1 };
        int rc = wire->way ? recover(work, wire, &desk, &kept, &err) : run(work, wire, &desk, &err);

        if (rc != RV_OK && work->word_fd >= 0)
                rv_work_tell_error(work, &err);
        close_desk(&desk);
        return rc;
}
