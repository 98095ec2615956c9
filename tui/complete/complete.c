/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may stand where the cursor is: verbs, plugins, views, actions, options and their values. */
#include "tui/complete/complete.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/model/registry.h"
#include "tui/present/command.h"
#include "tui/present/options.h"

static const char bash[] = "_reeve()\n"
                           "{\n"
                           "        local IFS=$'\\n'\n"
                           "        COMPREPLY=($(reeve complete words -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" "
                           "2>/dev/null))\n"
                           "        [ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default\n"
                           "}\n"
                           "complete -F _reeve reeve\n";
static const char zsh[] = "#compdef reeve\n"
                          "_reeve()\n"
                          "{\n"
                          "        local -a found\n"
                          "        found=(${(f)\"$(reeve complete words -- ${words[2,CURRENT]} 2>/dev/null)\"})\n"
                          "        if (( ${#found} )); then compadd -a found; else _files; fi\n"
                          "}\n"
                          "compdef _reeve reeve\n";
static const char fish[] = "complete -c reeve -f -a '(reeve complete words -- (commandline -opc)[2..-1] "
                           "(commandline -ct) 2>/dev/null)'\n";

struct completion {
        struct rv_registry *registry;
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
        n = rv_registry_names(c->registry, &names);
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
        size_t n = rv_registry_names(c->registry, &names), i;
        uint32_t k;

        if (!slash) {
                for (i = 0; i < n; i++)
                        offer(c, "", names[i]);
                return;
        }
        rv_buf_add(&name, c->last, (size_t)(slash - c->last));
        rv_buf_printf(&before, "%s/", rv_buf_str(&name));
        if (rv_registry_plugin(c->registry, rv_buf_str(&name), &plugin, NULL) != RV_OK)
                return;
        for (k = 0; k < plugin->n_views; k++)
                offer(c, rv_buf_str(&before), plugin->views[k].id);
}

/* Whether a word was typed, as opposed to being what the parser chose without it. */
static bool names(const char *const *words, size_t n, const char *id)
{
        size_t i;

        for (i = 0; i < n; i++)
                if (strcmp(words[i], id) == 0)
                        return true;
        return false;
}

/* What stands before the cursor is read by the same parser as a command; what is offered follows from it. */
static void complete_words(struct completion *c, const char *const *words, size_t n)
{
        RV_COMMAND_CLEANUP struct rv_command command = { 0 };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_settings settings;
        bool second, target;
        size_t whole = n ? n - 1 : 0;

        c->last = n ? words[n - 1] : "";
        rv_settings_init(&settings);
        /* An option whose value is being typed is no complete command: what stands before it may be. */
        if (whole && words[whole - 1][0] == '-')
                whole--;
        if (rv_command_parse(c->registry, &settings, words, whole, &command, &err) == RV_OK) {
                c->plugin = command.plugin;
                c->view = command.view;
                c->action = command.action;
        }
        second = command.verb == RV_DO_VIEW && command.plugin && !command.n_words &&
                 !names(words, n - 1, command.view->id);
        target = n >= 2 && (strcmp(words[n - 2], "show") == 0 || strcmp(words[n - 2], "ui") == 0);
        if (n >= 2 && offer_value(c, words[n - 2]))
                return;
        if (c->last[0] == '-')
                offer_options(c);
        else if (target)
                offer_targets(c);
        else if (second && c->plugin)
                offer_members(c);
        else if (n <= 1 || (command.verb == RV_DO_NOTHING && !err.code) || strcmp(words[n - 2], "help") == 0)
                offer_commands(c);
}

int rv_complete(struct rv_registry *registry, const char *const *words, size_t n, struct rv_buf *out)
{
        struct completion c = { .registry = registry, .out = out };

        if (n == 1 && strcmp(words[0], "bash") == 0)
                rv_buf_add_str(out, bash);
        else if (n == 1 && strcmp(words[0], "zsh") == 0)
                rv_buf_add_str(out, zsh);
        else if (n == 1 && strcmp(words[0], "fish") == 0)
                rv_buf_add_str(out, fish);
        else if (n >= 1 && strcmp(words[0], "words") == 0)
                complete_words(&c, words + 1, n - 1);
        else
                return RV_USAGE;
        return RV_OK;
}
