/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one key table: what a key does, what help says of it, and what the key line shows.
 * Ownership: the table is const; texts are msgids of reeve's own domain. */
#ifndef REEVE_TUI_CURSES_KEYS_H
#define REEVE_TUI_CURSES_KEYS_H

#include "core/base/buf.h"
#include "tui/curses/term.h"

struct rv_buf;

enum act {
        ACT_NONE,
        ACT_UP,
        ACT_DOWN,
        ACT_PAGE_UP,
        ACT_PAGE_DOWN,
        ACT_HOME,
        ACT_END,
        ACT_LEFT,
        ACT_RIGHT,
        ACT_OPEN,
        ACT_BACK,   /* q */
        ACT_ESCAPE, /* clears a filter first, then as q */
        ACT_LEAVE,
        ACT_TAB, /* 1-9 */
        ACT_NEXT_VIEW,
        ACT_LAST_VIEW,
        ACT_FILTER,
        ACT_NEXT,
        ACT_PREVIOUS,
        ACT_SORT,
        ACT_REVERSE,
        ACT_COLUMNS,
        ACT_SELECT,
        ACT_SELECT_ALL,
        ACT_ACTIONS,
        ACT_AS_COMMAND,
        ACT_JOBS,
        ACT_COMMAND,
        ACT_HELP,
        ACT_REPAINT,
        ACT_RELOAD,
        ACT_STOP,
        ACT_SUSPEND,
        ACT_COUNT
};
#define ACT_BIT(act) (UINT64_C(1) << (act))

struct key_row {
        enum act act;
        int keys[7];       /* 0-ended */
        const char *shown; /* how help writes the keys; not translated */
        const char *help;  /* msgid */
        const char *hint;  /* msgid for the key line, NULL: never there */
        char hint_key[8];
        int weight; /* what stays longest in the key line: small */
};

extern const struct key_row key_table[];
extern const size_t key_table_size;

enum act key_act(int key);
/* Whether a plugin's action may have this letter: it does nothing of ours. */
bool key_is_free(int key);
/* Appends the key line for the acts in `can` to fit width cells, in the table's order. */
void key_line(uint64_t can, unsigned width, struct rv_buf *out);

#endif
