#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Seeds for fuzz_gpt: tiny disks of 40 sectors with both copies, in the layouts that reeve knows.
import os
import struct
import sys
import uuid
import zlib

USR, ESP = '5dfbf5f4-2848-4bac-aa5e-0d9a20b745a6', 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b'
VERITY, LINUX = '77ff5f63-e7b6-4633-acf4-1565b864c0e6', '0fc63daf-8483-4772-8e79-3d69d8477de4'
A, B = '7130c94a-213a-4e5a-8e26-6cce9662f132', 'e03dd35c-7c2d-4a47-b3fe-27f15780a57c'
HASH_A = '1fae528b-6baf-4efc-a226-2a23f9291ce6'
GOOD, TRYING = 1 << 48 | 1 << 56, 2 << 48 | 1 << 52
DISKS = {
    'flatcar': [(ESP, None, 'EFI-SYSTEM', 0), (USR, A, 'USR-A', GOOD), (USR, B, 'USR-B', TRYING)],
    'acl': [(ESP, None, 'EFI-SYSTEM', 0), (USR, A, 'USR-A', 0), (VERITY, HASH_A, 'HASH-A', 0), (USR, B, 'USR-B', 0)],
    'osguard': [(ESP, None, 'esp', 0), (LINUX, None, 'usr-a', 0), (LINUX, None, 'usr-b', 0)],
    'twins': [(USR, A, 'USR-A', GOOD), (USR, A, 'USR-A', GOOD), (USR, None, '', TRYING), (USR, None, '_empty', 0)],
}
SECTORS, ENTRIES = 40, 8


def disk(parts, sector):
    table = -(-ENTRIES * 128 // sector)
    entries = b''
    for number, (kind, identity, label, attributes) in enumerate(parts):
        identity = uuid.UUID(identity) if identity else uuid.UUID(int=number + 1)
        entries += struct.pack('<16s16sQQQ72s', uuid.UUID(kind).bytes_le, identity.bytes_le, 10 + 5 * number,
                               14 + 5 * number, attributes, label.encode('utf-16-le'))
    entries = entries.ljust(ENTRIES * 128, b'\0')
    image = bytearray(SECTORS * sector)
    image[446 + 4], image[510:512] = 0xee, b'\x55\xaa'
    for mine, other, at in ((1, SECTORS - 1, 2), (SECTORS - 1, 1, SECTORS - 1 - table)):
        def header(crc):
            return struct.pack('<8sIIIIQQQQ16sQIII', b'EFI PART', 0x10000, 92, crc, 0, mine, other, 2 + table,
                               SECTORS - 2 - table, uuid.UUID(int=9).bytes_le, at, ENTRIES, 128, zlib.crc32(entries))
        image[mine * sector:mine * sector + 92] = header(zlib.crc32(header(0)))
        image[at * sector:at * sector + len(entries)] = entries
    return image


directory = sys.argv[1]
os.makedirs(directory, exist_ok=True)
for name, parts in DISKS.items():
    for sector in (512, 4096):
        with open(os.path.join(directory, f'{name}-{sector}'), 'wb') as file:
            file.write(disk(parts, sector))
