/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the helper is asked, as one JSON object of at most 64 KiB on its standard input, and what it says back: a line
 * {"hello": 1} as soon as it runs, then one line {"job": N} when the job is on disk, or {"error": {...}}.
 * Nothing in a request names a file but the root and the image to work on; options are an allow-list, members that are
 * not known refuse.
 * Ownership: a parsed request owns its JSON, and its strings are borrowed from that. */
#ifndef REEVE_RUN_WIRE_H
#define REEVE_RUN_WIRE_H

#include <jansson.h>

#include "core/base/json.h"
#include "core/run/start.h"

struct rv_plugin;

enum { RV_WIRE_MAX = 64 << 10, RV_WIRE_VERSION = 1, RV_WIRE_REQUESTS = 1000 };

/* How the helper came to have a session of its own: a transient systemd unit; none because there is no systemd; none
 * although there is. */
enum rv_unit { RV_UNIT_NONE, RV_UNIT_SCOPE, RV_UNIT_FAILED };

struct rv_wire {
        json_t *json;
        const char *root, *plugin, *plan; /* plugin and plan: to run only */
        json_t *requests, *answers;       /* answers: object of strings, may be NULL */
        uint64_t job;                     /* to recover only */
        enum rv_way way;                  /* 0: run */
        enum rv_unit unit;
        struct rv_start start;
};

int rv_wire_run(const struct rv_plan *plan, const struct rv_start *start, enum rv_unit unit, struct rv_buf *out,
                struct rv_err *err) RV_CHECK;
int rv_wire_recover(const struct rv_root *root, uint64_t job, enum rv_way way, const struct rv_start *start,
                    enum rv_unit unit, struct rv_buf *out, struct rv_err *err) RV_CHECK;
/* RV_USAGE: not such an object, too long, an unknown member or a value of the wrong type. */
int rv_wire_parse(const char *bytes, size_t n, struct rv_wire *ret, struct rv_err *err) RV_CHECK;
void rv_wire_free(struct rv_wire *wire);
#define RV_WIRE_CLEANUP __attribute__((cleanup(rv_wire_free)))

/* "requests" and "answers", as in a request and in what a job keeps of it. */
void rv_requests_json(const struct rv_plan *plan, struct rv_json *json);
void rv_answers_json(const struct rv_plan *plan, struct rv_json *json);
/* Whether answers read from JSON are such an object, or NULL: they are compared and logged as text, so nothing but
 * strings may stand there. */
bool rv_answers_valid(json_t *answers);
/* Makes the requests of such an array; *ret is malloc'd, and they and it are the caller's. */
int rv_requests_from_json(const json_t *array, const struct rv_root *root, const struct rv_plugin *plugin,
                          struct rv_request ***ret, size_t *ret_n, struct rv_err *err) RV_CHECK;
void rv_requests_free(struct rv_request **requests, size_t n);
/* Makes the plan of those requests and answers (NULL: none) again; RV_STALE when it is not the one of this id. Takes
 * the requests, not their array, when *ret is set, which it may be on failure too. */
int rv_plan_again(struct rv_request *const *take_requests, size_t n, json_t *answers, const char *id,
                  struct rv_plan **ret, struct rv_err *err) RV_CHECK;

/* Whether a request carries this option of the host. A plan's identity rests on no other: the helper, which makes the
 * plan again, does not know them. */
bool rv_wire_carries(const char *option);
/* The root as an absolute path. */
int rv_wire_root(const struct rv_root *root, struct rv_buf *out, struct rv_err *err) RV_CHECK;

#endif
