#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Texts with escape sequences, bidi overrides and invalid UTF-8: shown as what they are, never acted on by a terminal."""
import csv
import io
import json
import re
import subprocess
import unittest

import rpmdbs
from rpmdbs import I18NSTRING, STRING, package, texts
from terminal import Terminal
from world import Case, main

EVIL = [b'\x1b[2J\x1b]0;owned\x07', '\x9b31m\u009d0;x\u009c'.encode(), '\u202etxet\u202c \u2066x\u2069'.encode(),
        b'\xff\xfe broken \xc3(', b'cr\rlf\nbs\b\b\btab\tnul', '\u200b\ufeff\U000e0041zero'.encode(), b'\xed\xa0\x80',
        b'\xf4\x90\x80\x80', b'\xc0\xaf', b'del\x7f', '\ufff9note\ufffb'.encode(), b'\x1bPq#0\x1b\\', b'\x0e\x0f',
        '\u2028line\u2029'.encode(), b'\x1b[6n', '=HYPERLINK("x")'.encode()]
# What must not reach a terminal: control characters but newline, C1 controls, bidi controls, separators, tags.
RAW = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb'
                 '\U000e0000-\U000e007f]')
COLORS = re.compile(rb'\x1b\[[0-9;]*m')


class Text(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = cls.world.folder('root')
        rpmdbs.write(cls.root, [package(f'calm{n}', SUMMARY=texts(I18NSTRING, evil), VENDOR=texts(STRING, evil),
                                        LICENSE=texts(STRING, evil), files=(evil, 'b'))
                                for n, evil in enumerate(EVIL)] +
                     [package(NAME=texts(STRING, evil)) for evil in EVIL])

    def command(self, *words):
        return self.world.command('--root', self.root, *words)

    def clean(self, output, what):
        """Valid UTF-8 without anything that a terminal acts on but line ends."""
        text = output.decode()
        self.assertIsNone(RAW.search(text), (what, RAW.search(text), text[:3000]))
        return text

    def on_terminal(self, *words, env=None, rows=24, columns=200, status=(0, 12)):
        terminal = Terminal(self.command(*words), {**self.world.env(), 'TERM': 'xterm-256color', **(env or {})}, rows,
                            columns)
        try:
            self.assertIn(terminal.end(), status, terminal.seen[-3000:])
        finally:
            terminal.stop()
        return terminal.seen.replace(b'\r\n', b'\n')


class Batch(Text):
    def test_formats_for_people(self):
        for view in (('packages', 'installed', '--columns', 'nevra,name,summary,vendor'), ('packages', 'files', 'calm0'),
                     ('signatures', 'packages'), ('status',), ('changes',), ('space',),
                     ('show', 'packages/installed', 'calm3')):
            for words in ((), ('--color', 'always'), ('--ascii',)):
                with self.subTest(view=view, words=words):
                    done = self.expect(self.world.run('--root', self.root, *view, *words), 0, 12)
                    self.clean(COLORS.sub(b'', done.out), view)
                    self.clean(COLORS.sub(b'', done.err), view)
                    self.clean(COLORS.sub(b'', self.on_terminal(*view, *words)), view)

    def test_plain(self):
        done = self.expect(self.world.run('--root', self.root, 'packages', '--format', 'plain', '--columns',
                                          'name,summary,vendor'), 0, 12)
        lines = done.out.split(b'\n')[:-1]
        self.assertEqual(len(lines), 2 * len(EVIL))
        self.assertEqual({line.count(b'\t') for line in lines}, {2})
        for line in lines:
            self.clean(line.replace(b'\t', b' '), 'plain')
        self.assertIn(b'^[[2J', done.out)
        self.assertIn(b'<U+202E>', done.out)
        self.assertIn(b'<FF><FE> broken', done.out)

    def test_formats_for_programs_on_a_terminal(self):
        """Even where raw text would be right in a pipe, a terminal gets none."""
        for form in ('plain', 'tsv', 'csv', 'json', 'ndjson'):
            with self.subTest(form=form):
                seen = self.on_terminal('packages', '--format', form, '--columns', 'name,summary')
                self.clean(seen.replace(b'\t', b' ').replace(b'\r', b''), form)

    def test_json(self):
        """Valid UTF-8; what was replaced is named in warnings."""
        for form in ('json', 'ndjson'):
            with self.subTest(form=form):
                done = self.expect(self.world.run('--root', self.root, 'packages', '--format', form), 0, 12)
                text = done.out.decode('utf-8')
                if form == 'json':
                    answer = json.loads(text)
                    rows, warnings = answer['rows'], answer['warnings']
                else:
                    *rows, end = [json.loads(line) for line in text.splitlines()]
                    warnings = end['warnings']
                summaries = [row['summary'] for row in rows]
                self.assertIn(EVIL[0].decode(), summaries)
                self.assertIn(EVIL[2].decode(), summaries)
                self.assertTrue(any('\ufffd' in summary for summary in summaries), summaries)
                self.assertTrue([warning for warning in warnings if 'UTF-8' in warning['message']], warnings)
                self.assertTrue(text.isprintable() or RAW.search(text.replace('\n', '')) is None)

    def test_tables_for_programs(self):
        done = self.expect(self.world.run('--root', self.root, 'packages', '--format', 'csv', '--columns', 'name,summary'),
                           0, 12)
        rows = list(csv.reader(io.StringIO(done.out.decode('utf-8', 'replace'), newline='')))
        self.assertEqual(len(rows), 2 * len(EVIL) + 1)
        self.assertTrue(all(len(row) == 2 for row in rows))
        done = self.expect(self.world.run('--root', self.root, 'packages', '--format', 'tsv', '--columns', 'name,summary'),
                           0, 12)
        self.assertEqual({line.count(b'\t') for line in done.out.splitlines() if line}, {1})

    def test_words_from_the_command_line(self):
        """What the caller typed comes back in errors: cleaned too."""
        evil = 'x\x1b[2J\u202e\x9b'
        for words in ((evil,), ('packages', evil), ('packages', 'files', evil), ('show', 'packages', evil),
                      ('packages', '--columns', evil), ('packages', '--where', evil + ' ~'), ('packages', '--sort', evil),
                      ('--root', '/' + evil, 'packages'), ('--image', '/' + evil, 'slots'), ('--' + evil,),
                      ('packages', '--limit', evil), ('--format', evil), ('help', evil), ('jobs', evil), ('cve', evil),
                      ('script', '/' + evil)):
            with self.subTest(words=words):
                done = self.world.run('--root', self.root, *words) if words[0] != '--root' else self.world.run(*words)
                self.assertNotIn(done.status, (0, 70))
                self.assertGreaterEqual(done.status, 1)
                self.assertLess(done.status, 100)
                self.clean(done.err, words)
                self.clean(done.out, words)

    def test_invalid_bytes_on_the_command_line(self):
        words = [self.world.reeve, '--root', self.root, 'packages', 'files', b'\xff\xfe', '--json']
        done = subprocess.run(words, env=self.world.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 3)
        json.loads(done.stdout.decode('utf-8'))
        self.clean(done.stderr, words)


class Front(Text):
    def test_line_mode(self):
        for term in ('dumb', 'xterm-256color'):
            terminal = Terminal(self.command('shell'), {**self.world.env(), 'TERM': term}, 24, 100)
            try:
                terminal.send(b'packages installed --columns name,summary,vendor\nmore\nmore\n1\nback\nfind owned\n'
                              b'packages files calm0\nstatus\nnonsense\nquit\n')
                terminal.end()
            finally:
                terminal.stop()
            # What was typed is echoed by the terminal; none of it is a control character.
            text = terminal.seen.replace(b'\r\n', b'\n').replace(b'\r', b'')
            self.clean(text, term)
            self.assertIn('calm0', text.decode())
            self.assertIn('^[[2J', text.decode())

    def test_screen(self):
        """Everything that the screen draws: the evil texts appear only as visible characters."""
        env = {**self.world.env(), 'TERM': 'xterm-256color'}
        terminal = Terminal(self.command('ui', 'packages/installed', '--columns', 'name,summary,vendor'), env, 60, 160)
        try:
            try:
                terminal.wait_for(b'calm0')
            except AssertionError as error:
                raise unittest.SkipTest('no screen in this build') from error
            if b'\x1b[' not in terminal.seen:
                raise unittest.SkipTest('no screen in this build')
            terminal.send(b'\r')
            terminal.send(b'q')
            terminal.send(b'q')
            terminal.resize(30, 100)
            terminal.send(b'q')
            terminal.end()
        finally:
            terminal.stop()
        for evil in (b'\x1b[2J\x1b]0;owned', b'owned\x07', b'\x1b[6n', b'\x1bPq', b'\x9b31m', '\u202e'.encode(),
                     '\u2066'.encode(), '\u200b'.encode(), b'\xff\xfe', '\U000e0041'.encode(), b'\xed\xa0\x80'):
            self.assertNotIn(evil, terminal.seen)
        self.assertIn(b'^[', terminal.seen)


if __name__ == '__main__':
    main()
