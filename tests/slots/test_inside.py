#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_inside.py REEVE: views inside a slot (--slot) say what the same views say of the same files as a root."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import images  # noqa: E402

REEVE = None
SOURCE = Path(__file__).resolve().parents[2]
DATABASE = 'usr/lib/sysimage/rpm'
VIEWS = (('packages', 'installed'), ('packages', 'files', 'bash'), ('packages', 'changelog', 'bash'),
         ('signatures', 'packages'), ('signatures', 'keys'))


def left():
    return {path for base in ('/var/tmp', '/tmp') for path in Path(base).glob('reeve-inside-*')}


class Inside(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        base = Path(os.environ.get('REEVE_SAMPLE', SOURCE / 'build/sample'))
        subprocess.run([SOURCE / 'tests/sample/build', base], check=True, stdout=subprocess.DEVNULL)
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.images = images.Images(cls.folder.name)
        cls.root = Path(cls.folder.name) / 'root'
        shutil.copytree(base / 'root' / DATABASE, cls.root / DATABASE)
        cls.env = {'PATH': os.environ['PATH'], 'HOME': cls.folder.name,
                   'LD_LIBRARY_PATH': os.environ.get('LD_LIBRARY_PATH', ''),
                   'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '')}

    def setUp(self):
        self.before = left()

    def tearDown(self):
        self.assertEqual(left() - self.before, set())

    def image(self, layout='flatcar', fs='erofs', *options):
        return self.images.get(layout, fs, '--packages', str(self.root / DATABASE), *options)

    def ask(self, *words, status=0, **how):
        done = subprocess.run([REEVE, *map(str, words), '--json'], env=self.env, capture_output=True, check=False,
                              timeout=60, **how)
        self.assertEqual(done.returncode, status, done.stdout[-500:] + done.stderr)
        return json.loads(done.stdout)

    def test_as_the_root_says(self):
        for layout, fs, slot in (('flatcar', 'erofs', 'A'), ('flatcar', 'squashfs', 'B'), ('acl', 'ext4', 'A')):
            image = self.image(layout, fs)
            for view in VIEWS:
                with self.subTest(layout=layout, fs=fs, view=view):
                    known = subprocess.run([REEVE, '--root', self.root, *view, '--json'], env=self.env,
                                           capture_output=True, check=False)
                    wanted = json.loads(known.stdout)
                    self.assertGreater(len(wanted['rows']), 0)
                    got = self.ask('--image', image, '--slot', slot, *view, status=known.returncode)
                    self.assertEqual((got['rows'], got['warnings']), (wanted['rows'], wanted['warnings']))
                    self.assertEqual((got['host'], got['image'], got['slot']), (None, str(image), slot))
                    self.assertNotIn('slot', wanted)

    def test_joined_views_are_of_the_slot_alone(self):
        rows = self.ask('--image', self.image(), '--slot', 'A', 'status')['rows']
        self.assertEqual({row['plugin'] for row in rows}, {'packages', 'signatures'})
        self.assertIn('packages/damaged', [row['id'] for row in rows])

    def test_what_is_not_there(self):
        image = self.image()
        self.assertIn('A, B', self.ask('--image', image, '--slot', 'C', 'packages', status=3)['error']['hint'])
        self.assertEqual(self.ask('--image', image, '--slot', 'C', 'status', status=3)['error']['code'], 'notfound')
        self.assertEqual(self.ask('--slot', 'A', '--root', self.root, 'packages', status=3)['error']['code'], 'notfound')
        self.ask('--image', self.folder.name + '/none', '--slot', 'A', 'packages', status=3)
        plain = self.images.get('flatcar', 'erofs')
        self.assertIn('no package database',
                      self.ask('--image', plain, '--slot', 'A', 'packages', status=3)['error']['message'])

    def test_what_cannot_be_read(self):
        empty = self.image('flatcar', 'erofs', '-b', 'empty')
        self.assertEqual(self.ask('--image', empty, '--slot', 'B', 'packages', status=10)['error']['code'], 'unsupported')
        for view in ('slots', 'sandboxes'):
            self.ask('--image', empty, '--slot', 'A', view, status=10)

    def test_damage_is_told(self):
        """Noise over the whole slot but its superblock: an error or a warning, and nothing left behind."""
        image = self.images.copy('flatcar', 'erofs', '--packages', str(self.root / DATABASE))
        row = next(row for row in self.ask('--image', image, 'slots', '--columns', 'slot,start,size')['rows']
                   if row['slot'] == 'A')
        with open(image, 'r+b') as file:
            for at in range(row['start'] + 4096, row['start'] + row['size'], 4096):
                file.seek(at)
                if file.read(16).strip(b'\0'):
                    file.seek(at)
                    file.write(os.urandom(64))
        done = subprocess.run([REEVE, '--image', image, '--slot', 'A', 'packages', '--json'], env=self.env,
                              capture_output=True, check=False, timeout=60)
        self.assertIn(done.returncode, (3, 9, 10, 12), done.stderr)
        json.loads(done.stdout)

    def test_in_a_script_each_line_says_which(self):
        image = self.image()
        lines = f'packages --image {image} --slot A --where name=bash --columns name\n' \
                f'slots --image {image} --columns slot\npackages --root {self.root} --where name=bash --columns name\n'
        done = subprocess.run([REEVE, 'script', '-', '--format', 'plain'], env=self.env, input=lines.encode(),
                              capture_output=True, check=False, timeout=60)
        words = done.stdout.decode().split()
        self.assertEqual(words[1:3], ['A', 'B'], done.stderr)
        self.assertEqual(words[0], words[3])

    def test_what_a_killed_one_left_goes_with_the_next(self):
        image = self.image()
        shell = subprocess.Popen([REEVE, 'shell'], env={**self.env, 'TERM': 'dumb'}, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        shell.stdin.write(f'packages --image {image} --slot A --columns name --limit 3\n'.encode())
        shell.stdin.flush()
        said = b''
        while b'acl' not in said:
            said += os.read(shell.stdout.fileno(), 4096)
        mine = left() - self.before
        self.assertEqual(len(mine), 1)
        old = time.time() - 3600
        os.utime(next(iter(mine)), (old, old))
        self.ask('--image', image, '--slot', 'A', 'packages', '--limit', '1', '--columns', 'name', status=12)
        self.assertEqual(left() - self.before, mine, 'a held one stays')
        shell.send_signal(signal.SIGKILL)
        shell.communicate()
        self.ask('--image', image, '--slot', 'A', 'packages', '--limit', '1', '--columns', 'name', status=12)


if __name__ == '__main__':
    REEVE = Path(sys.argv[1]).resolve()
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
