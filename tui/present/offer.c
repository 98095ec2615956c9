/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may stand where the cursor is: verbs, plugins, views, actions, options and their values, columns, rows. */
#include "tui/present/offer.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "core/model/rows.h"
#include "core/model/snapshot.h"
#include "tui/present/command.h"
#include "tui/present/options.h"

struct completion {
        struct rv_host *host;
        const struct rv_snapshot *shown;
        bool reads;                     /* what no cache has may be loaded */
        const struct rv_plugin *plugin; /* what the words before name */
        const struct rv_view *view;
        const struct rv_action *action;
        const char *last;
        struct rv_buf *out;
};

/* Offers a word, with what stands before it on the same word, if it goes on as the last one begins. */
static void offer(struct completion *c, const char *before, const char *word)
{
        size_t skip = strlen(before), len = strlen(c->last);

        if (len < skip ? strncmp(c->last, before, len) != 0
                       : strncmp(c->last, before, skip) != 0 || strncmp(c->last + skip, word, len - skip) != 0)
                return;
        rv_buf_add_str(c->out, before);
        rv_buf_add_str(c->out, word);
        rv_buf_add_char(c->out, '\n');
}

/* Declared arguments first: they are what this command is about. */
static void offer_options(struct completion *c)
{
        const struct rv_arg *args = c->action ? c->action->args : c->view ? c->view->args : NULL;
        uint32_t n_args = c->action ? c->action->n_args : c->view ? c->view->n_args : 0, i;
        size_t n, k;
        const struct rv_option *options = rv_options(&n);

        for (i = 0; i < n_args; i++)
                if (!(args[i].flags & RV_POSITIONAL))
                        offer(c, "--", args[i].id);
        for (k = 0; k < n; k++)
                offer(c, "--", options[k].name);
}

/* Aliases are not offered: finding them would open every plugin at each press of Tab. */
static void offer_commands(struct completion *c)
{
        const char *const *names;
        size_t n, i;
        const struct rv_verb_word *verbs = rv_verbs(&n);

        for (i = 0; i < n; i++)
                offer(c, "", verbs[i].word);
        n = rv_registry_names(c->host->registry, &names);
        for (i = 0; i < n; i++)
                offer(c, "", names[i]);
}

/* Views before actions: looking is the more frequent wish. */
static void offer_members(struct completion *c)
{
        uint32_t i;

        for (i = 0; i < c->plugin->n_views; i++)
                offer(c, "", c->plugin->views[i].id);
        for (i = 0; i < c->plugin->n_actions; i++)
                offer(c, "", c->plugin->actions[i].id);
}

/* "a,b,c": the last one of a list of columns. */
static void offer_columns(struct completion *c)
{
        RV_BUF_CLEANUP struct rv_buf before = { 0 };
        const char *comma = strrchr(c->last, ',');
        size_t kept = comma ? (size_t)(comma - c->last) + 1 : 0;
        uint32_t i;

        if (!kept && c->last[0] == '-')
                kept = 1;
        rv_buf_add(&before, c->last, kept);
        for (i = 0; c->view && i < c->view->n_columns; i++)
                offer(c, rv_buf_str(&before), c->view->columns[i].id);
}

/* An expression: what is being typed at its end may become a column's name. */
static void offer_where(struct completion *c)
{
        RV_BUF_CLEANUP struct rv_buf before = { 0 };
        size_t from = strlen(c->last);
        uint32_t i;

        while (from && strchr("abcdefghijklmnopqrstuvwxyz0123456789_", c->last[from - 1]))
                from--;
        rv_buf_add(&before, c->last, from);
        for (i = 0; c->view && i < c->view->n_columns; i++)
                offer(c, rv_buf_str(&before), c->view->columns[i].id);
}

/* A row's word comes from outside and ends on a command line: one that a shell would read as anything but itself is not
 * offered. */
static void offer_word(struct completion *c, const char *word)
{
        RV_BUF_CLEANUP struct rv_buf quoted = { 0 };

        rv_word_quote(word, &quoted);
        if (word[0] != '-' && strcmp(rv_buf_str(&quoted), word) == 0)
                offer(c, "", word);
}

/* A row's key and the other words that name it; equal ones mostly follow each other. */
static void offer_row(struct completion *c, const struct rv_snapshot *snapshot, size_t row, struct rv_buf *before)
{
        const struct rv_view *view = rv_snapshot_view(snapshot);
        RV_BUF_CLEANUP struct rv_buf word = { 0 };
        char number[24];
        const char *text;
        uint32_t i;
        size_t n;

        for (i = 0; i < view->n_columns; i++) {
                if (!(view->columns[i].flags & RV_MATCH))
                        continue;
                text = rv_row_word(snapshot, row, i, number, &n);
                rv_buf_clear(&word);
                rv_buf_add(&word, text ? text : "", text ? n : 0);
                if (word.size && strcmp(rv_buf_str(&word), rv_buf_str(before)) != 0)
                        offer_word(c, rv_buf_str(&word));
                rv_buf_clear(before);
                rv_buf_add_str(before, rv_buf_str(&word));
        }
        text = rv_row_key(snapshot, row, number);
        if (strcmp(text, rv_buf_str(before)) != 0)
                offer_word(c, text);
}

/* Of a screen Tab must not wait for a database; a shell's may, for a moment. Costly columns are not asked for. */
static struct rv_snapshot *load_rows(struct completion *c, const struct rv_ask *ask)
{
        RV_ERR_CLEANUP struct rv_err ignored = { 0 };
        struct rv_snapshot *snapshot = rv_load_stale(c->host, ask);
        size_t used;

        if (!snapshot && c->reads)
                (void)!rv_load(c->host, ask, &used, &snapshot, &ignored);
        return snapshot;
}

/* Of a view with these words, as far as it is known. */
static void offer_rows(struct completion *c, const char *plugin, const char *view, const char *const *words, size_t n)
{
        const struct rv_ask ask = { .plugin = plugin, .view = view, .words = words, .n_words = n };
        const struct rv_snapshot *snapshot = c->shown;
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *cached = NULL;
        RV_BUF_CLEANUP struct rv_buf before = { 0 };
        size_t row;

        if (n || !snapshot || strcmp(rv_snapshot_plugin(snapshot), plugin) != 0 ||
            strcmp(rv_snapshot_view(snapshot)->id, view) != 0)
                snapshot = cached = load_rows(c, &ask);
        for (row = 0; snapshot && row < rv_snapshot_rows(snapshot); row++)
                offer_row(c, snapshot, row, &before);
}

/* "plugin/view" of a declaration. */
static void offer_refs(struct completion *c, const char *ref)
{
        RV_BUF_CLEANUP struct rv_buf plugin = { 0 };
        const char *slash = strchr(ref, '/');

        if (!slash)
                return;
        rv_buf_add(&plugin, ref, (size_t)(slash - ref));
        offer_rows(c, rv_buf_str(&plugin), slash + 1, NULL, 0);
}

/* What an argument names; one without a ref means what another view's argument of the same id means. */
static const char *ref_of(const struct completion *c, const struct rv_arg *arg)
{
        uint32_t i, k;

        for (i = 0; !arg->ref && c->plugin && i < c->plugin->n_views; i++)
                for (k = 0; k < c->plugin->views[i].n_args; k++)
                        if (c->plugin->views[i].args[k].ref && strcmp(c->plugin->views[i].args[k].id, arg->id) == 0)
                                return c->plugin->views[i].args[k].ref;
        return arg->ref;
}

/* Words behind a view or an action: first its arguments, then rows. */
static void offer_operands(struct completion *c, const struct rv_command *command)
{
        const struct rv_arg *args = c->action ? c->action->args : c->view->args;
        uint32_t n_args = c->action ? c->action->n_args : c->view->n_args, i, k;
        size_t at = 0;

        for (i = 0; i < n_args; i++) {
                if (!(args[i].flags & RV_POSITIONAL) || (at++ != command->n_words && !(args[i].flags & RV_REPEAT)))
                        continue;
                for (k = 0; k < args[i].n_enums; k++)
                        offer(c, "", args[i].enums[k].id);
                if (ref_of(c, &args[i]))
                        offer_refs(c, ref_of(c, &args[i]));
                return;
        }
        if (c->action && c->action->view)
                offer_rows(c, command->plugin_id, c->action->view, NULL, 0);
        else if (c->view && command->n_words >= at)
                offer_rows(c, command->plugin_id, c->view->id, command->words, at);
}

/* What to do with a job, then its number, then which way. */
static void offer_jobs(struct completion *c, const struct rv_command *command)
{
        static const char *const verbs[] = { "list", "show", "attach", "cancel", "recover" };
        size_t i;

        for (i = 0; command->n_words == 0 && i < sizeof verbs / sizeof *verbs; i++)
                offer(c, "", verbs[i]);
        if (command->n_words == 1 && strcmp(command->words[0], "list") != 0)
                offer_rows(c, "reeve", "jobs", NULL, 0);
        if (command->n_words == 2 && strcmp(command->words[0], "recover") == 0) {
                offer(c, "", "finish");
                offer(c, "", "revert");
        }
}

static void offer_enums(struct completion *c, const char *option)
{
        const struct rv_arg *args = c->action ? c->action->args : c->view ? c->view->args : NULL;
        uint32_t n_args = c->action ? c->action->n_args : c->view ? c->view->n_args : 0, i, k;

        for (i = 0; i < n_args; i++)
                if (strcmp(args[i].id, option) == 0)
                        for (k = 0; k < args[i].n_enums; k++)
                                offer(c, "", args[i].enums[k].id);
}

/* The value of the option that stands before the cursor; false when that one takes none. */
static bool offer_value(struct completion *c, const char *before)
{
        static const char *const formats[] = { "table", "plain", "json", "ndjson", "tsv", "csv", NULL };
        static const char *const colors[] = { "auto", "always", "never", NULL };
        const char *name = before + 2;
        const struct rv_option *option;
        const char *const *values;

        if (strncmp(before, "--", 2) != 0 || strchr(before, '='))
                return false;
        option = rv_option_by_name(name, strlen(name));
        if (!option) {
                offer_enums(c, name);
                return c->out->size > 0;
        }
        if (!option->value)
                return false;
        if (option->kind == RV_OPT_COLUMNS || option->kind == RV_OPT_SORT)
                offer_columns(c);
        if (option->kind == RV_OPT_WHERE)
                offer_where(c);
        values = option->kind == RV_OPT_FORMAT ? formats : option->kind == RV_OPT_COLOR ? colors : NULL;
        for (; values && *values; values++)
                offer(c, "", *values);
        return true;
}

/* "PLUGIN/VIEW" as show and ui take it. */
static void offer_targets(struct completion *c)
{
        RV_BUF_CLEANUP struct rv_buf before = { 0 }, name = { 0 };
        const char *slash = strchr(c->last, '/');
        const struct rv_plugin *plugin;
        const char *const *names;
        size_t n = rv_registry_names(c->host->registry, &names), i;
        uint32_t k;

        if (!slash) {
                for (i = 0; i < n; i++)
                        offer(c, "", names[i]);
                return;
        }
        rv_buf_add(&name, c->last, (size_t)(slash - c->last));
        rv_buf_printf(&before, "%s/", rv_buf_str(&name));
        if (rv_registry_plugin(c->host->registry, rv_buf_str(&name), &plugin, NULL) != RV_OK)
                return;
        for (k = 0; k < plugin->n_views; k++)
                offer(c, rv_buf_str(&before), plugin->views[k].id);
}

/* How often a word was typed: the parser chooses a view also without its word. */
static unsigned count(const char *const *words, size_t n, const char *id)
{
        unsigned found = 0;
        size_t i;

        for (i = 0; i < n; i++)
                found += strcmp(words[i], id) == 0;
        return found;
}

/* Whether a view or an action of the plugin is what comes next. */
static bool wants_member(const struct rv_command *command, const char *const *words, size_t n)
{
        unsigned own;

        if (!command->plugin || command->n_words || !count(words, n, command->plugin_id))
                return false;
        if (command->verb == RV_DO_HELP)
                return !command->view && !command->action;
        own = command->view && strcmp(command->view->id, command->plugin_id) == 0;
        return command->verb == RV_DO_VIEW && count(words, n, command->view->id) == own;
}

/* By what was read of the words before the last. */
static void offer_next(struct completion *c, const struct rv_command *command, bool sound, const char *const *words,
                       size_t n)
{
        bool target = n >= 2 && (strcmp(words[n - 2], "show") == 0 || strcmp(words[n - 2], "ui") == 0);

        if (n >= 2 && offer_value(c, words[n - 2]))
                return;
        if (c->last[0] == '-')
                offer_options(c);
        else if (target)
                offer_targets(c);
        else if (wants_member(command, words, n - 1))
                offer_members(c);
        else if (c->action || (c->view && (command->verb == RV_DO_VIEW || command->verb == RV_DO_SHOW)))
                offer_operands(c, command);
        else if (command->verb == RV_DO_JOBS)
                offer_jobs(c, command);
        else if (n <= 1 || (command->verb == RV_DO_NOTHING && sound) || strcmp(words[n - 2], "help") == 0)
                offer_commands(c);
}

/* The rows are those of the root, image or slot that the words name. */
static void offer_there(struct completion *c, const struct rv_command *command, const char *const *words, size_t n)
{
        struct rv_host other, *host = c->host;
        bool elsewhere = c->reads && command->settings.root && strcmp(command->settings.root, host->root.path) != 0;
        size_t i, room = sizeof host->options / sizeof *host->options - 1;

        if (elsewhere && rv_host_open(command->settings.root, NULL, &other, NULL) != RV_OK)
                return;
        if (elsewhere) {
                other.own_views = host->own_views;
                other.own = host->own;
                c->host = &other;
        }
        for (i = 0; c->reads && i < command->n_options && i < room; i++)
                c->host->options[i] = command->options[i];
        if (c->reads)
                c->host->options[i] = NULL;
        offer_next(c, command, true, words, n);
        if (c->reads)
                c->host->options[0] = NULL;
        if (elsewhere)
                rv_host_close(&other);
}

/* What stands before the cursor is read by the same parser as a command; what is offered follows from it. */
void rv_offer_words(struct rv_host *host, const struct rv_snapshot *shown, bool reads, const char *const *words,
                    size_t n, struct rv_buf *out)
{
        struct completion made = { .host = host, .shown = shown, .reads = reads, .out = out }, *c = &made;
        RV_COMMAND_CLEANUP struct rv_command command = { 0 };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_settings settings;
        size_t whole = n ? n - 1 : 0;

        c->last = n ? words[n - 1] : "";
        rv_settings_init(&settings);
        settings.root = host->root.path;
        /* An option whose value is being typed is no complete command: what stands before it may be. */
        if (whole && words[whole - 1][0] == '-')
                whole--;
        if (rv_command_parse(c->host->registry, &settings, words, whole, &command, &err) != RV_OK) {
                offer_next(c, &command, false, words, n);
                return;
        }
        c->plugin = command.plugin;
        c->view = command.view;
        c->action = command.action;
        offer_there(c, &command, words, n);
}
