/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What plans and requests look like inside core/run.
 * Ownership: a plan's texts lie in its arena; steps, states and data are its own. */
#ifndef REEVE_RUN_PLAN_PRIVATE_H
#define REEVE_RUN_PLAN_PRIVATE_H

#include "core/base/arena.h"
#include "core/base/json.h"
#include "core/run/digest.h"
#include "core/run/plan.h"

struct rv_request {
        const struct rv_plugin *plugin;
        const struct rv_action *action;
        struct rv_query *query;
};

struct rv_plan {
        const struct rv_plugin *plugin;
        const struct rv_request **requests;
        size_t n_requests;
        struct rv_sink *sink; /* while plan() fills it */
        struct rv_snapshot *steps;
        struct rv_buf states; /* canonical bytes */
        struct rv_buf data;
        struct rv_question *questions;
        size_t n_questions;
        struct rv_arena arena;
        bool failed; /* no memory in a call that cannot say so */
        char id[RV_SHA256_HEX];
};

/* The text domain of a plugin. */
const char *rv_plan_domain(const struct rv_plugin *plugin);
/* Computes plan->id. */
int rv_plan_identify(struct rv_plan *plan, struct rv_err *err) RV_CHECK;
/* What recovering a job would do, from its own requests, which it takes when it succeeds. A job that never came to its
 * commit has nothing to undo: no step. */
int rv_plan_recovery(struct rv_request *const *take_requests, size_t n, struct rv_job *job, enum rv_way way,
                     struct rv_plan **ret, struct rv_err *err) RV_CHECK;

/* A string or bytes with its length before it, so that no two lists of them look the same. */
void rv_canonical_add(struct rv_buf *out, const void *bytes, size_t n);
void rv_canonical_str(struct rv_buf *out, const char *s); /* NULL differs from "" */
/* Every cell of a snapshot with the columns' ids. */
void rv_canonical_rows(struct rv_buf *out, const struct rv_snapshot *snapshot);

/* Steps as a JSON array of objects by column id; messages as (domain, msgid, args). */
void rv_steps_json(const struct rv_snapshot *snapshot, struct rv_json *json);

#endif
