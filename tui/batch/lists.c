/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugins, views, actions: what there is. As tables they are views like any other; as JSON they are declarations. */
#include <string.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/snapshot.h"
#include "tui/batch/batch.h"
#include "tui/batch/emit.h"
#include "tui/batch/schema.h"
#include "tui/present/catalogue.h"
#include "tui/present/command.h"
#include <reeve/plugin.h>

/* One plugin, view or action; of a plugin that cannot be opened its id and the reason. */
struct entry {
        const char *id, *broken;
        const struct rv_plugin *plugin; /* NULL for reeve itself */
        const struct rv_view *view;
        const struct rv_action *action;
};

/* The declarations in the order of the table's rows. */
struct lister {
        struct rv_arena arena;
        struct entry *entries;
        size_t n, room;
};

/* The array doubles in the arena, which goes with the list. */
static int add_entry(struct lister *l, struct entry entry)
{
        size_t room = l->room ? l->room * 2 : 32;
        struct entry *more;

        if (l->n == l->room) {
                more = rv_arena_alloc(&l->arena, room * sizeof *more);
                if (!more)
                        return RV_FAILED;
                if (l->n)
                        memcpy(more, l->entries, l->n * sizeof *more);
                l->entries = more;
                l->room = room;
        }
        l->entries[l->n++] = entry;
        return RV_OK;
}

static int list_view(void *user, const struct rv_plugin *plugin, const struct rv_view *view)
{
        return add_entry(user, (struct entry){ .id = plugin ? plugin->id : "reeve", .plugin = plugin, .view = view });
}

static int list_action(void *user, const struct rv_plugin *plugin, const struct rv_action *action)
{
        return add_entry(user, (struct entry){ .id = plugin->id, .plugin = plugin, .action = action });
}

static int list_plugin(void *user, const struct rv_plugin *plugin)
{
        return add_entry(user, (struct entry){ .id = plugin->id, .plugin = plugin });
}

static int list_broken(void *user, const char *id, const struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf words = { 0 };
        struct lister *l = user;
        const char *why;

        rv_message_plain(rv_buf_str(&err->message), err->message.size, &words);
        why = rv_arena_strdup(&l->arena, rv_buf_str(&words));
        return why ? add_entry(l, (struct entry){ .id = id, .broken = why }) : RV_FAILED;
}

static void declare(struct rv_json *json, const struct entry *entry)
{
        if (entry->view)
                rv_declare_view(json, entry->id, entry->view);
        else if (entry->action)
                rv_declare_action(json, entry->plugin, entry->action);
        else
                rv_declare_plugin(json, entry->id, entry->plugin, entry->broken);
}

/* Declarations in the place of rows: those that were chosen, in their order. ndjson has one on each line. */
static void emit_declarations(struct rv_session *session, const struct rv_command *command, const struct lister *l,
                              const struct rv_result *result)
{
        struct rv_json json = { .out = &session->output->buf };
        const bool lines = command->settings.format == RV_NDJSON;
        size_t i;

        if (!lines) {
                rv_json_begin(&json, '{');
                rv_json_key(&json, "reeve");
                rv_json_int(&json, 1);
                rv_json_key(&json, rv_catalogue_view(command->verb)->id);
                rv_json_begin(&json, '[');
        }
        for (i = 0; i < result->rows.n; i++) {
                declare(&json, &l->entries[result->rows.at[i]]);
                if (lines)
                        rv_buf_add_char(json.out, '\n');
        }
        if (!lines) {
                rv_json_end(&json, ']');
                if (command->verb == RV_DO_PLUGINS) {
                        rv_json_key(&json, "schemas");
                        rv_schema_others(&json);
                }
        } else {
                rv_json_begin(&json, '{');
                rv_json_key(&json, "end");
                rv_json_bool(&json, true);
                rv_json_key(&json, "rows");
                rv_json_int(&json, (int64_t)result->rows.n);
        }
        rv_json_key(&json, "warnings");
        rv_json_begin(&json, '[');
        rv_json_end(&json, ']');
        rv_json_end(&json, '}');
        rv_buf_add_char(json.out, '\n');
}

static int emit(struct rv_session *session, struct rv_command *command, const struct rv_result *result,
                struct rv_err *err)
{
        struct lister l = { .n = 0 };
        const struct rv_visitor visitor = { list_plugin, list_broken, list_view, list_action, &l };
        int r;

        if (command->settings.format != RV_JSON && command->settings.format != RV_NDJSON)
                return rv_session_emit(session, command, result, err);
        r = rv_catalogue_walk(session->host->registry, command->verb, &visitor);
        if (r == RV_OK)
                emit_declarations(session, command, &l, result);
        rv_arena_free(&l.arena);
        return r == RV_OK ? r : rv_fail_memory(err);
}

/* Filter, sort and limit work on them as on every view, also where declarations are printed. */
int rv_run_lists(struct rv_session *session, struct rv_command *command, struct rv_err *err)
{
        RV_RESULT_CLEANUP struct rv_result result = { 0 };
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        int r = rv_catalogue(session->host->registry, command->verb, &snapshot, err);

        command->view = rv_catalogue_view(command->verb);
        if (r == RV_OK)
                r = rv_command_rows(command, 0, snapshot, &result, err);
        if (r != RV_OK)
                return r;
        snapshot = NULL;
        return emit(session, command, &result, err);
}
