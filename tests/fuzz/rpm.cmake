# SPDX-License-Identifier: LGPL-2.1-or-later
# What is read from a package database: headers, keys and signatures.
reeve_fuzz(rpmheader reeve-rpm)
reeve_fuzz(pgp reeve-rpm)
reeve_fuzz(rpmdb reeve-rpm)
