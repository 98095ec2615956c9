# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program on a pseudo-terminal: started with a size and a name, written to, read until a marker or its end. Every
wait has a limit and none sleeps."""
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

LIMIT = 30


class Terminal:
    def __init__(self, argv, term="xterm", columns=80, rows=24, env=None, directory=None):
        self.output = b""
        self.status = None
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            if directory:
                os.chdir(directory)
            child = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8", "HOME": directory or "/"}
            child.update(env or {})
            if term is not None:
                child["TERM"] = term
            os.execve(argv[0], argv, child)

    def _read(self, deadline):
        """Reads once; False at the end of output."""
        ready, _, _ = select.select([self.master], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError("waited in vain; so far: %r" % self.output[-2000:])
        try:
            piece = os.read(self.master, 65536)
        except OSError:
            return False
        self.output += piece
        return bool(piece)

    def wait_for(self, marker, after=0):
        """Reads until marker stands in the output behind position `after`; returns where it ends."""
        deadline = time.monotonic() + LIMIT
        while marker not in self.output[after:]:
            if not self._read(deadline):
                raise AssertionError("ended before %r: %r" % (marker, self.output[-2000:]))
        return self.output.index(marker, after) + len(marker)

    def send(self, text):
        os.write(self.master, text)

    def wait_end(self):
        """Reads to the end; returns the exit status, negative for a signal."""
        deadline = time.monotonic() + LIMIT
        while self._read(deadline):
            pass
        return self.reap()

    def reap(self):
        if self.status is None:
            deadline = time.monotonic() + LIMIT
            while True:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    break
                if time.monotonic() > deadline:
                    os.kill(self.pid, signal.SIGKILL)
                    raise TimeoutError("did not end")
                select.select([], [], [], 0.01)
            self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def hang_up(self):
        os.close(self.master)
        self.master = -1

    def close(self):
        if self.master >= 0:
            os.close(self.master)
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
