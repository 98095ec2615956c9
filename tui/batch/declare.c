/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declarations as JSON, each with a JSON Schema (2020-12) of what it puts out. */
#include <string.h>

#include "core/model/load.h"
#include "core/model/registry.h"
#include "tui/batch/batch.h"
#include "tui/batch/emit.h"
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
static void add_enums(struct rv_json *json, const struct rv_enum *enums, uint32_t n)
{
        static const char *const roles[] = { "plain", "good", "info", "warn", "bad", "muted" };
        uint32_t i;

        rv_json_key(json, "enums");
        rv_json_begin(json, '[');
        for (i = 0; i < n; i++) {
                rv_json_begin(json, '{');
                add(json, "id", enums[i].id);
                add(json, "title", enums[i].title);
                add(json, "role", enums[i].role < sizeof roles / sizeof *roles ? roles[enums[i].role] : "plain");
                rv_json_end(json, '}');
        }
        rv_json_end(json, ']');
}

static void add_column(struct rv_json *json, const struct rv_column *column)
{
        rv_json_begin(json, '{');
        add(json, "id", column->id);
        add(json, "title", column->title);
        add(json, "help", column->help);
        add(json, "type", rv_type_id(column->type));
        if (column->type == RV_ENUM)
                add_enums(json, column->enums, column->n_enums);
        add(json, "ref", column->ref);
        add_bool(json, "key", column->flags & RV_KEY);
        add_bool(json, "match", column->flags & RV_MATCH);
        add_bool(json, "hidden", column->flags & RV_HIDDEN);
        add_bool(json, "costly", column->flags & RV_COSTLY);
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

/* {"type": [TYPE, "null"]}: anything may be unknown but the key. */
static void add_type(struct rv_json *json, const char *type, bool null)
{
        rv_json_key(json, "type");
        if (null)
                rv_json_begin(json, '[');
        rv_json_str(json, type);
        if (null) {
                rv_json_str(json, "null");
                rv_json_end(json, ']');
        }
}

static const char *json_type(uint32_t type)
{
        switch (type) {
        case RV_INT:
        case RV_SIZE:
        case RV_DURATION:
                return "integer";
        case RV_BOOL:
                return "boolean";
        case RV_LIST:
                return "array";
        default:
                return "string";
        }
}

/* An enum lists its ids, and null where the value may be unknown: a validator needs both. */
static void add_column_schema(struct rv_json *json, const struct rv_column *column)
{
        bool null = !(column->flags & RV_KEY);
        uint32_t i;

        rv_json_key(json, column->id);
        rv_json_begin(json, '{');
        add_type(json, json_type(column->type), null);
        if (column->type == RV_TIME)
                add(json, "format", "date-time");
        if (column->type == RV_LIST) {
                rv_json_key(json, "items");
                rv_json_begin(json, '{');
                add_type(json, "string", false);
                rv_json_end(json, '}');
        }
        if (column->type == RV_ENUM) {
                rv_json_key(json, "enum");
                rv_json_begin(json, '[');
                for (i = 0; i < column->n_enums; i++)
                        rv_json_str(json, column->enums[i].id);
                if (null)
                        rv_json_null(json);
                rv_json_end(json, ']');
        }
        rv_json_end(json, '}');
}

static void add_simple(struct rv_json *json, const char *key, const char *type, bool null)
{
        rv_json_key(json, key);
        rv_json_begin(json, '{');
        add_type(json, type, null);
        rv_json_end(json, '}');
}

/* Opens "schema" up to inside its properties; end_schema() closes what this opens. */
static void begin_schema(struct rv_json *json, const char *const *required)
{
        rv_json_key(json, "schema");
        rv_json_begin(json, '{');
        add(json, "$schema", "https://json-schema.org/draft/2020-12/schema");
        add_type(json, "object", false);
        add_words(json, "required", required);
        rv_json_key(json, "properties");
        rv_json_begin(json, '{');
        rv_json_key(json, "reeve");
        rv_json_begin(json, '{');
        rv_json_key(json, "const");
        rv_json_int(json, 1);
        rv_json_end(json, '}');
}

static void end_schema(struct rv_json *json)
{
        add_simple(json, "warnings", "array", false);
        rv_json_end(json, '}');
        rv_json_end(json, '}');
}

/* One row, the same for a view, a record and the steps of a plan. */
static void add_row_schema(struct rv_json *json, const struct rv_view *view)
{
        uint32_t i;

        rv_json_begin(json, '{');
        add_type(json, "object", false);
        rv_json_key(json, "properties");
        rv_json_begin(json, '{');
        for (i = 0; i < view->n_columns; i++)
                add_column_schema(json, &view->columns[i]);
        if (view->shape == RV_SHAPE_TREE) {
                add_simple(json, "depth", "integer", false);
                add_simple(json, "parent", "string", true);
        }
        rv_json_end(json, '}');
        rv_json_end(json, '}');
}

/* A record is one member or, where no row was found, an empty list of rows: neither can be required. */
static void add_view_schema(struct rv_json *json, const char *name, const struct rv_view *view)
{
        static const char *const rows[] = { "reeve", "view", "host", "root", "generated", "rows", "warnings", NULL };
        static const char *const record[] = { "reeve", "view", "host", "root", "generated", "warnings", NULL };

        begin_schema(json, view->shape == RV_SHAPE_RECORD ? record : rows);
        rv_json_key(json, "view");
        rv_json_begin(json, '{');
        add(json, "const", name);
        rv_json_end(json, '}');
        add_simple(json, "host", "string", true);
        add_simple(json, "root", "string", false);
        add_simple(json, "generated", "string", false);
        if (view->shape == RV_SHAPE_TEXT)
                add_simple(json, "text", "string", false);
        if (view->shape == RV_SHAPE_RECORD) {
                rv_json_key(json, "record");
                add_row_schema(json, view);
        }
        rv_json_key(json, "rows");
        rv_json_begin(json, '{');
        add_type(json, "array", false);
        rv_json_key(json, "items");
        add_row_schema(json, view);
        rv_json_end(json, '}');
        end_schema(json);
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
        add_words(json, "aliases", view->aliases);
        add_view_schema(json, rv_buf_str(&name), view);
        rv_json_end(json, '}');
}

static void add_action_schema(struct rv_json *json, const struct rv_view *preview)
{
        static const char *const required[] = { "reeve", "action",   "plan",     "changed", "job",
                                                "steps", "problems", "warnings", NULL };

        begin_schema(json, required);
        add_simple(json, "action", "string", false);
        add_simple(json, "plan", "string", false);
        add_simple(json, "changed", "boolean", false);
        add_simple(json, "job", "string", true);
        rv_json_key(json, "steps");
        rv_json_begin(json, '{');
        add_type(json, "array", false);
        if (preview) {
                rv_json_key(json, "items");
                add_row_schema(json, preview);
        }
        rv_json_end(json, '}');
        add_simple(json, "problems", "array", false);
        end_schema(json);
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
        add_action_schema(json, action->preview ? rv_plugin_view(plugin, action->preview) : NULL);
        rv_json_end(json, '}');
}

void rv_declare_plugin(struct rv_json *json, const struct rv_plugin *plugin)
{
        uint32_t i;

        rv_json_begin(json, '{');
        add(json, "id", plugin->id);
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
        rv_json_end(json, '}');
}
