# SPDX-License-Identifier: LGPL-2.1-or-later
# Reads catalogue.txt and updates.txt: which packages there are, from which source, by whom signed.
import dataclasses
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent

# A terminal must never see these raw: an escape sequence, a title change, a bidi override, bytes that
# are no UTF-8, and a soft hyphen with a zero-width space.
ODD = (b'Evil \x1b[31mred\x1b[0m \x1b]0;owned\x07 '
       b'\xe2\x80\xaetxt.exe\xe2\x80\xac \xff\xfe\xc3( end \xc2\xad\xe2\x80\x8b.')
CJK = ('非常に長い要約です。この行は端末の幅を超えるまで続き、全角文字が途中で切られないことを確かめます。'
       '这是一个很长的摘要，用来检查宽字符的截断与对齐。한국어 요약도 함께')


@dataclasses.dataclass
class Package:
    name: str
    kinds: list
    kib: int
    requires: list
    provides: list
    summary: bytes
    noarch: bool


@dataclasses.dataclass
class Source:
    name: str
    epoch: str
    version: str
    release: str
    licence: str
    signing: str
    packages: list

    @property
    def evr(self):
        return (f'{self.epoch}:' if self.epoch else '') + f'{self.version}-{self.release}'

    def nevra(self, package):
        return f'{package.name}-{self.evr}.{"noarch" if package.noarch else "x86_64"}'

    def file(self, package):
        arch = 'noarch' if package.noarch else 'x86_64'
        return f'{package.name}-{self.version}-{self.release}.{arch}.rpm'


def split_evr(evr):
    epoch, _, rest = evr.rpartition(':')
    version, _, release = rest.rpartition('-')
    return epoch, version, release


def fields(line):
    return [part.strip() for part in line.split('|')]


def parse_package(line):
    head, requires, provides, summary = fields(line)
    name, kinds, kib = head.split()
    kinds = kinds.split(',')
    special = {'@ODD@': ODD, '@CJK@': CJK.encode()}
    return Package(name, [k for k in kinds if k != 'noarch'], int(kib), requires.split(), provides.split(),
                   special.get(summary, summary.encode()), 'noarch' in kinds)


def load():
    """All sources in the order of the file; `signing` is the section that they stand in."""
    sources, section = [], None
    for line in (HERE / 'catalogue.txt').read_text().splitlines():
        if not line.strip() or line.startswith('#'):
            continue
        if line.startswith('['):
            section = line.strip('[]')
        elif line[0].isspace():
            sources[-1].packages.append(parse_package(line))
        else:
            head, licence = fields(line)
            name, evr = head.split()
            sources.append(Source(name, *split_evr(evr), licence, section, []))
    return sources


@dataclasses.dataclass
class Update:
    source: str
    evr: str
    advisory: str
    kind: str
    severity: str
    cves: list
    title: str


def load_updates():
    updates = []
    for line in (HERE / 'updates.txt').read_text().splitlines():
        if line and not line.startswith('#'):
            head, advisory, kind, cves, title = fields(line)
            updates.append(Update(*head.split(), advisory, *kind.split(), cves.split(), title))
    return updates


def newer(source, evr):
    """The same source as a newer build: its own version follows in the relations between its packages."""
    made = dataclasses.replace(source, packages=[], signing='azurelinux')
    made.epoch, made.version, made.release = split_evr(evr)
    for package in source.packages:
        def follow(words):
            return [re.sub(r'=' + re.escape(source.evr) + r'(?=$|\.x86_64)', '=' + evr, word) for word in words]
        made.packages.append(dataclasses.replace(package, requires=follow(package.requires),
                                                 provides=follow(package.provides)))
    return made
