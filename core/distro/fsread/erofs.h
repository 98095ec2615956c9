/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two halves of the EROFS reader share. Ownership: plain values; the reader is borrowed. */
#ifndef REEVE_FSREAD_EROFS_H
#define REEVE_FSREAD_EROFS_H

#include "core/distro/fsread/driver.h"

/* The layouts of a file's data, as bits 1 to 3 of its inode's format say. */
enum {
        EROFS_FLAT_PLAIN = 0,
        EROFS_COMPRESSED_FULL = 1,
        EROFS_FLAT_INLINE = 2,
        EROFS_COMPRESSED_COMPACT = 3,
        EROFS_CHUNKS = 4
};

struct erofs {
        const struct rv_reader *reader;
        uint64_t meta_at;
        uint32_t incompatible; /* feature bits; 1: compressed data is padded in front */
        unsigned block_bits;
};

struct erofs_inode {
        uint64_t nid, size;
        uint64_t end;  /* where inode and extended attributes end: indexes and inline data follow */
        uint32_t word; /* block address or chunk format */
        unsigned mode, layout;
};

/* Puts the whole of a compressed file, extent by extent. */
int erofs_decompress(const struct erofs *erofs, const struct erofs_inode *inode, fsread_put *put, void *user,
                     struct rv_err *err) RV_CHECK;
int erofs_damaged(const struct erofs *erofs, struct rv_err *err) RV_CHECK;
int erofs_unsupported(const struct erofs *erofs, const char *feature, struct rv_err *err) RV_CHECK;

#endif
