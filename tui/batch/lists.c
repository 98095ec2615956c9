/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plugins, views, actions: what there is. As tables they are views like any other; as JSON they are declarations. */
#include <string.h>

#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/snapshot.h"
#include "tui/batch/batch.h"
#include "tui/batch/emit.h"
#include "tui/present/catalogue.h"
#include "tui/present/command.h"
#include <reeve/plugin.h>

struct lister {
        struct rv_json *json;
        bool lines; /* ndjson: each on a line */
        int64_t n;
};

static void end_one(struct lister *l)
{
        l->n++;
        if (l->lines)
                rv_buf_add_char(l->json->out, '\n');
}

static int list_view(void *user, const struct rv_plugin *plugin, const struct rv_view *view)
{
        struct lister *l = user;

        rv_declare_view(l->json, plugin ? plugin->id : "reeve", view);
        end_one(l);
        return RV_OK;
}

static int list_action(void *user, const struct rv_plugin *plugin, const struct rv_action *action)
{
        struct lister *l = user;

        rv_declare_action(l->json, plugin, action);
        end_one(l);
        return RV_OK;
}

static int list_plugin(void *user, const struct rv_plugin *plugin)
{
        struct lister *l = user;

        rv_declare_plugin(l->json, plugin);
        end_one(l);
        return RV_OK;
}

static int list_broken(void *user, const char *id, const struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf words = { 0 };
        struct lister *l = user;

        rv_message_plain(rv_buf_str(&err->message), err->message.size, &words);
        rv_json_begin(l->json, '{');
        rv_json_key(l->json, "id");
        rv_json_str(l->json, id);
        rv_json_key(l->json, "broken");
        rv_json_str(l->json, rv_buf_str(&words));
        rv_json_end(l->json, '}');
        end_one(l);
        return RV_OK;
}

/* Declarations instead of rows; ndjson has one on each line. */
static int list_json(struct rv_session *session, const struct rv_command *command, const char *id)
{
        struct rv_json json = { .out = &session->output->buf };
        struct lister l = { .json = &json, .lines = command->settings.format == RV_NDJSON };
        const struct rv_visitor visitor = { list_plugin, list_broken, list_view, list_action, &l };
        int r;

        if (!l.lines) {
                rv_json_begin(&json, '{');
                rv_json_key(&json, "reeve");
                rv_json_int(&json, 1);
                rv_json_key(&json, id);
                rv_json_begin(&json, '[');
        }
        r = rv_catalogue_walk(session->host->registry, command->verb, &visitor);
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
        int r;

        if (command->settings.format == RV_JSON || command->settings.format == RV_NDJSON)
                return list_json(session, command, rv_catalogue_view(command->verb)->id);
        r = rv_catalogue(session->host->registry, command->verb, &snapshot, err);
        if (r == RV_OK)
                r = rv_command_rows(command, 0, snapshot, &result, err);
        if (r != RV_OK)
                return r;
        snapshot = NULL;
        return rv_session_emit(session, command, &result, err);
}
