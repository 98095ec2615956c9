#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Seeds for fuzz_filter: expressions that use each part of the language.
import os
import sys

TEXTS = ['', 'word', 'name ~ ssl and size > 10M and not reason = user', 'installed_at < 7d', 'expires_at <= 30d',
         'version >= 3.0', 'name = python3*', 'name = "python3*"', 'severity in (critical, important, null)',
         'cves = CVE-2026-1', '(a or b) and not (c)', 'x = null', 'held = true', 'installed_at = 2026-11-23',
         'age > 90m', 'count != -5', "text ~ 'two words'", 'severity >= low or severity = *o*', 'cves in (a, b*)',
         'not not not ((name=[a-z]?x))', 'size in (1.5G, 512KiB, 0)']

directory = sys.argv[1]
os.makedirs(directory, exist_ok=True)
for number, text in enumerate(TEXTS):
    with open(os.path.join(directory, f'{number:02}'), 'w', encoding='utf-8') as file:
        file.write(text)
