# SPDX-License-Identifier: LGPL-2.1-or-later
"""The size budget: lines a file and a function, comments, test lines a code line. The hard limits fail; the medians are
printed as a compass."""
import re
import subprocess
import sys
from statistics import median

FILE_HARD, FUNCTION_HARD, FUNCTION_SOFT = 1000, 100, 45


def listed(*where):
    out = subprocess.run(["git", "ls-files", *where], capture_output=True, text=True, check=True).stdout.split()
    return [f for f in out if f.endswith((".c", ".h"))]


def functions(path, lines):
    """(name, lines) of each function: in our layout its body opens and closes with a brace in the first column."""
    start = None
    for number, line in enumerate(lines):
        if line.rstrip() == "{" and number and lines[number - 1].rstrip().endswith(")"):
            start = number
        elif line.rstrip() == "}" and start is not None:
            name = re.search(r"(\w+)\(", " ".join(lines[max(0, start - 4):start]))
            yield (name.group(1) if name else "?", number - start - 1)
            start = None


def mutable_globals(path, lines):
    for line in lines:
        if re.match(r"^(static )?(?!const|_Static|extern|typedef|struct \w+;|enum|union)[a-z_][\w ]*[ *]\w+(\[[^\]]*\])*( = .*)?;", line):
            if "const" not in line and "(" not in line:
                yield line.strip()


def main():
    wrong, sizes, lengths = [], [], []
    code = comment = variables = 0
    for path in listed("core", "tui", "plugins"):
        lines = open(path, encoding="utf-8").read().split("\n")
        sizes.append(len(lines))
        if len(lines) > FILE_HARD:
            wrong.append(f"{path}: {len(lines)} lines, the limit is {FILE_HARD}")
        for name, n in functions(path, lines):
            lengths.append(n)
            if n > FUNCTION_HARD:
                wrong.append(f"{path}: {name} has {n} lines, the limit is {FUNCTION_HARD}")
        for line in mutable_globals(path, lines):
            variables += 1
            if not line.startswith("static"):
                wrong.append(f"{path}: a variable of the whole program: {line}")
        inside = False
        for line in lines:
            text = line.strip()
            if not text:
                continue
            code += 1
            if inside or text.startswith(("/*", "*", "//")):
                comment += 1
            inside = (inside or "/*" in text) and "*/" not in text.rsplit("/*", 1)[-1]
    tests = sum(len(open(f, encoding="utf-8", errors="replace").read().split("\n"))
                for f in subprocess.run(["git", "ls-files", "tests"], capture_output=True, text=True,
                                        check=True).stdout.split()
                if f.endswith((".c", ".h", ".py", ".sh", ".txt")) or "." not in f.rsplit("/", 1)[-1])
    lengths.sort()
    within = sum(n <= FUNCTION_SOFT for n in lengths) / max(1, len(lengths))
    print(f"files {len(sizes)}, median {median(sizes):.0f} lines; functions {len(lengths)}, median "
          f"{median(lengths):.0f}, {100 * within:.0f} % within {FUNCTION_SOFT}; comments {100 * comment / code:.0f} %; "
          f"variables at file scope {1000 * variables / code:.2f} per 1,000 lines; tests {tests / code:.2f} per line")
    if variables > code / 1000:
        wrong.append(f"{variables} mutable variables at file scope in {code} lines")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
