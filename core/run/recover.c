/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The preview of a recovery. It is made from the job's own directory, as the recovery will be; the helper looks again
 * under the lock, so nothing rests on what was seen here. */
#include "core/run/recover.h"

#include <stdlib.h>

#include "core/base/file.h"
#include "core/model/registry.h"
#include "core/run/plan_private.h"
#include "core/run/runner.h"
#include "core/run/wire.h"

/* The requests of the job while its plan is made; the plan takes them, not their array. */
struct requests {
        struct rv_request **at;
        size_t n;
};

static int make(const struct rv_state *state, uint64_t number, enum rv_way way, const struct rv_kept *kept,
                const struct requests *requests, struct rv_plan **ret, bool *ret_committed, struct rv_err *err)
{
        struct rv_job *job = NULL;
        int rc = rv_job_peek(state, number, requests->at[0], kept, &job, err);

        if (rc != RV_OK)
                return rc;
        *ret_committed = rv_job_committed(job);
        if (!*ret_committed && way == RV_FINISH)
                rc = rv_plan_again(requests->at, requests->n, kept->answers, kept->plan, ret, err);
        else
                rc = rv_plan_recovery(requests->at, requests->n, job, way, ret, err);
        rv_job_close(job);
        return rc;
}

int rv_recover_plan(const struct rv_root *root, struct rv_registry *registry, const struct rv_state *state,
                    uint64_t job, enum rv_way way, struct rv_plan **ret, bool *ret_committed, struct rv_err *err)
{
        RV_KEPT_CLEANUP struct rv_kept kept = { 0 };
        RV_FD_CLEANUP int dir = -1;
        RV_PLAN_CLEANUP struct rv_plan *plan = NULL;
        const struct rv_plugin *plugin;
        struct requests requests = { 0 };
        int rc = rv_state_job(state, job, &dir, err);

        if (rc == RV_OK)
                rc = rv_kept_read(dir, &kept, err);
        if (rc == RV_OK)
                rc = rv_registry_plugin(registry, kept.plugin, &plugin, err);
        if (rc == RV_OK)
                rc = rv_requests_from_json(kept.requests, root, plugin, &requests.at, &requests.n, err);
        if (rc == RV_OK)
                rc = make(state, job, way, &kept, &requests, &plan, ret_committed, err);
        if (plan)
                free(requests.at);
        else
                rv_requests_free(requests.at, requests.n);
        if (rc != RV_OK)
                return rc;
        *ret = plan;
        plan = NULL;
        return RV_OK;
}
