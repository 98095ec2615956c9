#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Seeds for fuzz_conf: files as people write them, and what is wrong in them.
import os
import sys

TEXTS = [b'# looks\n[looks]\ncolor = never\nascii=yes\n\n[sandboxes]\ndirectories = /opt, /data/envs\nhomes = no\n',
         b'[a]\r\nkey = value\r\n', b'key = value\n[a\n[]\n[ b ]\n= x\nk =\nK = v\nword\n', b'[a]\nk = \x00x\n\x00\n\x1b[31m\n',
         b'[a]\nk = \xff\xc3\xa4 = [b] # c\n[b]', b'[' * 100 + b']' * 100, b'\n\n \t\n#', b'']

directory = sys.argv[1]
os.makedirs(directory, exist_ok=True)
for number, text in enumerate(TEXTS):
    with open(os.path.join(directory, f'{number:02}'), 'wb') as file:
        file.write(text)
