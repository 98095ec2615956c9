/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The loop: keys become acts, acts go to what is on top, and what changed is painted once no key waits. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/base/utf8.h"
#include "core/model/load.h"
#include "core/run/lane.h"
#include "tui/curses/curses.h"
#include "tui/curses/host.h"
#include "tui/curses/load.h"
#include "tui/curses/menu.h"
#include "tui/curses/picks.h"
#include "tui/curses/prompt.h"
#include "tui/present/command.h"
#include "tui/present/text.h"

enum { FOLD_LEAST = 20 };
enum {
        FIRST_WAIT_MS = 60, /* a start paints once: what comes within this comes with it */
        UPDATE_MS = 250,    /* at most four updates a second that no key asked for */
        SLOW_UPDATE_MS = 1000,
        GRACE_MS = 1000 /* for a plugin to see that it was cancelled */
};

static int64_t now_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_BOOTTIME, &now);
        return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Any picture makes a later one that was due unneeded. */
static void paint(struct ui *ui)
{
        if (ui->timer)
                rv_loop_cancel(ui->loop, ui->timer);
        ui->timer = 0;
        ui->look.now = rv_now();
        ui_draw(ui);
        ui->again = false;
        ui->painted_at = now_ms();
        ui->await = 0;
        ui->shown = ui_page(ui);
        if (ui_page(ui))
                ui_page(ui)->seen = true;
}

static void paint_later(void *user)
{
        struct ui *ui = user;

        ui->timer = 0;
        paint(ui);
}

static bool is_bare(struct ui *ui)
{
        const struct page *page = ui_page(ui);

        return page && page->loading && !page->seen && page->kind->bare && page->kind->bare(page) && !ui->prompt.open &&
               !ui->menu.open && !ui->note.size;
}

static void paint_awaited(void *user);

/* A page that is come back to may have grown old meanwhile, while others were loaded: one session shows one state. */
static void look_again(struct ui *ui)
{
        struct page *page = ui_page(ui);

        if (!page || page == ui->shown || !page->seen || (page->loading && !page->quiet) || !page->kind->again)
                return;
        load_drop(page);
        page->kind->again(page);
        page->quiet = page->loading > 0;
}

/* The picture that a key asked for. While its page is bare the one before stays: most answers come within some
 * milliseconds, and a slow line would be sent an empty page first. */
static void paint_asked(struct ui *ui)
{
        const bool bare = is_bare(ui); /* which makes the page, and so starts its load before the wait begins */
        const int64_t now = now_ms();

        look_again(ui);
        if (ui->timer)
                rv_loop_cancel(ui->loop, ui->timer);
        ui->timer = 0;
        if (!ui->await)
                ui->await = now + UI_AWAIT_MS;
        if (bare && now < ui->await)
                ui->timer = rv_loop_after(ui->loop, (unsigned)(ui->await - now), paint_awaited, ui);
        if (!ui->timer)
                paint(ui);
}

static void paint_awaited(void *user)
{
        struct ui *ui = user;

        ui->timer = 0;
        paint_asked(ui);
}

/* Updates that nobody typed for are bundled; before the first picture there is nothing to update. */
void ui_touch(struct ui *ui)
{
        int64_t apart = now_ms() - ui->painted_at, wanted = ui->term.slow ? SLOW_UPDATE_MS : UPDATE_MS;

        if (ui->await) {
                rv_loop_cancel(ui->loop, ui->timer);
                ui->timer = rv_loop_after(ui->loop, 1, paint_awaited, ui);
        }
        if (ui->timer || !ui->painted_at)
                return;
        ui->timer = rv_loop_after(ui->loop, apart >= wanted ? 1 : (unsigned)(wanted - apart), paint_later, ui);
}

void ui_note(struct ui *ui, enum style style, const char *text)
{
        rv_buf_clear(&ui->note);
        rv_buf_add_str(&ui->note, text);
        ui->note_style = style;
}

/* With the way out where the line has room for it. */
void ui_note_error(struct ui *ui, const struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf whole = { 0 };
        struct area body;

        rv_tr_packed(rv_buf_str(&err->message), err->message.size, &whole);
        ui_note(ui, STYLE_PLAIN, rv_buf_str(&whole));
        if (!err->hint.size)
                return;
        rv_buf_add_str(&whole, "  -> ");
        rv_tr_packed(rv_buf_str(&err->hint), err->hint.size, &whole);
        ui_body(&body);
        if ((int)rv_text_width(rv_buf_str(&whole), whole.size) < body.w)
                ui_note(ui, STYLE_PLAIN, rv_buf_str(&whole));
}

/* Esc is typed to get out of something: it never leaves the program. */
static void back(struct ui *ui, bool escape)
{
        struct page *page = ui_page(ui);

        if (escape && page && page->kind->finding && *page->kind->finding(page)) {
                (void)page->kind->find(page, "", true);
                return;
        }
        if (!ui_back(ui) && !escape)
                ui->quit = true;
}

static void open_prompt(struct ui *ui, enum act act)
{
        struct page *page = ui_page(ui);

        if (act == ACT_COMMAND)
                prompt_open(ui, ':', "");
        else if (page && page->kind->find)
                prompt_open(ui, '/', page->kind->finding ? page->kind->finding(page) : "");
}

static bool has_option(const struct rv_command *command, const char *id)
{
        size_t i;

        for (i = 0; command && i + 1 < command->n_options; i += 2)
                if (strcmp(command->options[i], id) == 0)
                        return true;
        return false;
}

/* The options of the host that every view was asked with: "--image FILE", "--set KEY=VALUE". */
static void add_options(const struct ui *ui, const struct rv_command *command, struct rv_buf *out)
{
        const char *const *options = ui->host->options;
        size_t i;

        for (i = 0; options[i] && options[i + 1]; i += 2) {
                RV_BUF_CLEANUP struct rv_buf value = { 0 };
                const char *colon = strchr(options[i], ':');

                if (has_option(command, options[i]))
                        continue;

                rv_buf_printf(out, " --%.*s ", (int)(colon ? colon - options[i] : (ptrdiff_t)strlen(options[i])),
                              options[i]);
                if (colon)
                        rv_buf_printf(&value, "%s=", colon + 1);
                rv_buf_add_str(&value, options[i + 1]);
                rv_word_quote(rv_buf_str(&value), out);
        }
}

/* On the status line where it fits; else as a text whose lines a shell reads as one. */
static void show_command(struct ui *ui, const char *lead, const char *words)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct area body;

        ui_body(&body);
        rv_buf_add_str(&text, lead);
        rv_buf_add_str(&text, words);
        if ((int)rv_text_width(rv_buf_str(&text), text.size) < body.w) {
                ui_note(ui, STYLE_PLAIN, rv_buf_str(&text));
                return;
        }
        rv_buf_clear(&text);
        if (strcmp(lead, "$ ") != 0) { /* a sentence of its own */
                rv_buf_add_str(&text, lead);
                rv_buf_add_str(&text, "\n\n");
        }
        rv_buf_add_str(&text, "$ ");
        rv_words_fold(words, body.w > FOLD_LEAST ? (size_t)body.w - 4 : FOLD_LEAST, &text);
        ui_open_page(ui, _("As a command"), text.failed ? NULL : text_page(ui, rv_buf_steal(&text)));
}

void ui_say_command(struct ui *ui, const char *lead, const char *words, const struct rv_command *command)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        const char *root = ui->host->root.path;

        rv_buf_add_str(&text, "reeve ");
        rv_buf_add_str(&text, words);
        add_options(ui, command, &text);
        if (strcmp(root, "/") != 0 && (!command || strcmp(command->settings.root, root) == 0)) {
                rv_buf_add_str(&text, " --root ");
                rv_word_quote(root, &text);
        }
        show_command(ui, lead, rv_buf_str(&text));
}

static void as_command(struct ui *ui)
{
        RV_BUF_CLEANUP struct rv_buf words = { 0 };
        struct page *page = ui_page(ui);

        if (!page || !page->kind->command)
                return;
        page->kind->command(page, &words);
        ui_say_command(ui, "$ ", rv_buf_str(&words), NULL);
}

/* The jobs are a view like any other. */
static void show_jobs(struct ui *ui)
{
        size_t i;

        for (i = 0; ui->host->own_views && ui->host->own_views[i]; i++)
                if (strcmp(ui->host->own_views[i]->id, "jobs") == 0) {
                        ui_open_view(ui, "reeve", "jobs", NULL, NULL);
                        return;
                }
        ui_note(ui, STYLE_PLAIN, _("there are no jobs"));
}

/* What is the same on every page. */
static void common(struct ui *ui, enum act act, int key)
{
        struct page *page = ui_page(ui);

        switch (act) {
        case ACT_TAB:
                ui_go_tab(ui, (size_t)(key - '1'));
                break;
        case ACT_NEXT_VIEW:
        case ACT_LAST_VIEW:
                ui_next_view(ui, act == ACT_NEXT_VIEW ? 1 : -1);
                break;
        case ACT_FILTER:
        case ACT_COMMAND:
                open_prompt(ui, act);
                break;
        case ACT_AS_COMMAND:
                as_command(ui);
                break;
        case ACT_JOBS:
                show_jobs(ui);
                break;
        case ACT_HELP:
                ui_open_page(ui, _("Help"), help_page(ui));
                break;
        case ACT_STOP:
                if (page && page->loading) {
                        load_drop(page);
                        ui_note(ui, STYLE_PLAIN, _("stopped loading"));
                } else {
                        ui_note(ui, STYLE_PLAIN, _("nothing is loading; q leaves"));
                }
                break;
        case ACT_REPAINT:
                ui->again = true;
                break;
        case ACT_SUSPEND:
                term_suspend(&ui->term);
                break;
        case ACT_BACK:
        case ACT_ESCAPE:
                back(ui, act == ACT_ESCAPE);
                break;
        case ACT_LEAVE:
                ui->quit = true;
                break;
        default:
                break;
        }
}

/* What lies on top hears a key first: menu, prompt, page, then what is common to all. */
static void handle(struct ui *ui, int key)
{
        struct page *page = ui_page(ui);
        enum act act = key_act(key);

        rv_buf_clear(&ui->note);
        if (ui->menu.open)
                menu_key(ui, key);
        else if (ui->prompt.open)
                prompt_key(ui, key);
        else if (act != ACT_NONE && !(page && page->kind->act && page->kind->act(page, act)))
                common(ui, act, key);
}

/* All keys that wait are handled before one picture is made: typing ahead never queues up pictures. */
static void read_keys(int fd, uint32_t events, void *user)
{
        struct ui *ui = user;
        int key = KEY_NOTHING;

        (void)fd;
        while (!ui->quit) {
                key = term_key(&ui->term);
                if (key == KEY_NOTHING || key == KEY_GONE)
                        break;
                handle(ui, key);
        }
        if (key == KEY_GONE || (key == KEY_NOTHING && events & (EPOLLHUP | EPOLLERR)))
                ui->quit = ui->gone = true;
        if (!ui->quit)
                paint_asked(ui);
}

static void read_signals(int fd, uint32_t events, void *user)
{
        struct ui *ui = user;

        (void)fd;
        (void)events;
        if (term_signals(&ui->term))
                paint(ui);
}

/* Waits a little for what is quick, so that the first picture is whole. */
static int first_paint(struct ui *ui, struct rv_err *err)
{
        int64_t until = now_ms() + FIRST_WAIT_MS, left;
        int rc = RV_OK;

        (void)ui_page(ui);
        while (!rc && !ui->quit && !load_idle(ui) && (left = until - now_ms()) > 0)
                rc = rv_loop_turn(ui->loop, (int)left, err);
        if (!rc && !ui->quit)
                paint(ui);
        return rc;
}

static int run(struct ui *ui, struct rv_err *err)
{
        int rc = rv_loop_watch(ui->loop, ui->term.signals, EPOLLIN, read_signals, ui, err);

        if (!rc)
                rc = first_paint(ui, err);
        if (!rc)
                rc = rv_loop_watch(ui->loop, STDIN_FILENO, EPOLLIN, read_keys, ui, err);
        while (!rc && !ui->quit)
                rc = rv_loop_turn(ui->loop, -1, err);
        return rc;
}

/* A word that is no plugin or view was refused by the command line already. */
static void start_where_asked(struct ui *ui)
{
        const struct rv_ui_options *options = ui->options;
        struct page *page;
        struct frame *frame;
        size_t i;

        if (!options->plugin)
                return;
        for (i = 0; i < ui->n_tabs; i++)
                if (strcmp(ui->tabs[i].id, options->plugin) == 0)
                        ui_go_tab(ui, i);
        frame = ui_frame(ui);
        for (i = 0; frame && options->view && i < frame->n; i++)
                if (strcmp(frame->entries[i].place.view, options->view) == 0)
                        frame->at = i;
        page = ui_page(ui);
        if (page_is_list(page))
                list_set(page, &(struct list_wish){ .where = options->where,
                                                    .sort = options->sort,
                                                    .columns = options->columns,
                                                    .limit = options->limit >= 0 ? &options->limit : NULL });
}

/* A selection is kept against a dropped line; who leaves is done with it. */
static void forget_picks(const struct ui *ui)
{
        const char *name = rv_buf_str(&ui->kept), *end = name + ui->kept.size;

        for (; name < end; name += strlen(name) + 1)
                picks_forget(name);
}

/* Lanes end first; after that no thread but this one is left. Where a plugin hangs (a dead network share), nothing that
 * it may still read can be freed or closed: the process ends as it is. */
static void ui_free(struct ui *ui, int rc)
{
        if (ui->lanes && !rv_lanes_stop(ui->lanes, GRACE_MS)) {
                if (ui->host->abandon)
                        ui->host->abandon();
                _exit(ui->gone ? RV_OUTPUT : rc);
        }
        rv_lanes_free(ui->lanes);
        ui_tabs_free(ui);
        load_free_all(ui);
        rv_loop_free(ui->loop);
        pthread_rwlock_destroy(&ui->plugins);
        menu_close(&ui->menu);
        prompt_free(&ui->prompt);
        rv_buf_free(&ui->note);
        rv_buf_free(&ui->host_name);
        rv_buf_free(&ui->kept);
}

static int run_screen(struct rv_host *host, const struct rv_ui_options *options, struct rv_err *err)
{
        struct ui ui = { .host = host, .options = options };
        int rc = term_open(options, host->abandon, &ui.term, err);

        if (rc)
                return rc;
        pthread_rwlock_init(&ui.plugins, NULL);
        ui.look = (struct rv_look){ .now = rv_now(), .ascii = ui.term.ascii };
        host_name(host, &ui.host_name);
        rc = rv_loop_new(&ui.loop, err);
        if (!rc)
                rc = rv_lanes_new(ui.loop, &ui.lanes, err);
        if (!rc)
                rc = ui_tabs_make(&ui, err);
        if (!rc) {
                start_where_asked(&ui);
                rc = run(&ui, err);
        }
        term_close(&ui.term);
        if (!rc && !ui.gone)
                forget_picks(&ui);
        ui_free(&ui, rc);
        if (!rc && ui.gone)
                rc = rv_fail(err, RV_OUTPUT, N_("the terminal was closed"), NULL, NULL);
        return rc;
}

RV_BACKEND struct rv_curses rv_backend = { .backend = { RV_CURSES_ABI, sizeof(struct rv_curses) }, .run = run_screen };
