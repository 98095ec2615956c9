/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* EROFS: inodes, directories and uncompressed data. No library for it is packaged everywhere, and what one file needs
 * is little. Source: the kernel's description of the on-disk format (Documentation/filesystems/erofs.rst). */
#include "core/distro/fsread/erofs.h"

#include <stdlib.h>
#include <string.h>

enum { SUPER_AT = 1024, SUPER = 128, SLOT = 32, ENTRY = 12, DIRECTORY_MAX = 16 << 20, PIECE = 65536 };
enum { INCOMPAT_KNOWN = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x20 | 0x40, CHUNK_INDEXES = 0x20, HOLE = -1 };

static const uint32_t magic = 0xe0f5e1e2;

static bool probe(const struct rv_reader *fs)
{
        uint8_t bytes[4];

        return rv_read(fs, SUPER_AT, bytes, sizeof bytes, NULL) == 0 && rv_le32(bytes) == magic;
}

int erofs_damaged(const struct erofs *erofs, struct rv_err *err)
{
        return fsread_damaged(erofs->reader, fsread_erofs.name, err);
}

int erofs_unsupported(const struct erofs *erofs, const char *feature, struct rv_err *err)
{
        return rv_fail(err, RV_UNSUPPORTED, N_("%1: its erofs uses a feature that can't be read here: %2"), NULL,
                       erofs->reader->name, feature, NULL);
}

static int load(const struct erofs *erofs, uint64_t nid, struct erofs_inode *ret, struct rv_err *err)
{
        uint8_t bytes[64];
        uint64_t at;

        if (__builtin_mul_overflow(nid, (uint64_t)SLOT, &at) || __builtin_add_overflow(at, erofs->meta_at, &at))
                return erofs_damaged(erofs, err);
        int r = rv_read(erofs->reader, at, bytes, SLOT, err);
        bool extended = !r && bytes[0] & 1;
        if (extended)
                r = rv_read(erofs->reader, at, bytes, sizeof bytes, err);
        if (r)
                return r;
        unsigned xattrs = rv_le16(bytes + 2);
        *ret = (struct erofs_inode){
                .nid = nid,
                .mode = rv_le16(bytes + 4),
                .layout = rv_le16(bytes) >> 1 & 7,
                .size = extended ? rv_le64(bytes + 8) : rv_le32(bytes + 8),
                .word = rv_le32(bytes + 16),
                /* Extended attributes: a header of 12 bytes and 4 bytes each, counted together. */
                .end = at + (extended ? 64 : 32) + (xattrs ? 12 + (uint64_t)(xattrs - 1) * 4 : 0),
        };
        return 0;
}

/* Data in fixed-size chunks, each at a block of its own. */
static int read_chunks(const struct erofs *erofs, const struct erofs_inode *inode, uint64_t offset, char *buf, size_t n,
                       struct rv_err *err)
{
        unsigned chunk_bits = erofs->block_bits + (inode->word & 0x1f);
        unsigned unit = inode->word & CHUNK_INDEXES ? 8 : 4;
        uint64_t map = (inode->end + unit - 1) / unit * unit;

        if (chunk_bits > 40)
                return erofs_damaged(erofs, err);
        while (n) {
                uint64_t in = offset & ((UINT64_C(1) << chunk_bits) - 1);
                uint64_t left = (UINT64_C(1) << chunk_bits) - in;
                size_t part = n < left ? n : (size_t)left;
                uint8_t entry[8];
                int r = rv_read(erofs->reader, map + (offset >> chunk_bits) * unit, entry, unit, err);
                if (r)
                        return r;
                uint32_t block = rv_le32(entry + (unit == 8 ? 4 : 0));
                if (unit == 8 && rv_le16(entry + 2))
                        return erofs_unsupported(erofs, "other devices", err);
                if (block == (uint32_t)HOLE)
                        memset(buf, 0, part);
                else
                        r = rv_read(erofs->reader, ((uint64_t)block << erofs->block_bits) + in, buf, part, err);
                if (r)
                        return r;
                buf += part;
                offset += part;
                n -= part;
        }
        return 0;
}

/* Whole blocks from one place on; with the inline layout the last, cut one follows the inode. */
static int read_flat(const struct erofs *erofs, const struct erofs_inode *inode, uint64_t offset, char *buf, size_t n,
                     struct rv_err *err)
{
        uint64_t block = UINT64_C(1) << erofs->block_bits;
        uint64_t whole = inode->layout == EROFS_FLAT_INLINE ? (inode->size - 1) / block * block : inode->size;
        size_t part = offset >= whole ? 0 : n < whole - offset ? n : (size_t)(whole - offset);

        int r = part ? rv_read(erofs->reader, ((uint64_t)inode->word << erofs->block_bits) + offset, buf, part, err)
                     : 0;
        if (!r && n > part)
                r = rv_read(erofs->reader, inode->end + (offset + part - whole), buf + part, n - part, err);
        return r;
}

static bool compressed(const struct erofs_inode *inode)
{
        return inode->layout == EROFS_COMPRESSED_FULL || inode->layout == EROFS_COMPRESSED_COMPACT;
}

/* n bytes at offset, both inside the file. */
static int read_inode(const struct erofs *erofs, const struct erofs_inode *inode, uint64_t offset, char *buf, size_t n,
                      struct rv_err *err)
{
        switch (inode->layout) {
        case EROFS_FLAT_PLAIN:
        case EROFS_FLAT_INLINE:
                return read_flat(erofs, inode, offset, buf, n, err);
        case EROFS_CHUNKS:
                return read_chunks(erofs, inode, offset, buf, n, err);
        default:
                return erofs_unsupported(erofs, "data layout", err);
        }
}

static void to_node(const struct erofs_inode *inode, struct node *ret)
{
        *ret = (struct node){ .id = inode->nid, .size = inode->size, .kind = fsread_kind(inode->mode) };
}

static int erofs_open(const struct rv_reader *fs, void **ret_state, struct node *ret_root, struct rv_err *err)
{
        uint8_t super[SUPER];
        struct erofs_inode root;
        struct erofs *erofs = calloc(1, sizeof *erofs);

        if (!erofs)
                return rv_fail_memory(err);
        erofs->reader = fs;
        int r = rv_read(fs, SUPER_AT, super, sizeof super, err);
        if (!r) {
                erofs->block_bits = super[12];
                erofs->incompatible = rv_le32(super + 80);
                if (erofs->block_bits < 9 || erofs->block_bits > 16)
                        r = erofs_damaged(erofs, err);
                else if (erofs->incompatible & ~(uint32_t)INCOMPAT_KNOWN)
                        r = erofs_unsupported(erofs, "newer format", err);
        }
        if (!r) {
                erofs->meta_at = (uint64_t)rv_le32(super + 40) << erofs->block_bits;
                r = load(erofs, rv_le16(super + 14), &root, err);
        }
        if (r) {
                free(erofs);
                return r;
        }
        to_node(&root, ret_root);
        *ret_state = erofs;
        return 0;
}

/* Goes through one block of a directory: entries of 12 bytes, then their names, which end where the next starts.
 * *ret_stop becomes true when the visitor has had enough. */
static int each_in_block(const struct erofs *erofs, const uint8_t *block, size_t size, fsread_visit *visit, void *user,
                         bool *ret_stop, struct rv_err *err)
{
        size_t first = size >= ENTRY ? rv_le16(block + 8) : 0;

        if (first < ENTRY || first > size)
                return erofs_damaged(erofs, err);
        for (size_t i = 0; i < first / ENTRY && !*ret_stop; i++) {
                const uint8_t *entry = block + i * ENTRY;
                size_t start = rv_le16(entry + 8);
                size_t end = i + 1 < first / ENTRY ? rv_le16(entry + ENTRY + 8) : size;
                if (start < first || end > size || start > end)
                        return erofs_damaged(erofs, err);
                *ret_stop = visit(user, (const char *)block + start, strnlen((const char *)block + start, end - start),
                                  rv_le64(entry));
        }
        return 0;
}

static int erofs_each(void *state, const struct node *directory, fsread_visit *visit, void *user, struct rv_err *err)
{
        const struct erofs *erofs = state;
        struct erofs_inode inode;
        size_t block = (size_t)1 << erofs->block_bits;
        bool stop = false;

        int r = load(erofs, directory->id, &inode, err);
        if (r)
                return r;
        if (inode.size > DIRECTORY_MAX)
                return erofs_damaged(erofs, err);
        uint8_t *bytes = malloc(block);
        if (!bytes)
                return rv_fail_memory(err);
        for (uint64_t at = 0; !r && !stop && at < inode.size; at += block) {
                size_t n = inode.size - at < block ? (size_t)(inode.size - at) : block;
                r = read_inode(erofs, &inode, at, (char *)bytes, n, err);
                if (!r)
                        r = each_in_block(erofs, bytes, n, visit, user, &stop, err);
        }
        free(bytes);
        return r;
}

static int erofs_load(void *state, uint64_t id, struct node *ret, struct rv_err *err)
{
        struct erofs_inode inode;

        int r = load(state, id, &inode, err);
        if (!r)
                to_node(&inode, ret);
        return r;
}

static int read_pieces(const struct erofs *erofs, const struct erofs_inode *inode, fsread_put *put, void *user,
                       struct rv_err *err)
{
        char *piece = malloc(PIECE);
        int r = piece ? 0 : rv_fail_memory(err);

        for (uint64_t at = 0; !r && at < inode->size; at += PIECE) {
                size_t n = inode->size - at < PIECE ? (size_t)(inode->size - at) : PIECE;
                r = read_inode(erofs, inode, at, piece, n, err);
                if (!r)
                        r = put(user, piece, n, err);
        }
        free(piece);
        return r;
}

static int erofs_read(void *state, const struct node *node, fsread_put *put, void *user, struct rv_err *err)
{
        const struct erofs *erofs = state;
        struct erofs_inode inode;

        int r = load(erofs, node->id, &inode, err);
        if (r)
                return r;
        /* The room was made for what the walk saw; whoever can write the image may have changed it since. */
        if (inode.size != node->size)
                return erofs_damaged(erofs, err);
        return compressed(&inode) ? erofs_decompress(erofs, &inode, put, user, err)
                                  : read_pieces(erofs, &inode, put, user, err);
}

static void erofs_close(void *state)
{
        free(state);
}

const struct driver fsread_erofs = {
        .name = "erofs",
        .probe = probe,
        .open = erofs_open,
        .each = erofs_each,
        .load = erofs_load,
        .read = erofs_read,
        .close = erofs_close,
};
