#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_sandboxes.py REEVE: the plugin's views on environments that Python's venv made, drifted in each way, hostile ones
among them, as root and as nobody."""
import csv
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

import parts  # noqa: E402
from wheels import SITE, VERSION, digest, install, make_env, make_root, wheel  # noqa: E402

PROGRAM = None
COPY = None
FLASK = {'flask/__init__.py': b'import flask.app\n', 'flask/app.py': b'def app():\n    return 1\n',
         'flask/data, with "quotes".txt': b'data\n'}
CLICK = {'click/__init__.py': b'', 'click/core.py': b'x = 1\n' * 2000}


def setUpModule():
    global COPY
    temp = tempfile.TemporaryDirectory(prefix='reeve-')
    unittest.addModuleCleanup(temp.cleanup)
    COPY = Path(temp.name)
    parts.copy_program(PROGRAM, COPY, ['sandboxes'])


def seconds(time_text):
    return datetime.datetime.fromisoformat(time_text.replace('Z', '+00:00')).timestamp()


class Case(unittest.TestCase):
    def setUp(self):
        self.temp = tempfile.TemporaryDirectory(prefix='reeve-')
        self.addCleanup(self.temp.cleanup)
        self.base = Path(self.temp.name)
        self.base.chmod(0o755)
        self.root = make_root(self.base / 'root')
        self.env = {'PATH': os.environ['PATH'], 'HOME': str(self.base), 'XDG_CACHE_HOME': str(self.base / 'cache'),
                    'LD_LIBRARY_PATH': str(COPY / 'lib'),
                    'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '')}
        self.warnings = []
        self.error = None

    def view(self, view, words='', columns='', common=False, user=None, status=0, said=None):
        """Rows by their key; the exit status must be `status`, and standard error what fits `said`, or nothing."""
        command = [COPY / 'bin/reeve', '--json', '--root', self.root] + (['sandboxes', view] if not common else [view])
        command += [words] if words else []
        command += ['--columns', columns] if columns else []
        if user:
            command = ['setpriv', '--reuid', user, '--regid', 'nogroup', '--clear-groups'] + command
        done = subprocess.run(command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if said:
            self.assertRegex(done.stderr.decode(), said)
        self.assertTrue(said or status not in (0, 12) or not done.stderr, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(done.returncode, status, answer.get('warnings') or answer.get('error'))
        self.error = answer.get('error')
        self.warnings = [warning['message'] for warning in answer.get('warnings', [])]
        key = {'files': 'path', 'packages': 'name'}.get(view, 'id')
        rows = answer.get('rows', [])
        self.assertEqual(len({row[key] for row in rows}), len(rows))
        return {row[key]: row for row in rows}

    def state(self, name, **options):
        return self.view('sandboxes', columns='id,state', **options)[name]['state']

    def drift(self, name, **options):
        """The files that are not ok: path to state."""
        return {path: row['state'] for path, row in self.view('files', name, **options).items() if row['state'] != 'ok'}

    def make(self, path='opt/agents/venv'):
        env = make_env(self.root, path)
        install(env, wheel(self.base, 'flask', '3.0.0', FLASK), scripts=['flask'])
        install(env, wheel(self.base, 'click', '8.1.0', CLICK, 'sha512'))
        return env


class Listing(Case):
    def test_columns(self):
        env = self.make()
        row = self.view('sandboxes')['agents']
        size = sum(path.lstat().st_size for path in env.rglob('*') if path.is_file() and not path.is_symlink())
        self.assertEqual(row, {'id': 'agents', 'kind': 'venv', 'path': '/opt/agents/venv', 'state': 'ok',
                               'python': f'{VERSION}.1', 'packages': 2, 'trust': 'hashed',
                               'created_at': row['created_at'], 'size': size})
        self.assertEqual(seconds(row['created_at']), int((env / 'pyvenv.cfg').stat().st_mtime))

    def test_columns_of_files(self):
        """The package is there for those who ask; the contract shows three."""
        self.make()
        done = subprocess.run([COPY / 'bin/reeve', '--format', 'csv', '--root', self.root, 'sandboxes', 'files', 'agents'],
                              env=self.env, stdout=subprocess.PIPE, check=True)
        self.assertEqual(done.stdout.split()[0], b'path,state,size')
        self.assertIn('flask', [row.get('package') for row in self.view('files', 'agents').values()])

    def test_costly_columns_only_when_asked(self):
        self.make()
        app = self.root / f'opt/agents/venv/{SITE}/flask/app.py'
        app.write_text('other')
        os.utime(app, (0, 0))
        self.assertEqual(self.opened(app, 'id,packages,trust'), 0)
        self.assertEqual(self.opened(self.root / f'opt/agents/venv/{SITE}/click/core.py', 'id,state'), 1)

    def opened(self, path, columns):
        """How often a listing with these columns opens the file for reading, by strace."""
        log = self.base / 'calls'
        done = subprocess.run(['strace', '-f', '-qq', '-o', log, '-e', 'trace=openat2', COPY / 'bin/reeve', '--root',
                               self.root, 'sandboxes', '--json', '--columns', columns], env=self.env,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if done.returncode not in (0, 12):
            self.skipTest(f'strace cannot trace here: {done.stderr}')
        name = '/' + str(path.relative_to(self.root))
        return sum(1 for line in log.read_text().splitlines() if f'"{name}"' in line and 'O_PATH' not in line)

    def test_ids(self):
        for path in ('opt/a', 'opt/b/.venv', 'opt/b/venv', 'srv/a', 'srv/team/x y', 'usr/local/v%\x1b[31m',
                     'var/lib/reeve/sandboxes/a'):
            make_env(self.root, path)
        os.rename(os.fsencode(self.root / 'srv/team'), os.fsencode(self.root / 'srv') + b'/t\xffm')
        rows = self.view('sandboxes', columns='id,path')
        self.assertEqual({name: row['path'] for name, row in rows.items() if name != 't%FFm/x y'},
                         {'a': '/var/lib/reeve/sandboxes/a', '/opt/a': '/opt/a', 'b': '/opt/b/.venv',
                          '/opt/b/venv': '/opt/b/venv', '/srv/a': '/srv/a',
                          'v%25%1B[31m': '/usr/local/v%\x1b[31m'})
        self.assertIn('t%FFm/x y', rows)
        for name in rows:
            self.view('packages', name)
        self.view('files', '/opt/a')

    def test_no_environments(self):
        self.assertEqual(self.view('sandboxes'), {})
        shutil.rmtree(self.root / 'opt')
        self.assertEqual(self.view('sandboxes'), {})
        self.assertEqual(self.view('files', 'nothing', status=3), {})

    def test_kind(self):
        self.make('opt/one')
        self.make('opt/two')
        self.make('srv/three/.venv')
        self.make('srv/four')
        (self.root / 'opt/pylock.one.toml').touch()
        (self.root / 'opt/pylock.toml').touch()
        (self.root / 'srv/three/pylock.toml').touch()
        (self.root / 'srv/four/pylock.dev.toml').touch()
        rows = self.view('sandboxes', columns='id,kind')
        self.assertEqual({name: row['kind'] for name, row in rows.items()},
                         {'one': 'pylock', 'two': 'venv', 'three': 'pylock', 'four': 'pylock'})

    def test_too_deep(self):
        make_env(self.root, 'opt/1/2/3/4')
        make_env(self.root, 'opt/1/2/3/x/5')
        self.assertEqual(list(self.view('sandboxes', columns='id')), ['1/2/3/4'])

    def test_packages(self):
        self.make()
        row = self.view('packages', 'agents')['flask']
        self.assertEqual((row['version'], row['installer'], row['trust'], row['summary']),
                         ('3.0.0', 'tests', 'hashed', 'a package for tests'))
        self.assertFalse(row['requested'])
        (self.root / f'opt/agents/venv/{SITE}/legacy-1.0.egg-info').write_bytes(b'Name: Legacy\nVersion: 1.0.1\n\n')
        rows = self.view('packages', 'agents')
        self.assertEqual((rows['Legacy']['version'], rows['Legacy']['trust']), ('1.0.1', 'none'))
        self.assertEqual(self.view('sandboxes')['agents']['trust'], 'none')

    def test_space(self):
        env = self.make()
        cache = env / SITE / 'flask/__pycache__'
        cache.mkdir()
        (cache / f'app.cpython-{VERSION.replace(".", "")}.pyc').write_bytes(b'x' * 1000)
        row = self.view('space', common=True)['sandboxes/agents']
        self.assertEqual((row['freeable'], row['path']), (1000, '/opt/agents/venv'))
        self.assertEqual(row['size'], self.view('sandboxes')['agents']['size'])


class Drift(Case):
    def setUp(self):
        super().setUp()
        self.sandbox = self.make()
        self.site = self.sandbox / SITE

    def assert_drift(self, **wanted):
        wanted = {(f'{SITE}/' if '/' in path else 'bin/') + path: state for path, state in wanted.items()}
        self.assertEqual(self.drift('agents'), wanted)
        self.assertEqual(self.state('agents'), 'drifted' if wanted else 'ok')

    def test_none(self):
        self.assert_drift()
        self.assertEqual(self.view('status', common=True), {})
        names = set(self.view('files', 'agents'))
        self.assertIn(f'{SITE}/flask/data, with "quotes".txt', names)
        self.assertIn('bin/flask', names)
        self.assertFalse([name for name in names if name.endswith('.pyc')])

    def test_same_size(self):
        app = self.site / 'flask/app.py'
        before = app.stat()
        app.write_bytes(app.read_bytes().replace(b'1', b'2'))
        os.utime(app, ns=(before.st_atime_ns, before.st_mtime_ns))
        self.assert_drift(**{'flask/app.py': 'changed'})

    def test_each_way(self):
        (self.site / 'flask/app.py').unlink()
        with open(self.site / 'click/core.py', 'a') as core:
            core.write('y = 2\n')
        (self.site / 'evil.pth').write_text('import os\n')
        (self.site / 'click/evil.pyc').write_bytes(b'code')
        (self.sandbox / 'bin/flask').write_text('#!/bin/sh\n')
        wanted = {f'{SITE}/flask/app.py': 'missing', f'{SITE}/click/core.py': 'changed', f'{SITE}/evil.pth': 'added',
                  f'{SITE}/click/evil.pyc': 'added', 'bin/flask': 'changed'}
        self.assertEqual(self.drift('agents'), wanted)
        finding = self.view('status', common=True)['sandboxes/drifted:agents']
        self.assertEqual((finding['severity'], finding['view'], finding['row']),
                         ('warning', 'sandboxes/sandboxes', 'agents'))
        self.assertEqual(finding['text'], 'Environment agents drifted: 2 changed, 1 missing, 2 added')
        self.assertLess(abs(seconds(finding['since']) - time.time()), 100)

    def test_what_python_writes_is_no_drift(self):
        cache = self.site / 'click/__pycache__'
        cache.mkdir()
        (cache / 'core.cpython-399.pyc').write_bytes(b'compiled')
        self.assert_drift()
        (cache / 'core.py').write_bytes(b'not compiled')
        self.assert_drift(**{'click/__pycache__/core.py': 'added'})

    def test_virtualenvs_own_files(self):
        (self.site / '_virtualenv.py').touch()
        (self.site / '_virtualenv.pth').write_text('import _virtualenv')
        self.assertEqual(set(self.drift('agents').values()), {'added'})
        with open(self.sandbox / 'pyvenv.cfg', 'a') as config:
            config.write('virtualenv = 20.17.1\n')
        self.assert_drift()

    def test_links(self):
        app = self.site / 'flask/app.py'
        (self.root / 'srv/app.py').write_bytes(app.read_bytes())
        app.unlink()
        app.symlink_to('/srv/app.py')
        self.assert_drift()
        (self.root / 'srv/app.py').write_bytes(b'other')
        self.assert_drift(**{'flask/app.py': 'changed'})
        app.unlink()
        app.symlink_to('/nowhere')
        self.assert_drift(**{'flask/app.py': 'missing'})

    def test_links_stay_below_the_root(self):
        outside = self.base / 'outside.py'
        outside.write_bytes(FLASK['flask/app.py'])
        app = self.site / 'flask/app.py'
        app.unlink()
        app.symlink_to(outside)
        self.assert_drift(**{'flask/app.py': 'missing'})
        app.unlink()
        app.symlink_to('../' * 40 + str(outside)[1:])
        self.assert_drift(**{'flask/app.py': 'missing'})
        shutil.move(self.sandbox, self.base / 'venv')
        (self.root / 'opt/agents/venv').symlink_to(self.base / 'venv')
        self.assertEqual(self.view('sandboxes'), {})

    def test_no_file_blocks(self):
        app = self.site / 'flask/app.py'
        app.unlink()
        os.mkfifo(app)
        self.assert_drift(**{'flask/app.py': 'changed'})
        app.unlink()
        app.mkdir()
        self.assertEqual(self.state('agents'), 'drifted')

    def test_broken(self):
        (self.root / f'usr/bin/python{VERSION}').unlink()
        self.assertEqual(self.state('agents'), 'broken')
        finding = self.view('status', common=True)['sandboxes/broken:agents']
        self.assertIn('python', finding['text'])
        (self.root / f'usr/bin/python{VERSION}').write_bytes(b'again\n')
        self.assertEqual(self.state('agents'), 'ok')
        (self.sandbox / 'pyvenv.cfg').write_text('home = /usr/lib/gone\n')
        self.assertEqual(self.state('agents'), 'broken')
        (self.sandbox / 'pyvenv.cfg').write_bytes(b'\x00\xff' * 40000)
        self.view('sandboxes', status=12)

    def test_cached_verdict_does_not_lie(self):
        app = self.site / 'flask/app.py'
        deadline = time.monotonic() + 30
        where = self.base / 'cache' if os.geteuid() else COPY / 'cache'
        shutil.rmtree(where, ignore_errors=True)
        # What changed within two seconds is not cached: wait until an answer was.
        while not [path for path in where.rglob('*') if path.is_file() and path.stat().st_size > 5000]:
            self.assertEqual(self.state('agents'), 'ok')
            self.assertLess(time.monotonic(), deadline)
        before = app.stat()
        app.write_bytes(app.read_bytes().replace(b'1', b'3'))
        os.utime(app, ns=(before.st_atime_ns, before.st_mtime_ns))
        self.assertEqual(self.state('agents'), 'drifted')


class Hostile(Case):
    def setUp(self):
        super().setUp()
        self.sandbox = self.make()
        self.record = self.sandbox / SITE / 'flask-3.0.0.dist-info/RECORD'

    def add(self, *lines):
        with open(self.record, 'ab') as record:
            for line in lines:
                record.write(line + b'\n')

    def test_paths_outside(self):
        (self.base / 'root/etc').mkdir()
        (self.base / 'root/etc/shadow').write_bytes(b'secret')
        self.add(b'/etc/shadow,,', b'../../../../../../etc/shadow,%s,6' % digest(b'secret').encode(), b',,', b'a\0b,,')
        rows = self.view('files', 'agents', status=12)
        self.assertFalse([path for path in rows if 'shadow' in path])
        self.assertIn('outside', ' '.join(self.warnings))
        self.assertEqual(self.state('agents', status=12), 'unknown')
        self.assertEqual(self.view('packages', 'agents', status=12)['flask']['trust'], 'none')

    def test_damaged_rows(self):
        self.add(b'"never closed', b'a,b,c,d', b'x,sha256=short,1')
        self.assertEqual(self.state('agents', status=12), 'unknown')
        self.assertIn('RECORD', ' '.join(self.warnings))

    def test_giant_line(self):
        self.add(b'x' * 10_000_000 + b',,', b'"' + b'y' * 1_000_000 + b'",,')
        self.assertEqual(self.state('agents', status=12), 'unknown')

    def test_too_large(self):
        with open(self.record, 'ab') as record:
            record.truncate(64 << 20)
        self.assertEqual(self.state('agents', status=12), 'unknown')

    def test_no_record(self):
        self.record.unlink()
        rows = self.drift('agents')
        self.assertEqual(rows[f'{SITE}/flask/app.py'], 'added')
        self.assertEqual(self.state('agents'), 'unknown')
        self.assertEqual(self.view('sandboxes')['agents']['trust'], 'none')

    def test_weak_hashes_prove_nothing(self):
        rows = list(csv.reader(self.record.read_text().splitlines()))
        with open(self.record, 'w') as record:
            csv.writer(record).writerows([row[0], 'md5=abc' if row[1] else '', row[2]] for row in rows)
        self.assertEqual(self.state('agents'), 'unknown')
        self.assertIsNone(self.view('files', 'agents')[f'{SITE}/flask/app.py']['state'])
        (self.sandbox / SITE / 'flask/app.py').write_text('shorter')
        self.assertEqual(self.state('agents'), 'drifted')

    def test_names_that_are_no_utf8(self):
        name = os.fsencode(self.sandbox / SITE / 'flask') + b'/n\xe4me.py'
        with open(name, 'wb') as file:
            file.write(b'data')
        self.assertEqual(self.state('agents'), 'drifted')
        self.add(b'flask/n\xe4me.py,%s,4' % digest(b'data').encode())
        self.assertEqual(self.state('agents'), 'ok')

    def test_two_owners(self):
        path = f'{SITE}/flask/app.py'
        with open(self.sandbox / SITE / 'click-8.1.0.dist-info/RECORD', 'a') as record:
            record.write(f'flask/app.py,{digest(b"other")},5\n')
        self.assertEqual(self.view('files', 'agents')[path]['state'], 'ok')
        (self.root / 'opt/agents/venv' / path).write_bytes(b'other')
        self.assertEqual(self.state('agents'), 'ok')
        (self.root / 'opt/agents/venv' / path).write_bytes(b'third')
        self.assertEqual(self.drift('agents'), {path: 'changed'})

    def test_loops(self):
        (self.sandbox / SITE / 'flask/loop').symlink_to('..')
        (self.sandbox / 'lib/loop').symlink_to('/opt')
        (self.root / 'opt/loop').symlink_to('/opt')
        self.assertEqual(self.drift('agents'), {f'{SITE}/flask/loop': 'added'})
        self.assertEqual(list(self.view('sandboxes')), ['agents'])

    @unittest.skipIf(os.geteuid(), 'only root can mount')
    def test_mount_loop(self):
        inside = self.sandbox / SITE / 'flask/inside'
        inside.mkdir()
        script = f'mount --bind "{self.root}/opt" "{inside}" && exec "$@"'
        done = subprocess.run(['unshare', '--mount', 'sh', '-c', script, 'sh', COPY / 'bin/reeve', '--json',
                               '--root', self.root,
                               'sandboxes'], env=self.env, stdout=subprocess.PIPE, check=False)
        if not done.stdout:
            self.skipTest('mounting is not possible here')
        self.assertEqual([row['id'] for row in json.loads(done.stdout)['rows']], ['agents'])


class Rights(Case):
    @unittest.skipIf(os.geteuid(), 'only root can become nobody')
    def test_as_nobody(self):
        sandbox = self.make()
        self.assertEqual(self.state('agents', user='nobody'), 'ok')
        (sandbox / SITE / 'flask/app.py').chmod(0)
        self.assertEqual(self.state('agents', user='nobody', status=12), 'unknown')
        self.assertIsNone(self.view('files', 'agents', user='nobody', status=12)[f'{SITE}/flask/app.py']['state'])
        self.assertEqual(self.state('agents'), 'ok')
        (sandbox / 'lib').chmod(0)
        row = self.view('sandboxes', user='nobody', status=12)['agents']
        self.assertEqual([row[name] for name in ('state', 'packages', 'trust', 'size')], ['unknown', None, None, None])
        (sandbox / 'lib').chmod(0o755)
        (self.root / 'opt/agents').chmod(0o700)
        self.assertEqual(self.view('sandboxes', user='nobody', status=12), {})
        self.assertIn('/opt/agents', ' '.join(self.warnings))

    @unittest.skipIf(os.geteuid(), 'only root can become nobody')
    def test_common_views_warn_as_the_list_does(self):
        sandbox = self.make()
        (sandbox / SITE / 'flask/app.py').write_text('drift')
        shutil.rmtree(self.root / 'var/lib/reeve')
        self.assertEqual(len(self.view('status', common=True, user='nobody')), 1)
        (self.root / 'srv').mkdir(exist_ok=True)
        (self.root / 'srv').chmod(0o700)
        rows = self.view('status', common=True, user='nobody', status=12).values()
        self.assertEqual([row['severity'] for row in rows], ['warning', 'info'])  # the worst first, whatever it is of
        (self.root / 'opt').chmod(0o700)
        self.view('sandboxes', user='nobody', status=12)
        said = self.warnings
        self.assertIn('/opt', ' '.join(said))
        for view in ('status', 'space'):
            with self.subTest(view=view):
                rows = self.view(view, common=True, user='nobody', status=12)
                self.assertEqual(self.warnings, said)
                self.assertEqual([row['text'] for row in rows.values()], said if view == 'status' else [])


    @unittest.skipIf(os.geteuid(), 'only root can become nobody')
    def test_closed_is_not_absent(self):
        self.make()
        (self.root / 'srv').mkdir(exist_ok=True)
        (self.root / 'srv').chmod(0o700)
        make_env(self.root, 'srv/hidden')
        for view in ('files', 'packages'):
            with self.subTest(view=view):
                self.view(view, 'hidden', user='nobody', status=4)
                self.assertIn('/srv', self.error['cause'][-1]['message'])
                self.view(view, 'absent', status=3)


class Configuration(Case):
    """What etc/reeve below the root says about where environments are."""

    def setUp(self):
        super().setUp()
        make_env(self.root, 'opt/one')
        make_env(self.root, 'data/envs/two/venv')
        (self.root / 'etc/reeve/conf.d').mkdir(parents=True)
        (self.root / 'etc/passwd').write_text(
            'root:x:0:0::/root:/bin/sh\nbin:x:1:1::/:/bin/sh\nnone:x:2:2::/nowhere:\nshort:x\n\n'
            'alice:x:1000:1000:A:/home/alice/:/bin/sh\nbob:x:1001:1001:B:/home/alice:/bin/sh')
        (self.root / 'home/alice').mkdir(parents=True)

    def configure(self, text, name='reeve.conf'):
        path = self.root / 'etc/reeve' / name
        path.write_text(text)
        return path

    def test_directories(self):
        self.assertEqual(list(self.view('sandboxes')), ['one'])
        self.configure('# ours\n[sandboxes]\ndirectories = /data/envs/ ,/opt\n')
        self.assertEqual(list(self.view('sandboxes')), ['two', 'one'])
        self.assertEqual(len(self.view('packages', 'two')), 0)
        self.configure('[sandboxes]\ndirectories = /data\n', 'conf.d/50-data.conf')
        self.assertEqual(list(self.view('sandboxes')), ['envs/two'])
        self.configure('[sandboxes]\ndirectories =\n', 'conf.d/60-none.conf')
        self.assertEqual(list(self.view('sandboxes')), [])
        (self.root / 'etc/reeve/conf.d/60-none.conf').unlink()
        self.assertEqual(list(self.view('sandboxes')), ['envs/two'])

    def test_all_of_the_root(self):
        self.configure('[sandboxes]\ndirectories = /\n')
        self.assertEqual(list(self.view('sandboxes')), ['/data/envs/two/venv', '/opt/one'])

    def test_an_edit_shows_through_the_cache(self):
        where = self.base / 'cache' if os.geteuid() else COPY / 'cache'
        self.configure('[sandboxes]\ndirectories = /opt\n')
        self.view('sandboxes')
        # what has just changed is not cached until it has settled
        end = time.monotonic() + 30
        while not list(where.glob('**/sandboxes.sandboxes.*')) and time.monotonic() < end:
            self.view('sandboxes')
            time.sleep(0.1)
        self.assertTrue(list(where.glob('**/sandboxes.sandboxes.*')))
        for text, ids in (('/data', ['envs/two']), ('/opt', ['one'])):
            self.configure(f'[sandboxes]\ndirectories = {text}\n')
            self.assertEqual(list(self.view('sandboxes')), ids)
        self.configure('[sandboxes]\ndirectories = /data\n', 'conf.d/new.conf')
        self.assertEqual(list(self.view('sandboxes')), ['envs/two'])

    def test_wrong_lines(self):
        self.configure('[sandboxes]\ndirectories = opt, /data\nhomes = maybe\nrubbish\n[signatures]\nk = v\nrubbish\n')
        # lines for nobody are told of whatever is asked for, and are no part of its answer
        nobody = r'reeve.conf:6: there is no plugin signatures.*\n.*reeve.conf:7: is neither.*\n\Z'
        self.assertEqual(list(self.view('sandboxes', status=12, said=nobody)), ['envs/two'])
        said = '\n'.join(self.warnings)
        for word in ('reeve.conf:3: homes cannot be maybe', 'reeve.conf:4: ', 'opt is no absolute path'):
            self.assertIn(word, said)
        self.assertEqual(len(self.warnings), 3)
        # what a newer reeve may know has no effect here, on the exit status neither
        self.configure('[sandboxes]\ncolour = blue\n')
        self.assertEqual(list(self.view('sandboxes')), ['one'])
        self.assertIn('reeve.conf:2: there is no setting colour', self.warnings[0])

    def test_paths_stay_below_the_root(self):
        outside = self.base / 'outside'
        make_env(self.base, 'outside/env')
        (self.root / 'link').symlink_to(outside)
        self.configure(f'[sandboxes]\ndirectories = /link, {outside}, /../outside\n')
        self.assertEqual(list(self.view('sandboxes')), [])

    @unittest.skipIf(os.geteuid(), 'only root can become nobody')
    def test_unreadable(self):
        self.configure('[sandboxes]\ndirectories = /data\n').chmod(0o600)
        self.assertEqual(list(self.view('sandboxes')), ['envs/two'])
        self.assertEqual(list(self.view('sandboxes', user='nobody', status=12)), ['one'])
        self.assertIn('reeve.conf: cannot be read', self.warnings[0])

    def test_homes(self):
        home = self.root / 'home/alice'
        for path in ('.venv', '.virtualenvs/x', '.local/share/pipx/venvs/tool', 'project/venv', '.local/other'):
            make_env(self.root, f'home/alice/{path}')
        (self.root / 'data/elsewhere').mkdir()
        make_env(self.root, 'data/elsewhere/env')
        (home / '.venvs').symlink_to('/data/elsewhere')
        (home / '.pyenv').symlink_to('/data')
        found = [f'/home/alice/{path}' for path in ('.venv', '.virtualenvs/x', '.local/share/pipx/venvs/tool')]
        self.assertEqual(list(self.view('sandboxes')), ['one'])
        self.assertEqual(list(self.view('sandboxes', '--homes')), ['one'] + found)
        self.configure('[sandboxes]\nhomes = yes\n')
        self.assertEqual(list(self.view('sandboxes')), ['one'] + found)
        self.assertEqual(len(self.view('packages', found[0])), 0)
        self.assertEqual(list(self.view('sandboxes', '--homes=false')), ['one'])
        shutil.rmtree(home / '.venv')
        self.assertEqual(list(self.view('sandboxes')), ['one'] + found[1:])
        make_env(self.root, 'home/alice/venv')
        self.assertIn('/home/alice/venv', self.view('sandboxes'))

    @unittest.skipIf(os.geteuid(), 'only root can become nobody')
    def test_a_closed_home(self):
        make_env(self.root, 'home/alice/.venv')
        (self.root / 'home/alice').chmod(0o700)
        self.assertEqual(list(self.view('sandboxes', '--homes', user='nobody', status=12)), ['one'])
        self.assertEqual(self.warnings, ['1 place may not be read: /home/alice'])

    def test_a_system_without_passwd(self):
        (self.root / 'etc/passwd').unlink()
        self.assertEqual(list(self.view('sandboxes', '--homes')), ['one'])


class Speed(Case):
    def test_ten_thousand_files(self):
        env = make_env(self.root, 'opt/big')
        for n in range(10):
            files = {f'part{n}/d{i % 20}/m{i}.py': b'# %d\n' % i * 400 for i in range(1000)}
            install(env, wheel(self.base, f'part{n}', '1.0', files))
        times = {}
        for columns in ('id,packages,trust', 'id,state,size'):
            start = time.monotonic()
            row = self.view('sandboxes', columns=columns)['big']
            times[columns] = time.monotonic() - start
        self.assertEqual(row['state'], 'ok')
        print('10,000 files:', ', '.join(f'{columns} {1000 * t:.0f} ms' for columns, t in times.items()))
        self.assertLess(times['id,state,size'], 5)


if __name__ == '__main__':
    PROGRAM = sys.argv.pop(1)
    unittest.main()
