# SPDX-License-Identifier: LGPL-2.1-or-later
# Real packages by rpmbuild and rpm in a root of the test's own, and their headers taken out, bent and put back.
import hashlib
import os
import sqlite3
import struct
import subprocess

DBPATH = 'var/lib/rpm'
MAGIC = b'\x8e\xad\xe8\x01\0\0\0\0'
SPEC = '''Name: {name}
Version: {version}
Release: 1
Summary: {summary}
License: MIT
Vendor: Reeve Test
BuildArch: noarch
{more}
%description
text text text
%files
'''


def rpm(base, *words, **options):
    env = {'PATH': os.environ['PATH'], 'HOME': str(base), 'LC_ALL': 'C.UTF-8'}
    return subprocess.run([*map(str, words)], env=env, check=True, capture_output=True, text=True, **options).stdout


def package(base, name, version='1', summary='a package', more=''):
    """The path of a package just built."""
    spec = base / f'{name}.spec'
    spec.write_text(SPEC.format(name=name, version=version, summary=summary, more=more))
    rpm(base, 'rpmbuild', '-bb', '--quiet', '--define', f'_topdir {base}/build', '--define', f'_rpmdir {base}/rpms',
        spec)
    return base / f'rpms/noarch/{name}-{version}-1.noarch.rpm'


def install(base, root, *packages):
    rpm(base, 'rpm', '--root', root, '--dbpath', f'/{DBPATH}', '-i', '--justdb', '--nodeps', '--force', '--noscripts',
        '--ignorearch', '--ignoreos', *packages)


class Headers:
    """Header blobs by name, to be changed in place."""

    def __init__(self, root):
        self.path = root / DBPATH / 'rpmdb.sqlite'

    def __enter__(self):
        self.db = sqlite3.connect(self.path)
        return self

    def __exit__(self, *_):
        self.db.commit()
        self.db.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        self.db.close()

    def number(self, name):
        return self.db.execute('SELECT hnum FROM Name WHERE key=?', (name,)).fetchone()[0]

    def get(self, name):
        number = self.number(name)
        return bytearray(self.db.execute('SELECT blob FROM Packages WHERE hnum=?', (number,)).fetchone()[0])

    def put(self, name, blob):
        self.db.execute('UPDATE Packages SET blob=? WHERE hnum=?', (bytes(blob), self.number(name)))

    def copy(self, name):
        """The same header once more, as a cut-off transaction leaves it."""
        added = self.db.execute('INSERT INTO Packages(blob) VALUES (?)', (bytes(self.get(name)),)).lastrowid
        self.db.execute('INSERT INTO Name VALUES (?, ?, 0)', (name, added))
        return added


def region(blob):
    """What of a header is hashed and signed."""
    entries, _ = struct.unpack('>II', blob[:8])
    offset = struct.unpack('>IIiI', blob[8:24])[2]
    data = 8 + 16 * entries
    signed = -struct.unpack('>IIiI', blob[data + offset:data + offset + 16])[2] // 16
    return struct.pack('>II', signed, offset + 16) + blob[8:8 + 16 * signed] + blob[data:data + offset + 16]


def digests(blob):
    return [hashlib.new(kind, MAGIC + bytes(region(blob))).hexdigest().encode() for kind in ('sha1', 'sha256')]
