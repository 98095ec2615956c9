#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Headers that are cut, lie about themselves or come twice: listed, never hidden, and nothing falls over."""
import random
import struct

import rpmdbs
from rpmdbs import BIN, INT8, INT16, INT32, INT64, STRING, STRING_ARRAY, I18NSTRING, int32, package, texts
from terminal import Terminal
from world import FULL, SANITIZED, Case, main

VIEWS = [('packages', 'installed', '--columns', 'name,verdict,summary'), ('packages', 'files'),
         ('packages', 'dependencies'), ('packages', 'changelog'), ('packages', 'scripts'), ('signatures', 'packages'),
         ('signatures', 'keys'), ('status',), ('changes',), ('space',)]
ONE = {'files', 'dependencies', 'changelog', 'scripts'}


def patched(blob, *changes):
    """(offset, new value as 32 bits big endian)"""
    blob = bytearray(blob)
    for offset, value in changes:
        struct.pack_into('>I', blob, offset, value & 0xffffffff)
    return bytes(blob)


def entry(blob, tag):
    """Where the index entry of a tag begins."""
    count, = struct.unpack_from('>I', blob)
    return next(8 + 16 * n for n in range(count) if struct.unpack_from('>I', blob, 8 + 16 * n)[0] == tag)


class Headers(Case):
    def setUp(self):
        self.root = self.world.folder('root')

    def put(self, *blobs):
        path = self.root / rpmdbs.PLACE / 'rpmdb.sqlite'
        path.unlink(missing_ok=True)
        rpmdbs.write(self.root, blobs)

    def ask(self, *words):
        return self.world.run('--root', self.root, *words, '--json')

    def rows(self, status, *words):
        return self.expect(self.ask(*words), status).json['rows']

    def survive(self, name='calm', views=VIEWS):
        """Every view ends in time with JSON, and a status that data can have (2: several of that name)."""
        for view in views:
            one = [name] if len(view) > 1 and view[1] in ONE else []
            with self.subTest(view=view):
                self.expect(self.ask(*view[:2], *one, *view[2:]), 0, 2, 3, 9, 12).json
                self.expect(self.world.run('--root', self.root, *view[:2], *one, *view[2:]), 0, 2, 3, 9, 12)


class Damaged(Headers):
    def damaged(self, blob):
        """Beside a sound package: listed by its number, warned of, partial; opening it says damaged and a way out."""
        self.put(package('calm'), blob, package('after'))
        done = self.expect(self.ask('packages', 'installed', '--columns', 'nevra,name,verdict'), 12)
        self.assertEqual([(row['nevra'], row['name']) for row in done.json['rows']],
                         [('#2', None), ('after-1.0-1.noarch', 'after'), ('calm-1.0-1.noarch', 'calm')])
        self.assertEqual(done.json['rows'][0]['verdict'], 'damaged')
        self.assertEqual([warning['code'] for warning in done.json['warnings']], ['damaged'])
        rows = self.rows(12, 'signatures', 'packages')
        self.assertEqual([row['verdict'] for row in rows], ['damaged', 'unsigned', 'unsigned'])
        for view in ('files', 'dependencies', 'changelog', 'scripts'):
            self.fails(self.ask('packages', view, '#2'), 9, 'damaged', '#2')
        status = self.expect(self.ask('status'), 0, 12).json
        self.assertIn('packages/damaged', [row['id'] for row in status['rows']])

    def test_named_where_a_name_would_stand(self):
        """A header that cannot be read is called by its number, but not in a column of something else."""
        self.put(b'rubbish')
        for column, shown in (('name', '#1'), ('size', '-'), ('signer_name', '-')):
            done = self.world.run('--root', self.root, 'packages', '--columns', column)
            self.assertEqual(self.expect(done, 12).out.decode().split('\n')[1].strip(), shown)

    def test_named_by_the_index(self):
        """What rpm's index still knows is the row's name: whoever asks for it learns that it is damaged, not absent."""
        self.put(('calm', package('calm')), ('broken', b'rubbish'), ('other', b''))
        rows = self.rows(12, 'packages', 'installed', 'broken')
        self.assertEqual([(row['nevra'], row['name'], row['version'], row['verdict']) for row in rows],
                         [('#2', 'broken', None, 'damaged')])
        for word in 'broken', '#2':
            rows = self.rows(12, 'signatures', 'packages', word)
            self.assertEqual([(row['nevra'], row['name'], row['verdict']) for row in rows], [('#2', 'broken', 'damaged')])
            done = self.expect(self.ask('info', word), 12)
            self.assertEqual([done.json['record'][key] for key in ('nevra', 'name', 'verdict')],
                             ['#2', 'broken', 'damaged'])
            self.assertEqual([warning['code'] for warning in done.json['warnings']], ['damaged'])
        self.fails(self.ask('packages', 'files', 'broken'), 9, 'damaged', 'broken')
        self.fails(self.ask('info', 'brok'), 3, 'notfound', 'brok')
        found = next(row for row in self.expect(self.ask('status'), 0, 12).json['rows'] if row['id'] == 'packages/damaged')
        rows = self.rows(12, 'packages', 'installed', '--where', found['where'])
        self.assertEqual([row['nevra'] for row in rows], ['#2', '#3'])

    def test_reasons(self):
        """What is wrong with a header is in its row, in both views."""
        whole = package('calm')
        self.put(whole, whole[:len(whole) // 2], b'rubbish', b'', b'\xff' * 200, rpmdbs.header({}))
        wanted = [None, 'cut', 'cut', 'gone', 'shape', 'nameless']
        for words, reason in (('signatures', 'packages'), 'reason'), (('packages', 'installed'), 'why'):
            rows = {row['nevra']: row[reason] for row in self.rows(12, *words)}
            self.assertEqual([rows['calm-1.0-1.noarch'], *(rows[f'#{n}'] for n in range(2, 7))], wanted)
        done = self.world.run('--root', self.root, 'show', 'packages', '#2')
        self.assertIn('shorter than it says', self.expect(done, 12).out.decode())

    def test_names_cost_little(self):
        """An index is read anew for each damaged header, but not for ever: some names, and an end in time."""
        count = 20000
        path = rpmdbs.write(self.root, [(f'broken-{n}', b'') for n in range(count)])
        db = rpmdbs.connect(path)
        db.execute("INSERT INTO Name VALUES (zeroblob(300), 1, 0), (replace(hex(zeroblob(300)), '0', 'x'), 2, 0)")
        db.execute("DELETE FROM Name WHERE key IN ('broken-0', 'broken-1')")
        db.commit()
        db.close()
        rows = self.rows(12, 'packages', 'installed', '--columns', 'nevra,name')
        names = {row['nevra']: row['name'] for row in rows}
        self.assertEqual(len(names), count)
        self.assertEqual([names['#1'], names['#2'], names['#3']], [None, None, 'broken-2'])
        self.assertIn(None, [names[f'#{n}'] for n in range(3, count)])

    def test_lies(self):
        sound = package('broken')
        il, dl = struct.unpack_from('>II', sound)
        name, summary, files = entry(sound, 1000), entry(sound, 1004), entry(sound, 1117)
        cases = {'nothing': b'', 'one byte': b'\0', 'only counts': sound[:8], 'half': sound[:len(sound) // 2],
                 'a byte short': sound[:-1],
                 'il huge': patched(sound, (0, 0xffffffff)), 'il above the limit': patched(sound, (0, 0x10000)),
                 'il one more': patched(sound, (0, il + 1)), 'il 0': patched(sound, (0, 0)),
                 'dl huge': patched(sound, (4, 0xffffffff)), 'dl one more': patched(sound, (4, dl + 1)),
                 'both huge': patched(sound, (0, 0x7fffffff), (4, 0x7fffffff)),
                 'offset beyond': patched(sound, (summary + 8, dl + 1)),
                 'offset negative': patched(sound, (summary + 8, -1)),
                 'count huge': patched(sound, (files + 12, 0xffffffff)), 'count 0': patched(sound, (files + 12, 0)),
                 'type unknown': patched(sound, (summary + 4, 10)), 'type huge': patched(sound, (summary + 4, -1)),
                 'odd offset': patched(sound, (entry(sound, 1008) + 8, 3)),
                 'name is a number': patched(sound, (name + 4, INT32), (name + 8, 0)),
                 'no name': package('broken', NAME=None), 'no version': package('broken', VERSION=None),
                 'no release': package('broken', RELEASE=None),
                 'region count': patched(sound, (8 + 12, 17)), 'region offset': patched(sound, (8 + 8, dl)),
                 'region points outside': sound[:-8] + struct.pack('>iI', -16 * (il + 4), 16),
                 'region of odd size': sound[:-8] + struct.pack('>iI', -17, 16),
                 'region positive': sound[:-8] + struct.pack('>iI', 16, 16)}
        for what, blob in cases.items():
            with self.subTest(what=what):
                self.damaged(blob)

    def test_not_a_blob(self):
        """Rows whose column holds a text or a number, and one with a negative number."""
        self.put(package('calm'))
        db = rpmdbs.connect(self.root / rpmdbs.PLACE / 'rpmdb.sqlite')
        db.execute("INSERT INTO Packages VALUES (2, 'text'), (3, 17), (-5, x'00'), (9223372036854775807, x'00')")
        db.commit()
        db.close()
        rows = self.rows(12, 'packages', '--columns', 'nevra')
        self.assertEqual(sorted(row['nevra'] for row in rows),
                         ['#-5', '#2', '#3', '#9223372036854775807', 'calm-1.0-1.noarch'])
        self.survive()
        for word in ('#', '#x', '#2x', '#99999999999999999999', '#4', '#-5'):
            self.expect(self.ask('packages', 'files', word), 3, 9).json

    def test_cut_everywhere(self):
        sound = package('calm')
        for length in range(0, len(sound), 1 if FULL else 23):
            self.put(sound[:length])
            with self.subTest(length=length):
                self.assertEqual(self.rows(12, 'packages')[0]['nevra'], '#1')

    def test_flipped(self):
        """Bytes changed anywhere, from fixed seeds; many headers in one database."""
        blobs = []
        for seed in range(3000 if FULL else 300):
            chance = random.Random(seed)
            blob = bytearray(package('calm'))
            for _ in range(chance.randint(1, 6)):
                at = chance.randrange(len(blob))
                blob[at] = chance.choice([0, 1, 0x7f, 0x80, 0xff, chance.randrange(256)])
            blobs.append(bytes(blob))
        self.put(*blobs)
        self.assertEqual(len(self.rows(12, 'packages', '--columns', 'nevra,verdict,summary')), len(blobs))
        self.survive()
        for number in range(1, len(blobs) + 1, 1 if FULL else 10 if not SANITIZED else 30):
            for view in ('files', 'dependencies'):
                self.expect(self.ask('packages', view, f'#{number}'), 0, 3, 9, 12).json


class Odd(Headers):
    def test_wrong_types(self):
        """Tags of the wrong type, or lists of unequal length: unknown, not invented."""
        wrong = [int32(1, 2, 3), texts(STRING_ARRAY, 'x', 'y'), (BIN, 4, b'\xff\xfe\0\1'), (INT8, 1, b'\xff'),
                 (INT64, 1, b'\xff' * 8), (INT16, 1, b'\xff\xff'), texts(I18NSTRING, 'a'), texts(STRING, '')]
        tags = ['SUMMARY', 'INSTALLTIME', 'SIZE', 'VENDOR', 'LICENSE', 'ARCH', 'BASENAMES', 'DIRNAMES', 'DIRINDEXES',
                'FILESIZES', 'FILEMODES', 'EPOCH']
        for tag in tags:
            blobs = [package(f'calm{n}', **{tag: value}) for n, value in enumerate(wrong)]
            self.put(package('calm', **{tag: wrong[0]}), *blobs)
            with self.subTest(tag=tag):
                self.assertEqual(len(self.rows(0, 'packages', '--columns', 'nevra,verdict')), len(wrong) + 1)
                for n in range(len(wrong)):
                    self.expect(self.ask('packages', 'files', f'calm{n}'), 0, 9, 12).json
        self.survive()

    def test_file_lists_that_disagree(self):
        for more in ({'DIRINDEXES': int32(0, 7)}, {'DIRINDEXES': int32(0xffffffff, 0)}, {'DIRNAMES': None},
                     {'BASENAMES': texts(STRING_ARRAY, *'abcdefgh')}, {'FILESIZES': int32(1)},
                     {'DIRINDEXES': None}, {'FILEMODES': None}):
            self.put(package('calm', **more))
            with self.subTest(more=more):
                self.expect(self.ask('packages', 'files', 'calm'), 0, 9, 12).json
                self.survive(views=VIEWS[:2])

    def test_text_without_an_end(self):
        """The last text of a header that ends before its NUL."""
        blob = package('calm')
        at = entry(blob, 1004)
        data = 8 + 16 * struct.unpack_from('>I', blob)[0]
        self.put(blob[:data] + blob[data:].replace(b'the package calm\0', b'the package calm!'), patched(blob, (at + 4, STRING)))
        self.survive()

    def test_long_summary(self):
        """10 MB in one cell: cut with a warning; 1 MB is kept whole; a table that does not show it stays small."""
        self.put(package('calm', SUMMARY=texts(I18NSTRING, 'x' * 10_000_000)), package('after'))
        done = self.expect(self.ask('packages', '--columns', 'name,summary'), 12)
        self.assertEqual([len(row['summary']) for row in done.json['rows']], [len('the package after'), 1 << 20])
        self.assertEqual([warning['code'] for warning in done.json['warnings']], ['partial'])
        done = self.expect(self.world.run('--root', self.root, 'packages', '--columns', 'name,version'), 12)
        self.assertLess(len(done.out), 1000)
        self.assertIn('too long', done.said)
        self.put(package('calm', SUMMARY=texts(I18NSTRING, 'x' * 1_000_000)))
        self.assertEqual(len(self.rows(0, 'packages', '--columns', 'summary')[0]['summary']), 1_000_000)
        self.survive()

    def test_many_values(self):
        """A header with 20,000 files, all of the same name."""
        n = 20_000
        self.put(package('calm', files=['f'] * n))
        self.assertEqual(len(self.rows(0, 'packages', 'files', 'calm')), n)

    def test_control_bytes_in_names(self):
        names = [b'a\nb', b'a\tb', b'a\x1b[31mb', b'\xff\xfe', b'a b', b'', b'-', b'#7', b'../../etc', b'a\x7fb',
                 '\u202eevil'.encode()]
        self.put(*[package(NAME=texts(STRING, name)) for name in names])
        done = self.expect(self.ask('packages'), 0, 12)
        self.assertEqual(len(done.json['rows']), len(names))
        for form in ('table', 'plain', 'tsv', 'csv', 'ndjson'):
            done = self.expect(self.world.run('--root', self.root, 'packages', '--format', form), 0, 12)
            if form == 'plain':
                self.assertEqual(done.out.count(b'\n'), len(names))
        self.survive(name='#7')

    def test_duplicates(self):
        """The same package twice: both are there under different keys, and a finding says so."""
        self.put(package('calm'), package('calm'), package('calm', VERSION=texts(STRING, '2')))
        rows = self.rows(0, 'packages')
        self.assertEqual([row['nevra'] for row in rows], ['#2', 'calm-1.0-1.noarch', 'calm-2-1.noarch'])
        status = self.ask('status').json['rows']
        self.assertIn('packages/duplicates', [row['id'] for row in status])
        self.expect(self.ask('packages', 'files', '#2'), 0)
        done = self.expect(self.ask('packages', 'files', 'calm'), 2)
        for key in ('calm-1.0-1.noarch', '#2', 'calm-2-1.noarch'):
            self.assertIn(key, done.json['error']['hint'])

    def test_all_of_a_name_on_the_screen(self):
        """A record of what a word names shows each of them, as info does on standard output; of very many the first."""
        one = package('kernel', VERSION=texts(STRING, '6.1'))
        for more, last in (([package('kernel', VERSION=texts(STRING, '6.2'))], b'kernel-6.2-1.noarch'), ([one] * 300, b'...')):
            self.put(one, *more)
            terminal = Terminal(self.world.command('--root', self.root, 'ui', 'packages/installed'),
                                {**self.world.env(), 'TERM': 'vt100'}, rows=60)
            try:
                terminal.wait_for(b'kernel')
                terminal.send(b':packages info kernel\r')
                terminal.wait_for(b'kernel-6.1-1.noarch')
                terminal.send(b'G')
                terminal.wait_for(last)
                terminal.send(b'Q')
                self.assertEqual(terminal.end(), 0)
            finally:
                terminal.stop()

    def test_a_thousand_of_one_name(self):
        self.put(*[package('calm')] * 1000)
        done = self.expect(self.ask('packages', 'files', 'calm'), 2)
        self.assertLess(len(done.said), 1500)
        self.assertIn('...', done.said)

    def test_index_without_the_name(self):
        """rpm's index by name is empty, or names another package: what is listed is also found."""
        self.put(package('calm'), ('calm', package('other')))
        for name in ('calm', 'calm.noarch', 'other', 'other-1.0-1.noarch'):
            self.expect(self.ask('packages', 'files', name), 0)
        self.fails(self.ask('packages', 'files', 'absent'), 3, 'notfound', 'absent')

    def test_extreme_numbers(self):
        self.put(package('calm', INSTALLTIME=int32(0xffffffff), SIZE=int32(0xffffffff), EPOCH=int32(0xffffffff)),
                 package('after', INSTALLTIME=(INT64, 1, b'\x7f' + b'\xff' * 7), SIZE=(INT64, 1, b'\xff' * 8)),
                 package('zero', INSTALLTIME=int32(0)))
        rows = {row['name']: row for row in self.rows(0, 'packages')}
        self.assertEqual(rows['calm']['version'], '4294967295:1.0-1')
        self.assertEqual(rows['calm']['installed_at'], '2106-02-07T06:28:15Z')
        self.assertIsNone(rows['after']['installed_at'])
        self.assertIsNone(rows['after']['size'])
        self.assertEqual(rows['zero']['installed_at'], '1970-01-01T00:00:00Z')
        self.survive()


if __name__ == '__main__':
    main()
