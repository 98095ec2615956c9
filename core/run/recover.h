/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What recovering a job would do, before anything is done: for a front end to show and ask.
 * Ownership: the plan is the caller's; everything else is borrowed. */
#ifndef REEVE_RUN_RECOVER_H
#define REEVE_RUN_RECOVER_H

#include <stdbool.h>

#include <reeve/action.h>

struct rv_plan;
struct rv_registry;
struct rv_root;
struct rv_state;

/* Runs the plugin's recover() with a plan to fill, or its plan() again for a job that is to be finished and never came
 * to its commit (RV_STALE: it would be another one now). *ret_committed: whether the job changed anything. RV_NOTFOUND,
 * RV_USAGE when it was not cut off, RV_LOCKED when it runs, RV_UNSUPPORTED. */
int rv_recover_plan(const struct rv_root *root, struct rv_registry *registry, const struct rv_state *state,
                    uint64_t job, enum rv_way way, struct rv_plan **ret, bool *ret_committed,
                    struct rv_err *err) RV_CHECK;

#endif
