# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints a screen of reeve as text, so that a golden file can show it beside the other front ends.

screen.py COLUMNSxROWS MARKER WORDS...: opens reeve with the words on a vt100 of that size, waits until a line matches
MARKER and the last line is painted, prints all lines, and leaves by the key."""
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "screen"))
from session import Session  # noqa: E402

size, marker, words = sys.argv[1], sys.argv[2], sys.argv[3:]
columns, rows = (int(n) for n in size.split("x"))
env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
env["TERM"] = "vt100"
with Session([shutil.which("reeve"), *words], env, columns, rows, cwd=os.getcwd(), drop=False) as session:
    session.wait(marker)
    session.wait(r"q quit|\? help")
    text = session.terminal.text()
    session.keys("Q")
    session.waitpid()
lines = [line.rstrip() for line in text.split("\n")]
print(re.sub(r"^ \S+ +(?=\[?1 Overview)", " HOST  ", "\n".join(lines).rstrip("\n")))
