# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which room may include which: reads the includes of every source and fails on a forbidden arrow, a cycle between
rooms, curses outside its room, or a chain of includes deeper than six."""
import re
import subprocess
import sys

# Room (longest prefix wins) -> rooms it may include. The SDK stands below everything.
ALLOWED = {
    "core/include": {"core/include"},
    "core/base": {"core/base", "core/include"},
    "core/model": {"core/model", "core/base", "core/include"},
    "core/run": {"core/run", "core/model", "core/base", "core/include"},
    "core/helper": {"core/helper", "core/run", "core/model", "core/base", "core/include"},
    "core/distro": {"core/distro", "core/base", "core/include"},
    "tui/present": {"tui/present", "core/run", "core/model", "core/base", "core/include"},
    "tui/batch": {"tui/batch", "tui/present", "core/run", "core/model", "core/base", "core/include"},
    "tui/line": {"tui/line", "tui/present", "core/run", "core/model", "core/base", "core/include"},
    "tui/curses": {"tui/curses", "tui/present", "core/run", "core/model", "core/base", "core/distro", "core/include"},
    "tui/complete": {"tui/complete", "tui/present", "core/run", "core/model", "core/base", "core/include"},
    "tui/man": {"tui/man", "tui/present", "core/run", "core/model", "core/base", "core/include"},
    "tui": {"tui", "tui/present", "tui/batch", "tui/line", "tui/curses", "tui/complete", "tui/man", "core/run",
            "core/model", "core/base", "core/distro", "core/include"},
    "plugins/packages": {"plugins/packages", "core/distro", "core/include"},
    "plugins/signatures": {"plugins/signatures", "core/distro", "core/include"},
    "plugins/slots": {"plugins/slots", "core/distro", "core/include"},
    "plugins/sandboxes": {"plugins/sandboxes", "core/distro", "core/include"},
}
# What plugins of ours may use beyond the SDK, because they are built with the core: buffers, errors, files, JSON.
PLUGIN_BASE = re.compile(r"^core/base/(buf|err|file|utf8|evr|time|hash|arena|spawn|json|message|fold|glob)\.h$")
DEPTH = 6


def files():
    listed = subprocess.run(["git", "ls-files", "core", "tui", "plugins"], capture_output=True, text=True, check=True)
    return [f for f in listed.stdout.split() if f.endswith((".c", ".h"))]


def room(path):
    best = max((r for r in ALLOWED if path == r or path.startswith(r + "/")), key=len, default=None)
    return best


def includes(path, known):
    found = []
    for line in open(path, encoding="utf-8"):
        match = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
        if not match:
            continue
        name = match.group(2)
        for candidate in (name, "core/include/" + name, path.rsplit("/", 1)[0] + "/" + name):
            if candidate in known:
                found.append(candidate)
                break
        else:
            if re.match(r"^(n?curses(w)?|ncursesw?/.*|term|panel|menu)\.h$", name):
                found.append("<curses>")
    return found


def depth(path, graph, seen=()):
    if path in seen:
        raise SystemExit("arrows: headers include each other: " + " -> ".join(seen + (path,)))
    if path.startswith("core/include/"):
        return 1  # the SDK is read as one
    return 1 + max((depth(p, graph, seen + (path,)) for p in graph.get(path, ()) if p != "<curses>"), default=0)


def main():
    known = set(files())
    graph = {f: includes(f, known) for f in known}
    wrong = []
    rooms = {}
    for source, targets in graph.items():
        here = room(source)
        if here is None:
            wrong.append(f"{source}: lies in no room")
            continue
        for target in targets:
            if target == "<curses>":
                if here != "tui/curses":
                    wrong.append(f"{source}: includes curses outside tui/curses")
                continue
            there = room(target)
            allowed = there in ALLOWED[here] or (here.startswith("plugins/") and PLUGIN_BASE.match(target))
            if not allowed:
                wrong.append(f"{source}: includes {target}, but {here} may not use {there}")
            elif there != here:
                rooms.setdefault(here, set()).add(there)
        if depth(source, graph) > DEPTH + 1:
            wrong.append(f"{source}: its includes are deeper than {DEPTH}")

    def cycle(at, path):
        if at in path:
            wrong.append("a cycle of rooms: " + " -> ".join(path + [at]))
            return
        for nxt in rooms.get(at, ()):
            cycle(nxt, path + [at])

    for start in rooms:
        cycle(start, [])
    for line in sorted(set(wrong)):
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
