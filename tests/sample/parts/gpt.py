# SPDX-License-Identifier: LGPL-2.1-or-later
# Writes the partition table with sgdisk, and breaks it on request: UEFI 2.10 section 5.3. A header is 92
# bytes (CRC at 16, own place at 24, entries at 72, CRC of the entries at 88); an entry is 128 bytes.
import struct
import zlib

DISK_ID = '00000000-0000-4000-8000-000000000001'
SECTOR, ENTRIES, ENTRY = 512, 128, 128


def attributes(priority, tries, successful):
    """Bits 48-51, 52-55 and 56, where ChromeOS and Flatcar keep them."""
    return priority << 48 | tries << 52 | successful << 56


def create(tools, image, partitions, attribute):
    """`attribute` maps a label to its bits. One call, because sgdisk sleeps a second in each."""
    words = ['-a', '1', '-U', DISK_ID]
    for part in partitions.values():
        end = part.start + part.mib * 2048 - 1 if part.mib else 0
        words += ['-n', f'{part.number}:{part.start}:{end}', '-t', f'{part.number}:{part.kind}',
                  '-c', f'{part.number}:{part.label}']
        words += ['-u', f'{part.number}:{part.uuid or "00000000-0000-4000-8000-%012d" % (100 + part.number)}']
        if attribute.get(part.label):
            words += ['-A', f'{part.number}:=:{attribute[part.label]:016x}']
    tools.run('sgdisk', *words, image)


class Copy:
    """One of the two tables: its header and its entries, put back with right checksums."""

    def __init__(self, file, backup):
        self.file = file
        file.seek(0, 2)
        self.place = file.tell() - SECTOR if backup else SECTOR
        file.seek(self.place)
        self.header = bytearray(file.read(92))
        self.entries_at = struct.unpack_from('<Q', self.header, 72)[0] * SECTOR
        file.seek(self.entries_at)
        self.entries = bytearray(file.read(ENTRIES * ENTRY))

    def put(self):
        struct.pack_into('<I', self.header, 88, zlib.crc32(self.entries))
        struct.pack_into('<I', self.header, 16, 0)
        struct.pack_into('<I', self.header, 16, zlib.crc32(self.header))
        self.file.seek(self.entries_at)
        self.file.write(self.entries)
        self.file.seek(self.place)
        self.file.write(self.header)

    def break_checksum(self):
        self.file.seek(self.place + 16)
        self.file.write(bytes(byte ^ 0xff for byte in self.header[16:20]))

    def overlap(self, number, other):
        """Partition `number` begins in the middle of `other`."""
        first, last = struct.unpack_from('<QQ', self.entries, (other - 1) * ENTRY + 32)
        struct.pack_into('<Q', self.entries, (number - 1) * ENTRY + 32, (first + last) // 2)
        self.put()

    def set_attributes(self, number, value):
        struct.pack_into('<Q', self.entries, (number - 1) * ENTRY + 48, value)
        self.put()


DAMAGES = ('none', 'primary', 'backup', 'both', 'overlap', 'differ')


def damage(image, kind, usr_a, usr_b):
    """primary, backup, both: a wrong checksum there. overlap: USR-B inside USR-A, in both copies.
    differ: the backup, alone, still has USR-A as the only good slot, as after a cut-off update."""
    with open(image, 'r+b') as file:
        copies = [Copy(file, False), Copy(file, True)]
        if kind in ('primary', 'both'):
            copies[0].break_checksum()
        if kind in ('backup', 'both'):
            copies[1].break_checksum()
        if kind == 'overlap':
            for copy in copies:
                copy.overlap(usr_b, usr_a)
        if kind == 'differ':
            copies[1].set_attributes(usr_a, attributes(1, 0, 1))
            copies[1].set_attributes(usr_b, 0)
