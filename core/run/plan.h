/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plans: what an action would do, as the rows of its preview view, with one identity that changes when anything the
 * plan says or rests on changes.
 * Ownership: a plan owns its requests, steps and texts; getters borrow from it. rv_plan_new() runs the plugin's plan():
 * call it in the plugin's lane (core/run/lane.h); after that a plan belongs to one thread at a time. */
#ifndef REEVE_RUN_PLAN_H
#define REEVE_RUN_PLAN_H

#include <stdatomic.h>

#include <reeve/action.h>

struct rv_plugin;
struct rv_root;
struct rv_snapshot;

struct rv_plugin;

/* One action with its arguments. root, plugin and action stay borrowed. NULL: no memory. */
struct rv_request *rv_request_new(const struct rv_root *root, const struct rv_plugin *plugin,
                                  const struct rv_action *action);
void rv_request_free(struct rv_request *request);
void rv_request_freep(struct rv_request **request);
#define RV_REQUEST_CLEANUP __attribute__((cleanup(rv_request_freep)))
/* Where the arguments go: rv_query_words(), rv_query_add(), rv_query_option(). */
struct rv_query *rv_request_arguments(struct rv_request *request);

/* Plans n requests of one plugin together: the same action, or actions of one group (else RV_USAGE). Takes the requests
 * when it succeeds. RV_UNSUPPORTED: the action has no plan(), or there is no libcrypto for the identity. cancel may be
 * NULL. */
int rv_plan_new(struct rv_request *const *take_requests, size_t n, const atomic_bool *cancel, struct rv_plan **ret,
                struct rv_err *err) RV_CHECK;
void rv_plan_free(struct rv_plan *plan);
void rv_plan_freep(struct rv_plan **plan);
#define RV_PLAN_CLEANUP __attribute__((cleanup(rv_plan_freep)))

/* SHA-256 as 64 hex digits over actions, canonical arguments, answers, steps, states and root. */
const char *rv_plan_id(const struct rv_plan *plan);
/* The steps: rows of the preview view, borrowed. No row: nothing to do. */
struct rv_snapshot *rv_plan_snapshot(const struct rv_plan *plan);
size_t rv_plan_requests(const struct rv_plan *plan);
const struct rv_request *rv_plan_request(const struct rv_plan *plan, size_t i);
const struct rv_plugin *rv_plan_plugin(const struct rv_plan *plan);
/* The action of the first request: its run() and recover() do the whole plan. */
const struct rv_action *rv_plan_action(const struct rv_plan *plan);
/* Flags of all its actions, or-ed (RV_NEEDS_ROOT, RV_DESTRUCTIVE, ...). */
uint32_t rv_plan_flags(const struct rv_plan *plan);
/* What rv_plan_data() gave, "{}" when nothing. */
const char *rv_plan_json(const struct rv_plan *plan);
/* RV_DENIED when running it needs more rights than this process has: the action needs root, and neither is this euid 0
 * nor does the (foreign) root belong to this user. */
int rv_plan_permitted(const struct rv_plan *plan, struct rv_err *err) RV_CHECK;

struct rv_question {
        const char *id, *option; /* option: what answers it on the command line ("--accept-key FPR") */
        const char *packed;      /* the question as a packed message (core/base/message.h) */
        size_t packed_size;
        const char *answer; /* NULL: not answered */
};
size_t rv_plan_questions(const struct rv_plan *plan);
void rv_plan_question_at(const struct rv_plan *plan, size_t i, struct rv_question *ret);
/* Answers a question; the identity changes with it. RV_USAGE: the plan does not ask that. */
int rv_plan_answer(struct rv_plan *plan, const char *question, const char *value, struct rv_err *err) RV_CHECK;
/* RV_CONFIRM names the first question without an answer, and the option that answers it. */
int rv_plan_answered(const struct rv_plan *plan, struct rv_err *err) RV_CHECK;

#endif
