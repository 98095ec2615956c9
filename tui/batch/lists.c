/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugins, views, actions: what there is. As tables they are views like any other; as JSON they are declarations. */
#include <limits.h>
#include <string.h>

#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "core/model/sink.h"
#include "tui/batch/batch.h"
#include "tui/batch/emit.h"
#include "tui/present/command.h"
#include "tui/present/form.h"
#include "tui/present/help.h"

static const struct rv_enum states[] = { { "ok", N_("ok"), RV_GOOD, 0 }, { "broken", N_("broken"), RV_BAD, 0 } };
static const struct rv_column plugin_columns[] = {
        { .id = "id", .title = N_("Plugin"), .type = RV_TEXT, .flags = RV_KEY },
        { .id = "state", .title = N_("State"), .type = RV_ENUM, .enums = states, .n_enums = 2, .priority = 1 },
        { .id = "version", .title = N_("Version"), .type = RV_TEXT, .priority = 4 },
        { .id = "views", .title = N_("Views"), .type = RV_INT, .priority = 3 },
        { .id = "actions", .title = N_("Actions"), .type = RV_INT, .priority = 3 },
        { .id = "about", .title = N_("About"), .type = RV_MSG, .priority = 2 },
};
static const struct rv_column entry_columns[] = {
        { .id = "id", .title = N_("Name"), .type = RV_TEXT, .flags = RV_KEY },
        { .id = "usage", .title = N_("Arguments"), .type = RV_TEXT, .priority = 2 },
        { .id = "title", .title = N_("Title"), .type = RV_MSG, .priority = 1 },
};
enum { PLUGIN_ID, PLUGIN_STATE, PLUGIN_VERSION, PLUGIN_VIEWS, PLUGIN_ACTIONS, PLUGIN_ABOUT };
enum { ENTRY_ID, ENTRY_USAGE, ENTRY_TITLE };

#define LENGTH(array) (sizeof(array) / sizeof *(array))
static const struct rv_view list_views[] = {
        { .id = "plugins",
          .title = N_("Plugins"),
          .columns = plugin_columns,
          .n_columns = LENGTH(plugin_columns),
          .shape = RV_SHAPE_LIST },
        { .id = "views",
          .title = N_("Views"),
          .columns = entry_columns,
          .n_columns = LENGTH(entry_columns),
          .shape = RV_SHAPE_LIST },
        { .id = "actions",
          .title = N_("Actions"),
          .columns = entry_columns,
          .n_columns = LENGTH(entry_columns),
          .shape = RV_SHAPE_LIST },
};

/* One of the three lists while it is walked. */
struct lister {
        enum rv_verb verb;
        struct rv_sink *sink; /* a table */
        struct rv_json *json; /* declarations */
        bool lines;           /* ndjson: each on a line */
        int64_t n;
};

static void put(struct rv_sink *sink, unsigned column, const char *text)
{
        if (text)
                rv_put_text(sink, column, text, strlen(text));
}

/* Titles go in as messages, because each is in the domain of its plugin. */
static int put_entry(const struct lister *l, const char *plugin, const char *id, const char *title,
                     const struct rv_arg *args, uint32_t n_args)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        int r = rv_row_begin(l->sink, 0);

        if (r != RV_OK)
                return r;
        rv_buf_printf(&text, "%s/%s", plugin, id);
        put(l->sink, ENTRY_ID, rv_buf_str(&text));
        rv_buf_clear(&text);
        rv_form_usage(args, n_args, &text);
        put(l->sink, ENTRY_USAGE, rv_buf_str(&text));
        if (title)
                rv_put_msg(l->sink, ENTRY_TITLE, title, NULL);
        return RV_OK;
}

static void end_line(const struct lister *l)
{
        if (l->lines)
                rv_buf_add_char(l->json->out, '\n');
}

static int list_view(struct lister *l, const char *plugin, const struct rv_view *view)
{
        l->n++;
        if (!l->json)
                return put_entry(l, plugin, view->id, view->title, view->args, view->n_args);
        rv_declare_view(l->json, plugin, view);
        end_line(l);
        return RV_OK;
}

static int list_action(struct lister *l, const struct rv_plugin *plugin, const struct rv_action *action)
{
        l->n++;
        if (!l->json)
                return put_entry(l, plugin->id, action->id, action->title, action->args, action->n_args);
        rv_declare_action(l->json, plugin, action);
        end_line(l);
        return RV_OK;
}

/* What a plugin says about itself; opening it ran none of its code. */
static int list_plugin(struct lister *l, const struct rv_plugin *plugin)
{
        int r;

        l->n++;
        if (l->json) {
                rv_declare_plugin(l->json, plugin);
                end_line(l);
                return RV_OK;
        }
        r = rv_row_begin(l->sink, 0);
        if (r != RV_OK)
                return r;
        put(l->sink, PLUGIN_ID, plugin->id);
        rv_put_int(l->sink, PLUGIN_STATE, 0);
        put(l->sink, PLUGIN_VERSION, plugin->version);
        rv_put_int(l->sink, PLUGIN_VIEWS, plugin->n_views);
        rv_put_int(l->sink, PLUGIN_ACTIONS, plugin->n_actions);
        if (plugin->help)
                rv_put_msg(l->sink, PLUGIN_ABOUT, plugin->help, NULL);
        return RV_OK;
}

/* What cannot be loaded is listed with the reason; the rest goes on. */
static int list_broken(struct lister *l, const char *id, const struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf words = { 0 };
        int r;

        if (l->verb != RV_DO_PLUGINS)
                return RV_OK;
        l->n++;
        rv_message_plain(rv_buf_str(&err->message), err->message.size, &words);
        if (l->json) {
                rv_json_begin(l->json, '{');
                rv_json_key(l->json, "id");
                rv_json_str(l->json, id);
                rv_json_key(l->json, "broken");
                rv_json_str(l->json, rv_buf_str(&words));
                rv_json_end(l->json, '}');
                end_line(l);
                return RV_OK;
        }
        r = rv_row_begin(l->sink, 0);
        if (r != RV_OK)
                return r;
        put(l->sink, PLUGIN_ID, id);
        rv_put_int(l->sink, PLUGIN_STATE, 1);
        rv_put_msg(l->sink, PLUGIN_ABOUT, N_("%1"), rv_buf_str(&words), NULL);
        return RV_OK;
}

/* A list of views or actions walks through every plugin that can be opened. */
static int list_one(struct lister *l, const struct rv_plugin *plugin)
{
        uint32_t i;
        int r = RV_OK;

        /* Titles are in the plugin's own domain. */
        if (l->sink)
                rv_sink_joined(l->sink, plugin->id, rv_plugin_domain(plugin), UINT_MAX);
        if (l->verb == RV_DO_PLUGINS)
                return list_plugin(l, plugin);
        if (l->verb == RV_DO_VIEWS)
                for (i = 0; i < plugin->n_views && r == RV_OK; i++)
                        r = list_view(l, plugin->id, &plugin->views[i]);
        else
                for (i = 0; i < plugin->n_actions && r == RV_OK; i++)
                        r = list_action(l, plugin, &plugin->actions[i]);
        return r;
}

static int list_all(struct rv_session *session, struct lister *l)
{
        static const char *const common[] = { "findings", "changes", "space" };
        const struct rv_plugin *plugin;
        const char *const *names;
        size_t n = rv_registry_names(session->host->registry, &names), i;
        int r = RV_OK;

        for (i = 0; i < LENGTH(common) && l->verb == RV_DO_VIEWS && r == RV_OK; i++)
                r = list_view(l, "reeve", rv_common_view(common[i]));
        for (i = 0; i < n && r == RV_OK; i++) {
                RV_ERR_CLEANUP struct rv_err err = { 0 };

                if (rv_registry_plugin(session->host->registry, names[i], &plugin, &err) == RV_OK)
                        r = list_one(l, plugin);
                else
                        r = list_broken(l, names[i], &err);
        }
        return r;
}

/* The same walk writes declarations instead of rows; ndjson has one on each line. */
static int list_json(struct rv_session *session, const struct rv_command *command, const char *id)
{
        struct rv_json json = { .out = &session->output->buf };
        struct lister l = { .verb = command->verb, .json = &json, .lines = command->settings.format == RV_NDJSON };
        int r;

        if (!l.lines) {
                rv_json_begin(&json, '{');
                rv_json_key(&json, "reeve");
                rv_json_int(&json, 1);
                rv_json_key(&json, id);
                rv_json_begin(&json, '[');
        }
        r = list_all(session, &l);
        if (!l.lines) {
                rv_json_end(&json, ']');
        } else {
                rv_json_begin(&json, '{');
                rv_json_key(&json, "end");
                rv_json_bool(&json, true);
                rv_json_key(&json, "rows");
                rv_json_int(&json, l.n);
        }
        rv_json_key(&json, "warnings");
        rv_json_begin(&json, '[');
        rv_json_end(&json, ']');
        rv_json_end(&json, '}');
        rv_buf_add_char(json.out, '\n');
        return r;
}

/* Filter, sort and limit work on them as on every view. */
int rv_run_lists(struct rv_session *session, struct rv_command *command, struct rv_err *err)
{
        RV_RESULT_CLEANUP struct rv_result result = { 0 };
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        RV_SINK_CLEANUP struct rv_sink *sink = NULL;
        const struct rv_view *view = &list_views[command->verb - RV_DO_PLUGINS];
        struct lister l = { .verb = command->verb };
        bool cacheable;
        int r;

        if (command->settings.format == RV_JSON || command->settings.format == RV_NDJSON)
                return list_json(session, command, view->id);
        l.sink = sink = rv_sink_new("reeve", "reeve", view, NULL);
        if (!sink)
                return rv_fail_memory(err);
        r = list_all(session, &l);
        if (r == RV_OK)
                r = rv_sink_finish(sink, &snapshot, &cacheable, err);
        if (r == RV_OK)
                r = rv_command_rows(command, 0, snapshot, &result, err);
        if (r != RV_OK)
                return err->code ? r : rv_fail_memory(err);
        snapshot = NULL;
        return rv_session_emit(session, command, &result, err);
}
