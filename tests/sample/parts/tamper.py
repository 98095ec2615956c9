# SPDX-License-Identifier: LGPL-2.1-or-later
# What an attacker or a bad disk does to an rpmdb: each function changes one header blob. CASES names the
# package, the change, and what a correct reader must answer.
import struct

from . import header

WORD = b'belongs to'


def change_text(head):
    place = head.blob.index(WORD)
    head.blob[place:place + len(WORD)] = WORD.upper()


def change_and_digest(head):
    """Digests fit again, so only the signature tells."""
    before = head.digests()
    change_text(head)
    for old, new in zip(before, head.digests()):
        place = head.blob.find(old)
        if place >= 0:
            head.blob[place:place + len(old)] = new


def strip_signature(head):
    """The tag is renamed to one that nobody reads: nothing in the header tells that it was signed."""
    struct.pack_into('>I', head.blob, head.entry(header.RSAHEADER)[0], 0x10000001)


def break_signature(head):
    _, _, _, offset, count = head.entry(header.RSAHEADER)
    head.blob[head.data + offset + count - 10] ^= 0xff


def cut(head):
    del head.blob[len(head.blob) // 2:]


# nevra -> (change, verdict, header, why)
CASES = {
    'sysstat-12.7.8-2.azl4.x86_64': (change_text, 'bad', 'bad', 'a text was changed in the signed region'),
    'logrotate-3.22.0-4.azl4.x86_64': (change_and_digest, 'bad', 'ok', 'changed, and both digests made to fit'),
    'ipset-7.24-2.azl4.x86_64': (break_signature, 'bad', 'ok', 'a byte of the signature was changed'),
    'which-2.23-3.azl4.x86_64': (strip_signature, 'unsigned', 'ok', 'the signature was taken away'),
    'lsscsi-0.32-14.azl4.x86_64': (cut, 'damaged', 'bad', 'only the first half of the header is there'),
    'site-monitor-3-1.noarch': (change_text, 'bad', 'bad', 'unsigned, and changed after it was built'),
    'contoso-backup-2.1-4.x86_64': (change_text, 'bad', 'bad', 'signed by an unknown key, and changed'),
}


def apply(database):
    """Makes all changes; returns hnum by nevra of what can't be read any more."""
    lost = {}
    for nevra, (change, verdict, _, _) in CASES.items():
        hnum = database.find(nevra)
        head = database.get(hnum)
        change(head)
        database.put(hnum, head.blob)
        if verdict == 'damaged':
            lost[nevra] = hnum
    return lost
