/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Magic numbers of the file systems that occur on image-based hosts. */
#include "plugins/slots/disk/probe.h"

#include <stdlib.h>
#include <string.h>

static bool all_zero(const struct rv_reader *part)
{
        static const char zeros[4096];
        char block[4096];
        uint64_t size = part->size < PROBE_BYTES ? part->size : PROBE_BYTES;

        for (uint64_t at = 0; at < size; at += sizeof block) {
                size_t n = size - at < sizeof block ? (size_t)(size - at) : sizeof block;
                if (rv_read(part, at, block, n, NULL) || memcmp(block, zeros, n) != 0)
                        return false;
        }
        return size > 0;
}

const char *probe_content(const struct rv_reader *part)
{
        static const struct {
                uint64_t at;
                const char *magic;
                size_t n;
                const char *id;
        } known[] = {
                { 0, "hsqs", 4, "squashfs" },
                { 1024, "\xe2\xe1\xf5\xe0", 4, "erofs" },
                { 1024 + 56, "\x53\xef", 2, "ext4" },
                { 65536 + 64, "_BHRfS_M", 8, "btrfs" },
                { 0, "XFSB", 4, "xfs" },
                { 0, "verity\0\0", 8, "verity" },
                { 54, "FAT1", 4, "vfat" },
                { 82, "FAT32", 5, "vfat" },
        };
        char bytes[8];

        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
                if (rv_read(part, known[i].at, bytes, known[i].n, NULL) == 0 &&
                    memcmp(bytes, known[i].magic, known[i].n) == 0)
                        return known[i].id;
        return all_zero(part) ? "empty" : NULL;
}

/* a blocks of 2^shift bytes; what does not fit becomes too much for any disk. */
static uint64_t blocks(uint64_t a, uint64_t shift)
{
        return shift > 20 || a > UINT64_MAX >> shift ? UINT64_MAX : a << shift;
}

static uint64_t used_ext4(const unsigned char *super)
{
        bool wide = rv_le32(super + 0x60) & 0x80; /* INCOMPAT_64BIT */
        uint64_t all = rv_le32(super + 0x04) | (wide ? (uint64_t)rv_le32(super + 0x150) << 32 : 0);
        uint64_t unused = rv_le32(super + 0x0c) | (wide ? (uint64_t)rv_le32(super + 0x158) << 32 : 0);

        return unused > all ? UINT64_MAX : blocks(all - unused, 10 + (uint64_t)rv_le32(super + 0x18));
}

static uint64_t used_xfs(const unsigned char *super)
{
        uint64_t size = rv_be32(super + 4), all = rv_be64(super + 8), unused = rv_be64(super + 144);

        return unused > all || size == 0 || size > 65536 || all - unused > UINT64_MAX / size ? UINT64_MAX
                                                                                             : (all - unused) * size;
}

static uint64_t used_btrfs(const unsigned char *super)
{
        return rv_le64(super + 0x78);
}

static uint64_t used_erofs(const unsigned char *super)
{
        return blocks(rv_le32(super + 36), super[12]);
}

static uint64_t used_squashfs(const unsigned char *super)
{
        return rv_le64(super + 40);
}

bool probe_used(const struct rv_reader *part, const char *content, uint64_t *ret)
{
        static const struct {
                const char *id;
                uint64_t at;
                uint64_t (*used)(const unsigned char *super);
        } known[] = {
                { "ext4", 1024, used_ext4 },   { "xfs", 0, used_xfs },           { "btrfs", 65536, used_btrfs },
                { "erofs", 1024, used_erofs }, { "squashfs", 0, used_squashfs },
        };
        unsigned char super[512];

        for (size_t i = 0; content && i < sizeof known / sizeof *known; i++) {
                if (strcmp(content, known[i].id) != 0)
                        continue;
                if (rv_read(part, known[i].at, super, sizeof super, NULL))
                        return false;
                *ret = known[i].used(super);
                return *ret <= part->size;
        }
        return false;
}
