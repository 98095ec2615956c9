# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cells as pixels: a console font (PSF, as the kernel's console loads it) and a PNG of eight-bit palette colours."""
import gzip
import struct
import unicodedata
import zlib
from pathlib import Path

FOLDERS = ('/usr/share/consolefonts', '/usr/lib/kbd/consolefonts', '/usr/share/kbd/consolefonts')
NAMES = ('Uni2-Terminus20x10', 'Uni2-Terminus16', 'Uni2-Fixed16', 'ter-120n', 'ter-v20n', 'eurlatgr', 'LatArCyrHeb-16')
# Background, text, dim, then the eight colours of the terminal.
PALETTE = [(0x14, 0x16, 0x1a), (0xd4, 0xd6, 0xda), (0x80, 0x84, 0x8c), (0x14, 0x16, 0x1a), (0xf0, 0x6a, 0x6a),
           (0x7c, 0xc4, 0x7c), (0xe0, 0xb8, 0x54), (0x6c, 0x9c, 0xe8), (0xc0, 0x88, 0xd8), (0x5c, 0xc0, 0xc8),
           (0xd4, 0xd6, 0xda), (0xff, 0xff, 0xff)]
PAPER, INK, DIM, FIRST, BRIGHT = 0, 1, 2, 3, 11


class Font:
    """PSF version 1 or 2 with its table of characters (psf(5) of kbd)."""

    def __init__(self, path):
        data = gzip.decompress(path.read_bytes()) if path.suffix == '.gz' else path.read_bytes()
        if data[:2] == b'\x36\x04':
            mode, self.height = data[2], data[3]
            self.width, count, size, start = 8, 512 if mode & 1 else 256, self.height, 4
        elif data[:4] == b'\x72\xb5\x4a\x86':
            start, _, count, size, self.height, self.width = struct.unpack('<6I', data[8:32])
        else:
            raise ValueError('%s is no PSF font' % path)
        self.glyphs = [data[start + i * size:start + (i + 1) * size] for i in range(count)]
        self.places = {}
        self.read_table(data[start + count * size:], data[:2] == b'\x36\x04')

    def read_table(self, table, old):
        glyph = 0
        entries = self.old_entries(table) if old else self.new_entries(table)
        for characters in entries:
            for character in characters:
                self.places.setdefault(character, glyph)
            glyph += 1

    @staticmethod
    def old_entries(table):
        entry, sequence = [], False
        for (code,) in struct.iter_unpack('<H', table[:len(table) // 2 * 2]):
            if code == 0xffff:
                yield entry
                entry, sequence = [], False
            elif code == 0xfffe:
                sequence = True
            elif not sequence:
                entry.append(chr(code))

    @staticmethod
    def new_entries(table):
        for part in table.split(b'\xff')[:-1]:
            yield part.split(b'\xfe')[0].decode('utf-8', 'replace')

    def rows(self, character):
        """The pixels of a character as one string of 0 and 1 for each line."""
        glyph = self.glyphs[self.places.get(unicodedata.normalize('NFC', character)[:1], self.places.get('?', 0))]
        step = (self.width + 7) // 8
        for y in range(self.height):
            line = int.from_bytes(glyph[y * step:(y + 1) * step], 'big')
            yield format(line, '0%db' % (step * 8))[:self.width]


def find_font():
    for folder in FOLDERS:
        for name in NAMES:
            for path in Path(folder).glob(name + '.psf*'):
                return Font(path)
    raise SystemExit('shot: no console font in %s' % ', '.join(FOLDERS))


def colors(style):
    """The palette numbers of text and paper for a terminal's style."""
    color, marks = style
    ink, paper = INK, PAPER
    if color is not None:
        ink = FIRST + color % 10
    elif 1 in marks:
        ink = BRIGHT
    elif 2 in marks:
        ink = DIM
    return (paper, ink) if 7 in marks else (ink, paper)


def pixels(terminal, font):
    """Lines of palette numbers; the cursor is a line below its cell."""
    for y, row in enumerate(terminal.cells):
        lines = [bytearray() for _ in range(font.height)]
        for x, (character, style) in enumerate(row):
            ink, paper = colors(style)
            bits = list(font.rows(character or ' '))
            if (x, y) == (terminal.x, terminal.y):
                bits[-2:] = ['1' * font.width] * 2
            for line, bit in zip(lines, bits):
                line += bytes(ink if b == '1' else paper for b in bit)
        yield from lines


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def write_png(terminal, path, margin=12):
    """PNG (second edition, section 11) with a palette, eight bits a pixel."""
    font = find_font()
    width = terminal.columns * font.width + 2 * margin
    side, blank = bytes([PAPER]) * margin, b'\0' + bytes([PAPER]) * width
    lines = [b'\0' + side + bytes(line) + side for line in pixels(terminal, font)]
    lines = [blank] * margin + lines + [blank] * margin
    header = struct.pack('>IIBBBBB', width, len(lines), 8, 3, 0, 0, 0)
    Path(path).write_bytes(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) +
                           chunk(b'PLTE', b''.join(bytes(c) for c in PALETTE)) +
                           chunk(b'IDAT', zlib.compress(b''.join(lines), 9)) + chunk(b'IEND', b''))
