# SPDX-License-Identifier: LGPL-2.1-or-later
"""Faults by the number: a command runs again and again, and each time another one of its system calls or allocations
fails, or it is killed there. After each run a check says whether what must hold still holds.

    runs = sweep_syscalls(command, check, calls=['write', 'fsync'], errors=['ENOSPC', 'EIO'], kill=True)
    runs = sweep_alloc(command, check, ours='/libreeve')

`prepare()` makes the state that each run starts from; `check(fault)` raises AssertionError when something is wrong, and
`fault` says what was done and what came of it. The sweep itself fails for an exit status that is not allowed, for a
command that differs from run to run, and where no fault could be placed at all. Needs strace or, for allocations, the
library failalloc.so, which the build makes."""
import dataclasses
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

# What a program of ours may end with after a fault: the documented statuses, and never 70, a bug, or a signal.
DOCUMENTED = frozenset(range(20))
FULL = os.environ.get('REEVE_TEST_FULL', '') not in ('', '0')
SKIPPED = 77
TRIES = 4
SHOWN = 10  # wrongs that are told in full
CALL = re.compile(r'^(?:\d+ +)?(\w+)\(')


class Impossible(Exception):
    """This machine cannot place such faults; the text says why."""


@dataclasses.dataclass
class Fault:
    what: str    # the system call, or 'alloc'
    how: str     # the error's name, 'SIGKILL', or 'NULL'
    number: int  # which one of them, from 1
    call: str = ''      # as strace shows it, or the library that asked for memory
    status: int = None  # exit status of the command, -N for a signal
    out: bytes = b''
    err: bytes = b''

    def __str__(self):
        return f'{self.what}:{self.how}:{self.number} {self.call}'.strip()


def spread(points, limit):
    """At most `limit` of the points, evenly spread with the first and the last; all of them in a full run."""
    if FULL or not limit or len(points) <= limit:
        return points
    return [points[i * (len(points) - 1) // (limit - 1)] for i in range(limit)]


def run(command, env, timeout):
    return subprocess.run([str(word) for word in command], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=timeout, check=False)


def tail(done):
    """The end of what a command said."""
    return done.stderr.decode(errors='replace').strip()[-600:]


class Judge:
    """Collects what was wrong, so that one sweep shows it all."""

    def __init__(self, allowed, check):
        self.allowed, self.check, self.placed, self.wrong = allowed, check, [], []

    def look(self, fault, done):
        self.placed.append(fault)
        fault.status, fault.out, fault.err = done.returncode, done.stdout, done.stderr
        killed = fault.how == 'SIGKILL' and fault.status in (-9, 137)
        try:
            if not killed and fault.status not in self.allowed:
                raise AssertionError(f'ended with {fault.status}: {tail(done)}')
            self.check(fault)
        except AssertionError as wrong:
            self.wrong.append(f'{fault}: status {fault.status}: {wrong}')

    def verdict(self):
        if self.wrong:
            more = f'\n... and {len(self.wrong) - SHOWN} more' if len(self.wrong) > SHOWN else ''
            raise AssertionError(f'{len(self.wrong)} of {len(self.placed)} faults are not stood:\n' +
                                 '\n'.join(self.wrong[:SHOWN]) + more)
        return self.placed


class Strace:
    """Runs the command under strace, with at most one fault."""

    def __init__(self, temp, command, env, timeout):
        self.command, self.timeout = command, timeout
        # A leak checker cannot run beside another tracer; what a sanitizer finds must not look like a plain failure.
        self.env = dict(env, ASAN_OPTIONS='detect_leaks=0:exitcode=99', UBSAN_OPTIONS='exitcode=99')
        self.log = Path(temp) / 'calls'

    def run(self, call, how=None, number=0):
        inject = []
        if how == 'SIGKILL':
            inject = ['-e', f'inject={call}:signal=SIGKILL:when={number}']
        elif how:
            inject = ['-e', f'inject={call}:error={how}:when={number}']
        # -y: descriptors with their paths, so that `only` can tell files apart.
        return run(['strace', '-f', '-qq', '-y', '-o', self.log, '-e', f'trace={call}', '-e', 'signal=none'] + inject +
                   ['--'] + list(self.command), self.env, self.timeout)

    def calls(self):
        """The calls of the first process in order; an unfinished one counts where it began."""
        lines = self.log.read_text(errors='replace').splitlines()
        first = lines[0].split()[0] if lines else ''
        return [line for line in lines if line.split()[0] == first and CALL.match(line) and 'resumed>' not in line]

    def injected(self):
        return '(INJECTED)' in self.log.read_text(errors='replace')


def need_strace():
    if not shutil.which('strace'):
        raise Impossible('strace is not installed')
    done = run(['strace', '-qq', '-o', '/dev/null', '-e', 'inject=getppid:error=EIO:when=1', 'true'], None, 60)
    if done.returncode:
        reason = done.stderr.decode(errors='replace').strip().splitlines()
        raise Impossible(f'strace cannot trace here (ptrace is not permitted?): {reason[-1] if reason else "no reason"}')


def sweep_syscalls(command, check, calls, errors=(), kill=False, prepare=lambda: None, allowed=DOCUMENTED, only='',
                   points=0, env=None, timeout=60):
    """Fails the nth of each of `calls` with each of `errors`, and kills at it with `kill`. only: a regular expression on
    the line that strace shows for a call, its descriptors as paths. points: how many of one call to try in a run that
    is not full. Returns the faults placed. Calls of the first thread only; kill happens before the call is made."""
    need_strace()
    judge = Judge(allowed, check)
    with tempfile.TemporaryDirectory(prefix='reeve-fault-') as temp:
        strace = Strace(temp, command, dict(env or os.environ), timeout)
        for call in calls:
            prepare()
            done = strace.run(call)
            if done.returncode not in allowed:
                raise AssertionError(f'without a fault it ends with {done.returncode}: {tail(done)}')
            lines = strace.calls()
            numbers = [i + 1 for i, line in enumerate(lines) if re.search(only, line)]
            for how in list(errors) + ['SIGKILL'] * kill:
                for number in spread(numbers, points):
                    fault = Fault(call, how, number, lines[number - 1])
                    # A sanitizer reads its memory map in pieces whose number varies: the last call may be one nearer.
                    for _ in range(TRIES):
                        prepare()
                        done = strace.run(call, how, number)
                        if how == 'SIGKILL' or strace.injected():
                            break
                    else:
                        raise AssertionError(f'{fault}: was not reached: the command differs from run to run')
                    judge.look(fault, done)
    if not judge.placed:
        raise AssertionError(f'no call was found among {", ".join(calls)} that matches {only!r}')
    return judge.verdict()


def alloc_library():
    """failalloc.so of the build; REEVE_FAULT_LIBRARY names it."""
    path = os.environ.get('REEVE_FAULT_LIBRARY', '')
    if not os.path.exists(path):
        raise Impossible('REEVE_FAULT_LIBRARY names no library: this build has none (a sanitizer brings its own malloc)')
    return path


def sweep_alloc(command, check=lambda fault: None, prepare=lambda: None, allowed=DOCUMENTED, ours='', points=0, env=None,
                timeout=60):
    """Fails the nth allocation. ours: counts only those that a program or library with this in its path asks for (a
    regular expression is not meant): foreign libraries end the process at will. Returns the faults placed."""
    with tempfile.TemporaryDirectory(prefix='reeve-fault-') as temp:
        mark = Path(temp) / 'mark'
        env = dict(env or os.environ, LD_PRELOAD=alloc_library(), REEVE_FAULT_MARK=str(mark), REEVE_FAULT_OURS=ours)
        prepare()
        done = run(command, dict(env, REEVE_FAULT_ALLOC='0'), timeout)
        if done.returncode not in allowed or not mark.exists():
            raise AssertionError(f'without a fault it ends with {done.returncode}: {tail(done)}')
        count = int(mark.read_text())
        judge = Judge(allowed, check)
        for number in spread(list(range(1, count + 1)), points):
            mark.unlink(missing_ok=True)
            prepare()
            done = run(command, dict(env, REEVE_FAULT_ALLOC=str(number)), timeout)
            if not mark.exists():
                continue  # two runs need not allocate alike: threads, hash seeds
            fault = Fault('alloc', 'NULL', number, mark.read_text().strip())
            judge.look(fault, done)
        if not judge.placed:
            raise AssertionError('no allocation failed')
        return judge.verdict()
