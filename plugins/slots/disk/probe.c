/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Magic numbers of the file systems that occur on image-based hosts. */
#include "plugins/slots/disk/probe.h"

#include <stdbool.h>
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
