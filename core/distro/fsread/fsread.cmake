# SPDX-License-Identifier: LGPL-2.1-or-later
# File systems without a mount: libext2fs, and the compressors of squashfs and erofs.
pkg_check_modules(EXT2FS REQUIRED IMPORTED_TARGET ext2fs com_err)
pkg_check_modules(UNPACK REQUIRED IMPORTED_TARGET liblz4 liblzma libzstd zlib)
reeve_backend(fsread reeve-distro PkgConfig::EXT2FS PkgConfig::UNPACK)
