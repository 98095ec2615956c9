#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Seeds for fuzz_repomd: the index of a repository, whole and with what an attacker would write.
import os
import sys

HEAD = b'<?xml version="1.0" encoding="UTF-8"?><repomd xmlns="http://linux.duke.edu/metadata/repo">'
SUM = b'<checksum type="sha256">' + b'0a' * 32 + b'</checksum>'
FILE = (b'<data type="primary">' + SUM + b'<open-checksum type="sha512">' + b'0b' * 64 + b'</open-checksum>'
        b'<location href="repodata/primary.xml.gz"/><timestamp>1.5</timestamp><size>3</size><open-size>4</open-size></data>')
TEXTS = [HEAD + b'<revision>7</revision>' + FILE + FILE.replace(b'primary', b'filelists') + b'</repomd>',
         HEAD + FILE.replace(b'repodata/', b'../') + b'</repomd>', HEAD + FILE.replace(b'<location', b'<location xml:base="x"'),
         b'<!DOCTYPE a [<!ENTITY b "c">]><repomd>&b;</repomd>', HEAD + b'<a><b><c/></b></a></repomd>', b'<repomd/>', b'']

directory = sys.argv[1]
os.makedirs(directory, exist_ok=True)
for number, text in enumerate(TEXTS):
    with open(os.path.join(directory, f'{number:02}'), 'wb') as file:
        file.write(text)
