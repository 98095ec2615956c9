/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a view command to its rows: what to ask the model for, and what to keep of what it gives. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/time.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "tui/present/command.h"
#include "tui/present/layout.h"

void rv_result_free(struct rv_result *result)
{
        rv_snapshot_unref(result->snapshot);
        rv_rows_free(&result->rows);
        free(result->columns);
        rv_err_clear(&result->missing);
        *result = (struct rv_result){ 0 };
}

/* Only a warning with a code says that something is missing; the others are remarks. What a record's own words do not
 * find was asked for by name. */
int rv_result_status(const struct rv_result *result)
{
        bool record = rv_snapshot_view(result->snapshot)->shape == RV_SHAPE_RECORD;
        int r = result->missing.code, code;
        const char *packed;
        size_t i, size;

        for (i = 0; i < rv_snapshot_warnings(result->snapshot); i++) {
                code = rv_snapshot_warning(result->snapshot, i, &packed, &size);
                if (code == RV_NOTFOUND && record)
                        return RV_NOTFOUND;
                if (code != RV_OK && r == RV_OK)
                        r = RV_PARTIAL;
        }
        return r;
}

static int column_by_id(const struct rv_view *view, const char *id, size_t len)
{
        unsigned i;

        for (i = 0; i < view->n_columns; i++)
                if (strncmp(view->columns[i].id, id, len) == 0 && view->columns[i].id[len] == '\0')
                        return (int)i;
        return -1;
}

/* Whoever asks for help is told all of them. */
static int unknown_column(const struct rv_view *view, const char *id, size_t len, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf word = { 0 }, names = { 0 };

        rv_buf_add(&word, id, len);
        rv_columns_near(view, strcmp(rv_buf_str(&word), "help") == 0 ? NULL : rv_buf_str(&word), &names);
        return rv_fail(err, RV_USAGE, N_("--columns: %2 has no column %1"), N_("choose from %3"), rv_buf_str(&word),
                       view->id, rv_buf_str(&names), NULL);
}

int rv_columns_parse(const char *text, const struct rv_view *view, unsigned **ret, size_t *ret_n, struct rv_err *err)
{
        unsigned *columns = calloc(strlen(text) / 2 + 2, sizeof *columns);
        size_t n = 0, len, i;
        int column;

        if (!columns)
                return rv_fail_memory(err);
        for (;;) {
                len = strcspn(text, ",");
                column = column_by_id(view, text, len);
                for (i = 0; i < n && columns[i] != (unsigned)column; i++)
                        ;
                if (column < 0 || i < n) {
                        free(columns);
                        return column < 0 ? unknown_column(view, text, len, err)
                                          : rv_fail(err, RV_USAGE, N_("--columns: %1 is named twice"), NULL,
                                                    view->columns[column].id, NULL);
                }
                columns[n++] = (unsigned)column;
                if (!text[len])
                        break;
                text += len + 1;
        }
        *ret = columns;
        *ret_n = n;
        return RV_OK;
}

/* Marks what --where and --sort read. */
static int mark_read(const struct rv_command *command, bool *wanted, struct rv_err *err)
{
        RV_FILTER_CLEANUP struct rv_filter *filter = NULL;
        struct rv_order order = { 0 };
        unsigned i;
        int r = RV_OK;

        if (command->where) {
                r = rv_filter_compile(command->where, command->view, rv_now(), &filter, err);
                for (i = 0; r == RV_OK && i < command->view->n_columns; i++)
                        wanted[i] = wanted[i] || rv_filter_reads(filter, i);
        }
        if (r == RV_OK && command->sort) {
                r = rv_order_parse(command->sort, command->view, &order, err);
                for (i = 0; r == RV_OK && i < order.n; i++)
                        wanted[order.column[i]] = true;
        }
        return r;
}

/* What is shown is filled even where it is costly; what is hidden is not, unless it was named. */
static int mark_shown(const struct rv_command *command, bool all, unsigned *shown, bool *wanted, struct rv_err *err)
{
        unsigned *columns = NULL;
        size_t n, i;
        int r;

        if (command->columns) {
                r = rv_columns_parse(command->columns, command->view, &columns, &n, err);
                if (r != RV_OK)
                        return r;
        } else if (all) {
                for (n = 0; n < command->view->n_columns; n++)
                        shown[n] = (unsigned)n;
        } else {
                n = rv_layout_default(command->view, NULL, shown);
        }
        for (i = 0; i < n; i++)
                wanted[columns ? columns[i] : shown[i]] = true;
        free(columns);
        return RV_OK;
}

/* Checked before anything is loaded: a wrong column or filter costs no reading. */
int rv_command_ask(struct rv_command *command, bool all, struct rv_ask *ret, struct rv_err *err)
{
        size_t n = command->view->n_columns, n_ids = 0, i;
        const char **ids = rv_arena_alloc(&command->arena, (n + 1) * sizeof *ids);
        unsigned *shown = rv_arena_alloc(&command->arena, (n + 1) * sizeof *shown);
        bool *wanted = rv_arena_alloc(&command->arena, n + 1);
        int r;

        if (!ids || !shown || !wanted)
                return rv_fail_memory(err);
        r = mark_shown(command, all, shown, wanted, err);
        if (r == RV_OK)
                r = mark_read(command, wanted, err);
        if (r != RV_OK)
                return r;
        for (i = 0; i < n; i++)
                if (wanted[i])
                        ids[n_ids++] = command->view->columns[i].id;
        *ret = (struct rv_ask){ .plugin = command->plugin_id,
                                .view = command->view->id,
                                .words = command->words,
                                .n_words = command->n_words,
                                .named = command->named,
                                .n_named = command->n_named,
                                .columns = ids,
                                .n_columns = n_ids,
                                .all_columns = all && !command->columns,
                                .reload = command->reload,
                                .wait_s = command->settings.wait > UINT_MAX ? UINT_MAX
                                                                            : (unsigned)command->settings.wait };
        return RV_OK;
}

/* A record is one row's: a second word is none that narrows the first. A view of records takes them as its arguments.
 */
static int one_word(const struct rv_command *command, size_t used, const struct rv_snapshot *snapshot,
                    struct rv_err *err)
{
        const bool records = command->view->shape == RV_SHAPE_RECORD && rv_snapshot_rows(snapshot) > 1;
        const size_t first = records ? 0 : used;
        RV_BUF_CLEANUP struct rv_buf call = { 0 };
        size_t i;

        if (command->verb != RV_DO_SHOW || command->n_words < first + 2)
                return RV_OK;
        for (i = 0; i < command->n_words; i++) {
                rv_buf_add_str(&call, i ? " " : "");
                rv_word_quote(command->words[i], &call);
        }
        return rv_fail(err, RV_USAGE, N_("%1: show takes one row"),
                       command->plugin ? N_("several are listed by: reeve %2 %3 %4") : NULL, command->words[first + 1],
                       command->plugin_id, command->view->id, rv_buf_str(&call), NULL);
}

/* Filter before rows, so that a row word names one of the rows that are left; the limit counts last. */
static int choose(const struct rv_command *command, size_t used, const struct rv_snapshot *snapshot,
                  struct rv_rows *rows, struct rv_err *missing, struct rv_err *err)
{
        RV_FILTER_CLEANUP struct rv_filter *filter = NULL;
        const struct rv_view *view = rv_snapshot_view(snapshot);
        struct rv_order order;
        int r = one_word(command, used, snapshot, err);

        if (r == RV_OK)
                r = rv_rows_all(snapshot, rows, err);
        if (r == RV_OK && command->where) {
                r = rv_filter_compile(command->where, view, rv_now(), &filter, err);
                if (r == RV_OK)
                        rv_rows_filter(rows, snapshot, filter);
        }
        if (r == RV_OK && used < command->n_words && command->verb == RV_DO_VIEW)
                r = rv_rows_pick_some(rows, snapshot, command->view, command->words + used, command->n_words - used,
                                      missing, err);
        else if (r == RV_OK && used < command->n_words)
                r = rv_rows_pick(rows, snapshot, command->view, command->words + used, command->n_words - used, err);
        if (r == RV_OK && command->sort) {
                r = rv_order_parse(command->sort, view, &order, err);
                if (r == RV_OK)
                        r = rv_rows_sort(rows, snapshot, &order, err);
        }
        if (r == RV_OK && command->limit >= 0 && (uint64_t)command->limit < rows->n)
                rows->n = (size_t)command->limit;
        return r;
}

/* Compiled again against the snapshot's own declaration: a cached one may be older than the plugin. */
int rv_command_rows(const struct rv_command *command, size_t used, struct rv_snapshot *take_snapshot,
                    struct rv_result *ret, struct rv_err *err)
{
        struct rv_result made = { 0 };
        int r = choose(command, used, take_snapshot, &made.rows, &made.missing, err);

        if (r == RV_OK && command->columns)
                r = rv_columns_parse(command->columns, rv_snapshot_view(take_snapshot), &made.columns, &made.n_columns,
                                     err);
        if (r != RV_OK) {
                rv_result_free(&made);
                return r;
        }
        made.snapshot = take_snapshot;
        *ret = made;
        return RV_OK;
}

/* Without a plugin nothing was looked at, which must not read as if nothing had been found. */
static int some_plugin(const struct rv_host *host, const struct rv_command *command, struct rv_err *err)
{
        const char *const *names;

        if (command->plugin || command->view != rv_common_view(command->view->id) ||
            rv_registry_names(host->registry, &names) > 0)
                return RV_OK;
        return rv_fail(err, RV_NOTFOUND, N_("there is no plugin, so nothing was looked at"),
                       N_("install reeve again with its plugins, or name their directory in REEVE_PLUGIN_PATH"), NULL);
}

/* The command's own options, and those that stand for all commands unless it names them itself. False: too many. */
static bool put_options(const struct rv_command *command, const char *const *standing, const char **out, size_t room)
{
        size_t n = command->n_options, i;

        if (n > room)
                return false;
        memcpy(out, command->options, n * sizeof *out);
        for (i = 0; standing[i] && standing[i + 1]; i += 2) {
                if (rv_command_option(command, standing[i]))
                        continue;
                if (n + 2 > room)
                        return false;
                out[n++] = standing[i];
                out[n++] = standing[i + 1];
        }
        out[n] = NULL;
        return true;
}

/* The options are taken back at once: the host goes on to the next command. */
int rv_command_load(struct rv_host *host, struct rv_command *command, bool all, struct rv_result *ret,
                    struct rv_err *err)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        struct rv_ask ask;
        const char *standing[sizeof host->options / sizeof *host->options];
        size_t used = 0;
        int r = rv_command_ask(command, all, &ask, err);

        if (r == RV_OK)
                r = some_plugin(host, command, err);
        if (r != RV_OK)
                return r;
        memcpy(standing, host->options, sizeof standing);
        if (!put_options(command, standing, host->options, sizeof standing / sizeof *standing - 1)) {
                memcpy(host->options, standing, sizeof standing);
                return rv_fail(err, RV_USAGE, N_("too many options at once"), NULL, NULL);
        }
        r = rv_load(host, &ask, &used, &snapshot, err);
        memcpy(host->options, standing, sizeof standing);
        if (r == RV_OK)
                r = rv_command_rows(command, used, snapshot, ret, err);
        if (r != RV_OK)
                return r;
        snapshot = NULL;
        ret->used = used;
        return RV_OK;
}
