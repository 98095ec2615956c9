/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A view as a list that is moved in, filtered, sorted and drilled into. */
#include "tui/curses/list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/snapshot.h"
#include "core/run/loop.h"
#include "tui/curses/load.h"
#include "tui/curses/prompt.h"
#include "tui/present/catalogue.h"
#include "tui/present/command.h"
#include "tui/present/show.h"
#include "tui/present/text.h"

static struct list *list_of(const struct page *page)
{
        return (struct list *)page;
}

static void free_list(struct page *page)
{
        struct list *list = list_of(page);

        list_release(list);
        below_free(list);
        if (list->open_timer)
                rv_loop_cancel(page->ui->loop, list->open_timer);
        rv_rows_free(&list->rows);
        rv_layout_free(&list->layout);
        rv_snapshot_unref(list->snapshot);
        rv_filter_free(list->compiled);
        rv_buf_free(&list->filter);
        rv_buf_free(&list->problem);
        rv_buf_free(&list->failure);
        rv_buf_free(&list->kept.key);
        picks_free(&list->picks);
        place_free(&list->place);
        rv_buf_free(&list->missing);
        free(list->columns);
        while (list->n_words)
                free(list->words[--list->n_words]);
        free(list->words);
        free(list);
}

/* Positions only; drawing scrolls so that the cursor is seen. */
static void move(struct list *list, enum act act)
{
        size_t page = list->height > 1 ? (size_t)list->height : 1, last = list->rows.n ? list->rows.n - 1 : 0;
        size_t at = list->at;

        switch (act) {
        case ACT_UP:
                at -= at > 0;
                break;
        case ACT_DOWN:
                at += at < last;
                break;
        case ACT_PAGE_UP:
                at = at > page ? at - page : 0;
                list->top = list->top > page ? list->top - page : 0;
                break;
        case ACT_PAGE_DOWN:
                at = last - at > page ? at + page : last;
                list->top += page; /* drawing mends it */
                break;
        case ACT_HOME:
                at = 0;
                break;
        default:
                at = last;
                break;
        }
        list->at = at;
}

/* The first column stays: without it a row has no name. */
static void scroll_columns(struct list *list, enum act act)
{
        if (act == ACT_LEFT && list->skip > 0)
                list->skip--;
        else if (act == ACT_RIGHT && list->laid_out && list->layout.dropped > 0)
                list->skip++;
        list->laid_out = false;
}

/* At each change, so that a dropped line loses none. */
static void keep_picks(struct list *list)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };

        if (picks_keep(&list->picks, &err))
                ui_note_error(list->page.ui, &err);
}

struct keys { /* number holds the last one that is no text */
        const struct list *list;
        char *number;
};

static const char *key_at(const void *user, size_t position)
{
        const struct keys *keys = user;

        return list_key(keys->list, position, keys->number);
}

/* One row: select and go on to the next. All: none is selected only when every one was. */
static void pick(struct list *list, bool all)
{
        char number[24];
        const struct keys keys = { list, number };
        bool every = true;
        size_t i;

        if (list->rows.n == 0)
                return;
        if (!all) {
                picks_toggle(&list->picks, list_key(list, list->at, number));
                move(list, ACT_DOWN);
                keep_picks(list);
                return;
        }
        for (i = 0; i < list->rows.n && every; i++)
                every = picks_has(&list->picks, list_key(list, i, number));
        picks_set(&list->picks, key_at, &keys, list->rows.n, !every);
        keep_picks(list);
}

/* Rows that speak of another row lead to it: those of the findings, and of any view with the same two columns. */
static bool open_target(struct list *list, size_t row)
{
        int view = rv_snapshot_column(list->snapshot, "view"), target = rv_snapshot_column(list->snapshot, "row");
        int filter = rv_snapshot_column(list->snapshot, "where");
        const char *to, *key, *where = "";
        size_t len;

        if (strcmp(list->place.plugin, "reeve") != 0 || view < 0 || target < 0)
                return false;
        to = rv_cell_text(list->snapshot, row, (unsigned)view, &len);
        key = rv_cell_text(list->snapshot, row, (unsigned)target, &len);
        if (filter >= 0)
                where = rv_cell_text(list->snapshot, row, (unsigned)filter, &len);
        return ui_open_ref(list->page.ui, to, key, where);
}

/* What there is leads to itself: a plugin to its tab, a view to its rows, an action to its help. */
static void open_listed(struct list *list, const char *key)
{
        RV_BUF_CLEANUP struct rv_buf line = { 0 };
        struct ui *ui = list->page.ui;
        const char *slash = strchr(key, '/');
        size_t i;

        for (i = 0; !slash && i < ui->n_tabs; i++)
                if (strcmp(ui->tabs[i].id, key) == 0)
                        ui_go_tab(ui, i);
        if (!slash)
                return;
        if (strcmp(list->view->id, "views") == 0) {
                (void)ui_open_ref(ui, key, "", "");
                return;
        }
        rv_buf_printf(&line, "help %.*s %s", (int)(slash - key), key, slash + 1);
        command_run(ui, rv_buf_str(&line));
}

/* A key that nobody sees (a running number) names a row to nobody: its first text does. */
static void title_of(const struct list *list, size_t row, const char *key, struct rv_buf *out)
{
        const struct rv_view *view = rv_snapshot_view(list->snapshot);
        const char *text = key;
        size_t n = strlen(key);
        uint32_t i;

        if (view->columns[rv_snapshot_key(list->snapshot)].flags & RV_HIDDEN)
                for (i = 0; i < view->n_columns; i++)
                        if (view->columns[i].type == RV_TEXT && !(view->columns[i].flags & RV_HIDDEN) &&
                            !rv_cell_null(list->snapshot, row, i)) {
                                text = rv_cell_text(list->snapshot, row, i, &n);
                                break;
                        }
        rv_buf_add(out, text, n);
}

/* A row that only has a running number, as a package's dependency, is all in the list already: it leads to the row that
 * it refers to, in the first shown column that does. */
static bool follow_ref(struct list *list, size_t row)
{
        const struct rv_view *view = rv_snapshot_view(list->snapshot);
        const struct rv_column *key = &view->columns[rv_snapshot_key(list->snapshot)], *column;
        size_t i, len;

        if (key->type != RV_INT || !(key->flags & RV_HIDDEN) || view->record)
                return false;
        for (i = 0; i < list->layout.n; i++) {
                column = &view->columns[list->layout.columns[i].column];
                if (column->type == RV_REF && column->ref &&
                    !rv_cell_null(list->snapshot, row, list->layout.columns[i].column))
                        return ui_open_ref(list->page.ui, column->ref,
                                           rv_cell_text(list->snapshot, row, list->layout.columns[i].column, &len), "");
        }
        return false;
}

static void open_row(struct list *list)
{
        RV_BUF_CLEANUP struct rv_buf title = { 0 };
        struct place place = list->place;
        char number[24];
        const char *key = list_key(list, list->at, number);

        if (list->fixed && list->at < list->rows.n) {
                open_listed(list, key);
                return;
        }

        if (list->at >= list->rows.n || open_target(list, list->rows.at[list->at]) ||
            follow_ref(list, list->rows.at[list->at]))
                return;
        title_of(list, list->rows.at[list->at], key, &title);
        place.row = (char *)(uintptr_t)key;
        ui_open_row(list->page.ui, &place, rv_buf_str(&title));
}

/* Rows that nobody has sorted stand in the order of their first column, or nearly: that is the one to reverse. */
static void reverse(struct list *list)
{
        const bool sorted = list->order.n > 0;
        unsigned column;

        if (!sorted && !list->layout.n)
                return;
        column = sorted ? list->order.column[0] : list->layout.columns[0].column;
        if (!sorted)
                list_sort(list, column);
        list_sort(list, column);
}

/* What is not handled here is the same on every page. */
static bool act_list(struct page *page, enum act act)
{
        struct list *list = list_of(page);

        switch (act) {
        case ACT_UP:
        case ACT_DOWN:
        case ACT_PAGE_UP:
        case ACT_PAGE_DOWN:
        case ACT_HOME:
        case ACT_END:
                move(list, act);
                return true;
        case ACT_LEFT:
        case ACT_RIGHT:
                scroll_columns(list, act);
                return true;
        case ACT_OPEN:
                open_row(list);
                return true;
        case ACT_SELECT:
        case ACT_SELECT_ALL:
                pick(list, act == ACT_SELECT_ALL);
                return true;
        case ACT_SORT:
                list_sort_menu(list);
                return true;
        case ACT_REVERSE:
                reverse(list);
                return true;
        case ACT_COLUMNS:
                list_columns_menu(list);
                return true;
        case ACT_ACTIONS:
                list_actions_menu(list);
                return true;
        case ACT_RELOAD:
                list_load(list, true);
                return true;
        default:
                return false;
        }
}

static uint64_t can_list(const struct page *page)
{
        const struct list *list = list_of(page);
        uint64_t can = 0;

        if (list->rows.n)
                can |= ACT_BIT(ACT_OPEN) | ACT_BIT(ACT_SORT) | ACT_BIT(ACT_COLUMNS);
        if (list->rows.n && list_has_actions(list))
                can |= ACT_BIT(ACT_ACTIONS) | ACT_BIT(ACT_SELECT);
        return can;
}

static void add_count(struct rv_buf *out, const char *msgid, size_t n, size_t of)
{
        RV_BUF_CLEANUP struct rv_buf count = { 0 }, whole = { 0 }, plural = { 0 };

        rv_show_count((int64_t)n, &count);
        rv_show_count((int64_t)of, &whole);
        rv_buf_printf(&plural, "%zu", n); /* "2,500" chooses no plural form, its digits do */
        rv_tr_format(out, msgid, rv_buf_str(&count), rv_buf_str(&whole), rv_buf_str(&plural), NULL);
}

/* The last ones give way where there is no room. */
static void about_list(const struct page *page, int room, struct rv_buf *out)
{
        const struct list *list = list_of(page);
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        int used = 0;
        uint32_t i;

        for (i = 0; list->snapshot && i < rv_snapshot_view(list->snapshot)->n_columns; i++) {
                if (!rv_show_common(list->snapshot, i))
                        continue;
                rv_show_cell(&page->ui->look, list->snapshot, 0, i, &shown);
                if (used + (int)shown.width + 2 * (used > 0) > room)
                        return;
                rv_buf_add_str(out, used ? ", " : "");
                rv_buf_add_str(out, rv_buf_str(&shown.text));
                used += (int)shown.width + 2 * (used > 0);
        }
}

static void status_list(struct page *page, struct rv_buf *left, struct rv_buf *right)
{
        RV_BUF_CLEANUP struct rv_buf made = { 0 };
        struct list *list = list_of(page);
        size_t all = list->snapshot ? rv_snapshot_rows(list->snapshot) : 0, warnings;

        if (list->snapshot && list->rows.n != all)
                add_count(left, N_("%1 of %2 rows"), list->rows.n, all);
        else if (list->snapshot)
                add_count(left, NP_("%1 row", "%1 rows"), all, all);
        if (list->picks.n) {
                rv_buf_add_str(left, "   ");
                add_count(left, N_("%1 selected"), list->picks.n, 0);
        }
        if (list->problem.size) {
                rv_buf_add(right, rv_buf_str(&list->problem), list->problem.size);
                return;
        }
        if (list->snapshot && list->failure.size && !page_awaits(page)) {
                rv_show_time(&page->ui->look, rv_snapshot_made(list->snapshot), &made);
                rv_tr_format(right, N_("not read anew: rows of %1"), rv_buf_str(&made), NULL);
                return;
        }
        warnings = list->snapshot ? rv_snapshot_warnings(list->snapshot) : 0;
        if (warnings && !page->slow)
                add_count(right, NP_("%1 warning, ? shows it", "%1 warnings, ? shows them"), warnings, 0);
        if (left->size)
                ui_say_planned(page, right);
}

static bool find_list(struct page *page, const char *text, bool final)
{
        return list_filter(list_of(page), text, final);
}

static const char *finding_list(const struct page *page)
{
        return rv_buf_str(&list_of(page)->filter);
}

static void add_option(struct rv_buf *out, const char *option, const struct rv_buf *value)
{
        if (value->size == 0)
                return;
        rv_buf_printf(out, " %s ", option);
        rv_word_quote(rv_buf_str(value), out);
}

/* The words that show the same rows in a shell: what the screen can do, a script can do. */
static void command_list(const struct page *page, struct rv_buf *out)
{
        const struct list *list = list_of(page);
        RV_BUF_CLEANUP struct rv_buf sort = { 0 }, columns = { 0 }, where = { 0 };
        size_t i;

        if (strcmp(list->place.plugin, "reeve") == 0)
                rv_buf_add_str(out, strcmp(list->place.view, "findings") == 0 ? "status" : list->place.view);
        else
                rv_buf_printf(out, "%s %s", list->place.plugin, list->place.view);
        if (list->place.word) {
                rv_buf_add_char(out, ' ');
                rv_word_quote(list->place.word, out);
        }
        for (i = 0; i < list->n_words; i++) {
                rv_buf_add_char(out, ' ');
                rv_word_quote(list->words[i], out);
        }
        if (list->problem.size == 0)
                rv_buf_add_str(&where, rv_buf_str(&list->filter));
        for (i = 0; list->view && i < list->order.n; i++)
                rv_buf_printf(&sort, "%s%s%s", i ? "," : "", list->order.reverse[i] ? "-" : "",
                              list->view->columns[list->order.column[i]].id);
        for (i = 0; list->view && list->columns && i < list->n_columns; i++)
                rv_buf_printf(&columns, "%s%s", i ? "," : "", list->view->columns[list->columns[i]].id);
        add_option(out, "--where", &where);
        add_option(out, "--sort", &sort);
        add_option(out, "--columns", &columns);
        if (list->limit < INT64_MAX)
                rv_buf_printf(out, " --limit %" PRId64, list->limit);
}

static bool is_bare(const struct page *page)
{
        return !list_of(page)->snapshot && !list_of(page)->failure.size;
}

static void again_list(struct page *page)
{
        list_load(list_of(page), false);
}

static const struct page_kind list_kind = { .free = free_list,
                                            .draw = list_draw,
                                            .act = act_list,
                                            .can = can_list,
                                            .status = status_list,
                                            .about = about_list,
                                            .find = find_list,
                                            .finding = finding_list,
                                            .command = command_list,
                                            .bare = is_bare,
                                            .again = again_list };

bool page_is_list(const struct page *page)
{
        return page && page->kind == &list_kind;
}

const struct rv_view *page_view(const struct page *page, const struct place **ret_place)
{
        if (!page_is_list(page))
                return NULL;
        *ret_place = &list_of(page)->place;
        return list_of(page)->view;
}

const struct rv_snapshot *page_snapshot(const struct page *page)
{
        return page_is_list(page) ? list_of(page)->snapshot : NULL;
}

/* The row may not be loaded yet: the wish is kept until it is. */
void list_cursor_to(struct page *page, const char *key)
{
        struct list *list = list_of(page);

        rv_buf_clear(&list->kept.key);
        rv_buf_add_str(&list->kept.key, key);
        rv_rows_free(&list->rows); /* so that the wish is not taken over by where the cursor is */
        list->rows = (struct rv_rows){ 0 };
        list_apply(list);
}

static struct list *new_list(struct ui *ui, const struct place *place)
{
        struct list *list = calloc(1, sizeof *list);
        struct area body;

        if (!list)
                return NULL;
        list->page = (struct page){ .kind = &list_kind, .ui = ui };
        list->place = place_of(place->plugin, place->view, place->word, NULL);
        list->limit = INT64_MAX;
        ui_body(&body);
        list->height = body.h > 1 ? body.h - 1 : 1;
        return list;
}

struct page *catalogue_page(struct ui *ui, enum rv_verb verb, struct rv_err *err)
{
        const struct rv_view *view = rv_catalogue_view(verb);
        const struct place place = { .plugin = (char *)(uintptr_t) "reeve", .view = (char *)(uintptr_t)view->id };
        struct rv_snapshot *snapshot;
        struct list *list;

        if (rv_catalogue(ui->host->registry, verb, &snapshot, err))
                return NULL;
        list = new_list(ui, &place);
        if (!list) {
                rv_snapshot_unref(snapshot);
                (void)!rv_fail_memory(err);
                return NULL;
        }
        list->view = view;
        list->fixed = true;
        list->snapshot = snapshot;
        list_apply(list);
        return &list->page;
}

/* A view that cannot be opened is a page too: it says why. */
struct page *list_page(struct ui *ui, const struct place *place)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct list *list = new_list(ui, place);

        if (!list)
                return NULL;
        list->view = ui_view(ui, place->plugin, place->view, &list->plugin, &err);
        if (!list->view) {
                rv_tr_packed(rv_buf_str(&err.message), err.message.size, &list->failure);
                rv_buf_add_char(&list->failure, '\n');
                rv_tr_packed(rv_buf_str(&err.hint), err.hint.size, &list->failure);
                return &list->page;
        }
        picks_open(&list->picks, ui->host, place->plugin, place->view, place->word);
        rv_buf_add(&ui->kept, list->picks.name, strlen(list->picks.name) + 1);
        list_load(list, false);
        return &list->page;
}
