/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Views and records as commands. */
#include <string.h>

#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "tui/batch/batch.h"
#include "tui/batch/emit.h"
#include "tui/present/command.h"
#include "tui/present/say.h"
#include "tui/present/text.h"

enum { NAMED_KEYS = 10, SEVERITY_INFO = 2 };

/* JSON carries warnings itself; the other formats leave standard output to the rows. Whoever wants quiet reads them in
 * the exit status; what was asked for and is not there is an error all the same. */
static void warn(struct rv_session *session, const struct rv_settings *settings, const struct rv_result *result)
{
        const struct rv_snapshot *snapshot = result->snapshot;
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        size_t n = rv_snapshot_warnings(snapshot), i, size;
        const char *packed;

        if (settings->format == RV_JSON || settings->format == RV_NDJSON)
                return;
        if ((n && !settings->quiet) || result->missing.code)
                rv_session_localize(session);
        for (i = 0; i < n && !settings->quiet; i++) {
                (void)!rv_snapshot_warning(snapshot, i, &packed, &size);
                rv_buf_add_str(&text, "reeve: ");
                rv_tr_packed(packed, size, &text);
                rv_buf_add_char(&text, '\n');
        }
        if (result->missing.code)
                rv_tr_error(&result->missing, &text);
        if (!text.size)
                return;
        (void)rv_output_flush(session->output);
        rv_say(&text);
}

static bool is_status(const struct rv_command *command)
{
        return !command->plugin && command->view && strcmp(command->view->id, "findings") == 0;
}

/* Whether nothing was left out by what was asked. */
static bool is_whole(const struct rv_command *command)
{
        return !command->where && !command->n_words && command->limit < 0;
}

/* Silence could be an answer, or a mistake; the words for it are those that ask. */
static void say_none(struct rv_session *session, const struct rv_snapshot *snapshot, bool healthy)
{
        const char *plugin = rv_snapshot_plugin(snapshot), *view = rv_snapshot_view(snapshot)->id;

        if (healthy)
                rv_session_remark(session, N_("nothing needs you"), NULL);
        else if (strcmp(plugin, "reeve") == 0)
                rv_session_remark(session, N_("no rows in %1"), strcmp(view, "findings") == 0 ? "status" : view, NULL);
        else
                rv_session_remark(session, N_("no rows in %1 %2"), plugin, view, NULL);
}

/* A view of one row is shown as a record where it has exactly one. */
int rv_session_emit(struct rv_session *session, const struct rv_command *command, const struct rv_result *result,
                    struct rv_err *err)
{
        RV_EMITTER_CLEANUP struct rv_emitter emitter;
        const struct rv_view *view = rv_snapshot_view(result->snapshot);
        int r;

        rv_emitter_init(&emitter, session->output, session->host, command, result);
        if (view->shape == RV_SHAPE_RECORD && result->rows.n == 1)
                r = rv_emit_record(&emitter, result->rows.at[0], err);
        else
                r = rv_emit_rows(&emitter, err);
        warn(session, &command->settings, result);
        if ((r == RV_OK || r == RV_PARTIAL) && result->rows.n == 0 && command->settings.format == RV_TABLE &&
            !command->settings.quiet)
                say_none(session, result->snapshot, r == RV_OK && is_status(command) && is_whole(command));
        return r;
}

/* Whether a finding is more than a remark. */
static bool needs_somebody(const struct rv_result *result)
{
        int severity = rv_snapshot_column(result->snapshot, "severity");
        size_t i;

        for (i = 0; severity >= 0 && i < result->rows.n; i++)
                if (rv_cell_int(result->snapshot, result->rows.at[i], (unsigned)severity) < SEVERITY_INFO)
                        return true;
        return false;
}

int rv_run_view(struct rv_session *session, struct rv_command *command, struct rv_err *err)
{
        RV_RESULT_CLEANUP struct rv_result result = { 0 };
        bool all = rv_serializer(command->settings.format)->all_columns || command->view->shape == RV_SHAPE_RECORD,
             check;
        int r;

        r = rv_command_load(session->host, command, all, &result, err);
        if (r == RV_OK)
                r = rv_session_emit(session, command, &result, err);
        check = command->settings.check && is_status(command);
        return r == RV_OK && check && needs_somebody(&result) ? RV_EXIT_ATTENTION : r;
}

/* A word that names several rows is no record: their keys are what to say next time. */
static int several(const struct rv_result *result, const char *word, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf keys = { 0 };
        const struct rv_snapshot *snapshot = result->snapshot;
        char number[24];
        size_t i;

        for (i = 0; i < result->rows.n && i < NAMED_KEYS; i++) {
                rv_buf_add_str(&keys, i ? ", " : "");
                rv_buf_add_str(&keys, rv_row_key(snapshot, result->rows.at[i], number));
        }
        rv_buf_add_str(&keys, i < result->rows.n ? ", ..." : "");
        return rv_fail(err, RV_USAGE, N_("%1: several rows match"), N_("they are: %2"), word, rv_buf_str(&keys), NULL);
}

/* The call up to where the row is missing. */
static int no_word(const struct rv_command *command, const struct rv_result *result, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf call = { 0 };
        const struct rv_view *view = command->view;
        size_t i;

        rv_buf_add_str(&call, command->plugin_id);
        if (!command->plugin || view != &command->plugin->views[0])
                rv_buf_printf(&call, "/%s", view->id);
        for (i = 0; i < result->used; i++) {
                rv_buf_add_char(&call, ' ');
                rv_word_quote(command->words[i], &call);
        }
        return rv_fail(err, RV_USAGE, N_("show needs a row of %1/%2"), N_("as in: reeve show %3 KEY"),
                       command->plugin_id, view->id, rv_buf_str(&call), NULL);
}

/* The one row that the words name; a view of one row needs no word. */
static int one_row(struct rv_session *session, struct rv_command *command, struct rv_result *ret, struct rv_err *err)
{
        int r = rv_command_load(session->host, command, true, ret, err);

        if (r != RV_OK)
                return r;
        if (command->n_words == ret->used && !command->where && command->view->shape != RV_SHAPE_RECORD)
                return no_word(command, ret, err);
        if (ret->rows.n == 0)
                return rv_fail(err, RV_NOTFOUND, N_("%1/%2: no such row"), NULL, command->plugin_id, command->view->id,
                               NULL);
        if (ret->rows.n > 1)
                return several(ret, command->n_words ? command->words[command->n_words - 1] : command->where, err);
        return RV_OK;
}

/* The view that tells more about a row, when it has one that is a record. */
static const struct rv_view *record_view(const struct rv_command *command)
{
        const struct rv_view *view = command->view->record && command->plugin
                                             ? rv_plugin_view(command->plugin, command->view->record)
                                             : NULL;

        return view && view->shape == RV_SHAPE_RECORD && view->n_args ? view : NULL;
}

/* A record whatever the view's shape: `show` asked for one row. */
static int emit_one(struct rv_session *session, const struct rv_command *command, const struct rv_result *result,
                    struct rv_err *err)
{
        RV_EMITTER_CLEANUP struct rv_emitter emitter;
        int r;

        rv_emitter_init(&emitter, session->output, session->host, command, result);
        r = rv_emit_record(&emitter, result->rows.at[0], err);
        warn(session, &command->settings, result);
        return r;
}

/* The words and conditions of the list do not hold for the record: only the key goes on. */
static int show_record(struct rv_session *session, struct rv_command *command, const char *key, struct rv_err *err)
{
        RV_RESULT_CLEANUP struct rv_result result = { 0 };
        const char *words[] = { key };
        int r;

        command->view = record_view(command);
        command->words = words;
        command->n_words = 1;
        command->n_named = 0;
        command->where = command->sort = NULL;
        command->limit = -1;
        r = rv_command_load(session->host, command, true, &result, err);
        if (r == RV_OK && result.rows.n == 0)
                r = rv_fail(err, RV_NOTFOUND, N_("%1/%2: nothing is known about %3"), NULL, command->plugin_id,
                            command->view->id, key, NULL);
        return r == RV_OK ? emit_one(session, command, &result, err) : r;
}

/* The key is borrowed from the result, which outlives the second load. */
int rv_run_show(struct rv_session *session, struct rv_command *command, struct rv_err *err)
{
        RV_RESULT_CLEANUP struct rv_result result = { 0 };
        char number[24];
        int r = one_row(session, command, &result, err);

        if (r != RV_OK)
                return r;
        if (!record_view(command))
                return emit_one(session, command, &result, err);
        return show_record(session, command, rv_row_key(result.snapshot, result.rows.at[0], number), err);
}
