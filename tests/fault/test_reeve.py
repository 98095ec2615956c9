#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_reeve.py REEVE SAMPLE: whatever call or allocation fails while reeve reads and caches, it says so with a
documented status, never shows less without saying so, and the next run is right. SAMPLE is the sample system, whose
packages are read where it was built."""
import json
import os
import re
import shutil
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / 'sandboxes')]

import faults  # noqa: E402
import parts  # noqa: E402
import wheels  # noqa: E402

PROGRAM = SAMPLE = None
POINTS = 3  # of each call and error, and eight times as many allocations, unless the run is full


class Case(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory(prefix='reeve-')
        self.addCleanup(temp.cleanup)
        self.base = Path(temp.name)
        (self.base / 'copy').mkdir()
        self.reeve = parts.copy_program(PROGRAM, self.base / 'copy')
        self.cache = self.base / ('home/reeve' if os.geteuid() else 'copy/cache')
        self.env = {'PATH': os.environ['PATH'], 'HOME': str(self.base), 'XDG_CACHE_HOME': str(self.base / 'home'),
                    'LD_LIBRARY_PATH': str(self.base / 'copy/lib')}
        self.good = self.warnings = None

    def answer(self, out):
        """What was printed, without the time at which it was."""
        return re.sub(rb'"generated":"[^"]*"', b'', out)

    def forget(self):
        shutil.rmtree(self.cache, ignore_errors=True)

    def learn(self, command):
        """The right answer. Asked until the root's files are old enough to be cached (2 s), where there is a root."""
        self.forget()
        deadline = time.monotonic() + 20
        while True:
            done = faults.run(command, self.env, 60)
            self.assertIn(done.returncode, (0, 12), done.stderr)
            self.good = self.good or (done.returncode, self.answer(done.stdout))
            self.assertEqual(self.good, (done.returncode, self.answer(done.stdout)))
            self.warnings = json.loads(done.stdout)['warnings']
            if '--root' not in command or [path for path in self.cache.rglob('*') if path.is_file()]:
                break
            self.assertLess(time.monotonic(), deadline, 'nothing is ever cached')

    def check(self, command):
        def look(fault):
            if fault.status == 12 and self.answer(fault.out) != self.good[1]:
                # What is missing is told by a warning that is not there otherwise.
                assert json.loads(fault.out)['warnings'] != self.warnings, f'no word: {fault.out[-500:]}'
            elif fault.status == self.good[0]:
                # A plugin that could not be opened is listed as such.
                assert self.answer(fault.out) == self.good[1] or b'"broken":"out of memory"' in fault.out, \
                    f'another answer and no word: {fault.out[-500:]}'
            elif fault.status > 0 and fault.out:
                assert fault.status == 15 or 'error' in json.loads(fault.out), f'no error: {fault.out[-500:]}'
            if fault.status >= 0:
                left = list(self.cache.rglob('.reeve-*'))
                # One that could not be taken away because of the fault itself is no mistake.
                assert not left, f'left behind: {left}'
            done = faults.run(command, self.env, 60)
            assert (done.returncode, self.answer(done.stdout)) == self.good, f'then wrong: {done.stdout[-500:]}'
        return look

    def sweep(self, command, root, calls):
        """Faults in reading the root and in writing the cache, on a cold cache; then of every allocation."""
        self.learn(command)
        placed = faults.sweep_syscalls(command, self.check(command), calls=calls, kill=True, prepare=self.forget,
                                       errors=['EIO', 'EMFILE', 'EINTR', 'ENOSPC'], only=f'{root}|{self.cache}|stdout',
                                       points=POINTS, env=self.env)
        print(f'{" ".join(command[1:])}: {len(placed)} faults in calls', end='', flush=True)
        if 'REEVE_FAULT_LIBRARY' in os.environ:
            placed = faults.sweep_alloc(command, self.check(command), prepare=self.forget, ours=f'{self.base}/copy/',
                                        points=POINTS * 8, env=self.env)
            print(f', {len(placed)} in allocations', end='', flush=True)
        print(flush=True)


class Reading(Case):
    CALLS = ['openat', 'openat2', 'read', 'pread64', 'write', 'getdents64', 'mkdirat', 'fsync', 'renameat']

    def test_plugins(self):
        self.sweep([str(self.reeve), 'plugins', '--json'], f'{self.base}/copy/lib/reeve/plugins>', self.CALLS)

    def test_sandboxes(self):
        root = wheels.make_root(self.base / 'root')
        env = wheels.make_env(root, 'opt/agents')
        wheels.install(env, wheels.wheel(self.base, 'flask', '3.0.0', {'flask/__init__.py': b'x = 1\n'}))
        self.sweep([str(self.reeve), '--root', str(root), 'sandboxes', '--json'], root, self.CALLS)

    def test_packages(self):
        if not (SAMPLE / 'root').is_dir():
            self.skipTest(f'the sample system is not built in {SAMPLE}: ./dev sample')
        root = self.base / 'root'
        shutil.copytree(SAMPLE / 'root/usr/lib/sysimage', root / 'usr/lib/sysimage')
        self.sweep([str(self.reeve), '--root', str(root), 'packages', 'installed', '--json'], root, self.CALLS)


if __name__ == '__main__':
    PROGRAM, SAMPLE = sys.argv.pop(1), Path(sys.argv.pop(1))
    try:
        faults.need_strace()
    except faults.Impossible as reason:
        print(f'SKIPPED: {reason}', file=sys.stderr)
        sys.exit(faults.SKIPPED)
    unittest.main()
