#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Seeds for fuzz_rpmheader: a package with each type of value, one with a signature of each kind, one without a region.
import base64
import os
import struct
import sys

sys.dont_write_bytecode = True

from seed_pgp import SIGNATURE  # noqa: E402

TEXT, BINARY, ARRAY, TRANSLATED, INT32, INT16 = 6, 7, 8, 9, 4, 3
SIZES = {INT16: 2, INT32: 4}


def lay(entries, index, data):
    for tag, kind, count, value in entries:
        data += b'\0' * (-len(data) % SIZES.get(kind, 1))
        index += struct.pack('>IIII', tag, kind, len(data), count)
        data += value
    return index, data


def header(signed, added, region=True):
    index, data = lay(signed, b'', b'')
    if region:
        size = len(index) + 16
        index = struct.pack('>IIII', 63, BINARY, len(data), 16) + index
        data += struct.pack('>IIiI', 63, BINARY, -size, 16)
    index, data = lay(added, index, data)
    return struct.pack('>II', len(index) // 16, len(data)) + index + data


def text(tag, value):
    return tag, TEXT, 1, value + b'\0'


NAME = [text(1000, b'bash'), text(1001, b'5.3'), text(1002, b'1.azl4'), text(1022, b'x86_64')]
FILES = [(1004, TRANSLATED, 2, b'in C\0auf Deutsch\0'), (1117, ARRAY, 2, b'bash\0sh\0'),
         (1118, ARRAY, 1, b'/usr/bin/\0'), (1116, INT32, 2, struct.pack('>II', 0, 0)),
         (1030, INT16, 2, struct.pack('>HH', 0o100755, 0o120777)), (1003, INT32, 1, struct.pack('>I', 2))]
SIGNED = [(268, BINARY, len(SIGNATURE), SIGNATURE), (267, BINARY, len(SIGNATURE), SIGNATURE),
          (278, ARRAY, 1, base64.b64encode(SIGNATURE) + b'\0'), text(273, b'0' * 64), text(269, b'0' * 40)]

directory = sys.argv[1]
os.makedirs(directory, exist_ok=True)
for name, seed in (('plain', header(NAME, [])), ('files', header(NAME + FILES, [(1008, INT32, 1, b'\0' * 4)])),
                   ('signed', header(NAME, SIGNED)), ('old', header(NAME, FILES, region=False))):
    with open(os.path.join(directory, name), 'wb') as file:
        file.write(seed)
