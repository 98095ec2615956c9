#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_faults.py WRITE_FILE CARELESS: the harnesses find what is wrong, and core/base's atomic write stands every fault."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import faults  # noqa: E402

WRITE_FILE = CARELESS = None
SIZE = 100000
OLD, NEW = b'o' * SIZE, b'n' * SIZE


class Case(unittest.TestCase):
    def setUp(self):
        self.temp = tempfile.TemporaryDirectory(prefix='reeve-')
        self.addCleanup(self.temp.cleanup)
        self.place = Path(self.temp.name)
        self.file = self.place / 'file'

    def old(self):
        for left in self.place.iterdir():
            left.unlink()
        self.file.write_bytes(OLD)


class Atomic(Case):
    """rv_file_write: old or new, told truly, and nothing left beside it."""

    def command(self):
        return [WRITE_FILE, self.place, 'file', 'n', str(SIZE)]

    def check(self, fault):
        content = self.file.read_bytes()
        assert content in (OLD, NEW), f'{len(content)} bytes that are neither old nor new'
        if fault.status == 0:
            assert content == NEW, 'success, and the old content'
        elif fault.how != 'SIGKILL' and content == NEW:
            assert b'is written' in fault.err, 'a failure that changed the file without a word'
        left = [path.name for path in self.place.iterdir() if path != self.file]
        if fault.how != 'SIGKILL':
            assert not left, f'left behind: {left}'
        # Whatever was left, the next write goes through.
        subprocess.run(self.command(), check=True)
        assert self.file.read_bytes() == NEW, 'the next write is hindered'

    def test_syscalls(self):
        place = str(self.place)
        calls = ['openat', 'write', 'fchmod', 'fsync', 'close', 'renameat', 'renameat2', 'getrandom']
        placed = faults.sweep_syscalls(self.command(), self.check, calls=calls, kill=True, prepare=self.old,
                                       errors=['ENOSPC', 'EIO', 'EINTR', 'EMFILE', 'EDQUOT', 'EROFS'],
                                       only=f'{place}|^[^"]*getrandom')
        struck = {fault.what for fault in placed}
        self.assertLessEqual({'openat', 'write', 'fchmod', 'fsync', 'close'}, struck)
        self.assertTrue(struck & {'renameat', 'renameat2'})
        self.assertIn(16, {fault.status for fault in placed})
        self.assertIn(-9, {fault.status for fault in placed})

    def test_allocations(self):
        placed = faults.sweep_alloc(self.command(), self.check, prepare=self.old)
        self.assertIn(1, {fault.status for fault in placed})


class Harness(Case):
    """What the harnesses must find."""

    def test_a_write_that_is_not_atomic(self):
        def check(_fault):
            content = self.file.read_bytes()
            assert content in (OLD, b'new'), f'{len(content)} bytes'

        with self.assertRaisesRegex(AssertionError, '2 of 2 faults.*\n.*write:ENOSPC:1.*0 bytes\n.*write:SIGKILL:1'):
            faults.sweep_syscalls([CARELESS, self.file], check, calls=['write'], errors=['ENOSPC'], kill=True,
                                  prepare=self.old)

    def test_a_status_that_is_not_allowed(self):
        with self.assertRaisesRegex(AssertionError, 'ended with'):
            faults.sweep_syscalls([WRITE_FILE, self.place, 'file', 'n', 1], lambda fault: None, calls=['write'],
                                  errors=['EIO'], allowed={0}, only=str(self.place))

    def test_a_crash(self):
        with self.assertRaisesRegex(AssertionError, 'alloc:NULL:1 .*careless: status -11: ended with -11'):
            faults.sweep_alloc([CARELESS, self.file], ours='careless')

    def test_nothing_to_fail(self):
        with self.assertRaisesRegex(AssertionError, 'no call was found'):
            faults.sweep_syscalls(['true'], lambda fault: None, calls=['renameat2'], errors=['EIO'])

    def test_command_line(self):
        run = lambda *words: subprocess.run([str(word) for word in words], stdout=subprocess.PIPE,  # noqa: E731
                                            stderr=subprocess.PIPE, check=False)
        common = ['--prepare', f'rm -rf {self.place}/* && echo old >{self.file}', '--check', f'test -s {self.file}']
        command = ['--', WRITE_FILE, self.place, 'file', 'n', '10']
        done = run(HERE / 'syscalls', '--calls', 'write,fsync', '--errors', 'EIO', '--kill', '--only', self.place,
                   *common, *command)
        self.assertEqual((done.returncode, done.stderr), (0, b''))
        self.assertIn(b'write EIO', done.stdout)
        self.assertIn(b'fsync SIGKILL', done.stdout)
        done = run(HERE / 'syscalls', '--calls', 'write', '--errors', 'EIO', '--check', 'test "$STATUS" = 0', *command)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b'write:EIO:1', done.stderr)
        done = run(HERE / 'alloc', '--ours', 'libreeve', '--points', '3', *common, *command)
        self.assertEqual(done.returncode, 0 if os.environ.get('REEVE_FAULT_LIBRARY') else 77, done.stderr)
        self.assertEqual(done.returncode == 77, b'SKIPPED' in done.stderr)


def impossible():
    try:
        faults.need_strace()
        if 'REEVE_FAULT_LIBRARY' in os.environ:
            faults.alloc_library()
    except faults.Impossible as reason:
        return reason
    return None


if __name__ == '__main__':
    WRITE_FILE, CARELESS = sys.argv.pop(1), sys.argv.pop(1)
    why = impossible()
    if why:
        print(f'SKIPPED: {why}', file=sys.stderr)
        sys.exit(faults.SKIPPED)
    if 'REEVE_FAULT_LIBRARY' not in os.environ:
        print('SKIPPED: failing allocations: this build has a malloc of its own', file=sys.stderr)
        del Atomic.test_allocations, Harness.test_a_crash
    unittest.main()
