#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Seeds for fuzz_pgp: a certificate with a signing subkey, a detached signature (made by gpg for "Reeve Test"), armour.
import base64
import os
import sys

CERTIFICATE = bytes.fromhex(
    '9833045e0be10016092b06010401da470f0101074013ea469443838d516ffddbed05552f75b3f234e05fd37b02789ac1bac91b90f1b4'
    '1d52656576652054657374203c74657374406578616d706c652e6f72673e889004131608003816210485779c1aba2b7ba6aa20b0e90c'
    '9c3518d136fdcb05025e0be100021b03050b0908070206150a09080b020416020301021e01021780000a09100c9c3518d136fdcb7c8f'
    '00ff5db8ecbf855b23a2024e6dd206a3dd285bf37d682e8ba7abd6f467544af855d000fd1dbdaa75ec22bf880eaaa7b59c711b9be956'
    'f8ff73513151a1dc3877977e750bb833045e0e840016092b06010401da470f0101074008a40dfad4b16d2207811ce5ced7e208ac4c4d'
    '4f36373ed448fa4035de69717b88f504181608002616210485779c1aba2b7ba6aa20b0e90c9c3518d136fdcb05025e0e8400021b0205'
    '0901e13380008109100c9c3518d136fdcb762004191608001d162104ea03d72be8ba305a300918c04bd064ee690304cd05025e0e8400'
    '000a09104bd064ee690304cdac7a00fd1baad3de27c30d98793969e884a556e91a2811f4b4a55bfc3f3b54d7401b39db00ff4ce3aca3'
    '7c78750a988464c08bb7c622f1eb8bccf02e2fcf68bad663d1a2b60a34f60100c302faf135199eeebf2087bcd2d00536233e9c06c4cf'
    '0ca7f356255161f5a88000fd1d93d8df1c757ecc838e4fe895af1c02e94dd1e88c7f50db081f71e91efa0e0c')
SIGNATURE = bytes.fromhex(
    '887504001608001d162104ea03d72be8ba305a300918c04bd064ee690304cd05025e5afb00000a09104bd064ee690304cdf7ca0100f6'
    '7f53e03e133fc1b42c17d2810c03e920ebc72b16cbdf8a038d04cce0eaf49e00ff5e1c27c35ae49e7fa5279cd253534e77b669c1b7d3'
    '6ba35115eea5962210f704')
ARMOUR = (b'-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: 1\n\n' + base64.encodebytes(CERTIFICATE) +
          b'=AAAA\n-----END PGP PUBLIC KEY BLOCK-----\n')

if __name__ == '__main__':
    directory = sys.argv[1]
    os.makedirs(directory, exist_ok=True)
    for name, seed in (('certificate', CERTIFICATE), ('signature', SIGNATURE), ('armour', ARMOUR)):
        with open(os.path.join(directory, name), 'wb') as file:
            file.write(seed)
