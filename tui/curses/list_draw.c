/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A list on the screen: headings, and rows with their gutter of cursor, selection and state. Columns keep their widths
 * while one moves and filters, so that only what changed is sent. */
#include <string.h>

#include "core/base/err.h"
#include "core/base/utf8.h"
#include "core/model/snapshot.h"
#include "tui/curses/list.h"
#include "tui/present/text.h"

enum { GUTTER = 4, MEASURED_ROWS = 4000, SHORT_LIST = 4, WIDE = 119 /* of 120 columns */ };

/* Where the mark of dropped columns stands there may be a heading's last letter. */
static bool ends_in_heading(const struct rv_layout *layout)
{
        const struct rv_layout_column *last = &layout->columns[layout->n - 1];

        return last->right || rv_text_width(last->title, strlen(last->title)) >= last->width;
}

/* All rows decide the widths, not those on the screen: columns must not jump while one scrolls or filters. */
static void lay_out(struct list *list, int width)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_layout_ask ask = { .snapshot = list->snapshot,
                                     .look = &list->page.ui->look,
                                     .wanted = list->columns,
                                     .n_wanted = list->n_columns,
                                     .width = width > GUTTER ? (unsigned)(width - GUTTER) : 1,
                                     .skip = list->skip,
                                     .titled = true,
                                     .screen = true };
        struct rv_layout layout = { 0 };

        if (list->laid_out && list->laid_width == width)
                return;
        if (rv_snapshot_rows(list->snapshot) > MEASURED_ROWS)
                ask.count = MEASURED_ROWS;
        if (rv_layout_make(&ask, &layout, &err)) {
                ui_note_error(list->page.ui, &err);
                return;
        }
        if (layout.dropped && layout.width >= ask.width && ask.width > 1 && ends_in_heading(&layout)) {
                rv_layout_free(&layout);
                ask.width--;
                if (rv_layout_make(&ask, &layout, &err)) {
                        ui_note_error(list->page.ui, &err);
                        return;
                }
        }
        rv_layout_free(&list->layout);
        list->layout = layout;
        list->laid_out = true;
        list->laid_width = width;
}

/* In the gap behind the heading, or before it at the edge: no column moves when another is sorted by. */
static void draw_order(const struct list *list, const struct rv_layout_column *column, const struct area *area)
{
        int x = area->x + GUTTER + (int)column->at, title = (int)rv_text_width(column->title, strlen(column->title));
        int mark = x + (column->right || title > (int)column->width ? (int)column->width : title);

        if (list->order.n == 0 || (list->order.column[0] != column->column &&
                                   (!column->joined || list->order.column[0] != column->with.word)))
                return;
        if (mark >= area->x + area->w - 1)
                mark = x - 1;
        draw_text(&list->page.ui->term, area->y, mark, 1, list->order.reverse[0] ? "v" : "^", STYLE_TITLE);
}

/* Signs at the edges tell of columns that are not seen. */
static void draw_headings(struct list *list, const struct area *area)
{
        struct ui *ui = list->page.ui;
        size_t i;

        for (i = 0; i < list->layout.n; i++) {
                RV_BUF_CLEANUP struct rv_buf text = { 0 };
                const struct rv_layout_column *column = &list->layout.columns[i];

                rv_text_pad(column->title, strlen(column->title), column->width, column->right, &text);
                draw_text(&ui->term, area->y, area->x + GUTTER + (int)column->at, (int)column->width, rv_buf_str(&text),
                          STYLE_TITLE);
                draw_order(list, column, area);
        }
        if (list->layout.dropped)
                draw_text(&ui->term, area->y, area->x + area->w - 1, 1, ">", STYLE_MUTED);
        if (list->skip)
                draw_text(&ui->term, area->y, area->x + GUTTER - 2, 1, "<", STYLE_MUTED);
}

static void draw_cell(struct list *list, size_t row, size_t i, int y, int x)
{
        struct ui *ui = list->page.ui;
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        rv_layout_cell(&list->layout, i, &ui->look, list->snapshot, row, &shown, &text);
        draw_text(&ui->term, y, x, (int)list->layout.columns[i].width, rv_buf_str(&text), (enum style)shown.role);
}

/* The gutter is: cursor, selection, a blank, state. Signs first, colours second. */
static void draw_row(struct list *list, size_t position, const struct area *area, int y)
{
        struct ui *ui = list->page.ui;
        size_t row = list->rows.at[position], i;
        uint32_t role = rv_row_role(list->snapshot, row);
        char gutter[GUTTER + 1] = "    ", number[24];

        gutter[0] = position == list->at ? '>' : ' ';
        gutter[1] = list->picks.n && picks_has(&list->picks, list_key(list, position, number)) ? '*' : ' ';
        draw_text(&ui->term, y, area->x, area->w, gutter, STYLE_PLAIN);
        if (role == RV_BAD || role == RV_WARN) {
                gutter[0] = rv_role_sign(role);
                gutter[1] = '\0';
                draw_text(&ui->term, y, area->x + GUTTER - 1, 1, gutter, (enum style)role);
        }
        for (i = 0; i < list->layout.n; i++)
                draw_cell(list, row, i, y, area->x + GUTTER + (int)list->layout.columns[i].at);
        /* Only the name is turned around: a whole row would be sent again at each key. */
        if (position == list->at && list->layout.n)
                draw_style(&ui->term, y, area->x, GUTTER + (int)list->layout.columns[0].width, STYLE_CURSOR);
}

/* Lines of a message in place of rows. */
static void draw_message(struct list *list, const struct area *area, const char *text)
{
        int y = area->y + (area->h > 2), end = area->y + area->h;
        size_t n = strlen(text), next, len;

        for (; n && y < end; text += next, n -= next, y++) {
                len = rv_text_wrap(text, n, area->w > 4 ? (unsigned)(area->w - 2) : 1, &next);
                draw_bytes(&list->page.ui->term, y, area->x + 1, area->w - 1, text, len, STYLE_PLAIN);
        }
        list->page.cursor_y = area->y;
        list->page.cursor_x = area->x;
}

/* As little as needed, so that the terminal can scroll its own lines. */
static void scroll(struct list *list, int height)
{
        size_t h = height > 0 ? (size_t)height : 1;

        list->height = (int)h;
        if (list->top + h > list->rows.n)
                list->top = list->rows.n > h ? list->rows.n - h : 0;
        if (list->at < list->top)
                list->top = list->at;
        if (list->at >= list->top + h)
                list->top = list->at - h + 1;
}

/* A short list leaves room: for what the view declares, and where the screen is wide for the record of the row under
 * the cursor. */
static void draw_below(struct list *list, const struct area *rows, int used)
{
        struct area below = *rows;

        below.y += used;
        below.h -= used;
        if (list->rows.n > (size_t)used)
                return;
        below_draw(list, &below);
        if (rows->w < WIDE || list->rows.n > SHORT_LIST)
                return;
        below.y++;
        below.h--;
        if (below.h >= SHORT_LIST)
                record_draw_row(list->page.ui, list->snapshot, list->rows.at[list->at], &below);
}

/* Why there are no rows: a view without any may have warned of the reason. */
static void empty_text(const struct list *list, struct rv_buf *out)
{
        size_t i, n = list->snapshot ? rv_snapshot_warnings(list->snapshot) : 0, size;
        const char *packed;

        if (!list->snapshot && list->failure.size)
                rv_buf_add_str(out, rv_buf_str(&list->failure));
        else if (!list->snapshot)
                rv_buf_add_str(out, list->page.loading ? page_loading(&list->page) : _("not loaded; ^R loads it"));
        else if (list->missing.size)
                rv_buf_add_str(out, page_awaits(&list->page) ? page_loading(&list->page) : rv_buf_str(&list->missing));
        else
                rv_buf_add_str(out, list->compiled ? _("no row matches the filter") : _("there are no rows"));
        for (i = 0; i < n && !list->compiled && !list->missing.size; i++) {
                rv_buf_add_char(out, '\n');
                (void)rv_snapshot_warning(list->snapshot, i, &packed, &size);
                rv_tr_packed(packed, size, out);
        }
}

void list_draw(struct page *page, const struct area *area)
{
        struct list *list = (struct list *)page;
        struct area rows = *area;
        int i;

        if (list->snapshot) {
                lay_out(list, area->w);
                if (area->h > 2) {
                        draw_headings(list, area);
                        rows.y++;
                        rows.h--;
                }
        }
        if (list->rows.n == 0) {
                RV_BUF_CLEANUP struct rv_buf why = { 0 };

                empty_text(list, &why);
                draw_message(list, &rows, rv_buf_str(&why));
                return;
        }
        scroll(list, rows.h);
        for (i = 0; i < rows.h && list->top + (size_t)i < list->rows.n; i++)
                draw_row(list, list->top + (size_t)i, &rows, rows.y + i);
        draw_below(list, &rows, i);
        page->cursor_y = rows.y + (int)(list->at - list->top);
        page->cursor_x = rows.x;
}
