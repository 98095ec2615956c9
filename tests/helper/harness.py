# SPDX-License-Identifier: LGPL-2.1-or-later
# What the job tests share: a small build tree of their own (programs, library, the example plugin) and a root, all in
# one directory that is removed at the end; the driver as a front end; waiting for conditions instead of sleeping.
import contextlib
import ctypes
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import unittest

BUILD = os.environ["REEVE_BUILD"]
PLUGIN = os.environ["NOTES_PLUGIN"]
LIMIT = 30.0  # seconds that anything may take
NOBODY = 65534
PR_SET_CHILD_SUBREAPER = 36


def wait_for(condition, what):
    """Polls until the condition gives something true, and returns that."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.005)
    raise AssertionError("waited in vain for " + what)


class World:
    """A build tree and a root in a directory of their own."""

    def __init__(self):
        self.top = tempfile.mkdtemp(prefix="reeve-jobs-")
        os.chmod(self.top, 0o755)
        self.tree = os.path.join(self.top, "tree")
        self.root = os.path.join(self.top, "root")
        self.state = os.path.join(self.root, "var/lib/reeve")
        self.jobs = os.path.join(self.state, "jobs")
        self.notes = os.path.join(self.root, "var/lib/notes")
        for directory in ("tree/bin", "tree/lib/reeve/plugins", "root/var/lib/notes", "home"):
            os.makedirs(os.path.join(self.top, directory))
        with open(os.path.join(self.tree, "CMakeCache.txt"), "w"):
            pass
        for name in ("reeve-helper", "jobs-driver"):
            shutil.copy(os.path.join(BUILD, "bin", name), os.path.join(self.tree, "bin", name))
        # A copy of the library too (programs find it beside them): another user may not reach the build directory.
        shutil.copy(os.path.join(BUILD, "lib", "libreeve.so.0"), os.path.join(self.tree, "lib"))
        shutil.copy(PLUGIN, os.path.join(self.tree, "lib/reeve/plugins/notes.so"))
        self.driver = os.path.join(self.tree, "bin/jobs-driver")
        self.helper = os.path.join(self.tree, "bin/reeve-helper")
        self.env = {"PATH": "/usr/bin:/bin", "HOME": os.path.join(self.top, "home"), "LANG": "C.UTF-8"}

    def close(self):
        try:
            self.wait_descendants()
        except AssertionError:
            self.kill_helper()
        shutil.rmtree(self.top)

    def command(self, *words):
        return [self.driver, self.root, *[str(word) for word in words]]

    def run(self, *words, user=None, env=None, stdin=None):
        """Runs the driver; returns (status, output)."""
        command = self.command(*words)
        if user is not None:
            command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] + command
        done = subprocess.run(command, env=env or self.env, stdin=stdin or subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=LIMIT)
        return done.returncode, done.stdout

    def request(self, count):
        """What a front end would send to the helper for that many stamps."""
        plan = self.run("plan", count)[1].split()[0]
        return json.dumps({"reeve": 1, "verb": "run", "root": self.root, "plugin": "notes", "plan": plan, "requests": [
            {"action": "stamp", "args": {"count": [str(count)]}, "options": {}}], "answers": {}}).encode()

    def start(self, count, delay, *more, **how):
        status, output = self.run("run", count, delay, *more, **how)
        assert status == 0 and output.startswith("job "), (status, output)
        return int(output.split()[1])

    def listed(self, job=None, **how):
        """The list as {number: [state, result, action, step, done/total, committed...]}."""
        status, output = self.run("list", **how)
        rows = {int(line.split()[0]): line.split()[1:] for line in output.splitlines()} if status == 0 else {}
        return rows.get(job) if job is not None else rows

    def wait_state(self, job, *states):
        return wait_for(lambda: (self.listed(job) or [None])[0] in states and self.listed(job), f"job {job} {states}")

    def helpers(self):
        """Processes that run this world's helper."""
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError):
                    if os.readlink(f"/proc/{name}/exe") == self.helper:
                        found.append(int(name))
        return found

    def wait_descendants(self):
        """Reaps until nothing that came from this process runs. A look through /proc is no such proof: it misses a
        child between fork and exec, and a process that passes on to its own child while the list is read."""
        def none_left():
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
                return False
            except ChildProcessError:
                return True

        wait_for(none_left, "the end of all processes")

    def kill_helper(self):
        for pid in wait_for(self.helpers, "a helper"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)

    def stamps(self):
        return sorted((name for name in os.listdir(self.notes) if name.startswith("stamp-")),
                      key=lambda name: int(name[6:]))

    def path(self, job, name=""):
        return os.path.join(self.jobs, str(job), name)

    def listed_plan(self, job):
        with open(self.path(job, "request.json")) as file:
            return json.load(file)["plan"]

    def lines(self, job):
        try:
            with open(self.path(job, "events.jsonl"), "rb") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []


def all_stamps(count):
    return [f"stamp-{i}" for i in range(1, count + 1)]


class Case(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)

    def follow(self, job, **how):
        """Follows to the end; checks that no event is missing and returns (status, event lines, end line)."""
        status, output = self.world.run("follow", job, **how)
        lines = output.splitlines()
        events = [line.split(" ", 4) for line in lines if line[0].isdigit()]
        self.assertEqual([int(event[0]) for event in events], list(range(1, len(events) + 1)), output)
        self.assertTrue(lines[-1].startswith("end "), output)
        return status, events, lines[-1].split()[1:]


def need_root(test):
    return unittest.skipUnless(os.geteuid() == 0, "needs root")(test)


def main():
    # What outlives its parent becomes our child: that is how wait_descendants() knows of it.
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        sys.exit("this process cannot adopt what its children leave")
    result = unittest.main(exit=False, argv=[sys.argv[0]] + sys.argv[1:], verbosity=1).result
    sys.exit(not result.wasSuccessful())


__all__ = ["BUILD", "Case", "NOBODY", "World", "all_stamps", "main", "need_root", "os", "stat", "subprocess", "wait_for"]
