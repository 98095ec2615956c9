#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_repos.py REEVE: what the views say of repositories over HTTP, fresh, kept, changed, broken and hostile."""
import functools
import gzip
import hashlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import parts  # noqa: E402

REEVE = None
NOBODY = 65534
OK, NETWORK, UNTRUSTED, DAMAGED, UNSUPPORTED, PARTIAL, NODATA = 0, 6, 7, 9, 10, 12, 19

SPEC = """Name: {name}
Version: {version}
Release: 1
Summary: The package {name}
License: MIT
BuildArch: noarch
%description
What {name} is for.
%install
mkdir -p %{{buildroot}}/opt/{name}
touch %{{buildroot}}/opt/{name}/data %{{buildroot}}/opt/{name}/more
%files
/opt/{name}
"""

UPDATEINFO = """<updates><update type="security"><id>AZL-1</id><title>beta</title><severity>Critical</severity>
<pkglist><collection><package name="beta" epoch="0" version="2" release="1" arch="noarch"/></collection></pkglist></update>
<update type="security"><id>AZL-2</id><severity/><pkglist><collection>
<package name="alpha" version="2" release="1" arch="noarch"/></collection></pkglist></update></updates>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    asked = []

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.asked.append(self.path)
        super().do_GET()


class Case(unittest.TestCase):
    maxDiff = None
    clock = 1700000000

    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix='reeve-repos-')
        cls.dir = Path(cls.place.name)
        cls.dir.chmod(0o755)
        cls.tree = cls.dir / 'tree'
        cls.tree.mkdir()
        cls.reeve = parts.copy_program(REEVE, cls.tree)
        (cls.dir / 'rpms').mkdir()
        for name, version in (('alpha', '1'), ('alpha', '2'), ('beta', '1'), ('beta', '2'), ('gamma', '1'), ('delta', '3')):
            spec = cls.dir / 'spec'
            spec.write_text(SPEC.format(name=name, version=version))
            subprocess.run(['rpmbuild', '-bb', '--quiet', '--define', '_topdir %s/top' % cls.dir, '--define',
                            '_rpmdir %s/rpms' % cls.dir, '--define', '_build_name_fmt %%{NAME}-%%{VERSION}.rpm', spec],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.server = http.server.ThreadingHTTPServer(
            ('127.0.0.1', 0), functools.partial(Quiet, directory=str(cls.dir / 'www')))
        cls.server.daemon_threads = True
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.url = 'http://127.0.0.1:%d/' % cls.server.server_address[1]

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()
        cls.place.cleanup()

    def setUp(self):
        for name in ('www', 'root', 'home'):
            shutil.rmtree(self.dir / name, ignore_errors=True)
            (self.dir / name).mkdir()
        self.root = self.dir / 'root'
        database = self.root / 'usr/lib/sysimage/rpm'
        database.mkdir(parents=True)
        subprocess.run(['rpm', '--root', self.root, '--dbpath', '/usr/lib/sysimage/rpm', '--nosignature', '--nodeps',
                        '--justdb', '--ignoreos', '-i'] + [self.dir / 'rpms' / (name + '-1.rpm')
                                                           for name in ('alpha', 'beta', 'gamma')],
                       check=True, stdout=subprocess.DEVNULL)
        (self.root / 'etc/yum.repos.d').mkdir(parents=True)
        (self.root / 'etc/os-release').write_text('ID=azurelinux\nVERSION_ID=4.0\n')
        if os.geteuid() == 0:
            os.chown(self.dir / 'home', NOBODY, NOBODY)
        Quiet.asked.clear()

    def make(self, name, packages, updateinfo=None):
        repo = self.dir / 'www' / name
        shutil.rmtree(repo, ignore_errors=True)
        repo.mkdir(parents=True)
        for package in packages:
            shutil.copy(self.dir / 'rpms' / (package + '.rpm'), repo)
        subprocess.run(['createrepo_c', '--quiet', repo], check=True, stdout=subprocess.DEVNULL)
        if updateinfo:
            (self.dir / 'updateinfo.xml').write_text(updateinfo)
            subprocess.run(['modifyrepo_c', '--mdtype=updateinfo', self.dir / 'updateinfo.xml', repo / 'repodata'],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.touch(repo / 'repodata')
        return repo

    def touch(self, repodata):
        """HTTP tells times by the second: an index that is changed within one looks unchanged."""
        Case.clock += 10
        os.utime(repodata / 'repomd.xml', (Case.clock, Case.clock))

    def configure(self, **repos):
        text = ''
        for name, more in repos.items():
            text += '[%s]\nname=%s\nbaseurl=%s%s/\nenabled=1\n%s\n' % (name, name, self.url, name, more)
        (self.root / 'etc/yum.repos.d/test.repo').write_text(text)

    def run_reeve(self, *words, status=OK, root=False):
        argv = [self.reeve, '--root', self.root, *words]
        if os.geteuid() == 0 and not root:
            argv = ['setpriv', '--reuid=%d' % NOBODY, '--regid=%d' % NOBODY, '--clear-groups', *argv]
        env = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': str(self.dir / 'home'), 'LC_ALL': 'C.UTF-8',
               'LD_LIBRARY_PATH': str(self.tree / 'lib'),
               # The leak checker itself falls over libcurl's libraries; tests/net and tests/solv look for leaks.
               'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'}
        done = subprocess.run([str(word) for word in argv], env=env, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, status, done.stdout.decode() + done.stderr.decode())
        return done.stdout.decode(), done.stderr.decode()

    def rows(self, view, *columns, status=OK, more=()):
        out, _ = self.run_reeve('packages', view, '--json', *more, status=status)
        return [tuple(row[column] for column in columns) for row in json.loads(out)['rows']]

    def state_of(self, name):
        (path,) = (self.dir / 'home').glob('.cache/reeve/*/repos/%s/state' % name)
        return path.read_text()


class Views(Case):
    def test_updates_and_what_else_there_is(self):
        self.make('base', ['alpha-1', 'alpha-2', 'beta-2', 'delta-3'], UPDATEINFO)
        self.configure(base='')
        self.assertEqual(self.rows('repos', 'id', 'enabled', 'packages', 'metadata_trust', 'package_trust'),
                         [('base', True, None, 'off', 'off')])
        self.assertEqual(self.rows('installed', 'name', 'update'), [('alpha', None), ('beta', None), ('gamma', None)])
        self.assertEqual(Quiet.asked, [])  # nobody asked for anything that needs the network
        self.assertEqual(self.rows('updates', 'name', 'installed_version', 'version', 'advisory', 'severity'),
                         [('alpha', '1-1', '2-1', 'AZL-2', 'security'), ('beta', '1-1', '2-1', 'AZL-1', 'critical')])
        self.assertEqual(sorted(self.rows('available', 'name', 'version', 'state', 'repo')),
                         [('alpha', '1-1', 'installed', 'base'), ('alpha', '2-1', 'update', 'base'),
                          ('beta', '2-1', 'update', 'base'), ('delta', '3-1', 'available', 'base')])
        self.assertEqual(self.rows('installed', 'name', 'update', 'update_severity'),
                         [('alpha', '2-1', 'security'), ('beta', '2-1', 'critical'), ('gamma', None, None)])
        self.assertEqual(self.rows('repos', 'id', 'packages'), [('base', 4)])
        self.assertEqual(Quiet.asked.count('/base/repodata/repomd.xml'), 1)

    def test_search(self):
        self.make('base', ['alpha-2', 'delta-3'])
        self.configure(base='')
        _, err = self.run_reeve('search', 'alpha')
        self.assertIn('only what is installed', err)
        self.rows('available', 'name')
        Quiet.asked.clear()
        out, err = self.run_reeve('search', 'The', 'a', '--json')
        self.assertEqual([(row['name'], row['version'], row['state'], row['repo']) for row in json.loads(out)['rows']],
                         [('alpha', '1-1', 'installed', None), ('alpha', '2-1', 'update', 'base'),
                          ('beta', '1-1', 'installed', None), ('delta', '3-1', 'available', 'base'),
                          ('gamma', '1-1', 'installed', None)])
        self.assertEqual((err, Quiet.asked), ('', []))

    def test_who_has_a_file(self):
        self.make('base', ['alpha-2', 'delta-3'])
        self.configure(base='')
        self.rows('available', 'name')
        for question, want in (('/opt/delta/data', [('delta', '3-1', 'available', 'base', '/opt/delta/data')]),
                               ('/opt/*/data', [('alpha', '1-1', 'installed', None, '/opt/alpha/data'),
                                                ('alpha', '2-1', 'update', 'base', '/opt/alpha/data'),
                                                ('beta', '1-1', 'installed', None, '/opt/beta/data'),
                                                ('delta', '3-1', 'available', 'base', '/opt/delta/data'),
                                                ('gamma', '1-1', 'installed', None, '/opt/gamma/data')]),
                               ('/opt/none', [])):
            out, err = self.run_reeve('provides', question, '--json')
            self.assertEqual([(row['name'], row['version'], row['state'], row['repo'], row['capability'])
                              for row in json.loads(out)['rows']], want)

    def test_of_two_repositories(self):
        self.make('one', ['alpha-2', 'delta-3'])
        self.make('two', ['alpha-2', 'beta-2'])
        self.configure(one='priority=50', two='priority=10')
        self.assertEqual(sorted(self.rows('available', 'name', 'repo')),
                         [('alpha', 'two'), ('beta', 'two'), ('delta', 'one')])

    def test_settings(self):
        self.configure(base='gpgcheck=1\nmetadata_expire=6h\npassword=secret')
        (self.root / 'etc/dnf').mkdir()
        (self.root / 'etc/dnf/dnf.conf').write_text('[main]\ngpgcheck=0\nbest=True\n')
        rows = {row[0]: row[1:] for row in self.rows('settings', 'key', 'value', 'from', 'origin', more=['base'])}
        self.assertEqual(rows['pkg_gpgcheck'], ('1', 'repo', '/etc/yum.repos.d/test.repo:5'))
        self.assertEqual(rows['best'], ('True', 'main', '/etc/dnf/dnf.conf:3'))
        self.assertEqual(rows['password'][0], '***')
        out, err = self.run_reeve('packages', 'settings', 'nothing', status=3)
        self.assertIn('nothing', err)

    def test_kept(self):
        self.make('base', ['alpha-2'])
        self.configure(base='')
        self.run_reeve('packages', 'updates', '--cacheonly', status=NODATA)
        self.assertEqual(self.rows('updates', 'name'), [('alpha',)])
        self.make('base', ['alpha-2', 'beta-2'])
        self.assertEqual(self.rows('updates', 'name', more=['--cacheonly']), [('alpha',)])
        self.assertEqual(self.rows('updates', 'name'), [('alpha',)])  # not due yet
        Quiet.asked.clear()
        self.assertEqual(self.rows('updates', 'name', more=['--refresh']), [('alpha',), ('beta',)])
        self.assertEqual(self.rows('updates', 'name'), [('alpha',), ('beta',)])
        self.assertEqual(Quiet.asked.count('/base/repodata/repomd.xml'), 1)
        Quiet.asked.clear()
        self.run_reeve('packages', 'updates', '--refresh')
        self.assertEqual(Quiet.asked, ['/base/repodata/repomd.xml'])  # nothing is fetched twice
        self.configure(base='metadata_expire=0')
        Quiet.asked.clear()
        self.rows('updates', 'name')
        self.assertEqual(Quiet.asked, ['/base/repodata/repomd.xml'])


class Failures(Case):
    def test_one_that_is_not_there(self):
        self.make('base', ['alpha-2'])
        self.configure(base='', gone='')
        out, err = self.run_reeve('packages', 'updates', status=NETWORK)
        self.assertRegex(err, 'gone.*404')
        self.configure(base='', gone='skip_if_unavailable=1')
        out, err = self.run_reeve('packages', 'updates', status=PARTIAL)
        self.assertIn('alpha', out)
        self.assertRegex(err, 'gone')
        self.make('gone', ['beta-2'])
        self.assertEqual(self.rows('updates', 'name'), [('alpha',), ('beta',)])
        shutil.rmtree(self.dir / 'www/gone')
        self.configure(base='', gone='')
        out, err = self.run_reeve('packages', 'updates', '--refresh', status=PARTIAL)
        self.assertIn('beta', out)
        self.assertRegex(err, 'gone.*before')

    def broken(self, change, status, said):
        """A change to a repository that was read before: refused, and the old state stays."""
        repo = self.make('base', ['alpha-2'])
        self.configure(base='')
        shutil.rmtree(self.dir / 'home/.cache', ignore_errors=True)
        self.assertEqual(self.rows('updates', 'name'), [('alpha',)])
        before = self.state_of('base')
        repo = self.make('base', ['alpha-2', 'beta-2'])
        change(repo / 'repodata')
        self.touch(repo / 'repodata')
        out, err = self.run_reeve('packages', 'updates', '--refresh', status=PARTIAL)
        self.assertIn('alpha', out)
        self.assertNotIn('beta', out)
        self.assertRegex(err, said)
        self.assertEqual(self.state_of('base'), before)
        shutil.rmtree(self.dir / 'home/.cache')
        _, err = self.run_reeve('packages', 'updates', status=status)
        self.assertRegex(err, said)

    def primary(self, repodata):
        (path,) = repodata.glob('*primary.xml.gz')
        return path

    def rewrite(self, repodata, change):
        """Changes the primary metadata and makes the index agree, as whoever owns the mirror can."""
        path, index = self.primary(repodata), repodata / 'repomd.xml'
        old = path.read_bytes()
        text = change(gzip.decompress(old).decode())
        new = gzip.compress(text.encode())
        xml = index.read_text()
        for before, after in ((hashlib.sha256(old).hexdigest(), hashlib.sha256(new).hexdigest()),
                              (hashlib.sha256(gzip.decompress(old)).hexdigest(), hashlib.sha256(text.encode()).hexdigest())):
            xml = xml.replace('>%s<' % before, '>%s<' % after)
        xml = xml.replace('<size>%d<' % len(old), '<size>%d<' % len(new))
        xml = xml.replace('<open-size>%d<' % len(gzip.decompress(old)), '<open-size>%d<' % len(text.encode()))
        index.write_text(xml)
        path.write_bytes(new)

    def test_hostile(self):
        def wrong_sum(repodata):
            path = self.primary(repodata)
            data = bytearray(path.read_bytes())
            data[-1] ^= 1
            path.write_bytes(data)

        def weak_sum(repodata):
            path = repodata / 'repomd.xml'
            path.write_text(re.sub(r'(<checksum type=")sha256(">)[0-9a-f]{64}', r'\1sha1\2' + 'a' * 40, path.read_text(), count=1))

        def cut_index(repodata):
            path = repodata / 'repomd.xml'
            path.write_bytes(path.read_bytes()[:-30])

        def outside(repodata):
            path = repodata / 'repomd.xml'
            path.write_text(path.read_text().replace('href="repodata/', 'href="../other/repodata/'))

        def too_long(repodata):
            path = self.primary(repodata)
            path.write_bytes(path.read_bytes() + b'x')

        def no_primary(repodata):
            path = repodata / 'repomd.xml'
            path.write_text(path.read_text().replace('type="primary"', 'type="other"'))

        for change, status, said in (
                (wrong_sum, UNTRUSTED, 'base.*primary'), (weak_sum, UNTRUSTED, 'base.*checksum'),
                (cut_index, DAMAGED, 'base'), (outside, DAMAGED, 'base.*location'), (too_long, UNTRUSTED, 'base.*more'),
                (no_primary, DAMAGED, 'base.*primary'),
                (lambda repodata: self.primary(repodata).unlink(), NETWORK, 'base.*404'),
                (lambda repodata: self.rewrite(repodata, lambda text: text.replace('href="', 'href="../')), DAMAGED,
                 'base.*alpha|base.*beta'),
                (lambda repodata: self.rewrite(repodata, lambda text: text[:len(text) // 2]), DAMAGED, 'base.*primary')):
            with self.subTest(change=getattr(change, '__name__', '?'), said=said):
                self.broken(change, status, said)

    def test_damaged_cache(self):
        self.make('base', ['alpha-2'], UPDATEINFO)
        self.configure(base='')
        for name in ('browse', 'paths', 'advisories', 'state'):
            with self.subTest(name=name):
                self.assertEqual(self.rows('updates', 'name'), [('alpha',)])
                (cache,) = (self.dir / 'home').glob('.cache/reeve/*/repos/base')
                (path,) = [p for p in cache.rglob(name)]
                path.write_bytes(path.read_bytes()[:20])
                # What is installed is shown all the same, and the rest is fetched again though nothing changed there.
                self.assertEqual(self.rows('installed', 'name', 'update'),
                                 [('alpha', None), ('beta', None), ('gamma', None)])
                self.run_reeve('packages', 'updates', '--cacheonly', status=NODATA)
                self.assertEqual(self.rows('updates', 'name'), [('alpha',)])
                self.assertEqual(self.rows('installed', 'name', 'update'),
                                 [('alpha', '2-1'), ('beta', None), ('gamma', None)])

    def test_what_is_not_done_yet_is_refused(self):
        self.make('base', ['alpha-2'])
        self.configure(base='repo_gpgcheck=1')
        _, err = self.run_reeve('packages', 'updates', status=UNSUPPORTED)
        self.assertIn('signed', err)
        (self.root / 'etc/yum.repos.d/test.repo').write_text('[base]\nmetalink=%slink\n' % self.url)
        self.run_reeve('packages', 'updates', status=UNSUPPORTED)
        if os.geteuid() == 0:
            self.configure(base='')
            _, err = self.run_reeve('packages', 'updates', status=UNSUPPORTED, root=True)
            self.assertIn('root', err)

    def test_wrong_configuration_is_told(self):
        self.make('base', ['alpha-2'])
        self.configure(base='')
        (self.root / 'etc/yum.repos.d/wrong.repo').write_text('x\n')
        out, err = self.run_reeve('packages', 'repos', status=PARTIAL)
        self.assertIn('/etc/yum.repos.d/wrong.repo:1', err)


if __name__ == '__main__':
    REEVE = os.path.abspath(sys.argv.pop(1))
    unittest.main()
