# SPDX-License-Identifier: LGPL-2.1-or-later
# What the tests of bad input share: a small build tree of their own that every user may read, running the program in
# it, and telling whether anything in a directory was changed.
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'sample'))

BUILD = Path(os.environ['REEVE_BUILD'])
FULL = bool(os.environ.get('REEVE_TEST_FULL'))
LIMIT = 60.0  # seconds that any run may take
NOBODY = 65534
SANITIZED = b'__asan_init' in (BUILD / 'bin/reeve').read_bytes()


class Done:
    """What one run said; its JSON is read when it is asked for."""

    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout or b'', done.stderr or b''

    @property
    def json(self):
        return json.loads(self.out.decode())

    @property
    def said(self):
        return self.err.decode('utf-8', 'replace')


class World:
    def __init__(self):
        self.top = Path(tempfile.mkdtemp(prefix='reeve-bad.'))
        self.top.chmod(0o755)
        self.tree = self.top / 'tree'
        (self.tree / 'bin').mkdir(parents=True)
        (self.tree / 'CMakeCache.txt').touch()
        for name in ('reeve', 'reeve-helper'):
            shutil.copy(BUILD / 'bin' / name, self.tree / 'bin')
        shutil.copytree(BUILD / 'lib', self.tree / 'lib', symlinks=True)
        if (BUILD / 'share').is_dir():
            shutil.copytree(BUILD / 'share', self.tree / 'share')
        self.reeve = self.tree / 'bin/reeve'
        # curses keeps what it made until the end, by design.
        (self.top / 'leaks').write_text('leak:libtinfo\nleak:libncurses\n')
        self.homes = {None: self.top / 'home', NOBODY: self.top / 'home-nobody'}
        for user, home in self.homes.items():
            home.mkdir()
            if user is not None and os.geteuid() == 0:
                os.chown(home, user, user)

    def close(self):
        shutil.rmtree(self.top)

    def env(self, user=None):
        """Nothing of the caller's: LD_LIBRARY_PATH, locale and home would change what is tested."""
        return {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': str(self.homes[user]), 'LANG': 'C.UTF-8',
                'ASAN_OPTIONS': 'detect_leaks=1:abort_on_error=1',
                'LSAN_OPTIONS': f'suppressions={self.top}/leaks:print_suppressions=0',
                'UBSAN_OPTIONS': 'halt_on_error=1:print_stacktrace=1'}

    def command(self, *words, user=None):
        before = ['/usr/bin/setpriv', f'--reuid={user}', f'--regid={user}', '--clear-groups'] if user is not None else []
        return [*before, str(self.reeve), *[str(word) for word in words]]

    def run(self, *words, user=None, env=None, more_env=None, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, **how):
        env = {**(env or self.env(user)), **(more_env or {})}
        return Done(subprocess.run(self.command(*words, user=user), env=env, stdin=stdin, stdout=stdout, stderr=stderr,
                                   timeout=LIMIT, **how))

    def folder(self, name):
        """A new, empty directory."""
        path = self.top / name
        if path.exists():
            shutil.rmtree(path)
        path.mkdir(parents=True)
        return path


def listing(top):
    """Every name below a directory with all that a writer would change; links and sockets are not followed."""
    seen = {}
    for path in sorted([Path(top), *Path(top).rglob('*')]):
        st = path.lstat()
        what = os.readlink(path) if stat.S_ISLNK(st.st_mode) else \
            hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(st.st_mode) else ''
        seen[str(path)] = (st.st_mode, st.st_uid, st.st_size if not stat.S_ISDIR(st.st_mode) else 0, st.st_mtime_ns, what)
    return seen


class Case(unittest.TestCase):
    """A test with its world; `untouched` is a with-block in which a directory must not change."""
    maxDiff = None
    world = None

    @classmethod
    def setUpClass(cls):
        cls.world = World()

    @classmethod
    def tearDownClass(cls):
        cls.world.close()

    def untouched(self, top):
        return Untouched(self, top)

    def expect(self, done, *statuses):
        """The status is one of these, and the program did not fall over."""
        self.assertIn(done.status, statuses, (done.out[-2000:], done.said[-4000:]))
        self.assertNotIn('Sanitizer', done.said)
        return done

    def fails(self, done, status, code, *words):
        """An error in JSON and in words: its code, and what its message must contain, beside a way out."""
        self.expect(done, status)
        error = done.json['error']
        self.assertEqual(error['code'], code)
        self.assertTrue(error.get('hint'), error)
        for word in words:
            self.assertIn(word, error['message'])
            self.assertIn(word, done.said)
        self.assertIn('  -> ', done.said)
        return error


class Untouched:
    def __init__(self, case, top):
        self.case, self.top = case, top

    def __enter__(self):
        self.before = listing(self.top)

    def __exit__(self, kind, *_):
        if kind is None:
            self.case.assertEqual(listing(self.top), self.before)


def needs_root(test):
    return unittest.skipUnless(os.geteuid() == 0, 'needs root to become another user')(test)


def main():
    unittest.main(verbosity=2)
