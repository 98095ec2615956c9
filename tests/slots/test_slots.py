#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_slots.py REEVE: what `reeve --image` says of real disk images, good and broken, against libfdisk's word."""
import configparser
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import images  # noqa: E402
from images import ENTRY, SECTOR  # noqa: E402

REEVE = SHARED = None
COLUMNS = ['slot', 'provider', 'device', 'version', 'booted', 'health', 'boots', 'priority', 'tries', 'successful',
           'size', 'roothash', 'verity', 'signer', 'installed_at', 'reason', 'start', 'disk']
OSGUARD = Path(__file__).resolve().parents[3] / 'shared/data/azurelinux/osguard-repart.d'


def run(*words):
    return subprocess.run([REEVE, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, timeout=60, env=ENVIRONMENT)


class Case(unittest.TestCase):
    maxDiff = None

    def ask(self, image, view='slots', status=0):
        """The parsed answer for an image, which must be the same bytes afterwards."""
        before = os.stat(image)
        done = run('--image', image, 'slots', view, '--json')
        self.assertEqual(done.returncode, status, done.stderr.decode())
        after = os.stat(image)
        self.assertEqual((before.st_mtime_ns, before.st_size), (after.st_mtime_ns, after.st_size))
        return json.loads(done.stdout)

    def slots(self, image, status=0):
        return {row['slot']: row for row in self.ask(image, status=status)['rows']}

    def findings(self, image, status=None):
        done = run('--image', image, 'status', '--json')
        if status is not None:
            self.assertEqual(done.returncode, status, done.stderr.decode())
        return {row['id'].split('/', 1)[-1]: row for row in json.loads(done.stdout)['rows'] if row['plugin'] == 'slots'}


class Layouts(Case):
    def test_both_layouts_on_three_file_systems(self):
        for layout in ('flatcar', 'acl'):
            for fs in ('squashfs', 'erofs', 'ext4'):
                with self.subTest(layout=layout, fs=fs):
                    image = IMAGES.get(layout, fs)
                    before = images.checksum(image)
                    answer = self.ask(image)
                    self.assertEqual(images.checksum(image), before)
                    said = images.about(image)['slots']
                    self.assertEqual([row['slot'] for row in answer['rows']], ['A', 'B'])
                    for row in answer['rows']:
                        self.assertEqual([key for key in row if not key.endswith('_msg')], COLUMNS)
                        want = said[row['slot']]
                        self.assertEqual(row['version'], want['version'])
                        self.assertEqual(row['roothash'], want['roothash'])
                        self.assertEqual(row['device'], f'{image}#{want["partition"]}')
                        self.assertEqual((row['provider'], row['verity'], row['booted']), (layout, 'unchecked', False))
                        self.assertEqual(row['size'], 24 << 20)
                        self.assertIsNone(row['signer'])
                        self.assertIsNone(row['installed_at'])
                    a, b = answer['rows']
                    self.assertEqual((a['boots'], a['health'], a['successful']), ('fallback', 'good', True))
                    self.assertEqual((b['boots'], b['health'], b['successful']), ('next', 'trying', False))
                    self.assertIn('on trial', b['reason'])

    def test_arm64_kernel_has_its_hash_elsewhere(self):
        image = IMAGES.get('flatcar', 'erofs', '--arch', 'arm64')
        # The sample's kernel lacks the magic number that says arm64.
        put = bytearray(1024)
        put[0:2], put[56:60] = b'MZ', b'ARMd'
        put[512:576] = images.about(image)['slots']['A']['roothash'].encode()
        changed = IMAGES.copy('flatcar', 'erofs', '--arch', 'arm64')
        images.put_file(changed, 'flatcar/vmlinuz-a', bytes(put), IMAGES.folder)
        self.assertEqual(self.slots(changed)['A']['roothash'], images.about(image)['slots']['A']['roothash'])

    def test_hash_tree_inside_usr(self):
        rows = self.slots(IMAGES.get('acl', 'erofs', '--appended'))
        self.assertEqual(rows['B']['provider'], 'acl')
        self.assertEqual(rows['B']['boots'], 'next')

    def test_partitions_as_libfdisk_sees_them(self):
        for layout in ('flatcar', 'acl'):
            image = IMAGES.get(layout, 'erofs')
            seen = json.loads(subprocess.run(['sfdisk', '--json', image], check=True, stdout=subprocess.PIPE).stdout)
            want = []
            for part in seen['partitiontable']['partitions']:
                index = re.search(r'(\d+)$', part['node']).group(1)
                want.append((index, part['name'], part['uuid'].lower(), part['start'] * SECTOR, part['size'] * SECTOR))
            rows = self.ask(image, 'disk')['rows']
            self.assertEqual([(row['index'], row['label'], row['partuuid'], row['start'], row['size'])
                              for row in rows], want)
            self.assertIn('slot A', [row['note'] for row in rows])

    def test_sectors_of_4096_bytes(self):
        path = IMAGES.folder / '4k.img'
        images.sectors_4096(path, IMAGES.get('flatcar', 'ext4'))
        want = images.about(IMAGES.get('flatcar', 'ext4'))['slots']
        rows = self.slots(path)
        self.assertEqual({key: row['version'] for key, row in rows.items()},
                         {key: slot['version'] for key, slot in want.items()})
        images.flip(path, 4096 + 20)
        self.assertEqual(self.slots(path, 12)['B']['boots'], 'next')
        # Both gone: nothing to read.
        images.flip(path, -4096 + 20)
        self.assertEqual(self.ask(path, status=9)['error']['code'], 'damaged')

    def test_unreadable_file_system_is_unknown(self):
        image = IMAGES.copy('flatcar', 'erofs')
        with open(image, 'r+b') as file:
            file.seek(20 << 20)
            file.write(bytes(65536) + b'\0' * 64 + b'_BHRfS_M')
        answer = self.ask(image)
        self.assertIsNone(answer['rows'][0]['version'])
        self.assertIn('btrfs', answer['warnings'][0]['message'])

    def test_empty_slot(self):
        image = IMAGES.get('flatcar', 'erofs', '-b', 'empty,priority=0,tries=0,successful=0')
        row = self.slots(image)['B']
        self.assertEqual((row['health'], row['boots'], row['version'], row['verity']), ('empty', 'never', None, 'none'))
        image = IMAGES.copy('flatcar', 'erofs', '-b', 'empty,priority=0,tries=0,successful=0')
        images.set_attributes(image, {4: (3, 1, 0)})
        row = self.slots(image)['B']
        self.assertEqual((row['health'], row['boots']), ('empty', 'next'))
        self.assertIn('empty', row['reason'])
        self.assertEqual(self.findings(image)['next-empty:B']['severity'], 'critical')

    def test_free_slot_of_sysupdate(self):
        image = IMAGES.copy('flatcar', 'erofs')
        images.set_label(image, 4, '_empty')
        self.assertEqual(self.slots(image)['B']['health'], 'empty')

    def test_labels_from_outside(self):
        image = IMAGES.copy('flatcar', 'erofs')
        images.set_label(image, 6, '\x1b[2J\u202eevil')
        self.assertEqual(self.ask(image, 'disk')['rows'][4]['label'], '\x1b[2J\u202eevil')
        table = run('--image', image, 'slots', 'disk').stdout
        self.assertNotIn(b'\x1b', table)
        self.assertNotIn('\u202e'.encode(), table)

    def test_osguard(self):
        if not OSGUARD.is_dir():
            self.skipTest(f'{OSGUARD} is not there: OS Guard was not tried')
        types = {'esp': 'ef00', 'linux-generic': '8300', 'root': '8304',
                 'usr-verity': '77ff5f63-e7b6-4633-acf4-1565b864c0e6'}
        image, words = IMAGES.folder / 'osguard.img', []
        for number, path in enumerate(sorted(OSGUARD.iterdir()), 1):
            config = configparser.ConfigParser()
            config.read(path)
            part = config['Partition']
            words += ['-n', f'{number}:0:+4M', '-t', f'{number}:{types[part["Type"]]}', '-c', f'{number}:{part["Label"]}']
        with open(image, 'wb') as file:
            file.truncate(64 << 20)
        subprocess.run(['sgdisk', *words, image], check=True, stdout=subprocess.DEVNULL)
        rows = self.slots(image, 12)    # its ESP has no file system
        self.assertEqual(set(rows), {'A', 'B'})
        self.assertEqual((rows['A']['provider'], rows['A']['boots']), ('osguard', None))
        self.assertIn('unknown', rows['A']['reason'])


def gptprio(attributes):
    """The rule of Flatcar's boot loader, written a second time: facts, not reeve's code."""
    best, chosen = 0, None
    for name, (priority, tries, successful) in attributes.items():
        if (tries > 0 or successful) and priority > best:
            best, chosen = priority, name
    return chosen


class Choice(Case):
    def test_gptprio(self):
        image = IMAGES.copy('flatcar', 'erofs')
        pick = random.Random(2)
        cases = [((2, 0, 1), (1, 0, 1)), ((1, 0, 1), (1, 0, 1)), ((0, 1, 1), (0, 1, 0)), ((3, 0, 0), (1, 0, 1))]
        cases += [tuple((pick.choice((0, 1, 2, 15)), pick.choice((0, 1, 15)), pick.choice((0, 1))) for _ in 'AB')
                  for _ in range(30)]
        for a, b in cases:
            with self.subTest(a=a, b=b):
                images.set_attributes(image, {3: a, 4: b})
                rows = self.slots(image)
                boots = [key for key, row in rows.items() if row['boots'] == 'next']
                want = gptprio({'A': a, 'B': b})
                self.assertEqual(boots, [want] if want else [])
                for key, value in (('A', a), ('B', b)):
                    row = rows[key]
                    self.assertEqual((row['priority'], row['tries'], row['successful']), (*value[:2], bool(value[2])))
                    self.assertTrue(row['reason'])

    def test_out_of_tries(self):
        image = IMAGES.copy('flatcar', 'erofs')
        images.set_attributes(image, {3: (1, 0, 1), 4: (2, 0, 0)})
        row = self.slots(image)['B']
        self.assertEqual((row['boots'], row['health']), ('never', 'bad'))
        self.assertEqual(self.findings(image)['bad:B']['severity'], 'warning')
        images.set_attributes(image, {3: (0, 0, 1)})
        self.assertEqual(self.findings(image)['nothing-boots']['severity'], 'critical')

    def told(self, image, status=0):
        """What is said of the next boot, and of what comes if it fails."""
        rows = {row['id']: row['text'] for row in self.ask(image, 'next', status)['rows']}
        return rows['next'], rows.get('fails')

    def test_what_is_said_of_the_next_boot(self):
        image = IMAGES.copy('flatcar', 'erofs')
        for a, b, next_boot, fails in (
                ((2, 0, 1), (1, 0, 1), 'A, for good', 'B boots only when chosen in the boot menu'),
                ((1, 0, 1), (2, 1, 0), 'B, on trial', 'A boots: it is known to start'),
                ((1, 1, 0), (2, 1, 0), 'B, on trial', 'A is tried'),
                ((2, 0, 1), (0, 0, 0), 'A, for good', 'nothing else can boot')):
            with self.subTest(a=a, b=b):
                images.set_attributes(image, {3: a, 4: b})
                self.assertEqual(self.told(image), (next_boot, fails))
        empty = IMAGES.copy('flatcar', 'erofs', '-b', 'empty,priority=0,tries=0,successful=0')
        images.set_attributes(empty, {4: (3, 1, 0)})
        self.assertEqual(self.told(empty)[0], 'B, which is empty: the boot will fail')
        spent = IMAGES.copy('acl', 'erofs')
        images.rename_uki(spent, 'vmlinuz-7-azla0.efi', 'vmlinuz-7-azla0+0-3.efi')
        images.rename_uki(spent, 'vmlinuz-8-azlb0+3-0.efi', 'vmlinuz-8-azlb0+0-3.efi')
        self.assertEqual(self.told(spent), ('B, although it has no tries left',
                                            'A is tried all the same, as the last entry'))

    def test_same_version(self):
        image = IMAGES.get('flatcar', 'erofs', '-a', 'version=4459.2.3')
        self.assertEqual(self.findings(image)['same-version']['row'], 'B')

    def test_systemd_boot(self):
        image = IMAGES.copy('acl', 'erofs')
        name = 'vmlinuz-8-azlb0+3-0.efi'
        for new, boots, health, tries in (('vmlinuz-8-azlb0+1-2.efi', 'next', 'trying', 1),
                                          ('vmlinuz-8-azlb0+0-3.efi', 'last', 'bad', 0),
                                          ('vmlinuz-8-azlb0.efi', 'next', 'good', None),
                                          ('vmlinuz-8.efi.staged', 'never', 'unknown', None)):
            with self.subTest(new=new):
                images.rename_uki(image, name, new)
                name = new
                row = self.slots(image)['B']
                self.assertEqual((row['boots'], row['health'], row['tries']), (boots, health, tries))
                self.assertIsNone(row['priority'])

    def test_loader_conf(self):
        image = IMAGES.copy('acl', 'erofs')
        images.put_file(image, 'loader/loader.conf', b'timeout 3\ndefault vmlinuz-7-*  \r\n', IMAGES.folder)
        rows = self.slots(image)
        self.assertEqual((rows['A']['boots'], rows['B']['boots']), ('next', 'fallback'))
        self.assertIn('loader.conf', rows['A']['reason'])

    def test_entry_of_another_system(self):
        image = IMAGES.copy('acl', 'erofs')
        images.put_file(image, 'loader/entries/rescue.conf', b'title Rescue\nsort-key aaa\nversion 1\nlinux /x\n',
                        IMAGES.folder)
        rows = self.slots(image)
        self.assertNotIn('next', [row['boots'] for row in rows.values()])
        self.assertIn('rescue.conf', self.findings(image)['nothing-boots']['text'])


class Damage(Case):
    def rows(self, image, status):
        answer = self.ask(image, status=status)
        return [(row['slot'], row['version'], row['boots']) for row in answer['rows']], answer['warnings']

    def test_one_bad_copy(self):
        good = self.rows(IMAGES.get('flatcar', 'erofs'), 0)[0]
        pick = random.Random(3)
        for copy, header, entries in (('primary', SECTOR, 2 * SECTOR), ('backup', -SECTOR, -33 * SECTOR)):
            places = [0, 8, 12, 16, 24, 72, 80, 84, 88, 91]
            for place in [header + at for at in places] + [entries + pick.randrange(9 * ENTRY) for _ in range(4)]:
                with self.subTest(copy=copy, place=place):
                    image = IMAGES.copy('flatcar', 'erofs')
                    images.flip(image, place)
                    rows, warnings = self.rows(image, 12)
                    self.assertEqual(rows, good)
                    self.assertIn(copy, warnings[0]['message'])
                    self.assertEqual(warnings[0]['code'], 'damaged')
            self.assertIn(f'gpt-{copy}', self.findings(image))

    def test_no_good_copy(self):
        image = IMAGES.copy('flatcar', 'erofs')
        images.flip(image, SECTOR + 16, -33 * SECTOR)
        error = self.ask(image, status=9)['error']
        self.assertEqual(error['code'], 'damaged')
        self.assertIn(str(image), error['message'])
        self.assertTrue(error['hint'])

    def test_tables_that_lie(self):
        for fields in ({(80, '<I'): 0xffffffff}, {(80, '<I'): 0}, {(84, '<I'): 0}, {(84, '<I'): 129},
                       {(84, '<I'): 0x80000000}, {(84, '<I'): 64}, {(72, '<Q'): 2 ** 64 - 1}, {(72, '<Q'): 1},
                       {(72, '<Q'): 2 ** 55}, {(24, '<Q'): 7}, {(12, '<I'): 91}, {(12, '<I'): 0xffffffff},
                       {(40, '<Q'): 2 ** 63, (48, '<Q'): 1}, {(80, '<I'): 2 ** 25, (84, '<I'): 128}):
            with self.subTest(fields=fields):
                image = IMAGES.copy('flatcar', 'erofs')
                images.set_header(image, 0, fields)
                self.assertEqual([row[0] for row in self.rows(image, 12)[0]], ['A', 'B'])
                images.set_header(image, 1, fields)
                self.assertEqual(self.ask(image, status=9)['error']['code'], 'damaged')

    def test_overlap(self):
        image = IMAGES.get('flatcar', 'erofs', '--damage', 'overlap')
        self.assertIn('overlap', self.rows(image, 12)[1][0]['message'])
        self.assertEqual(self.findings(image)['gpt-overlap']['severity'], 'critical')

    def test_copies_that_differ(self):
        image = IMAGES.get('flatcar', 'erofs', '--damage', 'differ')
        self.assertEqual(self.rows(image, 12)[0][1][2], 'next')
        text = self.findings(image)['gpt-differ']['text']
        self.assertIn('primary says USR-B', text)
        self.assertIn('backup says USR-A', text)

    def test_partitions_beyond_all_bounds(self):
        for first, last in ((2 ** 64 - 1, 2 ** 64 - 1), (0, 2 ** 64 - 1), (100, 50), (2 ** 55, 2 ** 56)):
            with self.subTest(first=first, last=last):
                image = IMAGES.copy('flatcar', 'erofs')
                with open(image, 'r+b') as file:
                    for copy in images.copies(file):
                        copy.entries[3 * ENTRY + 32:3 * ENTRY + 48] = first.to_bytes(8, 'little') + last.to_bytes(8, 'little')
                        copy.put()
                rows = self.rows(image, 12)[0]
                self.assertEqual([row[0] for row in rows], ['A', 'B'])
                self.assertIsNone(rows[1][1])

    def test_cut_images(self):
        whole = os.path.getsize(IMAGES.get('flatcar', 'erofs'))
        for size in (whole - 1, whole - SECTOR, whole // 2, 40 << 20, 21 << 20, 3 << 20, 40 * SECTOR):
            with self.subTest(size=size):
                image = IMAGES.copy('flatcar', 'erofs')
                os.truncate(image, size)
                rows, warnings = self.rows(image, 12)
                self.assertEqual([row[0] for row in rows], ['A', 'B'])
                self.assertTrue([True for warning in warnings if 'backup copy' in warning['message']], warnings)
        for size in (0, 1, 511, 512, 600, 1024, 33 * SECTOR):
            with self.subTest(size=size):
                image = IMAGES.copy('flatcar', 'erofs')
                os.truncate(image, size)
                self.assertIn(run('--image', image, 'slots').returncode, (9, 10))

    def test_cut_slot(self):
        """A slot that the disk ends before is bad, and nobody is told to write the table again."""
        for layout in ('flatcar', 'acl'):
            with self.subTest(layout=layout):
                image = IMAGES.copy(layout, 'erofs')
                last = max(self.ask(image, 'disk')['rows'], key=lambda row: row['start'])
                slot = next(row for row in self.ask(image)['rows'] if row['slot'] == 'B')
                part = slot['device'].rsplit('#', 1)[1]
                start = next(row['start'] for row in self.ask(image, 'disk')['rows'] if row['index'] == part)
                self.assertGreaterEqual(last['start'], start)
                os.truncate(image, start + (1 << 20))
                cut = self.slots(image, status=12)['B']
                said = next(row['text'] for row in self.ask(image, 'next')['rows'] if row['id'] == 'next')
                self.assertEqual(said == 'B, which cannot start', slot['boots'] == 'next', said)
                self.assertEqual((cut['health'], cut['boots']), ('bad', slot['boots']))
                self.assertIn('beyond the end', cut['reason'])
                found = self.findings(image)
                self.assertEqual(found['gpt-beyond']['severity'], 'critical')
                self.assertEqual((found['gpt-beyond']['row'], found['gpt-beyond']['view']), (part, 'slots/disk'))
                self.assertEqual(found['cut:B']['severity'], 'critical' if slot['boots'] == 'next' else 'warning')
                self.assertNotIn('trying:B', found)
                self.assertFalse([row for row in found.values() if 'fdisk' in (row['hint'] or '')], found)

    def test_grown_disk(self):
        image = IMAGES.copy('flatcar', 'erofs')
        os.truncate(image, 200 << 20)
        self.assertEqual(len(self.rows(image, 0)[0]), 2)

    def test_damaged_file_systems(self):
        pick = random.Random(5)
        for fs in ('squashfs', 'erofs', 'ext4'):
            for _ in range(25):
                image = IMAGES.copy('flatcar', fs)
                images.flip(image, *[(20 << 20) + pick.choice((pick.randrange(200), pick.randrange(4096),
                                                             pick.randrange(4 << 20))) for _ in range(12)])
                done = run('--image', image, 'slots', '--json')
                self.assertIn(done.returncode, (0, 12), done.stderr.decode())
                self.assertEqual(json.loads(done.stdout)['rows'][1]['version'], '4459.2.3')

    def test_damaged_esp(self):
        image = IMAGES.copy('acl', 'erofs')
        pick = random.Random(6)
        for _ in range(40):
            images.flip(image, *[images.ESP_AT + pick.choice((pick.randrange(64), pick.randrange(70000)))
                                 for _ in range(3)])
            self.assertIn(run('--image', image, 'slots').returncode, (0, 12))
        with open(image, 'r+b') as file:
            file.seek(images.ESP_AT)
            file.write(bytes(SECTOR))
        answer = self.ask(image, status=12)
        self.assertEqual([row['boots'] for row in answer['rows']], [None, None])
        self.assertEqual(answer['rows'][0]['version'], '3.0.20260115')


class Inputs(Case):
    def test_what_is_no_disk(self):
        folder = IMAGES.folder
        os.mkfifo(folder / 'fifo')
        (folder / 'text').write_text('no disk\n' * 1000)
        with open(folder / 'zeros', 'wb') as file:
            file.truncate(1 << 30)
        for path, status in ((folder / 'fifo', 2), (folder, 2), ('/dev/null', 2), ('/dev/zero', 2),
                             (folder / 'text', 10), (folder / 'zeros', 10), (folder / 'none', 3)):
            with self.subTest(path=path):
                begin = time.monotonic()
                done = run('--image', path, 'slots', '--json')
                self.assertEqual(done.returncode, status, done.stderr.decode())
                self.assertIn(str(path), json.loads(done.stdout)['error']['message'])
                self.assertLess(time.monotonic() - begin, 5)

    def test_mbr(self):
        path = IMAGES.folder / 'mbr'
        with open(path, 'wb') as file:
            file.truncate(8 << 20)
        subprocess.run(['sfdisk', '-q', path], input=b'label: dos\n2048,4096,83\n', check=True)
        done = run('--image', path, 'slots', '--json')
        self.assertEqual(done.returncode, 10)
        self.assertIn('MBR', json.loads(done.stdout)['error']['message'])

    def test_block_device(self):
        image = IMAGES.get('flatcar', 'erofs')
        before = images.checksum(image)
        loop = subprocess.run(['losetup', '--find', '--show', image], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if loop.returncode:
            self.skipTest(f'no loop device: {loop.stderr.decode().strip()}')
        device = loop.stdout.decode().strip()
        try:
            link = IMAGES.folder / 'by-id'
            link.symlink_to(device)
            rows = json.loads(run('--image', link, 'slots', '--json').stdout)['rows']
        finally:
            subprocess.run(['losetup', '--detach', device], check=True)
        self.assertEqual([row['device'] for row in rows], [f'{device}p3', f'{device}p4'])
        self.assertEqual([row['booted'] for row in rows], [False, False])
        self.assertEqual(images.checksum(image), before)

    def test_unreadable_image(self):
        if os.geteuid() != 0:
            self.skipTest('only root can try what another user may not read')
        with tempfile.TemporaryDirectory(dir='/tmp') as folder:
            os.chmod(folder, 0o755)
            path = Path(folder) / 'disk'
            path.touch(mode=0o600)
            done = subprocess.run(['setpriv', '--reuid', '65534', '--clear-groups', REEVE, '--image', path, 'slots',
                                   '--json'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
            if done.returncode == 127 or (not done.stdout and b'Permission' in done.stderr):
                self.skipTest('the build tree is closed to other users')
            self.assertEqual(done.returncode, 4, done.stderr.decode())

    def test_views_that_read_no_image(self):
        image = IMAGES.get('flatcar', 'ext4')
        for words in (('--image', image, 'packages'), ('--image', image, 'sandboxes'), ('--image', image, '--slot', 'A', 'slots'),
                      ('--image', image, '--slot', 'A', 'sandboxes')):
            done = run(*words, '--json')
            self.assertEqual(done.returncode, 10, words)
            self.assertEqual(json.loads(done.stdout)['error']['code'], 'unsupported')

    def test_the_shell_keeps_its_image(self):
        image, other = IMAGES.get('flatcar'), IMAGES.get('acl')
        done = subprocess.run([REEVE, '--image', image, 'shell'], stdout=subprocess.PIPE, timeout=60, env=ENVIRONMENT,
                              input=('slots\nslots --image %s\nslots\n' % other).encode())
        self.assertEqual(re.findall(rb' A +(\S+) ', done.stdout), [b'4459.2.1', b'3.0.20260115', b'4459.2.1'])

    def test_root_without_slots(self):
        with tempfile.TemporaryDirectory() as root:
            done = run('--root', root, 'slots', '--json')
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            answer = json.loads(done.stdout)
            self.assertEqual(answer['rows'], [])
            self.assertIn('no update slots', answer['warnings'][0]['message'])
            self.assertEqual(os.listdir(root), [])

    def test_disk_without_slots(self):
        path = IMAGES.folder / 'plain'
        with open(path, 'wb') as file:
            file.truncate(8 << 20)
        subprocess.run(['sfdisk', '-q', path], input=b'label: gpt\n2048,4096,L\n', check=True)
        self.assertEqual(self.ask(path)['rows'], [])
        self.assertEqual(len(self.ask(path, 'disk')['rows']), 1)

    def test_a_change_is_seen(self):
        image = IMAGES.copy('flatcar', 'erofs')
        os.utime(image, (1, 1))
        self.assertEqual(self.slots(image)['B']['boots'], 'next')
        self.assertEqual(self.slots(image)['B']['boots'], 'next')
        images.set_attributes(image, {4: (0, 0, 0)})
        self.assertEqual(self.slots(image)['B']['boots'], 'never')

    def test_space(self):
        done = run('--image', IMAGES.get('acl', 'erofs'), 'space', '--json')
        row = [row for row in json.loads(done.stdout)['rows'] if row['plugin'] == 'slots'][0]
        self.assertGreater(row['size'], 60000)


if __name__ == '__main__':
    REEVE = str(Path(sys.argv.pop(1)).resolve())
    with tempfile.TemporaryDirectory(prefix='reeve-slots.') as work:
        ENVIRONMENT = {'PATH': os.environ['PATH'], 'HOME': work, 'XDG_CACHE_HOME': f'{work}/cache', 'LANG': 'C.UTF-8'}
        IMAGES = images.Images(work)
        unittest.main(verbosity=2)
