/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loading for pages: in the lane of the plugin, never in the thread that draws.
 * Ownership: a load belongs to the ui; a page that goes away drops its loads and is not called again. */
#ifndef REEVE_TUI_CURSES_LOAD_H
#define REEVE_TUI_CURSES_LOAD_H

#include "tui/curses/ui.h"

/* snapshot is the callee's (NULL on failure); err is borrowed and NULL on success. */
typedef void load_done(struct page *page, int tag, struct rv_snapshot *take_snapshot, const struct rv_err *err);

struct load_ask {
        const char *plugin, *view, *word;
        const char *const *columns; /* ids of the costly ones that are wanted */
        size_t n_columns;
        bool all_columns, reload;
        int tag; /* told back to done */
        load_done *done;
};
/* done is called later, once, unless the page drops it. A failure to start is told through done too. */
void load_start(struct page *page, const struct load_ask *ask);
/* What the cache holds, fresh or not; NULL for nothing. Does not wait. */
struct rv_snapshot *load_stale(struct page *page, const struct load_ask *ask);
/* Anything else that must not be done in the drawing thread. work owns *user until done; free_user when dropped. */
typedef void load_work(void *user);
void load_run(struct page *page, const char *lane, load_work *work, void (*done)(struct page *page, void *user),
              void (*free_user)(void *user), void *user);
/* Cancels what the page waits for. */
void load_drop(struct page *page);
/* Whether nothing is under way any more, for any page. */
bool load_idle(const struct ui *ui);
/* At the end, when no lane runs any more. */
void load_free_all(struct ui *ui);

#endif
