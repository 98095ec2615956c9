# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds the packages of the catalogue with rpmbuild and signs them with rpmsign, each by the key of its
# section and with a fixed date. The result is shared by the root and by the repository.
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import catalogue, specs, tool

KEYS = Path(__file__).resolve().parent.parent / 'keys'
ROLES = ('azurelinux', 'extras', 'unknown', 'expired', 'revoked')

# When each section was signed. The expired key ended on 2025-06-30, the other was revoked on 2025-09-01.
SIGNED_AT = {'azurelinux': '20251105T101500', 'repo': '20260120T093000', 'extras': '20251021T080000',
             'unknown': '20251001T120000', 'expired': '20250301T090000', 'expired-late': '20250801T090000',
             'revoked': '20250810T150000'}
SIGNER = {'repo': 'azurelinux', 'expired-late': 'expired'}

MACROS = '''%_dbpath /usr/lib/sysimage/rpm
%_db_backend sqlite
%_keyring rpmdb
%_rpmformat 4
%__os_install_post %{nil}
%_build_id_links none
%debug_package %{nil}
%_enable_debug_packages 0
%_binary_payload w1.gzdio
%_smp_ncpus_max 1
%_invalid_encoding_terminates_build 0
%_missing_doc_files_terminate_build 0
%_unpackaged_files_terminate_build 0
%__check_files %{nil}
%use_source_date_epoch_as_buildtime 1
%clamp_mtime_to_source_date_epoch 1
%_buildhost builder.example.org
%_pkgverify_level none
%__gpg /usr/bin/gpg
%_install_script_path /usr/bin:/bin
'''


class Rpm:
    """rpm's programs with macro files of our own choice: the distribution's base, then ours, never the user's."""

    def __init__(self, tools):
        self.tools = tools
        base = tools.run('rpm', '--eval', '%{_rpmconfigdir}').decode().strip()
        ours = tools.work / 'macros'
        ours.write_text(MACROS)
        self.macros = ':'.join([f'{base}/macros', f'{base}/platform/x86_64-linux/macros', str(ours)])

    def run(self, program, *words, **more):
        return self.tools.run(program, '--macros', self.macros, *words, **more)

    def build(self, source, number):
        top = self.tools.work / f'build{number}'
        spec, tree = top / f'{source.name}.spec', top / 'tree'
        specs.write(source, spec, tree)
        self.run('rpmbuild', '-bb', '--quiet', '--target', 'x86_64-linux', '--define', f'_topdir {top}',
                 '--define', f'_rpmdir {self.tools.work}/rpms', '--define',
                 '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm', spec)

    def sign(self, gpg, fingerprint, at, packages):
        """All packages with one key and one date."""
        self.run('rpmsign', '--addsign', '--define', f'_gpg_name {fingerprint}',
                 '--define', f'_openpgp_sign_id {fingerprint}', '--define', '_openpgp_sign gpg',
                 '--define', f'_gpg_path {gpg.home}', '--define', '_gpg_digest_algo sha256',
                 '--define', f'_gpg_sign_cmd_extra_args --faked-system-time {at}! --ignore-time-conflict',
                 *packages, env=gpg.env)


def fingerprints(gpg):
    """The fingerprint of each role's key, in capitals."""
    found = {}
    for role in ROLES:
        lines = gpg.run('--with-colons', '--list-keys', f'{role}@example.org').decode().splitlines()
        found[role] = next(line.split(':')[9] for line in lines if line.startswith('fpr'))
    return found


def import_keys(gpg):
    for role in ROLES:
        gpg.run('--import', KEYS / f'{role}.asc')
    return fingerprints(gpg)


def export_public(gpg, role, to):
    to.write_bytes(gpg.run('--armor', '--no-comments', '--export', f'{role}@example.org'))


def sign_all(rpm, gpg, prints, sources, rpms):
    for section, at in SIGNED_AT.items():
        chosen = [rpms / source.file(package) for source in sources if source.signing == section
                  for package in source.packages]
        if section == 'expired-late':
            # gpg never signs with an expired key: lift the date in this private ring, after the export.
            gpg.run('--quick-set-expire', prints['expired'], '0', at='20250301T000000')
        if chosen:
            rpm.sign(gpg, prints[SIGNER.get(section, section)], at, chosen)


def all_sources():
    """The catalogue and the newer builds of updates.txt; these count as of section `repo`."""
    sources = catalogue.load()
    latest = {source.name: source for source in sources}
    updates = [catalogue.newer(latest[update.source], update.evr) for update in catalogue.load_updates()
               if latest[update.source].signing != 'repo']
    for source in updates:
        source.signing = 'repo'
    return sources + updates


def make(tools, into):
    """Fills `into` with rpms/ (all packages, signed) and keys/ (the public keys as administrators get them)."""
    tool.need('rpmbuild', 'rpmsign', 'gpg')
    rpm, sources = Rpm(tools), all_sources()
    rpms = tools.work / 'rpms'
    rpms.mkdir()
    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        list(pool.map(rpm.build, sources, range(len(sources))))
    (into / 'keys').mkdir(parents=True)
    with tool.Gpg(tools) as gpg:
        prints = import_keys(gpg)
        for role in ROLES:
            export_public(gpg, role, into / 'keys' / f'{role}.asc')
        sign_all(rpm, gpg, prints, sources, rpms)
        gpg.run('--import', KEYS / 'revoked.rev')
        export_public(gpg, 'revoked', into / 'keys' / 'revoked.asc')
    rpms.rename(into / 'rpms')
    return prints
