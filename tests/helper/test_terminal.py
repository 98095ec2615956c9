#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# A job belongs to nobody's terminal: real terminals are closed, front ends killed, and the job goes on.
import contextlib
import fcntl
import select
import signal
import termios
import time

from harness import *


class Terminal:
    """A driver as the session leader of a pseudo-terminal of its own."""

    def __init__(self, world, *words):
        self.master, slave = os.openpty()
        command = world.command(*words)
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(slave, fd)
            os.closerange(3, 64)
            os.execve(command[0], command, world.env)
        os.close(slave)
        self.output = b""

    def read_line(self):
        while b"\n" not in self.output:
            ready, _, _ = select.select([self.master], [], [], 30)
            assert ready, "nothing came from the terminal"
            self.output += os.read(self.master, 4096)
        return self.output.decode()

    def hang_up(self):
        """What sshd does when the line drops; the session gets SIGHUP."""
        with contextlib.suppress(OSError):
            while select.select([self.master], [], [], 0)[0]:
                self.output += os.read(self.master, 4096)
        os.close(self.master)
        return os.waitpid(self.pid, 0)[1]


class Hangups(Case):
    def check_jobs(self):
        self.world.wait_descendants()
        rows = self.world.listed()
        self.assertEqual({row[0] for row in rows.values()} - {"done"}, set(), rows)
        return rows

    def test_closed_at_once_after_the_start(self):
        started = []
        for _ in range(25):
            terminal = Terminal(self.world, "run", 3, 1)
            line = terminal.read_line()
            terminal.hang_up()
            self.assertTrue(line.startswith("job "), line)
            started.append(int(line.split()[1]))
            self.world.wait_descendants()
        self.assertEqual(sorted(self.check_jobs()), started)

    def test_closed_at_many_moments(self):
        """Before the start nothing happens, after it everything; nothing in between."""
        outcomes = {True: 0, False: 0}
        for moment in range(75):
            before = len(self.world.listed())
            terminal = Terminal(self.world, "run", 2, 0)
            time.sleep(moment * 0.0004)  # the moment is what is varied, not waited for
            terminal.hang_up()
            self.world.wait_descendants()
            after = len(self.world.listed())
            self.assertIn(after - before, (0, 1))
            if b"job " in terminal.output:
                self.assertEqual(after - before, 1, terminal.output)
            outcomes[after > before] += 1
        rows = self.check_jobs()
        self.assertEqual(len(rows), outcomes[True])
        self.assertGreater(outcomes[True], 0, "no start was early enough")
        print(f"closed at 75 moments: {outcomes[True]} jobs taken and done, {outcomes[False]} never begun, 0 lost")

    def test_the_starter_is_killed(self):
        for moment in range(20):
            starter = subprocess.Popen(self.world.command("run", 2, 0), env=self.world.env, stdout=subprocess.DEVNULL)
            time.sleep(moment * 0.001)
            starter.send_signal(signal.SIGKILL)
            starter.wait()
            self.world.wait_descendants()
        self.check_jobs()

    def test_the_follower_is_killed_and_another_attaches(self):
        job = self.world.start(30, 10)
        follower = subprocess.Popen(self.world.command("follow", job), env=self.world.env, text=True,
                                    stdout=subprocess.PIPE)
        seen = [follower.stdout.readline() for _ in range(2)]
        follower.kill()
        follower.communicate()
        status, output = self.world.run("follow", job)
        self.assertEqual(status, 0)
        self.assertEqual(output.splitlines(keepends=True)[:2], seen)
        self.assertEqual(self.follow(job)[2], ["done", "ok", "committed"])

    def test_a_whole_process_group_is_killed(self):
        starter = subprocess.Popen(self.world.command("run", 30, 10), env=self.world.env, text=True,
                                   stdout=subprocess.PIPE, start_new_session=True)
        job = int(starter.stdout.readline().split()[1])
        with contextlib.suppress(ProcessLookupError):
            os.killpg(starter.pid, signal.SIGKILL)
        starter.communicate()
        helper = wait_for(self.world.helpers, "the helper")[0]
        self.assertNotEqual(os.getsid(helper), starter.pid)
        with open(f"/proc/{helper}/stat") as file:
            self.assertEqual(file.read().rsplit(")", 1)[1].split()[4], "0", "it has a terminal")
        self.assertEqual(self.follow(job)[2], ["done", "ok", "committed"])


if __name__ == "__main__":
    main()
