/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declarations as JSON, each with a JSON Schema (2020-12) of what it puts out. */
#include <string.h>

#include "core/model/load.h"
#include "core/model/registry.h"
#include "tui/batch/batch.h"
#include "tui/batch/emit.h"
#include "tui/batch/schema.h"
#include "tui/present/command.h"
#include "tui/present/form.h"

/* NULL becomes null: a title that is missing is unknown, not empty. */
static void add(struct rv_json *json, const char *key, const char *value)
{
        rv_json_key(json, key);
        rv_json_str(json, value);
}

static void add_bool(struct rv_json *json, const char *key, bool value)
{
        rv_json_key(json, key);
        rv_json_bool(json, value);
}

static void add_words(struct rv_json *json, const char *key, const char *const *words)
{
        size_t i;

        rv_json_key(json, key);
        rv_json_begin(json, '[');
        for (i = 0; words && words[i]; i++)
                rv_json_str(json, words[i]);
        rv_json_end(json, ']');
}

/* Roles are named, so that another program can colour as we do. */
static void add_role(struct rv_json *json, uint32_t role)
{
        static const char *const roles[] = { "plain", "good", "info", "warn", "bad", "muted" };

        add(json, "role", role < sizeof roles / sizeof *roles ? roles[role] : "plain");
}

static void add_enums(struct rv_json *json, const struct rv_enum *enums, uint32_t n)
{
        uint32_t i;

        rv_json_key(json, "enums");
        rv_json_begin(json, '[');
        for (i = 0; i < n; i++) {
                rv_json_begin(json, '{');
                add(json, "id", enums[i].id);
                add(json, "title", enums[i].title);
                add_role(json, enums[i].role);
                rv_json_end(json, '}');
        }
        rv_json_end(json, ']');
}

static void add_column(struct rv_json *json, const struct rv_column *column)
{
        static const struct {
                const char *id;
                uint32_t flag;
        } flags[] = {
                { "key", RV_KEY },       { "match", RV_MATCH },   { "hidden", RV_HIDDEN }, { "costly", RV_COSTLY },
                { "common", RV_COMMON }, { "length", RV_LENGTH }, { "filled", RV_FILLED }, { "caption", RV_CAPTION },
                { "tail", RV_TAIL },     { "nevra", RV_NEVRA },   { "arch", RV_ARCH },
        };
        size_t i;

        rv_json_begin(json, '{');
        add(json, "id", column->id);
        add(json, "title", column->title);
        add(json, "help", column->help);
        add(json, "type", rv_type_id(column->type));
        if (column->type == RV_ENUM)
                add_enums(json, column->enums, column->n_enums);
        add(json, "ref", column->ref);
        add(json, "with", column->with);
        for (i = 0; i < sizeof flags / sizeof *flags; i++)
                add_bool(json, flags[i].id, column->flags & flags[i].flag);
        rv_json_key(json, "priority");
        rv_json_int(json, column->priority);
        rv_json_end(json, '}');
}

static void add_args(struct rv_json *json, const char *key, const struct rv_arg *args, uint32_t n)
{
        uint32_t i;

        rv_json_key(json, key);
        rv_json_begin(json, '[');
        for (i = 0; i < n; i++) {
                rv_json_begin(json, '{');
                add(json, "id", args[i].id);
                add(json, "title", args[i].title);
                add(json, "help", args[i].help);
                add(json, "type", rv_type_id(args[i].type));
                if (args[i].type == RV_ENUM)
                        add_enums(json, args[i].enums, args[i].n_enums);
                add(json, "ref", args[i].ref);
                add_bool(json, "required", args[i].flags & RV_REQUIRED);
                add_bool(json, "repeat", args[i].flags & RV_REPEAT);
                add_bool(json, "positional", args[i].flags & RV_POSITIONAL);
                rv_json_end(json, '}');
        }
        rv_json_end(json, ']');
}

void rv_declare_view(struct rv_json *json, const char *plugin, const struct rv_view *view)
{
        static const char *const shapes[] = { "list", "list", "tree", "record", "text" };
        RV_BUF_CLEANUP struct rv_buf name = { 0 };
        uint32_t i;

        rv_buf_printf(&name, "%s/%s", plugin, view->id);
        rv_json_begin(json, '{');
        add(json, "view", rv_buf_str(&name));
        add(json, "title", view->title);
        add(json, "help", view->help);
        add(json, "shape", view->shape < sizeof shapes / sizeof *shapes ? shapes[view->shape] : "list");
        rv_json_key(json, "columns");
        rv_json_begin(json, '[');
        for (i = 0; i < view->n_columns; i++)
                add_column(json, &view->columns[i]);
        rv_json_end(json, ']');
        add_args(json, "args", view->args, view->n_args);
        add(json, "record", view->record);
        add_words(json, "below", view->below);
        add_words(json, "aliases", view->aliases);
        rv_json_key(json, "schema");
        rv_schema_view(json, rv_buf_str(&name), view);
        rv_json_end(json, '}');
}

void rv_declare_action(struct rv_json *json, const struct rv_plugin *plugin, const struct rv_action *action)
{
        RV_BUF_CLEANUP struct rv_buf name = { 0 };

        rv_buf_printf(&name, "%s/%s", plugin->id, action->id);
        rv_json_begin(json, '{');
        add(json, "action", rv_buf_str(&name));
        add(json, "title", action->title);
        add(json, "help", action->help);
        add(json, "view", action->view);
        add(json, "preview", action->preview);
        add(json, "group", action->group);
        add(json, "key", action->key[0] ? action->key : NULL);
        add_bool(json, "needs_root", action->flags & RV_NEEDS_ROOT);
        add_bool(json, "destructive", action->flags & RV_DESTRUCTIVE);
        add_bool(json, "read_only", action->flags & RV_READ_ONLY);
        add_args(json, "args", action->args, action->n_args);
        add_words(json, "aliases", action->aliases);
        rv_json_key(json, "schema");
        rv_schema_action(json, rv_buf_str(&name), action->preview ? rv_plugin_view(plugin, action->preview) : NULL);
        rv_json_end(json, '}');
}

/* A title has one form or two, as of "row" and "rows"; one that has one is both. */
static void add_tally(struct rv_json *json, const struct rv_tally *tally)
{
        const char *plural = strchr(tally->title, '\004');

        rv_json_begin(json, '{');
        rv_json_key(json, "title");
        rv_json_text(json, tally->title, plural ? (size_t)(plural - tally->title) : strlen(tally->title));
        add(json, "plural", plural ? plural + 1 : tally->title);
        add(json, "view", tally->view);
        add(json, "where", tally->where);
        add(json, "column", tally->column);
        add_role(json, tally->role);
        add_bool(json, "no_rows", tally->flags & RV_NO_ROWS);
        rv_json_end(json, '}');
}

void rv_declare_plugin(struct rv_json *json, const char *id, const struct rv_plugin *plugin, const char *broken)
{
        uint32_t i;

        rv_json_begin(json, '{');
        add(json, "id", id);
        if (!plugin) {
                add(json, "broken", broken);
                rv_json_end(json, '}');
                return;
        }
        add(json, "title", plugin->title);
        add(json, "help", plugin->help);
        add(json, "version", plugin->version);
        rv_json_key(json, "views");
        rv_json_begin(json, '[');
        for (i = 0; i < plugin->n_views; i++)
                rv_json_str(json, plugin->views[i].id);
        rv_json_end(json, ']');
        rv_json_key(json, "actions");
        rv_json_begin(json, '[');
        for (i = 0; i < plugin->n_actions; i++)
                rv_json_str(json, plugin->actions[i].id);
        rv_json_end(json, ']');
        add_args(json, "settings", plugin->settings, plugin->n_settings);
        rv_json_key(json, "tallies");
        rv_json_begin(json, '[');
        for (i = 0; i < plugin->n_tallies; i++)
                add_tally(json, &plugin->tallies[i]);
        rv_json_end(json, ']');
        rv_json_end(json, '}');
}
