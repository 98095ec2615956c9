#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Starting, following and cancelling jobs; the lock; the identity of plans.
import json

from harness import *


class Jobs(Case):
    def test_a_job_runs_and_is_followed(self):
        job = self.world.start(5, 0)
        self.assertEqual(job, 1)
        status, events, end = self.follow(job)
        self.assertEqual((status, end), (0, ["done", "ok", "committed"]))
        steps = [event[2] for event in events if event[1] == "step"]
        self.assertEqual(steps, ["prepare"] + all_stamps(5))
        self.assertEqual(events[-1][1], "done")
        self.assertEqual(self.world.stamps(), all_stamps(5))
        self.assertEqual(self.world.listed(1)[:5], ["done", "ok", "notes/stamp", "stamp-5", "5/5"])
        self.assertEqual(self.world.start(2, 0), 2)

    def test_a_second_process_attaches_and_sees_all(self):
        job = self.world.start(20, 20)
        followers = [subprocess.Popen(self.world.command("follow", job), env=self.world.env, text=True,
                                      stdout=subprocess.PIPE) for _ in range(2)]
        outputs = [follower.communicate(timeout=60)[0] for follower in followers]
        self.assertEqual(outputs[0], outputs[1])
        _, _, end = self.follow(job)
        self.assertEqual(end, ["done", "ok", "committed"])
        self.assertEqual(self.world.run("follow", job)[1], outputs[0])
        self.assertEqual(len(outputs[0].splitlines()), len(self.world.lines(job)) + 1)

    def test_what_is_on_disk(self):
        job = self.world.start(2, 0)
        self.world.wait_state(job, "done")
        for directory in (self.world.state, self.world.jobs, self.world.path(job)):
            self.assertEqual(os.stat(directory).st_mode & 0o777, 0o700, directory)
        for name in ("lock", "request.json", "events.jsonl", "commit", "result.json"):
            self.assertEqual(os.stat(self.world.path(job, name)).st_mode & 0o777, 0o600, name)
        with open(self.world.path(job, "request.json")) as file:
            request = json.load(file)
        self.assertEqual(request["requests"], [{"action": "stamp", "args": {"count": ["2"], "delay": ["0"]},
                                                "options": {}}])
        self.assertEqual([step["id"] for step in request["steps"]], all_stamps(2))
        for number, line in enumerate(self.world.lines(job), 1):
            event = json.loads(line)
            self.assertEqual((event["v"], event["seq"]), (1, number))
            self.assertLessEqual({"boot", "mono", "at", "type", "crc"}, set(event))
        with open("/proc/sys/kernel/random/boot_id") as file:
            self.assertEqual(event["boot"], file.read().strip())
        with open(self.world.path(job, "result.json")) as file:
            self.assertEqual(json.load(file)["state"], "done")

    def test_cancel_before_the_commit_changes_nothing(self):
        job = self.world.start(1000, 20)
        status, output = self.world.run("cancel", job)
        self.assertEqual(status, 0, output)
        status, _, end = self.follow(job)
        self.assertEqual((status, end), (11, ["cancelled", "cancelled", "-"]))
        self.assertEqual(self.world.stamps(), [])

    def test_cancel_after_the_commit_is_refused(self):
        job = self.world.start(60, 20)
        wait_for(self.world.stamps, "the first stamp")
        status, output = self.world.run("cancel", job)
        self.assertEqual(status, 8, output)
        self.assertIn("point of no return", output)
        self.assertEqual(self.follow(job)[2], ["done", "ok", "committed"])
        self.assertEqual(self.world.stamps(), all_stamps(60))

    def test_sigterm_before_the_commit_cancels(self):
        job = self.world.start(1000, 20)
        for pid in self.world.helpers():
            os.kill(pid, 15)
        self.assertEqual(self.follow(job)[2], ["cancelled", "cancelled", "-"])
        self.assertEqual(self.world.stamps(), [])

    def test_sigterm_and_sighup_after_the_commit_do_not_stop_it(self):
        job = self.world.start(40, 10)
        wait_for(self.world.stamps, "the first stamp")
        for pid in self.world.helpers():
            for signal in (15, 1, 2):
                os.kill(pid, signal)
        self.assertEqual(self.follow(job)[2], ["done", "ok", "committed"])

    def test_cancelling_an_ended_job_says_so(self):
        job = self.world.start(1, 0)
        self.world.wait_state(job, "done")
        self.assertEqual(self.world.run("cancel", job)[0], 3)
        self.assertEqual(self.world.run("cancel", 77)[0], 3)

    def test_the_lock_names_its_holder(self):
        job = self.world.start(1000, 20)
        status, output = self.world.run("run", 1, 0)
        self.assertEqual(status, 5, output)
        self.assertIn(f"job {job} of reeve-helper (process {self.world.helpers()[0]})", output)
        self.assertEqual(self.world.run("cancel", job)[0], 0)
        self.world.wait_state(job, "cancelled")
        self.assertEqual(self.world.start(1, 0), job + 1)

    def test_waiting_for_the_lock(self):
        first = self.world.start(20, 10)
        # The first writes stamps; planning under the lock sees another directory: the second is stale, not lost.
        status, output = self.world.run("run", 1, 0, 30)
        self.assertEqual(status, 13, output)
        self.assertEqual(self.world.listed(first)[0], "done")

    def test_two_starters_race(self):
        started, locked = [], 0
        for _ in range(5):
            racers = [subprocess.Popen(self.world.command("run", 3, 5), env=self.world.env, text=True,
                                       stdout=subprocess.PIPE) for _ in range(4)]
            for racer in racers:
                output = racer.communicate(timeout=60)[0]
                self.assertIn(racer.returncode, (0, 5, 13), output)
                if racer.returncode == 0:
                    started.append(int(output.split()[1]))
                locked += racer.returncode == 5
            self.world.wait_descendants()
        self.assertEqual(sorted(started), sorted(self.world.listed()))
        self.assertEqual(len(set(started)), len(started))
        self.assertGreater(locked, 0)
        self.assertEqual({row[0] for row in self.world.listed().values()}, {"done"})

    def test_a_stale_plan_is_refused(self):
        env = dict(self.world.env, DRIVER_PAUSE="1")
        driver = subprocess.Popen(self.world.command("run", 3, 0), env=env, text=True, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        self.assertEqual(driver.stdout.readline(), "planned\n")
        with open(os.path.join(self.world.notes, "other"), "w"):
            pass
        output = driver.communicate("\n", timeout=60)[0]
        self.assertEqual(driver.returncode, 13, output)
        self.assertIn("no longer fits", output)
        self.assertEqual((self.world.stamps(), self.world.listed()), ([], {}))

    def test_identity(self):
        first = self.world.run("plan", 3)[1]
        self.assertEqual(first.split()[1], "3")
        self.assertEqual(len(first.split()[0]), 64)
        self.assertEqual(self.world.run("plan", 3)[1], first)
        self.assertNotEqual(self.world.run("plan", 3, 5)[1], first)
        self.assertNotEqual(self.world.run("plan", 4)[1], first)
        other = World()
        self.addCleanup(other.close)
        self.assertNotEqual(other.run("plan", 3)[1], first)

    def test_the_view(self):
        job = self.world.start(2, 0)
        self.world.wait_state(job, "done")
        plan, user = self.world.listed_plan(job), self.world.run("view", "jobs")[1].split("|")[9]
        self.assertEqual(self.world.run("view", "jobs")[1], f"1|n|notes|stamp|{plan}|done|stamp-2|n|n|{user}|ok|-\n")
        self.assertEqual(self.world.run("view", "findings")[1], "")
        self.assertEqual(self.world.run("view", "changes")[1],
                         f"reeve/1|n|reeve|notes stamp|-|-|{user}|done|1|-|-|-\n")

    def test_a_cut_job_is_a_finding(self):
        job = self.world.start(20, 10)
        wait_for(lambda: len(self.world.stamps()) > 3, "four stamps")
        self.world.kill_helper()
        rows = self.world.run("view", "findings")[1].splitlines()
        self.assertEqual(len(rows), 1)
        self.assertRegex(rows[0], r"^reeve/1\|critical\|reeve\|job 1 \(notes stamp\) was cut off at step \d+ of 20"
                                  r"\|finish it or undo it: reeve jobs recover 1\|reeve/jobs\|1\|n\|-$")
        self.assertIn("|interrupted|", self.world.run("view", "changes")[1])
        self.assertEqual(self.world.run("recover", job, "finish")[0], 0)
        self.world.wait_state(job, "done")
        self.assertEqual(self.world.run("view", "findings")[1], "")

    def test_no_jobs_yet(self):
        self.assertEqual(self.world.run("view", "jobs"), (0, ""))
        self.assertEqual(self.world.run("list")[0], 3)
        self.assertFalse(os.path.exists(self.world.state))


if __name__ == "__main__":
    main()
