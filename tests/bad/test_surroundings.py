#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hostile environments, plugin directories and caches: what root believes, what a user may choose, what is touched."""
import os
import re
import shutil
import stat
import struct
import subprocess
import time

import rpmdbs
from terminal import Terminal
from world import BUILD, LIMIT, NOBODY, Case, listing, main, needs_root

TRAP = BUILD / 'tests/bad/trap.so'
OPENSSL = '''openssl_conf = init
[init]
engines = engines
providers = providers
[engines]
trap = engine
[engine]
engine_id = trap
dynamic_path = {trap}
init = 1
[providers]
trap = provider
[provider]
module = {trap}
activate = 1
'''


def catalogue(texts):
    """A compiled catalogue (GNU gettext's .mo, format revision 0)."""
    pairs = sorted((key.encode(), value.encode()) for key, value in texts.items())
    ids = b''.join(key + b'\0' for key, _ in pairs)
    at, table_ids, table_texts = 28 + 16 * len(pairs), b'', b''
    place, there = at, at + len(ids)
    for key, value in pairs:
        table_ids += struct.pack('<II', len(key), place)
        table_texts += struct.pack('<II', len(value), there)
        place, there = place + len(key) + 1, there + len(value) + 1
    return struct.pack('<7I', 0x950412de, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0) + table_ids + table_texts + ids + \
        b''.join(value + b'\0' for _, value in pairs)


class Surroundings(Case):
    def setUp(self):
        self.root = self.world.folder('root')
        rpmdbs.write(self.root, [('calm', rpmdbs.package('calm'))])
        self.hostile = self.world.folder('hostile')
        self.set_traps()

    def set_traps(self):
        """A home, configuration, catalogues, converters and libraries of somebody else; each would leave a trace."""
        top = self.hostile
        run = f'%(touch {top}/ran)'
        for name in ('home/.config/reeve', 'home/.config/rpm', 'home/.cache', 'home/.terminfo/x', 'rpm', 'lib', 'plugins',
                     'locale/LC_MESSAGES', 'terminfo/x', 'state', 'bin'):
            (top / name).mkdir(parents=True)
        for name in ('home/.rpmmacros', 'home/.config/rpm/macros', 'rpm/macros'):
            (top / name).write_text(f'%_dbpath {run}/var/lib/rpm\n%_topdir {run}\n%_keyring_path {run}\n')
        (top / 'rpm/rpmrc').write_text(f'macrofiles: {top}/rpm/macros\n')
        (top / 'home/.config/reeve/reeve.conf').write_text('[plugins]\npath = /tmp\n')
        loaded = ('libreeve.so.0', 'libjansson.so.4', 'libncursesw.so.6', 'libtinfo.so.6', 'libcrypto.so.3', 'libsqlite3.so.0')
        for name in ('lib/trap.so', 'plugins/trap.so', 'plugins/packages.so', 'lib/UTF-8.so', *(f'lib/{x}' for x in loaded)):
            shutil.copy(TRAP, top / name)
        (top / 'openssl.cnf').write_text(OPENSSL.format(trap=top / 'lib/trap.so'))
        (top / 'lib/gconv-modules').write_text('module INTERNAL UTF-8// UTF-8 1\nmodule UTF-8// INTERNAL UTF-8 1\n')
        (top / 'locale/LC_MESSAGES/reeve.mo').write_bytes(catalogue(
            {'': 'Content-Type: text/plain; charset=UTF-8\n', 'no package %1 is installed': 'OWNED BY A CATALOGUE'}))
        for name in ('setpriv', 'sudo', 'rpm', 'sh', 'reeve-helper'):
            (top / 'bin' / name).write_text(f'#!/bin/sh\ntouch {top}/ran\n')
            (top / 'bin' / name).chmod(0o755)
        for path in [top, *top.rglob('*')]:
            os.chmod(path, 0o777)

    def env(self):
        top = self.hostile
        up = os.path.relpath(top / 'locale', self.world.tree / 'share/locale')
        return {'HOME': f'{top}/home', 'RPM_CONFIGDIR': f'{top}/rpm', 'PATH': f'{top}/bin:/usr/bin:/bin', 'LANGUAGE': up,
                'LANG': 'C.UTF-8', 'LC_ALL': 'C.UTF-8', 'NLSPATH': f'{top}/locale/%N', 'LOCPATH': f'{top}/locale',
                'TEXTDOMAINDIR': f'{top}/locale', 'TEXTDOMAIN': 'reeve', 'GCONV_PATH': f'{top}/lib',
                'OPENSSL_CONF': f'{top}/openssl.cnf', 'OPENSSL_MODULES': f'{top}/lib', 'OPENSSL_ENGINES': f'{top}/lib',
                'TERMINFO': f'{top}/terminfo', 'TERMINFO_DIRS': f'{top}/terminfo', 'TERMCAP': f'{top}/termcap',
                'TZ': f':{top}/zone', 'TZDIR': top.as_posix(), 'SQLITE_TMPDIR': f'{top}/state', 'TMPDIR': f'{top}/state',
                'REEVE_PLUGIN_PATH': f'{top}/plugins', 'REEVE_LOG': f'{top}/log', 'REEVE_NOW': '0',
                'XDG_CACHE_HOME': f'{top}/home/.cache', 'XDG_STATE_HOME': f'{top}/state',
                'XDG_CONFIG_HOME': f'{top}/home/.config', 'XDG_DATA_HOME': f'{top}/state', 'TERM': 'xterm',
                'ASAN_OPTIONS': 'detect_leaks=0'}

    def traces(self):
        return [str(path) for path in self.hostile.rglob('*') if path.name == 'ran' or path.suffix == '.sprung']


COMMANDS = [('packages',), ('packages', 'files', 'absent'), ('signatures', 'packages', '--columns', 'verdict'),
            ('signatures', 'keys'), ('sandboxes',), ('slots',), ('status',), ('changes',), ('space',), ('plugins',),
            ('help',), ('jobs',)]


@needs_root
class Root(Surroundings):
    def test_hostile_environment(self):
        """Nothing in it is opened, let alone executed or written: every file that is named to the kernel is looked at."""
        with self.untouched(self.hostile), self.untouched(self.root):
            for words in COMMANDS:
                log = self.world.top / 'strace'
                command = ['strace', '-f', '-qq', '-o', str(log), '-e', 'trace=%file', *self.world.command('--root', self.root,
                                                                                                    *words)]
                done = subprocess.run(command, env=self.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      stdin=subprocess.DEVNULL, timeout=LIMIT, cwd=self.hostile / 'lib')
                calls = log.read_text(errors='replace').splitlines()
                if not calls:
                    self.skipTest('strace cannot trace here')
                with self.subTest(words=words):
                    self.assertIn(done.returncode, (0, 3, 12), done.stderr)
                    self.assertNotIn(b'OWNED', done.stderr)
                    # The first is strace's own start of the program.
                    self.assertEqual([call for call in calls[1:] if str(self.hostile) in call or
                                      re.search(r'"[^"]*\.\./[^"]*locale', call)], [])
                    # Nor in the working directory, where an empty part of a search path would look.
                    self.assertEqual([call for call in calls[1:] if re.search(r'(AT_FDCWD, |access\()"(?!/)', call)], [])
                    self.assertEqual([call for call in calls[1:] if 'execve(' in call], [])
                    written = [call for call in calls[1:] if re.search('O_WRONLY|O_RDWR|O_CREAT|mkdir|rename|unlink', call) and
                               '/dev/' not in call and str(self.world.tree / 'cache') not in call and 'ENOENT' not in call]
                    # Cache files are named below a descriptor, never by path.
                    self.assertEqual([call for call in written if '"/' in call], [])
        self.assertEqual(self.traces(), [])

    def test_hostile_environment_on_the_screen(self):
        with self.untouched(self.hostile), self.untouched(self.root):
            terminal = Terminal(self.world.command('--root', self.root, 'ui', 'packages/installed'), self.env())
            try:
                terminal.wait_for(b'calm')
                terminal.send(b'\rqqq')
                terminal.send(b'quit\n')
                terminal.end()
            finally:
                terminal.stop()
        self.assertEqual(self.traces(), [])

    def test_sudo(self):
        """As root through sudo with everything of the user's environment, and as nobody through sudo."""
        if not shutil.which('sudo'):
            self.skipTest('no sudo here')
        pairs = [f'{key}={value}' for key, value in self.env().items() if key != 'PATH']
        for who in ('root', 'nobody'):
            command = ['sudo', '-n', '-u', who, *pairs, str(self.world.reeve), '--root', str(self.root), 'packages', '--json']
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                  timeout=LIMIT)
            if b'sudo:' in done.stderr:
                self.skipTest('sudo is not set up here: ' + done.stderr.decode())
            with self.subTest(who=who):
                if who == 'root':
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(self.traces(), [])
                else:
                    # A user's own plugin path is a user's own choice: the trap takes the place of packages.
                    self.assertNotEqual(done.returncode, 70)
                    self.assertNotIn(str(self.hostile / 'ran'), self.traces())

    def test_plugin_path_is_a_users(self):
        env = {**self.world.env(), 'REEVE_PLUGIN_PATH': str(self.hostile / 'plugins')}
        done = self.expect(self.world.run('--root', self.root, 'status', '--json', env=env), 0)
        self.assertNotIn('trap', done.out.decode())
        self.assertEqual(self.traces(), [])
        env['HOME'] = str(self.world.homes[NOBODY])
        done = self.expect(self.world.run('--root', self.root, 'status', '--json', env=env, user=NOBODY), 0, 12)
        self.assertIn('trap', done.out.decode())
        self.assertIn(str(self.hostile / 'plugins/trap.so.sprung'), self.traces())

    def refused(self, words, what, path):
        """As root untrusted with the place named, in the view and as a finding; a user is not kept from it."""
        error = self.fails(self.world.run('--root', self.root, *words, '--json'), 7, 'untrusted', str(path))
        self.assertIn(what, error['message'])
        self.expect(self.world.run('--root', self.root, *words, user=NOBODY), 0)

    def test_directories_that_others_can_write(self):
        plugins = self.world.tree / 'lib/reeve/plugins'
        for path in (plugins, plugins.parent, self.world.tree / 'lib', self.world.tree, plugins / 'packages.so'):
            for mode in (0o777, 0o775):
                mode_before = path.stat().st_mode
                path.chmod(mode)
                try:
                    with self.subTest(path=path, mode=oct(mode)):
                        self.refused(['packages'], 'written by others', path)
                        rows = self.world.run('--root', self.root, 'status', '--json').json['rows']
                        self.assertIn('packages/plugin', [row['id'] for row in rows])
                finally:
                    path.chmod(mode_before)
        self.expect(self.world.run('--root', self.root, 'packages'), 0)

    def test_libraries_of_others(self):
        """A plugin and a back end that belong to another user, or are links to such."""
        library = self.world.tree / 'lib/reeve'
        for name in ('plugins/packages.so', 'rpm.so', 'rpmsig.so'):
            path = library / name
            os.chown(path, NOBODY, NOBODY)
            try:
                with self.subTest(name=name):
                    self.refused(['packages'], 'not owned by root', path)
            finally:
                os.chown(path, 0, 0)
            path.rename(library / 'kept')
            shutil.copy(library / 'kept', self.hostile / 'other.so')
            os.chown(self.hostile / 'other.so', NOBODY, NOBODY)
            path.symlink_to(self.hostile / 'other.so')
            try:
                with self.subTest(name=name, link=True):
                    done = self.world.run('--root', self.root, 'packages', '--json')
                    self.fails(done, 7, 'untrusted', str(self.hostile))
            finally:
                path.unlink()
                (library / 'kept').rename(path)

    def test_tree_of_another_user(self):
        """A build tree as a whole may be another's: whoever runs its program trusts its owner."""
        for path in [self.world.tree, *self.world.tree.rglob('*')]:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        try:
            self.expect(self.world.run('--root', self.root, 'packages'), 0)
        finally:
            for path in [self.world.tree, *self.world.tree.rglob('*')]:
                os.chown(path, 0, 0, follow_symlinks=False)

    def test_back_end_missing_or_broken(self):
        path = self.world.tree / 'lib/reeve/rpm.so'
        kept = path.read_bytes()
        for what, content in (('missing', None), ('empty', b''), ('cut', kept[:4000]), ('text', b'no library\n'),
                              ('another', TRAP.read_bytes())):
            path.unlink()
            if content is not None:
                path.write_bytes(content)
                path.chmod(0o755)
            try:
                with self.subTest(what=what):
                    done = self.expect(self.world.run('--root', self.root, 'packages', '--json'), 9, 10)
                    self.assertIn('rpm', done.json['error']['message'])
                    self.expect(self.world.run('--root', self.root, 'status', '--json'), 12).json
            finally:
                path.write_bytes(kept)
                path.chmod(0o755)


class Caches(Surroundings):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old_root = cls.world.folder('old-root')
        rpmdbs.write(cls.old_root, [('calm', rpmdbs.package('calm'))])

    def setUp(self):
        super().setUp()
        self.root = self.old_root
        self.base = self.world.tree / 'cache'
        self.more = {}
        if os.geteuid() != 0:
            self.base = self.world.top / 'xdg'
            self.more = {'XDG_CACHE_HOME': str(self.base)}
        if self.base.is_symlink():
            self.base.unlink()
        shutil.rmtree(self.base, ignore_errors=True)
        self.fresh = self.rows()
        # What was changed a moment ago is not cached, since a change in the same tick could go unseen.
        end = time.monotonic() + LIMIT
        while not self.files() and time.monotonic() < end:
            self.rows()

    def rows(self, status=0):
        done = self.world.run('--root', self.root, 'packages', '--json', more_env=self.more)
        return self.expect(done, status).json['rows']

    def files(self):
        return [path for path in self.base.rglob('*') if path.is_file() and not path.is_symlink()]

    def test_is_written_and_private(self):
        self.assertTrue(self.files())
        for path in [*self.base.rglob('*')]:
            # root's own directory is the way to what it shares of the running system; another root is nobody's business
            closed = 0o022 if path == self.base / 'reeve' and os.geteuid() == 0 else 0o077
            self.assertEqual(stat.S_IMODE(path.stat().st_mode) & closed, 0, path)
        before = listing(self.base)
        self.assertEqual(self.rows(), self.fresh)
        self.assertEqual(listing(self.base), before)

    def test_damaged(self):
        """Garbage, cut at many lengths, and bits flipped in a file of another boot, as a power cut leaves it (the boot is
        told in the last 16 bytes): the answer is that of a fresh read."""
        file, = self.files()
        whole = file.read_bytes()
        broken = [b'', b'x', b'\0' * 4096, os.urandom(4096), whole + b'x', whole[8:]]
        broken += [whole[:length] for length in range(0, len(whole), max(1, len(whole) // 25))]
        for at in range(0, len(whole), max(1, len(whole) // 40)):
            flipped = whole[:at] + bytes([whole[at] ^ 0x80]) + whole[at + 1:]
            broken.append(flipped[:-16] + bytes(8) + flipped[-8:])
        for n, content in enumerate(broken):
            file.write_bytes(content)
            with self.subTest(n=n):
                self.assertEqual([row['nevra'] for row in self.rows()], ['calm-1.0-1.noarch'])

    def test_things_in_its_place(self):
        """Links, fifos, directories, other modes and owners: not read, not written through."""
        file, = self.files()
        whole = file.read_bytes()
        lie = whole.replace(b'calm', b'EVIL')
        outside = self.hostile / 'outside'

        def link():
            outside.write_bytes(lie)
            file.symlink_to(outside)

        def own(mode, owner=None):
            file.write_bytes(lie)
            file.chmod(mode)
            if owner is not None:
                os.chown(file, owner, owner)

        cases = {'link': link, 'fifo': lambda: os.mkfifo(file), 'directory': file.mkdir, 'group': lambda: own(0o660),
                 'world': lambda: own(0o606), 'dangling': lambda: file.symlink_to(self.hostile / 'made')}
        if os.geteuid() == 0:
            cases['owner'] = lambda: own(0o600, NOBODY)
        for what, make in cases.items():
            file.unlink()
            make()
            with self.subTest(what=what):
                self.assertEqual(self.rows(), self.fresh)
                self.assertFalse((self.hostile / 'made').exists())
                if what == 'link':
                    self.assertEqual(outside.read_bytes(), lie)
            if file.is_dir() and not file.is_symlink():
                file.rmdir()
                file.touch()
            elif not file.exists() and not file.is_symlink():
                file.touch()

    def test_directories_in_its_place(self):
        """The cache or a directory in it is a link, another's, or open to others: nothing is put where it points."""
        there = self.hostile / 'there'
        there.mkdir()
        levels = [self.base / 'reeve', next((self.base / 'reeve').iterdir())]
        if os.geteuid() == 0:
            levels.append(self.base)
        for level in levels:
            kept = level.with_name('kept')
            level.rename(kept)
            level.symlink_to(there)
            try:
                with self.subTest(level=level), self.untouched(there):
                    self.assertEqual(self.rows(), self.fresh)
            finally:
                level.unlink()
                kept.rename(level)
            if level == self.base:
                continue
            level.chmod(0o777)
            with self.subTest(level=level, mode='777'), self.untouched(self.base):
                self.assertEqual(self.rows(), self.fresh)
            level.chmod(0o700)
        level = self.base / 'reeve'
        shutil.rmtree(level)
        level.write_text('a file')
        self.assertEqual(self.rows(), self.fresh)
        self.assertEqual(level.read_text(), 'a file')
        level.unlink()

    @needs_root
    def test_users_cache(self):
        """XDG_CACHE_HOME that is absent, a file, relative, not writable, a link; no HOME at all."""
        top = self.world.folder('users')
        (top / 'sealed').mkdir()
        (top / 'sealed').chmod(0o555)
        (top / 'file').touch()
        (top / 'own').mkdir()
        (top / 'link').symlink_to(top / 'own')
        (top / 'dangling').symlink_to(top / 'nowhere')
        (top / 'loop').symlink_to(top / 'loop')
        os.chown(top / 'own', NOBODY, NOBODY)
        for value in (top / 'sealed', top / 'sealed/below', top / 'file', top / 'link', top / 'dangling', top / 'loop',
                      'relative', '', '/', '/proc', '/dev/null', top / 'own'):
            with self.subTest(value=value):
                done = self.world.run('--root', self.root, 'packages', '--json', user=NOBODY,
                                      more_env={'XDG_CACHE_HOME': str(value)})
                self.assertEqual(self.expect(done, 0).json['rows'], self.fresh)
        self.assertEqual(os.listdir(top / 'own'), ['reeve'])
        self.assertFalse((top / 'nowhere').exists())
        env = self.world.env(NOBODY)
        del env['HOME']
        self.expect(self.world.run('--root', self.root, 'packages', user=NOBODY, env=env), 0)


class User(Surroundings):
    @needs_root
    def test_hostile_environment(self):
        """A user's surroundings are the user's, but rpm macros run no command and nothing is left in the root."""
        env = {**self.env(), 'REEVE_PLUGIN_PATH': ''}
        with self.untouched(self.root):
            for words in COMMANDS:
                with self.subTest(words=words):
                    done = self.world.run('--root', self.root, *words, env=env, user=NOBODY)
                    self.expect(done, 0, 3, 12)
        self.assertNotIn(str(self.hostile / 'ran'), self.traces())


if __name__ == '__main__':
    main()
