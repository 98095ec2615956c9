/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What there is: plugins, views, actions. One walk through the registry; as tables they are views like any other. */
#include "tui/present/catalogue.h"

#include <limits.h>
#include <string.h>

#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "core/model/sink.h"
#include "core/run/job.h"
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

const struct rv_view *rv_catalogue_view(enum rv_verb verb)
{
        return &list_views[verb - RV_DO_PLUGINS];
}

/* A list of views or actions walks through every plugin that can be opened. */
static int walk_one(enum rv_verb verb, const struct rv_plugin *plugin, const struct rv_visitor *visitor)
{
        uint32_t i;
        int r = RV_OK;

        if (verb == RV_DO_PLUGINS)
                return visitor->plugin(visitor->user, plugin);
        if (verb == RV_DO_VIEWS)
                for (i = 0; i < plugin->n_views && r == RV_OK; i++)
                        r = visitor->view(visitor->user, plugin, &plugin->views[i]);
        else
                for (i = 0; i < plugin->n_actions && r == RV_OK; i++)
                        r = visitor->action(visitor->user, plugin, &plugin->actions[i]);
        return r;
}

int rv_catalogue_walk(struct rv_registry *registry, enum rv_verb verb, const struct rv_visitor *visitor)
{
        static const char *const common[] = { "findings", "changes", "space" };
        const struct rv_plugin *plugin;
        const char *const *names;
        size_t n = rv_registry_names(registry, &names), i;
        int r = RV_OK;

        for (i = 0; i < LENGTH(common) && verb == RV_DO_VIEWS && r == RV_OK; i++)
                r = visitor->view(visitor->user, NULL, rv_common_view(common[i]));
        for (i = 0; rv_own_views[i] && verb == RV_DO_VIEWS && r == RV_OK; i++)
                r = visitor->view(visitor->user, NULL, rv_own_views[i]);
        for (i = 0; i < n && r == RV_OK; i++) {
                RV_ERR_CLEANUP struct rv_err err = { 0 };

                if (rv_registry_plugin(registry, names[i], &plugin, &err) == RV_OK)
                        r = walk_one(verb, plugin, visitor);
                else if (verb == RV_DO_PLUGINS)
                        r = visitor->broken(visitor->user, names[i], &err);
        }
        return r;
}

static void put(struct rv_sink *sink, unsigned column, const char *text)
{
        if (text)
                rv_put_text(sink, column, text, strlen(text));
}

/* Titles go in as messages, because each is in the domain of its plugin. */
static int put_entry(struct rv_sink *sink, const char *plugin, const char *id, const char *title,
                     const struct rv_arg *args, uint32_t n_args)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        int r = rv_row_begin(sink, 0);

        if (r != RV_OK)
                return r;
        rv_buf_printf(&text, "%s/%s", plugin, id);
        put(sink, ENTRY_ID, rv_buf_str(&text));
        rv_buf_clear(&text);
        rv_form_usage(args, n_args, &text);
        put(sink, ENTRY_USAGE, rv_buf_str(&text));
        if (title)
                rv_put_msg(sink, ENTRY_TITLE, title, NULL);
        return RV_OK;
}

/* Titles are in the plugin's own domain. */
static void enter(struct rv_sink *sink, const struct rv_plugin *plugin)
{
        if (plugin)
                rv_sink_joined(sink, plugin->id, rv_plugin_domain(plugin), UINT_MAX);
}

static int put_view(void *user, const struct rv_plugin *plugin, const struct rv_view *view)
{
        enter(user, plugin);
        return put_entry(user, plugin ? plugin->id : "reeve", view->id, view->title, view->args, view->n_args);
}

static int put_action(void *user, const struct rv_plugin *plugin, const struct rv_action *action)
{
        enter(user, plugin);
        return put_entry(user, plugin->id, action->id, action->title, action->args, action->n_args);
}

/* What a plugin says about itself; opening it ran none of its code. */
static int put_plugin(void *user, const struct rv_plugin *plugin)
{
        struct rv_sink *sink = user;
        int r;

        enter(sink, plugin);
        r = rv_row_begin(sink, 0);
        if (r != RV_OK)
                return r;
        put(sink, PLUGIN_ID, plugin->id);
        rv_put_int(sink, PLUGIN_STATE, 0);
        put(sink, PLUGIN_VERSION, plugin->version);
        rv_put_int(sink, PLUGIN_VIEWS, plugin->n_views);
        rv_put_int(sink, PLUGIN_ACTIONS, plugin->n_actions);
        if (plugin->help)
                rv_put_msg(sink, PLUGIN_ABOUT, plugin->help, NULL);
        return RV_OK;
}

/* What cannot be loaded is listed with the reason; the rest goes on. */
static int put_broken(void *user, const char *id, const struct rv_err *err)
{
        struct rv_sink *sink = user;
        int r = rv_row_begin(sink, 0);

        if (r != RV_OK)
                return r;
        put(sink, PLUGIN_ID, id);
        rv_put_int(sink, PLUGIN_STATE, 1);
        rv_put_packed(sink, PLUGIN_ABOUT, err->message.data, err->message.size);
        return RV_OK;
}

int rv_catalogue(struct rv_registry *registry, enum rv_verb verb, struct rv_snapshot **ret, struct rv_err *err)
{
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("reeve", "reeve", rv_catalogue_view(verb), NULL);
        const struct rv_visitor visitor = { put_plugin, put_broken, put_view, put_action, sink };
        bool cacheable;
        int r = sink ? rv_catalogue_walk(registry, verb, &visitor) : rv_fail_memory(err);

        if (r == RV_OK)
                r = rv_sink_finish(sink, ret, &cacheable, err);
        return r == RV_OK || err->code ? r : rv_fail_memory(err);
}
