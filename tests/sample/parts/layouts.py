# SPDX-License-Identifier: LGPL-2.1-or-later
# The partition tables of A/B distributions, data only: Flatcar's disk_layout.json and Azure Container
# Linux, which puts a hash partition beside each USR. Types and PARTUUIDs are the distributions' own.
import dataclasses

USR = '5dfbf5f4-2848-4bac-aa5e-0d9a20b745a6'         # both slots; what GRUB's gptprio looks for
USR_VERITY = '77ff5f63-e7b6-4633-acf4-1565b864c0e6'  # discoverable partitions, x86-64
RESERVED = 'c95dc21a-df0e-4340-8d7b-26cbfa9a03e0'
RESIZE = '3884dd41-8582-4404-b9a8-e9b84f2df50e'
ROOT_X86_64 = '4f68bce3-e8cd-4db1-96e7-fbcaf984b709'

USR_ID = {'a': '7130c94a-213a-4e5a-8e26-6cce9662f132', 'b': 'e03dd35c-7c2d-4a47-b3fe-27f15780a57c'}
HASH_ID = {'a': '1fae528b-6baf-4efc-a226-2a23f9291ce6', 'b': 'accb60b1-1d72-4e05-9363-6fd51e2ce788'}

SECTORS_PER_MIB = 2048


@dataclasses.dataclass
class Partition:
    number: int
    label: str
    kind: str
    mib: int            # 0: what is left
    uuid: str = ''
    start: int = 0      # sector


FLATCAR = [
    Partition(1, 'EFI-SYSTEM', 'ef00', 16), Partition(2, 'BIOS-BOOT', 'ef02', 2),
    Partition(3, 'USR-A', USR, 24, USR_ID['a']), Partition(4, 'USR-B', USR, 24, USR_ID['b']),
    Partition(6, 'OEM', '8300', 8), Partition(7, 'OEM-CONFIG', RESERVED, 4), Partition(9, 'ROOT', RESIZE, 0),
]
ACL = [
    Partition(1, 'EFI-SYSTEM', 'ef00', 16), Partition(2, 'BIOS-BOOT', 'ef02', 2),
    Partition(3, 'USR-A', USR, 24, USR_ID['a']), Partition(4, 'HASH-A', USR_VERITY, 2, HASH_ID['a']),
    Partition(5, 'USR-B', USR, 24, USR_ID['b']), Partition(6, 'HASH-B', USR_VERITY, 2, HASH_ID['b']),
    Partition(8, 'OEM', '8300', 8), Partition(9, 'OEM-CONFIG', RESERVED, 4),
    Partition(11, 'ROOT', ROOT_X86_64, 0),
]


def placed(layout):
    """Partitions by label, one after the other from 2 MiB on."""
    found, at = {}, 2 * SECTORS_PER_MIB
    for part in {'flatcar': FLATCAR, 'acl': ACL}[layout]:
        found[part.label] = dataclasses.replace(part, start=at)
        at += part.mib * SECTORS_PER_MIB
    return found
