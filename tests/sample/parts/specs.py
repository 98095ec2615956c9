# SPDX-License-Identifier: LGPL-2.1-or-later
# One spec a source package: its sections, scripts and change log, and the tree that its files come from.
# The spec is bytes: one summary is no valid UTF-8.
import re

from . import files

VENDORS = {'azurelinux': 'Microsoft Corporation', 'expired': 'Microsoft Corporation', 'repo': 'Microsoft Corporation',
           'expired-late': 'Microsoft Corporation', 'extras': 'Fedora Project', 'revoked': 'Fedora Project',
           'unknown': 'Contoso Ltd', 'unsigned': ''}

CHANGES = (('Tue Nov 04 2025', 'Rebuilt for the November release'),
           ('Wed Sep 17 2025', 'Fix CVE-2025-{cve} (moderate)\n- Add the upstream test for it'),
           ('Mon Jun 02 2025', 'Update to {version}'),
           ('Thu Feb 13 2025', 'Import from Fedora 43 (license: {licence})'))


def escape(text):
    """rpmbuild takes no file with control characters for a spec: they come by way of Lua."""
    return re.sub(rb'[\x00-\x1f]', lambda found: b'%%{lua:print("\\%d")}' % found[0][0], text.replace(b'%', b'%%'))


def relation(word):
    """`name=1-2` of the catalogue in the spelling of a spec; a soname's own `=` never occurs."""
    match = re.fullmatch(r'([^=>]+)(>=|=)(.+)', word)
    return ' '.join(match.groups()) if match else word


def changelog(source):
    number = sum(map(ord, source.name)) * 17 % 90000 + 1000
    lines = []
    for date, text in CHANGES:
        text = text.format(cve=number, version=source.version, licence=source.licence)
        lines.append(f'* {date} Azure Linux Builder <azurelinux@example.org> - {source.evr}\n- {text}\n')
    return '%changelog\n' + '\n'.join(lines)


def scripts(package, which):
    name = package.name
    if 'unit' in package.kinds:
        return (f'%post{which}\nif [ $1 -eq 1 ]; then\n  systemctl --no-reload preset {name}.service || :\nfi\n'
                f'%preun{which}\nif [ $1 -eq 0 ]; then\n  systemctl --no-reload disable --now {name}.service || :\n'
                f'fi\n%postun{which}\nsystemctl daemon-reload || :\n')
    if name == 'glibc':
        return f'%post{which} -p <lua>\nprint("")\n'
    if 'script' in package.kinds and name != 'bash':
        return f'%post{which}\n/usr/bin/{name} --refresh >/dev/null 2>&1 || :\n'
    return ''


def file_line(file):
    if file.link:
        return file.path
    mark = file.mark + ' ' if file.mark else ''
    return f'%attr({file.mode:04o},{file.owner},{file.group}) {mark}{file.path}'


def preamble(package, source):
    lines = [b'Summary: ' + escape(package.summary)]
    lines += [f'License: {source.licence}'.encode(), f'URL: https://example.org/{source.name}'.encode(),
              b'AutoReqProv: no']
    lines += [b'BuildArch: noarch'] if package.noarch else []
    lines += [f'Requires: {relation(word)}'.encode() for word in package.requires]
    lines += [f'Provides: {relation(word)}'.encode() for word in package.provides]
    if package.name == 'openssl-libs':
        lines += [b'Recommends: p11-kit-trust', b'Conflicts: openssl-fips < 3', b'Obsoletes: openssl-pkcs11 < 0.5']
    return b'\n'.join(lines) + b'\n'


def section(package, source):
    """Description, scripts and file list of one package, and its files."""
    which = '' if package.name == source.name else f' -n {package.name}'
    held = files.of(package, source)
    about = escape(package.summary) + f'.\n\nThis package, {package.name}, belongs to {source.name}.\n'.encode()
    listed = '\n'.join(file_line(file) for file in held)
    return (f'%description{which}\n'.encode() + about + scripts(package, which).encode() +
            f'%files{which}\n{listed}\n'.encode()), held


def lay_out(held, source, tree):
    for file in held:
        path = tree / file.path.lstrip('/')
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.link:
            path.symlink_to(file.link)
        elif '%dir' in file.mark:
            path.mkdir(exist_ok=True)
        else:
            path.write_bytes(files.content(file, source.name))


def head(source):
    """The preamble of the source. It is the package of the same name too, where there is one."""
    vendor = VENDORS[source.signing]
    lines = [f'Name: {source.name}', f'Version: {source.version}', f'Release: {source.release}']
    lines += [f'Epoch: {source.epoch}'] if source.epoch else []
    lines += [f'Vendor: {vendor}'] if vendor else []
    main = [package for package in source.packages if package.name == source.name]
    text = '\n'.join(lines).encode() + b'\n'
    if main:
        return text + preamble(main[0], source)
    return text + f'Summary: {source.name}\nLicense: {source.licence}\n%description\n{source.name}\n'.encode()


def write(source, spec, tree):
    """Writes the spec file and the tree that its %install copies."""
    tree.mkdir(parents=True)
    parts = [head(source)]
    for package in source.packages:
        text, held = section(package, source)
        lay_out(held, source, tree)
        if package.name != source.name:
            text = f'%package -n {package.name}\n'.encode() + preamble(package, source) + text
        parts.append(text)
    parts.append(f'%install\ncp -a {tree}/. %{{buildroot}}/\n'.encode() + changelog(source).encode())
    spec.write_bytes(b''.join(parts))
