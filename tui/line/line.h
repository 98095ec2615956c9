/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Line mode: a prompt, numbered rows, the words of batch mode; no escape sequence is ever sent.
 * Ownership: borrows all it is given while it runs. */
#ifndef REEVE_LINE_LINE_H
#define REEVE_LINE_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct rv_host;
struct rv_settings;

struct rv_line {
        struct rv_host *host;
        const struct rv_settings *settings; /* every command begins with them */
        unsigned width;                     /* cells of a line; 0: unknown */
        bool terminal;                      /* somebody types: there is a prompt, and pages wait for `more` */
        bool ascii;
        const char *const *first; /* the command whose page is shown first, where somebody types */
        size_t n_first;
        int (*run)(void *user, const char *const *words, size_t n); /* what is no view goes to batch mode */
        void *user;
};

/* Reads commands from standard input until `quit` or its end. Returns an exit status: the last command's when nobody
 * types, 0 otherwise. */
int rv_line_main(const struct rv_line *line);

#endif
