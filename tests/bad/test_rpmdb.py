#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Package databases that are missing, cut, broken, foreign, locked or out of reach: what every view says of them."""
import contextlib
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import threading

import rpmdbs
from terminal import Terminal
from world import FULL, LIMIT, NOBODY, SANITIZED, Case, main, needs_root

VIEWS = [('packages', 'installed'), ('packages', 'files', 'calm'), ('signatures', 'packages'), ('signatures', 'keys')]
JOINED = [('status',), ('changes',), ('space',)]
READABLE = {0, 3, 9, 12}  # what a damaged database may end with: all of it, nothing of that name, none, some


def sound(count=12):
    return [(f'calm-{n}' if n else 'calm', rpmdbs.package(f'calm-{n}' if n else 'calm', VERSION=rpmdbs.texts(6, f'1.{n}')))
            for n in range(count)]


class Rpmdb(Case):
    def setUp(self):
        self.root = self.world.folder('root')
        self.path = self.root / rpmdbs.PLACE / 'rpmdb.sqlite'
        self.path.parent.mkdir(parents=True)

    def ask(self, *words, **how):
        """One view in JSON, the root untouched."""
        with self.untouched(self.root):
            return self.world.run('--root', self.root, *words, '--json', **how)

    def table(self, *words, **how):
        with self.untouched(self.root):
            return self.world.run('--root', self.root, *words, **how)

    def all_fail(self, status, code, *words, **how):
        """Every view of packages fails that way; the joined ones list what is left and warn."""
        for view in VIEWS:
            with self.subTest(view=view):
                self.fails(self.ask(*view, **how), status, code, *words)
                done = self.expect(self.table(*view, **how), status)
                self.assertEqual(done.out, b'')
                for word in words:
                    self.assertIn(word, done.said)
        for view in JOINED:
            with self.subTest(view=view):
                done = self.expect(self.ask(*view, **how), 12)
                self.assertIn(code, [warning['code'] for warning in done.json['warnings']])
                if view == ('status',):
                    self.is_found(done, 'critical' if code == 'damaged' else None)
                done = self.expect(self.table(*view, **how), 12)
                for word in words:
                    self.assertIn(word, done.said)

    def is_found(self, done, severity=None):
        """The failure is a row too, so that the Overview shows it: once, though two plugins read the database."""
        found = [row for row in done.json['rows'] if row['id'].endswith('/unread')]
        self.assertEqual([row['plugin'] for row in found], ['packages'])
        self.assertEqual(found[0]['view'], 'packages/installed')
        self.assertIn(found[0]['text'], [warning['message'] for warning in done.json['warnings']])
        if severity:
            self.assertEqual(found[0]['severity'], severity)
            self.assertTrue(found[0]['hint'])

    def all_survive(self, views=(*VIEWS, *JOINED), **how):
        for view in views:
            done = self.ask(*view, **how)
            self.expect(done, *READABLE)
            done.json

    def names(self, done):
        return [row['name'] for row in done.json['rows']]


class Broken(Rpmdb):
    def test_pages_in_a_circle(self):
        """A walk that never ends is cut where it comes back, long before the limit of a run."""
        rpmdbs.circle(self.path)
        self.all_survive()
        self.assertIn('in a circle', self.table('signatures', 'packages').said)

    def test_missing(self):
        self.path.parent.rmdir()
        self.all_fail(3, 'notfound', 'no package database')

    def test_missing_below_its_directory(self):
        self.all_fail(3, 'notfound', 'no package database')

    def test_missing_where_rpm_is(self):
        """An RPM distribution with rpm itself has lost its database; without rpm it is an image, and a Debian with rpm
        has none to lose."""
        (self.root / 'etc').mkdir()
        release = self.root / 'etc/os-release'
        release.write_text('NAME="Azure Linux"\nID=azurelinux\nID_LIKE="other fedora"\n')
        self.all_fail(3, 'notfound', 'no package database')
        rpm = self.root / 'usr/bin/rpm'
        rpm.parent.mkdir()
        rpm.touch()
        for text in 'ID=azurelinux\n', 'ID=mine\nID_LIKE="other fedora"\n', 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n':
            release.write_text(text)
            self.all_fail(9, 'damaged', 'package database of this system is gone')
        found = next(row for row in self.ask('status').json['rows'] if row['id'] == 'packages/unread')
        self.assertIn('/var', found['hint'])
        for text in 'ID=debian\n', 'ID=fedoralike\n', 'ID_LIKE="\n', '':
            release.write_text(text)
            self.all_fail(3, 'notfound', 'no package database')

    def test_root_that_is_not_there(self):
        done = self.world.run('--root', self.root / 'gone', 'packages', '--json')
        self.fails(done, 3, 'notfound', str(self.root / 'gone'))

    def test_errors_say_where(self):
        """Which system an error is about, as it lies; and which image or slot was asked for."""
        (self.root / 'link').symlink_to('.')
        error = self.world.run('--root', f'{self.root}/link/', 'packages', '--json').json['error']
        self.assertEqual((error['root'], 'image' in error, 'slot' in error), (str(self.root.resolve()), False, False))
        error = self.world.run('slots', '--root', self.root, '--image', 'gone.img', '--json').json['error']
        self.assertEqual((error['root'], error['image']), (str(self.root.resolve()), 'gone.img'))
        error = self.world.run('packages', '--root', self.root, '--slot', 'c', '--json').json['error']
        self.assertEqual((error['root'], error['slot']), (str(self.root.resolve()), 'c'))
        error = self.world.run('--root', self.root / 'gone', 'packages', '--json').json['error']
        self.assertEqual(error['root'], str(self.root / 'gone'))

    def test_root_that_is_a_file(self):
        (self.root / 'file').touch()
        done = self.world.run('--root', self.root / 'file', 'packages', '--json')
        self.assertIn('--image', self.fails(done, 2, 'usage', str(self.root / 'file'))['hint'])

    @needs_root
    def test_root_without_rights(self):
        self.root.chmod(0o700)
        (self.root / 'below').mkdir()
        done = self.world.run('--root', self.root / 'below', 'packages', '--json', user=NOBODY)
        self.fails(done, 4, 'denied', str(self.root / 'below'))
        # nor may one look empty that can be opened and not be searched
        for words in ('packages',), ('signatures',), ('slots',), ('sandboxes',), ('status',), ('space',):
            for mode in 0o700, 0o744:
                self.root.chmod(mode)
                with self.subTest(words=words, mode=oct(mode)):
                    done = self.world.run('--root', self.root, *words, '--json', user=NOBODY)
                    self.fails(done, 4, 'denied', str(self.root))

    def test_empty_file(self):
        self.path.touch()
        self.all_fail(9, 'damaged', 'rpmdb.sqlite', '0 bytes')

    def test_rubbish(self):
        self.path.write_bytes(b'this is no database\n' * 100)
        self.all_fail(9, 'damaged', 'rpmdb.sqlite')

    def test_no_rows(self):
        rpmdbs.write(self.root, [])
        for view in (VIEWS[0], *VIEWS[2:], *JOINED):
            with self.subTest(view=view):
                self.assertEqual(self.expect(self.ask(*view), 0).json['rows'], [])
                self.expect(self.table(*view), 0)
        self.fails(self.ask(*VIEWS[1]), 3, 'notfound', 'calm')

    def test_no_table(self):
        db = sqlite3.connect(self.path)
        db.executescript('CREATE TABLE Other (a); INSERT INTO Other VALUES (1)')
        db.close()
        self.all_fail(9, 'damaged', 'no table of packages')

    def test_view_that_never_ends(self):
        db = sqlite3.connect(self.path)
        db.executescript("CREATE VIEW Packages AS WITH RECURSIVE c(hnum) AS (SELECT 1 UNION ALL SELECT hnum+1 FROM c) "
                         "SELECT hnum, x'00' AS blob FROM c")
        db.close()
        self.all_fail(9, 'damaged', 'no table of packages')

    def test_other_columns(self):
        db = sqlite3.connect(self.path)
        db.executescript('CREATE TABLE Packages (a, b); INSERT INTO Packages VALUES (1, 2)')
        db.close()
        self.all_fail(9, 'damaged', 'rpmdb.sqlite')

    def test_broken_declarations(self):
        """An index or another table of which the declaration is no longer one hides no package."""
        for change in ("sql='CREATE INDEX nonsense' WHERE type='index'", "rootpage=99999 WHERE type='index'",
                       "sql='x' WHERE name='Name'", "rootpage=99999 WHERE name='Name'"):
            with self.subTest(change=change):
                self.path.unlink(missing_ok=True)
                rpmdbs.write(self.root, sound())
                wanted = self.ask('packages', 'installed').json['rows']
                db = sqlite3.connect(self.path, isolation_level=None)
                db.execute('CREATE INDEX Name_key_idx ON Name(key ASC)')
                db.execute('PRAGMA writable_schema=ON')
                db.execute('UPDATE sqlite_master SET ' + change)
                db.close()
                done = self.ask('packages', 'installed')
                self.assertEqual((done.status, done.json['rows']), (12, wanted))
                self.assertIn('beside its table of packages', done.json['warnings'][0]['message'])
                self.assertEqual(self.ask('show', 'packages', wanted[0]['name']).status, 12)

    def test_truncated(self):
        """Cut at many lengths: what is left is listed with a warning, or nothing can be."""
        rpmdbs.write(self.root, sound())
        whole = self.path.read_bytes()
        step = 512 if FULL else 4096
        partial = 0
        for length in [1, 15, 16, 99, 100, 511, 512, 4095, *range(4096, len(whole), step), len(whole) - 1]:
            with self.subTest(length=length):
                self.path.write_bytes(whole[:length])
                self.assertIn(self.expect(self.ask('packages', 'installed'), 0, 9, 12).status, (9, 12))
                done = self.ask('packages', 'installed', '--columns', 'name')
                if done.status == 12:
                    partial += 1
                    self.assertTrue(done.json['warnings'])
                    for warning in done.json['warnings']:  # a reason among the arguments would stay English
                        if 'cut short' in warning['message']:
                            self.assertIn('cut short', warning['message_msg']['msgid'])
                elif length >= 512:
                    self.assertIn('cut short, %d of %d bytes' % (length, len(whole)), done.json['error']['message'])
                if FULL or length % 3 == 0:
                    self.all_survive()
        self.assertGreater(partial, 0)

    def overview(self, *words):
        terminal = Terminal(self.world.command('--root', self.root), {**self.world.env(), 'TERM': 'vt100'})
        try:
            for word in words:
                terminal.wait_for(word)
            terminal.send(b'Q')
            self.assertEqual(terminal.end(), 0)
            return terminal.seen
        finally:
            terminal.stop()

    def test_the_overview_says_so_first(self):
        """Half read or not at all: once, in place of what was found while it was whole."""
        rpmdbs.write(self.root, sound(400))
        whole = self.path.read_bytes()
        self.overview(b'400 installed')
        self.path.write_bytes(whole[:len(whole) // 2])
        seen = self.overview(b'NEEDS YOU', b'damaged')
        self.assertEqual(seen.count(b'damaged'), 1)
        self.path.write_bytes(b'no database')
        self.overview(b'NEEDS YOU', b'destroyed')

    def test_corrupt_pages(self):
        """Bytes and whole pages overwritten from fixed seeds: an end in time, with a status and JSON."""
        rpmdbs.write(self.root, sound(40))
        whole = self.path.read_bytes()
        variants = 2000 if FULL else 50 if SANITIZED else 200
        seen = set()
        for seed in range(variants):
            chance = random.Random(seed)
            data = bytearray(whole)
            for _ in range(chance.randint(1, 8)):
                size = chance.choice([1, 1, 4, 64, 4096])
                at = chance.randrange(100 if seed % 4 else 0, len(data) - size)
                if size == 4096:
                    at -= at % 4096
                data[at:at + size] = chance.randbytes(size)
            self.path.write_bytes(data)
            view = (*VIEWS, *JOINED)[seed % 7]
            with self.subTest(seed=seed, view=view):
                done = self.expect(self.world.run('--root', self.root, *view, '--json'), *READABLE)
                done.json
                seen.add(done.status)
        self.assertEqual(sorted(os.listdir(self.path.parent)), ['rpmdb.sqlite'])
        self.assertLessEqual({0, 12}, seen)

    def test_corrupt_journals(self):
        """The journal of a change that was cut off, itself overwritten: an end in time, with a status and JSON."""
        rpmdbs.write(self.root, sound(40))
        writer = sqlite3.connect(self.path, isolation_level=None)
        for word in ('PRAGMA journal_mode=DELETE', 'PRAGMA cache_size=1', 'BEGIN', 'DELETE FROM Packages WHERE hnum>9',
                     'UPDATE Packages SET blob=zeroblob(9000)'):
            writer.execute(word).fetchall()
        journal = self.path.with_name('rpmdb.sqlite-journal')
        half, whole = self.path.read_bytes(), journal.read_bytes()
        writer.execute('ROLLBACK')
        writer.close()
        self.path.write_bytes(half)
        seen, restored = set(), 0
        for seed in range(1000 if FULL else 30 if SANITIZED else 100):
            chance = random.Random(seed)
            data = bytearray(whole)
            for _ in range(chance.randint(0, 4)):
                size = chance.choice([1, 4, 64])
                at = chance.randrange(28 if seed % 3 else len(data) - size)
                data[at:at + size] = chance.randbytes(size)
            journal.write_bytes(data[:chance.randrange(len(data))] if seed % 5 == 4 else data)
            view = (*VIEWS, *JOINED)[seed % 7]
            with self.subTest(seed=seed, view=view):
                done = self.expect(self.ask(*view), *READABLE)
                done.json
                seen.add(done.status)
                restored += self.compare_rollback()
        self.assertIn(12, seen)
        self.assertGreater(restored, 5)

    def compare_rollback(self):
        """Rows that are said to be those before the change are those of a copy that sqlite restored."""
        done = self.ask('packages', 'installed')
        if not any('those before it, which' in warning['message'] for warning in done.json.get('warnings', ())):
            return False
        copy = self.world.folder('copy')
        shutil.copytree(self.root, copy, dirs_exist_ok=True)
        db = sqlite3.connect(copy / self.path.relative_to(self.root))
        with contextlib.suppress(sqlite3.DatabaseError):  # the sums of a journal let some damage pass
            db.execute('PRAGMA integrity_check').fetchall()
        db.close()
        self.assertEqual(list((copy / self.path.relative_to(self.root)).parent.glob('*-journal')), [])
        restored = self.world.run('--root', copy, 'packages', 'installed', '--json')
        self.assertEqual(done.json['rows'], restored.json['rows'])
        return True

    def test_journals(self):
        """One that sqlite keeps after a change says nothing; one that is not whole restores nothing for sure."""
        rpmdbs.write(self.root, sound(40))
        writer = sqlite3.connect(self.path, isolation_level=None)
        for word in 'PRAGMA journal_mode=PERSIST', 'DELETE FROM Packages WHERE hnum=7':
            writer.execute(word).fetchall()
        journal = self.path.with_name('rpmdb.sqlite-journal')
        self.assertGreater(journal.stat().st_size, 0)
        done = self.expect(self.ask('packages'), 0)
        self.assertEqual((len(self.names(done)), done.json['warnings']), (39, []))
        for word in 'PRAGMA cache_size=1', 'BEGIN', 'UPDATE Packages SET blob=zeroblob(9000)':
            writer.execute(word).fetchall()
        half, whole = self.path.read_bytes(), journal.read_bytes()
        writer.execute('ROLLBACK')
        writer.close()
        self.path.write_bytes(half)
        journal.write_bytes(whole)
        self.assertTrue(self.compare_rollback())
        seen = []
        emptied = whole[:16] + bytes(4) + whole[20:]  # the size before: no page at all
        for damaged in whole[:len(whole) * 2 // 3], emptied, b'x' * 4096:
            journal.write_bytes(damaged)
            done = self.expect(self.ask('packages'), 12, 9)
            self.assertNotIn('those before it, which', done.said)
            seen.append(done.status)
            if done.status == 12:
                self.assertIn('cut off, and its journal is damaged', done.json['warnings'][0]['message'])
        self.assertIn(12, seen)

    def test_schema_with_more_in_it(self):
        """Indexes over expressions, triggers, a computed column that nobody asks for: none of it is run."""
        db = rpmdbs.connect(self.path)
        db.executescript('CREATE INDEX late ON Packages(length(blob));'
                         'CREATE TRIGGER t AFTER INSERT ON Name BEGIN DELETE FROM Packages; END')
        rpmdbs.add(db, [blob for _, blob in sound(2)])
        self.assertEqual(self.names(self.expect(self.ask('packages'), 0)), ['calm-1', 'calm'])
        db.execute('ALTER TABLE Packages ADD COLUMN made AS (zeroblob(1 << 20))')
        db.commit()
        db.close()
        self.assertEqual(self.names(self.expect(self.ask('packages'), 0)), ['calm-1', 'calm'])

    def test_computed_headers(self):
        db = sqlite3.connect(self.path)
        db.executescript('CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, n, blob AS (zeroblob(n)));'
                         'INSERT INTO Packages (n) VALUES (200000000), (200000000)')
        db.close()
        self.all_fail(9, 'damaged', 'no table of packages')


class Foreign(Rpmdb):
    def test_berkeley(self):
        for place in ('var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'):
            for magic in (b'\x61\x15\x06\0', b'\0\x06\x15\x61'):
                with self.subTest(place=place, magic=magic):
                    root = self.root = self.world.folder('root')
                    (root / place).mkdir(parents=True)
                    (root / place / 'Packages').write_bytes(bytes(12) + magic + bytes(4080))
                    error = self.fails(self.ask('packages'), 10, 'unsupported', 'BerkeleyDB', place)
                    self.assertIn('rpmdb', error['hint'])
        self.all_fail(10, 'unsupported', 'BerkeleyDB')

    def test_something_else(self):
        (self.path.parent / 'Packages').write_bytes(b'short')
        self.all_fail(9, 'damaged', 'Packages')

    def test_old_beside_new(self):
        """Left over from a conversion: the sqlite one counts."""
        (self.path.parent / 'Packages').write_bytes(bytes(12) + b'\x61\x15\x06\0' + bytes(4080))
        rpmdbs.write(self.root, sound(1))
        self.assertEqual(self.names(self.expect(self.ask('packages'), 0)), ['calm'])


class Writers(Rpmdb):
    def test_exclusive_lock(self):
        rpmdbs.write(self.root, sound(3))
        writer = sqlite3.connect(self.path, isolation_level=None)
        writer.execute('PRAGMA locking_mode=EXCLUSIVE')
        writer.execute('BEGIN EXCLUSIVE')
        try:
            self.assertEqual(len(self.names(self.expect(self.ask('packages'), 0))), 3)
            self.all_survive()
        finally:
            writer.execute('ROLLBACK')
            writer.close()

    def test_log_with_rows(self):
        """Rows that are only in the write-ahead log are shown; nothing is left beside it, nothing is written back."""
        rpmdbs.write(self.root, sound(2))
        writer = sqlite3.connect(self.path)
        writer.execute('PRAGMA journal_mode=WAL')
        writer.execute('PRAGMA wal_autocheckpoint=0')
        rpmdbs.add(writer, [('late', rpmdbs.package('late'))])
        kept = self.world.folder('kept')
        for name in os.listdir(self.path.parent):
            if not name.endswith('-shm'):
                shutil.copy(self.path.parent / name, kept)
        with_writer = self.ask('packages')
        writer.close()
        shutil.rmtree(self.path.parent)
        shutil.copytree(kept, self.path.parent)
        self.assertEqual(sorted(os.listdir(self.path.parent)), ['rpmdb.sqlite', 'rpmdb.sqlite-wal'])
        for done in (with_writer, self.ask('packages'), self.ask('packages')):
            self.assertEqual(self.names(self.expect(done, 0)), ['calm-1', 'calm', 'late'])
        self.expect(self.ask('packages', 'files', 'late'), 0)
        self.all_survive()
        log = self.path.parent / 'rpmdb.sqlite-wal'
        whole = log.read_bytes()
        for seed in range(100 if FULL else 20):
            chance = random.Random(seed)
            data = bytearray(whole[:chance.choice([len(whole), chance.randrange(len(whole))])])
            for _ in range(chance.randint(0, 3)):
                data[chance.randrange(max(len(data), 1))] = chance.randrange(256)
            log.write_bytes(data)
            with self.subTest(seed=seed):
                self.expect(self.ask('packages'), *READABLE).json

    def test_a_journal_of_a_living_writer(self):
        """It is no change that was cut off, and nobody can tell how much of it is in the file."""
        rpmdbs.write(self.root, sound(3))
        writer = sqlite3.connect(self.path, isolation_level=None)
        writer.execute('BEGIN IMMEDIATE')
        writer.execute('DELETE FROM Packages WHERE hnum=2')
        self.assertGreater(self.path.with_name('rpmdb.sqlite-journal').stat().st_size, 0)
        # Not by ask(): a process that closes a file loses its locks on it, and ask() reads the root before and after.
        done = self.expect(self.world.run('--root', self.root, 'packages', '--json'), 12)
        self.assertEqual([warning['code'] for warning in done.json['warnings']], ['locked'])
        writer.execute('ROLLBACK')
        writer.close()
        self.assertEqual(len(self.names(self.expect(self.ask('packages'), 0))), 3)

    def test_a_writer_that_never_rests(self):
        """Two packages change in each commit, and the log is written back now and then: a list without a warning shows
        both of one commit; no run hangs or leaves a file."""
        count = 60
        rpmdbs.write(self.root, sound(count))
        stop, commits = threading.Event(), [0]

        def work():
            db = sqlite3.connect(self.path, isolation_level=None)
            db.execute('PRAGMA journal_mode=WAL')
            db.execute('PRAGMA synchronous=OFF')
            db.execute('PRAGMA wal_autocheckpoint=1000')
            while not stop.is_set():
                commits[0] += 1
                first = commits[0] % (count // 2)
                db.execute('BEGIN')
                for n in (first, count - 1 - first):
                    name = f'calm-{n}' if n else 'calm'
                    hnum, = db.execute('SELECT hnum FROM Name WHERE key=?', (name,)).fetchone()
                    db.execute('DELETE FROM Packages WHERE hnum=?', (hnum,))
                    blob = rpmdbs.package(name, VERSION=rpmdbs.texts(6, f'2.{commits[0]}'),
                                          DESCRIPTION=rpmdbs.texts(9, 'x' * (commits[0] % 7 * 500)))
                    new = db.execute('INSERT INTO Packages (blob) VALUES (?)', (blob,)).lastrowid
                    db.execute('UPDATE Name SET hnum=? WHERE key=?', (new, name))
                db.execute('COMMIT')
            db.close()

        writer = threading.Thread(target=work)
        writer.start()
        calm = 0
        try:
            for _ in range(10 if SANITIZED else 40):
                done = self.expect(self.world.run('--root', self.root, 'packages', '--json'), 0, 5, 12)
                if done.status:
                    self.assertTrue(done.status == 5 or 'locked' in [w['code'] for w in done.json['warnings']], done.out)
                    continue
                calm += 1
                rows = {row['name']: row['version'] for row in done.json['rows']}
                self.assertEqual((len(done.json['rows']), len(rows)), (count, count))
                rows['calm-0'] = rows['calm']
                for n in range(count // 2):
                    here, there = rows[f'calm-{n}'], rows[f'calm-{count - 1 - n}']
                    self.assertTrue(here == there or {here[0], there[0]} == {'1'}, (n, here, there))
        finally:
            stop.set()
            writer.join()
        self.assertGreater(commits[0], 10)
        self.assertGreater(calm, 0)
        self.assertEqual(os.listdir(self.path.parent), ['rpmdb.sqlite'])
        self.assertEqual(len(self.names(self.expect(self.ask('packages'), 0))), count)

    def test_log_that_is_a_link_or_fifo(self):
        rpmdbs.write(self.root, sound(2))
        log = self.path.parent / 'rpmdb.sqlite-wal'
        os.mkfifo(log)
        self.assertEqual(len(self.names(self.expect(self.ask('packages'), 0, 12))), 2)
        log.unlink()
        log.symlink_to('/etc/passwd')
        self.assertEqual(len(self.names(self.expect(self.ask('packages'), 0, 12))), 2)

    def test_cut_off_change(self):
        rpmdbs.write(self.root, sound(2))
        (self.path.parent / 'rpmdb.sqlite-journal').write_bytes(b'\xd9\xd5\x05\xf9\x20\xa1\x63\xd7' + bytes(512))
        done = self.expect(self.ask('packages'), 12)
        self.assertIn('cut off', done.json['warnings'][0]['message'])


class Places(Rpmdb):
    def test_directory(self):
        self.path.mkdir()
        self.all_fail(9, 'damaged', 'rpmdb.sqlite')

    def test_several_places(self):
        """An empty database, or the beginning of one, hides none that holds packages; rpm's own setting decides."""
        old = self.root / 'var/lib/rpm/rpmdb.sqlite'
        old.parent.mkdir(parents=True)
        rpmdbs.write(self.root, sound(3), 'var/lib/rpm')

        def shown(count, left, read, words):
            done = self.expect(self.ask('packages'), 12 if left else 0)
            self.assertEqual(len(done.json['rows']), count)
            said = [warning['message'] for warning in done.json['warnings']]
            self.assertEqual(len(said), 1 if left else 0)
            if left:
                self.assertTrue(said[0].startswith(f'{left}: is not read') and str(read) in said[0], said)
                self.assertIn(words, said[0])

        unsaid, is_set = 'does not say', 'rpm is set to use'
        shown(3, None, None, None)
        self.path.touch()
        shown(3, self.path, old, unsaid)
        self.path.unlink()
        rpmdbs.write(self.root, [])
        shown(3, self.path, old, unsaid)
        macros = self.root / 'usr/lib/rpm/macros.d/macros.here'
        macros.parent.mkdir(parents=True)
        for text, new in (('%_dbpath %{_usr}/lib/sysimage/rpm', True), ('%_dbpath\t/var/lib/rpm/', False),
                          ('%_dbpath %{_var}/lib/rpm', False), ('%_dbpath /usr/lib/sysimage/rpm', True)):
            macros.write_text(text + '\n')
            with self.subTest(text=text):
                shown(*(0, old, self.path) if new else (3, self.path, old), is_set)
        macros.write_text('%_dbpath /elsewhere\n')
        shown(3, self.path, old, unsaid)
        self.path.unlink()
        rpmdbs.write(self.root, sound(2))
        shown(2, old, self.path, unsaid)
        self.path.unlink()
        self.path.symlink_to('../../../../var/lib/rpm/rpmdb.sqlite')
        shown(3, None, None, None)
        self.path.unlink()
        self.path.parent.rmdir()
        self.path.parent.symlink_to('/var/lib/rpm')
        shown(3, None, None, None)

    def test_messages_name_the_root(self):
        """Taken at its word, "move it away" must not lead to the running system's file."""
        self.path.mkdir()
        beside = self.path.with_name('Packages.db')
        for view in VIEWS[0], VIEWS[2]:
            self.fails(self.ask(*view), 9, 'damaged', f'{self.path}: ')
        self.assertIn(f'{self.path}: ', self.expect(self.ask('status'), 12).json['warnings'][0]['message'])
        self.path.rmdir()
        rpmdbs.write(self.root, sound(2))
        self.path.with_name('rpmdb.sqlite-journal').write_bytes(b'x' * 512)
        beside.write_bytes(b'RpmP')
        done = self.expect(self.ask('packages'), 12)
        said = [warning['message'] for warning in done.json['warnings']]
        self.assertTrue(said[0].startswith(f'{beside}: is not read, since {self.path} lies'), said)
        self.assertTrue(said[1].startswith(f'{self.path}: a change'), said)
        shutil.rmtree(self.path.parent)
        self.path.parent.mkdir()
        old = self.path.with_name('Packages')
        old.write_bytes(bytes(12) + b'\x61\x15\x06\0' + bytes(500))
        self.fails(self.ask('packages'), 10, 'unsupported', f'{old}: ')
        done = self.world.run('--root', f'{self.root}//', 'packages', '--json')
        self.fails(done, 10, 'unsupported', f'{old}: ')

    def test_fifo(self):
        os.mkfifo(self.path)
        self.all_fail(9, 'damaged', 'rpmdb.sqlite')

    def test_socket(self):
        here = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(f'/proc/self/fd/{here}/rpmdb.sqlite')
        os.close(here)
        self.all_fail(9, 'damaged', 'rpmdb.sqlite')

    @needs_root
    def test_device(self):
        os.mknod(self.path, 0o600 | 0o020000, os.makedev(1, 5))
        self.all_fail(9, 'damaged', 'rpmdb.sqlite')

    def test_link_out_of_the_root(self):
        outside = self.world.folder('outside')
        rpmdbs.write(outside, [('outside', rpmdbs.package('outside'))])
        there = outside / rpmdbs.PLACE / 'rpmdb.sqlite'
        self.path.symlink_to(there)
        self.all_fail(9, 'damaged', f'{self.path}: is a link to {there}')
        self.path.unlink()
        self.path.symlink_to('../' * 30 + str(there)[1:])
        self.all_fail(9, 'damaged', f'{self.path}: is a link to ../')
        self.path.rename(self.path.with_name('Packages.db'))
        self.all_fail(9, 'damaged', f'{self.path.with_name("Packages.db")}: is a link to ../')
        self.path.with_name('Packages.db').rename(self.path)
        # The directory as a link: as if the root were "/".
        self.path.unlink()
        self.path.parent.rmdir()
        self.path.parent.symlink_to(outside / rpmdbs.PLACE)
        self.all_fail(3, 'notfound', 'no package database')
        self.path.parent.unlink()
        self.path.parent.symlink_to('/var/lib/rpm')
        rpmdbs.write(self.root, sound(1), 'var/lib/rpm')
        self.assertEqual(self.names(self.expect(self.ask('packages'), 0)), ['calm'])

    def test_file_times(self):
        """A file may claim to be of any year."""
        rpmdbs.write(self.root, sound(1))
        for at in (-2**31, 0, 2**31, 10_000_000_000, 15_000_000_000):
            os.utime(self.path, (at, at))
            with self.subTest(at=at):
                self.assertEqual(self.names(self.expect(self.ask('packages'), 0)), ['calm'])

    def test_link_to_itself(self):
        self.path.symlink_to('rpmdb.sqlite')
        done = self.ask('packages')
        self.assertNotEqual(done.status, 0)
        self.assertIn('rpmdb.sqlite', done.said)

    @needs_root
    def test_no_right_to_read(self):
        rpmdbs.write(self.root, sound(2))
        self.path.chmod(0o600)
        self.all_fail(4, 'denied', 'rpmdb.sqlite', user=NOBODY)
        self.path.chmod(0o644)
        self.path.parent.chmod(0o700)
        self.all_fail(4, 'denied', 'rpmdb.sqlite', user=NOBODY)
        self.path.parent.chmod(0o755)
        self.assertEqual(len(self.names(self.expect(self.ask('packages', user=NOBODY), 0))), 2)

    @needs_root
    def test_no_right_to_read_what_is_beside(self):
        """A package may be in the log, and a cut-off change be told of by the journal, whoever may read them."""
        rpmdbs.write(self.root, sound(2))
        for name, words in ('wal', 'latest changes'), ('journal', 'cut off'):
            beside = self.path.parent / f'rpmdb.sqlite-{name}'
            beside.write_bytes(bytes(4096))
            beside.chmod(0o600)
            with self.subTest(name=name):
                done = self.expect(self.ask('packages', user=NOBODY), 12)
                self.assertIn(words, done.json['warnings'][0]['message'])
                if name == 'wal':
                    done = self.expect(self.ask('packages', 'files', 'late', user=NOBODY), 4)
                    self.assertIn('no package late', done.json['error']['cause'][0]['message'])
                    self.assertIn(words, done.json['error']['cause'][1]['message'])
                    self.expect(self.ask('show', 'packages', 'late', user=NOBODY), 4)
            beside.unlink()
        self.expect(self.ask('packages', 'files', 'late', user=NOBODY), 3)

    @needs_root
    def test_read_only_root(self):
        """A read-only bind mount in a mount namespace, with and without a log."""
        rpmdbs.write(self.root, sound(2))
        script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && ! touch "$0/x" 2>/dev/null && exec "$@"'
        command = ['unshare', '-m', 'sh', '-c', script, str(self.root),
                   *self.world.command('--root', self.root, 'packages', '--json')]
        probe = ['unshare', '-m', 'mount', '--bind', str(self.root), str(self.root)]
        tried = subprocess.run(probe, stderr=subprocess.PIPE, check=False)
        if tried.returncode:  # in a container, or where the root is no mount
            self.skipTest('no mount namespace here: ' + tried.stderr.decode())
        done = subprocess.run(command, env=self.world.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=LIMIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(os.listdir(self.path.parent), ['rpmdb.sqlite'])

    def test_sealed_directory(self):
        """Without a right to write anywhere in the root, as on a squashfs."""
        rpmdbs.write(self.root, sound(2))
        self.path.chmod(0o444)
        self.path.parent.chmod(0o555)
        try:
            self.assertEqual(len(self.names(self.expect(self.ask('packages'), 0))), 2)
        finally:
            self.path.parent.chmod(0o755)


if __name__ == '__main__':
    main()
