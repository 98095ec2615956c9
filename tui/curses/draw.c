/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text into cells. Widths are the C library's here and nowhere else, since curses counts with them: a character that
 * it does not know is shown as "?" rather than in a form that shifts the line. */
#include "tui/curses/draw.h"

#include <curses.h>
#include <string.h>
#include <wchar.h>

#include "core/base/utf8.h"

void draw_begin(struct area *ret_screen)
{
        erase();
        *ret_screen = (struct area){ .h = LINES, .w = COLS > 3 ? COLS - 1 : COLS };
}

void draw_end(int y, int x, bool again)
{
        if (again)
                clearok(curscr, TRUE);
        move(y < LINES ? y : LINES - 1, x < COLS ? x : COLS - 1);
        refresh();
}

/* One character as it is sent; returns its bytes in out and sets how many cells it takes. */
static size_t one(const struct tty *term, uint32_t c, char out[4], int *ret_cells)
{
        int cells = c < 0x80 ? 1 : wcwidth((wchar_t)c);

        *ret_cells = 1;
        if (c < 0x20 || c == 0x7f || cells < 0 || (c >= 0x80 && term->ascii)) {
                out[0] = '?';
                return 1;
        }
        *ret_cells = cells;
        return rv_utf8_encode(c, out);
}

/* Whether anything but blanks is left. */
static bool has_more(const char *text, size_t n)
{
        while (n && (*text == ' ' || *text == '\n')) {
                text++;
                n--;
        }
        return n > 0;
}

/* Cells are counted before anything is put: what would be cut in the middle of a wide character is left out, and a text
 * that is cut ends in "~". */
int draw_bytes(const struct tty *term, int y, int x, int width, const char *text, size_t n, enum style style)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        int used = 0, cells, whole = 0;
        size_t step, size, whole_size = 0;
        char bytes[4];
        uint32_t c;

        if (y < 0 || y >= LINES || x < 0 || x >= COLS)
                return 0;
        if (width > COLS - x)
                width = COLS - x;
        for (; n; text += step, n -= step) {
                step = rv_utf8_decode(text, n, &c);
                if (step == 0) {
                        step = 1;
                        c = '?';
                }
                size = one(term, c, bytes, &cells);
                if (used < width) { /* room for the mark */
                        whole = used;
                        whole_size = out.size;
                }
                if (used + cells > width)
                        break;
                used += cells;
                rv_buf_add(&out, bytes, size);
        }
        if (out.size == 0)
                return 0;
        if (width > 1 && has_more(text, n)) {
                rv_buf_truncate(&out, whole_size);
                rv_buf_add_char(&out, '~');
                used = whole + 1;
        }
        attrset((int)term->styles[style]);
        mvaddnstr(y, x, rv_buf_str(&out), (int)out.size);
        attrset(A_NORMAL);
        return used;
}

int draw_text(const struct tty *term, int y, int x, int width, const char *text, enum style style)
{
        return draw_bytes(term, y, x, width, text, strlen(text), style);
}

int draw_right(const struct tty *term, int y, int x, int width, const char *text, enum style style)
{
        int cells = (int)rv_text_width(text, strlen(text)), at = cells < width ? x + width - cells : x;

        draw_text(term, y, at, x + width - at, text, style);
        return at;
}

/* mvchgat changes cells in place and does not touch their text, so nothing is put twice. */
void draw_style(const struct tty *term, int y, int x, int width, enum style style)
{
        if (width > 0 && y >= 0 && y < LINES && x < COLS)
                mvchgat(y, x, width, (attr_t)(term->styles[style] & ~A_COLOR),
                        (short)PAIR_NUMBER((int)term->styles[style]), NULL);
}

/* The inside is cleared too: the page was drawn below it. */
void draw_box(const struct tty *term, const struct area *box)
{
        int y, right = box->x + box->w - 1, bottom = box->y + box->h - 1;
        bool lines = !term->ascii;

        if (box->w < 2 || box->h < 2)
                return;
        for (y = box->y; y <= bottom; y++)
                mvhline(y, box->x, ' ', box->w);
        mvhline(box->y, box->x, lines ? ACS_HLINE : '-', box->w);
        mvhline(bottom, box->x, lines ? ACS_HLINE : '-', box->w);
        mvvline(box->y, box->x, lines ? ACS_VLINE : '|', box->h);
        mvvline(box->y, right, lines ? ACS_VLINE : '|', box->h);
        mvaddch(box->y, box->x, lines ? ACS_ULCORNER : '+');
        mvaddch(box->y, right, lines ? ACS_URCORNER : '+');
        mvaddch(bottom, box->x, lines ? ACS_LLCORNER : '+');
        mvaddch(bottom, right, lines ? ACS_LRCORNER : '+');
}
