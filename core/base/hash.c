/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CRC-32 by half bytes (a table of 16 words fits a cache line or two) and FNV-1a. */
#include "core/base/hash.h"

uint32_t rv_crc32(uint32_t crc, const void *bytes, size_t n)
{
        /* The reflected polynomial 0xedb88320 applied to each half byte. */
        static const uint32_t table[16] = {
                0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
        };
        const unsigned char *at = bytes;

        for (crc = ~crc; n; n--, at++) {
                crc = table[(crc ^ *at) & 15] ^ crc >> 4;
                crc = table[(crc ^ (uint32_t)(*at >> 4)) & 15] ^ crc >> 4;
        }
        return ~crc;
}

/* Each byte is mixed in before the multiplication: that is what the "a" in FNV-1a says. */
uint64_t rv_hash(uint64_t hash, const void *bytes, size_t n)
{
        const unsigned char *at = bytes;

        for (; n; n--, at++)
                hash = (hash ^ *at) * 0x100000001b3U;
        return hash;
}
