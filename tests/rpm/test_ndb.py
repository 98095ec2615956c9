#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_ndb.py REEVE SOURCE: the sample's packages in an ndb database give every view that they give in a sqlite one,
tampered headers and verdicts included; and, where the rpm of this machine has that back end, so do its own databases."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

import ndb  # noqa: E402
from parts import copy_program  # noqa: E402

PROGRAM, SOURCE = Path(sys.argv[1]), Path(sys.argv[2])
RPMDB = 'usr/lib/sysimage/rpm'
VIEWS = (('packages', 'installed', '--columns', 'nevra,verdict,signer_name,size,installed_at,source,summary'),
         ('packages', 'files', 'openssl'), ('packages', 'changelog', 'openssl'), ('packages', 'dependencies', 'nginx'),
         ('packages', 'scripts', 'nginx'), ('signatures', 'packages'), ('signatures', 'keys'), ('status',), ('changes',),
         ('show', 'packages', 'bash'))


class Same(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temp = tempfile.TemporaryDirectory(prefix='reeve-')
        cls.addClassCleanup(temp.cleanup)
        cls.base = Path(temp.name)
        (cls.base / 'tree').mkdir()
        cls.reeve = copy_program(PROGRAM, cls.base / 'tree')
        sample = SOURCE / 'build/sample'
        subprocess.run([SOURCE / 'tests/sample/build', sample], check=True, stdout=subprocess.DEVNULL)
        cls.sample = sample / 'root'
        cls.env = {'PATH': os.environ['PATH'], 'HOME': str(cls.base), 'XDG_CACHE_HOME': str(cls.base / 'cache'),
                   'LD_LIBRARY_PATH': str(cls.base / 'tree/lib'), 'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '')}

    def copy(self, name):
        """The sample's root, as far as these views look at it."""
        root = self.base / name
        for part in (RPMDB, 'etc'):
            shutil.copytree(self.sample / part, root / part, symlinks=True)
        self.addCleanup(shutil.rmtree, root)
        return root

    def answers(self, root):
        for view in VIEWS:
            done = subprocess.run([self.reeve, '--root', root, *view, '--format', 'tsv'], env=self.env,
                                  capture_output=True, check=False)
            yield view, done.returncode, done.stdout, done.stderr

    def compare(self, one, other):
        for (view, *said), (_, *expected) in zip(self.answers(one), self.answers(other)):
            with self.subTest(view=view):
                self.assertIn(expected[0], (0, 12))
                self.assertGreater(expected[1].count(b'\n'), 1)
                self.assertEqual(said, expected)

    def test_as_from_sqlite(self):
        root = self.copy('ndb')
        ndb.convert(root / RPMDB / 'rpmdb.sqlite')
        before = sorted(os.listdir(root / RPMDB))
        self.compare(root, self.copy('sqlite'))
        self.assertEqual(sorted(os.listdir(root / RPMDB)), before)

    @unittest.skipUnless(ndb.rpm_has_ndb(), 'the rpm of this machine was built without ndb')
    def test_as_rpm_makes_and_lists_it(self):
        root = self.copy('real')
        rpm = ['--define', '_db_backend ndb', '--dbpath', str(root / RPMDB)]
        subprocess.run(['rpmdb', *rpm, '--rebuilddb'], check=True)
        self.assertTrue((root / RPMDB / 'Packages.db').exists())
        listed = subprocess.run(['rpm', *rpm, '-qa', '--qf', '%{NEVRA}\n'], check=True, capture_output=True, text=True)
        done = subprocess.run([self.reeve, '--root', root, 'packages', '--columns', 'nevra', '--format', 'plain'],
                              env=self.env, capture_output=True, text=True, check=False)
        self.assertIn(done.returncode, (0, 12))
        self.assertEqual(sorted(line for line in done.stdout.split() if line[0] != '#'),
                         sorted(line for line in listed.stdout.split() if not line.startswith('gpg-pubkey-')))


if __name__ == '__main__':
    del sys.argv[1:]
    unittest.main()
