# SPDX-License-Identifier: LGPL-2.1-or-later
# Names, files and dependencies of any number of packages from one seed: the same workload on each
# machine. Sizes follow real rpmdbs: half of the headers near 10 KB, a few of 200 KB.
import dataclasses
import random

PREFIXES = ('lib', 'python3-', 'perl-', 'golang-', 'rust-', 'ruby-', 'texlive-', 'nodejs-', 'php-', 'R-', '', '', '')
STEMS = ('archive audio auth boot cache cert cloud codec color config crypt data date db dbus debug disk dns doc '
         'edit event file font form gpu graph hash html http image index input ipc json kern lang ldap lex link log '
         'mail math media mesh mime mount net node ntp pack parse pci perf pipe plot port power print proc proxy pulse '
         'query queue regex render route scan script search serial sign sort speech sql ssh state storage stream sync '
         'table task test text thread time token tree tty udev unit usb user vector '
         'video virt web wifi xml zip').split()
SUFFIXES = ('core', 'utils', 'libs', 'devel', 'common', 'tools', 'server', 'client', 'data', 'plugins', 'extra', 'doc')
WORDS = ('a the for of with and simple fast small portable library tool collection bindings to reading writing system '
         'network service files support modular toolkit programs that use common interface distributed').split()
PER_SOURCE = 100


@dataclasses.dataclass
class Package:
    name: str
    evr: str
    files: list
    requires: list
    provides: list
    summary: str
    description: str


def names(count, chance):
    """`count` different names. Each ends in `00`, so that a copy can be called otherwise at the same length."""
    every = [f'{prefix}{stem}-{suffix}' for prefix in dict.fromkeys(PREFIXES) for stem in STEMS for suffix in SUFFIXES]
    # one name that a search on the screen is measured with
    return ['python3-yaml-00'] + [f'{name}-00' for name in chance.sample(every, count - 1)]


def sentence(chance, least, most):
    return ' '.join(chance.choices(WORDS, k=chance.randint(least, most))).capitalize()


def file_list(name, chance, median):
    """Some packages are documentation or headers by the thousand; most have a few dozen files."""
    count = min(1300, max(3, int(chance.lognormvariate(0, 1.1) * median)))
    folders = [f'/usr/share/{name}', f'/usr/lib64/{name}', f'/usr/share/doc/{name}', f'/usr/include/{name}']
    stems = chance.choices(STEMS, k=count)
    found = [f'{folders[n % 4 if n > 6 else 0]}/{stem}-{n}.{"dat so html h".split()[n % 4]}' for n, stem in
             enumerate(stems)]
    return [f'/usr/bin/{name}', *found]


def make(count, median=22, seed=4711):
    """All packages; each requires only what one of those before it provides."""
    chance = random.Random(seed)
    made, provided = [], []
    for name in names(count, chance):
        evr = (f'{chance.randint(1, 3)}:' if chance.random() < .06 else '') + \
            f'{chance.randint(0, 9)}.{chance.randint(0, 40)}.{chance.randint(0, 12)}-{chance.randint(1, 30)}.azl4'
        sonames = [f'lib{name[:-3]}-{n}.so.{chance.randint(0, 9)}()(64bit)' for n in range(chance.randint(0, 4))]
        requires = chance.sample(provided, min(len(provided), chance.randint(8, 60)))
        made.append(Package(name, evr, file_list(name, chance, median), requires, sonames, sentence(chance, 3, 9),
                            sentence(chance, 80, 700)))
        provided += [name, *sonames]
    return made
