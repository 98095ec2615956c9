/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ext2, ext3 and ext4 by libext2fs, over an I/O manager of our own that reads a part of a disk and writes nothing. */
#include <ext2fs/ext2fs.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/distro/fsread/driver.h"

enum { MAGIC_AT = 1024 + 56, MAGIC = 0xef53, PIECE = 65536 };

struct ext {
        ext2_filsys fs;
        const struct rv_reader *reader;
        struct struct_io_manager manager;
};

static bool probe(const struct rv_reader *fs)
{
        uint8_t magic[2];

        return rv_read(fs, MAGIC_AT, magic, sizeof magic, NULL) == 0 && rv_le16(magic) == MAGIC;
}

/* libext2fs hands nothing but a name to an I/O manager: ours is the address of our struct. */
static errcode_t channel_open(const char *name, int flags, io_channel *ret)
{
        (void)flags;
        struct ext *ext = (struct ext *)(uintptr_t)strtoumax(name, NULL, 16);
        io_channel channel = calloc(1, sizeof *channel);
        if (!channel)
                return EXT2_ET_NO_MEMORY;
        channel->magic = EXT2_ET_MAGIC_IO_CHANNEL;
        channel->manager = &ext->manager;
        channel->name = strdup(name);
        channel->block_size = 1024;
        channel->refcount = 1;
        channel->private_data = ext;
        *ret = channel;
        return 0;
}

static errcode_t channel_close(io_channel channel)
{
        if (--channel->refcount > 0)
                return 0;
        free(channel->name);
        free(channel);
        return 0;
}

static errcode_t channel_block_size(io_channel channel, int size)
{
        channel->block_size = size;
        return 0;
}

static errcode_t channel_read64(io_channel channel, unsigned long long block, int count, void *data)
{
        const struct ext *ext = channel->private_data;
        /* A negative count is bytes, as io_channel_read_blk64 has it. */
        size_t n = count < 0 ? (size_t) - (long)count : (size_t)count * (size_t)channel->block_size;
        uint64_t at;

        if (__builtin_mul_overflow(block, (uint64_t)channel->block_size, &at))
                return EXT2_ET_SHORT_READ;
        return rv_read(ext->reader, at, data, n, NULL) ? EXT2_ET_SHORT_READ : 0;
}

static errcode_t channel_read(io_channel channel, unsigned long block, int count, void *data)
{
        return channel_read64(channel, block, count, data);
}

static errcode_t channel_write(io_channel channel, unsigned long block, int count, const void *data)
{
        (void)channel, (void)block, (void)count, (void)data;
        return EXT2_ET_RO_FILSYS;
}

static errcode_t channel_write64(io_channel channel, unsigned long long block, int count, const void *data)
{
        (void)channel, (void)block, (void)count, (void)data;
        return EXT2_ET_RO_FILSYS;
}

static errcode_t channel_flush(io_channel channel)
{
        (void)channel;
        return 0;
}

static int ext_load(void *state, uint64_t id, struct node *ret, struct rv_err *err)
{
        const struct ext *ext = state;
        struct ext2_inode inode;

        if (id > UINT32_MAX || ext2fs_read_inode(ext->fs, (ext2_ino_t)id, &inode))
                return fsread_damaged(ext->reader, fsread_ext.name, err);
        *ret = (struct node){ .id = id, .size = EXT2_I_SIZE(&inode), .kind = fsread_kind(inode.i_mode) };
        return 0;
}

static void ext_close(void *state)
{
        struct ext *ext = state;

        if (ext->fs)
                ext2fs_free(ext->fs);
        free(ext);
}

static int ext_open(const struct rv_reader *fs, void **ret_state, struct node *ret_root, struct rv_err *err)
{
        struct ext *ext = calloc(1, sizeof *ext);
        char name[2 + 2 * sizeof(uintptr_t) + 1];

        if (!ext)
                return rv_fail_memory(err);
        ext->reader = fs;
        ext->manager = (struct struct_io_manager){
                .magic = EXT2_ET_MAGIC_IO_MANAGER,
                .name = "reeve",
                .open = channel_open,
                .close = channel_close,
                .set_blksize = channel_block_size,
                .read_blk = channel_read,
                .read_blk64 = channel_read64,
                .write_blk = channel_write,
                .write_blk64 = channel_write64,
                .flush = channel_flush,
        };
        (void)snprintf(name, sizeof name, "%" PRIxPTR, (uintptr_t)ext);
        /* Checksums are checked: a damaged system is told, not read. */
        int r = ext2fs_open(name, EXT2_FLAG_64BITS | EXT2_FLAG_SOFTSUPP_FEATURES, 0, 0, &ext->manager, &ext->fs)
                        ? fsread_damaged(fs, fsread_ext.name, err)
                        : ext_load(ext, EXT2_ROOT_INO, ret_root, err);
        if (r)
                ext_close(ext);
        else
                *ret_state = ext;
        return r;
}

struct visitor {
        fsread_visit *visit;
        void *user;
};

/* NOLINTNEXTLINE(readability-non-const-parameter): its type is the library's. */
static int visit_entry(struct ext2_dir_entry *entry, int offset, int block_size, char *block, void *user)
{
        const struct visitor *visitor = user;
        size_t length = (size_t)ext2fs_dirent_name_len(entry);

        (void)offset, (void)block_size, (void)block;
        return visitor->visit(visitor->user, entry->name, length, entry->inode) ? DIRENT_ABORT : 0;
}

static int ext_each(void *state, const struct node *directory, fsread_visit *visit, void *user, struct rv_err *err)
{
        const struct ext *ext = state;
        struct visitor visitor = { visit, user };

        return ext2fs_dir_iterate(ext->fs, (ext2_ino_t)directory->id, 0, NULL, visit_entry, &visitor)
                       ? fsread_damaged(ext->reader, fsread_ext.name, err)
                       : 0;
}

static int read_pieces(const struct ext *ext, ext2_file_t file, uint64_t size, fsread_put *put, void *user,
                       struct rv_err *err)
{
        char *piece = malloc(PIECE);
        unsigned got = 0;
        int r = piece ? 0 : rv_fail_memory(err);

        for (uint64_t at = 0; !r && at < size; at += got) {
                unsigned n = size - at < PIECE ? (unsigned)(size - at) : PIECE;
                r = ext2fs_file_read(file, piece, n, &got) || got != n
                            ? fsread_damaged(ext->reader, fsread_ext.name, err)
                            : put(user, piece, n, err);
        }
        free(piece);
        return r;
}

static int ext_read(void *state, const struct node *node, fsread_put *put, void *user, struct rv_err *err)
{
        struct ext *ext = state;
        struct ext2_inode inode;
        ext2_file_t file;

        if (ext2fs_read_inode(ext->fs, (ext2_ino_t)node->id, &inode))
                return fsread_damaged(ext->reader, fsread_ext.name, err);
        /* Short targets lie where the block numbers would. */
        if (node->kind == NODE_LINK && ext2fs_is_fast_symlink(&inode) && node->size < sizeof inode.i_block)
                return put(user, (const char *)inode.i_block, (size_t)node->size, err);
        if (ext2fs_file_open(ext->fs, (ext2_ino_t)node->id, 0, &file))
                return fsread_damaged(ext->reader, fsread_ext.name, err);
        int r = read_pieces(ext, file, node->size, put, user, err);
        (void)ext2fs_file_close(file);
        return r;
}

const struct driver fsread_ext = {
        .name = "ext4",
        .probe = probe,
        .open = ext_open,
        .each = ext_each,
        .load = ext_load,
        .read = ext_read,
        .close = ext_close,
};
