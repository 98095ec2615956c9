# SPDX-License-Identifier: LGPL-2.1-or-later
# What is read from repositories and from the files that describe them.
reeve_fuzz(ini reeve-distro)
reeve_fuzz(repomd reeve-rpmmd)
