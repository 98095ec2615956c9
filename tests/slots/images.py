# SPDX-License-Identifier: LGPL-2.1-or-later
# Disk images for the tests: made by the sample's mkdisk (sgdisk, mkfs), changed by hand where no tool would do it.
import hashlib
import json
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

sys.dont_write_bytecode = True
SAMPLE = Path(__file__).resolve().parent.parent / 'sample'
sys.path.insert(0, str(SAMPLE))

from parts import gpt  # noqa: E402

SECTOR, ENTRY = 512, 128
ESP_AT = 4096 * SECTOR


class Images:
    """Each image is made once and copied for whoever changes it."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def get(self, layout='flatcar', fs='erofs', *options):
        name = '-'.join([layout, fs, *options]).replace('/', '_') + '.img'
        path = self.folder / name
        if not path.exists():
            subprocess.run([SAMPLE / 'mkdisk', path, layout, fs, *options], check=True)
        return path

    def copy(self, *what):
        source = self.get(*what)
        path = self.folder / 'changed.img'
        # Sparse, or a disk of 128 MiB would be written for each case.
        subprocess.run(['cp', '--sparse=always', source, path], check=True)
        return path


def about(path):
    return json.loads(Path(f'{path}.json').read_text())


def checksum(path):
    with open(path, 'rb') as file:
        return hashlib.file_digest(file, 'sha256').hexdigest() if hasattr(hashlib, 'file_digest') \
            else hashlib.sha256(file.read()).hexdigest()


def copies(file):
    return [gpt.Copy(file, False), gpt.Copy(file, True)]


def set_attributes(path, values, which=(0, 1)):
    """values: partition number to (priority, tries, successful)."""
    with open(path, 'r+b') as file:
        for index in which:
            copy = copies(file)[index]
            for number, value in values.items():
                copy.set_attributes(number, gpt.attributes(*value))


def set_label(path, number, label):
    with open(path, 'r+b') as file:
        for copy in copies(file):
            at = (number - 1) * ENTRY + 56
            copy.entries[at:at + 72] = label.encode('utf-16-le').ljust(72, b'\0')
            copy.put()


def set_header(path, which, fields):
    """Header fields by (offset, format), with a right checksum: a table that lies."""
    with open(path, 'r+b') as file:
        copy = gpt.Copy(file, bool(which))
        for (offset, form), value in fields.items():
            struct.pack_into(form, copy.header, offset, value)
        struct.pack_into('<I', copy.header, 16, 0)
        struct.pack_into('<I', copy.header, 16, zlib.crc32(copy.header))
        file.seek(copy.place)
        file.write(copy.header)


def flip(path, *places):
    """Places from the end are negative."""
    with open(path, 'r+b') as file:
        size = file.seek(0, 2)
        for place in places:
            at = place if place >= 0 else size + place
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 0xff]))


def rename_uki(path, old, new):
    subprocess.run(['mren', '-i', f'{path}@@{ESP_AT}', f'::/EFI/Linux/{old}', new], check=True)


def put_file(path, name, data, folder):
    source = Path(folder) / 'esp-file'
    source.write_bytes(data)
    subprocess.run(['mmd', '-D', 's', '-i', f'{path}@@{ESP_AT}', f'::/{name.rsplit("/", 1)[0]}'],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run(['mcopy', '-o', '-i', f'{path}@@{ESP_AT}', source, f'::/{name}'], check=True)


def sectors_4096(path, source):
    """The same partitions on a disk with sectors of 4,096 bytes: numbers divided by eight, both copies written anew."""
    with open(source, 'rb') as file:
        copy = copies(file)[0]
        size = file.seek(0, 2)
    shutil.copyfile(source, path)
    entries = bytearray(copy.entries)
    for at in range(0, len(entries), ENTRY):
        first, last = struct.unpack_from('<QQ', entries, at + 32)
        if first:
            assert first % 8 == 0
            struct.pack_into('<QQ', entries, at + 32, first // 8, (last + 1) // 8 - 1)
    last_sector = size // 4096 - 1
    with open(path, 'r+b') as file:
        file.write(bytes(16384 + 4096))
        file.seek(size - 20480)
        file.write(bytes(20480))
        for mine, other, table in ((1, last_sector, 2), (last_sector, 1, last_sector - 4)):
            header = bytearray(copy.header)
            struct.pack_into('<QQQQ', header, 24, mine, other, 6, last_sector - 5)
            struct.pack_into('<Q', header, 72, table)
            struct.pack_into('<I', header, 88, zlib.crc32(entries))
            struct.pack_into('<I', header, 16, 0)
            struct.pack_into('<I', header, 16, zlib.crc32(header))
            file.seek(table * 4096)
            file.write(entries)
            file.seek(mine * 4096)
            file.write(header)
