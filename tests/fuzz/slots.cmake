# SPDX-License-Identifier: LGPL-2.1-or-later
# What the slots plugin reads from disks: partition tables, an EFI system partition, the file systems of slots.
reeve_fuzz(gpt slots-disk)
reeve_fuzz(fat slots-disk)
# A back end is a module and can't be linked: its sources are compiled in.
file(GLOB FSREAD_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/distro/fsread/*.c)
pkg_check_modules(EXT2FS REQUIRED IMPORTED_TARGET ext2fs com_err)
pkg_check_modules(UNPACK REQUIRED IMPORTED_TARGET liblz4 liblzma libzstd zlib)
reeve_fuzz(fsread reeve-distro PkgConfig::EXT2FS PkgConfig::UNPACK)
target_sources(fuzz-fsread PRIVATE ${FSREAD_SOURCES})
