# SPDX-License-Identifier: LGPL-2.1-or-later
# A real pty around the program: everything that it writes to the terminal is kept, byte by byte.
import contextlib
import errno
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time

LIMIT = 30.0


class Terminal:
    def __init__(self, command, env, rows=24, columns=80):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        self.seen = b''
        self.child = subprocess.Popen(command, env=env, stdin=slave, stdout=slave, stderr=slave, close_fds=True,
                                      start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)

    def read(self, condition):
        """Reads until the condition holds for what was seen; the end of output ends it too. True when it held."""
        end = time.monotonic() + LIMIT
        while not condition(self.seen):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.master], [], [], left)[0]:
                raise AssertionError(f'waited in vain; seen: {self.seen[-3000:]!r}')
            try:
                piece = os.read(self.master, 65536)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                return condition(self.seen)
            if not piece:
                return condition(self.seen)
            self.seen += piece
        return True

    def read_for_a_while(self):
        """Takes what comes until nothing has for a moment, so that the program is not held up writing."""
        while select.select([self.master], [], [], 0.2)[0]:
            try:
                self.seen += os.read(self.master, 65536)
            except OSError:
                return

    def wait_for(self, text):
        assert self.read(lambda seen: text in seen), (text, self.seen[-3000:])

    def send(self, text):
        os.write(self.master, text)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

    def end(self):
        """All output until the program has ended, and its status."""
        self.read(lambda seen: False)
        status = self.child.wait(LIMIT)
        os.close(self.master)
        return status

    def stop(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        with contextlib.suppress(OSError):
            os.close(self.master)
