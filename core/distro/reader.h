/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A run of bytes that is read at offsets: a disk, a partition of it, a file of a FAT file system. Parsers of disk
 * structures take a reader, so each can be nested in another and none opens, seeks or writes.
 * Ownership: a reader is a value; it borrows what it reads from (`of`, or the descriptor), which must outlive it. */
#ifndef REEVE_DISTRO_READER_H
#define REEVE_DISTRO_READER_H

#include <reeve/err.h>

struct rv_reader {
        /* Fills buf with n bytes from offset, all inside [0, size): rv_read checks that before. */
        int (*read)(const struct rv_reader *reader, uint64_t offset, void *buf, size_t n, struct rv_err *err);
        const void *of;
        int fd;
        uint64_t base, size; /* bytes; base is where it starts inside `of` or fd */
        const char *name;    /* what errors call it; borrowed */
};

/* An open file or block device of `size` bytes. */
struct rv_reader rv_reader_fd(int fd, uint64_t size, const char *name);
/* Bytes in memory. */
struct rv_reader rv_reader_memory(const void *bytes, size_t size, const char *name);
/* The part [base, base + size) of another reader, cut to what that one has. */
struct rv_reader rv_reader_part(const struct rv_reader *whole, uint64_t base, uint64_t size, const char *name);

/* Reads exactly n bytes. RV_DAMAGED: it ends before; RV_FAILED: an I/O error, with its reason. */
int rv_read(const struct rv_reader *reader, uint64_t offset, void *buf, size_t n, struct rv_err *err) RV_CHECK;

/* Little-endian numbers, as GPT, FAT, PE, EROFS and squashfs hold them. */
static inline uint16_t rv_le16(const void *p)
{
        const uint8_t *b = p;
        return (uint16_t)(b[0] | b[1] << 8);
}
static inline uint32_t rv_le32(const void *p)
{
        return (uint32_t)rv_le16(p) | (uint32_t)rv_le16((const uint8_t *)p + 2) << 16;
}
static inline uint64_t rv_le64(const void *p)
{
        return (uint64_t)rv_le32(p) | (uint64_t)rv_le32((const uint8_t *)p + 4) << 32;
}

/* Big-endian ones, as rpm's headers, sqlite and XFS hold them. */
static inline uint16_t rv_be16(const void *p)
{
        const uint8_t *b = p;
        return (uint16_t)(b[0] << 8 | b[1]);
}
static inline uint32_t rv_be32(const void *p)
{
        return (uint32_t)rv_be16(p) << 16 | rv_be16((const uint8_t *)p + 2);
}
static inline uint64_t rv_be64(const void *p)
{
        return (uint64_t)rv_be32(p) << 32 | rv_be32((const uint8_t *)p + 4);
}

#endif
