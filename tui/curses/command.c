/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of the screen: the words of batch mode, and a few that change the view that is shown. */
#include <string.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "tui/curses/prompt.h"
#include "tui/present/command.h"
#include "tui/present/text.h"

/* Words that act on the list that is shown. */
static const char *const here[] = { "where", "sort", "columns", "quit", "help", "jobs", "reload" };

/* Else a word behind the view is a row of it. */
static bool takes_words(const struct rv_view *view)
{
        uint32_t i;

        for (i = 0; i < view->n_args; i++)
                if (view->args[i].flags & RV_POSITIONAL)
                        return true;
        return false;
}

/* A view of another plugin is put on top of that plugin's tab, so that q goes back within it. */
static void open_view(struct ui *ui, const struct rv_command *command)
{
        struct page *page;
        size_t at;

        if (command->n_words > 1 || command->n_named) {
                ui_note(ui, STYLE_PLAIN, _("the screen takes one word behind a view; use the shell for more"));
                return;
        }
        for (at = 0; at < ui->n_tabs; at++)
                if (strcmp(ui->tabs[at].id, command->plugin_id) == 0)
                        ui_go_tab(ui, at);
        if (!takes_words(command->view) && command->n_words == 1) {
                struct place place = { .plugin = (char *)(uintptr_t)command->plugin_id,
                                       .view = (char *)(uintptr_t)command->view->id,
                                       .row = (char *)(uintptr_t)command->words[0] };

                ui_open_row(ui, &place, place.row);
                return;
        }
        ui_open_view(ui, command->plugin_id, command->view->id, command->n_words ? command->words[0] : NULL, NULL);
        page = ui_page(ui);
        if (page_is_list(page) && (command->where || command->sort || command->columns))
                list_set(page, command->where, command->sort, command->columns);
}

/* The parser is the one of batch mode: what it refuses here it refuses there, in the same words. */
static void run_words(struct ui *ui, const char *line, const char *const *words, size_t n)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_COMMAND_CLEANUP struct rv_command command = { 0 };
        RV_BUF_CLEANUP struct rv_buf note = { 0 };
        struct rv_settings settings;

        rv_settings_init(&settings);
        settings.root = ui->host->root.path;
        if (rv_command_parse(ui->host->registry, &settings, words, n, &command, &err)) {
                ui_note_error(ui, &err);
                return;
        }
        if ((command.verb == RV_DO_VIEW || command.verb == RV_DO_SHOW) && command.view) {
                open_view(ui, &command);
        } else if (command.verb == RV_DO_HELP) {
                ui_open_page(ui, _("Help"), help_page(ui));
        } else {
                rv_tr_format(&note, N_("in a shell: reeve %1"), line, NULL);
                ui_note(ui, STYLE_PLAIN, rv_buf_str(&note));
        }
}

/* "where EXPR" and the like: the rest of the line as it stands. False: it is none of them. */
static bool run_here(struct ui *ui, const char *line)
{
        struct page *page = ui_page(ui);
        size_t n = strcspn(line, " ");
        const char *rest = line + n + strspn(line + n, " ");

        if (strncmp(line, "quit", n) == 0 && n > 0) {
                ui->quit = true;
        } else if (n == 6 && strncmp(line, "reload", n) == 0) {
                if (page && page->kind->act)
                        (void)page->kind->act(page, ACT_RELOAD);
        } else if ((n == 5 && strncmp(line, "where", n) == 0) || (n == 4 && strncmp(line, "sort", n) == 0) ||
                   (n == 7 && strncmp(line, "columns", n) == 0)) {
                if (!page_is_list(page))
                        ui_note(ui, STYLE_PLAIN, _("this is no list"));
                else
                        list_set(page, line[0] == 'w' ? rest : NULL, line[0] == 's' ? rest : NULL,
                                 line[0] == 'c' ? rest : NULL);
        } else {
                return false;
        }
        return true;
}

void command_run(struct ui *ui, const char *line)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        const char **words;
        size_t n;

        line += strspn(line, " ");
        if (!*line || run_here(ui, line))
                return;
        if (rv_words_split(line, &arena, &words, &n, &err))
                ui_note_error(ui, &err);
        else
                run_words(ui, line, words, n);
}

struct matches { /* of the word before the cursor */
        const char *prefix;
        size_t n_prefix, n;
        struct rv_buf common, all;
};

/* Keeps what all matches have in common, and their list for a second Tab. */
static void offer(struct matches *matches, const char *word)
{
        size_t i;

        if (strncmp(word, matches->prefix, matches->n_prefix) != 0)
                return;
        if (matches->n++ == 0) {
                rv_buf_add_str(&matches->common, word);
        } else {
                for (i = 0; i < matches->common.size && word[i] == matches->common.data[i]; i++)
                        ;
                rv_buf_truncate(&matches->common, i);
                rv_buf_add_str(&matches->all, "  ");
        }
        rv_buf_add_str(&matches->all, word);
}

/* The Overview's tab has no id to be typed, so it is left out. */
static void offer_first(struct ui *ui, struct matches *matches)
{
        size_t i;

        for (i = 0; i < sizeof here / sizeof here[0]; i++)
                offer(matches, here[i]);
        for (i = 1; i < ui->n_tabs; i++)
                offer(matches, ui->tabs[i].id);
}

/* What may follow a first word: views and actions of a plugin, columns of the list. */
static void offer_behind(struct ui *ui, const char *first, size_t n, struct matches *matches)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct place *place;
        const struct rv_view *view = ui_page(ui) ? page_view(ui_page(ui), &place) : NULL;
        const struct rv_plugin *plugin = NULL;
        uint32_t i;
        size_t t;

        for (t = 0; t < 3 && view; t++)
                if (strlen(here[t]) == n && strncmp(first, here[t], n) == 0)
                        for (i = 0; i < view->n_columns; i++)
                                offer(matches, view->columns[i].id);
        for (t = 1; t < ui->n_tabs; t++)
                if (strlen(ui->tabs[t].id) == n && strncmp(first, ui->tabs[t].id, n) == 0 &&
                    rv_registry_plugin(ui->host->registry, ui->tabs[t].id, &plugin, &err) == RV_OK)
                        for (i = 0; i < plugin->n_views; i++)
                                offer(matches, plugin->views[i].id);
}

void command_complete(struct ui *ui, struct prompt *prompt)
{
        const char *text = rv_buf_str(&prompt->text);
        size_t from = prompt->at;
        struct matches matches = { 0 };

        if (prompt->at != prompt->text.size)
                return;
        while (from > 0 && !strchr(" ,-(", text[from - 1]))
                from--;
        matches.prefix = text + from;
        matches.n_prefix = prompt->at - from;
        if (from == 0)
                offer_first(ui, &matches);
        else
                offer_behind(ui, text, strcspn(text, " "), &matches);
        if (matches.common.size > matches.n_prefix || matches.n == 1) {
                rv_buf_add_str(&prompt->text, rv_buf_str(&matches.common) + matches.n_prefix);
                if (matches.n == 1)
                        rv_buf_add_char(&prompt->text, ' ');
                prompt->at = prompt->text.size;
        } else if (matches.n > 1) {
                ui_note(ui, STYLE_PLAIN, rv_buf_str(&matches.all));
        }
        rv_buf_free(&matches.common);
        rv_buf_free(&matches.all);
}
