/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Putting text on the screen: the only words in which screens speak to curses.
 * Ownership: everything borrows. Nothing is sent before draw_end(), which sends what differs from what is shown. */
#ifndef REEVE_TUI_CURSES_DRAW_H
#define REEVE_TUI_CURSES_DRAW_H

#include "tui/curses/term.h"

struct area { /* a part of the screen; the screen's last column is in none */
        int y, x, h, w;
};

void draw_begin(struct area *ret_screen);
/* Ends a picture with the terminal's cursor at y, x, which screen readers follow. again: send everything. */
void draw_end(int y, int x, bool again);

/* Puts sanitised text into at most width cells and returns how many it took. What the terminal cannot show is "?". */
int draw_text(const struct tty *term, int y, int x, int width, const char *text, enum style style);
int draw_bytes(const struct tty *term, int y, int x, int width, const char *text, size_t n, enum style style);
/* The same, ending at column x + width; returns where it starts. */
int draw_right(const struct tty *term, int y, int x, int width, const char *text, enum style style);
/* Changes how cells already put look. */
void draw_style(const struct tty *term, int y, int x, int width, enum style style);
/* An empty box with a border, lines where the terminal has them. */
void draw_box(const struct tty *term, const struct area *box);

#endif
