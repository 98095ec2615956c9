# SPDX-License-Identifier: LGPL-2.1-or-later
# What a correct reader must say of the sample, from the knowledge of how it was made and never from any
# program's output: OUT/expected/*.json, which tests compare with.
import json
import time

from . import cache, root, rpms, tamper

VERDICTS = {'azurelinux': 'ok', 'extras': 'ok', 'unknown': 'nokey', 'unsigned': 'unsigned', 'expired': 'expired',
            'expired-late': 'bad', 'revoked': 'revoked'}
STATES = {'azurelinux': ('valid', '2024-02-01T00:00:00Z', None), 'extras': ('valid', '2024-02-01T00:00:00Z',
          '2037-12-31T00:00:00Z'), 'expired': ('expired', '2023-01-01T00:00:00Z', '2025-06-30T00:00:00Z'),
          'revoked': ('revoked', '2024-02-01T00:00:00Z', None)}

# Slots of both disk images: A was started and found good, B is newer and has not been started yet.
SLOTS = {'A': {'health': 'good', 'boots': 'fallback'}, 'B': {'health': 'trying', 'boots': 'next'}}


def rfc3339(seconds):
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(seconds))


def signed_at(section):
    compact = rpms.SIGNED_AT.get(section)
    return compact and f'{compact[:4]}-{compact[4:6]}-{compact[6:11]}:{compact[11:13]}:{compact[13:]}Z'


def package_row(source, package, prints):
    section = source.signing
    role = None if section == 'unsigned' else rpms.SIGNER.get(section, section)
    return {'name': package.name, 'verdict': VERDICTS[section], 'header': 'ok', 'signer': role and prints[role],
            'signed_at': signed_at(section), 'installed_at': rfc3339(root.installed_at(source)),
            'source': f'{source.name}-{source.version}-{source.release}.src.rpm'}


def packages(sources, lost, prints):
    """nevra -> row; a package whose header can't be read is keyed `#hnum`."""
    rows = {source.nevra(package): package_row(source, package, prints)
            for source in sources for package in source.packages}
    for nevra, (_, verdict, head, why) in tamper.CASES.items():
        rows[nevra].update(verdict=verdict, header=head, why=why)
        if verdict == 'unsigned':
            rows[nevra].update(signer=None, signed_at=None)
    for nevra, hnum in lost.items():
        rows[f'#{hnum}'] = {'verdict': 'damaged', 'header': 'bad', 'was': nevra, 'why': rows.pop(nevra)['why']}
    return rows


def keys(rows, prints):
    """Imported keys. `signed` counts the packages that name the key, good or bad."""
    found = {}
    for role, (state, created, expires) in STATES.items():
        signed = [row for row in rows.values() if row.get('signer') == prints[role]]
        found[prints[role]] = {'role': role, 'state': state, 'created_at': created, 'expires_at': expires,
                               'owner': f'{role}@example.org', 'packages': len(signed)}
    return found


def write(out, name, value):
    cache.write(out / 'expected' / f'{name}.json', json.dumps(value, indent=1, ensure_ascii=False) + '\n')


def write_root(out, sources, lost, prints):
    rows = packages(sources, lost, prints)
    write(out, 'packages', rows)
    write(out, 'keys', keys(rows, prints))
