#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Seeds for fuzz_utf8: texts that terminals, versions and dates care about.
import os
import sys

TEXTS = [b'plain text', 'größer 中文 é e\u0301 😀'.encode(), b'\x1b[31mred\x1b]0;title\x07', 'a\u202eb\u2066c\u200d'.encode(),
         b'\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80', b'tab\tnew\nline\r\n', b'\xc2\x9b31m', b'1.0~rc1^git2-3.azl4',
         b'2:3.3.2-1.azl4', b'2026-11-23T17:34:25+01:00', b'7d', b'a*b?[a-z]xaab', b'"quote\\"', b'\x00\x7f']

directory = sys.argv[1]
os.makedirs(directory, exist_ok=True)
for number, text in enumerate(TEXTS):
    with open(os.path.join(directory, f'{number:02}'), 'wb') as file:
        file.write(text)
