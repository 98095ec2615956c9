# SPDX-License-Identifier: LGPL-2.1-or-later
"""A copy of the built program and its parts: any user can reach it, wherever the build tree lies, and as a build tree of
its own it has a cache of its own, also for root. So tests leave nothing in the host's."""
import shutil
from pathlib import Path


def copy_program(program, to, plugins=None):
    """Copies the program with its libraries, back ends and the named plugins (all without names) below `to`; returns the
    copy of the program. LD_LIBRARY_PATH must be to/lib."""
    build, to = Path(program).resolve().parent.parent, Path(to)
    to.chmod(0o755)
    (to / 'CMakeCache.txt').touch()
    for directory in ('bin', 'lib/reeve/plugins'):
        (to / directory).mkdir(parents=True)
    libraries = list((build / 'lib').glob('libreeve.so.*')) + list((build / 'lib/reeve').glob('*.so'))
    libraries += [library for library in (build / 'lib/reeve/plugins').glob('*.so')
                  if plugins is None or library.stem in plugins]
    for library in libraries:
        shutil.copy(library, to / library.relative_to(build))
    return Path(shutil.copy(program, to / 'bin' / Path(program).name))
