#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Seeds for fuzz_fsread: the smallest file systems that their own tools make, in each form that is read differently.
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

directory = Path(sys.argv[1])
os.makedirs(directory, exist_ok=True)
with tempfile.TemporaryDirectory() as work:
    tree = Path(work) / 'tree'
    (tree / 'lib').mkdir(parents=True)
    (tree / 'lib/os-release').write_text('ID=x\nVERSION_ID=1\n')
    (tree / 'lib/link').symlink_to('../lib/os-release')
    (tree / 'lib/text').write_text(''.join(f'line {n}\n' for n in range(2500)))
    commands = {
        'squashfs-zstd': ['mksquashfs', tree, 'OUT', '-noappend', '-no-progress', '-nopad', '-comp', 'zstd'],
        'squashfs-stored': ['mksquashfs', tree, 'OUT', '-noappend', '-no-progress', '-nopad', '-noI', '-noD', '-noF'],
        'erofs': ['mkfs.erofs', 'OUT', tree],
        'erofs-lz4': ['mkfs.erofs', '-zlz4', 'OUT', tree],
        'erofs-full': ['mkfs.erofs', '-zlz4', '-Elegacy-compress', 'OUT', tree],
        'erofs-tail': ['mkfs.erofs', '-zlz4', '-Eztailpacking', 'OUT', tree],
        'ext2': ['mke2fs', '-q', '-t', 'ext2', '-b', '1024', '-N', '16', '-d', tree, 'OUT', '96'],
    }
    for name, command in commands.items():
        if not shutil.which(command[0]):
            print(f'{command[0]} is not here: no seed {name}', file=sys.stderr)
            continue
        subprocess.run([directory / name if word == 'OUT' else word for word in command], check=True,
                       stdout=subprocess.DEVNULL)
