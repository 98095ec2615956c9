/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Case folding by rule instead of table: in the scripts that it covers, cases lie at fixed distances or in pairs. */
#include "core/base/fold.h"

#include <string.h>

#include "core/base/utf8.h"

/* tolower() would ask the locale. */
static unsigned char lower(char c)
{
        return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* U+0100..U+017F: capital and small letter side by side, the capital even in most of the block and odd in two runs. */
static uint32_t fold_extended(uint32_t c)
{
        if (c == 0x178)
                return 0xff; /* y with diaeresis */
        if (c == 0x17f)
                return 's'; /* the long s */
        if (c == 0x130 || c == 0x131 || c == 0x138 || c == 0x149)
                return c; /* dotted and dotless i, and two that have no capital */
        if ((c > 0x138 && c < 0x149) || c > 0x178)
                return c + (c & 1);
        return c | 1;
}

uint32_t rv_fold(uint32_t c)
{
        if (c < 0x80)
                return lower((char)c);
        if (c >= 0xc0 && c <= 0xde && c != 0xd7)
                return c + 0x20;
        if (c >= 0x100 && c <= 0x17f)
                return fold_extended(c);
        if (c >= 0x391 && c <= 0x3a9 && c != 0x3a2)
                return c + 0x20;
        if (c == 0x3c2)
                return 0x3c3; /* the final sigma */
        if (c >= 0x400 && c <= 0x40f)
                return c + 0x50;
        if (c >= 0x410 && c <= 0x42f)
                return c + 0x20;
        return c;
}

static bool is_ascii(const char *s, size_t n)
{
        size_t i;

        for (i = 0; i < n; i++)
                if ((unsigned char)s[i] >= 0x80)
                        return false;
        return true;
}

/* The common case, needles of ASCII: no byte of another character can equal one of them, so bytes are enough. */
static bool equal_ascii(const char *s, const char *what, size_t n)
{
        size_t i;

        for (i = 0; i < n; i++)
                if (lower(s[i]) != lower(what[i]))
                        return false;
        return true;
}

/* One character without case; a byte that is no UTF-8 stands for itself, beyond all characters. */
static uint32_t next(const char *s, size_t n, size_t *at)
{
        uint32_t c;
        size_t length = rv_utf8_decode(s + *at, n - *at, &c);

        if (!length) {
                c = 0x110000 + (unsigned char)s[*at];
                length = 1;
        }
        *at += length;
        return rv_fold(c);
}

/* Character by character: a letter and its other case may differ in length. */
static bool begins(const char *s, size_t n, const char *what, size_t what_n)
{
        size_t i = 0, j = 0;

        while (j < what_n)
                if (i >= n || next(s, n, &i) != next(what, what_n, &j))
                        return false;
        return true;
}

/* The first letter is compared in both cases before anything is called; nearly all positions end there. */
bool rv_fold_contains(const char *s, size_t n, const char *what, size_t what_n)
{
        size_t i;
        char small, capital;

        if (!what_n)
                return true;
        if (!is_ascii(what, what_n)) {
                for (i = 0; i < n; (void)next(s, n, &i))
                        if (begins(s + i, n - i, what, what_n))
                                return true;
                return false;
        }
        small = (char)lower(what[0]);
        capital = (char)(small >= 'a' && small <= 'z' ? small - ('a' - 'A') : small);
        for (i = 0; i + what_n <= n; i++)
                if ((s[i] == small || s[i] == capital) && equal_ascii(s + i + 1, what + 1, what_n - 1))
                        return true;
        return false;
}

int rv_fold_compare(const char *a, size_t a_n, const char *b, size_t b_n)
{
        size_t n = a_n < b_n ? a_n : b_n, i;
        int order;

        for (i = 0; i < n; i++) {
                order = lower(a[i]) - lower(b[i]);
                if (order)
                        return order;
        }
        order = (a_n > b_n) - (a_n < b_n);
        return order ? order : memcmp(a, b, n);
}
