/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A view as a list: what its parts share (data, drawing, answering).
 * Ownership: the list owns its snapshot, rows, layout and texts. */
#ifndef REEVE_TUI_CURSES_LIST_H
#define REEVE_TUI_CURSES_LIST_H

#include "core/model/plugin.h"
#include "core/model/rows.h"
#include "tui/curses/picks.h"
#include "tui/curses/ui.h"
#include "tui/present/layout.h"

struct list {
        struct page page;
        struct place place;
        const struct rv_plugin *plugin; /* NULL: reeve's own view, or one that cannot be opened */
        const struct rv_view *view;     /* as declared now; NULL: it cannot be opened */
        struct rv_snapshot *snapshot;
        struct rv_rows rows;
        size_t at, top; /* positions in rows */
        int height;     /* rows on the screen when it was drawn last */
        struct rv_layout layout;
        bool laid_out;
        int laid_width;
        unsigned skip; /* columns scrolled away */
        struct rv_buf filter, problem, failure;
        struct rv_filter *compiled; /* the last one that was right */
        struct rv_order order;
        unsigned *columns; /* chosen by the user; NULL: the view's own */
        size_t n_columns;
        char **words; /* rows that were named; the others are not shown */
        size_t n_words;
        int64_t limit;            /* rows at most */
        bool fixed;               /* made once, not loaded */
        bool open_named;          /* the one row that was named is what was asked for */
        unsigned open_timer;      /* 0: none */
        struct rv_buf missing;    /* which word names no row */
        struct rv_snapshot *held; /* the cheap columns, while the costly ones may still come in time for one picture */
        unsigned hold_timer;      /* 0: none */
        bool filled_asked;        /* the costly columns were asked for, and are not there yet */
        struct picks picks;
        struct rv_snapshot *below[RV_BELOW_MAX]; /* as the view declares them; NULL: not loaded */
        struct list_cursor {
                struct rv_buf key;
        } kept;
};

/* list_data.c */
/* Loads; reload: not from the cache. */
void list_load(struct list *list, bool reload);
/* Forgets what is held back. */
void list_release(struct list *list);
/* Filters and sorts what is loaded, keeping the row under the cursor. */
void list_apply(struct list *list);
/* Columns that are shown, in order; out has room for all of the view's. */
size_t list_columns(const struct list *list, const struct rv_snapshot *snapshot, unsigned *out);
/* A filter as it is typed: the one in force, and what is wrong with the letters behind it. */
struct typed_filter {
        struct rv_buf *text, *problem;
        struct rv_filter **compiled; /* NULL in it: every row */
};
/* Takes what was typed so far; final: not being typed any more. False: the filter in force stays. */
bool filter_typed(struct ui *ui, const struct rv_view *view, const char *text, bool final,
                  const struct typed_filter *typed);
bool list_filter(struct list *list, const char *text, bool final);
void list_sort(struct list *list, unsigned column);
/* The key of the row at a position, "" beyond the end; a key that is no text is written to number. */
const char *list_key(const struct list *list, size_t position, char number[24]);

/* list_draw.c */
void list_draw(struct page *page, const struct area *area);

/* below.c: the views that the list's own declares for the lines below a few rows. */
void below_load(struct list *list, bool reload);
/* Takes the lines that it uses from the top of the area. */
void below_draw(struct list *list, struct area *area);
void below_free(struct list *list);

/* list_menu.c */
void list_sort_menu(struct list *list);
void list_columns_menu(struct list *list);
void list_actions_menu(struct list *list);
bool list_has_actions(const struct list *list);

/* record.c: a row's fields in a part of the screen, without a cursor. */
void record_draw_row(struct ui *ui, const struct rv_snapshot *snapshot, size_t row, const struct area *area);

#endif
