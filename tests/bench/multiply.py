# SPDX-License-Identifier: LGPL-2.1-or-later
# More rows than anyone wants to build: each header is copied inside sqlite under other names of the same
# length. The digests are made to fit; the signature of a copy can't be, so its verdict is `bad`.
import struct

from parts import header

NAME = 1000
DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'


def copy_of(blob, number):
    """The header and its name with the last two characters counted up."""
    head = header.Header(blob)
    before = head.digests()
    start = head.data + head.entry(NAME)[3]
    end = head.blob.index(0, start)
    head.blob[end - 2:end] = (DIGITS[number // 36] + DIGITS[number % 36]).encode()
    for old, new in zip(before, head.digests()):
        place = head.blob.find(old)
        if place >= 0:
            head.blob[place:place + len(old)] = new
    return bytes(head.blob), head.text(NAME)


def fill(file, count):
    """Raises the number of packages to `count`. Packages and Name are filled, no other index table."""
    with header.Database(file) as database:
        rows = [(hnum, blob) for hnum, blob in database.all() if header.Header(blob).text(NAME) != 'gpg-pubkey']
        last = max(hnum for hnum, _ in rows)
        for n in range(count - len(rows)):
            turn, place = divmod(n, len(rows))
            blob, name = copy_of(rows[place][1], turn + 1)
            database.db.execute('INSERT INTO Packages (hnum, blob) VALUES (?, ?)', (last + 1 + n, blob))
            database.db.execute('INSERT INTO Name (key, hnum, idx) VALUES (?, ?, 0)', (name, last + 1 + n))


def sizes(file):
    """Median and largest header in bytes, and how many there are."""
    with header.Database(file) as database:
        found = sorted(8 + 16 * il + dl for il, dl in
                       (struct.unpack_from('>II', blob) for _, blob in database.all()))
    return {'headers': len(found), 'median': found[len(found) // 2], 'largest': found[-1]}
