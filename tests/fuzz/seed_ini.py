#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Seeds for fuzz_ini: repository files as they are shipped, and what may go wrong in them.
import os
import sys

TEXTS = [b'[main]\ngpgcheck=1\nexclude=a*\n  b\n\tc\n', b'# x\n; y\n[azl-base]\nname=Azure Linux $releasever\nbaseurl=\n',
         b'[a]\r\nb=c\r\n d\r\n', b'a=b\n[\n[]\n[ b ] c\n=x\ny\n z\n', b'[a]\nb=\x00c\n d\n\x1b\n', b' [a]\n  b=c', b'\n\n', b'']

directory = sys.argv[1]
os.makedirs(directory, exist_ok=True)
for number, text in enumerate(TEXTS):
    with open(os.path.join(directory, f'{number:02}'), 'wb') as file:
        file.write(text)
