/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reeve(1) in man(7) macros. */
#include "tui/man/man.h"

#include <string.h>

#include "config.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/model/registry.h"
#include "tui/present/form.h"
#include "tui/present/help.h"
#include "tui/present/looks.h"
#include "tui/present/options.h"
#include "tui/present/text.h"

/* Text as roff takes it: no control line, no escape, hyphens that can be copied. */
static void add_text(struct rv_buf *out, const char *s)
{
        if (*s == '.' || *s == '\'')
                rv_buf_add_str(out, "\\&");
        for (; *s; s++) {
                if (*s == '\\')
                        rv_buf_add_str(out, "\\e");
                else if (*s == '-')
                        rv_buf_add_str(out, "\\-");
                else
                        rv_buf_add_char(out, *s);
        }
}

static void add_line(struct rv_buf *out, const char *macro, const char *s)
{
        rv_buf_add_str(out, macro);
        add_text(out, s);
        rv_buf_add_char(out, '\n');
}

static void add_item(struct rv_buf *out, const char *term, const char *meaning)
{
        rv_buf_add_str(out, ".TP\n");
        add_line(out, ".B ", term);
        if (meaning && *meaning)
                add_line(out, "", meaning);
}

/* The verbs' own table, so that the page cannot differ from the parser. */
static void add_forms(struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf term = { 0 };
        size_t n, i;
        const struct rv_verb_word *verbs = rv_verbs(&n);

        add_line(out, ".SH ", "COMMANDS");
        add_item(out, "reeve", _("full-screen, or line by line where the terminal can do no more"));
        add_item(out, "reeve PLUGIN [VIEW] [ARG...] [ROW...]", _("a view; without a name the first"));
        add_item(out, "reeve PLUGIN ACTION [ROW...]", _("plan, confirm, run"));
        for (i = 0; i < n; i++) {
                rv_buf_clear(&term);
                rv_buf_printf(&term, "reeve %s %s", verbs[i].word, verbs[i].usage);
                add_item(out, rv_buf_str(&term), _(verbs[i].help));
                if (verbs[i].more)
                        add_line(out, ".br\n", _(verbs[i].more));
        }
}

static void add_options(struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf term = { 0 };
        size_t n, i;
        const struct rv_option *options = rv_options(&n);

        add_line(out, ".SH ", "OPTIONS");
        for (i = 0; i < n; i++) {
                rv_buf_clear(&term);
                if (options[i].letter)
                        rv_buf_printf(&term, "-%c, ", options[i].letter);
                rv_buf_printf(&term, "--%s %s", options[i].name, options[i].value ? options[i].value : "");
                add_item(out, rv_buf_str(&term), _(options[i].help));
        }
}

static void add_member(struct rv_buf *out, const struct rv_plugin *plugin, const char *id, const char *help,
                       const struct rv_arg *args, uint32_t n_args)
{
        RV_BUF_CLEANUP struct rv_buf term = { 0 };

        rv_buf_printf(&term, "reeve %s %s ", plugin->id, id);
        rv_form_usage(args, n_args, &term);
        add_item(out, rv_buf_str(&term), rv_tr(rv_plugin_domain(plugin), help));
}

static void add_configuration(struct rv_buf *out)
{
        size_t n, i;
        const struct rv_look *looks = rv_looks(&n);

        add_line(out, ".SH ", "CONFIGURATION");
        add_line(out, "", _(rv_looks_about()));
        for (i = 0; i < n; i++)
                add_item(out, looks[i].key, _(looks[i].help));
}

static void add_settings(struct rv_buf *out, const struct rv_plugin *plugin)
{
        RV_BUF_CLEANUP struct rv_buf term = { 0 };
        uint32_t i;

        for (i = 0; i < plugin->n_settings; i++) {
                const struct rv_arg *setting = &plugin->settings[i];

                rv_buf_clear(&term);
                rv_buf_printf(&term, "[%s] %s", plugin->id, setting->id);
                add_item(out, rv_buf_str(&term),
                         rv_tr(rv_plugin_domain(plugin), setting->help ? setting->help : setting->title));
        }
}

static void add_plugin(struct rv_buf *out, const struct rv_plugin *plugin)
{
        uint32_t i;

        add_line(out, ".SS ", plugin->id);
        if (plugin->help)
                add_line(out, "", rv_tr(rv_plugin_domain(plugin), plugin->help));
        for (i = 0; i < plugin->n_views; i++)
                add_member(out, plugin, plugin->views[i].id,
                           plugin->views[i].help ? plugin->views[i].help : plugin->views[i].title,
                           plugin->views[i].args, plugin->views[i].n_args);
        for (i = 0; i < plugin->n_actions; i++)
                add_member(out, plugin, plugin->actions[i].id,
                           plugin->actions[i].help ? plugin->actions[i].help : plugin->actions[i].title,
                           plugin->actions[i].args, plugin->actions[i].n_args);
        add_settings(out, plugin);
}

/* A plugin that cannot be opened is left out: the page describes what works here. */
static void add_plugins(struct rv_registry *registry, struct rv_buf *out)
{
        const struct rv_plugin *plugin;
        const char *const *names;
        size_t n = rv_registry_names(registry, &names), i;

        add_line(out, ".SH ", "PLUGINS");
        for (i = 0; i < n; i++)
                if (rv_registry_plugin(registry, names[i], &plugin, NULL) == RV_OK)
                        add_plugin(out, plugin);
}

/* The closed list of codes, in order; 70 stands alone at its end. */
static void add_statuses(struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf term = { 0 };
        int code;

        add_line(out, ".SH ", "EXIT STATUS");
        for (code = RV_OK; code <= RV_INTERNAL; code = code == RV_NODATA ? RV_INTERNAL : code + 1) {
                rv_buf_clear(&term);
                rv_buf_printf(&term, "%d %s", code, rv_code_id(code));
                add_item(out, rv_buf_str(&term), _(rv_code_title(code)));
        }
        add_item(out, "100 attention", _("with --check: there is something to do"));
        add_item(out, "141", _("the reader of standard output has gone"));
}

void rv_man_write(struct rv_registry *registry, struct rv_buf *out)
{
        rv_buf_add_str(out, ".TH REEVE 1 \"\" \"reeve " RV_PROGRAM_VERSION "\"\n");
        add_line(out, ".SH ", "NAME");
        add_line(out, "", _("reeve - steward of an RPM-based distribution"));
        add_line(out, ".SH ", "SYNOPSIS");
        add_line(out, ".B ", "reeve [OPTIONS] [PLUGIN [VIEW|ACTION] [WORD...]]");
        add_line(out, ".SH ", "DESCRIPTION");
        add_line(
                out, "",
                _("Shows and changes packages, sandboxes, slots and signatures of a system: full-screen on a terminal, "
                  "line by line on a dumb one, and as commands in scripts."));
        add_forms(out);
        add_options(out);
        add_plugins(registry, out);
        add_configuration(out);
        add_statuses(out);
}
