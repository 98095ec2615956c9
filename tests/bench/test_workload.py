#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_workload.py: mkworkload makes what it says, by rpm's word, from a fixed seed, and once only."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'sample')]

import generate  # noqa: E402
from parts import header, root, rpms, tool  # noqa: E402


class Workload(unittest.TestCase):
    def setUp(self):
        self.temp = tempfile.TemporaryDirectory()
        self.addCleanup(self.temp.cleanup)
        self.out = Path(self.temp.name) / 'out'

    def make(self, *words):
        done = subprocess.run([HERE / 'mkworkload', self.out, *words], stderr=subprocess.PIPE, check=True)
        return done.stderr.decode()

    def query(self, form):
        rpm = rpms.Rpm(tool.Tools(Path(self.temp.name) / 'tools'))
        said = rpm.run('rpm', '--dbpath', self.out / 'root' / root.RPMDB, '--nosignature', '-qa', '--qf', form)
        return [line for line in said.decode().splitlines() if not line.startswith('gpg-pubkey')]

    def test_real_packages(self):
        self.assertIn("'packages': 100", self.make('-n', '100'))
        self.assertEqual(self.make('-n', '100'), '')
        rows = self.query('%{name} %{rsaheader:pgpsig}\\n')
        self.assertEqual(sorted(row.split()[0] for row in rows), sorted(p.name for p in generate.make(100)))
        self.assertEqual(sum('(none)' in row for row in rows), 10)

    def test_synthetic_rows(self):
        self.make('-n', '1500', '--synthetic')
        self.assertEqual(len(set(self.query('%{name}\\n'))), 1500)
        with header.Database(self.out / 'root' / root.RPMDB / 'rpmdb.sqlite') as database:
            copy = header.Header(database.all()[-1][1])
        self.assertEqual(copy.text(header.SHA256HEADER), copy.digests()[1].decode())

    def test_generator_is_fixed(self):
        self.assertEqual(generate.make(50), generate.make(50))
        self.assertLess(set(generate.make(50)[49].requires),
                        {word for p in generate.make(50)[:49] for word in [p.name, *p.provides]})


if __name__ == '__main__':
    unittest.main()
