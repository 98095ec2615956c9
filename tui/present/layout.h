/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which columns of a view are shown, under which headings, and how wide: for a given width of the screen.
 * Ownership: a layout owns its arrays and headings; it borrows nothing once made. */
#ifndef REEVE_PRESENT_LAYOUT_H
#define REEVE_PRESENT_LAYOUT_H

#include "core/base/arena.h"
#include "tui/present/with.h"

struct rv_rows;

enum { RV_COLUMN_GAP = 2, RV_COLUMN_LIMIT = 48 }; /* blanks between columns; cells that one column may take at first */

struct rv_layout_ask {
        const struct rv_snapshot *snapshot;
        const struct rv_rows *rows; /* NULL: all */
        const struct rv_look *look;
        const unsigned *wanted; /* columns in order; NULL: those the view shows by itself */
        size_t n_wanted;
        unsigned width;      /* cells for all columns; 0: no limit, nothing is dropped or cut */
        size_t first, count; /* rows that are measured, as positions in `rows`; count 0: all */
        unsigned skip;       /* columns scrolled away to the left; the first column stays */
        bool titled;         /* what rv_show_common() says stands elsewhere: it has no column unless it is wanted */
        /* The full screen: words stand with what they are declared to be shown with, and of the wanted columns those
         * that the view shows by itself drop by their priority, so that the others can be read. */
        bool screen;
};

struct rv_layout_column {
        unsigned column;    /* index in the view */
        unsigned width, at; /* cells; where it starts */
        bool right, joined; /* joined: shown with the word of another column */
        struct rv_with with;
        const char *title; /* heading in capitals, translated, at most `width` cells unless width is unlimited */
};

struct rv_layout {
        struct rv_layout_column *columns;
        size_t n;
        unsigned width;   /* cells that a full row takes */
        unsigned dropped; /* columns left out because they do not fit (a screen shows ">") */
        struct rv_arena arena;
};

/* Columns that a view shows by itself: neither hidden nor costly and unfilled. Returns how many; out has room for
 * n_columns of the view. snapshot NULL: as if everything were filled (what to ask for before loading). */
size_t rv_layout_default(const struct rv_view *view, const struct rv_snapshot *snapshot, unsigned *out);
/* The same for the full screen: without those whose words stand in cells of the others. */
size_t rv_layout_screen(const struct rv_view *view, const struct rv_snapshot *snapshot, unsigned *out);
/* Columns without any value go first, then by priority (largest first), so that texts of priority 0 stay whole, or at
 * least readable; what remains is cut in the same order. The first column always stays. RV_FAILED: no memory. */
int rv_layout_make(const struct rv_layout_ask *ask, struct rv_layout *ret, struct rv_err *err) RV_CHECK;
void rv_layout_free(struct rv_layout *layout);
#define RV_LAYOUT_CLEANUP __attribute__((cleanup(rv_layout_free)))

/* Renders the i-th shown column of a row into *shown and appends it padded or cut to its width; a tree's first column
 * is indented by its depth. */
void rv_layout_cell(const struct rv_layout *layout, size_t i, const struct rv_look *look,
                    const struct rv_snapshot *snapshot, size_t row, struct rv_shown *shown, struct rv_buf *out);
/* Appends the headings, and one row; trailing blanks are left out.*/
void rv_layout_headings(const struct rv_layout *layout, struct rv_buf *out);
void rv_layout_row(const struct rv_layout *layout, const struct rv_look *look, const struct rv_snapshot *snapshot,
                   size_t row, struct rv_buf *out);

/* A record: label and value, one column a line. Columns that are null are left out unless all is set. */
struct rv_record {
        unsigned *columns; /* malloc'd */
        size_t n;
        unsigned label_width; /* cells of the widest title */
};
int rv_record_make(const struct rv_snapshot *snapshot, size_t row, const unsigned *wanted, size_t n_wanted, bool all,
                   struct rv_record *ret, struct rv_err *err) RV_CHECK;
void rv_record_free(struct rv_record *record);
#define RV_RECORD_CLEANUP __attribute__((cleanup(rv_record_free)))
/* Appends the record's lines ("Title   value"), values wrapped to `width` cells (0: not) under themselves. */
void rv_record_text(const struct rv_record *record, const struct rv_look *look, const struct rv_snapshot *snapshot,
                    size_t row, unsigned width, struct rv_buf *out);

#endif
