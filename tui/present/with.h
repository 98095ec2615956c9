/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cells of the screen that hold a value and the word of another column with it, as a signer and the verdict on them.
 * Ownership: as in show.h. */
#ifndef REEVE_PRESENT_WITH_H
#define REEVE_PRESENT_WITH_H

#include "tui/present/show.h"

/* The enum column whose word this one is declared to be shown with; -1: none. */
int rv_with(const struct rv_view *view, unsigned column);
/* Whether this column's word stands in a cell of one of these, so that it is no column of its own. */
bool rv_with_any(const struct rv_view *view, unsigned column, const unsigned *columns, size_t n);

struct rv_with {
        unsigned column, word; /* indexes in the view */
        unsigned lead;         /* cells that values take where words stand in line behind them; 0: they do not */
};
/* Whether the words stand in line: what is compared down the column has nothing before it either. */
bool rv_with_in_line(const struct rv_column *column);
/* "Somebody" where all is well, else "! Somebody revoked", "- unsigned"; in line "1.28.0-2  critical". In `room`
 * cells (0: no limit) the value is cut or goes; the word is whole, so that the caller cuts what is longer still.
 * Returns the cells that are the word's, with the sign and blanks that belong to it; 0 where none is shown. */
unsigned rv_with_show(const struct rv_with *with, const struct rv_look *look, const struct rv_snapshot *snapshot,
                      size_t row, unsigned room, struct rv_shown *ret);

#endif
