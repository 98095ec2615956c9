# SPDX-License-Identifier: LGPL-2.1-or-later
"""Line mode on a terminal that can do nothing: prompt, numbered rows, pages; no escape sequence, ever; it ends when the
terminal does."""
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from terminal import Terminal  # noqa: E402

REEVE = os.path.abspath(sys.argv.pop(1)) + "/bin/reeve"
PROMPT = b"reeve> "


class Session:
    def __init__(self, *words, term="dumb", **settings):
        self.terminal = Terminal([REEVE, *words], term=term, **settings)
        self.at = self.terminal.wait_for(PROMPT)

    def say(self, line):
        """Sends a line; returns what came until the next prompt."""
        before = self.at
        self.terminal.send(line.encode() + b"\n")
        self.at = self.terminal.wait_for(PROMPT, before)
        return self.terminal.output[before:self.at].decode().replace("\r\n", "\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.terminal.close()


class LineMode(unittest.TestCase):
    def test_dumb_and_unnamed_terminals_get_it(self):
        for term in ("dumb", "unknown", "", None):
            with Session(term=term) as session:
                self.assertIn(b"1 item is bad", session.terminal.output)
                session.terminal.send(b"quit\n")
                self.assertEqual(session.terminal.wait_end(), 0)
                self.assertNotIn(b"\x1b", session.terminal.output)

    def test_ui_opens_the_view_that_was_asked_for(self):
        with Session("ui", "fixture/tree", "--where", "size > 1K") as session:
            self.assertIn(b"usr/bin/reeve", session.terminal.output)
            self.assertNotIn(b"var", session.terminal.output)

    def test_ui_opens_as_many_rows_as_were_asked_for(self):
        with Session("ui", "fixture/all", "--limit", "2") as session:
            self.assertIn(b"\n2 ", session.terminal.output.replace(b"\r", b""))
            self.assertNotIn(b"\n3 ", session.terminal.output.replace(b"\r", b""))

    def test_pages_of_twenty(self):
        with Session("shell", term="xterm") as session:
            text = session.say("fixture all --rows 45")
            self.assertIn("\n20 ", text)
            self.assertNotIn("\n21 ", text)
            self.assertIn("25 rows left", text)
            self.assertIn("\n40 ", session.say("more"))
            text = session.say("")
            self.assertIn("\n45 ", text)
            self.assertNotIn("left", text)
            self.assertNotIn("\n ", session.say("more"))
            self.assertNotIn(b"\x1b", session.terminal.output)

    def test_numbers_open_and_back_returns(self):
        with Session("shell") as session:
            session.say("fixture all")
            text = session.say("2")
            self.assertIn("a web server", text)
            self.assertIn("1   fixture/all openssl-libs-3.5.1", text)
            text = session.say("1")
            self.assertIn("openssl-libs-3.5.1", text)
            self.assertNotIn("nginx", text)
            self.assertIn("a web server", session.say("back"))
            self.assertIn("kanji", session.say("back"))
            self.assertIn("1 item is bad", session.say("back"))
            self.assertIn("nothing to go back", session.say("back"))

    def test_a_question_mark_helps(self):
        with Session("shell") as session:
            self.assertEqual(session.say("?").split("\n", 1)[1], session.say("help").split("\n", 1)[1])
            self.assertIn("reeve fixture tree", session.say("? fixture"))

    def test_what_completes_a_word(self):
        def offered(*words):
            return subprocess.run([REEVE, "complete", "words", "--", *words], stdout=subprocess.PIPE, check=True,
                                  text=True).stdout.split()
        self.assertEqual(offered("fixture", "tr"), ["tree"])
        self.assertEqual(offered("fixture", "tree", "--sort", "-si"), ["-size"])
        self.assertEqual(offered("fixture", "tree", "--where", "path ~ x and si"), ["path", "~", "x", "and", "size"])
        self.assertEqual(offered("help", "fixture", "tr"), ["tree"])

    def test_a_finding_leads_to_its_row(self):
        with Session() as session:
            text = session.say("1")
            self.assertIn("evil-1", text)
            self.assertIn("evil-1", session.say("1"))

    def test_hostile_text_stays_text(self):
        with Session("shell", columns=400) as session:
            session.say("fixture all")
            session.say("3")
            session.say("fixture text nginx-1.26.3")
            session.say("show fixture evil-1 --color always")
            session.say("fixture all --format tsv")
            session.say("fixture all --color always")
            self.assertIn("only a remark", session.say("fixture all"))
            text = session.say("/name = nginx")
            self.assertIn("1 + nginx", text)
            self.assertNotIn("2   ", text)
            self.assertIn("\n5   ", session.say("/"))
            session.say("/ evil\x01")
            self.assertNotIn(b"\x1b", session.terminal.output.replace(b"^[", b""))

    def test_lines_fit(self):
        for columns in (20, 40, 80, 132):
            with Session("shell", columns=columns) as session:
                text = session.say("fixture all")
                for line in text.split("\n")[1:6]:
                    self.assertLess(len(line), columns)

    def test_where(self):
        """The filter as behind --where, in quotes or not; find and / are the same."""
        with Session("shell") as session:
            for line in ("where id = nginx*", "where 'id = nginx*'", 'where "id = nginx*"', "find id = nginx*",
                         "/id = nginx*"):
                self.assertIn("openssl", session.say("fixture all"))
                text = session.say(line)
                self.assertIn("nginx", text, line)
                self.assertNotIn("openssl", text, line)
            self.assertIn("openssl", session.say("where"))

    def test_errors_do_not_end_it(self):
        with Session("shell") as session:
            self.assertIn("no such command", session.say("nonsense"))
            self.assertIn("not closed", session.say("fixture 'open"))
            self.assertIn("no row 7", session.say("fixture all") and session.say("7"))
            for word in "where ", "find ", "/":
                self.assertIn("the filter at", session.say(word + "size >"))
            self.assertIn("there is no such row", session.say("fixture all nothing"))
            self.assertIn("already", session.say("shell"))
            self.assertIn("nginx", session.say("fixture all"))

    def test_end_of_input_ends_it(self):
        with Session("shell") as session:
            session.terminal.send(b"\x04")
            self.assertEqual(session.terminal.wait_end(), 0)

    def test_a_closed_terminal_ends_it(self):
        session = Session("shell")
        session.terminal.hang_up()
        self.assertIn(session.terminal.reap(), (0, -1, 141))

    def test_a_closed_terminal_ends_it_without_the_signal(self):
        session = Terminal(["/bin/sh", "-c", "trap '' HUP; exec %s shell" % REEVE], term="dumb")
        session.wait_for(PROMPT)
        session.hang_up()
        self.assertIn(session.reap(), (0, 141))

    def test_a_full_disk_is_said(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([REEVE, "shell"], input=b"fixture all\n", stdout=full, stderr=subprocess.PIPE,
                                  check=False)
        self.assertEqual(done.returncode, 15)

    def test_verbose_holds_for_its_line(self):
        """What was read, where from and how long it took, on standard error; the next line is as quiet as ever."""
        for mode in (["script", "-"], ["shell"]):
            done = subprocess.run([REEVE, *mode], input=b"fixture tree -v\nfixture tree\n", capture_output=True,
                                  check=False)
            self.assertEqual(done.returncode, 0)
            self.assertEqual(done.stderr.count(b" load: fixture/tree: 5 rows read anew in "), 1, done.stderr)
            self.assertNotIn(b" load: ", done.stdout)
        done = subprocess.run([REEVE, "fixture", "tree", "-v", "--json"], capture_output=True, check=False)
        self.assertIn(b"/fixture.so: opened", done.stderr)
        done = subprocess.run([REEVE, "-v", "script", "-"], input=b"fixture tree\nfixture tree\n", capture_output=True,
                              check=False)
        self.assertEqual(done.stderr.count(b" load: "), 2)

    def test_long_and_odd_lines(self):
        with tempfile.TemporaryDirectory(prefix="reeve-line.") as directory:
            lines = b"x" * 200000 + b"\n"
            done = subprocess.run([REEVE, "shell"], input=lines, capture_output=True, cwd=directory, check=False)
            self.assertEqual(done.returncode, 2)
            done = subprocess.run([REEVE, "shell"], input=b"\xff\xfe\x1b[31m\n# remark\nfixture tree", check=False,
                                  capture_output=True, cwd=directory)
            self.assertEqual(done.returncode, 0)
            self.assertNotIn(b"\x1b", done.stdout + done.stderr)


unittest.main()
