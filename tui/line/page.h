/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages of line mode: what was opened last lies on top; `back` goes down to the one before.
 * Ownership: the pages own their commands, words and snapshots; text goes to the loop's buffer. */
#ifndef REEVE_LINE_PAGE_H
#define REEVE_LINE_PAGE_H

#include "tui/present/command.h"
#include "tui/present/layout.h"

struct rv_line;

enum { RV_PAGE_ROWS = 20, RV_PAGE_DEPTH = 16, RV_PAGE_REFS = 16 };

struct rv_page {
        struct rv_command command;
        struct rv_result result;
        struct rv_arena arena;               /* copies of the command's words */
        struct rv_layout layout;             /* the same for all rows of the page */
        bool is_record;                      /* one row: its numbers follow refs */
        size_t next;                         /* first row that was not shown yet */
        unsigned refs[RV_PAGE_REFS], n_refs; /* columns of a record that lead somewhere */
};

struct rv_pages {
        const struct rv_line *line;
        struct rv_buf *out;
        struct rv_page *stack[RV_PAGE_DEPTH];
        unsigned n;
        struct rv_buf said; /* the warnings shown last: the next record does not repeat them */
        int status;         /* of the page opened last: partial when it has warnings */
};

void rv_pages_init(struct rv_pages *pages, const struct rv_line *line, struct rv_buf *out);
void rv_pages_free(struct rv_pages *pages);
/* Cells of a line: those of the terminal, or the usual ones where they are not known. */
unsigned rv_pages_width(const struct rv_pages *pages);
/* Whether the words are a view for people, which a page can show. */
bool rv_pages_is_view(const struct rv_pages *pages, const char *const *words, size_t n);
/* Loads a view and shows its first rows. The words are copied. */
int rv_pages_push(struct rv_pages *pages, const char *const *words, size_t n, struct rv_err *err) RV_CHECK;
/* Opens a row by its number, or follows a record's ref. */
int rv_pages_open(struct rv_pages *pages, size_t number, struct rv_err *err) RV_CHECK;
int rv_pages_back(struct rv_pages *pages, struct rv_err *err) RV_CHECK;
void rv_pages_more(struct rv_pages *pages);
enum rv_change { RV_CHANGE_WHERE, RV_CHANGE_SORT, RV_CHANGE_COLUMNS, RV_CHANGE_RELOAD };
/* Shows the page on top again, changed; NULL takes that choice away. */
int rv_pages_change(struct rv_pages *pages, enum rv_change change, const char *value, struct rv_err *err) RV_CHECK;

#endif
