/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of the screen: the words of batch mode, and a few that change the view that is shown. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "tui/curses/prompt.h"
#include "tui/present/command.h"
#include "tui/present/offer.h"
#include "tui/present/text.h"

/* Words that act on the list that is shown; the first three are followed by its columns. */
enum { WHERE, SORT, COLUMNS, LIMIT, RELOAD, QUIT };
static const char *const here[] = { [WHERE] = "where", [SORT] = "sort",     [COLUMNS] = "columns",
                                    [LIMIT] = "limit", [RELOAD] = "reload", [QUIT] = "quit" };
enum { WITH_COLUMNS = 3 };

/* Whether a path is the root that is shown, by whatever name. */
static bool is_root(const struct ui *ui, const char *path)
{
        struct stat named, shown;

        return strcmp(path, ui->host->root.path) == 0 ||
               (stat(path, &named) == 0 && fstat(ui->host->root.fd, &shown) == 0 && named.st_dev == shown.st_dev &&
                named.st_ino == shown.st_ino);
}

static bool is_given(const struct rv_host *host, const char *id, const char *value)
{
        size_t i;

        for (i = 0; host->options[i] && host->options[i + 1]; i += 2)
                if (strcmp(host->options[i], id) == 0)
                        return strcmp(host->options[i + 1], value) == 0;
        return false;
}

/* The first option that a picture of this system cannot follow; NULL: none. Nothing that was said is passed over. */
static const char *unfit(const struct ui *ui, const struct rv_command *command)
{
        const struct rv_settings *said = &command->settings;
        const struct {
                bool given;
                const char *name;
        } options[] = { { !is_root(ui, said->root), "root" },
                        { said->format == RV_JSON, "json" },
                        { said->format != RV_TABLE, "format" },
                        { said->color != RV_COLOR_AUTO, "color" },
                        { said->ascii, "ascii" },
                        { said->quiet, "quiet" },
                        { said->verbose, "verbose" },
                        { said->dry_run, "dry-run" },
                        { said->check, "check" },
                        { said->yes, "yes" },
                        { said->man, "man" },
                        { said->plan != NULL, "plan" },
                        { said->wait != 0, "wait" } };
        size_t i;

        for (i = 0; i < sizeof options / sizeof options[0]; i++)
                if (options[i].given)
                        return options[i].name;
        for (i = 0; i + 1 < command->n_options; i += 2)
                if (!is_given(ui->host, command->options[i], command->options[i + 1]))
                        return strncmp(command->options[i], "set:", 4) == 0 ? "set" : command->options[i];
        return NULL;
}

/* Takes the words that fill the view's arguments out of the command: the screen knows views with one. False: with more.
 */
static bool take_word(struct rv_command *command, const char **ret)
{
        const struct rv_arg *args = command->view->args;
        bool first = command->view->n_args > 0 && args[0].flags & RV_POSITIONAL;

        *ret = NULL;
        if (command->n_named == 2 && first && strcmp(command->named[0], args[0].id) == 0) {
                *ret = command->named[1];
                command->n_named = 0;
        } else if (first && command->n_words) {
                *ret = *command->words++;
                command->n_words--;
        }
        return command->n_named == 0 &&
               !(command->n_words && command->view->n_args > 1 && args[1].flags & RV_POSITIONAL);
}

/* What is no list has neither rows to choose nor columns. */
static int fits_shape(const struct rv_command *command, struct rv_err *err)
{
        const struct rv_view *view = command->view;
        const char *option = command->where        ? "--where"
                             : command->sort       ? "--sort"
                             : command->columns    ? "--columns"
                             : command->limit >= 0 ? "--limit"
                             : command->n_words    ? command->words[0]
                                                   : NULL;

        if (!option || view->shape == RV_SHAPE_LIST || view->shape == RV_SHAPE_TREE)
                return RV_OK;
        return rv_fail(err, RV_USAGE, N_("%1: %2/%3 is no list"), NULL, option, command->plugin_id, view->id, NULL);
}

/* A view of another plugin is put on top of that plugin's tab, so that q goes back within it. All words are checked
 * before anything changes. */
static void open_view(struct ui *ui, const char *line, struct rv_command *command)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const char *word;
        struct rv_ask ask;
        size_t at;

        if (!take_word(command, &word)) {
                ui_say_command(ui, _("the screen takes one word for a view; in a shell: "), line, command);
                return;
        }
        if (fits_shape(command, &err) || rv_command_ask(command, false, &ask, &err)) {
                ui_note_error(ui, &err);
                return;
        }
        for (at = 0; at < ui->n_tabs; at++)
                if (strcmp(ui->tabs[at].id, command->plugin_id) == 0)
                        ui_go_tab(ui, at);
        ui_open_view(ui, command->plugin_id, command->view->id, word, command->n_words ? command->words[0] : NULL);
        if (page_is_list(ui_page(ui)))
                list_set(ui_page(ui), &(struct list_wish){ .where = command->where,
                                                           .sort = command->sort,
                                                           .columns = command->columns,
                                                           .limit = command->limit >= 0 ? &command->limit : NULL,
                                                           .rows = command->words,
                                                           .n_rows = command->n_words,
                                                           .open = command->verb == RV_DO_SHOW });
}

/* "jobs", "jobs list ...", "jobs [show] ID" are looks at the view; the other words do something. */
static bool reads_jobs(struct ui *ui, struct rv_command *command)
{
        size_t skip = command->n_words && (strcmp(command->words[0], "list") == 0 ||
                                           (strcmp(command->words[0], "show") == 0 && command->n_words == 2));
        RV_ERR_CLEANUP struct rv_err ignored = { 0 };
        const struct rv_plugin *none;

        command->view = ui_view(ui, "reeve", "jobs", &none, &ignored);
        if (!command->view || (!skip && command->n_words &&
                               !(command->n_words == 1 && command->words[0][0] >= '0' && command->words[0][0] <= '9')))
                return false;
        command->plugin_id = "reeve";
        command->verb = command->n_words && (!skip || command->words[0][0] == 's') ? RV_DO_SHOW : RV_DO_VIEW;
        command->words += skip;
        command->n_words -= skip;
        return true;
}

static void open_catalogue(struct ui *ui, const struct rv_command *command)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct page *page = catalogue_page(ui, command->verb, &err);

        if (!page) {
                ui_note_error(ui, &err);
                return;
        }
        ui_open_page(ui,
                     command->verb == RV_DO_PLUGINS ? _("Plugins")
                     : command->verb == RV_DO_VIEWS ? _("Views")
                                                    : _("Actions"),
                     page);
        list_set(ui_page(ui), &(struct list_wish){ .where = command->where,
                                                   .sort = command->sort,
                                                   .columns = command->columns,
                                                   .limit = command->limit >= 0 ? &command->limit : NULL });
}

/* An answer longer than a line, and what to do about it. */
static void open_answer(struct ui *ui, const struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        rv_tr_packed(rv_buf_str(&err->message), err->message.size, &text);
        if (err->hint.size) {
                rv_buf_add_str(&text, "\n\n");
                rv_tr_packed(rv_buf_str(&err->hint), err->hint.size, &text);
        }
        ui_open_page(ui, _("Answer"), text.failed ? NULL : text_page(ui, rv_buf_steal(&text)));
}

/* What can be looked at is opened; what does something is for the shell, where its plan can be read and confirmed. */
static void open_what_it_names(struct ui *ui, const char *line, struct rv_command *command)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };

        switch (command->verb) {
        case RV_DO_VIEW:
        case RV_DO_SHOW:
                open_view(ui, line, command);
                break;
        case RV_DO_UI:
                if (command->view)
                        open_view(ui, line, command);
                else
                        ui_go_tab(ui, 0);
                break;
        case RV_DO_PLUGINS:
        case RV_DO_VIEWS:
        case RV_DO_ACTIONS:
                open_catalogue(ui, command);
                break;
        case RV_DO_CVE:
                if (rv_command_cve(command, &err))
                        open_answer(ui, &err);
                break;
        case RV_DO_HELP:
                ui_open_page(ui, _("Help"),
                             command->plugin || command->view ? help_page_on(ui, command) : help_page(ui));
                break;
        default:
                break;
        }
}

static bool is_a_look(struct ui *ui, struct rv_command *command)
{
        switch (command->verb) {
        case RV_DO_VIEW:
        case RV_DO_SHOW:
        case RV_DO_UI:
        case RV_DO_PLUGINS:
        case RV_DO_VIEWS:
        case RV_DO_ACTIONS:
        case RV_DO_CVE:
        case RV_DO_HELP:
                return true;
        case RV_DO_JOBS:
                return reads_jobs(ui, command);
        default:
                return false;
        }
}

/* The parser is the one of batch mode: what it refuses here it refuses there, in the same words. */
static void run_words(struct ui *ui, const char *line, const char *const *words, size_t n)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_COMMAND_CLEANUP struct rv_command command = { 0 };
        RV_BUF_CLEANUP struct rv_buf lead = { 0 };
        struct rv_settings settings;
        const char *option;

        rv_settings_init(&settings);
        settings.root = ui->host->root.path;
        if (rv_command_parse(ui->host->registry, &settings, words, n, &command, &err)) {
                ui_note_error(ui, &err);
                return;
        }
        if (!is_a_look(ui, &command)) {
                ui_say_command(ui, _("in a shell: "), line, &command);
                return;
        }
        option = unfit(ui, &command);
        if (option) {
                rv_tr_format(&lead, N_("--%1 is not for this screen; in a shell: "), option, NULL);
                ui_say_command(ui, rv_buf_str(&lead), line, &command);
                return;
        }
        open_what_it_names(ui, line, &command);
}

static void limit_here(struct ui *ui, const char *rest)
{
        int64_t limit = INT64_MAX;
        char *end;

        if (*rest) {
                errno = 0;
                limit = strtoll(rest, &end, 10);
                if (errno || end == rest || *end || limit < 0) {
                        ui_note(ui, STYLE_PLAIN, _("limit takes a number of rows, or nothing for all"));
                        return;
                }
        }
        list_set(ui_page(ui), &(struct list_wish){ .limit = &limit });
}

/* "where EXPR" and the like: the rest of the line as it stands. False: it is none of them. */
static bool run_here(struct ui *ui, const char *line)
{
        struct page *page = ui_page(ui);
        size_t n = strcspn(line, " "), word;
        const char *rest = line + n + strspn(line + n, " ");

        for (word = 0; word < sizeof here / sizeof here[0]; word++)
                if (strlen(here[word]) == n && strncmp(line, here[word], n) == 0)
                        break;
        if (strcmp(line, "q") == 0)
                word = QUIT;
        if (word == sizeof here / sizeof here[0])
                return false;
        if (word == QUIT) {
                ui->quit = true;
        } else if (word == RELOAD) {
                if (page && page->kind->act)
                        (void)page->kind->act(page, ACT_RELOAD);
        } else if (!page_is_list(page)) {
                ui_note(ui, STYLE_PLAIN, _("this is no list"));
        } else if (word == LIMIT) {
                limit_here(ui, rest);
        } else {
                list_set(page, &(struct list_wish){ .where = word == WHERE ? rest : NULL,
                                                    .sort = word == SORT ? rest : NULL,
                                                    .columns = word == COLUMNS ? rest : NULL });
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
        if (rv_words_split(line, &arena, &words, &n, &err)) {
                ui_note_error(ui, &err);
                return;
        }
        if (n && strcmp(words[0], "?") == 0)
                words[0] = "help";
        run_words(ui, line, words, n);
}

struct matches { /* of the word before the cursor */
        const char *prefix;
        size_t n_prefix, n;
        struct rv_buf common, all;
};

/* Keeps what all matches have in common, and their list for the reader. */
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

/* Columns of the list that is shown, behind a word that takes them. False: the word takes none. */
static bool offer_here(struct ui *ui, const char *text, size_t at, struct matches *matches)
{
        const struct place *place;
        const struct rv_view *view = ui_page(ui) ? page_view(ui_page(ui), &place) : NULL;
        size_t n = strcspn(text, " "), from = at, i;

        for (i = 0; i < WITH_COLUMNS; i++)
                if (strlen(here[i]) == n && n < at && strncmp(text, here[i], n) == 0)
                        break;
        if (i == WITH_COLUMNS)
                return false;
        while (from > n && !strchr(" ,-(", text[from - 1]))
                from--;
        matches->prefix = text + from;
        matches->n_prefix = at - from;
        for (i = 0; view && i < view->n_columns; i++)
                offer(matches, view->columns[i].id);
        return true;
}

/* The line so far as words, the last of them begun: "" behind a blank, and an open quote counts as closed. */
static bool split_begun(const char *text, struct rv_arena *arena, const char ***ret, size_t *ret_n)
{
        static const char *const ends[] = { "", "'", "\"" };
        RV_BUF_CLEANUP struct rv_buf line = { 0 };
        RV_ERR_CLEANUP struct rv_err ignored = { 0 };
        const char **words, **more;
        size_t n, i, len = strlen(text);
        int rc = RV_USAGE;

        for (i = 0; i < sizeof ends / sizeof ends[0] && rc != RV_OK; i++) {
                rv_buf_clear(&line);
                rv_buf_add_str(&line, text);
                rv_buf_add_str(&line, ends[i]);
                rc = rv_words_split(rv_buf_str(&line), arena, &words, &n, &ignored);
        }
        if (rc != RV_OK)
                return false;
        more = rv_arena_alloc(arena, (n + 1) * sizeof *more);
        if (!more)
                return false;
        memcpy(more, words, n * sizeof *more);
        if (i == 1 && (!len || text[len - 1] == ' '))
                more[n++] = "";
        *ret = more;
        *ret_n = n;
        return true;
}

/* What the shells offer too; in front of it all, what acts on the list that is shown. */
static void offer_words(struct ui *ui, const char *const *words, size_t n, struct matches *matches)
{
        RV_BUF_CLEANUP struct rv_buf found = { 0 };
        const struct page *page = ui_page(ui);
        char *word, *rest;
        size_t i;

        matches->prefix = words[n - 1];
        matches->n_prefix = strlen(words[n - 1]);
        for (i = 0; n == 1 && i < sizeof here / sizeof here[0]; i++)
                offer(matches, here[i]);
        rv_offer_words(ui->host, page ? page_snapshot(page) : NULL, false, words, n, &found);
        for (word = found.size ? found.data : NULL; word && *word; word = rest) {
                rest = word + strcspn(word, "\n");
                if (*rest)
                        *rest++ = '\0';
                offer(matches, word);
        }
}

void command_complete(struct ui *ui, struct prompt *prompt)
{
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        const char *text = rv_buf_str(&prompt->text), **words;
        struct matches matches = { 0 };
        size_t n;

        if (prompt->at != prompt->text.size)
                return;
        if (!offer_here(ui, text, prompt->at, &matches)) {
                if (!split_begun(text, &arena, &words, &n) || n == 0)
                        return;
                offer_words(ui, words, n, &matches);
        }
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
