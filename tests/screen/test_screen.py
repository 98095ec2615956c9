#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Scripted keys and whole screens: each golden file is the text of a terminal, compared cell for cell.

test_screen.py REEVE LIBREEVE FIXTURE [unittest words]. With REEVE_SCREEN_WRITE set, goldens are written, to be read.
"""
import ctypes
import difflib
import errno
import os
import re
import signal
import struct
import subprocess
import sys
import termios
import time
import unittest
import zlib
from pathlib import Path

sys.dont_write_bytecode = True
import picture  # noqa: E402
import world  # noqa: E402

GOLDEN = Path(__file__).resolve().parent / 'golden'
PARTS = []


class Screen(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.world = world.World(*PARTS)
        self.addCleanup(self.world.close)

    def open(self, *words, **options):
        opened = self.world.open(*words, **options)
        self.addCleanup(opened.close)
        return opened

    def many(self, **options):
        opened = self.open('ui', 'fixture/many', **options)
        opened.wait(r'^ 2,500 rows.*\n.*q quit')  # the last line: the picture is whole
        return opened

    def masked(self, text):
        """Without what differs between machines: how full a disk is, and where the test's root lies."""
        text = re.sub(r'^( +Space +/ +).*\[.*$', r'\1[...]', text, flags=re.M)
        return re.sub(r'^( Azure Linux 4.0 +root ).*$', r'\1ROOT', text, flags=re.M)

    def golden(self, opened, name):
        path = GOLDEN / (name + '.txt')
        if os.environ.get('REEVE_SCREEN_WRITE'):
            while opened.read(0.5):
                pass
            path.parent.mkdir(exist_ok=True)
            path.write_text(self.masked(opened.terminal.text()) + '\n')
            return
        wanted = path.read_text().rstrip('\n')
        try:
            opened.until(lambda: self.masked(opened.terminal.text()).rstrip('\n') == wanted, name)
        except AssertionError:
            got = self.masked(opened.terminal.text())
            self.fail(name + '\n' + '\n'.join(difflib.unified_diff(wanted.split('\n'), got.split('\n'), 'wanted', 'got',
                                                                   lineterm='')))
        self.assertEqual(opened.terminal.unknown, [])

    def line(self, opened, y):
        lines = opened.terminal.text().split('\n')
        return lines[y] if y < len(lines) else ''

    def cursor(self, opened):
        return opened.terminal.text().split('\n')[opened.terminal.y]


class Pictures(Screen):
    def test_overview(self):
        opened = self.open()
        opened.wait('2,500 things')
        opened.wait('25 void')  # counted by a costly column, which comes by itself
        self.golden(opened, 'overview')
        opened.resize(132, 24)
        opened.wait('last change 10:06, root')

    def test_space_is_as_df_says(self):
        def df():
            words = ['df', '-P', '/']
            lines = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True, timeout=60).stdout.split('\n')
            return int(lines[1].split()[4].rstrip('%'))

        before = df()
        opened = self.open(root='/')
        opened.wait(r'^ +Space +/ .*\d %.*free')
        shown = int(re.search(r'Space +/ +\[.*\] +(\d+) %', opened.terminal.text()).group(1))
        self.assertIn(shown, range(min(before, df()), max(before, df()) + 1))

    def test_what_to_do(self):
        opened = self.open()
        opened.wait('25 void')  # the last that comes
        opened.wait('^ +What to do: replace libssl by a package whose')
        before = len(opened.raw)
        opened.keys('down')
        opened.gone('What to do')
        opened.keys('up')
        opened.wait('What to do')
        self.assertLess(len(opened.raw) - before, 250)
        for columns, rows, shown in ((80, 14, True), (80, 13, False), (60, 15, True), (80, 10, False)):
            opened.resize(columns, rows)
            opened.until(lambda at=rows: self.line(opened, at - 2).startswith(' 2 findings'), 'the status line')
            opened.until(lambda at=rows: self.line(opened, at - 1).startswith(' Enter'), 'the key line')
            self.assertEqual('What to do' in opened.terminal.text(), shown)
            self.assertEqual(re.search(r'load\s+again$', opened.terminal.text(), re.M) is not None, shown)
            self.assertIn('nothing planned', self.line(opened, rows - 2))

    def test_a_change_leads_to_its_rows(self):
        opened = self.open()
        opened.wait('25 void')  # the last that comes
        opened.keys('end', 'enter')
        opened.wait('Overview > Many  / name ~ -001\n(.*\n)+ 10 of 2,500 rows')
        opened.type(':changes\r')
        opened.wait('update 14')
        opened.keys('enter')
        opened.wait('Changes > Many  / name ~ -001\n(.*\n)+ 10 of 2,500 rows')

    def test_overview_drops_figures_from_the_right(self):
        opened = self.open()
        opened.wait('25 void')
        opened.wait(r'^ +Fixture +2,500 things +25 void +- tried +two is bad$')
        opened.resize(132, 24)
        opened.wait(r'two is bad +125 old$')
        opened.resize(60, 20)
        opened.wait(r'^ +Fixture +2,500 things +25 void +- tried$')
        opened.resize(40, 20)
        opened.wait(r'^ +Fixture +2,500 things$')

    def test_overview_is_filtered_as_you_type(self):
        opened = self.open()
        opened.wait('2,500 things.*bad')
        opened.wait(r'^ 2 findings +nothing planned')
        opened.type('/LIBSSL')
        opened.wait('^ 1 of 2 findings')
        opened.wait('^   / LIBSSL')
        self.assertNotIn('no tries left', opened.terminal.text())
        opened.type(' and severity = x\r')
        opened.wait('^ .*x is no value')
        opened.wait('^   / LIBSSL and severity = x')
        opened.wait('^ Enter done  Esc back')
        opened.keys('right')
        opened.wait('^ 1 of 2 findings +.*x is no value')
        opened.type('\x15severity = warning\r')
        opened.gone('libssl')
        opened.wait('^>. 2 slots have no tries left')
        opened.keys('w')
        opened.wait("--where 'severity = warning'")
        opened.keys('q')
        opened.wait('^ 1 of 2 findings')
        opened.keys('esc')
        opened.wait(r'^ 2 findings')
        opened.wait('libssl')
        opened.type('/nothing-like-it')
        opened.gone('NEEDS YOU')
        opened.wait('^>  Fixture +2,500 things')
        opened.keys('enter', 'enter')
        opened.wait(r'\[2 Fixture\]')

    def test_overview_of_an_image(self):
        image = self.world.root / 'disk-17.img'
        image.write_bytes(bytes(4096))
        opened = self.open('--image', str(image))
        opened.wait('^>! libssl')
        opened.wait(r'^ disk-17.img +.*1 Overview')
        opened.wait('^ image /')
        for word in ('Azure', 'Space', 'kernel', 'web-17'):
            self.assertNotIn(word, opened.terminal.text())

    def test_list(self):
        for term in ('xterm-256color', 'vt100'):
            self.golden(self.many(term=term), 'list')

    def test_short_list_shows_its_row(self):
        opened = self.open('ui', 'fixture/short', columns=120)
        self.golden(opened, 'short')
        opened.keys('down')
        self.golden(opened, 'short-second')
        opened.resize(119, 24)
        opened.gone('^ +Tries +')

    def test_record_and_text(self):
        opened = self.many()
        opened.keys('down', 'enter')
        self.golden(opened, 'record')
        opened.keys('tab')
        opened.wait('entry 6')
        self.golden(opened, 'text')

    def test_help(self):
        opened = self.open('ui', 'fixture/short')
        opened.wait('1 warning')
        opened.keys('?')
        opened.wait('WARNINGS')
        self.golden(opened, 'help')
        opened.keys('/')
        opened.type('next match')
        opened.wait('^>.*next match')

    def test_menu(self):
        opened = self.many(term='vt100')
        opened.keys('s')
        self.golden(opened, 'menu')

    def test_sizes(self):
        for columns, rows in ((40, 10), (20, 5), (132, 24)):
            opened = self.open('ui', 'fixture/many', columns=columns, rows=rows)
            opened.wait('libyaml')
            self.golden(opened, 'list-%dx%d' % (columns, rows))


class Moving(Screen):
    def test_keys_of_a_list(self):
        opened = self.many()
        for keys, row in ((['down'], '0001'), (['j', 'j'], '0003'), (['k'], '0002'), (['pgdn'], '0021'),
                          (['^D'], '0040'), (['pgup'], '0021'), (['<'], '0002'), (['>'], '0021'), (['end'], '2499'),
                          (['up'], '2498'), (['G'], '2499'), (['home'], '0000'), (['G', 'g'], '0000')):
            opened.keys(*keys)
            opened.wait(r'^>[ *]..\S+-%s ' % row)
            opened.until(lambda: '-%s ' % row in self.cursor(opened), 'the terminal cursor at ' + row)

    def test_both_forms_of_arrow_keys(self):
        for term in ('xterm-256color', 'vt100'):
            opened = self.many(term=term)
            for sequence in (b'\x1b[B', b'\x1bOB'):
                os.write(opened.master, sequence)
            opened.wait('^>.*-0002 ')
            os.write(opened.master, b'\x1b[6~')
            opened.wait('^>.*-0021 ')

    def test_typed_ahead_is_the_same_as_typed(self):
        opened = self.many()
        before = len(opened.raw)
        opened.keys(*['down'] * 50)
        opened.wait('^>.*-0050 ')
        self.assertLess(len(opened.raw) - before, 2500)

    def test_down_is_cheap(self):
        opened = self.many(term='vt100')
        before = len(opened.raw)
        opened.keys('down')
        opened.wait('^>.*-0001 ')
        self.assertLessEqual(len(opened.raw) - before, 30)

    def test_tabs_views_and_back(self):
        opened = self.open()
        opened.wait('2,500 things')
        opened.keys('2')
        opened.wait(r'\[2 Fixture\]')
        opened.wait(r'\[Many\]')
        opened.keys('tab')
        opened.wait(r'\[Short\]')
        opened.keys('btab')
        opened.wait(r'\[Many\]')
        opened.wait('^ 2,500 rows')
        opened.keys('enter')
        opened.wait('Fixture > libyaml-0000')
        opened.keys(*['down'] * 6, 'enter')
        opened.wait('Fixture > libyaml-0000 > two')
        opened.keys('q')
        opened.wait('Fixture > libyaml-0000 ')
        opened.keys('esc')
        opened.wait(r'\[Many\]')
        opened.keys('1', 'enter')
        opened.wait(r'Overview > Many')
        opened.keys('q', 'q')
        self.assertEqual(os.waitstatus_to_exitcode(opened.waitpid()), 0)

    def test_finding_leads_to_its_row(self):
        opened = self.open()
        opened.wait('2,500 things')
        opened.keys('down', 'enter')
        opened.wait('Overview > two')
        opened.wait('Slot +two')

    def test_reverse_before_anything_was_sorted(self):
        opened = self.many()
        opened.keys('S', 'home')
        opened.wait('^> +python3-zip-2486 ')
        opened.keys('S', 'home')
        opened.wait('^> +(?!python3)[a-z]')

    def test_finding_about_several_leads_to_the_list_of_them(self):
        opened = self.open()
        opened.wait('2,500 things')
        opened.keys('enter')
        opened.wait('Overview > Many')
        opened.wait('^ 10 of 2,500 rows')
        opened.keys('esc')
        opened.wait('^ 2,500 rows')

    def test_rows_whose_key_is_a_number(self):
        opened = self.many()
        opened.keys('enter', 'tab', 'tab')
        opened.wait('^>.*need 1 of libyaml-0000')
        opened.keys('space')
        opened.wait(r'^ \*  need 1 of')
        opened.wait('1 selected')
        opened.keys('down', 's', 'down', 'enter')
        opened.wait('^>.*need 3 of')
        opened.keys('*')
        opened.wait('12 selected')
        # such a row is all in the list: it leads to what it refers to
        opened.keys('down')
        opened.wait('^>.*need 4 of libyaml-0000 +two')
        opened.keys('enter')
        opened.wait('^ Fixture > libyaml-0000 > two')
        opened.wait('Slot +two')
        opened.gone('need 4')
        opened.keys('q')
        opened.wait('^>.*need 4 of libyaml-0000 +two')
        # and where that is not shown, to its fields
        opened.type(':columns need\r')
        opened.gone('BY')
        opened.keys('enter')
        opened.wait('^ Fixture > libyaml-0000 > need 4 of libyaml-0000')
        opened.wait('By +two')
        opened.keys('end')
        opened.wait('^> +By +two')
        opened.keys('enter')
        opened.wait('> two')
        opened.wait('Slot +two')

    def test_narrow_lines_keep_what_matters(self):
        opened = self.many(columns=48)
        opened.keys('down', 'enter')
        opened.wait(r'^ ~ > python3-ssl-0001  \[Details\] Log  Needs')
        opened.resize(40, 24)
        opened.wait(r'^ ~ > python3-ssl-0001  \[Details\] Log  >$')
        opened.resize(36, 24)
        opened.wait(r'^ python3-ssl-0001  \[Details\] Log  >$')
        opened.resize(40, 24)
        opened.keys('tab', 'tab')
        opened.wait(r'^ ~ > python3-ssl-0001   Log +\[Needs\]$')
        opened.resize(30, 24)
        opened.wait(r'^ web-17 +1 \[2 Fixture\]')
        opened.wait(r'^ python3-ssl-0001  \[Needs\]$')
        opened.resize(24, 24)
        opened.wait(r'^ pytho~l-0001  \[Needs\]$')

    def test_what_is_cut_is_marked(self):
        opened = self.open(columns=40, rows=20)
        opened.wait('2,500 things')
        opened.wait('^ Azure Linux 4.0 +root .*~$')
        opened.wait('^   10:06 +update 14 packages$')
        opened.keys('?')
        opened.wait('^   Spacebar +select the row, or\n {18}take it out again$')

    def test_columns_chosen_as_they_are(self):
        opened = self.many()
        before = opened.terminal.text()
        opened.keys('c')
        opened.wait('Enter done')  # the last line of the menu's picture
        opened.keys('enter')
        opened.wait(r'^ 2,500 rows.*\n.*q quit')
        self.assertEqual(opened.terminal.text(), before)

    def test_columns_scroll_and_are_chosen(self):
        opened = self.many(columns=40)
        opened.keys('right')
        opened.gone('VERSION')
        opened.keys('left')
        opened.wait('VERSION')
        opened.keys('c', 'down', 'space', 'enter')
        opened.gone('VERSION')

    def test_digits_choose_in_a_menu(self):
        opened = self.many()
        opened.keys('s', '3')
        opened.wait(r' SIZE\^ ')
        opened.gone('Sort by')
        opened.keys('c', '2', '4')
        opened.wait('> 4 Made')
        opened.keys('9', 'enter')  # there is no ninth
        opened.gone('VERSION|MADE')
        opened.wait('STATE')

    def test_costly_column_comes_when_it_is_chosen(self):
        opened = self.many(columns=120)
        self.assertNotIn('PROOF', opened.terminal.text())
        opened.type(':columns name,proof\r')
        opened.wait('^>.*libyaml-0000 +proved')

    def test_leaving(self):
        opened = self.many()
        opened.keys('enter', 'Q')
        self.assertEqual(os.waitstatus_to_exitcode(opened.waitpid()), 0)
        self.assertEqual(opened.restored(), [])


class Asking(Screen):
    def test_filter_as_you_type(self):
        opened = self.many()
        opened.type('/ssl')
        opened.wait('^ 313 of 2,500 rows')
        opened.type(' and size > 10M')
        opened.wait('^ 147 of 2,500 rows')
        opened.type(' and state =')
        opened.wait('^ 147 of 2,500 rows +.*a value is expected here')
        self.golden(opened, 'filter-unfinished')
        opened.type(' bad\r')
        opened.wait('/ ssl and size > 10M and state = bad')
        opened.wait('^ 6 of 2,500 rows ')
        opened.keys('esc')
        opened.wait('^ 2,500 rows')

    def test_filter_leaves_the_view_in_sight(self):
        opened = self.many()
        opened.keys('down', 'enter', 'tab', 'tab')
        opened.wait(r'python3-ssl-0001 +Details +Log +\[Needs\]$')
        opened.type('/need ~ 2 or need ~ ssl-0001-and-no-other')
        opened.wait(r'\[Needs\] +/ .*no-other$')
        opened.type('\r')
        opened.wait(r'\[Needs\] +/ need ~ 2 or need ~ .*~$')
        opened.resize(40, 24)
        opened.wait(r'\[N\S* +/ need ~ 2 .*~$')
        opened.keys('esc')
        opened.wait(r'^ ~ > python3-ssl-0001 +Log +\[Needs\]$')

    def test_unfinished_filter_keeps_the_last_good_one(self):
        opened = self.many()
        opened.type('/size >')
        opened.wait('^ 2,500 rows +.*a value is expected')
        opened.type(' 19M')
        opened.wait(r'^ 1?\d\d? of 2,500 rows')
        good = re.search(r'^ \d+ of 2,500 rows', opened.terminal.text(), re.M).group(0)
        opened.type(' and size > 1Q')
        opened.wait(good + ' +the filter')
        opened.keys('enter')  # it stays to be mended: no other one takes its place without a word
        opened.wait('^ the filter at ')
        opened.wait('/ size > 19M and size > 1Q$')
        opened.wait('^ Enter done  Esc back')
        opened.keys('right')
        opened.wait(good + ' +the filter')
        opened.keys('bs', 'M', 'enter')
        opened.wait('/ size > 19M and size > 1M$')
        opened.wait(good + ' +nothing planned')
        opened.wait('^ Tab view')

    def test_filter_without_a_match(self):
        opened = self.many()
        opened.type('/nothing-is-called-this\r')
        opened.wait('no row matches the filter')
        opened.keys('down', 'enter', 'space', 'pgdn')
        opened.keys('/', '^U', 'enter')
        opened.wait('^ 2,500 rows')

    def test_sort_and_reverse(self):
        opened = self.many()
        opened.keys('s', 'down', 'down', 'enter')
        opened.wait(r' SIZE\^ ')
        opened.keys('S')
        opened.wait(' SIZEv ')
        opened.wait('^>.*-2499 ')  # a cursor on the first row stays there
        opened.keys('down', 'S')
        opened.wait(r'SIZE\^ ')
        opened.wait('^>.*-2498 ')  # another stays on its row
        opened.keys('S')
        opened.wait(' SIZEv ')
        opened.keys('w')
        opened.wait(r'\$ reeve fixture many --sort -size --root ')
        opened.keys('/')
        opened.type('name ~ a-long-name-that-is-nowhere or name ~ yaml\r')
        opened.keys('w')
        opened.wait(r"^ +--where 'name ~ a-long-name-that-is-nowhere or name ~ yaml' \\$")

    def test_search_in_a_text(self):
        opened = self.many()
        opened.keys('enter', 'tab')
        opened.wait('entry 0 of libyaml-0000')
        opened.type('/needle\r')
        opened.wait('^>the needle')
        first = opened.terminal.text()
        opened.keys('n')
        opened.until(lambda: opened.terminal.text() != first and '>the needle' in opened.terminal.text(), 'next match')
        opened.wait('entry 14 ')
        opened.keys('N')
        opened.wait('entry 4 ')

    def test_commands(self):
        opened = self.many()
        opened.type(':where state = bad\r')
        opened.wait('^ 50 of 2,500 rows')
        opened.type(':sort -size\r')
        opened.keys('g')
        opened.wait('^>.*-2457 ')
        opened.type(':fixture short\r')
        opened.wait('Fixture > Short')
        opened.type(":fixture many --where 'name ~ zip' --sort name\r")
        opened.wait('^ 312 of 2,500 rows')
        opened.type(':fixture nothing\r')
        opened.wait('has no such view')
        opened.type(':script x\r')
        opened.wait('in a shell: reeve script x --root /')
        opened.type(':quit\r')
        self.assertEqual(os.waitstatus_to_exitcode(opened.waitpid()), 0)

    def test_rows_named_by_words(self):
        opened = self.many()
        opened.type(':fixture many font* libzip-0030\r')
        opened.wait('^ 501 of 2,500 rows')
        opened.type('/zip\r')
        opened.wait('^ 64 of 2,500 rows')
        opened.keys('w')
        opened.wait(r"^ \$ reeve fixture many 'font\*' libzip-0030 \\\n +--where zip ")
        opened.type(':fixture many nowhere\r')
        opened.wait('nowhere: there is no such row in many')
        opened.type(':show fixture/many libxml-0010\r')
        opened.wait('^> +Name +libxml-0010')
        opened.type(':show fixture/many libxml*\r')
        opened.wait(r'libxml\*: several rows match')
        opened.type(':fixture log libxml-0010\r')
        opened.wait('entry 0 of libxml-0010')
        opened.type(':fixture log --name libxml-0050\r')
        opened.wait('entry 0 of libxml-0050')

    def test_options_hold_for_the_view(self):
        opened = self.many()
        opened.type(":fixture many --where 'state = bad' --sort -size --columns name,size --limit 7\r")
        opened.wait('^ 7 of 2,500 rows')
        opened.wait(r'^>  ?!?\S*-2457 ')
        opened.gone('VERSION')
        opened.keys('w')
        opened.wait(r'--columns name,size.*\n +--limit 7 ')
        opened.keys('q')
        opened.type(':limit\r')
        opened.wait('^ 50 of 2,500 rows')
        opened.type(':limit x\r')
        opened.wait('limit takes a number')
        opened.type(':fixture short --where\r')
        opened.wait('--where needs a value')
        opened.type(':fixture short --sort nothing\r')
        opened.wait('nothing')
        opened.wait(r'Fixture > Many')

    def test_options_that_no_screen_can_follow(self):
        opened = self.many()
        opened.type(':fixture many --json\r')
        opened.wait(r'--json is not for this screen')
        opened.wait(r'^ +\$ reeve fixture many')
        opened.keys('q')
        opened.gone('not for this screen')
        opened.type(':fixture many --root /\r')
        opened.wait('--root is not for this screen; in a shell: reeve fixture many --root /$')
        opened.type(':fixture many --image x\r')
        opened.wait('--image is not for this screen')
        opened.keys('q')
        opened.gone('not for this screen')
        opened.type(':fixture short --root %s/.\r' % self.world.root)
        opened.wait('Fixture > Short')
        opened.type(':fixture log libxml-0010 --limit 3\r')
        opened.wait('--limit: fixture/log is no list')

    def test_words_open_what_they_name(self):
        opened = self.many()
        opened.type(':cve CVE-2026-31337\r')
        opened.wait('no advisory data has been read')
        opened.type(':plugins\r')
        opened.wait('^> +fixture +ok +1 ')
        opened.type(':views\r')
        opened.wait('^ +fixture/short +Short')
        opened.type('/fixture/short\r')
        opened.wait('^> +fixture/short')
        opened.keys('enter')
        opened.wait('^> +one +good')
        for word, what in (('status', 'NEEDS|libssl is signed'), ('changes', 'update 14'), ('space', 'there are no rows'),
                           ('jobs', '> Jobs'), ('help', '^ KEYS'), ('help fixture many', '^ COLUMNS'), ('?', '^ KEYS'),
                           ('help fixture', 'reeve fixture many')):
            opened.type(':%s\r' % word)
            opened.wait(what)

    def test_completion(self):
        opened = self.many()
        opened.type(':fix\t')
        opened.wait('^:fixture')
        opened.type('sho\t')
        opened.wait('^:fixture short')
        opened.keys('esc')
        opened.gone('^:fixture')
        opened.type(':sort ver\t')
        opened.wait('^:sort version')
        for text, whole in (('fixture many --colu\tna\t', 'fixture many --columns name'),
                            ('fixture many --columns name,ver\t', 'fixture many --columns name,version'),
                            ("fixture many --where 'size > 1 and sta\t", "fixture many --where 'size > 1 and state"),
                            ('fixture many libyaml-100\t', 'fixture many libyaml-1000'),
                            ('fixture log libyaml-100\t', 'fixture log libyaml-1000'),
                            ('show fixture/sh\t', 'show fixture/short'), ('lim\t', 'limit')):
            opened.keys('^U')
            opened.type(text)
            opened.wait('^:' + whole)

    def test_what_is_not_there_says_so(self):
        opened = self.many()
        opened.keys('a')
        opened.wait('this row has no action')
        opened.keys('J')
        opened.until(lambda: re.search('there are no jobs|> Jobs', opened.terminal.text()), 'an answer about jobs')

    def test_selection_outlives_the_line(self):
        opened = self.many()
        opened.keys('space', 'space')
        opened.wait('2 selected')
        opened.kill(signal.SIGKILL)
        opened.waitpid()
        again = self.many()
        again.wait('2 selected')
        again.wait(r'^>\*  libyaml-0000')
        again.keys('*')
        again.wait('2,500 selected')
        again.keys('*')
        again.gone('selected')
        self.assertEqual([p for p in self.world.home.rglob('*') if p.is_file()], [])


    def test_selection_ends_with_a_clean_leave(self):
        opened = self.many()
        opened.keys('space')
        opened.wait('1 selected')
        opened.keys('enter', 'Q')
        opened.waitpid()
        self.assertEqual([p for p in self.world.home.rglob('selected-*')], [])
        again = self.many()
        self.assertNotIn('selected', again.terminal.text())
        again.keys('space')
        again.wait('1 selected')
        again.kill(signal.SIGHUP)
        again.waitpid()
        self.many().wait('1 selected')


class Looks(Screen):
    def colors(self, opened):
        return [s for row in opened.terminal.cells for _, s in row if s[0] is not None]

    def test_color_and_none(self):
        opened = self.many()
        self.assertTrue(self.colors(opened))
        for options in ({'env': {'NO_COLOR': '1'}}, {'term': 'vt100'}):
            opened = self.many(**options)
            self.assertEqual(self.colors(opened), [])
            self.assertNotRegex(bytes(opened.raw), rb'\x1b\[[0-9;]*3[0-7]m')
            self.assertFalse([s for row in opened.terminal.cells for _, s in row if s[1]], 'no attribute either')
        opened = self.open('--color', 'never', 'ui', 'fixture/many')
        opened.wait('2,500 rows')
        self.assertEqual(self.colors(opened), [])

    def test_hostile_text_is_inert(self):
        opened = self.open('ui', 'fixture/hostile')
        self.golden(opened, 'hostile')
        for sent in (b'\x1b[31mred', b'\xc2\x9b', '\u202e'.encode(), b'\xff'):
            self.assertNotIn(sent, bytes(opened.raw))

    def test_ascii(self):
        for options in ({'env': {'LANG': 'C'}}, {'words': ('--ascii',)}):
            words = options.pop('words', ())
            opened = self.open(*words, 'ui', 'fixture/hostile', **options)
            opened.wait(r'\? euro')
            opened.keys('s')
            opened.wait(r'\+-Sort by')
            self.assertTrue(all(byte < 0x80 for byte in opened.raw))


class Loading(Screen):
    def gate(self):
        path = self.world.root / 'gate'
        os.mkfifo(path, 0o666)
        os.chmod(path, 0o666)
        return path

    def pushed(self, gate):
        """Lets the fill through that waits at the gate, if one does."""
        try:
            os.close(os.open(gate, os.O_WRONLY | os.O_NONBLOCK))
        except OSError as error:
            self.assertEqual(error.errno, errno.ENXIO)
        return True

    def test_loading_does_not_block_keys(self):
        gate = self.gate()
        opened = self.open('ui', 'fixture/slow')
        opened.wait('loading')
        opened.keys('btab', 'btab')
        opened.wait(r'\[Short\]')
        opened.keys('tab', 'tab', '?')
        opened.wait('KEYS')
        opened.keys('q')
        opened.wait(r'\[Slow\]')
        opened.until(lambda: self.pushed(gate) and re.search('^> +one +good', opened.terminal.text(), re.M), 'rows')
        opened.gone('loading')

    def test_loading_is_told_only_where_it_takes_long(self):
        self.gate()
        opened = self.open('ui', 'fixture/many')
        opened.wait(r'^ 2,500 rows.*\n.*q quit')
        opened.keys('enter')
        opened.wait(r'\[Details\]')
        for title in ('Log', 'Needs'):
            before, start = len(opened.raw), time.monotonic()
            opened.keys('tab')
            opened.wait(r'\[%s\]' % title)
            if time.monotonic() - start < 0.15:  # a busy machine is slow
                self.assertNotIn(b'loading', opened.raw[before:])
                self.assertNotEqual(opened.terminal.text().split('\n')[2].strip(), '')
        opened.keys('q', 'tab')
        opened.wait(r'\[Short\]')
        start = time.monotonic()
        opened.keys('tab', 'tab')
        opened.wait(r'\[Slow\]')
        self.assertGreater(time.monotonic() - start, 0.15)
        opened.wait('^ loading')

    def test_completion_does_not_hang_a_shell(self):
        """A view that does not come is not waited for: nothing is offered, and nothing said."""
        self.gate()
        argv = [str(self.world.tree / 'bin/reeve'), 'complete', 'words', '--', '--root', str(self.world.root), 'fixture']
        for words, offered in ((['slow', ''], ''), (['short', 'on'], 'one\n')):
            done = subprocess.run(argv + words, env=self.world.environment(), capture_output=True, text=True, timeout=60,
                                  check=False)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, offered, ''), words)

    def test_stop_and_reload(self):
        gate = self.gate()
        opened = self.open('ui', 'fixture/slow')
        opened.wait('^ Enter|loading')
        opened.keys('^C')
        opened.wait('stopped loading')
        opened.keys('^R')
        opened.wait('loading')
        opened.until(lambda: self.pushed(gate) and re.search('^> +one +good', opened.terminal.text(), re.M),
                     'what was loaded again')

    def test_a_failed_reload_says_that_the_rows_are_old(self):
        gate = self.gate()
        opened = self.open('ui', 'fixture/slow')
        opened.until(lambda: self.pushed(gate) and re.search('^> +one +good', opened.terminal.text(), re.M), 'rows')
        gate.unlink()
        opened.keys('^R')
        opened.wait('the gate is not there')
        opened.keys('down')
        opened.wait(r'not read anew: rows of \d')
        self.gate()
        opened.keys('^R')
        opened.until(lambda: self.pushed(gate) and 'not read anew' not in opened.terminal.text(), 'rows read anew')

    def test_what_is_cached_is_painted_while_it_loads(self):
        gate, rows = self.gate(), r'^> +one +good'
        later = {'REEVE_NOW': str(int(time.time()) + 60)}  # so that nothing is too young to be cached
        opened = self.open('ui', 'fixture/slow', env=later)
        opened.until(lambda: self.pushed(gate) and re.search(rows, opened.terminal.text(), re.M), 'rows')
        opened.keys('q')
        opened.waitpid()
        again = self.open('ui', 'fixture/slow', env=later)
        again.wait(rows)
        again.gone('loading')
        again.keys('q')
        again.waitpid()
        (self.world.root / 'data').touch()
        stale = self.open('ui', 'fixture/slow', env=later)
        stale.wait(rows)
        stale.wait('loading')
        stale.keys('down')
        stale.wait('^> +!two')
        stale.until(lambda: self.pushed(gate) and 'loading' not in stale.terminal.text(), 'the end of loading')
        stale.wait('^> +!two')

    def test_what_is_shown_again_is_what_is_so(self):
        opened = self.open()
        opened.wait('25 void')
        opened.wait('^ 2 findings +nothing planned')
        opened.keys('2', 'tab')
        opened.wait('^> +one +good')
        opened.keys('down')
        opened.wait('^>.*two')
        before = len(opened.raw)
        for tab, shown in (('1', '1-9 tab'), ('2', 'Tab view'), ('1', '1-9 tab'), ('2', 'Tab view')):
            opened.keys(tab)
            opened.wait(shown)
        again = bytes(opened.raw[before:])  # nothing has changed, and nothing flickers
        self.assertEqual([again.count(word) for word in (b'loading', b'...', b'planned', b'25 void')], [0, 0, 2, 2])
        (self.world.root / 'third').touch()
        (self.world.root / 'mended').touch()
        opened.keys('1')
        opened.wait('^ 1 finding +nothing planned')
        self.assertNotIn('libssl', opened.terminal.text())
        opened.wait('25 void')
        opened.keys('2')
        opened.wait('^ 3 rows')
        opened.wait('^>.*two')
        (self.world.root / 'third').unlink()
        opened.keys('enter')
        opened.wait('^>  Slot +two')
        opened.keys('q')
        opened.wait('^ 2 rows')

    def test_leaving_does_not_wait_for_what_hangs(self):
        self.gate()
        opened = self.open('ui', 'fixture/slow')
        opened.wait('loading')
        opened.keys('q')
        self.assertEqual(os.waitstatus_to_exitcode(opened.waitpid()), 0)
        self.assertEqual(opened.restored(), [])

    def test_failure_is_told(self):
        opened = self.open('ui', 'fixture/slow')
        opened.wait('the gate is not there')
        opened.wait('make a fifo named gate')

    def test_options_of_the_first_view(self):
        opened = self.open('ui', 'fixture/many', '--where', 'state = bad')
        opened.wait('^ 50 of 2,500 rows')
        opened = self.open('ui', 'fixture/many', '--limit', '5')
        opened.wait('^ 5 of 2,500 rows')
        opened = self.open('ui', 'fixture/many', 'libyaml-0000')
        self.assertEqual(os.waitstatus_to_exitcode(opened.waitpid()), 2)
        opened.drain()
        self.assertIn('libyaml-0000: ui takes no such word', opened.terminal.text())


class Faults(Screen):
    # The program hands a fatal signal on to whoever had it before, which would be the sanitizer.
    BARE = {'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':handle_segv=0:handle_abort=0'}

    def test_fatal_signals_restore_the_terminal(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT, signal.SIGSEGV, signal.SIGABRT,
                       signal.SIGALRM, signal.SIGUSR1):
            opened = self.many(env=self.BARE)
            self.assertNotEqual(opened.modes()[3] & termios.ICANON, termios.ICANON)
            opened.kill(number)
            self.assertEqual(os.waitstatus_to_exitcode(opened.waitpid()), -number)
            self.assertEqual(opened.restored(), [], number)
            opened.close()

    def test_a_fault_in_a_worker_gives_the_terminal_back(self):
        """A plugin's fault is raised in its lane's thread, where the handler must run as well."""
        opened = self.many(env=self.BARE)
        threads = [int(name) for name in os.listdir(f'/proc/{opened.pid}/task') if int(name) != opened.pid]
        self.assertNotEqual(threads, [], 'no lane was at work')
        self.assertEqual(ctypes.CDLL(None).tgkill(opened.pid, threads[0], int(signal.SIGSEGV)), 0)
        self.assertEqual(os.waitstatus_to_exitcode(opened.waitpid()), -signal.SIGSEGV)
        self.assertEqual(opened.restored(), [])
        opened.close()

    def test_closed_terminal_leaves_no_process(self):
        opened = self.many()
        os.close(opened.slave)
        os.close(opened.master)
        self.assertNotEqual(os.waitpid(opened.pid, 0)[1], 0)
        opened.status = 0

    def test_resize_to_nothing_and_back(self):
        opened = self.many()
        before = opened.terminal.text()
        for columns, rows in ((1, 1), (2, 3), (80, 3), (11, 24), (200, 50)):
            opened.resize(columns, rows)
            opened.until(lambda: opened.terminal.text().strip(), 'a picture at %dx%d' % (columns, rows))
        opened.resize(80, 24)
        opened.until(lambda: opened.terminal.text() == before, 'the same picture')

    def test_started_in_one_cell(self):
        opened = self.open('ui', 'fixture/many', columns=1, rows=1)
        opened.until(lambda: opened.terminal.text().strip(), 'a letter')
        opened.resize(80, 24)
        opened.wait('^ 2,500 rows')

    def test_no_size_means_80_by_24(self):
        opened = self.world.open('ui', 'fixture/many', term='vt100')
        opened.close()
        opened = self.open('ui', 'fixture/many', term='vt100', columns=80, rows=24)
        opened.wait('^ 2,500 rows')
        opened.set_size(0, 0)
        opened.keys('^L')
        opened.wait('^ 2,500 rows')

    def test_stop_and_continue(self):
        shell = '%s --root %s ui fixture/many; echo it-stopped; read line; fg' % (self.world.tree / 'bin/reeve',
                                                                                 self.world.root)
        opened = self.world.run(['/bin/sh', '-mc', shell])
        self.addCleanup(opened.close)
        opened.wait(r'^ 2,500 rows.*\n.*q quit')
        before = opened.terminal.text()
        opened.keys('down', '^Z')
        opened.wait('it-stopped')
        self.assertEqual(opened.restored(), [])
        opened.keys('enter')
        opened.until(lambda: opened.terminal.text() != before and '-0001' in self.cursor(opened), 'the same picture')
        opened.keys('up')
        opened.until(lambda: opened.terminal.text() == before, 'keys that work')

    def test_stop_where_nobody_could_continue(self):
        opened = self.many()
        before = opened.terminal.text()
        opened.terminal.cells = opened.terminal.blank(24)
        opened.keys('^Z')
        opened.until(lambda: opened.terminal.text() == before, 'the same picture')

    def test_unknown_terminal_gets_line_mode(self):
        for term in ('dumb', 'no-such-terminal', None):
            opened = self.open('ui', 'fixture/many', term=term)
            opened.until(lambda: len(opened.raw) > 0, 'a prompt')
            opened.type('quit\n')
            self.assertEqual(os.waitstatus_to_exitcode(opened.waitpid()), 0)
            opened.drain()
            self.assertNotIn(b'\x1b', bytes(opened.raw))
            self.assertEqual(opened.restored(), [])

    def test_broken_screen_gets_line_mode(self):
        """Curses is loaded for the screen only; where it cannot be, that is said, and lines serve."""
        listed = subprocess.run([self.world.tree / 'bin/reeve'], env=self.world.environment(LD_TRACE_LOADED_OBJECTS='1'),
                                capture_output=True, text=True, check=True).stdout
        self.assertIn('libreeve', listed)
        self.assertNotIn('curses', listed)
        part = self.world.tree / 'lib/reeve/curses.so'
        for content, said in ((None, 'is not installed'), (b'no library', 'is not a library')):
            part.unlink()
            if content:
                part.write_bytes(content)
            opened = self.open('ui', 'fixture/many')
            # in what was sent: on a busy machine it has scrolled off before it is looked at
            opened.until(lambda: said.encode() in opened.raw, said)
            opened.wait('rows')
            opened.type('quit\n')
            self.assertEqual(os.waitstatus_to_exitcode(opened.waitpid()), 0)
            part.touch()

    def test_repaint(self):
        opened = self.many()
        before = opened.terminal.text()
        opened.terminal.cells = opened.terminal.blank(24)
        opened.keys('^L')
        opened.until(lambda: opened.terminal.text() == before, 'the same picture')


class Shots(Screen):
    def test_picture_of_a_screen(self):
        opened = self.many()
        path = self.world.path / 'shot.png'
        try:
            font = picture.find_font()
        except SystemExit as missing:
            self.skipTest(str(missing))
        picture.write_png(opened.terminal, path, margin=0)
        data = path.read_bytes()
        self.assertEqual(data[:8], b'\x89PNG\r\n\x1a\n')
        self.assertEqual(struct.unpack('>II', data[16:24]), (80 * font.width, 24 * font.height))
        lines = zlib.decompress(data[data.index(b'IDAT') + 4:-16])
        self.assertEqual(len(lines), (80 * font.width + 1) * 24 * font.height)
        self.assertGreater(len(set(lines)), 4, 'paper, ink and the colours of states')


if __name__ == '__main__':
    PARTS[:] = [sys.argv[1], sys.argv[2], sys.argv[3:4]]
    unittest.main(argv=sys.argv[:1] + sys.argv[4:])
