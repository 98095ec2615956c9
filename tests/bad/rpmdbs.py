# SPDX-License-Identifier: LGPL-2.1-or-later
# Package databases made byte by byte: sound headers, headers that lie, and a sqlite file around them. Layout of a
# header: rpm's docs/manual/format_header.md. No signature is made: what these tests ask for does not need one.
import sqlite3
import struct

NULL, CHAR, INT8, INT16, INT32, INT64, STRING, BIN, STRING_ARRAY, I18NSTRING = range(10)
NAME, VERSION, RELEASE, EPOCH, SUMMARY, DESCRIPTION = 1000, 1001, 1002, 1003, 1004, 1005
INSTALLTIME, SIZE, VENDOR, LICENSE, ARCH = 1008, 1009, 1011, 1014, 1022
FILESIZES, FILEMODES, DIRINDEXES, BASENAMES, DIRNAMES = 1028, 1030, 1116, 1117, 1118
PLACE = 'usr/lib/sysimage/rpm'
SIZES = {INT16: 2, INT32: 4, INT64: 8}


def texts(kind, *values):
    values = [value if isinstance(value, bytes) else value.encode() for value in values]
    return kind, len(values), b''.join(value + b'\0' for value in values)


def int32(*values):
    return INT32, len(values), struct.pack(f'>{len(values)}I', *values)


def int16(*values):
    return INT16, len(values), struct.pack(f'>{len(values)}H', *values)


def header(entries):
    """{tag: (type, count, bytes)} as a blob with its region, as rpm stores it."""
    index, data = b'', b''
    for tag, (kind, count, value) in sorted(entries.items()):
        data += b'\0' * (-len(data) % SIZES.get(kind, 1))
        index += struct.pack('>IIiI', tag, kind, len(data), count)
        data += value
    n = len(entries) + 1
    region = struct.pack('>IIiI', 63, BIN, len(data), 16)
    data += struct.pack('>IIiI', 63, BIN, -16 * n, 16)
    return struct.pack('>II', n, len(data)) + region + index + data


def package(name='calm', version='1.0', release='1', arch='noarch', files=('a', 'b'), **more):
    """A sound package; `more` replaces or adds tags by their names above, None leaves one out."""
    entries = {NAME: texts(STRING, name), VERSION: texts(STRING, version), RELEASE: texts(STRING, release),
               SUMMARY: texts(I18NSTRING, f'the package {name}'), INSTALLTIME: int32(1767862324), SIZE: int32(4096),
               VENDOR: texts(STRING, 'Example'), LICENSE: texts(STRING, 'MIT'), ARCH: texts(STRING, arch)}
    if files:
        entries |= {BASENAMES: texts(STRING_ARRAY, *files), DIRNAMES: texts(STRING_ARRAY, '/usr/share/'),
                    DIRINDEXES: int32(*[0] * len(files)), FILESIZES: int32(*range(len(files))),
                    FILEMODES: int16(*[0o100644] * len(files))}
    for key, value in more.items():
        entries[globals()[key]] = value
    return header({tag: value for tag, value in entries.items() if value is not None})


def connect(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path)
    db.executescript('CREATE TABLE IF NOT EXISTS Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL);'
                     'CREATE TABLE IF NOT EXISTS Name (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL,'
                     ' FOREIGN KEY (hnum) REFERENCES Packages(hnum));')
    return db


def add(db, blobs):
    """Blobs, or (name for the index, blob)."""
    for blob in blobs:
        name, blob = blob if isinstance(blob, tuple) else (None, blob)
        hnum = db.execute('INSERT INTO Packages (blob) VALUES (?)', (blob,)).lastrowid
        if name is not None:
            db.execute('INSERT INTO Name VALUES (?, ?, 0)', (name, hnum))
    db.commit()


def write(root, blobs, place=PLACE):
    """A root with such a database; returns the database's path."""
    path = root / place / 'rpmdb.sqlite'
    db = connect(path)
    add(db, blobs)
    db.close()
    return path


def circle(path, rows=20000):
    """A table of packages whose inner pages (type 5 of sqlite's file format) all lead to one another: whoever follows them
    meets the same few rows as often as there are ways, some 384 to the power of 13."""
    db = connect(path)
    add(db, [b'x' * 200] * rows)
    top = db.execute("SELECT rootpage FROM sqlite_master WHERE name='Packages'").fetchone()[0]
    size = db.execute('PRAGMA page_size').fetchone()[0]
    db.close()
    data = bytearray(path.read_bytes())

    def children(page):
        start = (page - 1) * size
        count, = struct.unpack_from('>H', data, start + 3)
        cells = struct.unpack_from(f'>{count}H', data, start + 12)
        return [start + 8] + [start + cell for cell in cells]

    def lead(page, to):
        for at in children(page):
            struct.pack_into('>I', data, at, to)

    wide = struct.unpack_from('>I', data, children(top)[1])[0]
    shape = data[(wide - 1) * size:wide * size]
    assert shape[0] == 5, 'the rows fill too few pages'
    chain = [struct.unpack_from('>I', data, at)[0] for at in children(wide)[1:15]]
    for page, after in zip(chain, chain[1:]):
        data[(page - 1) * size:page * size] = shape
        lead(page, after)
    lead(top, chain[0])
    path.write_bytes(data)
