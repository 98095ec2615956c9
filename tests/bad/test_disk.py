#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Disk images that are broken, cut, no disk at all or out of reach, and slots full of rubbish."""
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from terminal import Terminal
from world import FULL, NOBODY, SANITIZED, Case, main, needs_root

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'slots'))

import images  # noqa: E402
from images import SECTOR  # noqa: E402

SLOT_A = 20 << 20  # where mkdisk puts the first slot


class Disk(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = cls.world.folder('images')
        cls.images = images.Images(cls.folder)
        cls.image = cls.images.get('flatcar', 'erofs')

    def setUp(self):
        self.path = self.folder / 'bad.img'
        self.path.unlink(missing_ok=True)

    def copy(self, source=None):
        subprocess.run(['cp', '--sparse=always', source or self.image, self.path], check=True)
        return self.path

    def ask(self, image, *view, **how):
        """JSON of a view; the file keeps its time and size."""
        before = os.lstat(image) if os.path.lexists(image) else None
        done = self.world.run('--image', image, *(view or ('slots',)), '--json', **how)
        if before:
            after = os.lstat(image)
            self.assertEqual((before.st_mtime_ns, before.st_size), (after.st_mtime_ns, after.st_size))
        return done

    def all_fail(self, image, status, code, *words, **how):
        self.fails(self.ask(image, **how), status, code, *words)
        self.fails(self.ask(image, 'slots', 'disk', **how), status, code, *words)
        done = self.expect(self.world.run('--image', image, 'slots', **how), status)
        self.assertEqual(done.out, b'')
        done = self.expect(self.ask(image, 'status', **how), 12)
        self.assertIn(code, [warning['code'] for warning in done.json['warnings']])


class Line(Disk):
    def test_the_image_is_shown_where_the_screen_cannot_be(self):
        terminal = Terminal(self.world.command('ui', 'slots', '--image', self.image), {**self.world.env(), 'TERM': 'dumb'})
        try:
            terminal.wait_for(b'HEALTH')
            terminal.wait_for(b' B ')
            terminal.send(b'quit\n')
            self.assertEqual(terminal.end(), 0)
        finally:
            terminal.stop()


class Tables(Disk):
    def test_one_bad_copy(self):
        size = self.image.stat().st_size
        for what, place in (('first header', SECTOR + 20), ('first entries', 2 * SECTOR + 40),
                            ('last header', size - SECTOR + 20), ('last entries', size - 33 * SECTOR + 40)):
            with self.subTest(what=what):
                images.flip(self.copy(), place)
                done = self.expect(self.ask(self.path), 12)
                self.assertEqual([row['slot'] for row in done.json['rows']], ['A', 'B'])
                self.assertIn('damaged', [warning['code'] for warning in done.json['warnings']])
                self.assertTrue(self.expect(self.world.run('--image', self.path, 'slots'), 12).said)
                found = self.ask(self.path, 'status').json['rows']
                self.assertTrue([row for row in found if row['plugin'] == 'slots' and 'gpt' in row['id']], found)

    def test_no_good_copy(self):
        images.flip(self.copy(), SECTOR + 20, -SECTOR + 20)
        self.all_fail(self.path, 9, 'damaged', str(self.path))

    def test_overlaps(self):
        self.copy()
        with open(self.path, 'r+b') as file:
            for copy in images.copies(file):
                first = copy.entries[2 * 128 + 32:2 * 128 + 40]
                copy.entries[3 * 128 + 32:3 * 128 + 40] = first
                copy.put()
        done = self.expect(self.ask(self.path), 12)
        self.assertIn('overlap', done.json['warnings'][0]['message'])
        self.assertIn('overlap', self.expect(self.world.run('--image', self.path, 'slots'), 12).said)

    def test_master_boot_record_only(self):
        for number in (0x83, 0xee):
            with open(self.path, 'wb') as file:
                file.truncate(8 << 20)
                file.seek(446)
                file.write(bytes([0, 0, 2, 0, number, 0, 0, 0, 1, 0, 0, 0, 0, 0x10, 0, 0]))
                file.seek(510)
                file.write(b'\x55\xaa')
            with self.subTest(number=number):
                done = self.ask(self.path)
                self.expect(done, 9, 10)
                self.assertIn(str(self.path), done.said)
                self.assertTrue(done.json['error']['hint'])

    def test_zeros(self):
        with open(self.path, 'wb') as file:
            file.truncate(8 << 20)
        self.expect(self.ask(self.path), 9, 10)

    def test_cut(self):
        """Images cut at many lengths: what the table names beyond the end is said, never invented."""
        size = self.image.stat().st_size
        lengths = [1, 511, 512, 513, 1024, 1536, 17408, 34 * 512, 1 << 20, SLOT_A, SLOT_A + 1000, size // 2, size - 512,
                   size - 1]
        for length in lengths if not FULL else [*lengths, *range(0, size, size // 200)]:
            os.truncate(self.copy(), length)
            with self.subTest(length=length):
                done = self.expect(self.ask(self.path), 9, 10, 12)
                done.json
                done = self.expect(self.world.run('--image', self.path, 'slots'), done.status)
                self.assertIn(str(self.path), done.said)

    def test_garbled_tables(self):
        """Bytes of both copies changed from fixed seeds, checksums made to fit so that the values are believed."""
        self.copy()
        for seed in range(500 if FULL else 60):
            chance = random.Random(seed)
            with open(self.path, 'r+b') as file:
                for copy, kept in zip(images.copies(file), self.kept()):
                    copy.entries[:] = kept
                    for _ in range(chance.randint(1, 10)):
                        number = chance.choice([0, 1, 2, 3, 4, 5, chance.randrange(128)])
                        at = number * 128 + chance.randrange(128)
                        copy.entries[at] = chance.choice([0, 0xff, chance.randrange(256)])
                    copy.put()
            with self.subTest(seed=seed):
                self.expect(self.ask(self.path, *(('slots',), ('slots', 'disk'), ('status',))[seed % 3]), 0, 9, 12).json

    def kept(self):
        with open(self.image, 'rb') as file:
            return [bytes(copy.entries) for copy in images.copies(file)]

    def test_headers_that_lie(self):
        for fields in ({(80, '<I'): 0xffffffff}, {(84, '<I'): 0}, {(84, '<I'): 1}, {(84, '<I'): 0xfffffff8},
                       {(72, '<Q'): 2**64 - 1}, {(72, '<Q'): 2**55}, {(40, '<Q'): 2**63}, {(48, '<Q'): 0},
                       {(12, '<I'): 0xffffffff}, {(12, '<I'): 1}, {(80, '<I'): 0}):
            self.copy()
            for which in (0, 1):
                images.set_header(self.path, which, fields)
            with self.subTest(fields=fields):
                self.expect(self.ask(self.path), 0, 9, 10, 12).json


class Things(Disk):
    def test_not_there(self):
        self.all_fail(self.folder / 'gone.img', 3, 'notfound', 'gone.img')

    def test_directory(self):
        self.path = self.world.folder('dir.img')
        done = self.expect(self.ask(self.path), 2, 9)
        self.assertIn('dir.img', done.said)
        self.assertTrue(done.json['error']['hint'])

    def test_fifo(self):
        fifo = self.folder / 'fifo.img'
        os.mkfifo(fifo)
        done = self.expect(self.ask(fifo), 2, 9)
        self.assertIn('fifo.img', done.said)
        self.assertTrue(done.json['error']['hint'])
        fifo.unlink()

    def test_empty(self):
        self.path.touch()
        self.all_fail(self.path, 9, 'damaged', str(self.path))

    def test_character_device(self):
        for device in ('/dev/null', '/dev/zero', '/dev/tty'):
            done = self.expect(self.ask(device), 1, 2, 3, 9)
            self.assertIn(device, done.said)

    @needs_root
    def test_no_right_to_read(self):
        self.copy().chmod(0o600)
        self.all_fail(self.path, 4, 'denied', str(self.path), user=NOBODY)

    @needs_root
    def test_device_without_rights(self):
        device = self.folder / 'disk'
        os.mknod(device, 0o600 | 0o060000, os.makedev(7, 250))
        self.fails(self.ask(device, user=NOBODY), 4, 'denied', str(device))
        self.expect(self.ask(device), 3, 4, 9).json
        device.unlink()

    def test_name_with_escapes(self):
        path = self.folder / 'a\x1b[2J\n\u202e.img'
        done = self.expect(self.ask(path), 3)
        self.assertNotIn('\x1b', done.said)
        self.assertNotIn('\u202e', done.said)
        done.json


class Slots(Disk):
    def fuzz(self, fs, places, count):
        """Bytes near the start of a slot's file system changed: a version or none, a warning, an end in time."""
        source = self.images.get('flatcar', fs)
        self.copy(source)
        with open(source, 'rb') as file:
            file.seek(SLOT_A)
            whole = file.read(1 << 20)
        for seed in range(count):
            chance = random.Random(f'{fs} {seed}')
            data = bytearray(whole)
            for _ in range(chance.randint(1, 12)):
                start, size = chance.choice(places)
                at = start + chance.randrange(size)
                data[at] = chance.choice([0, 1, 0x7f, 0x80, 0xff, chance.randrange(256)])
            with open(self.path, 'r+b') as file:
                file.seek(SLOT_A)
                file.write(data)
            with self.subTest(fs=fs, seed=seed):
                done = self.expect(self.ask(self.path), 0, 12)
                self.assertEqual([row['slot'] for row in done.json['rows']], ['A', 'B'])

    def test_squashfs(self):
        self.fuzz('squashfs', [(0, 96), (96, 65536)], 1000 if FULL else 20 if SANITIZED else 50)

    def test_erofs(self):
        self.fuzz('erofs', [(1024, 128), (1152, 65536)], 1000 if FULL else 20 if SANITIZED else 50)

    def test_ext4(self):
        self.fuzz('ext4', [(1024, 264), (4096, 64), (4096, 1 << 19)], 1000 if FULL else 20 if SANITIZED else 50)

    def test_magic_and_noise(self):
        """Only the magic number is right."""
        self.copy()
        for name, at, magic in (('squashfs', 0, b'hsqs'), ('erofs', 1024, b'\xe2\xe1\xf5\xe0'), ('ext4', 1080, b'\x53\xef')):
            for seed in range(100 if FULL else 10):
                noise = bytearray(random.Random(f'{name} {seed}').randbytes(1 << 16))
                noise[at:at + len(magic)] = magic
                with open(self.path, 'r+b') as file:
                    file.seek(SLOT_A)
                    file.write(noise)
                with self.subTest(name=name, seed=seed):
                    row = self.expect(self.ask(self.path), 0, 12).json['rows'][0]
                    self.assertIsNone(row['version'])


if __name__ == '__main__':
    if not shutil.which('sgdisk'):
        print('SKIPPED: no sgdisk to make images with')
        sys.exit(77)
    main()
