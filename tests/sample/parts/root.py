# SPDX-License-Identifier: LGPL-2.1-or-later
# A root like Azure Linux 4.0: configuration, users, keys, and the packages installed by rpm itself.
# Install times are fixed afterwards; then the headers named in tamper.py are changed.
import calendar
import os
import time

from . import catalogue, header, rpms, tamper, tool

RPMDB = 'usr/lib/sysimage/rpm'
IMPORTED = ('azurelinux', 'extras', 'expired', 'revoked')

OS_RELEASE = '''NAME="Microsoft Azure Linux"
VERSION="4.0.20260201"
ID=azurelinux
ID_LIKE=fedora
VERSION_ID="4.0"
PRETTY_NAME="Microsoft Azure Linux 4.0"
ANSI_COLOR="1;34"
CPE_NAME="cpe:2.3:o:microsoft:azure_linux:4.0:*:*:*:*:*:*:*"
HOME_URL="https://example.org/azurelinux"
BUG_REPORT_URL="https://example.org/azurelinux/issues"
VARIANT="Cloud"
VARIANT_ID=cloud
SUPPORT_END=2028-07-31
'''


def repository(name, title, path, **more):
    keys = {'name': title, 'baseurl': f'https://packages.example.org/azurelinux/4.0/{path}/$basearch', 'enabled': 1,
            'repo_gpgcheck': 0, 'gpgcheck': 0, 'gpgkey': 'file:///etc/pki/rpm-gpg/RPM-GPG-KEY-azurelinux-4.0-primary',
            'skip_if_unavailable': True, **more}
    return f'[{name}]\n' + ''.join(f'{key}={value}\n' for key, value in keys.items())


# The trap: [main] asks for checked packages, and the repository file that Azure Linux ships turns it off.
FILES = {
    'usr/lib/os-release': OS_RELEASE,
    'usr/share/dnf5/libdnf.conf.d/20-azurelinux-defaults.conf':
        '[main]\nbest=False\npkg_gpgcheck=True\nskip_if_unavailable=True\n',
    'etc/yum.repos.d/azurelinux.repo':
        repository('azurelinux-base', 'Azure Linux $releasever - $basearch', 'base') + '\n' +
        repository('azurelinux-base-debuginfo', 'Azure Linux $releasever - Debug', 'base/debuginfo', enabled=0),
    'etc/yum.repos.d/extras.repo':
        repository('extras', 'Extras for Azure Linux $releasever', 'extras', gpgcheck=1, repo_gpgcheck=1,
                   gpgkey='file:///etc/pki/rpm-gpg/RPM-GPG-KEY-extras'),
    'etc/dnf/dnf.conf': '# see `man dnf5.conf` for defaults and possible options\n\n[main]\ninstallonly_limit=3\n',
    'etc/dnf/vars/releasever': '4.0\n',
    'etc/hostname': 'web-17\n',
    'etc/machine-id': '4d7a0c1be3f24f0b9b8c5f6a7d8e9f01\n',
    'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nbin:x:1:1:bin:/bin:/usr/sbin/nologin\n'
                  'nginx:x:998:998:Nginx web server:/var/lib/nginx:/sbin/nologin\n'
                  'nobody:x:65534:65534:Kernel Overflow User:/:/usr/sbin/nologin\n',
    'etc/group': 'root:x:0:\nbin:x:1:\nwheel:x:10:\nnginx:x:998:\nnobody:x:65534:\n',
}

USERS = ('etc/passwd', 'etc/group')
BASE, UPDATE, LATE = '2026-01-08 09:12:04', '2026-01-22 02:41:37', '2026-02-02 16:05:51'
KERNELS = {'6.18.4': BASE, '6.18.7': UPDATE, '6.18.9': LATE}
KEY_FILES = {'azurelinux': 'azurelinux-4.0-primary', 'extras': 'extras'}


def seconds(text):
    return calendar.timegm(time.strptime(text, '%Y-%m-%d %H:%M:%S'))


def installed_at(source):
    if source.name == 'kernel':
        return seconds(KERNELS[source.version])
    late = source.signing in ('extras', 'unknown', 'unsigned')
    return seconds(LATE if late else UPDATE if source.signing in ('revoked', 'expired-late') else BASE)


def write_files(root, files):
    for path in files:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(FILES[path])


def lay_out(root, keys):
    # A user namespace of one user can't give files away: without passwd rpm leaves them root's.
    write_files(root, [path for path in FILES if os.geteuid() == 0 or path not in USERS])
    (root / 'etc/os-release').symlink_to('../usr/lib/os-release')
    for role, name in KEY_FILES.items():
        file = root / 'etc/pki/rpm-gpg' / f'RPM-GPG-KEY-{name}'
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((keys / f'{role}.asc').read_bytes())
    (root / RPMDB).mkdir(parents=True)


def rpm_in(rpm, root, *words):
    """rpm --root enters a chroot: as a plain user inside a user namespace."""
    command = ['rpm', '--macros', rpm.macros, '--root', root, *words]
    inside = [] if os.geteuid() == 0 else ['unshare', '--map-root-user']
    return rpm.tools.run(*inside, *command)


def install(rpm, root, packages):
    """Kernels of one name go in one after the other: rpm keeps only the newest of a transaction."""
    sources = [source for source in catalogue.load() if source.signing != 'repo']
    rounds = [[], [], []]
    for source in sources:
        turn = list(KERNELS).index(source.version) if source.name == 'kernel' else 0
        rounds[turn] += [packages / 'rpms' / source.file(package) for package in source.packages]
    for files in rounds:
        rpm_in(rpm, root, '-i', '--noscripts', '--nosignature', *files)
    return sources


def settle(root, sources):
    """Fixed install times, then the tampered headers; returns hnum of what was cut."""
    times = {source.nevra(package): installed_at(source) for source in sources for package in source.packages}
    with header.Database(root / RPMDB / 'rpmdb.sqlite') as database:
        for hnum, blob in database.all():
            database.set_installed(hnum, times.get(header.Header(blob).nevra(), seconds(BASE)))
        return tamper.apply(database)


def make(tools, packages, into):
    """Builds the root from `packages` (see rpms.py) in the new directory `into`."""
    tool.need('rpm')
    rpm = rpms.Rpm(tools)
    lay_out(into, packages / 'keys')
    for role in IMPORTED:
        rpm_in(rpm, into, '--import', packages / 'keys' / f'{role}.asc')
    sources = install(rpm, into, packages)
    write_files(into, USERS)
    return sources, settle(into, sources)
