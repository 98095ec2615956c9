#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Seeds for fuzz_environment: a RECORD, a pyvenv.cfg and a METADATA as installers write them, and odd ones.
import os
import sys

EMPTY = b'sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'
FILES = [b'Rflask/__init__.py,' + EMPTY + b',0\nflask-3.dist-info/RECORD,,\n../../../bin/flask,' + EMPTY + b',17\r\n',
         b'R"a,""b"".py",' + EMPTY + b',"5"\n\n/etc/shadow,,\n../../../../x,,\na/../../b//./c,md5=x,3\n"open,,',
         b'Ra,sha512=AAAA,1\nb,,-1\nc,d,e,f\n',
         b'Phome = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\nexecutable = /usr/bin/python3\n',
         b'Phome=/a\rHOME=/b\nversion_info = 3.11.2.final.0\nvirtualenv = 20\n=\n',
         b'MMetadata-Version: 2.1\nName: Flask\nVersion: 3.0\nSummary: a\n b\nLicense-Expression: MIT\n\nName: no\n']

directory = sys.argv[1]
os.makedirs(directory, exist_ok=True)
for number, content in enumerate(FILES):
    with open(os.path.join(directory, f'{number:02}'), 'wb') as file:
        file.write(content)
