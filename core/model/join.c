/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Joining a common view: each plugin's part is loaded (and cached) on its own, then all rows are put in one order. A
 * plugin that fails is a warning of the whole, never its end; among the findings it is a row too. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/model/common.h"
#include "core/model/load.h"
#include "core/model/sink_private.h"

/* A row of one plugin's part, on its way into the joined view. */
struct joined {
        const struct rv_snapshot *part;
        size_t row, nth;
        int64_t rank;
};

static int by_rank(const void *a, const void *b)
{
        const struct joined *x = a, *y = b;

        if (x->rank != y->rank)
                return (x->rank > y->rank) - (x->rank < y->rank);
        return (x->nth > y->nth) - (x->nth < y->nth);
}

/* A part that failed is a warning of the whole; of one that came, all but its rows is taken over now. The part is
 * passed by its place: beside the call that loads it, its value could be looked at before that call. */
static int took(struct rv_sink *sink, int rc, struct rv_snapshot *const *part, const struct rv_err *err)
{
        if (rc == RV_CANCELLED)
                return rc;
        if (rc)
                rv_warn_packed(sink, err->code, rv_buf_str(&err->message), err->message.size);
        else if (*part && rv_sink_copy_rest(sink, *part))
                return RV_FAILED;
        return RV_OK;
}

/* For somebody without the rights, or a system without the thing, it is no alarm. */
static int severity_of(int code)
{
        enum { CRITICAL, WARNING, INFO };

        if (code == RV_DAMAGED)
                return CRITICAL;
        return code == RV_DENIED || code == RV_NOTFOUND || code == RV_UNSUPPORTED ? INFO : WARNING;
}

/* What could not be read is the first thing to know about a system: each warning since the one numbered `from` is a
 * row of the findings. plugin: whose part it is of; hint: of the failure, or empty. */
static int report_unread(const struct rv_sink *whole, struct rv_sink *sink, const struct rv_plugin *plugin, size_t from,
                         const struct rv_buf *hint)
{
        char id[32], view[192];
        uint32_t size;
        size_t i, n = whole->n_warnings;
        int rc = RV_OK;

        (void)snprintf(view, sizeof view, "%s/%s", plugin->id, plugin->n_views ? plugin->views[0].id : "");
        for (i = from; !rc && i < n; i++) {
                const char *packed = whole->heap.data + whole->warnings[i].message;

                memcpy(&size, packed, sizeof size);
                (void)snprintf(id, sizeof id, i == from ? "unread" : "unread-%zu", i - from + 1);
                rv_sink_joined(sink, plugin->id, "reeve", RV_FINDINGS_PLUGIN);
                rc = rv_row_begin(sink, 0);
                if (rc)
                        continue;
                rv_put_text(sink, RV_F_ID, id, strlen(id));
                rv_put_int(sink, RV_F_SEVERITY, severity_of(whole->warnings[i].code));
                rv_put_packed(sink, RV_F_TEXT, packed + sizeof size, size);
                if (hint->size)
                        rv_put_packed(sink, RV_F_HINT, rv_buf_str(hint), hint->size);
                else if (whole->warnings[i].code == RV_DAMAGED)
                        rv_put_msg(sink, RV_F_HINT,
                                   N_("what could not be read is missing from the views and their counts: restore it "
                                      "from a backup, or repair it"),
                                   NULL);
                if (plugin->n_views)
                        rv_put_text(sink, RV_F_VIEW, view, strlen(view));
        }
        return rc;
}

/* Of an image or a slot only those speak that read it: the others would tell of the root beside it. */
static uint32_t needed(const struct rv_host *host)
{
        if (rv_host_option(host, "slot"))
                return RV_READS_SLOT;
        return rv_host_option(host, "image") ? RV_READS_IMAGE : 0;
}

static bool is_asked(const struct rv_host *host, const struct rv_plugin *plugin, const char *view)
{
        const uint32_t flag = needed(host);
        uint32_t i;

        if (!rv_common_fill(plugin, view))
                return false;
        for (i = 0; i < plugin->n_views; i++)
                if (plugin->views[i].flags & flag)
                        return true;
        return !flag;
}

/* Loads the common view of each plugin that fills it, and reeve's own into the place after them. unread: takes the
 * findings about what could not be read; NULL where findings are not what is joined. */
static int load_parts(struct rv_host *host, const struct rv_ask *ask, struct rv_sink *sink, struct rv_sink *unread,
                      struct rv_snapshot **parts)
{
        const char *const *names;
        size_t i, n = rv_registry_names(host->registry, &names);
        const struct rv_plugin *plugin = NULL;
        RV_ERR_CLEANUP struct rv_err own = { 0 };
        int rc;

        for (i = 0; i < n; i++) {
                RV_ERR_CLEANUP struct rv_err err = { 0 };
                struct rv_ask one = *ask;
                const size_t before = sink->n_warnings;

                one.plugin = names[i];
                if (rv_registry_plugin(host->registry, names[i], &plugin, &err) || !is_asked(host, plugin, ask->view))
                        continue;
                rc = took(sink, rv_load(host, &one, NULL, &parts[i], &err), &parts[i], &err);
                if (!rc && unread)
                        rc = report_unread(sink, unread, plugin, before, &err.hint);
                if (rc)
                        return rc;
        }
        if (needed(host)) /* jobs are the root's */
                return RV_OK;
        return took(sink, rv_load_own(host, ask, &parts[n], &own), &parts[n], &own);
}

static int join_rows(const char *view, struct rv_sink *sink, struct rv_snapshot *const *parts, size_t n_parts)
{
        struct joined *rows;
        size_t i, row, n = 0;
        int rc = RV_OK;

        for (i = 0; i < n_parts; i++)
                n += parts[i] ? rv_snapshot_rows(parts[i]) : 0;
        rows = calloc(n + 1, sizeof *rows);
        if (!rows)
                return RV_FAILED;
        for (i = n = 0; i < n_parts; i++)
                for (row = 0; parts[i] && row < rv_snapshot_rows(parts[i]); row++, n++)
                        rows[n] = (struct joined){
                                .part = parts[i], .row = row, .nth = n, .rank = rv_common_rank(view, parts[i], row)
                        };
        qsort(rows, n, sizeof *rows, by_rank);
        for (i = 0; !rc && i < n; i++)
                rc = rv_sink_copy_row(sink, rows[i].part, rows[i].row);
        free(rows);
        return rc;
}

/* What the host itself finds: plugins that cannot be loaded, and what others could not read. */
static int finish_unread(struct rv_host *host, struct rv_sink *unread, struct rv_snapshot **ret)
{
        bool cacheable;

        rv_registry_findings(host->registry, unread);
        return rv_sink_finish(unread, ret, &cacheable, NULL);
}

int rv_join(struct rv_host *host, const struct rv_ask *ask, struct rv_sink *sink)
{
        const char *const *names;
        const bool findings = strcmp(ask->view, "findings") == 0;
        size_t i, n = rv_registry_names(host->registry, &names);
        struct rv_snapshot **parts = calloc(n + 2, sizeof(struct rv_snapshot *));
        RV_SINK_CLEANUP struct rv_sink *unread =
                findings ? rv_sink_new("reeve", "reeve", rv_common_view("findings"), ask->cancel) : NULL;
        int rc = parts && (unread || !findings) ? RV_OK : RV_FAILED;

        /* The host's own come first among those of their severity. */
        if (!rc)
                rc = load_parts(host, ask, sink, unread, parts + 1);
        if (!rc && unread)
                rc = finish_unread(host, unread, &parts[0]);
        rv_sink_joined(sink, NULL, "reeve", UINT_MAX);
        if (!rc)
                rc = join_rows(ask->view, sink, parts, n + 2);
        for (i = 0; parts && i < n + 2; i++)
                rv_snapshot_unref(parts[i]);
        free(parts);
        return rc;
}
