#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_inside.py REEVE HANG: views inside a slot (--slot) say what the same views say of the same files as a root; HANG is
a plugin that never ends."""
import fcntl
import json
import os
import pty
import select
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

REEVE = HANG = None
SOURCE = Path(__file__).resolve().parents[2]
DATABASE = 'usr/lib/sysimage/rpm'
REPOSITORIES = ('updates', 'available', 'repos', 'settings')  # views of what is configured, and of what is fetched
ARGUMENTS = {'search': ['ssl'], 'provides': ['/usr/bin/bash']}  # of a view, where it is no package


def held(path):
    """Whether a process is at work with it: another reeve on this machine is none of this test's business."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


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
        self.assertEqual({path for path in left() - self.before if not held(path)}, set())

    def image(self, layout='flatcar', fs='erofs', *options):
        return self.images.get(layout, fs, '--packages', str(self.root / DATABASE), *options)

    def ask(self, *words, status=0, **how):
        done = subprocess.run([REEVE, *map(str, words), '--json'], env=self.env, capture_output=True, check=False,
                              timeout=60, **how)
        self.assertEqual(done.returncode, status, done.stdout[-500:] + done.stderr)
        return json.loads(done.stdout)

    def views(self):
        """All views of the plugins that read a package database, with their arguments."""
        for view in self.ask('views')['views']:
            plugin, name = view['view'].split('/')
            if plugin in ('packages', 'signatures') and name not in REPOSITORIES:
                yield plugin, name, *(ARGUMENTS.get(name, ['bash']) if view['args'] else [])

    def test_as_the_root_says(self):
        views = list(self.views())
        self.assertGreater(len(views), 8)
        for layout, fs, slot in (('flatcar', 'erofs', 'A'), ('flatcar', 'squashfs', 'B'), ('acl', 'ext4', 'A')):
            image = self.image(layout, fs)
            for view in views:
                with self.subTest(layout=layout, fs=fs, view=view):
                    known = subprocess.run([REEVE, '--root', self.root, *view, '--json'], env=self.env,
                                           capture_output=True, check=False)
                    wanted = json.loads(known.stdout)
                    got = self.ask('--image', image, '--slot', slot, *view, status=known.returncode)
                    for key in ('rows', 'record', 'warnings'):
                        self.assertEqual(got.get(key), wanted.get(key))
                    self.assertTrue(got.get('rows') or got.get('record') or view[1] == 'scripts')
                    self.assertEqual((got['host'], got['image'], got['slot']), (None, str(image), slot))
                    self.assertNotIn('slot', wanted)

    def test_repositories_do_not_lie_in_a_slot(self):
        for view in REPOSITORIES:
            words = ['bash'] if view == 'settings' else []
            answer = self.ask('--image', self.image(), '--slot', 'A', 'packages', view, *words, status=10)
            self.assertEqual(answer['error']['code'], 'unsupported')

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
        for view, way in ((('slots',), 'leave out --slot'), (('slots', 'next'), 'leave out --slot'),
                          (('sandboxes',), 'mount the slot')):
            self.assertIn(way, self.ask('--image', empty, '--slot', 'A', *view, status=10)['error']['hint'])

    def test_no_room_for_the_copy(self):
        """It is the directory of the copies that is full, not the image."""
        if subprocess.run(['unshare', '-rm', 'true'], capture_output=True, check=False).returncode:
            self.skipTest('a file system of its own needs a user namespace')
        done = subprocess.run(['unshare', '-rm', 'sh', '-c',
                               'mount -t tmpfs -o size=64k none /var/tmp && exec "$@"', 'sh', REEVE, '--image',
                               self.image(), '--slot', 'A', 'packages', '--json'], env=self.env, capture_output=True,
                              check=False, timeout=60)
        self.assertEqual(done.returncode, 16, done.stdout[-500:] + done.stderr)
        error = json.loads(done.stdout)['error']
        self.assertRegex(error['message'], r'^/var/tmp/reeve-inside-\w+/0: there is no room')
        self.assertIn('make room there', error['hint'])
        self.assertIn('No space left', error['cause'][0]['message'])

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

    def test_nothing_stays_of_a_deep_tree(self):
        """Names of 250 bytes below each other: longer in all than a path may be."""
        with tempfile.TemporaryDirectory() as folder:
            here = os.open(folder, os.O_RDONLY)
            for name in (*DATABASE.split('/')[1:], *['d' * 250] * 28):
                os.mkdir(name, dir_fd=here)
                below = os.open(name, os.O_RDONLY, dir_fd=here)
                os.close(here)
                here = below
            os.close(here)
            self.assertEqual(self.inside(folder, status=9)['error']['code'], 'damaged')
            subprocess.run(['rm', '-rf', folder + '/' + DATABASE.split('/')[1]], check=True)

    def test_large_files_pass_in_pieces(self):
        """A file of nothing but holes takes neither memory nor disk."""
        with tempfile.TemporaryDirectory() as folder:
            below = Path(folder, *DATABASE.split('/')[1:])
            below.mkdir(parents=True)
            with open(below / 'large', 'wb') as file:
                os.truncate(file.fileno(), 400 << 20)
            words = ['--image', str(self.with_slot(folder)), '--slot', 'A', 'packages', '--json']
        child = os.posix_spawn(REEVE, [REEVE, *words], self.env,
                               file_actions=[(os.POSIX_SPAWN_OPEN, 1, '/dev/null', os.O_WRONLY, 0)])
        _, status, usage = os.wait4(child, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 3)
        self.assertLess(usage.ru_maxrss, 200 << 10)

    def inside(self, tree, status):
        """The packages of a slot that holds this tree."""
        return self.ask('--image', self.with_slot(tree), '--slot', 'A', 'packages', status=status)

    def with_slot(self, tree):
        """An image whose slot A holds this tree as ext4."""
        image = self.images.copy('flatcar', 'erofs')
        start = next(row['start'] for row in self.ask('--image', image, 'slots', '--columns', 'slot,start')['rows']
                     if row['slot'] == 'A')
        part = Path(self.folder.name) / 'part'
        part.write_bytes(b'')
        os.truncate(part, 16 << 20)
        subprocess.run(['mke2fs', '-q', '-t', 'ext4', '-O', '^has_journal', '-d', tree, part], check=True)
        subprocess.run(['dd', f'if={part}', f'of={image}', 'bs=1M', f'seek={start}', 'oflag=seek_bytes', 'conv=notrunc',
                        'status=none'], check=True)
        return image

    def test_a_changed_image_is_read_anew(self):
        image = Path(self.folder.name) / 'again.img'
        shutil.copy(self.image(), image)
        with subprocess.Popen([REEVE, 'shell'], env={**self.env, 'TERM': 'dumb'}, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as shell:
            def say(line, until):
                shell.stdin.write(line.encode() + b'\n')
                shell.stdin.flush()
                said = b''
                while until not in said:
                    piece = os.read(shell.stdout.fileno(), 4096)
                    self.assertTrue(piece, said)
                    said += piece

            ask = f'packages --image {image} --slot A --columns name --where name=bash'
            say(ask, b'bash')
            shutil.copy(self.images.get('flatcar', 'erofs'), image)
            say(ask, b'no package database')
            shell.stdin.close()
            shell.wait()

    def test_in_a_script_each_line_says_which(self):
        image = self.image()
        lines = f'packages --image {image} --slot A --where name=bash --columns name\n' \
                f'slots --image {image} --columns slot\npackages --root {self.root} --where name=bash --columns name\n'
        done = subprocess.run([REEVE, 'script', '-', '--format', 'plain'], env=self.env, input=lines.encode(),
                              capture_output=True, check=False, timeout=60)
        words = done.stdout.decode().split()
        self.assertEqual(words[1:3], ['A', 'B'], done.stderr)
        self.assertEqual(words[0], words[3])

    def start_shell(self, image):
        """Line mode that has entered a slot and waits for the next line."""
        shell = subprocess.Popen([REEVE, 'shell'], env={**self.env, 'TERM': 'dumb'}, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        shell.stdin.write(f'packages --image {image} --slot A --columns name --limit 3\n'.encode())
        shell.stdin.flush()
        said = b''
        while b'acl' not in said:
            said += os.read(shell.stdout.fileno(), 4096)
        return shell

    def test_nothing_stays_when_a_signal_is_the_end(self):
        image = self.image()
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGXCPU, signal.SIGUSR1,
                       signal.SIGIO):
            with self.subTest(signal=number):
                shell = self.start_shell(image)
                self.assertEqual(len(left() - self.before), 1)
                shell.send_signal(number)
                shell.communicate()
                self.assertEqual(shell.returncode, -number)
                self.assertEqual({path for path in left() - self.before if not held(path)}, set())

    def test_nothing_stays_when_the_screen_loses_its_terminal(self):
        """On a real terminal that is closed while the slot's list stands on it; also one that nohup would start."""
        words = [REEVE, 'ui', 'packages', '--image', str(self.image()), '--slot', 'A']
        for action in (signal.SIG_DFL, signal.SIG_IGN):
            with self.subTest(hangup=action):
                child, fd = pty.fork()
                if not child:
                    signal.signal(signal.SIGHUP, action)
                    os.execve(REEVE, words, {**self.env, 'TERM': 'vt100'})
                said = b''
                while b'acl' not in said:
                    said += os.read(fd, 4096)
                self.assertEqual(len(left() - self.before), 1)
                os.close(fd)
                status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
                self.assertIn(status, (-signal.SIGHUP, 0, 1))
                self.assertEqual({path for path in left() - self.before if not held(path)}, set())

    def test_nothing_stays_when_a_plugin_hangs(self):
        """The screen then ends without freeing anything, since the plugin may still read it."""
        tree = Path(self.folder.name) / 'tree'
        shutil.copytree(REEVE.parents[1] / 'lib', tree / 'lib')
        shutil.copy(HANG, tree / 'lib/reeve/plugins')
        (tree / 'CMakeCache.txt').touch()  # a build tree: its plugins lie beside it
        (tree / 'bin').mkdir()
        shutil.copy(REEVE, tree / 'bin')
        words = [tree / 'bin/reeve', 'ui', 'hang/hang', '--image', str(self.image()), '--slot', 'A']
        child, fd = pty.fork()
        if not child:
            os.execve(words[0], words, {**self.env, 'TERM': 'vt100', 'LD_LIBRARY_PATH': str(tree / 'lib')})
        while not any(True for path in left() - self.before for _ in path.glob('*/mark')):
            if select.select([fd], [], [], 0.05)[0]:
                os.read(fd, 4096)
        self.assertEqual(len(left() - self.before), 1)
        os.write(fd, b'Q')
        try:
            while os.read(fd, 4096):
                pass
        except OSError:  # the terminal is gone
            pass
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        os.close(fd)
        self.assertEqual({path for path in left() - self.before if not held(path)}, set())

    def test_what_a_killed_one_left_goes_with_the_next(self):
        image = self.image()
        shell = self.start_shell(image)
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
    REEVE, HANG = (Path(word).resolve() for word in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
