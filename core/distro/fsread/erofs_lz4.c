/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compressed files of EROFS: the index of logical clusters, in its full and its compact form, and LZ4.
 * A file is cut into logical clusters of a block each; a HEAD cluster starts an extent at an offset in it, NONHEAD ones
 * continue it. The file is read from its start, so only HEADs and the size that a NONHEAD may carry matter. */
#include <lz4.h>
#include <stdlib.h>
#include <string.h>

#include "core/distro/fsread/erofs.h"

enum { PLAIN = 0, HEAD1 = 1, NONHEAD = 2, HEAD2 = 3 };
enum { COMPACT_2B = 0x1, BIG_1 = 0x2, BIG_2 = 0x4, INLINE_TAIL = 0x8, INTERLACED = 0x10, FRAGMENTS = 0x20 };
enum {
        SIZE_FLAG = 1 << 11,
        PADDED_IN_FRONT = 1,
        EXTENT_BLOCKS_MAX = 256,
        EXTENT_MAX = 12 << 20 /* unpacked; the kernel reads no larger ones either */,
        FULL_INDEX_PAD = 8
};

struct cluster {
        unsigned type, offset;
        uint32_t block; /* of a head */
        uint32_t count; /* blocks of the extent, when a NONHEAD says so; else 0 */
};

struct map {
        const struct erofs *erofs;
        const struct erofs_inode *inode;
        struct cluster *clusters;
        size_t n;
        uint64_t index_at, index_end;
        unsigned advise, tail_size;
        fsread_put *put;
        void *user;
};

static int read_header(struct map *map, struct rv_err *err)
{
        uint8_t header[8];
        uint64_t at = (map->inode->end + 7) / 8 * 8;

        int r = rv_read(map->erofs->reader, at, header, sizeof header, err);
        if (r)
                return r;
        map->tail_size = rv_le16(header + 2);
        map->advise = rv_le16(header + 4);
        map->index_at = at + sizeof header;
        if (header[7] & 0x80 || map->advise & FRAGMENTS)
                return erofs_unsupported(map->erofs, "fragments", err);
        if (header[6])
                return erofs_unsupported(map->erofs, "compressor other than LZ4", err);
        if (header[7] & 7)
                return erofs_unsupported(map->erofs, "large clusters", err);
        return 0;
}

/* Eight bytes a cluster: type, offset, and a block or two distances. */
static int read_full(struct map *map, struct rv_err *err)
{
        uint8_t entry[8];

        map->index_at += FULL_INDEX_PAD;
        map->index_end = map->index_at + map->n * sizeof entry;
        for (size_t i = 0; i < map->n; i++) {
                int r = rv_read(map->erofs->reader, map->index_at + i * sizeof entry, entry, sizeof entry, err);
                if (r)
                        return r;
                struct cluster *cluster = &map->clusters[i];
                cluster->type = entry[0] & 3;
                cluster->offset = rv_le16(entry + 2);
                cluster->block = rv_le32(entry + 4);
                if (cluster->type == NONHEAD && rv_le16(entry + 4) & SIZE_FLAG)
                        cluster->count = rv_le16(entry + 4) & (SIZE_FLAG - 1);
        }
        return 0;
}

/* One pack of the compact form: `n` clusters of `bits` bits, then the block before the first head's. */
static int read_pack(struct map *map, uint64_t at, size_t first, unsigned n, unsigned bits, struct rv_err *err)
{
        uint8_t pack[32 + 4] = { 0 };
        size_t size = ((size_t)n * bits + 32) / 8;
        unsigned low = map->erofs->block_bits > 11 ? map->erofs->block_bits : 12;
        bool big = map->advise & (BIG_1 | BIG_2);

        int r = rv_read(map->erofs->reader, at, pack, size, err);
        if (r)
                return r;
        uint32_t block = rv_le32(pack + size - 4) + (big ? 0 : 1);
        for (unsigned i = 0; i < n && first + i < map->n; i++) {
                uint32_t value = rv_le32(pack + i * bits / 8) >> (i * bits % 8);
                struct cluster *cluster = &map->clusters[first + i];
                cluster->type = value >> low & 3;
                cluster->offset = value & ((1u << low) - 1);
                if (cluster->type != NONHEAD) {
                        cluster->block = block;
                        block += 1;
                } else if (big && cluster->offset & SIZE_FLAG) {
                        cluster->count = cluster->offset & (SIZE_FLAG - 1);
                        /* The head before it counted one block already. When the head is in the pack before, the
                         * base of this one has not counted it at all. */
                        block += i ? cluster->count - 1 : cluster->count;
                }
        }
        return 0;
}

/* Packs of two clusters (4 bytes each) up to a multiple of 32 bytes, then packs of 16 (2 bytes each), then the rest. */
static int read_compact(struct map *map, struct rv_err *err)
{
        size_t start = (32 - map->index_at % 32) / 4 % 8;
        size_t middle = map->advise & COMPACT_2B && start < map->n ? (map->n - start) / 16 * 16 : 0;
        uint64_t at = map->index_at;
        int r = 0;

        if (map->erofs->block_bits > 14)
                return erofs_unsupported(map->erofs, "large clusters", err);
        for (size_t i = 0; !r && i < map->n;) {
                bool wide = i >= start && i - start < middle;
                unsigned n = wide ? 16 : 2;
                r = read_pack(map, at, i, n, wide ? 14 : 16, err);
                at += wide ? 32 : 8;
                i += n;
        }
        map->index_end = at;
        return r;
}

/* Unpacks one extent of n bytes from file offset `start`, whose bytes in the image were read into `in`. */
static int unpack_extent(const struct map *map, const struct cluster *head, const char *in, size_t in_size,
                         uint64_t start, size_t n, char *out, struct rv_err *err)
{
        size_t block = (size_t)1 << map->erofs->block_bits;

        if (head->type == PLAIN) {
                size_t skip = map->advise & INTERLACED ? start % block : 0;
                size_t right = n < in_size - skip ? n : in_size - skip;
                if (skip > in_size || n - right > skip)
                        return erofs_damaged(map->erofs, err);
                memcpy(out, in + skip, right);
                memcpy(out + right, in, n - right);
                return 0;
        }
        if (map->erofs->incompatible & PADDED_IN_FRONT)
                while (in_size > 1 && !*in) {
                        in++;
                        in_size--;
                }
        int got = LZ4_decompress_safe_partial(in, out, (int)in_size, (int)n, (int)n);
        return got < 0 || (size_t)got != n ? erofs_damaged(map->erofs, err) : 0;
}

static int read_extent(const struct map *map, size_t at, uint64_t start, uint64_t end, struct rv_err *err)
{
        const struct cluster *head = &map->clusters[at];
        bool told = at + 1 < map->n && map->clusters[at + 1].type == NONHEAD && map->clusters[at + 1].count;
        size_t in_size = (size_t)(told ? map->clusters[at + 1].count : 1) << map->erofs->block_bits;
        uint64_t from = (uint64_t)head->block << map->erofs->block_bits;
        size_t n = (size_t)(end - start);

        /* The last extent may be packed behind the index instead of having a block. */
        if (map->advise & INLINE_TAIL && end == map->inode->size && map->tail_size) {
                in_size = map->tail_size;
                from = map->index_end;
        }
        if (in_size > (size_t)EXTENT_BLOCKS_MAX << map->erofs->block_bits || end - start > EXTENT_MAX)
                return erofs_damaged(map->erofs, err);
        char *in = malloc(in_size + n);
        if (!in)
                return rv_fail_memory(err);
        int r = rv_read(map->erofs->reader, from, in, in_size, err);
        if (!r)
                r = unpack_extent(map, head, in, in_size, start, n, in + in_size, err);
        if (!r)
                r = map->put(map->user, in + in_size, n, err);
        free(in);
        return r;
}

static int read_extents(const struct map *map, struct rv_err *err)
{
        unsigned bits = map->erofs->block_bits;
        uint64_t done = 0;

        for (size_t i = 0; i < map->n;) {
                const struct cluster *head = &map->clusters[i];
                size_t next = i + 1;
                while (next < map->n && map->clusters[next].type == NONHEAD)
                        next++;
                uint64_t start = ((uint64_t)i << bits) + head->offset;
                uint64_t end = next < map->n ? ((uint64_t)next << bits) + map->clusters[next].offset : map->inode->size;
                if (head->type == NONHEAD || head->type == HEAD2 || start != done || end > map->inode->size ||
                    end < start)
                        return erofs_damaged(map->erofs, err);
                int r = end > start ? read_extent(map, i, start, end, err) : 0;
                if (r)
                        return r;
                done = end;
                i = next;
        }
        return done == map->inode->size ? 0 : erofs_damaged(map->erofs, err);
}

int erofs_decompress(const struct erofs *erofs, const struct erofs_inode *inode, fsread_put *put, void *user,
                     struct rv_err *err)
{
        struct map map = { .erofs = erofs, .inode = inode, .put = put, .user = user };

        int r = read_header(&map, err);
        if (r)
                return r;
        map.n = (size_t)((inode->size + (UINT64_C(1) << erofs->block_bits) - 1) >> erofs->block_bits);
        map.clusters = calloc(map.n ? map.n : 1, sizeof *map.clusters);
        if (!map.clusters)
                return rv_fail_memory(err);
        r = inode->layout == EROFS_COMPRESSED_FULL ? read_full(&map, err) : read_compact(&map, err);
        if (!r)
                r = read_extents(&map, err);
        free(map.clusters);
        return r;
}
