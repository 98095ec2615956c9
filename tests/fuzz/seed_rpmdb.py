#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Seeds for fuzz_rpmdb: small databases of both kinds, with rows, without, and with holes.
import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
tests = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(tests), str(tests / 'bad')]

import ndb  # noqa: E402
import rpmdbs  # noqa: E402

directory = Path(sys.argv[1])
os.makedirs(directory, exist_ok=True)
headers = [('calm', rpmdbs.package('calm')), ('other', rpmdbs.package('other', files=()))]
for name, rows in (('none', []), ('two', headers)):
    with tempfile.TemporaryDirectory(prefix='reeve-seed.') as folder:
        path = rpmdbs.write(Path(folder), rows)
        shutil.copy(path, directory / f'sqlite-{name}')
        shutil.copy(ndb.convert(path), directory / f'ndb-{name}')
with tempfile.TemporaryDirectory(prefix='reeve-seed.') as folder:
    path = Path(folder) / 'Packages.db'
    with ndb.Database(path) as db:
        for _ in range(3):
            for _, header in headers:
                db.put(header)
        db.delete(2)
        db.delete(3)
    shutil.copy(path, directory / 'ndb-holes')
