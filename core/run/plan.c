/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests and plans: the calls of the SDK that plan() uses, and what a front end and the helper read of the result. */
#include "core/run/plan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include <reeve/plugin.h>

#include "core/base/err.h"
#include "core/model/query.h"
#include "core/model/registry.h"
#include "core/model/sink.h"
#include "core/model/snapshot.h"
#include "core/run/plan_private.h"
#include "core/run/runner.h"

enum { DATA_MAX = 1 << 20, QUESTIONS_MAX = 64, REQUESTS_MAX = 1000 };

const char *rv_plan_domain(const struct rv_plugin *plugin)
{
        return plugin->domain ? plugin->domain : plugin->id;
}

/* --- requests */

/* Declarations stay borrowed from the plugin, which is never unloaded. */
struct rv_request *rv_request_new(const struct rv_root *root, const struct rv_plugin *plugin,
                                  const struct rv_action *action)
{
        struct rv_request *request = calloc(1, sizeof *request);

        if (!request)
                return NULL;
        *request = (struct rv_request){ .plugin = plugin, .action = action };
        request->query = rv_query_new(root, action->args, action->n_args);
        if (!request->query) {
                free(request);
                return NULL;
        }
        return request;
}

void rv_request_free(struct rv_request *request)
{
        if (!request)
                return;
        rv_query_free(request->query);
        free(request);
}

void rv_request_freep(struct rv_request **request)
{
        rv_request_free(*request);
        *request = NULL;
}

struct rv_query *rv_request_arguments(struct rv_request *request)
{
        return request->query;
}

const char *rv_request_action(const struct rv_request *request)
{
        return request->action->id;
}

const struct rv_query *rv_request_query(const struct rv_request *request)
{
        return request->query;
}

/* --- what plan() calls */

struct rv_sink *rv_plan_steps(struct rv_plan *plan)
{
        return plan->sink;
}

/* Name and bytes with their lengths: two states never run into each other. */
void rv_plan_state(struct rv_plan *plan, const char *name, const void *bytes, size_t n)
{
        rv_canonical_str(&plan->states, name);
        rv_canonical_add(&plan->states, bytes, n);
}

/* Parsed only to be refused early: run() may rely on an object, and the job's directory on text that can be read
 * again. */
int rv_plan_data(struct rv_plan *plan, const char *json, struct rv_err *err)
{
        size_t n = strlen(json);
        json_t *parsed = n <= DATA_MAX ? json_loadb(json, n, JSON_REJECT_DUPLICATES, NULL) : NULL;
        bool is_object = json_is_object(parsed);

        json_decref(parsed);
        if (!is_object)
                return rv_fail(err, RV_INTERNAL, N_("the plan's data is no JSON object of at most 1 MiB"), NULL, NULL);
        rv_buf_clear(&plan->data);
        rv_buf_add(&plan->data, json, n);
        return plan->data.failed ? rv_fail_memory(err) : RV_OK;
}

/* It cannot say that memory ran out, so the plan remembers and fails when it is finished. */
void rv_plan_question(struct rv_plan *plan, const char *id, const char *option, const char *msgid, ...)
{
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };
        struct rv_question *question;
        va_list args;

        if (!plan->questions)
                plan->questions = rv_arena_alloc(&plan->arena, QUESTIONS_MAX * sizeof *plan->questions);
        if (!plan->questions || plan->n_questions == QUESTIONS_MAX) {
                plan->failed = true;
                return;
        }
        va_start(args, msgid);
        rv_message_pack(&packed, rv_plan_domain(plan->plugin), msgid, args);
        va_end(args);
        question = &plan->questions[plan->n_questions++];
        question->id = rv_arena_strdup(&plan->arena, id);
        question->option = rv_arena_strdup(&plan->arena, option);
        question->packed = rv_arena_strndup(&plan->arena, rv_buf_str(&packed), packed.size);
        question->packed_size = packed.size;
        plan->failed |= packed.failed || !question->id || !question->packed;
}

/* --- making a plan */

/* A preview is one of the plugin's own views; "plugin/view" is accepted because refs are written so. */
static const struct rv_view *preview_of(const struct rv_plugin *plugin, const struct rv_action *action)
{
        const char *id = action->preview, *slash = id ? strrchr(id, '/') : NULL;

        return id ? rv_plugin_view(plugin, slash ? slash + 1 : id) : NULL;
}

static int begin(const struct rv_plugin *plugin, const struct rv_action *action, const atomic_bool *cancel,
                 struct rv_plan **ret, struct rv_err *err)
{
        const struct rv_view *view = preview_of(plugin, action);
        struct rv_plan *plan;

        if (!view)
                return rv_fail(err, RV_UNSUPPORTED, N_("%1 %2: the plugin declares no view for its plan"), NULL,
                               plugin->id, action->id, NULL);
        plan = calloc(1, sizeof *plan);
        if (!plan)
                return rv_fail_memory(err);
        plan->plugin = plugin;
        plan->sink = rv_sink_new(plugin->id, rv_plan_domain(plugin), view, cancel);
        if (!plan->sink) {
                free(plan);
                return rv_fail_memory(err);
        }
        *ret = plan;
        return RV_OK;
}

/* Nothing can be put any more: from here the steps are a snapshot, and rv_plan_steps() is NULL. */
static int finish(struct rv_plan *plan, struct rv_err *err)
{
        bool cacheable;
        int rc = rv_sink_finish(plan->sink, &plan->steps, &cacheable, err);

        rv_sink_free(plan->sink);
        plan->sink = NULL;
        if (rc == RV_OK && (plan->failed || plan->states.failed || plan->data.failed))
                rc = rv_fail_memory(err);
        return rc;
}

/* A change of the root would pass for one of the image, or inside the slot. */
static int refuse_elsewhere(const struct rv_request *request, struct rv_err *err)
{
        const bool slot = rv_option(request->query, "slot"), image = rv_option(request->query, "image");

        if (slot)
                return rv_fail(err, RV_UNSUPPORTED, N_("%1 %2: cannot change the inside of a slot"),
                               N_("mount the slot and name it with --root"), request->plugin->id, request->action->id,
                               NULL);
        if (image)
                return rv_fail(err, RV_UNSUPPORTED, N_("%1 %2: cannot change an image"),
                               N_("mount the image and name it with --root"), request->plugin->id, request->action->id,
                               NULL);
        return RV_OK;
}

/* The first action's run() does the whole plan, so all of them have to share it: one function that was handed other
 * actions' requests would not know them. */
static int check_requests(struct rv_request *const *requests, size_t n, struct rv_err *err)
{
        const struct rv_request *first = requests[0];
        size_t i;
        int rc = RV_OK;

        if (!first->action->plan || !first->action->run)
                return rv_fail(err, RV_UNSUPPORTED, N_("%1 %2: the plugin cannot do that yet"), NULL, first->plugin->id,
                               first->action->id, NULL);
        for (i = 0; rc == RV_OK && i < n; i++) {
                const struct rv_action *action = requests[i]->action;
                bool together =
                        action == first->action ||
                        (action->group && first->action->group && strcmp(action->group, first->action->group) == 0 &&
                         action->plan == first->action->plan && action->run == first->action->run);

                if (requests[i]->plugin != first->plugin || !together)
                        return rv_fail(err, RV_USAGE, N_("%1 and %2 cannot be planned together"),
                                       N_("run them one after the other"), first->action->id, action->id, NULL);
                rc = refuse_elsewhere(requests[i], err);
                if (rc == RV_OK)
                        rc = rv_query_complete(requests[i]->query, first->plugin->id, action->id, err);
        }
        return rc;
}

/* What fills a plan: the action's plan(), or for a job its recover(). */
struct maker {
        const atomic_bool *cancel;
        struct rv_job *job;
        enum rv_way way;
};

/* A number and a way are states that a recovery rests on: the same steps of another job are another plan. */
static int call_recover(struct rv_plan *plan, const struct rv_action *action, const struct maker *maker,
                        struct rv_err *err)
{
        uint64_t number = rv_job_number(maker->job);

        rv_plan_state(plan, "job", &number, sizeof number);
        rv_plan_state(plan, "way", maker->way == RV_FINISH ? "finish" : "revert", sizeof "finish");
        if (!rv_job_committed(maker->job))
                return RV_OK;
        if (!action->recover)
                return rv_fail(err, RV_UNSUPPORTED, N_("%1 %2: the plugin cannot recover it"), NULL, plan->plugin->id,
                               action->id, NULL);
        return action->recover(maker->job, maker->way, plan, err);
}

/* The plugin's errors carry its own text domain. */
static int call_plan(struct rv_plan *plan, const struct rv_action *action, const struct maker *maker,
                     struct rv_err *err)
{
        RV_ERR_CLEANUP struct rv_err ignored = { 0 };
        struct rv_err *to = err ? err : &ignored;
        const char *before = to->domain;
        int rc;

        to->domain = rv_plan_domain(plan->plugin);
        rc = maker->job ? call_recover(plan, action, maker, to)
                        : action->plan(plan->requests, plan->n_requests, plan, to);
        to->domain = before;
        if (rc != RV_OK && !to->code)
                rc = rv_fail(to, rc, N_("%1 %2: could not be planned"), NULL, plan->plugin->id, action->id, NULL);
        return rc;
}

/* On any failure the requests stay the caller's, who may change and try them again. */
static int make(struct rv_request *const *take_requests, size_t n, const struct maker *maker, struct rv_plan **ret,
                struct rv_err *err)
{
        const struct rv_action *action = take_requests[0]->action;
        struct rv_plan *plan = NULL;
        int rc = begin(take_requests[0]->plugin, action, maker->cancel, &plan, err);

        if (rc != RV_OK)
                return rc;
        rv_sink_wanted(plan->sink, take_requests[0]->query);
        plan->requests = calloc(n, sizeof(struct rv_request *));
        if (plan->requests) {
                memcpy(plan->requests, take_requests, n * sizeof(struct rv_request *));
                plan->n_requests = n;
                rc = call_plan(plan, action, maker, err);
        } else {
                rc = rv_fail_memory(err);
        }
        if (rc == RV_OK)
                rc = finish(plan, err);
        if (rc == RV_OK)
                rc = rv_plan_identify(plan, err);
        if (rc != RV_OK) {
                plan->n_requests = 0; /* they stay the caller's */
                rv_plan_free(plan);
                return rc;
        }
        *ret = plan;
        return RV_OK;
}

int rv_plan_new(struct rv_request *const *take_requests, size_t n, const atomic_bool *cancel, struct rv_plan **ret,
                struct rv_err *err)
{
        const struct maker maker = { .cancel = cancel };
        int rc;

        if (n == 0 || n > REQUESTS_MAX)
                return rv_fail(err, RV_USAGE, N_("a plan takes 1 to 1000 requests"), NULL, NULL);
        rc = check_requests(take_requests, n, err);
        return rc == RV_OK ? make(take_requests, n, &maker, ret, err) : rc;
}

int rv_plan_recovery(struct rv_request *const *take_requests, size_t n, struct rv_job *job, enum rv_way way,
                     struct rv_plan **ret, struct rv_err *err)
{
        const struct maker maker = { .job = job, .way = way };

        return make(take_requests, n, &maker, ret, err);
}

void rv_plan_free(struct rv_plan *plan)
{
        size_t i;

        if (!plan)
                return;
        for (i = 0; i < plan->n_requests; i++) {
                union {
                        const struct rv_request *lent; /* plan() sees them as const */
                        struct rv_request *own;
                } request = { .lent = plan->requests[i] };

                rv_request_free(request.own);
        }
        free(plan->requests);
        rv_sink_free(plan->sink);
        rv_snapshot_unref(plan->steps);
        rv_buf_free(&plan->states);
        rv_buf_free(&plan->data);
        rv_arena_free(&plan->arena);
        free(plan);
}

void rv_plan_freep(struct rv_plan **plan)
{
        rv_plan_free(*plan);
        *plan = NULL;
}

/* --- reading a plan */

const char *rv_plan_id(const struct rv_plan *plan)
{
        return plan->id;
}

struct rv_snapshot *rv_plan_snapshot(const struct rv_plan *plan)
{
        return plan->steps;
}

size_t rv_plan_requests(const struct rv_plan *plan)
{
        return plan->n_requests;
}

const struct rv_request *rv_plan_request(const struct rv_plan *plan, size_t i)
{
        return plan->requests[i];
}

const struct rv_plugin *rv_plan_plugin(const struct rv_plan *plan)
{
        return plan->plugin;
}

const struct rv_action *rv_plan_action(const struct rv_plan *plan)
{
        return plan->requests[0]->action;
}

uint32_t rv_plan_flags(const struct rv_plan *plan)
{
        uint32_t flags = 0;
        size_t i;

        for (i = 0; i < plan->n_requests; i++)
                flags |= plan->requests[i]->action->flags;
        return flags;
}

const char *rv_plan_json(const struct rv_plan *plan)
{
        return plan->data.size ? rv_buf_str(&plan->data) : "{}";
}

/* An unprivileged user may do what needs root in a root of their own: an image tree below their home. That is no hole:
 * the kernel decides what they can write there. */
int rv_plan_permitted(const struct rv_plan *plan, struct rv_err *err)
{
        const struct rv_root *root = rv_query_root(plan->requests[0]->query);
        struct stat st;

        if (!(rv_plan_flags(plan) & RV_NEEDS_ROOT) || geteuid() == 0)
                return RV_OK;
        if (root->foreign && fstat(root->fd, &st) == 0 && st.st_uid == geteuid())
                return RV_OK;
        return rv_fail(err, RV_DENIED, N_("%1 %2: needs the rights of root"),
                       N_("run the same words behind run0, sudo or pkexec, with --plan %3"), plan->plugin->id,
                       rv_plan_action(plan)->id, plan->id, NULL);
}

size_t rv_plan_questions(const struct rv_plan *plan)
{
        return plan->n_questions;
}

void rv_plan_question_at(const struct rv_plan *plan, size_t i, struct rv_question *ret)
{
        *ret = plan->questions[i];
}

/* A new answer is a new plan: what was approved without it is stale. */
int rv_plan_answer(struct rv_plan *plan, const char *question, const char *value, struct rv_err *err)
{
        size_t i;

        for (i = 0; i < plan->n_questions; i++)
                if (strcmp(plan->questions[i].id, question) == 0)
                        break;
        if (i == plan->n_questions)
                return rv_fail(err, RV_USAGE, N_("%1: the plan asks no such question"), NULL, question, NULL);
        plan->questions[i].answer = rv_arena_strdup(&plan->arena, value);
        return plan->questions[i].answer ? rv_plan_identify(plan, err) : rv_fail_memory(err);
}

/* The text is put into the error whole, because a script's log has only that. */
int rv_plan_answered(const struct rv_plan *plan, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        const struct rv_question *question;
        size_t i;

        for (i = 0; i < plan->n_questions; i++) {
                question = &plan->questions[i];
                if (question->answer)
                        continue;
                rv_message_plain(question->packed, question->packed_size, &text);
                return rv_fail(err, RV_CONFIRM, N_("a question is not answered: %1"), N_("%2 answers it"),
                               rv_buf_str(&text), question->option ? question->option : question->id, NULL);
        }
        return RV_OK;
}
