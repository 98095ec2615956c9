/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Overview: what it has loaded, and the lines made from it.
 * Ownership: the overview owns its snapshots and lines. */
#ifndef REEVE_TUI_CURSES_OVERVIEW_H
#define REEVE_TUI_CURSES_OVERVIEW_H

#include "core/model/plugin.h"
#include "tui/curses/host.h"
#include "tui/curses/ui.h"
#include "tui/present/tally.h"

enum { SPACES = 8 };

struct overview_view { /* one that figures are made of */
        const char *id;
        struct rv_snapshot *snapshot;
        bool loading;
        bool filling; /* its costly columns that are counted were asked for: they take longer than the rows */
};

struct overview_part {                  /* what one plugin contributes */
        const struct rv_plugin *plugin; /* NULL: it cannot be opened */
        struct overview_view views[RV_TALLIES_MAX];
        size_t n_views;
        struct rv_figure figures[RV_TALLIES_MAX]; /* of its tallies in order; of none: its rows */
        struct rv_snapshot *findings, *changes;
        struct rv_filter *fitting;  /* the filter for its findings, while lines are made */
        bool failed, failed_before; /* before: when it was loaded last, and nothing has told otherwise yet */
        struct rv_buf failure;
};

enum line_kind { LINE_BLANK, LINE_HEADING, LINE_FINDING, LINE_MORE, LINE_REST, LINE_SUMMARY, LINE_SPACE, LINE_CHANGE };

struct overview_line {
        enum line_kind kind;
        const char *heading;
        size_t count; /* LINE_REST: findings that are not shown */
        size_t part;  /* a tab's number */
        const struct rv_snapshot *snapshot;
        size_t row;   /* of the snapshot, or of the spaces */
        unsigned nth; /* which line of a finding's text: the first is a finding, the others are LINE_MORE */
};

struct overview {
        struct page page;
        struct overview_part *parts; /* by tab; the first is the Overview's own and empty */
        struct host_space spaces[SPACES];
        size_t n_spaces;
        struct rv_buf system, kernel;
        struct overview_line *lines;
        size_t n, room, at, top;
        size_t n_findings;             /* the filtered ones too */
        struct rv_buf filter, problem; /* of the findings */
        struct rv_filter *compiled;    /* for the common view */
        int width;                     /* that the lines were made for */
};

/* Cells of a finding's text on a screen of this width, and where its plugin stands. */
int overview_where(int width);
/* The nth line of a finding's text, wrapped; false when it has fewer. */
bool overview_wrapped(const struct overview *overview, const struct overview_line *line, unsigned nth,
                      struct rv_buf *out);

/* overview_lines.c: makes the lines again, the worst finding first; the cursor stays where it can. */
void overview_arrange(struct overview *overview);
bool overview_selectable(const struct overview_line *line);
/* A cell by its column's id; "" when there is none. */
const char *overview_text(const struct rv_snapshot *snapshot, size_t row, const char *id);
int64_t overview_number(const struct rv_snapshot *snapshot, size_t row, const char *id, int64_t otherwise);

/* What to do about the finding under the cursor; nothing when it is none or has no hint. */
void overview_hint(const struct overview *overview, struct rv_buf *out);

/* overview_figures.c */
/* Names the views that the figures of a part are made of. */
void overview_name_views(struct overview_part *part);
/* Works out the figures that a part has from one of its views, which was loaded. */
void overview_count(const struct overview *overview, struct overview_part *part, const struct overview_view *view);
void overview_draw_figures(struct overview *overview, size_t part, int y, int w);

/* overview_draw.c */
void overview_draw(struct page *page, const struct area *area);

#endif
