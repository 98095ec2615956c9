/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decoding, encoding and repairing UTF-8 as RFC 3629 draws it: no overlong form, no surrogate, nothing beyond U+10FFFF;
 * and how many cells text takes. */
#include "core/base/utf8.h"

#include <string.h>

enum { DEL = 0x7f, MAX_CHAR = 0x10ffff };

/* The lead byte's range excludes most of what is invalid; `least` finds overlong forms of three and four bytes. */
size_t rv_utf8_decode(const char *s, size_t n, uint32_t *ret)
{
        static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
        const unsigned char *at = (const unsigned char *)s;
        size_t length, i;
        uint32_t c;

        if (at[0] < 0x80) {
                *ret = at[0];
                return 1;
        }
        if (at[0] < 0xc2 || at[0] > 0xf4)
                return 0;
        length = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
        if (length > n)
                return 0;
        c = at[0] & (0x7fU >> length);
        for (i = 1; i < length; i++) {
                if ((at[i] & 0xc0) != 0x80)
                        return 0;
                c = c << 6 | (at[i] & 0x3f);
        }
        if (c < least[length] || c > MAX_CHAR || (c >= 0xd800 && c <= 0xdfff))
                return 0;
        *ret = c;
        return length;
}

/* The lead byte has as many leading ones as there are bytes: the high half of 0xf00 >> length. */
size_t rv_utf8_encode(uint32_t c, char out[4])
{
        size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        size_t i;

        if (length == 1) {
                out[0] = (char)c;
                return 1;
        }
        for (i = length - 1; i > 0; i--, c >>= 6)
                out[i] = (char)(0x80 | (c & 0x3f));
        out[0] = (char)((0xf00U >> length & 0xf0) | c);
        return length;
}

bool rv_utf8_valid(const char *s, size_t n)
{
        size_t i, length;
        uint32_t c;

        for (i = 0; i < n; i += length) {
                length = rv_utf8_decode(s + i, n - i, &c);
                if (!length)
                        return false;
        }
        return true;
}

/* One replacement for each bad byte, so that nothing that follows is swallowed. */
bool rv_utf8_repair(const char *s, size_t n, struct rv_buf *out)
{
        size_t i, length, start = 0;
        bool repaired = false;
        uint32_t c;

        for (i = 0; i < n; i += length) {
                length = rv_utf8_decode(s + i, n - i, &c);
                if (length)
                        continue;
                rv_buf_add(out, s + start, i - start);
                rv_buf_add_str(out, "\xef\xbf\xbd");
                repaired = true;
                length = 1;
                start = i + 1;
        }
        rv_buf_add(out, s + start, n - start);
        return repaired;
}

size_t rv_text_width(const char *s, size_t n)
{
        size_t cells;

        (void)rv_text_fit(s, n, SIZE_MAX, &cells);
        return cells;
}

/* What combines takes no cell and therefore stays with the letter before it. */
size_t rv_text_fit(const char *s, size_t n, size_t cells, size_t *ret_cells)
{
        size_t i, length, width, used = 0;
        uint32_t c;

        for (i = 0; i < n; i += length, used += width) {
                length = width = 1;
                if (s[i] >= ' ' && s[i] < DEL && used < cells) /* nearly all text: no table is asked */
                        continue;
                length = rv_utf8_decode(s + i, n - i, &c);
                width = length ? (size_t)rv_char_width(c) : 1;
                if (!length)
                        length = 1;
                if (width > cells - used)
                        break;
        }
        *ret_cells = used;
        return i;
}
