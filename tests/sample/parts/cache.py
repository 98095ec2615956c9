# SPDX-License-Identifier: LGPL-2.1-or-later
# What is built already: a part is whole when its stamp holds the hash of all that it was made from.
# The stamp is taken away first and written last, so a killed build never looks finished.
import hashlib
import os
import shutil
from pathlib import Path


def digest(*inputs):
    """The hash over files, directories (all files below) and strings, in this order."""
    total = hashlib.sha256()
    for item in inputs:
        if isinstance(item, str):
            total.update(item.encode())
            continue
        files = sorted(p for p in item.rglob('*') if p.is_file()) if item.is_dir() else [item]
        for path in files:
            if path.suffix != '.pyc':
                total.update(path.name.encode() + b'\0' + path.read_bytes() + b'\0')
    return total.hexdigest()


def write(path, text):
    """The old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + '.new')
    aside.write_text(text)
    os.replace(aside, path)


class Stamp:
    def __init__(self, out, part, wanted):
        self.file = Path(out) / '.stamps' / part
        self.wanted = wanted

    def fresh(self):
        return self.file.is_file() and self.file.read_text() == self.wanted

    def drop(self):
        self.file.unlink(missing_ok=True)

    def set(self):
        write(self.file, self.wanted)


def remove(tree):
    """A root has directories that not even their owner may write."""
    for folder, _, _ in os.walk(tree):
        os.chmod(folder, 0o700)
    shutil.rmtree(tree, ignore_errors=True)


def publish(made, place):
    """Moves what was built aside to its place; whatever lay there goes."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir() and not place.is_symlink():
        old = place.with_name(f'.{place.name}.old')
        remove(old)
        place.rename(old)
        made.rename(place)
        remove(old)
    else:
        os.replace(made, place)
