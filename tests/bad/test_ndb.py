#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Databases of rpm's back end ndb that are cut, bent, foreign, beside another, or written to: what every view says."""
import os
import random
import struct
import sys
import threading
from pathlib import Path

import rpmdbs
from test_rpmdb import READABLE, VIEWS, Rpmdb, sound
from world import FULL, NOBODY, SANITIZED, main, needs_root

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import ndb  # noqa: E402


class Ndb(Rpmdb):
    def setUp(self):
        super().setUp()
        self.sqlite = self.path
        self.path = self.path.with_name('Packages.db')

    def fill(self, count=12):
        with ndb.Database(self.path) as db:
            for _, header in sound(count):
                db.put(header)

    def slot(self, number):
        """(place in the file, first block, blocks)"""
        with ndb.Database(self.path) as db:
            place, first, blocks = db.find(number)
        return place * 16, first, blocks

    def change(self, at, data):
        with open(self.path, 'r+b') as file:
            file.seek(at)
            file.write(data)

    def keys(self, *words, status=0, **how):
        return [row['nevra'] for row in self.expect(self.ask('packages', *words, **how), status).json['rows']]


class Sound(Ndb):
    def test_more_than_a_page_of_slots(self):
        """Beyond 254 packages rpm moves blobs away to make room for a second page."""
        self.fill(600)
        with ndb.Database(self.path) as db:
            self.assertGreater(db.pages, 2)
            for number in range(1, 600, 7):
                db.delete(number)
        gone = {f'calm-{n}' if n else 'calm' for n in range(0, 599, 7)}
        names = self.names(self.expect(self.ask('packages'), 0))
        self.assertEqual(set(names), {name for name, _ in sound(600)} - gone)
        self.expect(self.ask('packages', 'files', 'calm-5'), 0)
        self.fails(self.ask('packages', 'files', 'calm-7'), 3, 'notfound', 'calm-7')
        self.assertEqual(os.listdir(self.path.parent), ['Packages.db'])

    def test_empty(self):
        self.fill(0)
        self.assertEqual(self.keys(), [])

    @needs_root
    def test_rights(self):
        self.fill(2)
        self.path.chmod(0o600)
        self.all_fail(4, 'denied', 'Packages.db', user=NOBODY)
        self.path.chmod(0o444)
        self.assertEqual(len(self.keys(user=NOBODY)), 2)


class Broken(Ndb):
    def test_no_database(self):
        for data in (b'', b'RpmP', b'RpmP' + bytes(4092), b'SQLite format 3\0' + bytes(4080), bytes(9000)):
            with self.subTest(data=data[:20]):
                self.path.write_bytes(data)
                self.fails(self.ask('packages'), 9, 'damaged', 'Packages.db')
        self.all_fail(9, 'damaged', 'Packages.db')

    def test_no_file(self):
        self.path.mkdir()
        self.all_fail(9, 'damaged', 'Packages.db')
        self.path.rmdir()
        os.mkfifo(self.path)
        self.all_fail(9, 'damaged', 'Packages.db')
        self.path.unlink()
        self.path.symlink_to('/etc/passwd')
        self.all_fail(9, 'damaged', f'{self.path}: is a link to /etc/passwd')

    def test_berkeley_by_that_name(self):
        self.path.write_bytes(bytes(12) + b'\x61\x15\x06\0' + bytes(4080))
        self.all_fail(10, 'unsupported', 'BerkeleyDB')

    def test_unknown_version(self):
        self.fill(1)
        self.change(4, struct.pack('<I', 1))
        self.assertIn('rebuilddb', self.fails(self.ask('packages'), 10, 'unsupported', 'version')['hint'])

    def test_damaged_blobs(self):
        """Each thing in a blob and its slot bent in turn: that row goes by its number, the others stay."""
        self.fill()
        whole = self.path.read_bytes()
        place, first, blocks = self.slot(5)
        start, end = first * 16, (first + blocks) * 16
        later = struct.unpack_from('<I', whole, self.slot(6)[0] + 8)[0]
        for what, at, data in (
                ('magic', start, b'XlbS'), ('number', start + 4, b'\x06'), ('size', start + 12, b'\xff'),
                ('header', start + 200, b'\xff\xee'), ('checksum', end - 12, b'\x00\x01\x02'),
                ('size again', end - 8, b'\x00'), ('end', end - 4, b'nope'), ('half written', end - 400, bytes(400)),
                ('slot: another blob', place + 8, struct.pack('<I', later)),
                ('slot: in the slots', place + 8, struct.pack('<I', 16)),
                ('slot: beyond the end', place + 8, struct.pack('<I', 0xfffffff0)),
                ('slot: too long', place + 12, struct.pack('<I', 0xffffffff)),
                ('slot: no blocks', place + 12, bytes(4))):
            with self.subTest(what):
                self.path.write_bytes(whole)
                self.change(at, data)
                keys = self.keys(status=12)
                self.assertEqual(len(keys), 12)
                self.assertEqual([key for key in keys if key[0] == '#'], ['#5'])
                self.assertIn('damaged', self.table('packages').said)
                self.expect(self.ask('packages', 'files', 'calm-7'), 0)
                self.fails(self.ask('packages', 'files', '#5'), 9, 'damaged', '#5')

    def test_damaged_sum(self):
        """A header whose sum does not fit is not believed, but its name tells what it was."""
        self.fill()
        _, first, blocks = self.slot(5)
        self.change((first + blocks) * 16 - 12, b'\x00\x01\x02')
        done = self.expect(self.ask('info', 'calm-4'), 12)
        self.assertEqual([done.json['record'][key] for key in ('nevra', 'name', 'version', 'verdict')],
                         ['#5', 'calm-4', None, 'damaged'])
        self.fails(self.ask('packages', 'files', 'calm-4'), 9, 'damaged', 'calm-4')

    def test_damaged_slots(self):
        """A destroyed slot has no number to list: a warning, and what is left; all of them are an error."""
        self.fill()
        whole = self.path.read_bytes()
        place = self.slot(5)[0]
        for what, at, data in (('magic', place, b'Slit'), ('no number', place + 4, bytes(4)),
                               ('number twice', place + 4, struct.pack('<I', 4)), ('free slot', 200 * 16, b'x')):
            with self.subTest(what):
                self.path.write_bytes(whole)
                self.change(at, data)
                done = self.expect(self.ask('packages'), 12)
                self.assertEqual(len(done.json['rows']), 12 - (what != 'free slot'))
                self.assertIn('may be missing', done.json['warnings'][0]['message'])
        self.change(32, bytes(4096 - 32))
        self.all_fail(9, 'damaged', 'Packages.db')

    def test_truncated(self):
        self.fill()
        whole = self.path.read_bytes()
        for length in [1, 31, 32, 4095, *range(4096, len(whole), 16 if FULL else 400), len(whole) - 1]:
            with self.subTest(length=length):
                self.path.write_bytes(whole[:length])
                if length < 4096:
                    self.fails(self.ask('packages'), 9, 'damaged', 'Packages.db')
                else:
                    self.assertEqual(len(self.keys(status=12)), 12)

    def test_bits(self):
        """Bits and bytes overwritten from fixed seeds: an end in time, with a status and JSON."""
        self.fill(40)
        whole = self.path.read_bytes()
        seen = set()
        for seed in range(2000 if FULL else 40 if SANITIZED else 150):
            chance = random.Random(seed)
            data = bytearray(whole)
            for _ in range(chance.randint(1, 8)):
                at = chance.randrange(4096 + 16 * 40 if seed % 3 else len(data))
                data[at] = chance.choice([data[at] ^ 1 << chance.randrange(8), chance.randrange(256)])
            self.path.write_bytes(data)
            view = VIEWS[seed % 4]
            with self.subTest(seed=seed, view=view):
                done = self.expect(self.world.run('--root', self.root, *view, '--json'), *READABLE)
                done.json
                seen.add(done.status)
        self.assertLessEqual({0, 12}, seen)

    def test_blobs_inside_one_another(self):
        """Slots that each claim most of the file would be read for hours: together they are read once."""
        count = 200000
        pages = count // 256 + 1
        blocks = 1 << 18
        table = bytearray(b'Slot'.ljust(16, b'\0') * (pages * 256))
        table[:32] = struct.pack('<4sIIII12x', b'RpmP', 0, 1, pages, count)
        data = bytearray(blocks * 16)
        for n in range(count):
            first = pages * 256 + n
            size = (blocks - n) * 16 - 28
            struct.pack_into('<4sIII', table, (n + 2) * 16, b'Slot', n + 1, first, blocks - n)
            struct.pack_into('<4sIII', data, n * 16, b'BlbS', n + 1, 0, size)
        self.path.write_bytes(table + data)
        done = self.expect(self.table('packages', '--columns', 'nevra', '--limit', '3', '--format', 'plain'), 12)
        self.assertEqual(done.out.split(), [b'#1', b'#10', b'#100'])
        self.assertIn(f'{count} package headers are damaged', done.said)


class Beside(Ndb):
    def both(self):
        self.fill(1)
        rpmdbs.write(self.root, [('other', rpmdbs.package('other'))])

    def setting(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def expect_names(self, *names):
        done = self.expect(self.ask('packages'), 12)
        self.assertEqual(self.names(done), list(names))
        warning = done.json['warnings'][0]
        self.assertEqual(warning['code'], 'partial')
        self.assertIn('lies beside it', warning['message'])

    def test_what_rpm_is_set_to_counts(self):
        """The last file of rpm's macro path that says so in plain words; sqlite where none does."""
        self.both()
        self.expect_names('other')
        self.setting('usr/lib/rpm/macros', '%_db_backend_old ndb\n# text\n%_db_backend\tndb\n')
        self.expect_names('calm')
        self.setting('usr/lib/rpm/macros.d/macros.zypp', '%_db_backend sqlite\n')
        self.expect_names('other')
        self.setting('etc/rpm/macros.db', ' %_db_backend   ndb # so\n%_db_backend %(touch /nonexistent)\n')
        self.expect_names('calm')
        self.setting('etc/rpm/macros', '%_db_backend sqlite')
        self.expect_names('other')

    def test_one_alone_needs_no_setting(self):
        self.fill(1)
        self.setting('etc/rpm/macros', '%_db_backend sqlite')
        self.assertEqual(self.names(self.expect(self.ask('packages'), 0)), ['calm'])


class Writers(Ndb):
    def test_a_writer_that_never_rests(self):
        """Installing and erasing in a loop: what stays is always listed, nothing is taken for damage, no run hangs, and
        a list that may mix two states says so."""
        self.fill(30)
        stop = threading.Event()
        rounds = [0]

        def work():
            with ndb.Database(self.path) as db:
                while not stop.is_set():
                    number = db.put(rpmdbs.package(f'passing-{rounds[0]}'))
                    db.delete(number)
                    rounds[0] += 1

        writer = threading.Thread(target=work)
        writer.start()
        try:
            for _ in range(10 if SANITIZED else 40):
                done = self.expect(self.world.run('--root', self.root, 'packages', '--json'), 0, 12)
                names = self.names(done)
                self.assertEqual(sorted(name for name in names if name.startswith('calm')),
                                 sorted(name for name, _ in sound(30)))
                self.assertFalse([row for row in done.json['rows'] if row['nevra'].startswith('#')])
                self.assertEqual({warning['code'] for warning in done.json['warnings']},
                                 {'locked'} if done.status else set())
        finally:
            stop.set()
            writer.join()
        self.assertGreater(rounds[0], 10)
        self.assertEqual(os.listdir(self.path.parent), ['Packages.db'])


if __name__ == '__main__':
    main()
