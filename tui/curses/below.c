/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a view wants shown below its rows when these leave room: other views of the plugin, as a bar (rows are the parts
 * of one whole) or as lines of a label and a text. */
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/model/snapshot.h"
#include "tui/curses/list.h"
#include "tui/curses/load.h"
#include "tui/present/text.h"

enum {
        INDENT = 4,   /* under the names of the rows */
        LABEL = 24,   /* cells of a label at most */
        PIECES = 128, /* parts of a bar at most */
        GAUGE = 6,    /* cells from which on a part shows how full it is */
        BAR_FROM = 8, /* lines below which the texts need the room more */
        GAP = 2
};

struct piece {
        size_t row;
        struct rv_buf caption, size;
        int width, least;
        int64_t length, filled; /* filled -1: unknown */
};

/* The column with a flag, -1 for none. */
static int flagged(const struct rv_view *view, uint32_t flag)
{
        unsigned i;

        for (i = 0; i < view->n_columns; i++)
                if (view->columns[i].flags & flag)
                        return (int)i;
        return -1;
}

static int cells(const struct rv_buf *text)
{
        return (int)rv_text_width(rv_buf_str(text), text->size);
}

/* Rows with a length; 0: too many, or none. */
static size_t take_pieces(const struct ui *ui, const struct rv_snapshot *snapshot, struct piece *pieces)
{
        const struct rv_view *view = rv_snapshot_view(snapshot);
        int length = flagged(view, RV_LENGTH), filled = flagged(view, RV_FILLED), caption = flagged(view, RV_CAPTION);
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        size_t rows = rv_snapshot_rows(snapshot), row, n = 0;

        if (rows > PIECES)
                return 0;
        for (row = 0; row < rows; row++) {
                struct piece *piece = &pieces[n];

                if (rv_cell_null(snapshot, row, (unsigned)length) || rv_cell_int(snapshot, row, (unsigned)length) <= 0)
                        continue;
                piece->row = row;
                piece->length = rv_cell_int(snapshot, row, (unsigned)length);
                piece->filled = -1;
                if (filled >= 0 && !rv_cell_null(snapshot, row, (unsigned)filled))
                        piece->filled = rv_cell_int(snapshot, row, (unsigned)filled);
                rv_show_size(piece->length, &piece->size);
                if (caption >= 0) {
                        rv_show_cell(&ui->look, snapshot, row, (unsigned)caption, &shown);
                        if (!shown.null)
                                rv_buf_add_str(&piece->caption, rv_buf_str(&shown.text));
                }
                piece->least = cells(&piece->size);
                piece->width = cells(&piece->caption) > piece->least ? cells(&piece->caption) : piece->least;
                n++;
        }
        return n;
}

static int widest(const struct piece *pieces, size_t n)
{
        size_t i, best = 0;

        for (i = 1; i < n; i++)
                if (pieces[i].width - pieces[i].least > pieces[best].width - pieces[best].least)
                        best = i;
        return pieces[best].width > pieces[best].least ? (int)best : -1;
}

/* The part that has least of what is due to it by its length. */
static size_t neediest(const struct piece *pieces, size_t n, int room)
{
        long double sum = 0, need, most = 0;
        size_t i, best = 0;

        for (i = 0; i < n; i++)
                sum += (long double)pieces[i].length;
        for (i = 0; i < n; i++) {
                need = (long double)pieces[i].length / sum * room - pieces[i].width;
                if (i == 0 || need > most) {
                        most = need;
                        best = i;
                }
        }
        return best;
}

/* Every part shows its size; captions are cut first, and what is left goes by length. False: no room for that. */
static bool share(struct piece *pieces, size_t n, int width)
{
        int used = 1, i;
        size_t at;

        for (at = 0; at < n; at++)
                used += pieces[at].width + 1;
        for (; used > width; used--) {
                i = widest(pieces, n);
                if (i < 0)
                        return false;
                pieces[i].width--;
        }
        for (; used < width; used++)
                pieces[neediest(pieces, n, width)].width++;
        return true;
}

/* "58 G", and where there is room "####........ 58 G, 31 % used". */
static void piece_text(const struct piece *piece, struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf words = { 0 };
        char percent[24];
        int gauge, i;

        if (piece->filled >= 0) {
                const long double filled = (long double)piece->filled * 100 / (long double)piece->length + 0.5L;
                const unsigned part = filled < 100 ? (unsigned)filled : 100;

                (void)snprintf(percent, sizeof percent, "%u", part);
                rv_buf_add_char(&words, ' ');
                rv_tr_format(&words, N_("%1, %2 %% used"), rv_buf_str(&piece->size), percent, NULL);
                gauge = piece->width - cells(&words);
                if (gauge >= GAUGE) {
                        for (i = 0; i < gauge; i++)
                                rv_buf_add_char(out, i * 100 < (int)part * gauge ? '#' : '.');
                        rv_buf_add_str(out, rv_buf_str(&words));
                        return;
                }
        }
        rv_text_pad(rv_buf_str(&piece->size), piece->size.size, (unsigned)piece->width, false, out);
}

/* Two lines: what the parts are, and how long. ASCII on purpose, as everywhere. */
static int draw_bar(struct ui *ui, const struct rv_snapshot *snapshot, const struct area *area)
{
        struct piece pieces[PIECES] = { 0 };
        size_t n = take_pieces(ui, snapshot, pieces), i;
        int x = area->x + INDENT, lines = 0;

        if (n > 0 && area->h >= BAR_FROM && share(pieces, n, area->w - INDENT)) {
                draw_text(&ui->term, area->y + 1, x - 1, 1, "|", STYLE_PLAIN);
                for (i = 0; i < n; i++) {
                        RV_BUF_CLEANUP struct rv_buf text = { 0 }, caption = { 0 };

                        rv_text_pad(rv_buf_str(&pieces[i].caption), pieces[i].caption.size, (unsigned)pieces[i].width,
                                    false, &caption);
                        draw_text(&ui->term, area->y, x, pieces[i].width, rv_buf_str(&caption), STYLE_PLAIN);
                        piece_text(&pieces[i], &text);
                        draw_text(&ui->term, area->y + 1, x, pieces[i].width, rv_buf_str(&text), STYLE_PLAIN);
                        x += pieces[i].width;
                        draw_text(&ui->term, area->y + 1, x++, 1, "|", STYLE_PLAIN);
                }
                lines = 2;
        }
        for (i = 0; i < n; i++) {
                rv_buf_free(&pieces[i].caption);
                rv_buf_free(&pieces[i].size);
        }
        return lines;
}

/* The first two columns that the view shows by itself. */
static bool text_columns(const struct rv_snapshot *snapshot, unsigned ret[2])
{
        unsigned shown[256];
        const struct rv_view *view = rv_snapshot_view(snapshot);

        if (view->n_columns > 256 || rv_layout_default(view, snapshot, shown) < 2)
                return false;
        ret[0] = shown[0];
        ret[1] = shown[1];
        return true;
}

static int label_width(const struct ui *ui, const struct rv_snapshot *snapshot, unsigned column)
{
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        unsigned width = 0;
        size_t row;

        for (row = 0; row < rv_snapshot_rows(snapshot) && row < PIECES; row++) {
                rv_show_cell(&ui->look, snapshot, row, column, &shown);
                width = shown.width > width ? shown.width : width;
        }
        return width < LABEL ? (int)width : LABEL;
}

/* Returns the lines used. What has no room is not begun: half a sentence may say the opposite. */
static int draw_texts(struct ui *ui, const struct rv_snapshot *snapshot, const struct area *area)
{
        RV_SHOWN_CLEANUP struct rv_shown label = { 0 }, text = { 0 };
        unsigned columns[2];
        size_t row, from, next, len;
        int y = 0, at, width, needed;

        if (!text_columns(snapshot, columns))
                return 0;
        at = area->x + INDENT + label_width(ui, snapshot, columns[0]) + GAP;
        width = area->x + area->w - at;
        for (row = 0; width >= INDENT && row < rv_snapshot_rows(snapshot); row++) {
                bool head = rv_row_depth(snapshot, row) == 0;

                rv_show_cell(&ui->look, snapshot, row, columns[0], &label);
                rv_show_cell(&ui->look, snapshot, row, columns[1], &text);
                for (needed = 0, from = 0; from < text.text.size; from += next, needed++)
                        (void)rv_text_wrap(rv_buf_str(&text.text) + from, text.text.size - from, (unsigned)width,
                                           &next);
                if (y + (head && row > 0) + needed > area->h)
                        break;
                y += head && row > 0;
                draw_text(&ui->term, area->y + y, area->x + INDENT, at - GAP - INDENT, rv_buf_str(&label.text),
                          head ? STYLE_TITLE : STYLE_PLAIN);
                for (from = 0; from < text.text.size; from += next, y++) {
                        len = rv_text_wrap(rv_buf_str(&text.text) + from, text.text.size - from, (unsigned)width,
                                           &next);
                        draw_bytes(&ui->term, area->y + y, at, width, rv_buf_str(&text.text) + from, len, STYLE_PLAIN);
                }
                y += text.text.size == 0;
        }
        return y;
}

/* Each part stands behind a blank line. */
void below_draw(struct list *list, struct area *area)
{
        size_t i;
        int used;

        for (i = 0; i < RV_BELOW_MAX; i++) {
                const struct rv_snapshot *snapshot = list->below[i];
                struct area part = { .y = area->y + 1, .x = area->x, .h = area->h - 1, .w = area->w };

                if (!snapshot || part.h <= 0)
                        continue;
                used = flagged(rv_snapshot_view(snapshot), RV_LENGTH) >= 0 ? draw_bar(list->page.ui, snapshot, &part)
                                                                           : draw_texts(list->page.ui, snapshot, &part);
                area->y += used ? used + 1 : 0;
                area->h -= used ? used + 1 : 0;
        }
}

/* Nothing is said of a failure: the rows above come from the same source and tell it. */
static void loaded(struct page *page, int tag, struct rv_snapshot *take_snapshot, const struct rv_err *err)
{
        struct list *list = (struct list *)page;

        (void)err;
        rv_snapshot_unref(list->below[tag]);
        list->below[tag] = take_snapshot;
}

void below_load(struct list *list, bool reload)
{
        const char *const *ids = list->view->below;
        int i;

        for (i = 0; ids && ids[i] && i < RV_BELOW_MAX; i++) {
                const struct load_ask ask = {
                        .plugin = list->place.plugin, .view = ids[i], .reload = reload, .tag = i, .done = loaded
                };

                if (!list->below[i] && !reload)
                        list->below[i] = load_stale(&list->page, &ask);
                load_start(&list->page, &ask);
        }
}

void below_free(struct list *list)
{
        size_t i;

        for (i = 0; i < RV_BELOW_MAX; i++)
                rv_snapshot_unref(list->below[i]);
}
