#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Very many rows: listed, filtered and sorted in every format, in memory that grows with what is shown and no more.

3,000 rows made here; with REEVE_TEST_FULL=1 also 60,000 headers of a real size (tests/bench/mkworkload), or those in
REEVE_WORKLOAD.
"""
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import time
import unittest
from pathlib import Path

import rpmdbs
from rpmdbs import I18NSTRING, STRING, int32, package, texts
from world import FULL, LIMIT, SANITIZED, Case, main

MKWORKLOAD = Path(__file__).resolve().parent.parent / 'bench/mkworkload'


class Rows:
    """The cases; whoever mixes this in says where the root is and how many packages it holds."""
    count = 0

    def measured(self, *words):
        """(output, seconds until the first byte, seconds, peak KiB when the pipe was full) of the cold or warm run that
        this is. What getrusage() tells would include this interpreter, from before the exec."""
        begin = time.monotonic()
        child = subprocess.Popen(self.world.command('--root', self.root, *words), env=self.world.env(),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        first = child.stdout.read(1)
        to_first = time.monotonic() - begin
        peak = re.search(r'VmHWM:\s*(\d+)', Path(f'/proc/{child.pid}/status').read_text())
        rest = child.stdout.read()
        self.assertIn(child.wait(LIMIT), (0, 12))
        child.stdout.close()
        return first + rest, to_first, time.monotonic() - begin, int(peak.group(1)) if peak else 0

    def names(self):
        return [row['name'] for row in json.loads(self.measured('packages', '--json', '--columns', 'name')[0])['rows']]

    def test_all_formats(self):
        for form in ('table', 'plain', 'json', 'ndjson', 'tsv', 'csv'):
            with self.subTest(form=form):
                out = self.measured('packages', '--format', form)[0]
                lines = out.count(b'\n')
                extra = {'table': 1, 'plain': 0, 'json': 2, 'ndjson': 1, 'tsv': 1, 'csv': 1}[form]
                self.assertEqual(lines, self.count + extra)
        rows = json.loads(self.measured('packages', '--json')[0])['rows']
        self.assertEqual(len({row['nevra'] for row in rows}), self.count)

    def test_sort(self):
        names = self.names()
        done = json.loads(self.measured('packages', '--json', '--columns', 'name', '--sort', 'name')[0])
        self.assertEqual([row['name'].lower() for row in done['rows']], sorted(name.lower() for name in names))
        done = json.loads(self.measured('packages', '--json', '--columns', 'name', '--sort', '-size,name', '--limit', '7')[0])
        self.assertEqual(len(done['rows']), 7)

    def test_filter(self):
        names = self.names()
        wanted = names[len(names) // 2]
        done = json.loads(self.measured('packages', '--json', '--where', f'name = "{wanted}"')[0])
        self.assertEqual({row['name'] for row in done['rows']}, {wanted})
        done = json.loads(self.measured('packages', '--json', '--where', 'name ~ 7 and not name ~ 3')[0])
        self.assertEqual([row['name'] for row in done['rows']], [name for name in names if '7' in name and '3' not in name])
        self.assertEqual(json.loads(self.measured('packages', '--json', '--where', 'size < 0')[0])['rows'], [])

    def test_other_views(self):
        for words in (('signatures', 'packages'), ('status',), ('changes',), ('space',), ('signatures', 'keys')):
            with self.subTest(words=words):
                json.loads(self.measured(*words, '--json')[0])

    def test_memory_and_time(self):
        """Peak memory stays near what the rows take: the database is never held as a whole."""
        database = (self.root / rpmdbs.PLACE / 'rpmdb.sqlite').stat().st_size
        for cache in (self.world.tree / 'cache', self.world.homes[None] / '.cache'):
            shutil.rmtree(cache, ignore_errors=True)
        cold = self.measured('packages', '--json')
        warm = self.measured('packages', '--json')
        table = self.measured('packages')
        print(f'\n{self.count} rows, {database >> 20} MiB: json first run {cold[2]:.2f} s, {cold[3] >> 10} MiB; '
              f'again {warm[2]:.2f} s, first byte {warm[1] * 1000:.0f} ms, {warm[3] >> 10} MiB; '
              f'table {table[2]:.2f} s, {table[3] >> 10} MiB', file=sys.stderr)
        if SANITIZED:
            return
        for what in (cold, warm, table):
            self.assertLess(what[3], (12 << 10) + 2 * self.count)
            self.assertLess(what[1], LIMIT / 4)

    def test_reader_that_leaves(self):
        """`| head -1` of very many rows ends at once and quietly."""
        child = subprocess.Popen(self.world.command('--root', self.root, 'packages', '--format', 'ndjson'), env=self.world.env(),
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertTrue(child.stdout.readline().startswith(b'{'))
        child.stdout.close()
        self.assertEqual(child.stderr.read(), b'')
        self.assertIn(child.wait(LIMIT), (0, 141))
        child.stderr.close()


class Thousands(Rows, Case):
    count = 3000

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = cls.world.folder('root')
        chance = random.Random(1)
        rpmdbs.write(cls.root, [(f'calm-{n}', package(f'calm-{n}', SIZE=int32(chance.randrange(1 << 30)),
                                                      SUMMARY=texts(I18NSTRING, f'words of {n} ' * chance.randint(1, 9)),
                                                      VENDOR=texts(STRING, chance.choice(['Example', 'Other']))))
                                for n in range(cls.count)])


class ManyThousands(Rows, Case):
    count = 60000

    @classmethod
    def setUpClass(cls):
        if not FULL:
            raise unittest.SkipTest('60,000 real headers only with REEVE_TEST_FULL=1')
        super().setUpClass()
        out = Path(os.environ.get('REEVE_WORKLOAD') or cls.world.folder('workload'))
        subprocess.run([MKWORKLOAD, out, '-n', str(cls.count), '--synthetic'], check=True)
        cls.root = out / 'root'


if __name__ == '__main__':
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
