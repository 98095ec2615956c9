#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_sample.py SAMPLE: the sample is what OUT/expected says, by the word of other programs than reeve.

Builds SAMPLE where that is needed. Signatures are judged by gpg over the signed bytes, packages by rpm.
"""
import collections
import csv
import gzip
import hashlib
import json
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from parts import header, root, rpms, tool, wheel  # noqa: E402

SAMPLE = None


def expected(name):
    return json.loads((SAMPLE / 'expected' / f'{name}.json').read_text())


def build():
    return subprocess.run([HERE / 'build', SAMPLE], stderr=subprocess.PIPE, check=True).stderr.decode()


class Case(unittest.TestCase):
    def setUp(self):
        self.temp = tempfile.TemporaryDirectory()
        self.addCleanup(self.temp.cleanup)
        self.tools = tool.Tools(self.temp.name)


class Build(Case):
    def test_second_build_does_nothing(self):
        stamps = {path: path.stat().st_mtime_ns for path in SAMPLE.rglob('*')}
        begin = time.monotonic()
        self.assertEqual(build(), '')
        self.assertLess(time.monotonic() - begin, 5)
        self.assertEqual({path: path.stat().st_mtime_ns for path in SAMPLE.rglob('*')}, stamps)

    def test_missing_stamp_builds_again(self):
        stamp = SAMPLE / '.stamps' / 'root'
        stamp.unlink()
        (SAMPLE / '.work.killed').mkdir()
        self.assertIn('making root', build())
        self.assertTrue(stamp.is_file())
        self.assertFalse((SAMPLE / '.work.killed').exists())


class Rpmdb(Case):
    """With a copy of the rpmdb, because rpm leaves files beside the one that it reads."""

    def setUp(self):
        super().setUp()
        self.rows = expected('packages')
        self.file = Path(self.temp.name) / 'rpmdb.sqlite'
        self.file.write_bytes((SAMPLE / 'root' / root.RPMDB / 'rpmdb.sqlite').read_bytes())


class Packages(Rpmdb):
    def test_count_and_names(self):
        """rpm lists what was installed, but for what it drops in silence: the cut header."""
        listed = rpms.Rpm(self.tools).run('rpm', '--dbpath', self.temp.name, '--nosignature', '--nodigest', '-qa',
                                          '--qf', '%{nevra}\\n').decode().split()
        keys = [name for name in listed if name.startswith('gpg-pubkey')]
        self.assertEqual(len(keys), len(root.IMPORTED))
        self.assertEqual(sorted(set(listed) - set(keys)), sorted(key for key in self.rows if key[0] != '#'))
        self.assertGreater(len(self.rows), 149)

    def test_versions_of_one_name(self):
        names = collections.Counter(row['name'] for row in self.rows.values() if 'name' in row)
        self.assertEqual(names['kernel'], 3)
        self.assertIn('nginx-1:1.26.3-1.azl4.x86_64', self.rows)

    def test_odd_summary_is_raw(self):
        with header.Database(self.file) as database:
            blob = bytes(database.get(database.find('odd-summary-1.0-1.noarch')).blob)
        for raw in (b'\x1b[31m', b'\xe2\x80\xae', b'\xff\xfe'):
            self.assertIn(raw, blob)

    def test_install_times(self):
        with header.Database(self.file) as database:
            for _, blob in database.all():
                head = header.Header(blob)
                row = self.rows.get(head.nevra()) if len(blob) >= head.data + head.dl else None
                if row:
                    at = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(head.int32(header.INSTALLTIME)))
                    self.assertEqual(at, row['installed_at'])


class Signatures(Rpmdb):
    """gpg with the imported keys as oracle: its status words for each verdict."""

    WORDS = {'ok': 'GOODSIG', 'nokey': 'NO_PUBKEY', 'expired': 'EXPKEYSIG', 'revoked': 'REVKEYSIG'}

    def judge(self, gpg, head):
        fits = all(head.text(tag) in (None, digest.decode())
                   for tag, digest in zip((header.SHA1HEADER, header.SHA256HEADER), head.digests()))
        held = head.entry(header.RSAHEADER) or head.entry(header.DSAHEADER)
        if held is None:
            return 'unsigned', fits
        work = Path(self.temp.name)
        start = head.data + held[3]
        (work / 'sig').write_bytes(head.blob[start:start + held[4]])
        (work / 'signed').write_bytes(header.MAGIC + head.region())
        said = self.tools.run('gpg', '--batch', '--status-fd', '1', '--verify', work / 'sig', work / 'signed',
                              ok=(0, 1, 2), env=gpg.env).decode()
        words = [line.split()[1] for line in said.splitlines() if line.startswith('[GNUPG:]')]
        return words, fits

    def test_verdicts(self):
        seen = set()
        with tool.Gpg(self.tools) as gpg, header.Database(self.file) as database:
            for role in root.IMPORTED:
                gpg.run('--import', SAMPLE / 'packages' / 'keys' / f'{role}.asc')
            for hnum, blob in database.all():
                head = header.Header(blob)
                if len(blob) < head.data + head.dl:
                    self.assertEqual(self.rows[f'#{hnum}']['verdict'], 'damaged')
                    seen.add('damaged')
                elif head.text(header.NAME) != 'gpg-pubkey':
                    seen.add(self.check(gpg, head))
        self.assertEqual(seen, {'ok', 'nokey', 'unsigned', 'bad', 'expired', 'revoked', 'damaged'})

    def check(self, gpg, head):
        row = self.rows[head.nevra()]
        words, fits = self.judge(gpg, head)
        verdict = row['verdict']
        if verdict == 'bad':
            late = 'EXPKEYSIG' in words and row['signed_at'] > '2025-06-30'
            self.assertTrue(not fits or 'BADSIG' in words or late, head.nevra())
        elif verdict == 'unsigned':
            self.assertEqual(words, 'unsigned', head.nevra())
        else:
            self.assertIn(self.WORDS[verdict], words, head.nevra())
        self.assertEqual(row['header'], 'ok' if fits else 'bad', head.nevra())
        return verdict


class Disks(Case):
    """sgdisk, veritysetup, mcopy and objcopy read what mkdisk wrote."""

    def sgdisk(self, *words):
        return self.tools.run('sgdisk', *words).decode()

    def cut_out(self, image, number):
        lines = self.sgdisk('-i', str(number), image).splitlines()
        first, last = (int(next(line for line in lines if line.startswith(f'{edge} sector')).split()[2])
                       for edge in ('First', 'Last'))
        part = Path(self.temp.name) / f'part{number}'
        with open(image, 'rb') as file:
            file.seek(first * 512)
            part.write_bytes(file.read((last - first + 1) * 512))
        return part, lines

    def verify(self, image, slot, hashes=None):
        data, lines = self.cut_out(image, slot['partition'])
        offset = [] if hashes else [f'--hash-offset={slot["data_bytes"]}']
        tree = self.cut_out(image, hashes)[0] if hashes else data
        self.tools.run('veritysetup', 'verify', *offset, data, tree, slot['roothash'])
        bits = int(next(line for line in lines if line.startswith('Attribute flags')).split()[2], 16)
        self.assertEqual(bits, slot['priority'] << 48 | slot['tries'] << 52 | slot['successful'] << 56)

    def esp(self, image, name):
        volume = self.cut_out(image, 1)[0]
        return self.tools.run('mcopy', '-n', '-i', volume, f'::/{name}', '-')

    def test_flatcar(self):
        image, slots = SAMPLE / 'disk.img', expected('disk')['slots']
        self.assertIn('No problems found', self.sgdisk('-v', image))
        for name, slot in slots.items():
            self.verify(image, slot)
            self.assertEqual(self.esp(image, f'flatcar/vmlinuz-{name.lower()}')[64:128], slot['roothash'].encode())
        self.assertGreater(slots['B']['priority'], slots['A']['priority'])

    def test_acl(self):
        image, slots = SAMPLE / 'disk-acl.img', expected('disk-acl')['slots']
        self.assertIn('No problems found', self.sgdisk('-v', image))
        for slot in slots.values():
            self.verify(image, slot, slot['partition'] + 1)
            kernel, line = Path(self.temp.name) / 'uki', Path(self.temp.name) / 'line'
            kernel.write_bytes(self.esp(image, f'EFI/Linux/{slot["uki"]}'))
            self.tools.run('objcopy', '-O', 'binary', '--only-section=.cmdline', kernel, line)
            self.assertIn(f'usrhash={slot["roothash"]} '.encode(), line.read_bytes())

    def test_options_and_damage(self):
        """One image: another architecture, other attributes, a broken copy of the table."""
        image = Path(self.temp.name) / 'x.img'
        self.tools.run(sys.executable, HERE / 'mkdisk', image, 'flatcar', 'squashfs', '--arch', 'arm64',
                       '-b', 'priority=3,tries=0,successful=1', '--damage', 'primary')
        slots = json.loads(Path(f'{image}.json').read_text())['slots']
        self.assertEqual(slots['B']['priority'], 3)
        self.assertEqual(self.esp(image, 'flatcar/vmlinuz-a')[512:576], slots['A']['roothash'].encode())
        self.assertIn('corrupt GPT', self.sgdisk('-v', image))
        self.assertLess(image.stat().st_blocks * 512, 32 << 20)


class Environments(Case):
    def states(self, place):
        """RECORD of each distribution against the files, and the files against all RECORDs."""
        site = next(place.glob('lib/python*/site-packages'))
        found, known = {}, set()
        for record in site.glob('*.dist-info/RECORD'):
            for path, digest, _ in csv.reader(record.read_text().splitlines()):
                file = (site / path).resolve()
                known.add(file)
                if not file.exists():
                    found[file] = 'missing'
                elif digest and wheel.digest(file.read_bytes()) != digest:
                    found[file] = 'changed'
        found.update({file.resolve(): 'added' for file in site.rglob('*') if file.is_file() and
                      '__pycache__' not in file.parts and file.resolve() not in known})
        return {str(file.relative_to(place.resolve())): state for file, state in found.items()}

    def test_records(self):
        for path, row in expected('environments').items():
            place = SAMPLE / 'root' / path.lstrip('/')
            self.assertEqual(self.states(place), row['files'])
            self.assertEqual(len(list(place.glob('lib/python*/site-packages/*.dist-info'))),
                             len(row['distributions']))
            self.assertNotIn(str(SAMPLE), (place / 'pyvenv.cfg').read_text())

    def test_wheels_import(self):
        for file in (SAMPLE / 'wheels').glob('*.whl'):
            module = file.name.split('-')[0]
            said = self.tools.run(sys.executable, '-c', f'import {module}; print({module}.__version__)',
                                  env={'PYTHONPATH': str(file)})
            self.assertEqual(said.decode().strip(), file.name.split('-')[1])


class Repository(Case):
    def test_metadata(self):
        """repomd.xml names every file with its hash, and primary the packages that were meant."""
        repo, want = SAMPLE / 'repo', expected('repo')
        space = {'r': 'http://linux.duke.edu/metadata/repo', 'c': 'http://linux.duke.edu/metadata/common'}
        held = {}
        for data in xml.parse(repo / 'repodata/repomd.xml').findall('r:data', space):
            file = repo / data.find('r:location', space).get('href')
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            self.assertEqual(digest, data.find('r:checksum', space).text)
            held[data.get('type')] = file
        self.assertLessEqual({'primary', 'filelists', 'other', 'group', 'updateinfo'}, set(held))
        names = []
        with gzip.open(held['primary']) as file:
            for package in xml.parse(file).findall('c:package', space):
                version = package.find('c:version', space)
                epoch = '' if version.get('epoch') == '0' else version.get('epoch') + ':'
                names.append(f'{package.find("c:name", space).text}-{epoch}{version.get("ver")}-'
                             f'{version.get("rel")}.{package.find("c:arch", space).text}')
        self.assertEqual(sorted(names), want['packages'])
        self.assertGreater(len(names), 29)

    def test_signature_of_repomd(self):
        with tool.Gpg(self.tools) as gpg:
            gpg.run('--import', SAMPLE / 'packages/keys/azurelinux.asc')
            gpg.run('--verify', SAMPLE / 'repo/repodata/repomd.xml.asc', SAMPLE / 'repo/repodata/repomd.xml')

    def test_packages_are_signed(self):
        rpm = rpms.Rpm(self.tools)
        database = Path(self.temp.name) / 'db'
        rpm.run('rpmkeys', '--dbpath', database, '--import', SAMPLE / 'packages/keys/azurelinux.asc')
        for file in (SAMPLE / 'repo/Packages').glob('openssl*.rpm'):
            self.assertIn(b'digests signatures OK', rpm.run('rpmkeys', '--dbpath', database, '-K', file))


def main():
    global SAMPLE
    if len(sys.argv) != 2:
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 2
    SAMPLE = Path(sys.argv.pop()).resolve()
    build()
    return 0 if unittest.main(exit=False).result.wasSuccessful() else 1


if __name__ == '__main__':
    sys.exit(main())
