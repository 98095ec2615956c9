/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages on standard error, wrapped where that is a terminal. Ownership: everything borrows. */
#ifndef REEVE_PRESENT_SAY_H
#define REEVE_PRESENT_SAY_H

#include <stddef.h>

struct rv_buf;

/* Cells of a line of the terminal behind fd; its last column stays free. */
unsigned rv_terminal_width(int fd);
/* Writes lines of messages to standard error; on a terminal they are wrapped at blanks, with what follows of a line
 * below its text. Complaints end there: nowhere is left to report that they cannot be written. */
void rv_say(const struct rv_buf *text);
/* The wrapping alone, to width cells; a word that is longer stays whole, because it may be a path to copy. */
void rv_say_wrapped(const char *text, size_t n, unsigned width, struct rv_buf *out);

#endif
