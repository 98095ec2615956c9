# SPDX-License-Identifier: LGPL-2.1-or-later
# A slot's /usr as a file system image with its verity tree, made without mounting anything and with
# fixed UUIDs, times and salt, so that the root hash is the same each time where mkfs allows it.
import hashlib
import os
import shutil
import uuid

from . import tool

BLOCK = 4096
FILE_SYSTEMS = ('squashfs', 'erofs', 'ext4', 'btrfs')


def os_release(layout, version):
    name, ident = {'flatcar': ('Flatcar Container Linux by Kinvolk', 'flatcar'),
                   'acl': ('Azure Container Linux', 'azurecontainerlinux')}[layout]
    like = 'coreos' if layout == 'flatcar' else 'azurelinux flatcar'
    return (f'NAME="{name}"\nID={ident}\nID_LIKE="{like}"\nVERSION={version}\nVERSION_ID={version}\n'
            f'BUILD_ID=2026-01-15-1200\nPRETTY_NAME="{name} {version}"\nIMAGE_VERSION={version}\n')


def lay_out(tree, layout, version, packages):
    for folder in ('bin', 'lib/extension-release.d', 'share'):
        (tree / folder).mkdir(parents=True)
    (tree / 'lib/os-release').write_text(os_release(layout, version))
    (tree / 'share/blob').write_bytes(hashlib.shake_256(version.encode()).digest(4 << 20))
    (tree / 'bin/tool').write_bytes(b'#!/bin/sh\n' + b'# padding\n' * 20000)
    if packages:
        shutil.copytree(packages, tree / 'lib/sysimage/rpm')
    for folder, _, files in os.walk(tree, topdown=False):
        for name in [*files, '.']:
            os.utime(os.path.join(folder, name), (tool.EPOCH, tool.EPOCH))


def make_file_system(tools, kind, tree, image, ident):
    if kind == 'squashfs':
        tools.run('mksquashfs', tree, image, '-noappend', '-quiet', '-no-progress', '-comp', 'gzip', '-all-root')
    elif kind == 'erofs':
        tools.run('mkfs.erofs', '-zlz4', f'-T{tool.EPOCH}', f'-U{ident}', '--all-root', image, tree)
    elif kind == 'ext4':
        with open(image, 'wb') as file:
            file.truncate(16 << 20)
        tools.run('mke2fs', '-q', '-t', 'ext4', '-O', '^has_journal', '-U', ident, '-E', f'hash_seed={ident}',
                  '-d', tree, image, env={'E2FSPROGS_FAKE_TIME': str(tool.EPOCH)})
    else:
        tools.run('mkfs.btrfs', '-q', '-U', ident, '-m', 'single', '--mixed', '--rootdir', tree, '--shrink', image)
    size = -(-image.stat().st_size // BLOCK) * BLOCK
    os.truncate(image, size)
    return size


def make(tools, work, slot, layout, kind, version, appended, packages=None):
    """Makes WORK/SLOT.img, and WORK/SLOT.hash where the tree is not appended; packages: a directory with a package
    database to put in. Returns (size, root hash)."""
    tree, image = work / f'usr-{slot}', work / f'{slot}.img'
    lay_out(tree, layout, version, packages)
    ident = str(uuid.uuid5(uuid.NAMESPACE_URL, f'{layout}/{kind}/{version}'))
    size = make_file_system(tools, kind, tree, image, ident)
    hashes = image if appended else work / f'{slot}.hash'
    hashes.touch()
    said = tools.run('veritysetup', 'format', '--hash=sha256', '--data-block-size=4096', '--hash-block-size=4096',
                     f'--data-blocks={size // BLOCK}', '--salt=00', f'--uuid={ident}',
                     *([f'--hash-offset={size}'] if appended else []), image, hashes).decode()
    return size, next(line.split()[-1] for line in said.splitlines() if line.startswith('Root hash'))
