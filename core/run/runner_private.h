/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a job looks like inside its helper. The SDK hands it to plugins as const where they only ask; what such a
 * question may still change (journal, answers) lies behind a pointer.
 * Ownership: descriptors are the job's own; request, kept and plan are borrowed. */
#ifndef REEVE_RUN_RUNNER_PRIVATE_H
#define REEVE_RUN_RUNNER_PRIVATE_H

#include "core/run/control.h"
#include "core/run/journal.h"
#include "core/run/plan_private.h"
#include "core/run/runner.h"

struct rv_live {
        struct rv_plan *plan; /* NULL while a committed job is recovered */
        struct rv_journal journal;
        struct rv_buf answer; /* the one waited for: question NUL answer */
        int control;          /* listening socket, -1: none */
        int64_t told_ms;      /* when progress was last written, boot clock */
        bool committed, cancelled;
        struct rv_job_info info; /* as a front end will read it: kept with the result */
};

struct rv_job {
        const struct rv_state *state;
        const struct rv_request *request;
        const struct rv_kept *kept; /* recovery only */
        const char *data;
        struct rv_live *live;
        uint64_t number;
        int dir, lock, state_lock;
        bool interactive;
};

/* How a job stands, from its directory alone. */
int rv_job_look(int job_fd, uint64_t number, struct rv_job_info *ret, struct rv_err *err) RV_CHECK;

#endif
