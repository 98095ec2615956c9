/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* squashfs 4.0: inodes, directories, blocks and fragments. Its library (squashfs-tools-ng) is missing in too many
 * RPM-based distributions. Source: the kernel's Documentation/filesystems/squashfs.rst. */
#include <stdlib.h>
#include <string.h>

#include "core/distro/fsread/driver.h"
#include "core/distro/fsread/unpack.h"

enum { SUPER = 96, META = 8192, BLOCK_MIN = 4096, BLOCK_MAX = 1 << 20, DIRECTORY_MAX = 16 << 20 };
enum { INODE = 16, INODE_MAX = 56, DIR = 1, FILE_ = 2, LINK = 3, LONG = 7 /* added to a type: its long form */ };
enum { STORED = 1 << 15, BLOCK_STORED = 1 << 24, NO_FRAGMENT = -1, FRAGMENT = 16 };

struct squashfs {
        const struct rv_reader *reader;
        uint64_t root, inodes, directories, fragments;
        uint32_t block_size, n_fragments;
        unsigned compressor;
        uint8_t *packed; /* room for one packed block */
};

/* Metadata is a chain of blocks of up to 8 KiB; a cursor reads through it. */
struct cursor {
        uint64_t next; /* where the block after the one held starts */
        size_t at, size;
        uint8_t data[META];
};

struct inode {
        unsigned type; /* DIR, FILE_, LINK; 0 for others */
        uint64_t size, start;
        uint32_t fragment, offset;
        struct cursor rest; /* behind the fixed part: block sizes, or a link's target */
};

static bool probe(const struct rv_reader *fs)
{
        char magic[4];

        return rv_read(fs, 0, magic, sizeof magic, NULL) == 0 && memcmp(magic, "hsqs", 4) == 0;
}

static int damaged(const struct squashfs *squashfs, struct rv_err *err)
{
        return fsread_damaged(squashfs->reader, fsread_squashfs.name, err);
}

/* Reads a block of n bytes in the image, packed or stored, into at most room bytes. */
static int read_block(const struct squashfs *squashfs, uint64_t at, size_t n, bool stored, uint8_t *out, size_t room,
                      size_t *ret_size, struct rv_err *err)
{
        if (!n || n > (stored ? room : squashfs->block_size > META ? squashfs->block_size : META))
                return damaged(squashfs, err);
        int r = rv_read(squashfs->reader, at, stored ? out : squashfs->packed, n, err);
        if (r)
                return r;
        *ret_size = stored ? n : unpack(squashfs->compressor, squashfs->packed, n, out, room);
        return *ret_size > room ? damaged(squashfs, err) : 0;
}

static int load_meta(const struct squashfs *squashfs, struct cursor *cursor, struct rv_err *err)
{
        uint8_t header[2];

        int r = rv_read(squashfs->reader, cursor->next, header, sizeof header, err);
        if (r)
                return r;
        size_t n = rv_le16(header) & (STORED - 1);
        r = read_block(squashfs, cursor->next + 2, n, rv_le16(header) & STORED, cursor->data, META, &cursor->size, err);
        cursor->next += 2 + n;
        cursor->at = 0;
        return r;
}

static int seek(const struct squashfs *squashfs, uint64_t block, size_t offset, struct cursor *ret, struct rv_err *err)
{
        ret->next = block;
        int r = load_meta(squashfs, ret, err);
        if (!r && offset > ret->size)
                return damaged(squashfs, err);
        ret->at = offset;
        return r;
}

static int take(const struct squashfs *squashfs, struct cursor *cursor, void *buf, size_t n, struct rv_err *err)
{
        uint8_t *out = buf;

        while (n) {
                if (cursor->at == cursor->size) {
                        int r = load_meta(squashfs, cursor, err);
                        if (r)
                                return r;
                        if (!cursor->size)
                                return damaged(squashfs, err);
                }
                size_t part = cursor->size - cursor->at < n ? cursor->size - cursor->at : n;
                memcpy(out, cursor->data + cursor->at, part);
                cursor->at += part;
                out += part;
                n -= part;
        }
        return 0;
}

/* Fixed fields behind the common ones, by type and form. */
static void parse(const uint8_t *b, unsigned type, struct inode *ret)
{
        switch (type) {
        case DIR:
                ret->start = rv_le32(b);
                ret->size = rv_le16(b + 8);
                ret->offset = rv_le16(b + 10);
                break;
        case DIR + LONG:
                ret->size = rv_le32(b + 4);
                ret->start = rv_le32(b + 8);
                ret->offset = rv_le16(b + 18);
                break;
        case FILE_:
                ret->start = rv_le32(b);
                ret->fragment = rv_le32(b + 4);
                ret->offset = rv_le32(b + 8);
                ret->size = rv_le32(b + 12);
                break;
        case FILE_ + LONG:
                ret->start = rv_le64(b);
                ret->size = rv_le64(b + 8);
                ret->fragment = rv_le32(b + 28);
                ret->offset = rv_le32(b + 32);
                break;
        case LINK:
        case LINK + LONG:
                ret->size = rv_le32(b + 4);
                break;
        default:
                ret->type = 0;
        }
}

/* A reference is the metadata block's place in the inode table, and the offset in it. */
static int load(const struct squashfs *squashfs, uint64_t reference, struct inode *ret, struct rv_err *err)
{
        static const size_t fixed[] = { 0, 16, 16, 8, 0, 0, 0, 0, 24, 40, 8 };
        uint8_t bytes[INODE_MAX];

        int r = seek(squashfs, squashfs->inodes + (reference >> 16), reference & 0xffff, &ret->rest, err);
        if (!r)
                r = take(squashfs, &ret->rest, bytes, INODE, err);
        unsigned type = r ? 0 : rv_le16(bytes);
        size_t n = type < sizeof fixed / sizeof *fixed ? fixed[type] : 0;
        if (!r)
                r = take(squashfs, &ret->rest, bytes, n, err);
        if (r)
                return r;
        ret->type = type > LONG ? type - LONG : type;
        ret->size = ret->start = 0;
        parse(bytes, n ? type : 0, ret);
        return 0;
}

static void to_node(uint64_t reference, const struct inode *inode, struct node *ret)
{
        static const enum node_kind kinds[] = { NODE_OTHER, NODE_DIRECTORY, NODE_FILE, NODE_LINK };

        *ret = (struct node){ .id = reference, .size = inode->size, .kind = kinds[inode->type] };
}

static void squashfs_close(void *state)
{
        struct squashfs *squashfs = state;

        free(squashfs->packed);
        free(squashfs);
}

static int check(struct squashfs *squashfs, const uint8_t *super, struct rv_err *err)
{
        const char *name = squashfs->reader->name;

        *squashfs = (struct squashfs){ .reader = squashfs->reader,
                                       .block_size = rv_le32(super + 12),
                                       .n_fragments = rv_le32(super + 16),
                                       .compressor = rv_le16(super + 20),
                                       .root = rv_le64(super + 32),
                                       .inodes = rv_le64(super + 64),
                                       .directories = rv_le64(super + 72),
                                       .fragments = rv_le64(super + 80) };
        if (rv_le16(super + 28) != 4)
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: its squashfs is not of version 4"), NULL, name, NULL);
        if (!unpack_known(squashfs->compressor))
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: its squashfs has a compressor that can't be read here"),
                               NULL, name, NULL);
        if (squashfs->block_size < BLOCK_MIN || squashfs->block_size > BLOCK_MAX ||
            (squashfs->block_size & (squashfs->block_size - 1)))
                return damaged(squashfs, err);
        squashfs->packed = malloc(squashfs->block_size > META ? squashfs->block_size : META);
        return squashfs->packed ? 0 : rv_fail_memory(err);
}

static int squashfs_open(const struct rv_reader *fs, void **ret_state, struct node *ret_root, struct rv_err *err)
{
        uint8_t super[SUPER];
        struct inode root;
        struct squashfs *squashfs = calloc(1, sizeof *squashfs);

        if (!squashfs)
                return rv_fail_memory(err);
        squashfs->reader = fs;
        int r = rv_read(fs, 0, super, sizeof super, err);
        if (!r)
                r = check(squashfs, super, err);
        if (!r)
                r = load(squashfs, squashfs->root, &root, err);
        if (r) {
                squashfs_close(squashfs);
                return r;
        }
        to_node(squashfs->root, &root, ret_root);
        *ret_state = squashfs;
        return 0;
}

/* Goes through one run of entries, whose inodes share a metadata block; *left counts the directory's bytes down. */
static int each_in_run(const struct squashfs *squashfs, struct cursor *cursor, uint64_t *left, fsread_visit *visit,
                       void *user, bool *ret_stop, struct rv_err *err)
{
        uint8_t header[12], entry[8];
        char text[256];

        int r = take(squashfs, cursor, header, sizeof header, err);
        *left -= sizeof header;
        for (uint32_t i = 0; !r && !*ret_stop && i <= rv_le32(header); i++) {
                r = take(squashfs, cursor, entry, sizeof entry, err);
                size_t n = r ? 0 : (size_t)rv_le16(entry + 6) + 1;
                if (r || n > sizeof text || *left < sizeof entry + n)
                        return r ? r : damaged(squashfs, err);
                r = take(squashfs, cursor, text, n, err);
                *left -= sizeof entry + n;
                if (!r)
                        *ret_stop = visit(user, text, n, (uint64_t)rv_le32(header + 4) << 16 | rv_le16(entry));
        }
        return r;
}

static int squashfs_each(void *state, const struct node *directory, fsread_visit *visit, void *user, struct rv_err *err)
{
        const struct squashfs *squashfs = state;
        struct inode inode;
        struct cursor cursor;
        bool stop = false;

        int r = load(squashfs, directory->id, &inode, err);
        /* The size counts three bytes for "." and "..", which are not stored. */
        uint64_t left = r || inode.size < 3 ? 0 : inode.size - 3;
        if (!r && left > DIRECTORY_MAX)
                r = damaged(squashfs, err);
        if (!r && left)
                r = seek(squashfs, squashfs->directories + inode.start, inode.offset, &cursor, err);
        while (!r && !stop && left >= 12)
                r = each_in_run(squashfs, &cursor, &left, visit, user, &stop, err);
        return r;
}

static int squashfs_load(void *state, uint64_t id, struct node *ret, struct rv_err *err)
{
        struct inode inode;

        int r = load(state, id, &inode, err);
        if (!r)
                to_node(id, &inode, ret);
        return r;
}

/* The tail of a file lies in a block that it shares with others; the block is read into `block`. */
static int read_tail(const struct squashfs *squashfs, const struct inode *inode, uint8_t *block, size_t n,
                     struct rv_err *err)
{
        uint8_t place[8], entry[FRAGMENT];
        struct cursor cursor;
        size_t size = 0;

        if (inode->fragment >= squashfs->n_fragments)
                return damaged(squashfs, err);
        /* 512 entries to a metadata block; a list says where those blocks are. */
        int r = rv_read(squashfs->reader, squashfs->fragments + (uint64_t)(inode->fragment / 512) * 8, place, 8, err);
        if (!r)
                r = seek(squashfs, rv_le64(place), (size_t)(inode->fragment % 512) * FRAGMENT, &cursor, err);
        if (!r)
                r = take(squashfs, &cursor, entry, FRAGMENT, err);
        if (r)
                return r;
        uint32_t packed = rv_le32(entry + 8);
        r = read_block(squashfs, rv_le64(entry), packed & (BLOCK_STORED - 1), packed & BLOCK_STORED, block,
                       squashfs->block_size, &size, err);
        return !r && (inode->offset > size || n > size - inode->offset) ? damaged(squashfs, err) : r;
}

/* A file's pieces are its blocks; one of them has room in `block`. */
static int read_blocks(const struct squashfs *squashfs, struct inode *inode, uint8_t *block, fsread_put *put,
                       void *user, struct rv_err *err)
{
        uint64_t at = inode->start, left = inode->size;
        bool tail = inode->fragment != (uint32_t)NO_FRAGMENT;
        int r = 0;

        while (!r && left) {
                size_t n = left < squashfs->block_size ? (size_t)left : squashfs->block_size, size = n;
                uint8_t word[4];
                if (tail && n < squashfs->block_size) {
                        r = read_tail(squashfs, inode, block, n, err);
                        return r ? r : put(user, (const char *)block + inode->offset, n, err);
                }
                r = take(squashfs, &inode->rest, word, sizeof word, err);
                size_t packed = r ? 0 : rv_le32(word) & (BLOCK_STORED - 1);
                if (packed)
                        r = read_block(squashfs, at, packed, rv_le32(word) & BLOCK_STORED, block, n, &size, err);
                if (!r && size != n)
                        r = damaged(squashfs, err);
                if (!r)
                        r = put(user, packed ? (const char *)block : NULL, n, err);
                at += packed;
                left -= n;
        }
        return r;
}

static int squashfs_read(void *state, const struct node *node, fsread_put *put, void *user, struct rv_err *err)
{
        const struct squashfs *squashfs = state;
        struct inode inode;

        int r = load(squashfs, node->id, &inode, err);
        if (r)
                return r;
        /* The room was made for what the walk saw; whoever can write the image may have changed it since. */
        if (inode.size != node->size || (node->kind == NODE_LINK && inode.size > squashfs->block_size))
                return damaged(squashfs, err);
        uint8_t *block = malloc(squashfs->block_size);
        if (!block)
                return rv_fail_memory(err);
        if (node->kind == NODE_LINK)
                r = take(squashfs, &inode.rest, block, (size_t)node->size, err);
        if (!r)
                r = node->kind == NODE_LINK ? put(user, (const char *)block, (size_t)node->size, err)
                                            : read_blocks(squashfs, &inode, block, put, user, err);
        free(block);
        return r;
}

const struct driver fsread_squashfs = {
        .name = "squashfs",
        .probe = probe,
        .open = squashfs_open,
        .each = squashfs_each,
        .load = squashfs_load,
        .read = squashfs_read,
        .close = squashfs_close,
};
