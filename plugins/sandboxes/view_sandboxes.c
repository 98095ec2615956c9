/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of environments, and what it adds to the views that are common to all plugins: those that need somebody, and
 * the space they take. */
#include <stdio.h>
#include <string.h>

#include "core/base/time.h"
#include "plugins/sandboxes/check.h"
#include "plugins/sandboxes/views.h"

/* What a list reads of one environment: some 0.2 s at the speed of SHA-256. Counted for each alone, so that the state
 * of one does not depend on how many others there are. */
static const int64_t BUDGET = INT64_C(256) << 20;
/* How long findings on more files than can be watched are kept: they are part of what every start shows. */
enum { FINDINGS_LIFETIME = 300 };

/* Everything about one environment that a row needs. */
struct look {
        struct env *env;
        struct dist_list dists;
        struct check check;
        struct verdict verdict;
        int state;
        bool listed, whole; /* its distributions, all of its files, could be read */
};
#define LOOK_CLEANUP __attribute__((cleanup(look_free)))

static void look_free(struct look *look)
{
        check_free(&look->check);
}

/* Places that the scan could not read, so far. */
static size_t unread(const struct scan *scan)
{
        return scan->denied.n + scan->failed.n;
}

/* tree: go through its files; state: compare them too, which needs the former. The scan keeps what it read until the
 * end, so that findings may borrow from it. */
static int look_at(struct look *look, struct scan *scan, struct env *env, bool tree, bool state, struct rv_err *err)
{
        const size_t before = unread(scan);
        int r = env_read(scan, env, err);

        look->env = env;
        if (!r)
                r = env_dists(scan, env, &look->dists, err);
        check_start(&look->check, scan, env, &look->dists);
        if (!r)
                r = check_records(&look->check, err);
        look->listed = unread(scan) == before;
        if (!r && (tree || state))
                r = check_tree(&look->check, err);
        look->whole = unread(scan) == before;
        /* One whose interpreter is gone is broken, whatever its files are. */
        look->state = STATE_BROKEN;
        if (r || !state || env->missing)
                return r;
        r = check_all(&look->check, BUDGET, &look->verdict, err);
        if (look->verdict.changed || look->verdict.missing || look->verdict.added)
                look->state = STATE_DRIFTED;
        else
                look->state = look->verdict.unknown || !look->whole ? STATE_UNKNOWN : STATE_OK;
        return r;
}

static int put_sandbox(const struct rv_query *query, struct scan *scan, struct env *env, struct rv_err *err)
{
        LOOK_CLEANUP struct look look = { 0 };
        /* Either needs the way through all files; without them a list of a hundred environments takes milliseconds. */
        bool state = rv_wants(query, SANDBOX_STATE), size = rv_wants(query, SANDBOX_SIZE);
        struct rv_sink *sink = scan->sink;
        int r = look_at(&look, scan, env, size, state, err);

        if (!r)
                r = rv_row_begin(sink, 0);
        if (r)
                return r;
        rv_put_text(sink, SANDBOX_ID, env->id, strlen(env->id));
        rv_put_int(sink, SANDBOX_KIND, env->kind);
        rv_put_text(sink, SANDBOX_PATH, env->path, strlen(env->path));
        if (state)
                rv_put_int(sink, SANDBOX_STATE, look.state);
        if (env->config.version)
                rv_put_text(sink, SANDBOX_PYTHON, env->config.version, strlen(env->config.version));
        if (look.listed) {
                rv_put_int(sink, SANDBOX_PACKAGES, (int64_t)look.dists.n);
                rv_put_int(sink, SANDBOX_TRUST, check_hashed(&look.check) ? TRUST_HASHED : TRUST_NONE);
        }
        if (env->created_at)
                rv_put_int(sink, SANDBOX_CREATED_AT, env->created_at);
        if (size && look.whole)
                rv_put_int(sink, SANDBOX_SIZE, look.check.size);
        return RV_OK;
}

int fill_sandboxes(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        SCAN_CLEANUP struct scan scan;
        struct env_list list;
        size_t i;
        int r;

        scan_start(&scan, query, sink);
        r = env_find(&scan, &list, err);
        for (i = 0; i < list.n && !r; i++)
                r = put_sandbox(query, &scan, &list.envs[i], err);
        scan_warn(&scan);
        return r;
}

/* Both are warnings: an environment that drifted or broke needs somebody, and the host itself goes on. */
static void put_finding(struct rv_sink *sink, const struct look *look)
{
        const struct verdict *verdict = &look->verdict;
        const char *id = look->env->id;
        char changed[24], missing[24], added[24];

        (void)snprintf(changed, sizeof changed, "%zu", verdict->changed);
        (void)snprintf(missing, sizeof missing, "%zu", verdict->missing);
        (void)snprintf(added, sizeof added, "%zu", verdict->added);
        rv_put_int(sink, RV_F_SEVERITY, 1);
        rv_put_text(sink, RV_F_ROW, id, strlen(id));
        rv_put_text(sink, RV_F_VIEW, "sandboxes/sandboxes", sizeof "sandboxes/sandboxes" - 1);
        if (look->state == STATE_BROKEN) {
                rv_put_msg(sink, RV_F_TEXT, N_("Environment %1 cannot run: its interpreter %2 is missing"), id,
                           look->env->missing, NULL);
                rv_put_msg(sink, RV_F_HINT, N_("install that interpreter again, or make the environment anew"), NULL);
                return;
        }
        rv_put_msg(sink, RV_F_TEXT, N_("Environment %1 drifted: %2 changed, %3 missing, %4 added"), id, changed,
                   missing, added, NULL);
        rv_put_msg(sink, RV_F_HINT, N_("`reeve sandboxes files %1 --where 'state != ok'` names the files"), id, NULL);
        if (verdict->since)
                rv_put_int(sink, RV_F_SINCE, verdict->since);
}

/* Drifted and broken ones only: an environment that cannot be judged needs nobody, and the list shows it. */
static int find(struct scan *scan, struct env *env, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf id = { 0 };
        LOOK_CLEANUP struct look look = { 0 };
        int r = look_at(&look, scan, env, false, true, err);

        if (r || look.state == STATE_OK || look.state == STATE_UNKNOWN)
                return r;
        r = rv_row_begin(scan->sink, 0);
        if (r)
                return r;
        rv_buf_printf(&id, "%s:%s", look.state == STATE_BROKEN ? "broken" : "drifted", env->id);
        rv_put_text(scan->sink, RV_F_ID, rv_buf_str(&id), id.size);
        put_finding(scan->sink, &look);
        return RV_OK;
}

int fill_findings(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        SCAN_CLEANUP struct scan scan;
        struct env_list list;
        size_t i;
        int r;

        scan_start(&scan, query, sink);
        scan.lifetime = FINDINGS_LIFETIME;
        r = env_find(&scan, &list, err);
        for (i = 0; i < list.n && !r; i++)
                r = find(&scan, &list.envs[i], err);
        scan_warn(&scan);
        return r;
}

/* Size is what files hold, not the blocks they take: hard links into an installer's cache are counted here too. */
static int put_space(struct scan *scan, struct env *env, struct rv_err *err)
{
        LOOK_CLEANUP struct look look = { 0 };
        int r = look_at(&look, scan, env, true, false, err);

        if (!r)
                r = rv_row_begin(scan->sink, 0);
        if (r)
                return r;
        rv_put_text(scan->sink, RV_S_ID, env->id, strlen(env->id));
        rv_put_msg(scan->sink, RV_S_WHAT, N_("Python environment %1"), env->id, NULL);
        rv_put_text(scan->sink, RV_S_PATH, env->path, strlen(env->path));
        rv_put_int(scan->sink, RV_S_SIZE, look.check.size);
        /* What Python compiled it compiles again. */
        rv_put_int(scan->sink, RV_S_FREEABLE, look.check.compiled);
        return RV_OK;
}

int fill_space(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        SCAN_CLEANUP struct scan scan;
        struct env_list list;
        size_t i;
        int r;

        scan_start(&scan, query, sink);
        r = env_find(&scan, &list, err);
        for (i = 0; i < list.n && !r; i++)
                r = put_space(&scan, &list.envs[i], err);
        scan_warn(&scan);
        return r;
}
