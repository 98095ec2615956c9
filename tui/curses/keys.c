/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The key table. Help, the key line and the dispatch all read it, so that none can say what another does not do. */
#include "tui/curses/keys.h"

#include <string.h>

#include "core/base/utf8.h"
#include "tui/present/text.h"

const struct key_row key_table[] = {
        { ACT_OPEN, { KEY_RETURN }, "Enter", N_("open the row, follow a reference"), N_("open"), "Enter", 3 },
        { ACT_SELECT, { ' ' }, N_("Spacebar"), N_("select the row, or take it out again"), N_("Space select"), "", 7 },
        { ACT_SELECT_ALL, { '*' }, "*", N_("select all rows that the filter leaves, or none"), NULL, "", 0 },
        { ACT_UP, { KEY_ARROW_UP, 'k' }, "Up k", N_("one row up"), NULL, "", 0 },
        { ACT_DOWN, { KEY_ARROW_DOWN, 'j' }, "Down j", N_("one row down"), NULL, "", 0 },
        { ACT_PAGE_UP, { KEY_PAGE_UP, '<', KEY_CTRL('u') }, "PgUp < ^U", N_("one page up"), NULL, "", 0 },
        { ACT_PAGE_DOWN, { KEY_PAGE_DOWN, '>', KEY_CTRL('d') }, "PgDn > ^D", N_("one page down"), NULL, "", 0 },
        { ACT_HOME, { KEY_TO_HOME, 'g' }, "Home g", N_("first row"), NULL, "", 0 },
        { ACT_END, { KEY_TO_END, 'G' }, "End G", N_("last row"), NULL, "", 0 },
        { ACT_LEFT, { KEY_ARROW_LEFT, 'h' }, "Left h", N_("columns to the left"), NULL, "", 0 },
        { ACT_RIGHT, { KEY_ARROW_RIGHT, 'l' }, "Right l", N_("columns to the right"), NULL, "", 0 },
        { ACT_TAB, { '1', '2', '3', '4', '5', '6' }, "1-9", N_("go to a tab"), N_("tab"), "1-9", 8 },
        { ACT_NEXT_VIEW, { KEY_TABULATOR }, "Tab", N_("next view of the tab"), N_("view"), "Tab", 6 },
        { ACT_LAST_VIEW, { KEY_BACK_TAB }, "Shift-Tab", N_("previous view of the tab"), NULL, "", 0 },
        { ACT_JOBS, { 'J' }, "J", N_("jobs"), N_("jobs"), "J", 12 },
        { ACT_FILTER, { '/' }, "/", N_("filter the rows as you type; search in a text"), N_("filter"), "/", 4 },
        { ACT_NEXT, { 'n' }, "n", N_("next match in a text"), N_("next"), "n", 10 },
        { ACT_PREVIOUS, { 'N' }, "N", N_("previous match in a text"), NULL, "", 0 },
        { ACT_SORT, { 's' }, "s", N_("sort by a column"), N_("sort"), "s", 9 },
        { ACT_REVERSE, { 'S' }, "S", N_("reverse the order"), NULL, "", 0 },
        { ACT_COLUMNS, { 'c' }, "c", N_("choose the columns"), N_("columns"), "c", 11 },
        { ACT_ACTIONS, { 'a' }, "a", N_("all actions of this row"), N_("actions"), "a", 5 },
        { ACT_COMMAND, { ':' }, ":", N_("a command, with the words of the command line"), N_("command"), ":", 13 },
        { ACT_AS_COMMAND, { 'w' }, "w", N_("this view as a command for a shell"), N_("as command"), "w", 14 },
        { ACT_RELOAD, { KEY_CTRL('r'), KEY_FUNCTION + 5 }, "^R F5", N_("load again"), NULL, "", 0 },
        { ACT_STOP, { KEY_CTRL('c') }, "^C", N_("stop loading"), N_("stop"), "^C", 2 },
        { ACT_REPAINT, { KEY_CTRL('l') }, "^L", N_("repaint the screen"), NULL, "", 0 },
        { ACT_SUSPEND, { KEY_CTRL('z') }, "^Z", N_("back to the shell for a while"), NULL, "", 0 },
        { ACT_HELP, { '?', KEY_FUNCTION + 1 }, "? F1", N_("this help"), N_("help"), "?", 1 },
        { ACT_BACK, { 'q' }, "q", N_("back; leave from a tab's own view"), N_("quit"), "q", 0 },
        { ACT_ESCAPE, { KEY_ESCAPE }, "Esc", N_("clear the filter, then back"), N_("back"), "q", 0 },
        { ACT_LEAVE, { 'Q', KEY_FUNCTION + 10 }, "Q F10", N_("leave from anywhere"), NULL, "", 0 },
};
const size_t key_table_size = sizeof key_table / sizeof key_table[0];

enum act key_act(int key)
{
        size_t i, j;

        if (key >= '1' && key <= '9')
                return ACT_TAB;
        for (i = 0; i < key_table_size; i++)
                for (j = 0; j < 7 && key_table[i].keys[j]; j++)
                        if (key_table[i].keys[j] == key)
                                return key_table[i].act;
        return ACT_NONE;
}

/* A-H, [ and O are the rests of a split arrow key: they must never change anything (see ui.md). */
bool key_is_free(int key)
{
        return key > ' ' && key < 0x7f && key_act(key) == ACT_NONE && (key < 'A' || key > 'H') && key != '[' &&
               key != 'O';
}

static void add_hint(const struct key_row *row, struct rv_buf *out)
{
        rv_buf_add_str(out, out->size ? "  " : " ");
        rv_buf_add_str(out, row->hint_key);
        if (*row->hint_key) /* else the key has a name in each language, which the hint begins with */
                rv_buf_add_char(out, ' ');
        rv_buf_add_str(out, _(row->hint));
}

void key_line(uint64_t can, unsigned width, struct rv_buf *out)
{
        int keep;
        size_t i;

        /* Hints go by weight until the rest fits, and stay in the table's order. */
        for (keep = 16; keep >= 0; keep--) {
                RV_BUF_CLEANUP struct rv_buf line = { 0 };

                for (i = 0; i < key_table_size; i++)
                        if (key_table[i].hint && key_table[i].weight <= keep && (can & ACT_BIT(key_table[i].act)))
                                add_hint(&key_table[i], &line);
                if (rv_text_width(rv_buf_str(&line), line.size) <= width) {
                        rv_buf_add(out, rv_buf_str(&line), line.size);
                        break;
                }
        }
}
