# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program on a pseudo-terminal of its own: keys in, cells out, and every wait is for a condition with a time limit."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

import vt

NOBODY = 65534
LIMIT = 20.0
KEYS = {'up': b'\x1b[A', 'down': b'\x1b[B', 'right': b'\x1b[C', 'left': b'\x1b[D', 'home': b'\x1b[1~',
        'end': b'\x1b[4~', 'pgup': b'\x1b[5~', 'pgdn': b'\x1b[6~', 'enter': b'\r', 'tab': b'\t', 'btab': b'\x1b[Z',
        'esc': b'\x1b', 'space': b' ', 'bs': b'\x7f', 'del': b'\x1b[3~'}


def key(word):
    if word in KEYS:
        return KEYS[word]
    if len(word) == 2 and word[0] == '^':
        return bytes([ord(word[1].upper()) & 31])
    return word.encode()


class Gone(Exception):
    pass


class Session:
    """argv runs in env; as nobody when we are root, which is what most readers of a system are."""

    def __init__(self, argv, env, columns=80, rows=24, cwd='/', drop=True):
        self.terminal = vt.Terminal(columns, rows)
        self.raw = bytearray()
        self.status = None
        self.master, slave = pty.openpty()
        self.set_size(columns, rows)
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.pid = os.fork()
        if self.pid == 0:
            self.child(argv, env, slave, cwd, drop)
        os.set_blocking(self.master, False)

    def child(self, argv, env, slave, cwd, drop):
        try:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for fd in range(3):
                os.dup2(slave, fd)
            os.closerange(3, 64)
            os.chdir(cwd)
            if drop and os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            os.execve(argv[0], argv, env)
        finally:
            os._exit(127)

    def set_size(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

    def resize(self, columns, rows):
        self.terminal.resize(columns, rows)
        self.set_size(columns, rows)

    def read(self, timeout):
        """Takes what was sent; False when nothing came in time."""
        if not select.select([self.master], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            data = b''
        if not data:
            raise Gone('the program closed its terminal:\n' + self.terminal.text())
        self.raw += data
        self.terminal.feed(data)
        return True

    def until(self, condition, what):
        """Reads until condition() holds."""
        end = time.monotonic() + LIMIT
        while not condition():
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError('%s did not come within %d s; the screen is:\n%s' %
                                     (what, LIMIT, self.terminal.text()))
            self.read(min(left, 0.2))

    def wait(self, pattern):
        regex = re.compile(pattern, re.M)
        self.until(lambda: regex.search(self.terminal.text()), repr(pattern))

    def gone(self, pattern):
        regex = re.compile(pattern, re.M)
        self.until(lambda: not regex.search(self.terminal.text()), 'the end of %r' % pattern)

    def keys(self, *words):
        os.write(self.master, b''.join(key(word) for word in words))

    def type(self, text):
        os.write(self.master, text.encode())

    def kill(self, number):
        os.kill(self.pid, number)

    def waitpid(self, options=0):
        """The program's end (or stop), whatever it still sends."""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG | options)
            if pid:
                if not os.WIFSTOPPED(status):
                    self.status = status
                return status
            try:
                self.read(0.02)
            except Gone:
                os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        raise AssertionError('the program did not end; the screen is:\n' + self.terminal.text())

    def drain(self):
        try:
            while self.read(0):
                pass
        except Gone:
            pass

    def modes(self):
        return termios.tcgetattr(self.slave)

    def restored(self):
        """What the program left different, as a list of words."""
        self.drain()
        left = []
        if self.modes()[:4] != self.before[:4]:
            left.append('termios')
        for mode, name in ((('?', 1049), 'alternate screen'), (('?', 1), 'cursor keys'), (('?', 25), None)):
            if name and mode in self.terminal.modes:
                left.append(name)
        if self.terminal.style != vt.PLAIN:
            left.append('style')
        return left

    def close(self):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
        for fd in (self.master, self.slave):
            try:
                os.close(fd)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
