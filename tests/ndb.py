# SPDX-License-Identifier: LGPL-2.1-or-later
"""Databases of rpm's back end "ndb", written as rpm writes them (lib/backend/ndb/rpmpkg.c): a stand-in for an rpm that has
it, for many are built without. Each change is made in rpm's order, so that a reader sees all that it could see of one."""
import fcntl
import os
import sqlite3
import struct
import subprocess
import tempfile
import zlib

BLOCK, PAGE, SLOTS = 16, 4096, 256


def blob(number, header, at=1767862324):
    start = struct.pack('<4sIII', b'BlbS', number, at, len(header)) + header
    start += bytes(-(len(start) + 12) % BLOCK)
    return start + struct.pack('<I4s', zlib.adler32(start), struct.pack('<I', len(header))) + b'BlbE'


class Database:
    def __init__(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if os.fstat(self.fd).st_size == 0:
            os.pwrite(self.fd, b'Slot'.ljust(BLOCK, b'\0') * (SLOTS - 2), 2 * BLOCK)
            self.generation, self.pages, self.next = 0, 1, 1
            self.count()
        else:
            _, _, self.generation, self.pages, self.next = struct.unpack('<4sIIII', os.pread(self.fd, 20, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.fd)

    def count(self):
        self.generation += 1
        os.pwrite(self.fd, struct.pack('<4sIIII12x', b'RpmP', 0, self.generation, self.pages, self.next), 0)

    def slots(self):
        """{place: (number, first block, blocks)} of those in use, by block"""
        table = os.pread(self.fd, self.pages * PAGE, 0)
        slots = {n: struct.unpack_from('<III', table, n * BLOCK + 4) for n in range(2, self.pages * SLOTS)}
        return dict(sorted(((n, slot) for n, slot in slots.items() if slot[1]), key=lambda item: item[1][1]))

    def set_slot(self, place, number, first, blocks):
        os.pwrite(self.fd, struct.pack('<4sIII', b'Slot', number, first, blocks), place * BLOCK)
        self.count()

    def gap(self, blocks, after):
        """The first free place of that size."""
        for _, first, n in self.slots().values():
            if first >= after:
                if first - after >= blocks:
                    break
                after = first + n
        return after

    def move(self, place, after):
        number, first, blocks = self.slots()[place]
        to = self.gap(blocks, after)
        os.pwrite(self.fd, os.pread(self.fd, blocks * BLOCK, first * BLOCK), to * BLOCK)
        self.set_slot(place, number, to, blocks)
        os.pwrite(self.fd, bytes(blocks * BLOCK), first * BLOCK)

    def add_page(self):
        end = (self.pages + 1) * SLOTS
        for place, (_, first, _) in self.slots().items():
            if first < end:
                last = max(first + blocks for _, first, blocks in self.slots().values())
                self.move(place, max(end, last))
        os.pwrite(self.fd, b'Slot'.ljust(BLOCK, b'\0') * SLOTS, self.pages * PAGE)
        self.pages += 1
        self.count()

    def put(self, header, number=None):
        fcntl.flock(self.fd, fcntl.LOCK_EX)
        if number is None:
            number, self.next = self.next, self.next + 1
        self.next = max(self.next, number + 1)
        if len(self.slots()) == self.pages * SLOTS - 2:
            self.add_page()
        data = blob(number, header)
        first = self.gap(len(data) // BLOCK, self.pages * SLOTS)
        used = self.slots()
        place = next(n for n in range(2, self.pages * SLOTS) if n not in used)
        os.pwrite(self.fd, data, first * BLOCK)
        self.set_slot(place, number, first, len(data) // BLOCK)
        fcntl.flock(self.fd, fcntl.LOCK_UN)
        return number

    def find(self, number):
        return next((place, *slot[1:]) for place, slot in self.slots().items() if slot[0] == number)

    def delete(self, number):
        """rpm fills the hole with a blob from the end, and cuts the file when a quarter of it is free."""
        fcntl.flock(self.fd, fcntl.LOCK_EX)
        place, first, blocks = self.find(number)
        self.set_slot(place, 0, 0, 0)
        os.pwrite(self.fd, bytes(blocks * BLOCK), first * BLOCK)
        used = self.slots()
        size = os.fstat(self.fd).st_size // BLOCK
        last, start = list(used)[-1] if used else None, self.pages * SLOTS
        if used and used[last][1] >= size // 2 > first and used[last][2] <= blocks:
            self.move(last, start)
        end = max((first + n for _, first, n in self.slots().values()), default=start)
        if end < size // 4 * 3:
            os.ftruncate(self.fd, end * BLOCK)
        fcntl.flock(self.fd, fcntl.LOCK_UN)


def convert(path):
    """The rpmdb.sqlite at path becomes a Packages.db beside it with the same numbers, and goes away. Returns its path."""
    new = path.with_name('Packages.db')
    db = sqlite3.connect(path)
    with Database(new) as out:
        for number, header in db.execute('SELECT hnum, blob FROM Packages ORDER BY hnum'):
            out.put(header, number)
    db.close()
    for name in ('', '-wal', '-shm'):
        path.with_name(path.name + name).unlink(missing_ok=True)
    return new


def rpm_has_ndb():
    """Whether the rpm of this machine can do all that itself."""
    with tempfile.TemporaryDirectory(prefix='reeve-ndb.') as folder:
        try:
            subprocess.run(['rpmdb', '--define', '_db_backend ndb', '--dbpath', folder, '--initdb'], capture_output=True,
                           check=False)
        except OSError:
            return False
        return os.path.exists(os.path.join(folder, 'Packages.db'))
