/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Choosing columns and fitting them: measure what the rows need, drop what matters least, cut from what matters less.
 */
#include "tui/present/layout.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/utf8.h"
#include "core/model/rows.h"
#include "tui/present/text.h"

/* Least cells of a column that can be cut: what names a row is cut last, and half a sentence says nothing. */
enum {
        SHRUNK = 12,
        SHRUNK_VERSION = 18,
        SHRUNK_MESSAGE = 24,
        SHRUNK_NAME = 28,
        SHRUNK_WANTED = 3,
        HINT = 8,
        LONG_WORD = 14
};
enum {
        READABLE = 40,  /* cells at which a text that matters most can still be read */
        READ_TEXT = 20, /* the same of other texts: columns that matter less go before those are cut further */
        SPARE = 4,      /* from this priority on columns go before such a text is cut at all */
        FEW = 20        /* one row of so many may be cut for the sake of the others' columns */
};

struct fit { /* a column while the layout is made */
        unsigned column, natural, least, width, priority;
        unsigned readable; /* cells below which it is cut only when nothing else can give any */
        unsigned common;   /* cells that nearly all rows need: a single long one must not take the room of others */
        unsigned usual;    /* the same, but of a name beside a word only its beginning */
        unsigned hint;     /* the same where there is room for no more; 0: less than `least` says nothing */
        unsigned word;     /* cells of the widest word in its cells */
        bool right, empty, joined;
        bool chosen; /* on top of what the view shows by itself: it stays, and the view's own give way */
        struct rv_with with;
        const char *title;
};

size_t rv_layout_default(const struct rv_view *view, const struct rv_snapshot *snapshot, unsigned *out)
{
        size_t n = 0;
        unsigned i;

        for (i = 0; i < view->n_columns; i++) {
                if (view->columns[i].flags & RV_HIDDEN)
                        continue;
                if (view->columns[i].flags & RV_COSTLY && snapshot && !rv_snapshot_filled(snapshot, i))
                        continue;
                out[n++] = i;
        }
        return n;
}

/* Whether the screen shows it by itself: not where its word stands in the cells of such a column. */
static bool is_own(const struct rv_view *view, unsigned column)
{
        unsigned i;

        for (i = 0; i < view->n_columns; i++)
                if (!(view->columns[i].flags & RV_HIDDEN) && rv_with(view, i) == (int)column)
                        return false;
        return !(view->columns[column].flags & RV_HIDDEN);
}

size_t rv_layout_screen(const struct rv_view *view, const struct rv_snapshot *snapshot, unsigned *out)
{
        size_t n = rv_layout_default(view, snapshot, out), kept = 0, i;

        for (i = 0; i < n; i++)
                if (is_own(view, out[i]))
                        out[kept++] = out[i];
        return kept;
}

/* A number that is cut is a wrong number; a text is still a hint. */
static bool can_be_cut(const struct rv_column *column)
{
        switch (column->type) {
        case RV_TEXT:
        case RV_LIST:
        case RV_MSG:
        case RV_REF:
        case RV_VERSION:
                return true;
        default:
                return false;
        }
}

/* In the plugin's own language, and without it the id: a column is never nameless. */
static const char *heading(struct rv_arena *arena, const struct rv_layout_ask *ask, const struct rv_column *column)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        rv_text_upper(column->title ? rv_tr(rv_snapshot_domain(ask->snapshot), column->title) : column->id, &text);
        if (ask->look->ascii)
                rv_text_ascii(&text);
        return rv_arena_strndup(arena, rv_buf_str(&text), text.size);
}

/* The width that is exceeded by so few rows that it is not worth a column. */
static unsigned common_width(const size_t *counts, size_t rows, unsigned natural)
{
        unsigned width = RV_COLUMN_LIMIT;
        size_t above = 0;

        for (; width > 0 && above + counts[width] <= rows / FEW; width--)
                above += counts[width];
        return width < natural ? width : natural;
}

/* The position behind the last row that is measured, and the row at a position. */
static size_t measured_end(const struct rv_layout_ask *ask)
{
        size_t total = ask->rows ? ask->rows->n : rv_snapshot_rows(ask->snapshot);

        return ask->count && ask->first < total && ask->count < total - ask->first ? ask->first + ask->count : total;
}

static size_t row_at(const struct rv_layout_ask *ask, size_t i)
{
        return ask->rows ? ask->rows->at[i] : i;
}

/* The widest word, and the widest value beside one where words stand in line. */
static void measure_words(const struct rv_layout_ask *ask, struct fit *fit)
{
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        const bool in_line = rv_with_in_line(&rv_snapshot_view(ask->snapshot)->columns[fit->column]);
        size_t end = measured_end(ask), i;
        unsigned word, lead = 0;

        for (i = ask->first; i < end; i++) {
                word = rv_with_show(&fit->with, ask->look, ask->snapshot, row_at(ask, i), 0, &shown);
                if (word > fit->word)
                        fit->word = word;
                if (word && in_line && shown.width > word + lead)
                        lead = shown.width - word;
        }
        fit->with.lead = lead;
        fit->word += lead > 0; /* two blanks instead of one */
}

/* The widest cell of the rows that are looked at; a tree's first column has its indent on top. */
static void measure(const struct rv_layout_ask *ask, bool tree, struct fit *fit)
{
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        size_t end = measured_end(ask), i, row;
        size_t counts[RV_COLUMN_LIMIT + 1] = { 0 };

        if (fit->joined)
                measure_words(ask, fit);
        for (i = ask->first; i < end; i++) {
                row = row_at(ask, i);
                if (fit->joined)
                        (void)rv_with_show(&fit->with, ask->look, ask->snapshot, row, 0, &shown);
                else
                        rv_show_cell(ask->look, ask->snapshot, row, fit->column, &shown);
                if (tree)
                        shown.width += 2 * rv_row_depth(ask->snapshot, row);
                counts[shown.width < RV_COLUMN_LIMIT ? shown.width : RV_COLUMN_LIMIT]++;
                if (shown.width > fit->natural)
                        fit->natural = shown.width;
                fit->empty = fit->empty && shown.null;
        }
        fit->common = common_width(counts, end - ask->first, fit->natural);
}

/* Cells that still tell something, by what the column holds. */
static unsigned shrunk(const struct rv_column *column, bool first)
{
        if (column->type == RV_VERSION)
                return SHRUNK_VERSION;
        if (column->type == RV_MSG)
                return SHRUNK_MESSAGE;
        return first ? SHRUNK_NAME : SHRUNK;
}

/* No floor lies above what nearly all rows need. What names a row is cut only where it is very long, and after other
 * columns have gone; beside it, a text that matters most is what the view is for. */
static void set_common(const struct rv_column *declared, bool first, bool asked, unsigned title, struct fit *fit)
{
        if (first && fit->common < SHRUNK_NAME)
                fit->common = SHRUNK_NAME;
        if (fit->common < title)
                fit->common = title;
        if ((!first && !fit->priority) || !can_be_cut(declared) || fit->common > fit->width)
                fit->common = fit->width;
        if ((first && !asked) || fit->readable > fit->common)
                fit->readable = fit->common;
        if (fit->least > fit->common)
                fit->least = fit->common;
}

/* A word that is a column of its own stands in no other. */
static void join_word(const struct rv_layout_ask *ask, const unsigned *columns, size_t n, struct fit *fit)
{
        int word = ask->screen ? rv_with(rv_snapshot_view(ask->snapshot), fit->column) : -1;
        size_t i;

        for (i = 0; i < n; i++)
                if (word == (int)columns[i])
                        word = -1;
        fit->joined = word >= 0;
        fit->with = (struct rv_with){ .column = fit->column, .word = fit->joined ? (unsigned)word : 0 };
        fit->right = fit->right && !fit->joined;
}

/* The word stays whole, unless it is a long one (those of some languages are), and the beginning of a name beside it is
 * enough. */
static void set_word(const struct rv_layout_ask *ask, struct fit *fit)
{
        if (fit->word > LONG_WORD)
                fit->word = LONG_WORD;
        fit->usual = fit->common;
        if (!fit->joined)
                return;
        if (fit->hint + 1 < fit->word)
                fit->hint = fit->word - 1; /* the word alone: no value, no blank */
        if (fit->least < fit->word)
                fit->least = fit->word < fit->width ? fit->word : fit->width;
        if (!rv_with_in_line(&rv_snapshot_view(ask->snapshot)->columns[fit->column]))
                fit->readable = fit->usual = fit->least;
}

/* Who chose one more column wants to read that one; who named all of a table's knows them. */
static bool all_asked(const struct rv_layout_ask *ask)
{
        return ask->wanted && !ask->screen;
}

/* Asked-for columns may shrink below their headings: whoever names columns knows them. */
static bool prepare(const struct rv_layout_ask *ask, struct rv_arena *arena, const unsigned *columns, size_t n,
                    size_t at, struct fit *ret)
{
        const unsigned column = columns[at];
        const bool first = at == 0;
        const struct rv_view *view = rv_snapshot_view(ask->snapshot);
        const struct rv_column *declared = &view->columns[column];
        unsigned least = shrunk(declared, first && !ask->wanted), readable, title;

        *ret = (struct fit){ .column = column,
                             .chosen = ask->wanted && ask->screen && !is_own(view, column),
                             .priority = declared->priority,
                             .right = rv_show_right(declared),
                             .empty = true,
                             .title = heading(arena, ask, declared) };
        if (!ret->title)
                return false;
        join_word(ask, columns, n, ret);
        ret->priority = ret->chosen ? 0 : ret->priority;
        title = (unsigned)rv_text_width(ret->title, strlen(ret->title));
        ret->natural = title;
        if (least < title)
                least = title;
        measure(ask, first && view->shape == RV_SHAPE_TREE, ret);
        ret->width = ret->natural;
        if (ask->width && ret->priority && ret->width > RV_COLUMN_LIMIT)
                ret->width = RV_COLUMN_LIMIT;
        readable = ret->priority || ret->chosen ? (least > READ_TEXT ? least : READ_TEXT) : READABLE;
        if (all_asked(ask))
                least = SHRUNK_WANTED;
        ret->least = can_be_cut(declared) && ret->width > least ? least : ret->width;
        ret->readable = can_be_cut(declared) && ret->width > readable ? readable : ret->width;
        if (declared->type == RV_VERSION || ret->joined)
                ret->hint = title > HINT ? title : HINT;
        set_common(declared, first, all_asked(ask), title, ret);
        set_word(ask, ret);
        return true;
}

/* USUAL: what nearly all rows need; NOT_CUT: what matters most whole, the rest to read. */
enum need { AT_LEAST, TO_READ, USUAL, NOT_CUT, WHOLE };

/* Cells that all columns take together. */
static unsigned needed(const struct fit *fits, size_t n, enum need need)
{
        unsigned cells = 0;
        size_t i;

        for (i = 0; i < n; i++) {
                cells += i ? RV_COLUMN_GAP : 0;
                if (need == WHOLE || (need == NOT_CUT && !fits[i].priority))
                        cells += fits[i].width;
                else if (need == USUAL)
                        cells += fits[i].usual < fits[i].width ? fits[i].usual : fits[i].width;
                else
                        cells += need == AT_LEAST ? fits[i].least : fits[i].readable;
        }
        return cells;
}

/* Order stays: columns never change places by being fewer. */
static size_t leave_out(struct fit *fits, size_t n, size_t victim)
{
        memmove(&fits[victim], &fits[victim + 1], (n - victim - 1) * sizeof *fits);
        return n - 1;
}

/* The last one that went may stay after all, where nobody else needs the cells that it left: a version's beginning or a
 * word alone says more than blanks do. */
static size_t take_back(const struct rv_layout_ask *ask, struct fit *fits, size_t n, size_t at,
                        const struct fit *victim)
{
        const unsigned taken = needed(fits, n, USUAL) + RV_COLUMN_GAP,
                       room = ask->width > taken ? ask->width - taken : 0;

        if (room < victim->least && (!victim->hint || room < victim->hint || victim->priority >= SPARE))
                return n;
        memmove(&fits[at + 1], &fits[at], (n - at) * sizeof *fits);
        fits[at] = *victim;
        if (room < victim->least)
                fits[at].least = fits[at].readable = fits[at].common = room;
        return n + 1;
}

/* No more is cut for the sake of a column without a value than what few rows need: that nothing is known there is told
 * too, and a column that comes with the first value would move the others. */
static size_t drop_empty(const struct rv_layout_ask *ask, struct fit *fits, size_t n)
{
        size_t i;

        for (i = n; i > 1 && needed(fits, n, USUAL) > ask->width; i--)
                if (fits[i - 1].empty && !fits[i - 1].chosen)
                        n = leave_out(fits, n, i - 1);
        return n;
}

/* Leaves out the columns of at least that priority, the largest first, until the rest has what it needs. The first
 * column, which names the row, stays. */
static size_t drop_from(const struct rv_layout_ask *ask, struct fit *fits, size_t n, unsigned priority, enum need need)
{
        struct fit last = { 0 };
        size_t i, victim = 0;

        while (n > 1 && needed(fits, n, need) > ask->width) {
                victim = n - 1;
                for (i = n - 1; i > 0; i--)
                        if (fits[i].priority > fits[victim].priority)
                                victim = i;
                if (fits[victim].priority < priority)
                        return n;
                last = fits[victim];
                n = leave_out(fits, n, victim);
        }
        return victim ? take_back(ask, fits, n, victim, &last) : n;
}

/* What is spare goes for a whole text, what is more for one that can be read; asked-for columns go from the end, and
 * only when they cannot even be hinted at. */
static size_t drop(const struct rv_layout_ask *ask, struct fit *fits, size_t n)
{
        if (all_asked(ask)) {
                while (n > 1 && needed(fits, n, AT_LEAST) > ask->width)
                        n--;
                return n;
        }
        n = drop_empty(ask, fits, n);
        n = drop_from(ask, fits, n, SPARE, NOT_CUT);
        n = drop_from(ask, fits, n, 1, TO_READ);
        return drop_from(ask, fits, n, 0, AT_LEAST);
}

enum floor { COMMON, READ, LEAST, FLOORS };

static unsigned floor_of(const struct fit *fit, enum floor floor)
{
        return floor == COMMON ? fit->common : floor == READ ? fit->readable : fit->least;
}

/* What is cut next: of the columns above their floor those that matter least, of these the widest. */
static struct fit *next_to_cut(struct fit *fits, size_t n, enum floor floor)
{
        struct fit *found = NULL;
        size_t i;

        for (i = 0; i < n; i++)
                if (fits[i].width > floor_of(&fits[i], floor) &&
                    (!found || fits[i].priority > found->priority ||
                     (fits[i].priority == found->priority && fits[i].width > found->width)))
                        found = &fits[i];
        return found;
}

/* Cuts until all fit, first only what few rows need, then as far as can be read; then gives what is left over back to
 * those that were limited.
 */
static void share(const struct rv_layout_ask *ask, struct fit *fits, size_t n)
{
        unsigned total = needed(fits, n, WHOLE), more;
        enum floor floor = COMMON;
        struct fit *cut;
        size_t i;

        while (total > ask->width && floor < FLOORS) {
                cut = next_to_cut(fits, n, floor);
                if (cut) {
                        cut->width--;
                        total--;
                } else {
                        floor++;
                }
        }
        for (i = 0; i < n && total < ask->width; i++) {
                more = fits[i].natural - fits[i].width;
                if (more > ask->width - total)
                        more = ask->width - total;
                fits[i].width += more;
                total += more;
        }
        if (n == 1 && fits[0].width > ask->width)
                fits[0].width = ask->width;
}

/* Positions are fixed here once, so that headings and rows cannot differ. */
static int hand_over(const struct fit *fits, size_t n, struct rv_layout *ret, struct rv_err *err)
{
        size_t i;

        ret->columns = rv_arena_alloc(&ret->arena, (n + 1) * sizeof *ret->columns);
        if (!ret->columns)
                return rv_fail_memory(err);
        for (i = 0; i < n; i++) {
                ret->width += i ? RV_COLUMN_GAP : 0;
                ret->columns[i] = (struct rv_layout_column){ .column = fits[i].column,
                                                             .width = fits[i].width,
                                                             .at = ret->width,
                                                             .right = fits[i].right,
                                                             .joined = fits[i].joined,
                                                             .with = fits[i].with,
                                                             .title = fits[i].title };
                ret->width += fits[i].width;
        }
        ret->n = n;
        return RV_OK;
}

static size_t default_columns(const struct rv_layout_ask *ask, unsigned *columns)
{
        const struct rv_view *view = rv_snapshot_view(ask->snapshot);
        size_t n = 0, i,
               all = ask->screen ? rv_layout_screen(view, ask->snapshot, columns)
                                 : rv_layout_default(view, ask->snapshot, columns);

        for (i = 0; i < all; i++)
                if (!ask->titled || !rv_show_common(ask->snapshot, columns[i]))
                        columns[n++] = columns[i];
        return n;
}

/* All of it in one arena, handed over whole or freed whole. */
int rv_layout_make(const struct rv_layout_ask *ask, struct rv_layout *ret, struct rv_err *err)
{
        const struct rv_view *view = rv_snapshot_view(ask->snapshot);
        struct rv_layout made = { 0 };
        unsigned *columns;
        struct fit *fits;
        size_t n = ask->n_wanted, kept = 0, i;
        int r = RV_OK;

        columns = calloc(view->n_columns + n + 1, sizeof *columns);
        fits = calloc(view->n_columns + n + 1, sizeof *fits);
        if (!columns || !fits) {
                r = rv_fail_memory(err);
                goto out;
        }
        if (ask->wanted)
                memcpy(columns, ask->wanted, n * sizeof *columns);
        else
                n = default_columns(ask, columns);
        for (i = 0; i < n && r == RV_OK; i++) {
                if (i > 0 && i <= ask->skip && i < n - 1)
                        continue;
                if (!prepare(ask, &made.arena, columns, n, i, &fits[kept++]))
                        r = rv_fail_memory(err);
        }
        if (r == RV_OK && ask->width) {
                n = drop(ask, fits, kept);
                made.dropped = (unsigned)(kept - n);
                kept = n;
                share(ask, fits, kept);
        }
        if (r == RV_OK)
                r = hand_over(fits, kept, &made, err);
out:
        free(columns);
        free(fits);
        if (r != RV_OK)
                rv_layout_free(&made);
        else
                *ret = made;
        return r;
}

void rv_layout_free(struct rv_layout *layout)
{
        rv_arena_free(&layout->arena);
        *layout = (struct rv_layout){ 0 };
}

/* Blanks at the end of a line cost a slow terminal time and a diff its meaning. */
static void trim(struct rv_buf *out, size_t from)
{
        while (out->size > from && out->data[out->size - 1] == ' ')
                rv_buf_truncate(out, out->size - 1);
}

void rv_layout_headings(const struct rv_layout *layout, struct rv_buf *out)
{
        size_t from = out->size, i;

        for (i = 0; i < layout->n; i++) {
                if (i)
                        rv_buf_add(out, "  ", RV_COLUMN_GAP);
                rv_text_pad(layout->columns[i].title, strlen(layout->columns[i].title), layout->columns[i].width,
                            layout->columns[i].right, out);
        }
        trim(out, from);
}

/* A row that has no name in its first column (a damaged header) is called by its key. */
static unsigned naming_column(const struct rv_layout *layout, const struct rv_snapshot *snapshot, size_t row)
{
        unsigned first = layout->columns[0].column, key = rv_snapshot_key(snapshot);
        size_t i;

        for (i = 0; i < layout->n; i++)
                if (layout->columns[i].column == key)
                        return first;
        if (!(rv_snapshot_view(snapshot)->columns[first].flags & RV_MATCH))
                return first;
        return rv_cell_null(snapshot, row, first) ? key : first;
}

void rv_layout_cell(const struct rv_layout *layout, size_t i, const struct rv_look *look,
                    const struct rv_snapshot *snapshot, size_t row, struct rv_shown *shown, struct rv_buf *out)
{
        const struct rv_layout_column *column = &layout->columns[i];
        unsigned indent = 0, width;

        if (i == 0 && rv_snapshot_view(snapshot)->shape == RV_SHAPE_TREE)
                indent = 2 * rv_row_depth(snapshot, row);
        if (indent > column->width)
                indent = column->width;
        rv_text_pad("", 0, indent, false, out);
        width = column->width - indent;
        if (column->joined)
                (void)rv_with_show(&column->with, look, snapshot, row, width, shown);
        else
                rv_show_cell(look, snapshot, row, i == 0 ? naming_column(layout, snapshot, row) : column->column,
                             shown);
        if (shown->width > width)
                rv_text_pad(rv_buf_str(&shown->text), shown->text.size, width, column->right, out);
        else
                rv_text_put(rv_buf_str(&shown->text), shown->text.size, width - shown->width, column->right, out);
}

void rv_layout_row(const struct rv_layout *layout, const struct rv_look *look, const struct rv_snapshot *snapshot,
                   size_t row, struct rv_buf *out)
{
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        size_t from = out->size, i;

        for (i = 0; i < layout->n; i++) {
                if (i)
                        rv_buf_add(out, "  ", RV_COLUMN_GAP);
                rv_layout_cell(layout, i, look, snapshot, row, &shown, out);
        }
        trim(out, from);
}
