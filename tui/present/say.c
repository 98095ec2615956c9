/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages on standard error: each line begins as rv_tr_error() makes it, and what does not fit on a terminal's line
 * follows below its text. */
#include "tui/present/say.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "tui/present/text.h"

enum { USUAL_WIDTH = 80, WIDEST = 2000, NARROWEST = 20 /* cells that are worth wrapping to */ };

/* A serial line says 0: then the environment counts, then the usual 80. */
unsigned rv_terminal_width(int fd)
{
        struct winsize size;
        const char *columns = getenv("COLUMNS");
        long n;

        if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
                return size.ws_col > 1 ? size.ws_col - 1U : 1;
        n = columns ? strtol(columns, NULL, 10) : 0;
        return n > 1 && n < WIDEST ? (unsigned)n - 1 : USUAL_WIDTH - 1;
}

/* Where the text of a message's line begins: behind "reeve: " and "-> ". */
static unsigned text_at(const char *line, size_t n)
{
        static const char *const signs[] = { "reeve: ", "-> " };
        size_t at = 0, i;

        while (at < n && line[at] == ' ')
                at++;
        for (i = 0; i < sizeof signs / sizeof *signs; i++)
                if (n - at > strlen(signs[i]) && at < NARROWEST / 2 &&
                    strncmp(line + at, signs[i], strlen(signs[i])) == 0)
                        return (unsigned)(at + strlen(signs[i]));
        return at < NARROWEST / 2 ? (unsigned)at : 0;
}

/* One line without its newline. */
static void wrap_line(const char *line, size_t n, unsigned width, struct rv_buf *out)
{
        const unsigned indent = text_at(line, n);
        size_t used = indent < n ? indent : n, piece, next;

        rv_buf_add(out, line, used);
        do {
                piece = rv_text_wrap(line + used, n - used, width - indent, &next);
                if (used + next < n && next == piece && line[used + next] != ' ') {
                        /* No blank within the width. */
                        while (used + piece < n && line[used + piece] != ' ')
                                piece++;
                        next = piece + (used + piece < n);
                }
                rv_buf_add(out, line + used, piece);
                rv_buf_add_char(out, '\n');
                used += next;
                if (used < n)
                        rv_text_put("", 0, indent, false, out);
        } while (used < n);
}

void rv_say_wrapped(const char *text, size_t n, unsigned width, struct rv_buf *out)
{
        size_t at = 0, len;
        const char *end;

        while (at < n) {
                end = memchr(text + at, '\n', n - at);
                len = end ? (size_t)(end - text) - at : n - at;
                wrap_line(text + at, len, width, out);
                at += len + 1;
        }
}

void rv_say(const struct rv_buf *text)
{
        RV_BUF_CLEANUP struct rv_buf wrapped = { 0 };
        const unsigned width = isatty(STDERR_FILENO) == 1 ? rv_terminal_width(STDERR_FILENO) : 0;

        if (width >= NARROWEST)
                rv_say_wrapped(rv_buf_str(text), text->size, width, &wrapped);
        if (width >= NARROWEST && !wrapped.failed)
                text = &wrapped;
        (void)!rv_write_all(STDERR_FILENO, rv_buf_str(text), text->size);
}
