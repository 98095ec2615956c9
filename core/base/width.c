/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one character does on a terminal, from Unicode's own data: the C library's answer depends on the locale, and a
 * rescue system often has only the C locale. */
#include "core/base/utf8.h"
#include "core/base/width_table.h"

enum { FIRST_TABLED = 0x80, DEL = 0x7f, LAST = 0x10ffff };

#define LENGTH(table) (sizeof(table) / sizeof *(table))

/* The tables are sorted and without overlaps; width_table.py sees to that. */
static bool contains(const struct range *table, size_t n, uint32_t c)
{
        size_t low = 0, high = n, middle;

        while (low < high) {
                middle = low + (high - low) / 2;
                if (c > table[middle].last)
                        low = middle + 1;
                else if (c < table[middle].first)
                        high = middle;
                else
                        return true;
        }
        return false;
}

int rv_char_width(uint32_t c)
{
        if (c < FIRST_TABLED)
                return c >= ' ' && c != DEL;
        if (c < 0x300) /* Latin: no combining and no wide letters */
                return rv_char_printable(c);
        if (contains(zero, LENGTH(zero), c) || contains(hidden, LENGTH(hidden), c))
                return 0;
        return contains(wide, LENGTH(wide), c) ? 2 : 1;
}

bool rv_char_printable(uint32_t c)
{
        if (c < FIRST_TABLED)
                return c >= ' ' && c != DEL;
        return c <= LAST && !contains(hidden, LENGTH(hidden), c);
}
