/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The figures of a plugin's line in the Overview: its tallies, worked out on what was loaded of their view.
 * Ownership: a figure owns its texts. */
#ifndef REEVE_PRESENT_TALLY_H
#define REEVE_PRESENT_TALLY_H

#include <reeve/plugin.h>

#include "core/base/buf.h"
#include "core/model/snapshot.h"
#include "tui/present/show.h"

enum rv_figure_kind {
        RV_FIGURE_NONE,    /* nothing to show */
        RV_FIGURE_LOADING, /* it reads a costly column that is not filled; texts as of a number that is not known */
        RV_FIGURE_TEXT,    /* the text alone */
        RV_FIGURE_NUMBER   /* a number, and the text is what is counted */
};

struct rv_figure {
        enum rv_figure_kind kind;
        uint32_t role;
        struct rv_buf number, text; /* number is "-" where it is not known */
};

void rv_figure_free(struct rv_figure *figure);
#define RV_FIGURE_CLEANUP __attribute__((cleanup(rv_figure_free)))

/* Works out a tally; zero: also a number of 0 is shown. Called again, the figure's texts are replaced. The filter is
 * fitted to the snapshot's own columns: it may come from the cache of another version of the plugin, and what that did
 * not have is not known. */
void rv_tally(const struct rv_look *look, const char *domain, const struct rv_tally *tally, bool zero,
              const struct rv_snapshot *snapshot, struct rv_figure *ret);
/* How many rows there are. */
void rv_tally_rows(size_t n, struct rv_figure *ret);

/* Puts the id of each costly column that the tally reads and the snapshot lacks into out (room for `room`), unless it
 * is there already; n is how many there are. Returns how many there are then. */
size_t rv_tally_lacks(const struct rv_tally *tally, const struct rv_snapshot *snapshot, const char **out, size_t n,
                      size_t room);

#endif
