#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_rpm.py REEVE SOURCE: what is installed and who signed it, beside what rpm says of the same database; databases
that are absent, cut, locked or forged; and that nothing is read or left that should not be."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from database import DBPATH, Headers, digests, install, package, rpm  # noqa: E402

PROGRAM = SOURCE = COPY = None


def setUpModule():
    """A copy of the parts that are tested: any user can reach it, and as a build tree of its own it has a cache of its
    own, also for root."""
    global COPY
    temp = tempfile.TemporaryDirectory(prefix='reeve-')
    unittest.addModuleCleanup(temp.cleanup)
    build = PROGRAM.resolve().parent.parent
    COPY = Path(temp.name)
    COPY.chmod(0o755)
    (COPY / 'CMakeCache.txt').touch()
    for directory in ('bin', 'lib/reeve/plugins'):
        (COPY / directory).mkdir(parents=True)
    for name in ('rpm.so', 'rpmsig.so', 'plugins/packages.so', 'plugins/signatures.so'):
        shutil.copy(build / 'lib/reeve' / name, COPY / 'lib/reeve' / name)
    for library in (build / 'lib').glob('*.so.*'):
        shutil.copy(library, COPY / 'lib')
    shutil.copy(PROGRAM, COPY / 'bin/reeve')


class Case(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory(prefix='reeve-')
        self.addCleanup(temp.cleanup)
        self.base = Path(temp.name)
        self.base.chmod(0o755)
        self.root = self.base / 'root'
        self.rpmdb = self.root / DBPATH
        self.rpmdb.mkdir(parents=True)
        self.env = {'PATH': os.environ['PATH'], 'HOME': str(self.base), 'XDG_CACHE_HOME': str(self.base / 'cache'),
                    'LD_LIBRARY_PATH': str(COPY / 'lib'), 'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '')}

    def reeve(self, *words, status=0, before=()):
        command = [*before, str(COPY / 'bin/reeve'), '--json', '--root', str(self.root), *words]
        done = subprocess.run(command, env=self.env, capture_output=True, check=False)
        self.assertEqual(done.returncode, status, done.stdout[-500:] + done.stderr)
        return json.loads(done.stdout)

    def rows(self, *words, key='nevra', **options):
        answer = self.reeve(*words, **options)
        rows = {row[key]: row for row in answer['rows']}
        self.assertEqual(len(rows), len(answer['rows']))
        return rows

    def verdicts(self, **options):
        return {key: row['verdict'] for key, row in self.rows('signatures', 'packages', **options).items()}

    def fill(self, *names):
        install(self.base, self.root, *(package(self.base, name) for name in names))

    def nobody(self):
        return ('setpriv', '--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups')


class Real(Case):
    def test_a_real_database_as_rpm_lists_it(self):
        source = SOURCE.parent / 'shared/data/rpmdb/cbl-mariner-2.0/rpmdb.sqlite'
        if not source.exists():
            self.skipTest(f'{source} is not there')
        shutil.copy(source, self.rpmdb)
        listed = rpm(self.base, 'rpm', '--dbpath', shutil.copytree(self.rpmdb, self.base / 'copy'), '-qa', '--qf',
                     '%{NEVRA}|%{SIZE}|%{INSTALLTIME}|%{SOURCERPM}|%{VENDOR}|%{LICENSE}|%{SUMMARY}\n')
        wanted = {line.split('|')[0]: line.split('|') for line in listed.splitlines()
                  if not line.startswith('gpg-pubkey')}
        rows = self.rows('packages', 'installed')
        self.assertEqual(set(rows), set(wanted))
        for nevra, fields in wanted.items():
            row = rows[nevra]
            self.assertEqual([row[name] or '(none)' for name in ('source', 'vendor', 'license', 'summary')], fields[3:])
            self.assertEqual(row['size'], int(fields[1]))
            self.assertEqual(row['verdict'], 'nokey')
        self.assertEqual(os.listdir(self.rpmdb), ['rpmdb.sqlite'])

    def test_the_sample_is_what_its_maker_says(self):
        sample = SOURCE / 'build/sample'
        subprocess.run([SOURCE / 'tests/sample/build', sample], check=True, stdout=subprocess.DEVNULL)
        self.root = sample / 'root'
        wanted = json.loads((sample / 'expected/packages.json').read_text())
        rows = self.rows('signatures', 'packages', status=12)
        self.assertEqual(set(rows), set(wanted))
        for key, says in wanted.items():
            row = rows[key]
            self.assertEqual((row['verdict'], row['header'], row['signed_at']),
                             (says['verdict'], says['header'], says.get('signed_at')), key)
            signer = says.get('signer')
            self.assertEqual((row['signer'] or [None])[0] in (signer, signer and signer[24:]), True, key)
        keys = self.rows('signatures', 'keys', key='fingerprint', status=12)
        wanted = json.loads((sample / 'expected/keys.json').read_text())
        self.assertEqual({key: [row[name] for name in ('state', 'created_at', 'expires_at', 'packages')]
                          for key, row in keys.items()},
                         {key: [says[name] for name in ('state', 'created_at', 'expires_at', 'packages')]
                          for key, says in wanted.items()})
        found = self.rows('status', key='id')
        self.assertLessEqual({'packages/damaged', 'signatures/bad', 'signatures/unsigned', 'signatures/nokey'},
                             set(found))
        self.assertTrue(any(id.startswith('signatures/revoked-') for id in found))
        self.tells_late_from_changed(rows, keys, found)
        self.lead_to_their_rows(found.values())

    def tells_late_from_changed(self, rows, keys, found):
        """A signature that holds, by a key that had expired when it was made, is no sign of somebody at the database."""
        late = {key for key, row in rows.items() if row['verdict'] == 'bad' and row['header'] == 'ok' and row['signer']
                and row['signed_at'] >= (keys[row['signer'][0]]['expires_at'] or '9')}
        self.assertEqual({key for key, row in rows.items() if row['reason'] == 'late'}, late)
        changed = {key for key, row in rows.items() if row['verdict'] == 'bad'} - late
        self.assertEqual({key for key, row in rows.items() if row['reason'] == 'changed'}, changed)
        for id, severity, packages in ('late', 'warning', late), ('bad', 'critical', changed):
            finding = found[f'signatures/{id}']
            self.assertEqual(finding['severity'], severity)
            self.assertTrue(finding['text'].startswith(f'{len(packages)} packages '), finding['text'])
        self.assertNotIn('behind', found['signatures/late']['hint'])

    def lead_to_their_rows(self, findings):
        """One package is named, several are listed by the finding's filter, as many as its text counts."""
        counted = [found for found in findings if found['text_msg']['msgid'].startswith('%1 package')]
        self.assertTrue(any(found['where'] for found in counted))
        for found in counted:
            several = int(found['text_msg']['args'][0])
            if several == 1:
                self.assertTrue(found['row'])
            else:
                self.assertEqual(len(self.rows(*found['view'].split('/'), '--where', found['where'], status=12)), several)

    def corpus(self, file, keys):
        """The one verdict on a package of rpm's own tests, with these keys imported."""
        corpus = SOURCE.parent / 'shared/data/rpm-corpus'
        if not corpus.exists():
            self.skipTest(f'{corpus} is not there')
        shutil.rmtree(self.rpmdb)
        (self.rpmdb / 'pubkeys').mkdir(parents=True)
        for key in keys:
            shutil.copy(corpus / 'keys' / key, self.rpmdb / f'pubkeys/{key}.key')
        install(self.base, self.root, '--nosignature', '--nodigest', corpus / 'RPMS' / file)
        return list(self.verdicts().values())

    def test_rpms_own_packages_and_keys(self):
        keys = ['rpm.org-rsa-2048-test.pub', 'rpm.org-rsa-2048-add-subkey.asc', 'alice.asc']
        wanted = {'hello-2.0-1.x86_64-signed.rpm': 'ok', 'hello-2.0-1.x86_64-signed-mldsa87.rpm': 'ok',
                  'hello-2.0-1.x86_64-signed-with-subkey.rpm': 'ok', 'hlinktest-1.0-1.noarch-v3sig.rpm': 'ok',
                  'hello-2.0-1.x86_64.rpm': 'unsigned', 'foo-1.0-1.noarch.rpm': 'unsigned',
                  'capstest-1.0-1.noarch.rpm': 'unsigned', 'imatest-1.0-1.fc34.noarch.rpm': 'unsigned'}
        for file, verdict in wanted.items():
            with self.subTest(file):
                self.assertEqual(self.corpus(file, keys), [verdict])
                self.assertEqual(self.corpus(file, []), ['nokey' if verdict == 'ok' else verdict])

    def test_what_became_of_a_subkey(self):
        """The package was signed two days after this subkey was revoked in one copy, one after it expired in another;
        joined copies know both."""
        for keys, verdict in ((['alice.asc'], 'ok'), (['alice-revoked-subkey.asc'], 'revoked'),
                              (['alice-expired-subkey.asc'], 'bad'), (['CVE-2021-3521-nosubsig.asc'], 'nokey'),
                              (['alice.asc', 'alice-revoked-subkey.asc'], 'revoked')):
            with self.subTest(keys):
                self.assertEqual(self.corpus('hello-2.0-1.x86_64-signed-with-subkey.rpm', keys), [verdict])


class Views(Case):
    def test_the_views_of_one_package(self):
        more = ('Requires: /bin/sh\nRequires: reeve-other >= 2\nProvides: thing = 3\n%post -p /bin/sh\nexit 0\n'
                '%changelog\n* Mon Jun 30 2025 Reeve Test <test@example.org> - 1-1\n- first\n')
        install(self.base, self.root, package(self.base, 'one', more=more),
                package(self.base, 'other', more='Provides: reeve-other = 2'))
        rows = self.rows('packages', 'dependencies', 'one', key='n').values()
        self.assertIn(('requires', 'reeve-other >= 2', 'other-1-1.noarch'),
                      {(row['kind'], row['capability'], row['by']) for row in rows})
        self.assertIn(('provides', 'thing = 3', None), {(row['kind'], row['capability'], row['by']) for row in rows})
        change = self.rows('packages', 'changelog', 'one.noarch', key='n')[1]
        self.assertEqual((change['at'], change['text']), ('2025-06-30T12:00:00Z', '- first'))
        script = list(self.rows('packages', 'scripts', 'one-1-1.noarch', key='n').values())
        self.assertEqual([(row['phase'], row['interpreter']) for row in script], [('postin', '/bin/sh')])
        self.assertEqual(self.rows('packages', 'files', 'one', key='path'), {})
        self.assertEqual(self.reeve('packages', 'files', 'none', status=3)['error']['code'], 'notfound')

    def test_what_is_there_twice(self):
        self.fill('one')
        install(self.base, self.root, package(self.base, 'one', '2'))
        with Headers(self.root) as headers:
            number = headers.copy('one')
        self.assertEqual(set(self.rows('packages', 'installed')),
                         {'one-1-1.noarch', 'one-2-1.noarch', f'#{number}'})
        for word, status in (('install', 10), ('check-update', 19), ('history', 10)):
            self.assertEqual(self.reeve('packages', word, 'one', status=status)['error'],
                             self.reeve(word, 'one', status=status)['error'])
        error = self.reeve('packages', 'files', 'one', status=2)['error']
        self.assertIn(f'#{number}', error['hint'])
        self.reeve('packages', 'files', f'#{number}')
        found = self.rows('status', key='id')['packages/duplicates']
        self.assertEqual(set(self.rows('packages', 'installed', '--where', found['where'])),
                         {'one-1-1.noarch', 'one-2-1.noarch', f'#{number}'})

    def test_changes_and_space(self):
        self.fill('one', 'two')
        changes = list(self.rows('changes', key='id').values())
        self.assertEqual(changes[0]['text'] if 'text' in changes[0] else changes[0]['what'],
                         '2 packages installed or updated')
        cache = self.root / 'var/cache/libdnf5/repo'
        cache.mkdir(parents=True)
        (cache / 'solv').write_bytes(b'x' * 100000)
        space = self.rows('space', key='id')
        self.assertGreaterEqual(space['packages/var/cache/libdnf5']['freeable'], 100000)


class Forged(Case):
    def test_headers_bent_in_each_way(self):
        self.fill('changed', 'again', 'cut', 'whole', 'moved')
        with Headers(self.root) as headers:
            blob = headers.get('changed')
            headers.put('changed', blob.replace(b'text text text', b'TEXT text text'))
            blob = headers.get('again')
            old = digests(blob)
            blob = blob.replace(b'text text text', b'TEXT text text')
            for was, is_now in zip(old, digests(blob)):
                self.assertIn(was, blob)
                blob = blob.replace(was, is_now)
            headers.put('again', blob)
            headers.put('cut', headers.get('cut')[:200])
            blob = headers.get('moved')
            blob[8 + 16 + 8:8 + 16 + 12] = b'\x7f\xff\xff\xff'
            headers.put('moved', blob)
            cut, moved = headers.number('cut'), headers.number('moved')
        rows = self.rows('signatures', 'packages', status=12)
        self.assertEqual({key: (row['verdict'], row['header']) for key, row in rows.items()},
                         {'changed-1-1.noarch': ('bad', 'bad'), 'again-1-1.noarch': ('unsigned', 'ok'),
                          'whole-1-1.noarch': ('unsigned', 'ok'), f'#{cut}': ('damaged', 'bad'),
                          f'#{moved}': ('damaged', 'bad')})
        self.assertEqual(len(self.rows('packages', 'installed', status=12)), 5)
        self.reeve('packages', 'files', f'#{cut}', status=9)

    def test_who_signed_is_never_shown_without_the_verdict(self):
        """A signer's name alone would vouch for a package that was tampered with; columns without data go first."""
        self.fill('one')
        seen = {}
        for form in ('table', 'csv', 'plain'):
            done = subprocess.run([COPY / 'bin/reeve', '--format', form, '--root', self.root, 'packages'],
                                  env=self.env, capture_output=True, check=True)
            seen[form] = done.stdout.decode()
        self.assertIn('VERDICT   SIGNED BY', seen['table'])
        self.assertIn(',verdict,signer_name,', seen['csv'].splitlines()[0])
        self.assertIn('unsigned', seen['plain'])

    def test_a_hostile_summary_is_shown_harmless(self):
        install(self.base, self.root, package(self.base, 'one', summary='red \x1b[31m \u202e text'))
        self.assertEqual(self.rows('packages', 'installed')['one-1-1.noarch']['summary'], 'red \x1b[31m \u202e text')
        done = subprocess.run([COPY / 'bin/reeve', '--root', self.root, 'packages', '--columns', 'summary'],
                              env=self.env, capture_output=True, check=True)
        self.assertNotIn(b'\x1b', done.stdout)


class Databases(Case):
    def code(self, status):
        answer = self.reeve('packages', 'installed', status=status)
        self.assertTrue(answer['error']['message'])
        return answer['error']

    def test_absent_empty_cut_and_foreign(self):
        path = self.rpmdb / 'rpmdb.sqlite'
        self.assertIn('usr/lib/sysimage/rpm', self.code(3)['hint'])
        path.touch()
        self.assertIn('0 bytes', self.code(9)['message'])
        path.write_bytes(b'x' * 10000)
        self.code(9)
        path.unlink()
        path.mkdir()
        self.code(9)
        path.rmdir()
        (self.rpmdb / 'Packages').write_bytes(b'\0' * 12 + b'\x61\x15\x06\0' + b'\0' * 100)
        error = self.code(10)
        self.assertIn('BerkeleyDB', error['message'])
        self.assertIn('--rebuilddb', error['hint'])

    def test_a_cut_database_gives_what_is_left(self):
        self.fill(*(f'p{n}' for n in range(12)))
        path = self.rpmdb / 'rpmdb.sqlite'
        whole = path.read_bytes()
        self.assertEqual(len(self.rows('packages', 'installed')), 12)
        kept = set()
        for part in range(1, 20):
            path.write_bytes(whole[:len(whole) * part // 20])
            done = subprocess.run([COPY / 'bin/reeve', '--json', '--root', self.root, 'packages'], env=self.env,
                                  capture_output=True, check=False)
            self.assertIn(done.returncode, (0, 9, 12), done.stderr)
            kept.add(done.returncode)
        self.assertIn(9, kept)
        self.assertIn(12, kept)

    def test_all_three_places(self):
        self.fill('one')
        for place in ('usr/share/rpm', 'usr/lib/sysimage/rpm'):
            shutil.rmtree(self.root / place, ignore_errors=True)
            (self.root / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(self.rpmdb, self.root / place)
            with self.subTest(place):
                shutil.move(self.rpmdb, self.base / 'away')
                self.assertEqual(len(self.rows('packages')), 1)
                shutil.move(self.base / 'away', self.rpmdb)
            shutil.rmtree(self.root / place)

    def test_while_another_writes(self):
        self.fill('one', 'two')
        writer = sqlite3.connect(self.rpmdb / 'rpmdb.sqlite', isolation_level=None)
        self.addCleanup(writer.close)
        writer.execute('PRAGMA journal_mode=WAL')
        writer.execute("DELETE FROM Packages WHERE hnum=(SELECT hnum FROM Name WHERE key='two')")
        writer.execute('BEGIN EXCLUSIVE')
        before = {path.name: path.stat().st_mtime_ns for path in self.rpmdb.iterdir()}
        self.assertIn('rpmdb.sqlite-wal', before)
        self.assertEqual(set(self.rows('packages')), {'one-1-1.noarch'})
        self.assertEqual({path.name: path.stat().st_mtime_ns for path in self.rpmdb.iterdir()}, before)

    @unittest.skipUnless(os.geteuid() == 0, 'needs root to become nobody')
    def test_a_change_that_was_cut_off_is_as_sqlite_undoes_it(self):
        """Writers killed in the middle, with journals of one and of several parts."""
        self.fill('one', 'two')
        database = self.rpmdb / 'rpmdb.sqlite'
        db = sqlite3.connect(database, isolation_level=None)
        db.execute('PRAGMA journal_mode=DELETE')
        for number in range(100, 140):  # rows of many pages, which are no packages
            db.execute('INSERT INTO Packages VALUES (?, zeroblob(?))', (number, number * 100))
        db.close()
        script = 'import os, sqlite3, sys\n' \
                 'db = sqlite3.connect(sys.argv[1], isolation_level=None)\n' \
                 'for word in sys.argv[2:]:\n' \
                 '    db.execute(word).fetchall()\n' \
                 'os.kill(os.getpid(), 9)\n'
        change = ('DELETE FROM Packages WHERE hnum%2=0', 'UPDATE Packages SET blob=zeroblob(30000)',
                  'INSERT INTO Packages SELECT hnum+1000, blob FROM Packages')
        whole, undone = database.read_bytes(), 0
        for settings in (('PRAGMA cache_size=1',), ('PRAGMA cache_size=20',),
                         ('PRAGMA cache_size=5', 'PRAGMA synchronous=OFF')):
            with self.subTest(settings=settings):
                database.write_bytes(whole)
                subprocess.run([sys.executable, '-c', script, database, *settings, 'BEGIN', *change], check=False)
                journal = self.rpmdb / 'rpmdb.sqlite-journal'
                undone += database.read_bytes() != whole
                before = journal.read_bytes(), database.read_bytes()
                answer = self.reeve('packages', 'installed', '--columns', 'nevra', status=12)
                self.assertEqual((journal.read_bytes(), database.read_bytes()), before)
                self.assertIn('was cut off; the packages are those before it', answer['warnings'][0]['message'])
                with sqlite3.connect(database) as db:  # sqlite writes the old pages back
                    wanted = db.execute('SELECT count(*) FROM Packages').fetchone()[0]
                db.close()
                self.assertFalse(journal.exists())
                self.assertEqual(len(answer['rows']), wanted)
                same = self.reeve('packages', 'installed', '--columns', 'nevra', status=12)
                self.assertEqual(answer['rows'], same['rows'])
        self.assertEqual(undone, 3)

    def writer(self):
        """A process in the middle of a change that has begun to reach the disk; a line on its input ends it."""
        script = 'import sqlite3, sys\n' \
                 'db = sqlite3.connect(sys.argv[1], isolation_level=None)\n' \
                 'for word in ("PRAGMA journal_mode=DELETE", "PRAGMA cache_size=1", "BEGIN",\n' \
                 '             "CREATE TABLE more (x)", "INSERT INTO more VALUES (zeroblob(500000))"):\n' \
                 '    db.execute(word).fetchall()\n' \
                 'print("ready", flush=True)\n' \
                 'sys.stdin.readline()\n' \
                 'db.execute("ROLLBACK")\n' \
                 'db.close()\n'
        process = subprocess.Popen([sys.executable, '-c', script, self.rpmdb / 'rpmdb.sqlite'], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        self.addCleanup(process.communicate)
        self.assertEqual(process.stdout.readline(), b'ready\n')
        return process

    def test_who_writes_is_named_and_waited_for(self):
        self.fill('tree', 'bash')
        process = self.writer()
        name = Path(f'/proc/{process.pid}/comm').read_text().strip()
        error = self.reeve('packages', 'installed', status=5)['error']
        self.assertIn(f'{name} (process {process.pid}) is writing to the package database', error['message'])
        command = [COPY / 'bin/reeve', '--json', '--root', self.root, 'packages', '--wait', '600']
        with subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE) as waiting:
            slept = 0
            while slept < 12:  # more often than it tries without --wait
                self.assertIsNone(waiting.poll())
                status = Path(f'/proc/{waiting.pid}/status').read_text()
                slept = int(next(line for line in status.splitlines() if line.startswith('voluntary')).split()[1])
            process.stdin.write(b'\n')
            process.stdin.flush()
            answer = json.loads(waiting.stdout.read())
        self.assertEqual((waiting.returncode, answer['warnings'], len(answer['rows'])), (0, [], 2))

    def test_a_log_that_may_not_be_read(self):
        self.fill('one')
        writer = sqlite3.connect(self.rpmdb / 'rpmdb.sqlite', isolation_level=None)
        self.addCleanup(writer.close)
        writer.execute('PRAGMA journal_mode=WAL')
        writer.execute('UPDATE sqlite_sequence SET seq=seq')
        (self.rpmdb / 'rpmdb.sqlite-wal').chmod(0)
        answer = self.reeve('packages', status=12, before=self.nobody())
        self.assertEqual([warning['code'] for warning in answer['warnings']], ['denied'])

    @unittest.skipUnless(os.geteuid() == 0, 'needs root to become nobody')
    def test_without_rights(self):
        self.fill('one')
        for path in self.rpmdb.iterdir():
            path.chmod(0o444)
        self.env['XDG_CACHE_HOME'] = '/nonexistent'
        before = sorted(os.listdir(self.rpmdb))
        self.assertEqual(len(self.rows('packages', before=self.nobody())), 1)
        self.assertEqual(sorted(os.listdir(self.rpmdb)), before)
        (self.rpmdb / 'rpmdb.sqlite').chmod(0)
        error = self.reeve('packages', status=4, before=self.nobody())['error']
        self.assertIn('root', error['hint'])

    @unittest.skipUnless(shutil.which('strace'), 'strace is not there')
    def test_no_configuration_is_read_and_nothing_is_run(self):
        """Macros that would run a program and an OpenSSL configuration that could load one lie ready; the trace names
        every file touched."""
        self.fill('one')
        (self.base / '.rpmmacros').write_text(f'%_dbpath %(touch {self.base}/trapped)\n')
        (self.base / 'rpmrc').write_text('include: /dev/null\n')
        self.env['RPM_CONFIGDIR'] = str(self.base)
        self.env['OPENSSL_CONF'] = str(self.base / 'openssl.cnf')
        self.env['ASAN_OPTIONS'] = 'detect_leaks=0'  # which does not work under ptrace
        trace = self.base / 'trace'
        self.reeve('signatures', before=('strace', '-f', '-qq', '-e', 'trace=%file,%process', '-o', str(trace)))
        lines = trace.read_text()
        self.assertFalse((self.base / 'trapped').exists())
        for word in ('rpmmacros', 'rpmrc', '/usr/lib/rpm/', '/etc/rpm', 'librpm', 'openssl.cnf', '/etc/ssl', 'ossl-modules'):
            self.assertNotIn(word, lines)
        self.assertEqual(lines.count('execve('), 1)

    def test_a_cached_view_follows_the_database(self):
        self.fill('one')
        old = (0, 10 ** 18)
        for path in (self.rpmdb / 'rpmdb.sqlite', self.rpmdb):
            os.utime(path, ns=old)
        self.assertEqual(len(self.rows('packages')), 1)
        self.fill('two')
        self.assertEqual(len(self.rows('packages')), 2)


if __name__ == '__main__':
    PROGRAM, SOURCE = Path(sys.argv.pop(1)), Path(sys.argv.pop(1))
    unittest.main()
