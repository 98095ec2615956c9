/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The line editor for filters, searches and commands.
 * Ownership: the ui owns the prompt; its text is what the user typed, valid UTF-8 without control characters. */
#ifndef REEVE_TUI_CURSES_PROMPT_H
#define REEVE_TUI_CURSES_PROMPT_H

#include "tui/curses/ui.h"

void prompt_open(struct ui *ui, char sign, const char *text);
void prompt_key(struct ui *ui, int key);
/* Draws into one line of the screen and sets where the cursor is. */
void prompt_draw(struct ui *ui, const struct area *line, int *ret_x);
void prompt_free(struct prompt *prompt);

/* command.c: runs a line of words; says in a note what it cannot do. */
void command_run(struct ui *ui, const char *line);
/* Replaces the word before the cursor by what it can be; several are told in a note. */
void command_complete(struct ui *ui, struct prompt *prompt);

#endif
