#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# The same promises through the program itself: reeve on real terminals that close, and a second one that attaches.
import contextlib
import fcntl
import json
import select
import shutil
import signal
import struct
import sys
import termios
import time
import unittest

from harness import *

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../line"))
sys.dont_write_bytecode = True
import schemas  # noqa: E402


class Program(Case):
    def setUp(self):
        super().setUp()
        self.reeve = os.path.join(self.world.tree, "bin/reeve")
        shutil.copy(os.path.join(BUILD, "bin/reeve"), self.reeve)
        shutil.copy(os.path.join(BUILD, "lib/reeve/curses.so"), os.path.join(self.world.tree, "lib/reeve"))

    def run_reeve(self, *words, status=0):
        done = subprocess.run([self.reeve, "--root", self.world.root, *words], env=self.world.env, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def terminal(self, *words):
        """The program as the session leader of a terminal; returns its pid and the master."""
        master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
        pid = os.fork()
        if pid == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(slave, fd)
            os.closerange(3, 64)
            env = dict(self.world.env, TERM="xterm-256color")
            os.execve(self.reeve, [self.reeve, "--root", self.world.root, *words], env)
        os.close(slave)
        return pid, master

    def read_until(self, master, text):
        output = b""
        end = time.monotonic() + 30
        while text not in output:
            self.assertTrue(select.select([master], [], [], max(0, end - time.monotonic()))[0], output)
            output += os.read(master, 65536)
        return output

    def events(self, job):
        return [json.loads(line) for line in self.world.lines(job)]

    def test_the_terminal_closes_while_the_job_is_followed(self):
        for closed_at in (b"prepare", b"stamp-1", b"stamp-5"):
            pid, master = self.terminal("notes", "stamp", "20", "--delay", "5", "-y")
            self.read_until(master, closed_at)
            os.close(master)
            os.waitpid(pid, 0)
            self.world.wait_descendants()
            job = max(self.world.listed())
            self.assertEqual(self.world.listed(job)[0], "done")
            self.assertEqual(self.world.stamps(), all_stamps(20))
            for name in self.world.stamps():
                os.unlink(os.path.join(self.world.notes, name))

    def test_the_program_is_killed_and_another_attaches(self):
        pid, master = self.terminal("notes", "stamp", "40", "--delay", "10", "-y")
        self.read_until(master, b"prepare")
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(master)
        second, master = self.terminal("jobs", "attach")
        with contextlib.suppress(OSError):  # EIO is how a terminal ends
            while os.read(master, 65536):
                pass
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(second, 0)[1]), 0)
        os.close(master)
        lines = self.run_reeve("jobs", "attach", "1", "--format", "ndjson").splitlines()
        events = [event for event in map(json.loads, lines) if "seq" in event]
        self.assertEqual([event["seq"] for event in events], [event["seq"] for event in self.events(1)])
        self.assertEqual(events[-1]["type"], "done")
        self.assertEqual(self.world.stamps(), all_stamps(40))

    def test_full_screen_is_killed_while_a_job_runs(self):
        job = self.world.start(60, 10)
        pid, master = self.terminal("ui")
        self.read_until(master, b"quit")
        os.write(master, b"J")
        self.read_until(master, b"stamp")
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(master)
        self.assertEqual(self.follow(job)[2], ["done", "ok", "committed"])

    def test_a_cut_job_is_recovered_by_its_words(self):
        job = self.world.start(20, 10)
        wait_for(lambda: len(self.world.stamps()) > 2, "three stamps")
        self.world.kill_helper()
        self.assertIn("cut off", self.run_reeve("status"))
        rows = json.loads(self.run_reeve("jobs", "--json"))["rows"]
        self.assertEqual([(row["id"], row["state"], row["total"]) for row in rows], [(str(job), "interrupted", 20)])
        self.run_reeve("jobs", "recover", str(job), "revert", "-y")
        self.world.wait_descendants()
        self.assertEqual(self.world.stamps(), [])
        self.assertEqual(json.loads(self.run_reeve("jobs", "--json"))["rows"][0]["state"], "cancelled")

    def cut(self, count=20, moment=2):
        """A job that was cut off after so many stamps; moment None: before its commit."""
        job = self.world.start(count, 10)
        if moment is None:
            wait_for(lambda: self.world.lines(job), "the first event")
        else:
            wait_for(lambda: len(self.world.stamps()) > moment, "stamps")
        self.world.kill_helper()
        return job

    def test_a_recovery_is_shown_before_it_is_done(self):
        job = self.cut()
        left = self.world.stamps()
        for way in ((), ("finish",), ("revert",)):
            shown = json.loads(self.run_reeve("jobs", "recover", str(job), *way, "-n", "--json"))
            self.assertEqual((shown["action"], shown["job"], shown["changed"]), ("notes/stamp", None, True))
            schemas.check(shown, json.loads(self.run_reeve("actions", "--json"))["actions"][0]["schema"])
            self.assertEqual([step["id"] for step in shown["steps"]], all_stamps(20))
        self.assertIn("stamp-20", self.run_reeve("jobs", "recover", "-n"))
        self.run_reeve("jobs", "recover", "-n", "--check", status=100)
        self.assertIn("stamp-20", self.run_reeve("jobs", "recover", status=14))
        error = json.loads(self.run_reeve("jobs", "recover", "--json", status=14))["error"]
        self.assertIn("--plan ", error["hint"])
        self.run_reeve("jobs", "recover", str(job), "finish", "--plan", shown["plan"], status=13)  # of the other way
        self.assertEqual((self.world.stamps(), self.world.listed(job)[0]), (left, "interrupted"))
        done = json.loads(self.run_reeve("jobs", "recover", str(job), "revert", "--plan", shown["plan"], "--json"))
        self.world.wait_descendants()
        self.assertEqual((done["job"], done["changed"], done["steps"]), (str(job), True, shown["steps"]))
        self.assertEqual((self.world.stamps(), self.world.listed(job)[0]), ([], "cancelled"))
        self.run_reeve("jobs", "recover", str(job), "-n", status=2)

    def test_a_recovery_without_a_commit(self):
        job = self.cut(moment=None)
        self.assertEqual(json.loads(self.run_reeve("jobs", "recover", str(job), "revert", "-n", "--json"))["steps"], [])
        shown = json.loads(self.run_reeve("jobs", "recover", str(job), "-n", "--json"))
        self.assertEqual([step["id"] for step in shown["steps"]], all_stamps(20))
        with open(os.path.join(self.world.notes, "other"), "w"):
            pass
        self.run_reeve("jobs", "recover", str(job), "-n", status=13)
        self.run_reeve("jobs", "recover", str(job), "revert", "-y")
        self.world.wait_descendants()
        self.assertEqual((self.world.stamps(), self.world.listed(job)[0]), ([], "cancelled"))

    def test_a_recovery_is_confirmed_on_a_terminal(self):
        job = self.cut()
        for answer, status, state in ((b"\n", 11, "interrupted"), (b"y\n", 0, "done")):
            pid, master = self.terminal("jobs", "recover")
            output = self.read_until(master, b"[y/N] ")
            self.assertIn(b"stamp-20", output)
            os.write(master, answer)
            with contextlib.suppress(OSError):
                while os.read(master, 65536):
                    pass
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), status)
            os.close(master)
            self.world.wait_descendants()
            self.assertEqual(self.world.listed(job)[0], state)
        self.assertEqual(self.world.stamps(), all_stamps(20))

    def test_options_that_stay_behind_leave_a_plan_fresh(self):
        """The helper makes the plan again without them, and it is the same plan."""
        for words in (("--best",), ("--set", "a=b"), ("--exclude", "x"), ("--refresh", "--cacheonly")):
            self.run_reeve("notes", "stamp", "1", "-y", *words)
            self.assertEqual(self.world.stamps(), all_stamps(1))
            os.unlink(os.path.join(self.world.notes, "stamp-1"))

    def test_no_change_of_the_root_for_another_place(self):
        for words in (("--slot", "A"), ("--image", "x")):
            self.run_reeve("notes", "stamp", "1", "-y", *words, status=10)
        self.assertEqual((self.world.stamps(), self.world.listed()), ([], {}))

    def test_what_failed_half_way_says_why(self):
        os.mkdir(os.path.join(self.world.notes, "stamp-2"))
        said = json.loads(self.run_reeve("notes", "stamp", "3", "-y", "--json", status=17))["error"]
        self.assertIn("changed the system in part", said["message"])
        self.assertIn("stamp-2", json.dumps(said["cause"]))
        self.assertIn("jobs recover", said["hint"])

    @unittest.skipIf(os.geteuid(), "only root can mount")
    def test_a_read_only_root_is_named(self):
        mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
        done = subprocess.run(["unshare", "-m", "sh", "-c", mount, self.world.root, self.reeve, "--root", self.world.root,
                               "notes", "stamp", "1", "-y", "--json"], env=self.world.env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 18, done.stdout + done.stderr)
        error = json.loads(done.stdout)["error"]
        self.assertIn("var/lib/reeve", error["message"])
        self.assertIn("mount it for writing", error["hint"])

    @unittest.skipIf(os.geteuid(), "only root can mount")
    def test_a_plan_for_a_read_only_root(self):
        """-n shows the steps, and says that they could not run: of an action, and of a job that was cut off."""
        words = ("notes", "stamp", "1", "-n")
        self.run_reeve(*words)
        self.cut()
        mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
        for words in words, ("jobs", "recover", "-n"):
            for more in (), ("--json",):
                done = subprocess.run(["unshare", "-m", "sh", "-c", mount, self.world.root, self.reeve, "--root",
                                       self.world.root, *words, *more], env=self.world.env, stdin=subprocess.DEVNULL,
                                      capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 18, done.stdout + done.stderr)
                if more:
                    document = json.loads(done.stdout)
                    self.assertTrue(document["steps"])
                    self.assertEqual([warning["code"] for warning in document["warnings"]], ["readonly"])
                    self.assertIn("var/lib/reeve", document["warnings"][0]["message"])
                else:
                    self.assertIn("stamp", done.stdout)
                    self.assertRegex(done.stderr, "cannot run as things are: .*/var/lib/reeve")

    def test_cancel_by_its_words(self):
        job = self.world.start(1000, 20)
        self.run_reeve("jobs", "cancel")
        self.world.wait_state(job, "cancelled")
        self.assertEqual(self.world.stamps(), [])


if __name__ == "__main__":
    main()
