/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of a list: loaded in two steps (what is cheap, then the costly columns that are shown), filtered as the
 * user types, sorted. A refused filter leaves the last good one in force. */
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/time.h"
#include "core/model/snapshot.h"
#include "core/run/loop.h"
#include "tui/curses/list.h"
#include "tui/curses/load.h"
#include "tui/present/command.h"
#include "tui/present/text.h"

enum { TAG_CHEAP, TAG_FILLED, HOLD_MS = 400 };

const char *list_key(const struct list *list, size_t position, char number[24])
{
        if (!list->snapshot || position >= list->rows.n)
                return "";
        return rv_row_key(list->snapshot, list->rows.at[position], number);
}

size_t list_columns(const struct list *list, const struct rv_snapshot *snapshot, unsigned *out)
{
        if (!list->columns)
                return rv_layout_screen(snapshot ? rv_snapshot_view(snapshot) : list->view, snapshot, out);
        memcpy(out, list->columns, list->n_columns * sizeof *out);
        return list->n_columns;
}

/* Costly columns that are shown, filtered or sorted by; returns how many of them the snapshot lacks. */
static size_t costly(const struct list *list, const struct rv_snapshot *snapshot, const char **out, size_t *ret_n)
{
        unsigned shown[256];
        size_t n = list->view->n_columns <= 256 ? list_columns(list, NULL, shown) : 0, i, lacking = 0;
        uint32_t c;
        bool wanted;

        *ret_n = 0;
        for (c = 0; c < list->view->n_columns && *ret_n < 64; c++) {
                if (!(list->view->columns[c].flags & RV_COSTLY))
                        continue;
                wanted = (list->compiled && rv_filter_reads(list->compiled, c)) || rv_with_any(list->view, c, shown, n);
                for (i = 0; i < n; i++)
                        wanted = wanted || shown[i] == c;
                for (i = 0; i < list->order.n; i++)
                        wanted = wanted || list->order.column[i] == c;
                if (!wanted)
                        continue;
                out[(*ret_n)++] = list->view->columns[c].id;
                if (!snapshot || !rv_snapshot_filled(snapshot, c))
                        lacking++;
        }
        return lacking;
}

/* Finds the cursor's row again after the rows changed. */
static void restore(struct list *list)
{
        size_t row, i;

        list->at = 0;
        if (!list->snapshot || list->kept.key.size == 0)
                return;
        row = rv_row_by_key(list->snapshot, rv_buf_str(&list->kept.key));
        for (i = 0; row != SIZE_MAX && i < list->rows.n; i++)
                if (list->rows.at[i] == row) {
                        list->at = i;
                        return;
                }
}

static void keep(struct list *list)
{
        char number[24];

        if (list->rows.n == 0)
                return; /* an empty filter result must not forget where we were */
        rv_buf_clear(&list->kept.key);
        rv_buf_add_str(&list->kept.key, list_key(list, list->at, number));
}

void list_apply(struct list *list)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };

        keep(list);
        rv_rows_free(&list->rows);
        list->rows = (struct rv_rows){ 0 };
        rv_buf_clear(&list->missing);
        if (!list->snapshot || rv_rows_all(list->snapshot, &list->rows, &err))
                return;
        if (rv_rows_pick(&list->rows, list->snapshot, list->view, (const char *const *)list->words, list->n_words,
                         &err)) {
                list->rows.n = 0;
                rv_tr_packed(rv_buf_str(&err.message), err.message.size, &list->missing);
                return;
        }
        if (list->compiled)
                rv_rows_filter(&list->rows, list->snapshot, list->compiled);
        if (list->order.n && rv_rows_sort(&list->rows, list->snapshot, &list->order, &err))
                ui_note_error(list->page.ui, &err);
        if ((uint64_t)list->limit < list->rows.n)
                list->rows.n = (size_t)list->limit;
        restore(list);
}

/* By now the list may no longer be what is looked at: then nothing jumps. */
static void open_named(void *user)
{
        struct list *list = user;
        RV_BUF_CLEANUP struct rv_buf note = { 0 };
        struct place place = list->place;
        char number[24];

        list->open_timer = 0;
        list->open_named = false;
        if (ui_page(list->page.ui) != &list->page)
                return;
        if (list->rows.n == 1) {
                place.row = (char *)(uintptr_t)list_key(list, 0, number);
                ui_open_row(list->page.ui, &place, place.row);
                ui_touch(list->page.ui);
                ui_drop_below(list->page.ui); /* the list itself */
        } else if (list->rows.n > 1 && list->n_words) {
                rv_tr_format(&note, N_("%1: several rows match"), list->words[list->n_words - 1], NULL);
                ui_note(list->page.ui, STYLE_PLAIN, rv_buf_str(&note));
                ui_touch(list->page.ui);
        }
}

/* Not at once: it may end the list, and whoever loads it is still at work on it. */
static void open_named_soon(struct list *list)
{
        if (list->open_named && !list->open_timer && (list->rows.n == 1 || (list->snapshot && !list->page.loading)))
                list->open_timer = rv_loop_after(list->page.ui->loop, 1, open_named, list);
}

/* New rows: widths are measured again, the cursor stays on its row by key. */
static void take(struct list *list, struct rv_snapshot *take_snapshot)
{
        keep(list);
        rv_snapshot_unref(list->snapshot);
        list->snapshot = take_snapshot;
        list->laid_out = false;
        rv_buf_clear(&list->failure);
        rv_rows_free(&list->rows);
        list->rows = (struct rv_rows){ 0 };
        list_apply(list);
        open_named_soon(list);
}

/* The whole chain: what failed, why, and the way out. */
static void tell_failure(struct list *list, const struct rv_err *err)
{
        struct rv_buf *out = &list->failure;

        rv_buf_clear(out);
        for (; err; err = err->cause) {
                if (out->size)
                        rv_buf_add_char(out, '\n');
                rv_tr_packed(rv_buf_str(&err->message), err->message.size, out);
                if (err->hint.size) {
                        rv_buf_add_char(out, '\n');
                        rv_tr_packed(rv_buf_str(&err->hint), err->hint.size, out);
                }
        }
        if (out->size == 0)
                rv_buf_add_str(out, _("out of memory"));
}

static void start(struct list *list, bool filled, bool reload);

void list_release(struct list *list)
{
        if (list->hold_timer)
                rv_loop_cancel(list->page.ui->loop, list->hold_timer);
        list->hold_timer = 0;
        rv_snapshot_unref(list->held);
        list->held = NULL;
}

static void show_held(struct list *list)
{
        struct rv_snapshot *held = list->held;

        list->held = NULL;
        list_release(list);
        if (held)
                take(list, held);
}

/* The costly columns take longer: what is there is shown without them. */
static void hold_over(void *user)
{
        struct list *list = user;

        list->hold_timer = 0;
        show_held(list);
        ui_touch(list->page.ui);
}

/* The first rows wait a little for their costly columns: a picture that is sent twice costs a slow line seconds. */
static void hold(struct list *list, struct rv_snapshot *take_snapshot)
{
        list_release(list);
        list->held = take_snapshot;
        list->hold_timer = rv_loop_after(list->page.ui->loop, HOLD_MS, hold_over, list);
        if (!list->hold_timer)
                show_held(list);
}

/* After the cheap columns, the costly ones that the screen shows are asked for. */
static void loaded(struct page *page, int tag, struct rv_snapshot *take_snapshot, const struct rv_err *err)
{
        struct list *list = (struct list *)page;
        const char *ids[64];
        size_t n;
        bool more = tag == TAG_CHEAP && take_snapshot && costly(list, take_snapshot, ids, &n) > 0;

        if (tag == TAG_FILLED)
                list->filled_asked = false;
        if (!take_snapshot) {
                show_held(list);
                tell_failure(list, err);
                if (list->snapshot && err)
                        ui_note_error(page->ui, err);
                return;
        }
        if (more && !list->snapshot) {
                hold(list, take_snapshot);
        } else {
                list_release(list);
                take(list, take_snapshot);
        }
        if (more)
                start(list, true, false);
}

static void start(struct list *list, bool filled, bool reload)
{
        const char *ids[64];
        struct load_ask ask = { .plugin = list->place.plugin,
                                .view = list->place.view,
                                .word = list->place.word,
                                .columns = ids,
                                .reload = reload,
                                .tag = filled ? TAG_FILLED : TAG_CHEAP,
                                .done = loaded };

        if (filled) {
                (void)costly(list, list->snapshot, ids, &ask.n_columns);
                list->filled_asked = true;
        }
        load_start(&list->page, &ask);
}

/* What the cache holds is shown at once, fresh or not; the load that follows mends it in place. */
void list_load(struct list *list, bool reload)
{
        const struct load_ask ask = { .plugin = list->place.plugin,
                                      .view = list->place.view,
                                      .word = list->place.word };
        const bool again = list->snapshot != NULL;
        struct rv_snapshot *stale;

        if (!list->view || list->fixed)
                return;
        load_drop(&list->page);
        list_release(list);
        list->filled_asked = false;
        stale = again || reload ? NULL : load_stale(&list->page, &ask);
        if (stale)
                take(list, stale);
        start(list, reload || again, reload); /* rows that are shown whole come whole */
        below_load(list, reload);
}

/* What was not filled so far may be wanted now. */
static void fill_in(struct list *list)
{
        const char *ids[64];
        size_t n;

        if (list->snapshot && !list->filled_asked && costly(list, list->snapshot, ids, &n) > 0)
                start(list, true, false);
}

/* The last word may become a column's name or a word between two conditions: a comparison is being typed, and rows
 * that contain its first letters are not what is asked for. */
static bool is_begun(const struct rv_view *view, const char *text)
{
        static const char *const words[] = { "and", "or", "not" };
        size_t end = strlen(text), from, i;

        while (end && text[end - 1] == ' ')
                end--;
        for (from = end; from && text[from - 1] != ' ' && text[from - 1] != '('; from--)
                ;
        for (i = 0; end > from && i < sizeof words / sizeof words[0]; i++)
                if (strncmp(words[i], text + from, end - from) == 0)
                        return true;
        for (i = 0; end > from && i < view->n_columns; i++)
                if (strncmp(view->columns[i].id, text + from, end - from) == 0)
                        return true;
        return false;
}

/* Called at each key: what is unfinished or wrong leaves the last good filter, its rows and its text in force. */
bool filter_typed(struct ui *ui, const struct rv_view *view, const char *text, bool final,
                  const struct typed_filter *typed)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_filter *compiled = NULL;

        rv_buf_clear(typed->problem);
        if (!view || (!final && is_begun(view, text)))
                return false;
        if (text[strspn(text, " ")] && rv_filter_compile(text, view, rv_now(), &compiled, &err)) {
                if (final)
                        ui_note_error(ui, &err);
                if (ui->prompt.open)
                        rv_tr_packed(rv_buf_str(&err.message), err.message.size, typed->problem);
                return false;
        }
        rv_filter_free(*typed->compiled);
        *typed->compiled = compiled;
        rv_buf_clear(typed->text);
        rv_buf_add_str(typed->text, text);
        return true;
}

bool list_filter(struct list *list, const char *text, bool final)
{
        const struct typed_filter typed = { &list->filter, &list->problem, &list->compiled };

        if (!filter_typed(list->page.ui, list->view, text, final, &typed))
                return !list->view;
        list_apply(list);
        fill_in(list);
        return true;
}

/* The same column again turns the order around. A cursor on the first row stands for the first, not for the row. */
void list_sort(struct list *list, unsigned column)
{
        bool again = list->order.n == 1 && list->order.column[0] == column, first = list->at == 0;

        list->order.reverse[0] = again ? !list->order.reverse[0] : false;
        list->order.column[0] = column;
        list->order.n = 1;
        list_apply(list);
        list->at = first ? 0 : list->at;
        fill_in(list);
}

static void choose_columns(struct list *list, const char *text)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        unsigned *columns;
        size_t n;

        if (rv_columns_parse(text, list->view, &columns, &n, &err)) {
                ui_note_error(list->page.ui, &err);
                return;
        }
        free(list->columns);
        list->columns = columns;
        list->n_columns = n;
        list->laid_out = false;
}

/* Without memory for all of the words none counts, and that is said: other rows would pass for those asked for. */
static void choose_rows(struct list *list, const struct list_wish *wish)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        size_t i;

        list->words = calloc(wish->n_rows, sizeof *list->words);
        for (i = 0; list->words && i < wish->n_rows; i++) {
                list->words[i] = strdup(wish->rows[i]);
                if (!list->words[i])
                        break;
        }
        list->n_words = list->words ? i : 0;
        if (list->n_words < wish->n_rows && rv_fail_memory(&err)) {
                ui_note_error(list->page.ui, &err);
                return;
        }
        list->open_named = wish->open;
}

void list_set(struct page *page, const struct list_wish *wish)
{
        struct list *list = (struct list *)page;
        RV_ERR_CLEANUP struct rv_err err = { 0 };

        if (!list->view)
                return;
        if (wish->sort && rv_order_parse(wish->sort, list->view, &list->order, &err))
                ui_note_error(page->ui, &err);
        if (wish->columns)
                choose_columns(list, wish->columns);
        if (wish->limit)
                list->limit = *wish->limit;
        if (wish->n_rows && !list->words)
                choose_rows(list, wish);
        if (wish->where)
                (void)list_filter(list, wish->where, true);
        else
                list_apply(list);
        fill_in(list);
        open_named_soon(list);
}
