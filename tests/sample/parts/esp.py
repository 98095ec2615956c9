# SPDX-License-Identifier: LGPL-2.1-or-later
# The EFI system partition: what the boot loader reads. Flatcar has kernels with the root hash at a fixed
# offset; Azure Container Linux has unified kernel images (UAPI.5) with it in the command line.
import struct

from . import layouts, usr

ALIGN = 512


def flatcar_kernel(roothash, arch):
    """Not bootable, but the root hash stands where Flatcar's build puts it: byte 64, or 512 on arm64."""
    image = bytearray(65536)
    image[:2] = b'MZ'
    at = {'amd64': 64, 'arm64': 512}[arch]
    image[at:at + 64] = roothash.encode()
    return bytes(image)


def pe(sections, machine):
    """A PE32+ file (Microsoft's PE format) that has a header, these named sections and no code."""
    optional = struct.pack('<HBB9I', 0x20b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1000, ALIGN)[:24]
    optional = optional.ljust(32, b'\0') + struct.pack('<II', 0x1000, ALIGN)
    optional = optional.ljust(68, b'\0') + struct.pack('<H', 10)        # subsystem: EFI application
    optional = optional.ljust(108, b'\0') + struct.pack('<I', 0)        # no data directories
    head = b'MZ'.ljust(60, b'\0') + struct.pack('<I', 64) + b'PE\0\0'
    head += struct.pack('<HHIIIHH', machine, len(sections), 0, 0, 0, len(optional), 0x22) + optional
    table, body, raw, virtual = b'', b'', 1024, 0x1000
    for name, data in sections:
        stored = data.ljust(-(-len(data) // ALIGN) * ALIGN, b'\0')
        table += struct.pack('<8sIIIIIIHHI', name, len(data), virtual, len(stored), raw, 0, 0, 0, 0, 0x40000040)
        body += stored
        raw += len(stored)
        virtual += -(-len(data) // 0x1000) * 0x1000
    return (head + table).ljust(1024, b'\0') + body


def unified_kernel(slot, roothash, version, arch):
    line = (f'mount.usr=/dev/mapper/usr systemd.verity_usr_data=PARTUUID={layouts.USR_ID[slot]} '
            f'systemd.verity_usr_hash=PARTUUID={layouts.HASH_ID[slot]} usrhash={roothash} console=ttyS0')
    return pe([(b'.osrel', usr.os_release('acl', version).encode()), (b'.cmdline', line.encode()),
               (b'.uname', b'6.18.9-1.azl4.x86_64'), (b'.linux', b'MZ'.ljust(32768, b'\0'))],
              {'amd64': 0x8664, 'arm64': 0xaa64}[arch])


def make(tools, image, files):
    """`files` maps paths to bytes; a FAT16 of 16 MiB."""
    with open(image, 'wb') as file:
        file.truncate(16 << 20)
    tools.run('mkfs.vfat', '-F', '16', '-i', '5EED0001', '-n', 'EFI-SYSTEM', image)
    folders = []
    for path in files:
        parts = path.split('/')[:-1]
        folders += ['/'.join(parts[:n + 1]) for n in range(len(parts))]
    tools.run('mmd', '-i', image, *[f'::/{folder}' for folder in dict.fromkeys(folders)])
    for path, data in files.items():
        source = tools.work / 'esp-file'
        source.write_bytes(data)
        tools.run('mcopy', '-i', image, source, f'::/{path}')
