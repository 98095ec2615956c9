# SPDX-License-Identifier: LGPL-2.1-or-later
# What a package of the catalogue holds: paths, modes, sizes and contents, made up by its kinds so that
# the list looks like the real package's and is the same in each build.
import dataclasses
import hashlib
import zlib


@dataclasses.dataclass
class File:
    path: str
    size: int = 0
    mode: int = 0o644
    mark: str = ''     # what stands before the path in %files: %config(noreplace), %doc, %dir, %ghost
    link: str = ''
    owner: str = 'root'
    group: str = 'root'
    text: str = ''


def content(file, seed):
    """Repeated lines with some noise: quick to make, compresses about as well as a real file."""
    if file.text:
        return file.text.encode()
    block = b''.join(hashlib.sha256(f'{seed}{n}'.encode()).hexdigest().encode() + b'\n' for n in range(16))
    return (block * (file.size // len(block) + 1))[:file.size]


def common(package, source):
    name = package.name
    yield File(f'/usr/share/licenses/{name}', mode=0o755, mark='%dir')
    yield File(f'/usr/share/licenses/{name}/COPYING', 9000, mark='%license')
    yield File(f'/usr/share/doc/{name}', mode=0o755, mark='%dir')
    yield File(f'/usr/share/doc/{name}/README.md', 2400 + zlib.crc32(name.encode()) % 4000, mark='%doc')
    yield File(f'/usr/share/doc/{name}/NEWS', 6000, mark='%doc')


def binaries(package, source, rest):
    words = [package.name] + [f'{package.name}-{word}' for word in ('ctl', 'info', 'verify')][:rest % 4]
    for word in words:
        yield File(f'/usr/bin/{word}', rest * 700 // len(words), 0o4755 if word == 'sudo' else 0o755)
        yield File(f'/usr/share/man/man1/{word}.1.gz', 3100, mark='%doc')


def library(package, source, rest):
    sonames = [word.split('(')[0] for word in package.provides if word.startswith('lib') and '.so' in word]
    for soname in sonames or [f'{package.name}.so']:
        if soname.endswith('.so') or not sonames:
            yield File(f'/usr/lib64/{soname}', rest * 800 // max(1, len(sonames)), 0o755)
        else:
            full = f'{soname}.{source.version.split("_")[0]}'
            yield File(f'/usr/lib64/{full}', rest * 800 // len(sonames), 0o755)
            yield File(f'/usr/lib64/{soname}', link=full)


def data(package, source, rest):
    base = f'/usr/share/{package.name}'
    yield File(base, mode=0o755, mark='%dir')
    for n in range(8):
        yield File(f'{base}/table-{n}.dat', rest * 100)
    for language in ('de', 'fr', 'ja'):
        yield File(f'/usr/share/locale/{language}/LC_MESSAGES/{package.name}.mo', 5200, mark=f'%lang({language})')


def config(package, source, rest):
    name = package.name
    web = name == 'nginx'
    yield File(f'/etc/{name}', mode=0o755, mark='%dir')
    yield File(f'/etc/{name}/{name}.conf', mark='%config(noreplace)', text=f'# {name}\nmode = standard\n')
    yield File(f'/etc/{name}/secret.conf', mode=0o640, mark='%config(noreplace)', owner='nginx' if web else 'root',
               group='nginx' if web else 'root', text=f'# {name}: for its service only\n')
    yield File(f'/etc/sysconfig/{name}', mark='%config', text='OPTIONS=""\n')


def unit(package, source, rest):
    yield File(f'/usr/lib/systemd/system/{package.name}.service',
               text=f'[Unit]\nDescription={package.name}\n[Service]\nExecStart=/usr/bin/{package.name}\n')
    yield File(f'/var/log/{package.name}.log', mark='%ghost')


def kernel(package, source, rest):
    release = f'{source.version}-{source.release}.x86_64'
    base = f'/usr/lib/modules/{release}'
    if package.name == 'kernel-core':
        yield File(base, mode=0o755, mark='%dir')
        yield File(f'{base}/vmlinuz', 1600000, 0o755)
        yield File(f'{base}/config', 280000)
        yield File(f'/boot/vmlinuz-{release}', mark='%ghost')
    for n in range(120 if package.name == 'kernel-modules' else 40):
        part = ('drivers/net', 'drivers/block', 'fs', 'net/ipv4')[n % 4]
        yield File(f'{base}/kernel/{part}/{package.name[7:]}{n:03}.ko.xz', 9000 + n * 37)


def directories(package, source, rest):
    if package.name == 'filesystem':
        for path, mode in (('/usr', 0o755), ('/usr/bin', 0o555), ('/usr/lib', 0o555), ('/usr/lib64', 0o555),
                           ('/var', 0o755), ('/srv', 0o755), ('/opt', 0o755), ('/tmp', 0o1777), ('/root', 0o550)):
            yield File(path, mode=mode, mark='%dir')
    else:
        yield File(f'/usr/lib/{package.name}', mode=0o755, mark='%dir')


def key(package, source, rest):
    yield File('/etc/pki/rpm-gpg', mode=0o755, mark='%dir')


KINDS = {'bin': binaries, 'lib': library, 'data': data, 'conf': config, 'unit': unit, 'kernel': kernel,
         'dir': directories, 'key': key, 'script': lambda *_: ()}


def of(package, source):
    """The files of one package, each path once."""
    seen = {}
    if package.name != 'filesystem':
        for file in common(package, source):
            seen[file.path] = file
    share = max(1, package.kib // max(1, len(package.kinds)))
    for kind in package.kinds:
        for file in KINDS[kind](package, source, share):
            seen.setdefault(file.path, file)
    return list(seen.values())
