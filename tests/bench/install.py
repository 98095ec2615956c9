# SPDX-License-Identifier: LGPL-2.1-or-later
# From generated packages to an rpmdb: rpmbuild, rpmsign and rpm do it, many subpackages to a spec because
# starting rpmbuild is what costs.
from concurrent.futures import ThreadPoolExecutor

import generate
from parts import root, rpms, tool

SIGNED_AT = '20251105T101500'
CHANGES = '\n'.join(f'* Mon Jun {day:02} 2025 Bench Builder <bench@example.org> - 1.{day}-1\n'
                    f'- Update to 1.{day}\n- Fix a crash in the parser when the input is empty (rhbz{day}0417)\n'
                    for day in (30, 23, 16, 9, 2))


def section(package):
    epoch, _, rest = package.evr.rpartition(':')
    version, _, release = rest.rpartition('-')
    which = f'-n {package.name}'
    lines = [f'%package {which}', f'Version: {version}', f'Release: {release}', f'Summary: {package.summary}',
             'License: MIT AND Apache-2.0', f'URL: https://example.org/{package.name}', 'AutoReqProv: no']
    lines += [f'Epoch: {epoch}'] if epoch else []
    lines += [f'Requires: {word}' for word in package.requires] + [f'Provides: {word}' for word in package.provides]
    lines += [f'%description {which}', package.description, f'%files {which}', '%defattr(0644,root,root,0755)']
    return '\n'.join(lines + package.files) + '\n'


def lay_out(package, tree):
    for path in package.files:
        target = tree / path.lstrip('/')
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((path.encode() + b'\n') * (1 + len(path) % 7))


def build_one(rpm, number, packages):
    top = rpm.tools.work / f'build{number}'
    spec, tree = top / f'bench{number}.spec', top / 'tree'
    tree.mkdir(parents=True)
    for package in packages:
        lay_out(package, tree)
    spec.write_text(f'Name: bench{number}\nVersion: 1\nRelease: 1.azl4\nSummary: bench\nLicense: MIT\n'
                    'Vendor: Microsoft Corporation\n%description\nbench\n' + ''.join(map(section, packages)) +
                    f'%install\nrmdir %{{buildroot}}; mv {tree} %{{buildroot}}\n%changelog\n{CHANGES}\n')
    rpm.run('rpmbuild', '-bb', '--quiet', '--noclean', '--target', 'x86_64-linux', '--define', f'_topdir {top}',
            '--define', f'_rpmdir {rpm.tools.work}/rpms', '--define', '_rpmfilename %%{NAME}.rpm',
            '--define', '_binary_payload w0.ufdio', spec)


def signer(number):
    """Of ten packages eight are signed by the imported key, one by another, one by none."""
    return {0: 'unknown', 5: None}.get(number % 10, 'azurelinux')


def sign(rpm, packages, files):
    with tool.Gpg(rpm.tools) as gpg, ThreadPoolExecutor(2) as pool:
        prints = rpms.import_keys(gpg)
        jobs = []
        for role in ('azurelinux', 'unknown'):
            chosen = [files / f'{package.name}.rpm' for n, package in enumerate(packages) if signer(n) == role]
            jobs += [pool.submit(rpm.sign, gpg, prints[role], SIGNED_AT, chosen[n:n + 100])
                     for n in range(0, len(chosen), 100)]
        for job in jobs:
            job.result()
        rpms.export_public(gpg, 'azurelinux', rpm.tools.work / 'key')


def make(tools, packages, into):
    """Installs all of them into the new root `into`, one rpm transaction."""
    tool.need('rpmbuild', 'rpmsign', 'gpg', 'rpm')
    rpm = rpms.Rpm(tools)
    files = tools.work / 'rpms'
    groups = [packages[n:n + generate.PER_SOURCE] for n in range(0, len(packages), generate.PER_SOURCE)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda job: build_one(rpm, *job), enumerate(groups)))
    sign(rpm, packages, files)
    (into / root.RPMDB).mkdir(parents=True)
    (into / 'usr/lib/os-release').write_text(root.OS_RELEASE)
    (into / 'etc').mkdir()
    (into / 'etc/os-release').symlink_to('../usr/lib/os-release')
    listed = tools.work / 'packages.list'
    listed.write_text('\n'.join(str(files / f'{package.name}.rpm') for package in packages))
    root.rpm_in(rpm, into, '--import', tools.work / 'key')
    root.rpm_in(rpm, into, '-i', '--nosignature', '--nodigest', '--justdb', listed)
