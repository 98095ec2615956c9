/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Help texts. Nothing is written twice: verbs and options come from their tables, the rest from declarations. */
#include "tui/present/help.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/utf8.h"
#include "core/model/registry.h"
#include "tui/present/form.h"
#include "tui/present/looks.h"
#include "tui/present/options.h"
#include "tui/present/text.h"

enum { TERM_CELLS = 26, INDENT = 2 };

const char *rv_plugin_domain(const struct rv_plugin *plugin)
{
        if (!plugin)
                return RV_DOMAIN;
        return plugin->domain ? plugin->domain : plugin->id;
}

/* A width of nothing still leaves words readable: then the terminal wraps them. */
static void add_wrapped(const char *text, unsigned indent, unsigned width, struct rv_buf *out)
{
        size_t left = strlen(text), next, line;

        while (left) {
                line = rv_text_wrap(text, left, width > indent + 10 ? width - indent : 60, &next);
                rv_text_pad("", 0, indent, false, out);
                rv_buf_add(out, text, line);
                rv_buf_add_char(out, '\n');
                text += next;
                left -= next;
        }
}

/* "  term    what it means", the meaning wrapped under itself; a long term has a line of its own. */
static void add_term(const char *term, const char *meaning, unsigned width, struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        size_t cells = rv_text_width(term, strlen(term));

        rv_text_pad("", 0, INDENT, false, out);
        rv_buf_add_str(out, term);
        if (!meaning || !*meaning) {
                rv_buf_add_char(out, '\n');
                return;
        }
        add_wrapped(meaning, TERM_CELLS, width, &text);
        if (INDENT + cells + 1 < TERM_CELLS)
                rv_buf_add_str(out, rv_buf_str(&text) + INDENT + cells);
        else
                rv_buf_printf(out, "\n%s", rv_buf_str(&text));
}

static void add_heading(const char *text, struct rv_buf *out)
{
        if (out->size)
                rv_buf_add_char(out, '\n');
        rv_text_upper(text, out);
        rv_buf_add_char(out, '\n');
}

static void add_option(const struct rv_option *option, unsigned width, struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf term = { 0 };

        if (option->letter)
                rv_buf_printf(&term, "-%c, ", option->letter);
        rv_buf_printf(&term, "--%s%s%s", option->name, option->value ? " " : "", option->value ? option->value : "");
        add_term(rv_buf_str(&term), _(option->help), width, out);
}

static void add_options(bool of_actions, unsigned width, struct rv_buf *out)
{
        size_t n, i;
        const struct rv_option *options = rv_options(&n);

        for (i = 0; i < n; i++)
                if (rv_option_of_actions(&options[i]) == of_actions)
                        add_option(&options[i], width, out);
}

/* Where to set once what would else be said each time. */
static void add_configuration(unsigned width, struct rv_buf *out)
{
        size_t n, i;
        const struct rv_look *looks = rv_looks(&n);

        add_heading(_("Configuration"), out);
        add_wrapped(_(rv_looks_about()), INDENT, width, out);
        for (i = 0; i < n; i++)
                add_term(looks[i].key, _(looks[i].help), width, out);
}

/* A plugin that cannot be opened says why, in the place of its help. Options that nothing would take are left out. */
void rv_help_overview(struct rv_registry *registry, unsigned width, struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf term = { 0 };
        const struct rv_plugin *plugin;
        const struct rv_verb_word *verbs;
        const char *const *names;
        bool actions = false;
        size_t n, i;

        add_heading(_("Usage"), out);
        add_term("reeve", _("full-screen, or line by line where the terminal can do no more"), width, out);
        add_term("reeve PLUGIN [VIEW] [ARG...] [ROW...]", _("a view; without a name the first"), width, out);
        add_term("reeve PLUGIN ACTION [ROW...]", _("plan, confirm, run"), width, out);
        verbs = rv_verbs(&n);
        for (i = 0; i < n; i++) {
                rv_buf_clear(&term);
                rv_buf_printf(&term, "reeve %s%s%s", verbs[i].word, *verbs[i].usage ? " " : "", verbs[i].usage);
                add_term(rv_buf_str(&term), _(verbs[i].help), width, out);
        }
        add_heading(_("Plugins"), out);
        n = rv_registry_names(registry, &names);
        for (i = 0; i < n; i++) {
                RV_ERR_CLEANUP struct rv_err err = { 0 };

                if (rv_registry_plugin(registry, names[i], &plugin, &err) == RV_OK) {
                        add_term(names[i], rv_tr(rv_plugin_domain(plugin), plugin->help), width, out);
                        actions = actions || plugin->n_actions;
                } else {
                        rv_buf_clear(&term);
                        rv_tr_packed(rv_buf_str(&err.message), err.message.size, &term);
                        add_term(names[i], rv_buf_str(&term), width, out);
                }
        }
        add_heading(_("Options"), out);
        add_options(false, width, out);
        if (actions) {
                add_heading(_("Options of actions"), out);
                add_options(true, width, out);
        }
        add_configuration(width, out);
}

static void add_entry(const char *plugin, const char *id, const struct rv_arg *args, size_t n_args, const char *help,
                      unsigned width, struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf term = { 0 };

        rv_buf_printf(&term, "reeve %s %s ", plugin, id);
        rv_form_usage(args, n_args, &term);
        while (term.size && term.data[term.size - 1] == ' ')
                rv_buf_truncate(&term, term.size - 1);
        add_term(rv_buf_str(&term), help, width, out);
}

static void add_settings(const struct rv_plugin *plugin, unsigned width, struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf where = { 0 };
        const char *domain = rv_plugin_domain(plugin);
        uint32_t i;

        if (!plugin->n_settings)
                return;
        add_heading(_("Settings"), out);
        rv_tr_format(&where, N_("In [%1] of /etc/reeve/reeve.conf:"), plugin->id, NULL);
        add_wrapped(rv_buf_str(&where), INDENT, width, out);
        for (i = 0; i < plugin->n_settings; i++)
                add_term(plugin->settings[i].id,
                         rv_tr(domain, plugin->settings[i].help ? plugin->settings[i].help : plugin->settings[i].title),
                         width, out);
}

void rv_help_plugin(const struct rv_plugin *plugin, unsigned width, struct rv_buf *out)
{
        const char *domain = rv_plugin_domain(plugin);
        uint32_t i;

        add_heading(rv_tr(domain, plugin->title ? plugin->title : plugin->id), out);
        if (plugin->help)
                add_wrapped(rv_tr(domain, plugin->help), INDENT, width, out);
        if (plugin->n_views)
                add_heading(_("Views"), out);
        for (i = 0; i < plugin->n_views; i++)
                add_entry(plugin->id, plugin->views[i].id, plugin->views[i].args, plugin->views[i].n_args,
                          rv_tr(domain, plugin->views[i].help ? plugin->views[i].help : plugin->views[i].title), width,
                          out);
        if (plugin->n_actions)
                add_heading(_("Actions"), out);
        for (i = 0; i < plugin->n_actions; i++)
                add_entry(plugin->id, plugin->actions[i].id, plugin->actions[i].args, plugin->actions[i].n_args,
                          rv_tr(domain, plugin->actions[i].help ? plugin->actions[i].help : plugin->actions[i].title),
                          width, out);
        add_settings(plugin, width, out);
}

static void add_args(const char *domain, const struct rv_arg *args, size_t n, unsigned width, struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf term = { 0 }, meaning = { 0 };
        size_t i;

        if (n)
                add_heading(_("Arguments"), out);
        for (i = 0; i < n; i++) {
                rv_buf_clear(&term);
                rv_buf_clear(&meaning);
                rv_form_usage(&args[i], 1, &term);
                rv_buf_add_str(&meaning, args[i].help    ? rv_tr(domain, args[i].help)
                                         : args[i].title ? rv_tr(domain, args[i].title)
                                                         : "");
                rv_buf_add_str(&meaning, meaning.size ? ": " : "");
                rv_form_takes(&args[i], &meaning);
                add_term(rv_buf_str(&term), rv_buf_str(&meaning), width, out);
        }
}

/* The id is what a command takes; the title is what a table shows. */
static void add_column(const char *domain, const struct rv_column *column, unsigned width, struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf meaning = { 0 };
        uint32_t i;

        rv_buf_add_str(&meaning, column->title ? rv_tr(domain, column->title) : column->id);
        if (column->help) {
                rv_buf_add_str(&meaning, ": ");
                rv_buf_add_str(&meaning, rv_tr(domain, column->help));
        }
        rv_buf_printf(&meaning, " (%s", rv_type_id(column->type));
        for (i = 0; i < column->n_enums; i++)
                rv_buf_printf(&meaning, "%s%s", i ? ", " : ": ", column->enums[i].id);
        if (column->flags & RV_KEY)
                rv_buf_printf(&meaning, "; %s", _("names the row"));
        if (column->flags & RV_HIDDEN)
                rv_buf_printf(&meaning, "; %s", _("shown when asked for"));
        if (column->ref)
                rv_buf_printf(&meaning, "; %s", column->ref);
        rv_buf_add_char(&meaning, ')');
        add_term(column->id, rv_buf_str(&meaning), width, out);
}

/* Words that stand alone at the top level. */
static void add_aliases(const char *const *aliases, unsigned width, struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf term = { 0 };
        size_t i;

        for (i = 0; aliases && aliases[i]; i++)
                rv_buf_printf(&term, "%sreeve %s", i ? ", " : "", aliases[i]);
        if (!term.size)
                return;
        add_heading(_("Short"), out);
        add_wrapped(rv_buf_str(&term), INDENT, width, out);
}

static void add_columns(const char *domain, const struct rv_view *view, unsigned width, struct rv_buf *out)
{
        uint32_t i;

        add_heading(_("Columns"), out);
        for (i = 0; i < view->n_columns; i++)
                add_column(domain, &view->columns[i], width, out);
}

void rv_help_verb(const struct rv_verb_word *verb, const struct rv_view *view, unsigned width, struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf term = { 0 };

        add_heading(verb->word, out);
        add_wrapped(_(verb->help), INDENT, width, out);
        add_heading(_("Usage"), out);
        rv_buf_printf(&term, "reeve %s%s%s", verb->word, *verb->usage ? " " : "", verb->usage);
        add_term(rv_buf_str(&term), NULL, width, out);
        if (verb->more) {
                rv_buf_add_char(out, '\n');
                add_wrapped(_(verb->more), INDENT, width, out);
        }
        if (view)
                add_columns(RV_DOMAIN, view, width, out);
}

void rv_help_view(const char *plugin_id, const struct rv_plugin *plugin, const struct rv_view *view, unsigned width,
                  struct rv_buf *out)
{
        const char *domain = rv_plugin_domain(plugin);

        add_heading(rv_tr(domain, view->title ? view->title : view->id), out);
        if (view->help)
                add_wrapped(rv_tr(domain, view->help), INDENT, width, out);
        add_heading(_("Usage"), out);
        add_entry(plugin_id, view->id, view->args, view->n_args, NULL, width, out);
        add_args(domain, view->args, view->n_args, width, out);
        add_columns(domain, view, width, out);
        add_aliases(view->aliases, width, out);
}

void rv_help_action(const struct rv_plugin *plugin, const struct rv_action *action, unsigned width, struct rv_buf *out)
{
        const char *domain = rv_plugin_domain(plugin);

        add_heading(rv_tr(domain, action->title ? action->title : action->id), out);
        if (action->help)
                add_wrapped(rv_tr(domain, action->help), INDENT, width, out);
        if (action->flags & RV_DESTRUCTIVE)
                add_wrapped(_("It takes something away that cannot be brought back."), INDENT, width, out);
        add_heading(_("Usage"), out);
        add_entry(plugin->id, action->id, action->args, action->n_args, NULL, width, out);
        add_args(domain, action->args, action->n_args, width, out);
        add_aliases(action->aliases, width, out);
}
