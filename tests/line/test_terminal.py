# SPDX-License-Identifier: LGPL-2.1-or-later
"""Batch output on a terminal: it fits, it is coloured only where that is wanted, it never carries what a package says
to the terminal, and questions are asked there."""
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import unittest

sys.dont_write_bytecode = True
from terminal import Terminal  # noqa: E402

REEVE = os.path.abspath(sys.argv.pop(1)) + "/bin/reeve"


def run(*words, **settings):
    terminal = Terminal([REEVE, *words], **settings)
    try:
        status = terminal.wait_end()
        return status, terminal.output.decode("utf-8").replace("\r\n", "\n")
    finally:
        terminal.close()


def cells(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def plain(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


class Fits(unittest.TestCase):
    def test_every_width(self):
        for columns in (1, 2, 5, 20, 40, 79, 80, 120, 200, 400):
            _, text = run("fixture", "all", "-q", columns=columns)
            lines = plain(text).rstrip("\n").split("\n")
            self.assertEqual(len(lines), 6)
            for line in lines:
                self.assertLessEqual(cells(line), max(1, columns - 1), (columns, line))

    def test_messages_wrap_at_blanks(self):
        _, whole = run("show", "fixture", "*i*", columns=400)
        for columns in (40, 60, 80):
            status, text = run("show", "fixture", "*i*", columns=columns)
            self.assertEqual((status, text.split()), (2, whole.split()))
            self.assertGreater(text.count("\n"), 2 if columns < 80 else 1)
            for line in text.split("\n"):
                self.assertLess(cells(line), columns, line)

    def test_wide_has_all_columns(self):
        _, text = run("fixture", "all", "-q", columns=400)
        self.assertIn("DIGEST", text)
        _, text = run("fixture", "all", "-q", columns=60)
        self.assertIn("SIZE", text)
        self.assertNotIn("TAGS", text)

    def test_what_to_do_is_never_left_out(self):
        """Beside the finding where there is room, else below it; on a pipe and with --columns it is a column."""
        for columns in (1, 2, 5, 12, 20, 40, 79, 80, 120, 200):
            _, text = run("status", "-q", columns=columns)
            lines = plain(text).rstrip("\n").split("\n")
            for line in lines:
                self.assertLessEqual(cells(line), max(1, columns - 1), (columns, line))
            if columns >= 20:
                self.assertIn("look at it", text, columns)
            if columns == 20:
                self.assertIn("  -> look at it", lines)
                self.assertNotIn("WHAT TO DO", lines[0])
            if columns == 200:
                self.assertRegex(lines[0], "WHAT TO DO")
                self.assertNotIn("->", text)
        _, text = run("status", "-q", "--columns", "severity,hint", columns=20)
        self.assertNotIn("->", text)
        piped = subprocess.run([REEVE, "status", "-q"], capture_output=True, check=False).stdout.decode()
        self.assertRegex(piped.split("\n", maxsplit=1)[0], "WHAT TO DO")

    def test_record_is_wrapped(self):
        _, text = run("show", "fixture", "nginx", columns=40)
        for line in plain(text).rstrip("\n").split("\n"):
            self.assertLessEqual(cells(line), 40)


class Colours(unittest.TestCase):
    def test_only_where_wanted(self):
        bare = {"env": {}}
        self.assertIn("\x1b[", run("fixture", "all", **bare)[1])
        self.assertNotIn("\x1b", run("fixture", "all", "--color", "never")[1])
        self.assertNotIn("\x1b", run("fixture", "all", env={"NO_COLOR": "1"})[1])
        self.assertNotIn("\x1b", run("fixture", "all", term="dumb")[1])
        self.assertNotIn("\x1b", run("fixture", "all", term=None)[1])
        piped = subprocess.run([REEVE, "fixture", "all"], capture_output=True, check=False).stdout
        self.assertNotIn(b"\x1b", piped)
        forced = subprocess.run([REEVE, "fixture", "all", "--color", "always"], capture_output=True, check=False).stdout
        self.assertIn(b"\x1b[1;31mbad\x1b[m", forced)


class Hostile(unittest.TestCase):
    def test_no_format_sends_controls(self):
        for form in ("table", "plain", "json", "ndjson", "tsv", "csv"):
            status, text = run("fixture", "all", "--format", form, "--color", "never", "--damaged")
            self.assertEqual(status, 12)
            rest = [c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c not in "\n\t"]
            self.assertEqual([c for c in rest if not (form == "csv" and c == "\r")], [], form)

    def test_ascii(self):
        _, text = run("fixture", "all", "--ascii", columns=400)
        self.assertTrue(text.isascii())
        _, text = run("fixture", "all", columns=400, env={"LC_ALL": "C"})
        self.assertTrue(text.isascii())


class Asks(unittest.TestCase):
    def act(self, answer, *words):
        with tempfile.TemporaryDirectory(prefix="reeve-line.") as directory:
            os.makedirs(directory + "/root/var/lib")
            terminal = Terminal([REEVE, "--root", directory + "/root", "fixture", "mark", "nginx", *words],
                                directory=directory)
            try:
                terminal.wait_for(b"[y/N] ")
                terminal.send(answer)
                return terminal.wait_end(), terminal.output
            finally:
                terminal.close()

    def test_yes_runs(self):
        status, output = self.act(b"y\n")
        self.assertEqual(status, 0)
        self.assertIn(b"done: job 1", output)
        self.assertIn(b"100 %", output)

    def test_anything_else_does_not(self):
        for answer in (b"n\n", b"\n", b"yesterday\n", b"y n\n", b"\x04"):
            status, output = self.act(answer)
            self.assertEqual(status, 11, answer)
            self.assertNotIn(b"job 1", output)


class Questions(unittest.TestCase):
    """Those of a plan: each is asked, -y answers none of them, and no answer is the safe one."""

    def act(self, words, *talk):
        with tempfile.TemporaryDirectory(prefix="reeve-line.") as directory:
            os.makedirs(directory + "/root/var/lib")
            terminal = Terminal([REEVE, "--root", directory + "/root", "fixture", "mark", "nginx", *words],
                                directory=directory)
            try:
                at = 0
                for prompt, answer in talk:
                    at = terminal.wait_for(prompt, at)
                    terminal.send(answer)
                return terminal.wait_end(), terminal.output
            finally:
                terminal.close()

    def test_answered(self):
        status, output = self.act(["--ask", "--wipe"], (b"> ", b"9F21\n"), (b"wanted? [y/N] ", b"y\n"),
                                  (b"plan? [y/N] ", b"y\n"))
        self.assertEqual(status, 0, output)
        self.assertEqual(output.count(b"is key 9F21 to be trusted?"), 1)

    def test_yes_is_no_answer(self):
        status, output = self.act(["--ask", "-y"], (b"> ", b"\n"))
        self.assertEqual(status, 11, output)
        self.assertIn(b"not answered; nothing was changed", output)
        status, output = self.act(["--ask", "-y"], (b"> ", b"y\n"))
        self.assertEqual(status, 7, output)  # what was typed is the answer, and "y" is no key
        status, output = self.act(["--ask", "-y", "--json"], (b"> ", b"9F21\n"))
        self.assertEqual(status, 0, output)

    def test_the_safe_answer(self):
        for answer in (b"\n", b"n\n", b"\x04"):
            status, output = self.act(["--wipe", "-y"], (b"[y/N] ", answer))
            self.assertEqual(status, 11, output)
        status, output = self.act(["--wipe", "-y", "--allow-erasing"])
        self.assertEqual(status, 0, output)


class Rights(unittest.TestCase):
    """As a plain user on the running system; the tree is copied to where that user may read it."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="reeve-line.")
        self.addCleanup(shutil.rmtree, self.directory)
        os.chmod(self.directory, 0o755)
        tree = os.path.dirname(os.path.dirname(REEVE))
        shutil.copytree(tree, self.directory + "/tree")
        self.reeve = self.directory + "/tree/bin/reeve"

    def seal(self, *words, **settings):
        drop = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        return subprocess.run([self.reeve, "fixture", "seal", "it's", *words], capture_output=True, check=False,
                              stdin=subprocess.DEVNULL, env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
                              cwd=self.directory, **drop, **settings)

    def test_denied_says_the_way(self):
        done = self.seal("-y")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertRegex(done.stderr.decode(), r"(with them: \w+|as root:) reeve --plan [0-9a-f]{64} fixture seal 'it'\\''s' -y\n")
        done = self.seal("-y", "--json")
        self.assertEqual(json.loads(done.stdout)["error"]["code"], "denied")

    def test_the_way_holds_whatever_the_words(self):
        """Nothing of the plan is hidden behind a "--", and the root is the same one from any directory."""
        os.mkdir(self.directory + "/r")
        for words in (("--root", "r", "-y", "--", "--root"), ("--root=r", "-y", "--", "--root")):
            done = self.seal(*words)
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertRegex(done.stderr.decode(), rf"reeve --plan [0-9a-f]{{64}} --root {self.directory}/r fixture seal "
                                                   r"'it'\\''s' -y -- --root\n")

    def test_planning_needs_none(self):
        self.assertEqual(self.seal("-n").returncode, 0)


class Large(unittest.TestCase):
    def test_60000_rows_stream(self):
        for form in ("table", "json", "csv"):
            with tempfile.TemporaryFile() as out:
                before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
                done = subprocess.run([REEVE, "fixture", "all", "--rows", "60000", "--format", form], stdout=out,
                                      check=False)
                self.assertEqual(done.returncode, 0)
                size = out.tell() or os.fstat(out.fileno()).st_size
                self.assertGreater(size, 5000000)
                after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
                # The rows take 9 MiB; the text of all of them, up to 18 MB, must not come on top.
                if "ASAN_OPTIONS" not in os.environ and not os.environ.get("REEVE_SANITIZED"):
                    self.assertLess(after, max(before, 40 * 1024), form)


unittest.main()
