#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_ingest.py SOLV-INGEST: metadata that createrepo_c wrote, and what an attacker would write, against Python's
reading of the same XML."""
import gzip
import lzma
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path

INGEST = None
DAMAGED = 9
SHARED = Path(__file__).resolve().parents[3] / 'shared/data/rpmmd'
COMMON, RPM = '{http://linux.duke.edu/metadata/common}', '{http://linux.duke.edu/metadata/rpm}'

SPEC = """Name: {name}
Version: {version}
Release: 1
Epoch: {epoch}
Summary: The package {name}, with <signs> & "quotes"
License: MIT
Vendor: Contoso
URL: https://example.org/{name}
BuildArch: noarch
Requires: bash >= 5, /usr/bin/env
Provides: thing({name}) = 1
%description
What {name} is for.
In two lines.
%install
mkdir -p %{{buildroot}}/usr/bin
echo {name} > %{{buildroot}}/usr/bin/{name}
%files
/usr/bin/{name}
"""


def unpack(path):
    if path.suffix == '.gz':
        return gzip.open(path).read()
    if path.suffix == '.xz':
        return lzma.open(path).read()
    if path.suffix == '.zst':
        return subprocess.run(['zstd', '-dcq', path], stdout=subprocess.PIPE, check=True).stdout
    return path.read_bytes()


def expected(data):
    """The rows as Python reads them, and the counts of packages and requires."""
    rows, requires = [], 0
    for package in xml.etree.ElementTree.fromstring(data):
        def text(tag):
            return package.findtext(COMMON + tag) or ''
        fmt, version, sum_ = package.find(COMMON + 'format'), package.find(COMMON + 'version'), package.find(COMMON + 'checksum')
        evr = '%s-%s' % (version.get('ver'), version.get('rel'))
        if version.get('epoch') not in (None, '0'):
            evr = version.get('epoch') + ':' + evr
        rows.append((text('name'), evr, text('arch'), fmt.findtext(RPM + 'vendor') or '',
                     fmt.findtext(RPM + 'license') or '', text('url'), package.find(COMMON + 'location').get('href'),
                     '%s:%s' % (sum_.get('type'), sum_.text), package.find(COMMON + 'size').get('installed'),
                     package.find(COMMON + 'size').get('package'), package.find(COMMON + 'time').get('build')))
        # libsolv keeps each once, whether it is a prerequire too or not.
        requires += len({tuple(entry.get(part) for part in ('name', 'flags', 'epoch', 'ver', 'rel'))
                         for entry in fmt.findall(RPM + 'requires/' + RPM + 'entry')})
    return sorted(rows), requires


class Case(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix='reeve-ingest-')
        cls.dir = Path(cls.place.name)
        packages = cls.dir / 'packages'
        packages.mkdir()
        for name, version, epoch in (('alpha', '1.0', 0), ('alpha', '1.10', 0), ('beta', '2', 3)):
            spec = cls.dir / (name + '.spec')
            spec.write_text(SPEC.format(name=name, version=version, epoch=epoch))
            subprocess.run(['rpmbuild', '-bb', '--quiet', '--define', '_topdir %s/top' % cls.dir, '--define',
                            '_rpmdir %s' % packages, '--define', '_build_name_fmt %%{NAME}-%%{VERSION}.rpm', spec],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def ingest(self, path, limit=1 << 30):
        done = subprocess.run([INGEST, path, str(limit), self.dir / 'solver', self.dir / 'browse'], timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertGreaterEqual(done.returncode, 0, done.stderr.decode())
        return done.returncode, done.stdout.decode()

    def check(self, path):
        status, out = self.ingest(path)
        self.assertEqual(status, 0, out)
        *lines, counts = out.splitlines()
        rows, requires = expected(unpack(path))
        got = [line.split('\t') for line in lines]
        self.assertEqual(sorted((r[0], r[1], r[2], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12]) for r in got), rows)
        self.assertEqual([r[0] for r in got], sorted(r[0] for r in got))
        packages, found, texts = map(int, counts.split()[1:])
        self.assertEqual((packages, texts), (len(rows), 0))
        # libsolv keeps a mark between requires and prerequires, so there may be one more a package.
        self.assertLessEqual(requires, found)
        self.assertLessEqual(found, requires + packages)
        return got

    def primary(self, *options):
        repo = self.dir / 'repo'
        shutil.rmtree(repo, ignore_errors=True)
        shutil.copytree(self.dir / 'packages', repo)
        subprocess.run(['createrepo_c', '--quiet', *options, repo], check=True, stdout=subprocess.DEVNULL)
        (path,) = repo.glob('repodata/*primary.xml*')
        return path


class Real(Case):
    def test_each_packing(self):
        for packing in ('gz', 'xz', 'zstd'):
            options = ['--general-compress-type', packing]
            try:
                path = self.primary(*options)
            except subprocess.CalledProcessError:
                print('createrepo_c does not pack %s here: not tried' % packing)
                continue
            rows = self.check(path)
            self.assertEqual([(r[0], r[1]) for r in rows], [('alpha', '1.10-1'), ('alpha', '1.0-1'), ('beta', '3:2-1')])
            self.assertEqual(rows[0][3], 'The package alpha, with <signs> & "quotes"')
            self.assertEqual(rows[0][4], 'alpha-1.10-1.src.rpm')

    def test_repositories_from_elsewhere(self):
        if not SHARED.is_dir():
            self.skipTest('../shared is not here')
        for path in sorted(SHARED.glob('*/repodata/*primary.xml.*')):
            with self.subTest(path=path.name):
                self.check(path)


def listed(data):
    """(path, nevra) of every file, as Python reads them."""
    space = '{http://linux.duke.edu/metadata/filelists}'
    found = []
    for package in xml.etree.ElementTree.fromstring(data):
        version = package.find(space + 'version')
        epoch = version.get('epoch') or '0'
        nevra = '%s-%s%s-%s.%s' % (package.get('name'), '' if epoch == '0' else epoch + ':', version.get('ver'),
                                   version.get('rel'), package.get('arch'))
        found += [(file.text.rstrip('/'), nevra) for file in package.findall(space + 'file') if file.text != '/']
    return sorted(found)


class Files(Case):
    def index(self, path, *paths, limit=1 << 30):
        done = subprocess.run([INGEST, '--files', path, str(limit), self.dir / 'index', *paths], timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertGreaterEqual(done.returncode, 0, done.stderr.decode())
        lines = done.stdout.decode().splitlines()
        return done.returncode, lines[0] if lines else '', [tuple(line.split('\t')) for line in lines[1:]]

    def filelists(self, *options):
        return Path(str(self.primary(*options)).replace('primary', '*')).parent.glob('*filelists.xml*').__next__()

    def check(self, path):
        want = listed(unpack(path))
        status, counts, found = self.index(path, '/*')
        self.assertEqual(status, 0, counts)
        self.assertEqual(int(counts.split()[2]), len(want))
        self.assertEqual(sorted(found), want)
        return want

    def test_packings(self):
        for packing in ('gz', 'xz'):
            want = self.check(self.filelists('--general-compress-type', packing))
            self.assertIn(('/usr/bin/alpha', 'alpha-1.0-1.noarch'), want)

    def test_questions(self):
        path = self.filelists()
        for question, answer in (('/usr/bin/beta', ['/usr/bin/beta']), ('/usr/bin/bet', []), ('/usr/bin/', []),
                                 ('/usr/bin/alpha', ['/usr/bin/alpha'] * 2), ('beta', ['/usr/bin/beta']),
                                 ('*/b?ta', ['/usr/bin/beta']), ('/usr/*', ['/usr/bin/alpha'] * 2 + ['/usr/bin/beta']),
                                 ('/', []), ('', []), ('/nowhere/beta', []), ('b*', ['/usr/bin/beta'])):
            self.assertEqual([f[0] for f in self.index(path, question)[2]], answer, question)

    def test_repositories_from_elsewhere(self):
        if not SHARED.is_dir():
            self.skipTest('../shared is not here')
        for path in sorted(SHARED.glob('*/repodata/*filelists.xml.*')):
            with self.subTest(path=path.name):
                want = self.check(path)
                some = want[len(want) // 2]
                self.assertIn(some, self.index(path, some[0])[2])

    def test_harm(self):
        whole = unpack(self.filelists())
        for data in (b'', b'<', whole[:len(whole) // 2], b'<metadata/>', whole.replace(b'/usr/bin/beta', b'usr/bin/beta'),
                     whole.replace(b'/usr/bin/beta', b'/' + b'x' * 5000), whole.replace(b'ver="2"', b''),
                     whole.replace(b'name="beta"', b'name=""'), whole.replace(b'/usr/bin/beta', b''),
                     b'<!DOCTYPE filelists [<!ENTITY a "b">]>' + whole[whole.index(b'<filelists'):]):
            path = self.dir / 'filelists.xml'
            path.write_bytes(data)
            self.assertEqual(self.index(path)[0], DAMAGED, data[:60])
        path.write_bytes(whole)
        self.assertEqual(self.index(path, limit=len(whole))[0], 0)
        self.assertEqual(self.index(path, limit=len(whole) - 1)[0], DAMAGED)


UPDATEINFO = """<?xml version="1.0" encoding="UTF-8"?>
<updates>
 <update from="a@example.org" type="security" status="final" version="1">
  <id>AZL-2026:1</id><title>beta &amp; alpha: security</title><severity>Important</severity>
  <issued date="2026-03-20 08:00:00"/><updated date="2026-03-21 08:00:00"/>
  <description>What was wrong.</description>
  <references><reference href="https://example.org/" id="CVE-2026-1" type="cve"/>
   <reference href="https://example.org/" id="7" type="bugzilla"/>
   <reference href="https://example.org/" id="CVE-2026-2" type="cve"/></references>
  <pkglist><collection short="x"><name>X</name>
   <package name="beta" epoch="3" version="2" release="1" arch="noarch"><filename>beta.rpm</filename></package>
   <package name="alpha" epoch="0" version="1.10" release="1" arch="noarch"><filename>a.rpm</filename></package>
  </collection></pkglist>
 </update>
 <update type="enhancement"><id>AZL-2026:2</id><severity>None</severity>
  <pkglist><collection><package name="alpha" version="2" release="1" arch="noarch"/></collection></pkglist></update>
 <update type="other"><id>AZL-2026:3</id></update>
</updates>
"""


class Advisories(Case):
    def read(self, data, limit=1 << 30):
        path = self.dir / 'updateinfo.xml'
        path.write_bytes(data.encode())
        done = subprocess.run([INGEST, '--advisories', path, str(limit), self.dir / 'advisories'], timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertGreaterEqual(done.returncode, 0, done.stderr.decode())
        return done.returncode, [line.split('\t') for line in done.stdout.decode().splitlines()]

    def test_what_they_say(self):
        status, lines = self.read(UPDATEINFO)
        self.assertEqual(status, 0)
        self.assertEqual(lines, [
            ['= 3'],
            ['AZL-2026:1', '0', '1', '1773993600', 'CVE-2026-1 CVE-2026-2', 'beta & alpha: security'],
            ['AZL-2026:2', '2', '4', '-1', '', ''],
            ['AZL-2026:3', '1', '4', '-1', '', ''],
            ['-', 'alpha', '1.10-1', 'noarch', 'AZL-2026:1'],
            ['-', 'alpha', '2-1', 'noarch', 'AZL-2026:2'],
            ['-', 'beta', '3:2-1', 'noarch', 'AZL-2026:1']])

    def test_harm(self):
        for data in ('', '<', UPDATEINFO[:len(UPDATEINFO) // 2], '<metadata/>', UPDATEINFO.replace('<id>AZL-2026:3</id>', ''),
                     UPDATEINFO.replace('name="beta"', ''), UPDATEINFO.replace('version="2" release', 'release'),
                     UPDATEINFO.replace('What was wrong.', 'x' * (2 << 20))):
            self.assertEqual(self.read(data)[0], DAMAGED, data[:60])
        self.assertEqual(self.read(UPDATEINFO, len(UPDATEINFO.encode()) - 1)[0], DAMAGED)
        # What is no CVE's id is left out.
        status, lines = self.read(UPDATEINFO.replace('id="CVE-2026-1"', 'id="CVE 1"').replace('CVE-2026-2', 'x' * 100))
        self.assertEqual((status, lines[1][4]), (0, ''))


class Harm(Case):
    def refused(self, data, limit=1 << 30, name='primary.xml'):
        path = self.dir / name
        path.write_bytes(data)
        status, out = self.ingest(path, limit)
        self.assertEqual(status, DAMAGED, out)

    def test_what_is_no_metadata(self):
        whole = unpack(self.primary())
        for data in (b'', b'<', b'\x00' * 100, whole[:len(whole) // 2]):
            self.refused(data)
        packed = self.primary().read_bytes()
        self.refused(packed[:len(packed) // 2], name='primary.xml.gz')
        self.refused(b'no gzip at all', name='primary.xml.gz')

    def test_limit(self):
        path = self.primary()
        size = len(unpack(path))
        self.assertEqual(self.ingest(path, size)[0], 0)
        self.assertEqual(self.ingest(path, size - 1)[0], DAMAGED)
        self.refused(gzip.compress(b'<metadata>' + b' ' * (64 << 20)), 1 << 20, 'primary.xml.gz')

    def test_places_outside(self):
        whole = unpack(self.primary()).decode()
        for href in ('../a.rpm', '/etc/passwd', 'http://elsewhere.example/a.rpm', 'a/../../b.rpm', 'a%2f..%2fb', ''):
            changed = whole.replace('href="alpha-1.0.rpm"', 'href="%s"' % href, 1)
            self.assertNotEqual(changed, whole)
            self.refused(changed.encode())
        self.refused(whole.replace('<location ', '<location xml:base="http://elsewhere.example/" ', 1).encode())

    def test_deep_and_wide(self):
        self.refused(b'<a>' * 100000)
        self.refused(b'<metadata ' + b'a="' + b'x' * (32 << 20) + b'">', 1 << 20)


if __name__ == '__main__':
    INGEST = os.path.abspath(sys.argv.pop(1))
    unittest.main()
