#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints width_table.h: ranges of wide, zero-width and hidden characters, from this python's Unicode data. Run by hand
# when a newer Unicode is wanted: ./width_table.py > width_table.h && clang-format -i width_table.h
import sys
import unicodedata as u

# Format characters that are drawn (prepended concatenation marks), and letters that are not (Hangul fillers, the
# grapheme joiner, Mongolian and supplementary variation selectors, which can carry hidden text).
DRAWN = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
INVISIBLE = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0x180B, 0x1810), *range(0xE0000, 0xE1000)}
# What Unicode reserves as wide before it is assigned: ideographs, and the emoji block.
RESERVED_WIDE = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x2FFFE),
                 range(0x30000, 0x3FFFE), range(0x1F900, 0x1FA00), range(0x1FA70, 0x1FB00))


def wide(c):
    if any(c in r for r in RESERVED_WIDE) and u.category(chr(c)) == 'Cn':
        return True
    return u.category(chr(c)) != 'Cn' and u.east_asian_width(chr(c)) in 'WF'


def zero(c):
    return u.category(chr(c)) in ('Mn', 'Me') or 0x1160 <= c <= 0x11FF or 0xD7B0 <= c <= 0xD7FF


def hidden(c):
    if c in DRAWN:
        return False
    nonchar = 0xFDD0 <= c <= 0xFDEF or c & 0xFFFE == 0xFFFE
    return c in INVISIBLE or nonchar or u.category(chr(c)) in ('Cc', 'Cf', 'Zl', 'Zp', 'Cs', 'Co')


def table(name, test):
    print(f'static const struct range {name}[] = {{')
    start, pairs = None, []
    for c in range(0x80, 0x110001):
        hit = c < 0x110000 and test(c)
        if hit and start is None:
            start = c
        elif not hit and start is not None:
            pairs.append(f'{{ 0x{start:04x}, 0x{c - 1:04x} }}')
            start = None
    print(', '.join(pairs) + '\n};\n')


print(f'''/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Written by width_table.py from Unicode {u.unidata_version}: EastAsianWidth W and F; general categories Mn and Me with
 * Hangul's joining letters; control, format, separator, surrogate and private characters. Sorted, beyond ASCII. */
#ifndef REEVE_BASE_WIDTH_TABLE_H
#define REEVE_BASE_WIDTH_TABLE_H

#include <stdint.h>

struct range {{
        uint32_t first, last;
}};
''')
table('wide', wide)
table('zero', zero)
table('hidden', hidden)
print('#endif')
