# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the commands of a golden file and compares what they put out.

run.py TREE FILE [--update]. In the file a line "$ COMMAND" is run by sh, "  | " lines below it are standard output, "  ! "
lines standard error, "  = N" the exit status when it is not 0; all other lines are remarks. Moments, host names and
the test's own directory are replaced by words. --update rewrites the file: look at the difference before it is kept."""
import difflib
import os
import re
import socket
import subprocess
import sys
import tempfile

TIMEOUT = 60


def clean(text, directory):
    text = text.replace(directory, "DIR").replace('"host":"%s"' % socket.gethostname(), '"host":"HOST"')
    text = re.sub(r'"generated":"[^"]*"', '"generated":"NOW"', text)
    text = re.sub(r"\b[0-9a-f]{64}\b", "PLAN", text)
    return re.sub(r'"at":"[^"]*"', '"at":"NOW"', text)


def as_lines(sign, text):
    """One line each; what a pager must not see is shown as an escape, a missing last newline as a backslash."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    elif text:
        lines[-1] += "\\"
    return ["  %s %s" % (sign, re.sub(r"[\x00-\x1f\x7f]", lambda m: "\\x%02x" % ord(m.group()), line)) for line in lines]


def run(command, directory, tree):
    tests = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    env = {"PATH": tree + "/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": directory, "TZ": "UTC", "LC_ALL": "C.UTF-8",
           "TESTS": tests, "SAMPLE": os.path.join(os.path.dirname(tests), "build", "sample"),
           "XDG_CACHE_HOME": directory + "/cache", "TERM": "xterm", "COLUMNS": "80",
           "MKDISK": os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sample", "mkdisk"),
           "SCREEN": "%s %s" % (sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "screen.py"))}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    done = subprocess.run(["/bin/sh", "-c", command], cwd=directory, env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=TIMEOUT, check=False)
    out = clean(done.stdout.decode("utf-8", "backslashreplace"), directory)
    err = clean(done.stderr.decode("utf-8", "backslashreplace"), directory)
    lines = as_lines("|", out) + as_lines("!", err)
    if done.returncode:
        lines.append("  = %d" % done.returncode)
    return lines


def main():
    tree, path = os.path.abspath(sys.argv[1]), sys.argv[2]
    with open(path, encoding="utf-8") as file:
        wanted = file.read().split("\n")
    got = []
    with tempfile.TemporaryDirectory(prefix="reeve-golden.") as directory:
        directory = os.path.realpath(directory)
        for line in wanted:
            if line.startswith(("  | ", "  ! ", "  = ")) or line in ("  |", "  !"):
                continue
            got.append(line)
            if line.startswith("$ "):
                got.extend(found.rstrip(" ") for found in run(line[2:], directory, tree))
    if "--update" in sys.argv:
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(got))
        return 0
    difference = list(difflib.unified_diff(wanted, got, "expected", "got", lineterm=""))
    print("\n".join(difference))
    return 1 if difference else 0


sys.exit(main())
