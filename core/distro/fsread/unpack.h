/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The compressors of squashfs: one block of bytes into another. Ownership: everything is borrowed. */
#ifndef REEVE_FSREAD_UNPACK_H
#define REEVE_FSREAD_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As the superblock numbers them; 2 (lzma alone) and 3 (lzo) are of old images only. */
enum { UNPACK_GZIP = 1, UNPACK_XZ = 4, UNPACK_LZ4 = 5, UNPACK_ZSTD = 6 };

bool unpack_known(unsigned compressor);
/* Unpacks in[0..n) into at most room bytes; returns how many, SIZE_MAX for damage. */
size_t unpack(unsigned compressor, const uint8_t *in, size_t n, uint8_t *out, size_t room);

#endif
