# SPDX-License-Identifier: LGPL-2.1-or-later
# Header blobs inside a sqlite rpmdb: find one by name, read and change them byte by byte. A blob is
# `il dl`, il index entries (tag, type, offset, count; all 32 bit, big endian) and dl bytes of data
# (rpm's docs/manual/format_header.md). What rpm signs is the region that the first entry (tag 63) ends.
import hashlib
import sqlite3
import struct

MAGIC = b'\x8e\xad\xe8\x01\0\0\0\0'
REGION_IMMUTABLE = 63
DSAHEADER, RSAHEADER, SHA1HEADER, SHA256HEADER = 267, 268, 269, 273
NAME, INSTALLTIME, INSTALLTID = 1000, 1008, 1128


class Database:
    def __init__(self, path):
        self.db = sqlite3.connect(path)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.db.commit()
        self.db.close()

    def find(self, nevra):
        """hnum of `name-[e:]v-r.arch`."""
        for hnum, blob in self.all():
            if Header(blob).nevra() == nevra:
                return hnum
        raise KeyError(nevra)

    def all(self):
        return self.db.execute('SELECT hnum, blob FROM Packages ORDER BY hnum').fetchall()

    def get(self, hnum):
        return Header(self.db.execute('SELECT blob FROM Packages WHERE hnum = ?', (hnum,)).fetchone()[0])

    def put(self, hnum, blob):
        self.db.execute('UPDATE Packages SET blob = ? WHERE hnum = ?', (bytes(blob), hnum))

    def set_installed(self, hnum, at):
        """Install time and transaction, in the header (outside the signed region) and in the index."""
        header = self.get(hnum)
        header.set_int32(INSTALLTIME, at)
        header.set_int32(INSTALLTID, at)
        self.put(hnum, header.blob)
        self.db.execute('UPDATE Installtid SET key = ? WHERE hnum = ?', (struct.pack('<I', at), hnum))


class Header:
    def __init__(self, blob):
        self.blob = bytearray(blob)
        self.il, self.dl = struct.unpack_from('>II', self.blob)
        self.data = 8 + 16 * self.il

    def entries(self):
        """(place of the entry, tag, type, offset, count)"""
        for n in range(self.il):
            yield (8 + 16 * n, *struct.unpack_from('>IIiI', self.blob, 8 + 16 * n))

    def entry(self, tag):
        return next((entry for entry in self.entries() if entry[1] == tag), None)

    def text(self, tag):
        found = self.entry(tag)
        if found is None:
            return None
        start = self.data + found[3]
        return self.blob[start:self.blob.index(0, start)].decode('utf-8', 'replace')

    def int32(self, tag):
        found = self.entry(tag)
        return None if found is None else struct.unpack_from('>I', self.blob, self.data + found[3])[0]

    def set_int32(self, tag, value):
        found = self.entry(tag)
        struct.pack_into('>I', self.blob, self.data + found[3], value)

    def nevra(self):
        epoch = self.int32(1003)
        return (f'{self.text(NAME)}-' + (f'{epoch}:' if epoch is not None else '') +
                f'{self.text(1001)}-{self.text(1002)}.{self.text(1022)}')

    def region(self):
        """The signed bytes as they were in the package file: the index of the region and its data."""
        _, tag, _, offset, _ = next(self.entries())
        assert tag == REGION_IMMUTABLE
        trailer = struct.unpack_from('>IIiI', self.blob, self.data + offset)
        entries, size = -trailer[2] // 16, offset + 16
        return (struct.pack('>II', entries, size) + self.blob[8:8 + 16 * entries] +
                self.blob[self.data:self.data + size])

    def digests(self):
        signed = MAGIC + self.region()
        return [hashlib.new(name, signed).hexdigest().encode() for name in ('sha1', 'sha256')]
