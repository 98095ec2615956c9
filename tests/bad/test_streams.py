#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Terminals that are too small or unknown, streams that are closed or full, limits that are too low, clocks that lie."""
import json
import os
import resource
import shutil
import subprocess
import time

import rpmdbs
from rpmdbs import package
from terminal import Terminal
from world import LIMIT, NOBODY, SANITIZED, Case, main, needs_root


class Streams(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = cls.world.folder('root')
        rpmdbs.write(cls.root, [(f'calm{n}', package(f'calm{n}')) for n in range(1200)])

    def command(self, *words):
        return self.world.command('--root', self.root, *words)

    def shell(self, line, *words, **more):
        """The program as `"$@"` in a shell that bends its streams."""
        return subprocess.run(['bash', '-c', line, 'bash', *self.command(*words)], env={**self.world.env(), **more},
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=LIMIT)


class Output(Streams):
    def test_full(self):
        """/dev/full: 15 and a word on standard error, in every format and for short and long output."""
        for words in (('packages',), ('packages', '--limit', '1'), ('status',), ('plugins',), ('help',), ('--version',),
                      ('views', '--json'), ('packages', 'files', 'calm1'), ('show', 'packages', 'calm1')):
            for form in ('table', 'json', 'ndjson', 'csv'):
                if form != 'table' and words[0] in ('help', '--version', 'views'):
                    continue
                more = ('--format', form) if form != 'table' else ()
                with self.subTest(words=words, form=form):
                    done = self.shell('"$@" >/dev/full', *words, *more)
                    self.assertEqual(done.returncode, 15, done.stderr)
                    self.assertIn(b'standard output', done.stderr)
                    self.assertIn(b'No space left', done.stderr)
                    self.assertEqual(done.stderr.count(b'standard output'), 1, done.stderr)

    def test_script_from_a_pipe_and_from_no_file(self):
        done = self.shell('printf "plugins\\n" | "$@" /dev/stdin', 'script')
        self.assertEqual((done.returncode, b'signatures' in done.stdout), (0, True), done.stderr)
        self.assertEqual(self.shell('"$@" /', 'script').returncode, 2)
        self.assertEqual(self.shell('"$@" /nowhere/script', 'script').returncode, 3)

    def test_full_in_line_mode(self):
        done = self.shell('printf "packages\\nstatus\\nquit\\n" | "$@" >/dev/full', 'shell')
        self.assertEqual(done.returncode, 15, done.stderr)
        done = self.shell('printf "packages\\n" | "$@" - >/dev/full', 'script')
        self.assertEqual(done.returncode, 15, done.stderr)

    def test_full_disk_cuts_nothing_silently(self):
        """A file system that fills up in the middle: 15, and what is there is the beginning of the whole."""
        small = self.world.folder('small')
        script = 'mount -t tmpfs -o size=64k none "$0" && "$@" > "$0/out"; status=$?; cat "$0/out"; exit $status'
        done = subprocess.run(['unshare', '-m', 'bash', '-c', script, str(small), *self.command('packages', '--json')],
                              env=self.world.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT)
        if b'unshare' in done.stderr or b'mount' in done.stderr:
            self.skipTest('no mount namespace here: ' + done.stderr.decode())
        self.assertEqual(done.returncode, 15, done.stderr)
        whole = self.world.run('--root', self.root, 'packages', '--json').out
        self.assertEqual(done.stdout[300:], whole[300:len(done.stdout)])  # the start holds the time
        self.assertLess(len(done.stdout), len(whole))

    def test_closed(self):
        """No standard output at all: nothing could be written, so 15; no file takes its place."""
        for words in (('packages',), ('packages', '--json'), ('status',), ('--version',), ('help',)):
            with self.subTest(words=words), self.untouched(self.root):
                done = self.shell('"$@" >&-', *words)
                self.assertEqual(done.returncode, 15, done.stderr)
                self.assertIn(b'standard output', done.stderr)

    def test_closed_pipe(self):
        """The reader has gone: 141 and not a word."""
        for words in (('packages',), ('packages', '--json'), ('packages', '--format', 'csv'), ('help',), ('views', '--json'),
                      ('status', '--json')):
            with self.subTest(words=words):
                reader, writer = os.pipe()
                os.close(reader)
                done = self.world.run('--root', self.root, *words, stdout=writer)
                os.close(writer)
                self.assertEqual((done.status, done.err), (141, b''))
        done = self.shell('"$@" | head -n 1 >/dev/null; exit ${PIPESTATUS[0]}', 'packages', '--format', 'json')
        self.assertIn(done.returncode, (0, 141))
        self.assertEqual(done.stderr, b'')

    def test_errors_closed(self):
        """No standard error: the answer and the status are the same."""
        for line in ('"$@" 2>&-', '"$@" 2>/dev/full', '"$@" <&- 2>&-'):
            with self.subTest(line=line):
                done = self.shell(line, 'packages', '--json')
                self.assertEqual(done.returncode, 0)
                self.assertEqual(len(json.loads(done.stdout)['rows']), 1200)
                done = self.shell(line, 'packages', 'files', 'absent', '--json')
                self.assertEqual(done.returncode, 3)
                self.assertEqual(json.loads(done.stdout)['error']['code'], 'notfound')
        done = self.shell('"$@" <&- >&- 2>&-', 'packages')
        self.assertEqual(done.returncode, 15)

    def test_input_closed(self):
        for words in (('packages',), ('shell',), ('script', '-'), ('status',), ()):
            for line in ('"$@" <&-', '"$@" </dev/null', '"$@" </'):
                with self.subTest(words=words, line=line):
                    done = self.shell(line, *words)
                    self.assertLess(done.returncode, 20, done.stderr)
                    self.assertNotIn(b'internal', done.stderr)


class Limits(Streams):
    def limited(self, what, value, *words, hard=None):
        return subprocess.run(['prlimit', f'--{what}={value}', *self.command(*words)], env=self.world.env(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=LIMIT)

    def test_few_descriptors(self):
        """From none free to enough: it works, or it says what it could not open; it never hangs or falls over."""
        worked = 0
        for count in (*range(4, 16), 24):
            for words in (('packages', '--json'), ('status', '--json'), ('signatures', 'keys', '--json')):
                done = self.limited('nofile', count, *words)
                with self.subTest(count=count, words=words):
                    self.assertGreaterEqual(done.returncode, 0, done.stderr)
                    if done.returncode == 127:  # the loader itself found no descriptor
                        continue
                    answer = json.loads(done.stdout)
                    if done.returncode == 0 and words[0] == 'packages':
                        self.assertEqual(len(answer['rows']), 1200)
                        worked += 1
                    else:
                        self.assertTrue(answer.get('error') or answer.get('warnings') or 'rows' in answer, answer)
                        self.assertNotEqual(done.returncode, 70)
        self.assertGreater(worked, 0)

    def test_little_memory(self):
        """64 MiB of address space are enough to list; far less is said, not crashed upon."""
        if SANITIZED:
            self.skipTest('a sanitizer wants terabytes of address space')
        for words in (('packages', '--json'), ('status', '--json'), ('plugins',)):
            with self.subTest(words=words):
                done = self.limited('as', 64 << 20, *words)
                self.assertEqual(done.returncode, 0, done.stderr)
        for size in range(4 << 20, 40 << 20, 1 << 20):
            done = self.limited('as', size, 'packages', '--json')
            with self.subTest(size=size):
                self.assertGreaterEqual(done.returncode, 0, done.stderr)
                self.assertNotEqual(done.returncode, 70)
                if done.returncode not in (0, 127):
                    self.assertTrue(done.stderr)

    def test_no_files_may_be_written(self):
        """RLIMIT_FSIZE sends a signal to whoever writes beyond it: the cache is not made, the answer is; a file that
        takes the answer is full."""
        cache = self.world.tree / 'cache' if os.geteuid() == 0 else self.world.homes[None] / '.cache'
        end = time.monotonic() + LIMIT
        while not [path for path in cache.rglob('packages.*')] and time.monotonic() < end:
            self.expect(self.world.run('--root', self.root, 'packages', '--json'), 0)
        shutil.rmtree(cache)
        done = self.limited('fsize', 0, 'packages', '--json')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([path for path in cache.rglob('packages.*')], [])
        done = subprocess.run(['prlimit', '--fsize=1000', 'bash', '-c', 'f=$1; shift; "$@" >"$f"', 'bash',
                               str(self.world.top / 'small-file'), *self.command('packages', '--json')],
                              env=self.world.env(), stderr=subprocess.PIPE, timeout=LIMIT)
        self.assertEqual(done.returncode, 15, done.stderr)


class Terminals(Streams):
    def on_terminal(self, *words, rows=24, columns=80, keys=b'', status=(0,), **env):
        """Runs to the end; an empty value takes a variable away."""
        env = {key: value for key, value in {**self.world.env(), 'TERM': 'xterm-256color', **env}.items() if value}
        terminal = Terminal(self.command(*words), env, rows, columns)
        try:
            if keys:
                terminal.send(keys)
            self.assertIn(terminal.end(), status, terminal.seen[-2000:])
        finally:
            terminal.stop()
        return terminal.seen

    def test_tiny_in_words(self):
        for rows, columns in ((1, 1), (2, 3), (1, 500), (500, 1), (0, 0), (0xffff, 0xffff)):
            for words in (('packages', '--limit', '3'), ('status',), ('show', 'packages', 'calm1'), ('help',)):
                with self.subTest(size=(rows, columns), words=words):
                    self.assertTrue(self.on_terminal(*words, rows=rows, columns=columns) or words == ('status',))
            with self.subTest(size=(rows, columns), words='shell'):
                self.on_terminal('shell', rows=rows, columns=columns, keys=b'packages\nmore\n1\nback\nstatus\nquit\n')

    def test_tiny_screen(self):
        """Every size from 1x1 up is drawn into, resized to and left by its key."""
        for rows, columns in ((1, 1), (1, 80), (24, 1), (2, 2), (3, 10), (5, 20), (0xffff, 0xffff)):
            terminal = Terminal(self.command('ui', 'packages/installed'),
                                {**self.world.env(), 'TERM': 'xterm'}, rows, columns)
            try:
                with self.subTest(size=(rows, columns)):
                    terminal.read(lambda seen: len(seen) > 8)
                    terminal.send(b'jjk\r?')
                    for size in ((24, 80), (1, 1), (10, 40), (rows, columns)):
                        terminal.resize(*size)
                    # Some keys leave a frame, others the program; the end of the terminal ends it anyway.
                    terminal.send(b'\x1bqqqqqq\x04')
                    terminal.read_for_a_while()
                    os.close(terminal.master)
                    status = terminal.child.wait(LIMIT)
                    self.assertIn(status, (0, 129, 141, -1), terminal.seen[-500:])
            finally:
                terminal.stop()

    def test_terminal_types(self):
        """dumb, unset, unknown or a path: line mode without an escape sequence, never a failure."""
        for term in ('dumb', '', 'unknown', 'no-such-terminal', '../../../etc/passwd', '/etc/passwd', 'x' * 5000,
                     'glasstty', 'xterm\x1b[2J'):
            with self.subTest(term=term):
                seen = self.on_terminal(keys=b'packages\nquit\n', TERM=term)
                self.assertIn(b'calm0', seen)
                self.assertNotIn(b'\x1b', seen.replace(b'^[', b''))

    def test_terminal_goes_away(self):
        for words in (('shell',), ('ui', 'packages/installed')):
            terminal = Terminal(self.command(*words), {**self.world.env(), 'TERM': 'xterm'})
            try:
                terminal.read(lambda seen: len(seen) > 3)
                os.close(terminal.master)
                self.assertIn(terminal.child.wait(LIMIT), (0, 129, 141, -1))
            finally:
                terminal.stop()


class Clock(Streams):
    """REEVE_NOW replaces the clock for whoever is not root: it covers ages, filters, expiry and what is cached until
    when, that is all of reeve's own reckoning; file times and the kernel's clock stay what they are."""

    @needs_root
    def test_other_times(self):
        for now in ('0', '1', '-1', '2147483648', '253402300799', '253402300800', '9223372036854775807', '', 'x'):
            for words in (('packages', 'installed', '--where', 'installed_at < 7d'), ('packages', 'installed'),
                          ('signatures', 'keys'), ('status',), ('changes',)):
                for more in ((), ('--json',)):
                    with self.subTest(now=now, words=words, more=more):
                        done = self.world.run('--root', self.root, *words, *more, user=NOBODY, more_env={'REEVE_NOW': now})
                        self.expect(done, 0)
                        if more:
                            done.json
        done = self.world.run('--root', self.root, 'packages', '--json', user=NOBODY, more_env={'REEVE_NOW': '0'})
        self.assertEqual(done.json['generated'], '1970-01-01T00:00:00Z')
        self.assertEqual(len(done.json['rows']), 1200)

    @needs_root
    def test_installed_in_the_future(self):
        """With the clock in 1970 every package is from the future: its age is below any span, and it is shown."""
        done = self.world.run('--root', self.root, 'packages', '--where', 'installed_at < 7d', '--json', user=NOBODY,
                              more_env={'REEVE_NOW': '0'})
        self.assertEqual(len(self.expect(done, 0).json['rows']), 1200)


if __name__ == '__main__':
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
