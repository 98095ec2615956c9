/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A box of lines to choose from, above the page.
 * Ownership: the menu owns its items; user is the caller's and must live as long as the page that opened it. */
#ifndef REEVE_TUI_CURSES_MENU_H
#define REEVE_TUI_CURSES_MENU_H

#include "tui/curses/ui.h"

/* Opens an empty menu; items are added, then it is shown at the next paint. */
struct menu *menu_open(struct ui *ui, const char *title, void (*chosen)(struct menu *menu, void *user), void *user);
void menu_add(struct menu *menu, const char *text, bool marked);
void menu_key(struct ui *ui, int key);
void menu_draw(struct ui *ui, const struct area *screen, int *ret_y, int *ret_x);
void menu_close(struct menu *menu);

#endif
