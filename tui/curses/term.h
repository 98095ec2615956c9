/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The terminal: taken over and given back, its keys as numbers, and what it can show.
 * Ownership: one terminal at a time; term_close() gives its modes back, and so does every way of dying. */
#ifndef REEVE_TUI_CURSES_TERM_H
#define REEVE_TUI_CURSES_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include <reeve/view.h>

struct rv_ui_options;

/* Keys that are no characters lie above all of Unicode. */
enum key {
        KEY_NOTHING = 0x200000, /* no input waits */
        KEY_GONE,               /* the terminal is no more */
        KEY_ARROW_UP,
        KEY_ARROW_DOWN,
        KEY_ARROW_LEFT,
        KEY_ARROW_RIGHT,
        KEY_PAGE_UP,
        KEY_PAGE_DOWN,
        KEY_TO_HOME,
        KEY_TO_END,
        KEY_INSERT,
        KEY_ERASE,      /* backspace */
        KEY_ERASE_NEXT, /* delete */
        KEY_BACK_TAB,
        KEY_FUNCTION, /* + n is Fn, to F12 */
        KEY_UNKNOWN = KEY_FUNCTION + 16
};
#define KEY_CTRL(c) ((c)&31)
enum { KEY_ESCAPE = 27, KEY_RETURN = 13, KEY_TABULATOR = 9 };

enum style {
        STYLE_PLAIN, /* RV_PLAIN ... RV_MUTED are the first six */
        STYLE_MUTED = RV_MUTED,
        STYLE_TITLE,
        STYLE_CURSOR,
        STYLE_COUNT
};

struct tty {
        void *screen, *keys; /* SCREEN *, WINDOW *: a pad, so that reading a key never paints */
        int signals;         /* signalfd of SIGWINCH, SIGTSTP, SIGCONT */
        bool color, utf8, ascii;
        bool slow; /* below 38400 baud */
        uint64_t styles[STYLE_COUNT];
};

/* RV_UNSUPPORTED: this terminal cannot place a cursor, or is none; nothing was sent to it. abandon (NULL: nothing) is
 * called in a signal handler before the end that the program would not have come to by itself. */
int term_open(const struct rv_ui_options *options, void (*abandon)(void), struct tty *ret, struct rv_err *err) RV_CHECK;
void term_close(struct tty *term);
/* One key, KEY_NOTHING when none waits. A lone Esc takes ESCDELAY. */
int term_key(struct tty *term);
/* Gives the terminal to the shell until somebody continues us, and takes it back. */
void term_suspend(struct tty *term);
/* Handles what signals asked for; true when everything must be painted again. */
bool term_signals(struct tty *term);
void term_size(int *ret_rows, int *ret_columns);

#endif
