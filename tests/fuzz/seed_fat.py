#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Seeds for fuzz_fat: what mkfs.fat and mtools make of small file systems, cut behind their last byte.
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'sample'))

from parts import esp  # noqa: E402

FILES = {
    'EFI/Linux/vmlinuz-8-azlb0+3-0.efi': esp.pe([(b'.osrel', b'ID=x\nVERSION_ID="1.2"\n'),
                                                 (b'.cmdline', b'quiet usrhash=' + b'a1' * 32)], 0x8664),
    'EFI/Linux/vmlinuz-7-azla0.efi': esp.pe([(b'.osrel', b'ID=x\nVERSION_ID=1.1\n')], 0x8664),
    'flatcar/vmlinuz-a': esp.flatcar_kernel('b2' * 32, 'amd64')[:1024],
    'loader/loader.conf': b'timeout 3\ndefault vmlinuz-7*\n',
    'loader/entries/other-os.conf': b'title Other\nsort-key x\nversion 3\n',
}


def make(path, bits, size):
    with open(path, 'wb') as file:
        file.truncate(size)
    quiet = {'check': True, 'stdout': subprocess.DEVNULL}
    root = [] if bits == 32 else ['-r', '64']
    subprocess.run(['mkfs.fat', '-F', str(bits), '-s', '1', '-f', '1', *root, path], **quiet)
    subprocess.run(['mmd', '-i', path, '::/EFI', '::/EFI/Linux', '::/flatcar', '::/loader', '::/loader/entries'], **quiet)
    with tempfile.NamedTemporaryFile() as source:
        for name, data in FILES.items():
            Path(source.name).write_bytes(data)
            subprocess.run(['mcopy', '-o', '-i', path, source.name, f'::/{name}'], **quiet)
    data = Path(path).read_bytes().rstrip(b'\0')
    Path(path).write_bytes(data)


directory = sys.argv[1]
os.makedirs(directory, exist_ok=True)
for bits, size in ((12, 256 << 10), (16, 3 << 20), (32, 34 << 20)):
    make(os.path.join(directory, f'fat{bits}'), bits, size)
