#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# A helper that is killed leaves a job that can be finished or undone; torn journals; damaged ones.
import contextlib
import shutil
import time
import zlib

from harness import *


class Recover(Case):
    def interrupted(self, moment, count=8, delay=40):
        """A job whose helper was killed: at "prepare", or after so many stamps."""
        job = self.world.start(count, delay)
        if moment == "prepare":
            wait_for(lambda: self.world.lines(job), "the first event")
        else:
            wait_for(lambda: len(self.world.stamps()) >= moment, f"{moment} stamps")
        self.world.kill_helper()
        return job

    def recover(self, job, way):
        status, output = self.world.run("recover", job, way)
        self.assertEqual(status, 0, output)
        self.world.wait_descendants()

    def test_finish_and_revert_after_a_kill(self):
        for moment in (1, 3, 6):
            for way, state, left in (("finish", "done", all_stamps(8)), ("revert", "cancelled", [])):
                with self.subTest(moment=moment, way=way):
                    job = self.interrupted(moment)
                    row = self.world.listed(job)
                    self.assertEqual((row[0], row[1], row[5]), ("interrupted", "-", "committed"))
                    self.recover(job, way)
                    self.assertEqual(self.world.stamps(), left)
                    self.assertEqual(self.world.listed(job)[:2], [state, "ok"])
                    self.follow(job)
                    for name in self.world.stamps():
                        os.unlink(os.path.join(self.world.notes, name))

    def test_before_the_commit_nothing_was_changed(self):
        job = self.interrupted("prepare")
        self.assertEqual(self.world.stamps(), [])
        row = self.world.listed(job)
        self.assertEqual((row[0], row[5]), ("interrupted", "-"))
        self.recover(job, "revert")
        self.assertEqual((self.world.stamps(), self.world.listed(job)[0]), ([], "cancelled"))
        job = self.interrupted("prepare")
        self.recover(job, "finish")
        self.assertEqual((self.world.stamps(), self.world.listed(job)[0]), (all_stamps(8), "done"))

    def test_finishing_an_uncommitted_job_needs_the_same_plan(self):
        job = self.interrupted("prepare")
        with open(os.path.join(self.world.notes, "other"), "w"):
            pass
        status, output = self.world.run("recover", job, "finish")
        self.assertEqual(status, 0, output)  # taken; what comes of it is in the job
        self.world.wait_descendants()
        self.assertEqual(self.world.listed(job)[:2], ["failed", "stale"])
        self.assertEqual(self.world.stamps(), [])

    def test_recovery_that_is_killed_is_recovered(self):
        for first in ("finish", "revert"):
            for second, left in (("finish", all_stamps(30)), ("revert", [])):
                with self.subTest(first=first, second=second):
                    job = self.interrupted(15, 30, 10)
                    before = len(self.world.lines(job))
                    status, output = self.world.run("recover", job, first)
                    self.assertEqual(status, 0, output)
                    wait_for(lambda: len(self.world.lines(job)) > before + 3, "the recovery's steps")
                    self.world.kill_helper()
                    self.assertEqual(self.world.listed(job)[0], "interrupted")
                    self.recover(job, second)
                    self.assertEqual(self.world.stamps(), left)
                    self.follow(job)
                    self.recover_is_refused(job)
                    for name in self.world.stamps():
                        os.unlink(os.path.join(self.world.notes, name))

    def recover_is_refused(self, job):
        status, output = self.world.run("recover", job, "finish")
        self.assertEqual(status, 2, output)
        self.assertIn("nothing to recover", output)

    def test_killed_at_many_moments(self):
        """Whenever it is killed: revert leaves none, finish all of them."""
        committed = 0
        for moment in range(24):
            job = self.world.start(6, 1)
            time.sleep(moment * 0.0008)  # the moment is what is varied, not waited for
            for pid in self.world.helpers():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, 9)
            self.world.wait_descendants()
            row = self.world.listed(job)
            self.assertIn(row[0], ("interrupted", "done"))
            if row[5] == "-":
                self.assertEqual(self.world.stamps(), [])
            committed += row[5] != "-" and row[0] == "interrupted"
            if row[0] == "interrupted":
                self.recover(job, "finish" if moment % 2 else "revert")
                self.assertEqual(self.world.stamps(), all_stamps(6) if moment % 2 else [])
            self.assertIn(self.world.listed(job)[0], ("done", "cancelled"))
            for name in self.world.stamps():
                os.unlink(os.path.join(self.world.notes, name))
        self.assertGreater(committed, 0, "no kill came after the commit")

    def kill_at(self, call, nth, seen):
        """One run, killed at the nth such call; checks what is left, recovers. False: it was not reached."""
        before = len(self.world.listed())
        traced = subprocess.run([shutil.which("strace"), "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                                 f"inject={call}:signal=KILL:when={nth}", self.world.helper],
                                input=self.world.request(3), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        if b"not permitted" in traced.stdout:
            self.skipTest("strace may not trace here")
        self.world.wait_descendants()
        rows = self.world.listed()
        if len(rows) == before:
            self.assertEqual(self.world.stamps(), [], "a change without a job")
            self.assertNotIn(b'"job"', traced.stdout, "a job was promised")
            seen["no job"] += 1
            return True
        job = max(rows)
        state, committed = rows[job][0], rows[job][5] == "committed"
        self.assertIn(state, ("interrupted", "done"))
        if not committed:
            self.assertEqual(self.world.stamps(), [], "a change before the commit")
        if state == "interrupted":
            seen["committed" if committed else "uncommitted"] += 1
            way = "finish" if nth % 2 else "revert"
            self.recover(job, way)
            self.assertEqual(self.world.stamps(), all_stamps(3) if way == "finish" else [], way)
        else:
            self.assertEqual(self.world.stamps(), all_stamps(3))
        self.follow(job)
        for name in self.world.stamps():
            os.unlink(os.path.join(self.world.notes, name))
        return state == "interrupted"

    def test_killed_at_system_calls(self):
        """Killed at one system call after the other that changes or syncs a file, by the kernel's own hand."""
        if not shutil.which("strace"):
            self.skipTest("no strace here")
        seen = {"no job": 0, "uncommitted": 0, "committed": 0}
        for call in ("write", "pwrite64", "openat", "mkdirat", "renameat", "renameat2", "ftruncate", "fallocate",
                     "fsync", "fdatasync", "unlinkat", "fchmod", "close"):
            step = 1 if os.environ.get("REEVE_TEST_FULL") or call not in ("openat", "close") else 7
            missed = 0
            for nth in range(1, 1000, step):
                with self.subTest(call=call, nth=nth):
                    missed = 0 if self.kill_at(call, nth, seen) else missed + 1
                if missed > 1:
                    break
        print(f"killed at {sum(seen.values())} system calls: {seen}")
        self.assertTrue(all(seen.values()), seen)

    def test_an_interrupted_job_is_followed_to_its_end(self):
        job = self.world.start(40, 20)
        follower = subprocess.Popen(self.world.command("follow", job), env=self.world.env, text=True,
                                    stdout=subprocess.PIPE)
        wait_for(self.world.stamps, "the first stamp")
        self.world.kill_helper()
        output = follower.communicate(timeout=60)[0]
        self.assertEqual(follower.returncode, 17)
        self.assertIn("end interrupted - committed", output)

    def test_a_running_job_is_not_recovered(self):
        job = self.world.start(1000, 20)
        status, output = self.world.run("recover", job, "finish")
        self.assertEqual(status, 5, output)
        self.assertEqual(self.world.run("recover", 99, "finish")[0], 5)  # the lock comes first
        self.assertEqual(self.world.run("cancel", job)[0], 0)
        self.world.wait_state(job, "cancelled")
        self.assertEqual(self.world.run("recover", 99, "finish")[0], 3)

    def test_a_failing_job_after_its_commit_is_recovered(self):
        os.mkdir(os.path.join(self.world.notes, "stamp-3"))
        job = self.world.start(4, 0)
        self.assertEqual(self.follow(job)[2], ["interrupted", "incomplete", "committed"])
        os.rmdir(os.path.join(self.world.notes, "stamp-3"))
        self.recover(job, "finish")
        self.assertEqual(self.world.stamps(), all_stamps(4))


class Journals(Case):
    def ended(self):
        job = self.world.start(3, 0)
        self.world.wait_state(job, "done")
        return job, self.world.path(job, "events.jsonl")

    def test_every_torn_tail_is_ignored(self):
        job, path = self.ended()
        with open(path, "rb") as file:
            whole = file.read()
        lines = whole.splitlines(keepends=True)
        start = len(whole) - len(lines[-1])
        for cut in [start + 1, start + 20, start + len(lines[-1]) // 2, len(whole) - 2, len(whole) - 1]:
            with self.subTest(cut=cut - start):
                with open(path, "wb") as file:
                    file.write(whole[:cut])
                status, output = self.world.run("follow", job)
                self.assertEqual(status, 0, output)
                self.assertEqual(len(output.splitlines()), len(lines))  # one less, and the end
        with open(path, "wb") as file:
            file.write(whole + b"\0" * 4096)
        self.assertEqual(self.world.run("follow", job)[0], 0)

    def test_a_torn_tail_is_cut_off_by_recovery(self):
        job = self.world.start(20, 10)
        wait_for(self.world.stamps, "the first stamp")
        self.world.kill_helper()
        with open(self.world.path(job, "events.jsonl"), "ab") as file:
            file.write(b'{"v":1,"seq":99,"boo')
        self.assertEqual(self.world.run("recover", job, "finish")[0], 0)
        self.assertEqual(self.follow(job)[2], ["done", "ok", "committed"])
        self.assertEqual(self.world.stamps(), all_stamps(20))

    def test_inner_damage_is_named(self):
        job, path = self.ended()
        with open(path, "rb") as file:
            lines = file.read().splitlines(keepends=True)
        damages = {
            "bit": lines[1].replace(b"prepare", b"prepard"),
            "cut": lines[1][:20],
            "half": lines[1][:20] + b"\n",
            "garbage": b"\xff\xfe\0\n",
            "gap": b"",
            "no crc": lines[1].replace(b"crc", b"crd"),
        }
        for name, damage in damages.items():
            with self.subTest(damage=name):
                with open(path, "wb") as file:
                    file.writelines([lines[0], damage] + lines[2:])
                status, output = self.world.run("follow", job)
                self.assertEqual(status, 9, output)
                self.assertIn("error damaged events.jsonl: line 2 is damaged", output)
                if os.path.exists(self.world.path(job, "result.json")):  # an ended job is listed by its result alone
                    os.unlink(self.world.path(job, "result.json"))
                self.assertIn("damaged", self.world.listed(job))
                self.assertEqual(self.world.run("view", "jobs")[0], 0)

    def test_a_later_version_is_read(self):
        job, path = self.ended()
        with open(path, "rb") as file:
            lines = file.read().splitlines(keepends=True)
        body = (b'{"v":2,"seq":%d,"boot":"x","mono":1,"at":"2030-01-01T00:00:00Z","type":"novelty","colour":"red"'
                % (len(lines) + 1))
        with open(path, "ab") as file:
            file.write(body + b',"crc":"%08x"}\n' % zlib.crc32(body))
        status, output = self.world.run("follow", job)
        self.assertEqual(status, 0, output)
        self.assertEqual(output.splitlines()[-2].split()[:2], [str(len(lines) + 1), "log"])

    def test_a_damaged_request_is_listed_and_not_recovered(self):
        job = self.world.start(20, 10)
        wait_for(self.world.stamps, "the first stamp")
        self.world.kill_helper()
        for text in ("", "{", "[]", '{"reeve":1}', "\0" * 100):
            with open(self.world.path(job, "request.json"), "w") as file:
                file.write(text)
            self.assertIn("damaged", self.world.listed(job))
            self.assertEqual(self.world.run("recover", job, "revert")[0], 9)


if __name__ == "__main__":
    main()
