/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one gate between text from outside and a terminal: what could move the cursor, change a mode, reorder or hide
 * text becomes visible characters. */
#include "core/base/utf8.h"

enum { TAB = 8, DEL = 0x7f, MARKS_MAX = 30 /* on one letter: Unicode's UAX #15, "Stream-Safe Text Format" */ };

/* Caret notation where there is one, as in cat -v; else the code point. */
static void show_char(uint32_t c, struct rv_buf *out)
{
        if (c < ' ' || c == DEL) {
                rv_buf_add_char(out, '^');
                rv_buf_add_char(out, (char)(c ^ 0x40));
        } else {
                rv_buf_printf(out, "<U+%04X>", (unsigned)c);
        }
}

/* The bytes from *at on that can be shown as they are; *at stops at the first that cannot. More marks on one letter
 * than any language has take no cells and yet a terminal's time, and its other lines. */
static void copy_plain(const char *s, size_t n, size_t *at, struct rv_buf *out)
{
        size_t start = *at, i = start, length;
        unsigned marks = 0;
        uint32_t c;

        for (; i < n; i += length) {
                if (s[i] >= ' ' && s[i] < DEL) {
                        length = 1;
                        marks = 0;
                        continue;
                }
                length = rv_utf8_decode(s + i, n - i, &c);
                if (!length || !rv_char_printable(c))
                        break;
                marks = rv_char_width(c) ? 0 : marks + 1;
                if (marks > MARKS_MAX)
                        break;
        }
        rv_buf_add(out, s + start, i - start);
        *at = i;
}

/* One byte or character that copy_plain() stopped at; returns its length. */
static size_t show_next(const char *s, size_t n, struct rv_buf *out)
{
        uint32_t c;
        size_t length = rv_utf8_decode(s, n, &c);

        if (length) {
                show_char(c, out);
                return length;
        }
        rv_buf_printf(out, "<%02X>", (unsigned)(unsigned char)*s);
        return 1;
}

bool rv_sanitize(const char *s, size_t n, struct rv_buf *out)
{
        bool unchanged = true;
        size_t i;

        for (i = 0; copy_plain(s, n, &i, out), i < n;) {
                if (s[i] == '\t' || s[i] == '\n') {
                        rv_buf_add_char(out, ' ');
                        i++;
                } else {
                        i += show_next(s + i, n - i, out);
                        unchanged = false;
                }
        }
        return unchanged;
}

/* How far the line that is being written was counted: a line of nothing but tabs is counted once, not anew at each. */
struct counted {
        size_t to, column; /* a place in the buffer, and its column */
};

/* Columns are counted in cells of what was written, not in bytes of what came in. */
static void add_tab(struct rv_buf *out, struct counted *line)
{
        line->column += rv_text_width(rv_buf_str(out) + line->to, out->size - line->to);
        do
                rv_buf_add_char(out, ' ');
        while (++line->column % TAB && !out->failed);
        line->to = out->size;
}

bool rv_sanitize_lines(const char *s, size_t n, struct rv_buf *out)
{
        struct counted line = { .to = out->size };
        size_t i;
        bool unchanged = true;

        for (i = 0; copy_plain(s, n, &i, out), i < n;) {
                if (s[i] == '\n') {
                        rv_buf_add_char(out, '\n');
                        line = (struct counted){ .to = out->size };
                        i++;
                } else if (s[i] == '\t') {
                        add_tab(out, &line);
                        i++;
                } else {
                        i += show_next(s + i, n - i, out);
                        unchanged = false;
                }
        }
        return unchanged;
}
