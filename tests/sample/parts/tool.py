# SPDX-License-Identifier: LGPL-2.1-or-later
# Running the real tools hermetically: their own HOME, GNUPGHOME, macros and time, and nothing of the
# caller's. A tool that fails ends the build with its name and the last lines that it said.
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

# Every date in the sample is fixed, so that two builds show the same and golden files can hold it.
EPOCH = 1762732800  # 2025-11-10T00:00:00Z


class Failed(Exception):
    """The build can't go on; the text names the tool or the thing that is missing."""


def need(*programs):
    missing = [p for p in programs if shutil.which(p, path=search_path()) is None]
    if missing:
        raise Failed(f"missing programs: {' '.join(missing)}; `./dev deps` lists what to install")


def search_path():
    return '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'


class Tools:
    """Runs programs for one build. `work` is a directory that is removed after it."""

    def __init__(self, work):
        self.work = Path(work)
        self.home = self.work / 'home'
        self.home.mkdir(parents=True, exist_ok=True)
        self.env = {
            'PATH': search_path(), 'HOME': str(self.home), 'LANG': 'C.UTF-8', 'TZ': 'UTC',
            'SOURCE_DATE_EPOCH': str(EPOCH), 'TMPDIR': str(self.work), 'OMP_WAIT_POLICY': 'passive',
        }

    def run(self, *command, stdin=None, ok=(0,), env=None):
        """Standard output as bytes; standard error is kept for the message of a failure."""
        words = [str(word) for word in command]
        done = subprocess.run(words, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={**self.env, **(env or {})}, cwd=self.work, check=False)
        if done.returncode not in ok:
            said = (done.stdout + done.stderr).decode('utf-8', 'replace')[-1500:]
            raise Failed(f'{words[0]} ended with {done.returncode}: {" ".join(words)[:300]}\n{said}')
        return done.stdout


class Gpg:
    """A private GnuPG home. Its agent's socket needs a short path, so it lies in /tmp until it is closed."""

    def __init__(self, tools):
        self.tools = tools
        self.home = Path(tempfile.mkdtemp(prefix='rv-gpg.', dir='/tmp'))
        self.env = {'GNUPGHOME': str(self.home)}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(['gpgconf', '--kill', 'all'], env={**self.tools.env, **self.env}, check=False)
        shutil.rmtree(self.home, ignore_errors=True)

    def run(self, *words, at=None, stdin=None):
        clock = ['--faked-system-time', f'{at}!'] if at else []
        return self.tools.run('gpg', '--batch', '-q', '--yes', *clock, *words, env=self.env, stdin=stdin)
