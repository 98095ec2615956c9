# SPDX-License-Identifier: LGPL-2.1-or-later
"""A terminal in memory: what curses sends for xterm-256color and vt100 becomes cells.

Only what those terminfo entries can produce is understood; anything else is kept in `unknown`, which tests want empty.
"""
import re
import unicodedata

# The DEC special graphics set (vt100 user guide, table 3-9), as far as boxes need it.
GRAPHICS = dict(zip('jklmnqtuvwx', '┘┐┌└┼─├┤┴┬│'))
CSI = re.compile(rb'\x1b\[([<=>?]?)([0-9;]*)([@A-Za-z`])')
SHORT = re.compile(rb'\x1b(?:[()][AB012]|[=>78DEMc])')
PLAIN = (None, frozenset())


def width(char):
    """Cells that a character takes: none, one or two."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in 'WF' else 1


class Terminal:
    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.cells = self.blank(rows)
        self.x = self.y = 0
        self.top, self.bottom = 0, rows - 1
        self.style = PLAIN
        self.saved = (0, 0)
        self.graphics = False
        self.charsets = ['B', 'B']
        self.modes = set()
        self.pending = b''
        self.unknown = []

    def blank(self, rows):
        return [[(' ', PLAIN)] * self.columns for _ in range(rows)]

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.cells = self.blank(rows)
        self.x = self.y = 0
        self.top, self.bottom = 0, rows - 1

    def text(self):
        return '\n'.join(''.join(c for c, _ in row if c is not None).rstrip() for row in self.cells)

    def feed(self, data):
        data = self.pending + data
        self.pending = b''
        at = 0
        while at < len(data):
            used = self.one(data, at)
            if used == 0:
                self.pending = data[at:]
                return
            at += used

    def one(self, data, at):
        """Handles what stands at an offset; returns its length, 0 when it is cut."""
        byte = data[at]
        if byte == 0x1b:
            return self.escape(data, at)
        if byte < 0x20:
            self.control(byte)
            return 1
        length = 1 if byte < 0x80 else 2 if byte < 0xe0 else 3 if byte < 0xf0 else 4
        if at + length > len(data):
            return 0
        self.put(data[at:at + length].decode('utf-8', 'replace'))
        return length

    def escape(self, data, at):
        match = CSI.match(data, at) or SHORT.match(data, at)
        if not match:
            if len(data) - at < 16:
                return 0
            self.unknown.append(data[at:at + 8])
            return 1
        if match.re is CSI:
            self.sequence(match)
        else:
            self.short(match.group())
        return match.end() - at

    def control(self, byte):
        if byte == 0x0d:
            self.x = 0
        elif byte == 0x0a:
            self.down()
        elif byte == 0x08:
            self.x = max(0, self.x - 1)
        elif byte == 0x09:
            self.x = min(self.columns - 1, (self.x // 8 + 1) * 8)
        elif byte in (0x0e, 0x0f):
            self.graphics = byte == 0x0e
        elif byte not in (0x00, 0x07):
            self.unknown.append(bytes([byte]))

    def short(self, code):
        kind = code[1:2]
        if kind in b'()':
            self.charsets['()'.index(chr(kind[0]))] = chr(code[2])
        elif kind == b'M':
            self.up()
        elif kind in b'DE':
            self.down()
        elif kind == b'7':
            self.saved = (self.x, self.y)
        elif kind == b'8':
            self.x, self.y = self.saved
        elif kind == b'c':
            self.__init__(self.columns, self.rows)

    def put(self, char):
        if self.charsets[1 if self.graphics else 0] == '0':
            char = GRAPHICS.get(char, char)
        cells = width(char)
        if cells == 0:
            last = max(0, self.x - 1)
            base, style = self.cells[self.y][last]
            self.cells[self.y][last] = ((base or '') + char, style)
            return
        if self.x + cells > self.columns:
            self.x = 0
            self.down()
        self.cells[self.y][self.x] = (char, self.style)
        if cells == 2:
            self.cells[self.y][self.x + 1] = (None, self.style)
        self.x += cells

    def down(self):
        if self.y == self.bottom:
            del self.cells[self.top]
            self.cells.insert(self.bottom, self.blank(1)[0])
        else:
            self.y = min(self.rows - 1, self.y + 1)

    def up(self):
        if self.y == self.top:
            del self.cells[self.bottom]
            self.cells.insert(self.top, self.blank(1)[0])
        else:
            self.y = max(0, self.y - 1)

    def sequence(self, match):
        private, body, kind = match.group(1), match.group(2), chr(match.group(3)[0])
        numbers = [int(n) if n else 0 for n in body.split(b';')]
        n = max(1, numbers[0])
        if kind in 'hl':
            for mode in numbers:
                (self.modes.add if kind == 'h' else self.modes.discard)((private.decode(), mode))
            if private == b'?' and 1049 in numbers:
                self.cells = self.blank(self.rows)
        elif kind == 'm':
            self.paint(numbers)
        elif kind == 't' and numbers[0] in (22, 23):  # xterm's smcup keeps the window's title
            pass
        elif not self.move(kind, n, numbers) and not self.edit(kind, n, numbers):
            self.unknown.append(match.group())

    def move(self, kind, n, numbers):
        if kind in 'Hf':
            self.y, self.x = n - 1, max(1, numbers[1] if len(numbers) > 1 else 1) - 1
        elif kind == 'A':
            self.y -= n
        elif kind in 'Be':
            self.y += n
        elif kind in 'Ca':
            self.x += n
        elif kind == 'D':
            self.x -= n
        elif kind in 'G`':
            self.x = n - 1
        elif kind == 'd':
            self.y = n - 1
        else:
            return False
        self.x = min(max(0, self.x), self.columns - 1)
        self.y = min(max(0, self.y), self.rows - 1)
        return True

    def edit(self, kind, n, numbers):
        row, blank = self.cells[self.y], (' ', PLAIN)
        if kind == 'J':
            self.erase_display(numbers[0])
        elif kind == 'K':
            first, last = (0, self.x + 1) if numbers[0] == 1 else (0, self.columns) if numbers[0] == 2 else \
                (self.x, self.columns)
            row[first:last] = [blank] * (last - first)
        elif kind == 'X':
            row[self.x:self.x + n] = [blank] * min(n, self.columns - self.x)
        elif kind == 'P':
            del row[self.x:self.x + n]
            row += [blank] * (self.columns - len(row))
        elif kind == '@':
            row[self.x:self.x] = [blank] * n
            del row[self.columns:]
        elif kind == 'b':
            for _ in range(n):
                self.put(row[self.x - 1][0])
        elif kind == 'r':
            self.top = n - 1
            self.bottom = (numbers[1] if len(numbers) > 1 and numbers[1] else self.rows) - 1
            self.x = self.y = 0
        elif kind in 'LMST':
            self.lines(kind, n)
        else:
            return False
        return True

    def lines(self, kind, n):
        """Inserts and deletes lines at the cursor, or scrolls the region."""
        first = self.y if kind in 'LM' else self.top
        for _ in range(min(n, self.rows)):
            if kind in 'LT':
                del self.cells[self.bottom]
                self.cells.insert(first, self.blank(1)[0])
            else:
                del self.cells[first]
                self.cells.insert(self.bottom, self.blank(1)[0])

    def erase_display(self, what):
        blank = (' ', PLAIN)
        if what == 0:
            self.cells[self.y][self.x:] = [blank] * (self.columns - self.x)
            self.cells[self.y + 1:] = self.blank(self.rows - self.y - 1)
        elif what == 1:
            self.cells[:self.y] = self.blank(self.y)
            self.cells[self.y][:self.x + 1] = [blank] * (self.x + 1)
        else:
            self.cells = self.blank(self.rows)

    def paint(self, numbers):
        color, marks = self.style
        for n in numbers:
            if n == 0:
                color, marks = PLAIN
            elif n in (1, 2, 4, 7):
                marks = marks | {n}
            elif n in (22, 24, 27):
                marks = marks - {1, 2} if n == 22 else marks - {n - 20}
            elif 30 <= n <= 37 or 90 <= n <= 97:
                color = n
            elif n == 39:
                color = None
            elif n not in (10, 49):
                self.unknown.append(b'sgr %d' % n)
        self.style = (color, marks)
