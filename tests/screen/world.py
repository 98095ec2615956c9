# SPDX-License-Identifier: LGPL-2.1-or-later
"""The world of a screen test: a copy of the program beside the test plugin, a root, a home; gone when it is closed."""
import os
import shutil
import tempfile
from pathlib import Path

import session

NOW = '1795003600'  # 2026-11-18 12:06:40 UTC


class World:
    def __init__(self, reeve, library, plugins, locale=None):
        self.path = Path(tempfile.mkdtemp(prefix='reeve-screen.'))
        self.path.chmod(0o755)
        self.tree, self.root, self.home = self.path / 'tree', self.path / 'root', self.path / 'home'
        for directory in (self.tree / 'bin', self.tree / 'lib/reeve/plugins', self.root / 'etc', self.home):
            directory.mkdir(parents=True)
        shutil.copy(reeve, self.tree / 'bin/reeve')
        shutil.copy(library, self.tree / 'lib' / os.path.basename(library))
        shutil.copy(Path(library).parent / 'reeve/curses.so', self.tree / 'lib/reeve')
        for plugin in plugins:
            shutil.copy(plugin, self.tree / 'lib/reeve/plugins')
        if locale:
            shutil.copytree(locale, self.tree / 'share/locale')
        (self.tree / 'CMakeCache.txt').touch()
        (self.root / 'etc/os-release').write_text('NAME=x\nPRETTY_NAME="Azure Linux 4.0"\n')
        (self.root / 'etc/hostname').write_text('web-17\n')
        if os.geteuid() == 0:
            for directory in (self.home, self.root):
                os.chown(directory, session.NOBODY, session.NOBODY)

    def environment(self, term='xterm-256color', **more):
        env = {'PATH': '/usr/bin:/bin', 'HOME': str(self.home), 'LANG': 'C.UTF-8', 'TZ': 'UTC', 'REEVE_NOW': NOW,
               'LD_LIBRARY_PATH': str(self.tree / 'lib')}
        if term is not None:
            env['TERM'] = term
        env.update(more)
        for name in ('ASAN_OPTIONS', 'LSAN_OPTIONS', 'UBSAN_OPTIONS', 'TSAN_OPTIONS'):
            if name in os.environ:
                env.setdefault(name, os.environ[name])
        return env

    def open(self, *words, term='xterm-256color', columns=80, rows=24, env=None, root=None):
        return self.run([str(self.tree / 'bin/reeve'), '--root', str(root or self.root), *words],
                        self.environment(term, **(env or {})), columns, rows)

    def run(self, argv, env=None, columns=80, rows=24):
        return session.Session(argv, env or self.environment(), columns, rows, cwd=str(self.path))

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)
