/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing and reading requests. The reader trusts nothing: the words are checked against the plugin's declarations by
 * the same calls that check a command line. */
#include "core/run/wire.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <reeve/plugin.h>

#include "core/base/err.h"
#include "core/model/query.h"
#include "core/model/registry.h"
#include "core/run/plan_private.h"
#include "core/run/start.h"

enum { WAIT_MAX = 7 * 24 * 3600 /* seconds; who would wait longer waits this long */ };

/* Options of the host that a request may carry: none that could weaken trust, or name a file of configuration. */
static const char *const options[] = { "cacheonly", "refresh" };
enum { N_OPTIONS = sizeof options / sizeof *options };

/* Index of a word in a list; -1 when it is not there, or there is no word. */
static int find(const char *const *words, size_t n, const char *word)
{
        size_t i;

        for (i = 0; word && i < n; i++)
                if (strcmp(words[i], word) == 0)
                        return (int)i;
        return -1;
}

bool rv_wire_carries(const char *option)
{
        return find(options, N_OPTIONS, option) >= 0;
}

static const char *const units[] = { "none", "scope", "failed" };
static const char *const ways[] = { "", "finish", "revert" };

/* --- writing */

/* Only arguments that were given are written; a repeated one keeps its order, which may matter to the plugin. Values go
 * as text even where they are numbers: the reader checks them by the call that checks a command line. */
static void write_args(const struct rv_request *request, struct rv_json *json)
{
        const struct rv_action *action = request->action;
        const char *value;
        size_t nth;
        uint32_t i;

        rv_json_begin(json, '{');
        for (i = 0; i < action->n_args; i++) {
                if (!rv_arg(request->query, action->args[i].id, 0))
                        continue;
                rv_json_key(json, action->args[i].id);
                rv_json_begin(json, '[');
                for (nth = 0; (value = rv_arg(request->query, action->args[i].id, nth)); nth++)
                        rv_json_str(json, value);
                rv_json_end(json, ']');
        }
        rv_json_end(json, '}');
}

/* Options that are not on the list stay behind: they are looks and caches of the front end. */
static void write_options(const struct rv_request *request, struct rv_json *json)
{
        const char *value;
        size_t i;

        rv_json_begin(json, '{');
        for (i = 0; i < N_OPTIONS; i++) {
                value = rv_option(request->query, options[i]);
                if (value) {
                        rv_json_key(json, options[i]);
                        rv_json_str(json, value);
                }
        }
        rv_json_end(json, '}');
}

/* The same array goes to the helper and into the job's directory, so that recovery reads it with the same code. */
void rv_requests_json(const struct rv_plan *plan, struct rv_json *json)
{
        size_t i;

        rv_json_begin(json, '[');
        for (i = 0; i < plan->n_requests; i++) {
                rv_json_begin(json, '{');
                rv_json_key(json, "action");
                rv_json_str(json, plan->requests[i]->action->id);
                rv_json_key(json, "args");
                write_args(plan->requests[i], json);
                rv_json_key(json, "options");
                write_options(plan->requests[i], json);
                rv_json_end(json, '}');
        }
        rv_json_end(json, ']');
}

/* Unanswered questions are left out; the helper then refuses, or asks through the job's socket. */
void rv_answers_json(const struct rv_plan *plan, struct rv_json *json)
{
        size_t i;

        rv_json_begin(json, '{');
        for (i = 0; i < plan->n_questions; i++)
                if (plan->questions[i].answer) {
                        rv_json_key(json, plan->questions[i].id);
                        rv_json_str(json, plan->questions[i].answer);
                }
        rv_json_end(json, '}');
}

/* The helper has another working directory, so a root is named by where it lies, not by the user's word for it. That it
 * is the same directory is part of the plan's identity. */
int rv_wire_root(const struct rv_root *root, struct rv_buf *out, struct rv_err *err)
{
        char link[64], path[PATH_MAX];
        ssize_t n;

        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", root->fd);
        n = readlink(link, path, sizeof path);
        if (n <= 0 || (size_t)n == sizeof path || path[0] != '/')
                return rv_fail_errno(err, n < 0 ? errno : ENAMETOOLONG, N_("%1: its path cannot be told: %2"),
                                     root->path);
        rv_buf_add(out, path, (size_t)n);
        return RV_OK;
}

/* What both verbs say; leaves the object open. */
static int write_common(const struct rv_root *root, const struct rv_start *start, enum rv_unit unit, const char *verb,
                        struct rv_json *json, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf path = { 0 };
        int rc = rv_wire_root(root, &path, err);

        if (rc != RV_OK)
                return rc;
        rv_json_begin(json, '{');
        rv_json_key(json, "reeve");
        rv_json_int(json, RV_WIRE_VERSION);
        rv_json_key(json, "verb");
        rv_json_str(json, verb);
        rv_json_key(json, "root");
        rv_json_str(json, rv_buf_str(&path));
        rv_json_key(json, "unit");
        rv_json_str(json, units[unit]);
        rv_json_key(json, "wait");
        rv_json_int(json, start->wait_s < WAIT_MAX ? start->wait_s : WAIT_MAX);
        rv_json_key(json, "interactive");
        rv_json_bool(json, start->interactive);
        return RV_OK;
}

/* The limit is the reader's too: better said here, where fewer rows can be chosen. */
static int end_request(struct rv_json *json, struct rv_err *err)
{
        rv_json_end(json, '}');
        if (json->out->failed)
                return rv_fail_memory(err);
        if (json->out->size > RV_WIRE_MAX)
                return rv_fail(err, RV_USAGE, N_("the request is longer than 64 KiB"),
                               N_("name fewer rows, and run it several times"), NULL);
        return RV_OK;
}

int rv_wire_run(const struct rv_plan *plan, const struct rv_start *start, enum rv_unit unit, struct rv_buf *out,
                struct rv_err *err)
{
        struct rv_json json = { .out = out };
        int rc = write_common(rv_query_root(plan->requests[0]->query), start, unit, "run", &json, err);

        if (rc != RV_OK)
                return rc;
        rv_json_key(&json, "plugin");
        rv_json_str(&json, plan->plugin->id);
        rv_json_key(&json, "plan");
        rv_json_str(&json, plan->id);
        rv_json_key(&json, "requests");
        rv_requests_json(plan, &json);
        rv_json_key(&json, "answers");
        rv_answers_json(plan, &json);
        return end_request(&json, err);
}

int rv_wire_recover(const struct rv_root *root, uint64_t job, enum rv_way way, const struct rv_start *start,
                    enum rv_unit unit, struct rv_buf *out, struct rv_err *err)
{
        struct rv_json json = { .out = out };
        int rc = write_common(root, start, unit, "recover", &json, err);

        if (rc != RV_OK)
                return rc;
        rv_json_key(&json, "job");
        rv_json_int(&json, (int64_t)job);
        rv_json_key(&json, "way");
        rv_json_str(&json, ways[way]);
        return end_request(&json, err);
}

/* --- reading */

/* Nobody writes requests by hand: one that is wrong comes from another version, or from somebody who tries. */
static int fail_request(const char *what, struct rv_err *err)
{
        return rv_fail(err, RV_USAGE, N_("the request is not understood: %1"),
                       N_("reeve and reeve-helper have to be of the same version"), what, NULL);
}

/* Only the form: whether it is this plan's is what planning again tells. */
static bool is_plan_id(const char *s)
{
        return s && strlen(s) == RV_SHA256_HEX - 1 && strspn(s, "0123456789abcdef") == RV_SHA256_HEX - 1;
}

bool rv_answers_valid(json_t *object)
{
        const char *key;
        json_t *value;

        if (object && !json_is_object(object))
                return false;
        json_object_foreach(object, key, value)
        {
                if (!json_is_string(value))
                        return false;
        }
        return true;
}

/* Each verb has its members and no other's: a request that says two things is refused, not interpreted. */
static int check_verb(struct rv_wire *wire, const char *verb, const char *way, json_int_t job, struct rv_err *err)
{
        int found = way ? find(ways, 3, way) : 0;

        if (strcmp(verb, "run") == 0) {
                if (!is_plan_id(wire->plan) || !wire->plugin || !json_is_array(wire->requests) || way || job)
                        return fail_request("run", err);
        } else if (strcmp(verb, "recover") != 0 || found < RV_FINISH || job < 1 || wire->plugin || wire->plan ||
                   wire->requests || wire->answers) {
                return fail_request(verb, err);
        }
        if (!rv_answers_valid(wire->answers))
                return fail_request("answers", err);
        wire->way = (enum rv_way)found;
        wire->job = (uint64_t)job;
        return RV_OK;
}

int rv_wire_parse(const char *bytes, size_t n, struct rv_wire *ret, struct rv_err *err)
{
        RV_WIRE_CLEANUP struct rv_wire wire = { 0 };
        const char *verb = NULL, *way = NULL, *unit = NULL;
        json_int_t version = 0, job = 0, wait = 0; /* whole, so that nothing is cut to a value that fits */
        json_error_t error;
        int interactive = 0, rc;

        if (n > RV_WIRE_MAX)
                return fail_request("longer than 64 KiB", err);
        wire.json = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, &error);
        if (!wire.json)
                return fail_request(error.text, err);
        if (json_unpack_ex(wire.json, &error, JSON_STRICT,
                           "{s:I, s:s, s:s, s?s, s?I, s?b, s?s, s?s, s?o, s?o, s?I, s?s}", "reeve", &version, "verb",
                           &verb, "root", &wire.root, "unit", &unit, "wait", &wait, "interactive", &interactive,
                           "plugin", &wire.plugin, "plan", &wire.plan, "requests", &wire.requests, "answers",
                           &wire.answers, "job", &job, "way", &way) < 0)
                return fail_request(error.text, err);
        if (version != RV_WIRE_VERSION || wire.root[0] != '/' || wait < 0 || wait > WAIT_MAX)
                return fail_request("reeve, root, wait", err);
        if (unit && find(units, 3, unit) < 0)
                return fail_request("unit", err);
        wire.unit = unit ? (enum rv_unit)find(units, 3, unit) : RV_UNIT_NONE;
        wire.start = (struct rv_start){ .wait_s = (unsigned)wait, .interactive = interactive != 0 };
        rc = check_verb(&wire, verb, way, job, err);
        if (rc != RV_OK)
                return rc;
        *ret = wire;
        wire.json = NULL;
        return RV_OK;
}

void rv_wire_free(struct rv_wire *wire)
{
        json_decref(wire->json);
        wire->json = NULL;
}

/* An empty list is refused too: an argument that was not given is not named. */
static int add_arg(struct rv_request *request, const char *id, const json_t *values, struct rv_err *err)
{
        size_t i, n = json_array_size(values);
        int rc = n ? RV_OK : fail_request(id, err);

        for (i = 0; rc == RV_OK && i < n; i++) {
                const char *value = json_string_value(json_array_get(values, i));

                rc = value ? rv_query_add(request->query, id, value, err) : fail_request(id, err);
        }
        return rc;
}

/* Arguments first, then options: both are checked against what is declared or listed. */
static int add_words(struct rv_request *request, json_t *args, json_t *given, struct rv_err *err)
{
        const char *id;
        json_t *value;
        int rc;

        json_object_foreach(args, id, value)
        {
                rc = add_arg(request, id, value, err);
                if (rc != RV_OK)
                        return rc;
        }
        json_object_foreach(given, id, value)
        {
                if (!rv_wire_carries(id) || !json_is_string(value))
                        return fail_request(id, err);
                rc = rv_query_option(request->query, id, json_string_value(value), err);
                if (rc != RV_OK)
                        return rc;
        }
        return RV_OK;
}

/* The action is looked up in the plugin that the registry loaded; the request only has its name. */
static int one_request(json_t *json, const struct rv_root *root, const struct rv_plugin *plugin,
                       struct rv_request **ret, struct rv_err *err)
{
        RV_REQUEST_CLEANUP struct rv_request *request = NULL;
        const struct rv_action *action;
        const char *id = NULL;
        json_t *args = NULL, *given = NULL;
        json_error_t error;
        int rc;

        if (json_unpack_ex(json, &error, JSON_STRICT, "{s:s, s?o, s?o}", "action", &id, "args", &args, "options",
                           &given) < 0)
                return fail_request(error.text, err);
        if ((args && !json_is_object(args)) || (given && !json_is_object(given)))
                return fail_request("args, options", err);
        action = rv_plugin_action(plugin, id);
        if (!action)
                return rv_fail(err, RV_USAGE, N_("%1 has no action %2"), NULL, plugin->id, id, NULL);
        request = rv_request_new(root, plugin, action);
        if (!request)
                return rv_fail_memory(err);
        rc = add_words(request, args, given, err);
        if (rc != RV_OK)
                return rc;
        *ret = request;
        request = NULL;
        return RV_OK;
}

void rv_requests_free(struct rv_request **requests, size_t n)
{
        while (n)
                rv_request_free(requests[--n]);
        free(requests);
}

int rv_requests_from_json(const json_t *array, const struct rv_root *root, const struct rv_plugin *plugin,
                          struct rv_request ***ret, size_t *ret_n, struct rv_err *err)
{
        size_t i, n = json_array_size(array);
        struct rv_request **requests;
        int rc = RV_OK;

        if (n == 0 || n > RV_WIRE_REQUESTS)
                return fail_request("requests", err);
        requests = calloc(n, sizeof(struct rv_request *));
        if (!requests)
                return rv_fail_memory(err);
        for (i = 0; rc == RV_OK && i < n; i++)
                rc = one_request(json_array_get(array, i), root, plugin, &requests[i], err);
        if (rc != RV_OK) {
                rv_requests_free(requests, n);
                return rc;
        }
        *ret = requests;
        *ret_n = n;
        return RV_OK;
}

static int answer(struct rv_plan *plan, json_t *answers, struct rv_err *err)
{
        const char *question;
        json_t *value;
        int rc;

        json_object_foreach(answers, question, value)
        {
                rc = rv_plan_answer(plan, question, json_string_value(value), err);
                if (rc != RV_OK)
                        return rc;
        }
        return RV_OK;
}

int rv_plan_again(struct rv_request *const *take_requests, size_t n, json_t *answers, const char *id,
                  struct rv_plan **ret, struct rv_err *err)
{
        int rc = rv_plan_new(take_requests, n, NULL, ret, err);

        if (rc == RV_OK)
                rc = answer(*ret, answers, err);
        if (rc == RV_OK && strcmp(rv_plan_id(*ret), id) != 0)
                rc = rv_fail(err, RV_STALE, N_("the plan no longer fits the system"),
                             N_("plan again, look at what has changed, and run that: the plan is %1 now"),
                             rv_plan_id(*ret), NULL);
        return rc;
}
