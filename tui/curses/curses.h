/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The full-screen front end; the only one that knows a screen with a cursor. It is a back end of the program, behind
 * one const object that core/distro/open.h opens: loading curses costs a command that only prints a tenth of its time.
 * Ownership: options and host are borrowed while it runs. Nothing else under tui/ includes what lies beside this
 * header.
 */
#ifndef REEVE_TUI_CURSES_H
#define REEVE_TUI_CURSES_H

#include "core/distro/open.h"
#include "tui/present/settings.h"

#define RV_CURSES_ABI 1

struct rv_host;

struct rv_ui_options {
        const char *plugin, *view;          /* what to open; NULL: the Overview, the plugin's first view */
        const char *where, *sort, *columns; /* of that view, as on the command line; NULL: its own */
        int64_t limit;                      /* -1: none */
        enum rv_color color;
        bool ascii;
};

struct rv_curses {
        struct rv_backend backend; /* RV_CURSES_ABI, size of this struct */

        /* Runs until the user leaves. Returns 0 then; RV_UNSUPPORTED before anything was sent when this terminal cannot
         * place a cursor (the caller goes on in line mode); RV_OUTPUT when the terminal went away. rv_text_setup() was
         * called before. When a plugin hangs in the end, it does not return: the process ends with that status. */
        int (*run)(struct rv_host *host, const struct rv_ui_options *options, struct rv_err *err);
};

#endif
