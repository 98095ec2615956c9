/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small ndb database in memory, changed in the steps in which rpm changes one, so that a test can stop between two.
 */
#ifndef REEVE_TESTS_NDB_FIXTURE_H
#define REEVE_TESTS_NDB_FIXTURE_H

#include "tests/unit/rpm_fixture.h"

struct ndb_build {
        uint8_t bytes[64 << 10];
        uint32_t blocks; /* used */
        uint32_t generation;
        uint32_t first[256]; /* blocks of headers by number, which is their slot too */
        uint32_t count[256];
};

static inline void put_le32(uint8_t *at, uint32_t value)
{
        at[0] = (uint8_t)value, at[1] = (uint8_t)(value >> 8), at[2] = (uint8_t)(value >> 16);
        at[3] = (uint8_t)(value >> 24);
}

/* Ends a change: the head with the next generation. */
static inline void ndb_count(struct ndb_build *b)
{
        memcpy(b->bytes, "RpmP", 4);
        put_le32(b->bytes + 8, ++b->generation), put_le32(b->bytes + 12, 1);
}

static inline void ndb_slot(struct ndb_build *b, uint32_t place, uint32_t number, uint32_t first, uint32_t count)
{
        uint8_t *at = b->bytes + (size_t)(place + 1) * 16; /* the first number, 1, has the first slot */

        memcpy(at, "Slot", 4);
        put_le32(at + 4, number), put_le32(at + 8, first), put_le32(at + 12, count);
}

static inline void ndb_begin(struct ndb_build *b)
{
        uint32_t place;

        *b = (struct ndb_build){ .blocks = 256 };
        for (place = 1; place < 255; place++)
                ndb_slot(b, place, 0, 0, 0);
        ndb_count(b);
}

/* The blob only, at the end; returns its first block. */
static inline uint32_t ndb_blob(struct ndb_build *b, uint32_t number, const uint8_t *header, uint32_t size)
{
        uint8_t *start = b->bytes + (size_t)b->blocks * 16;
        const uint32_t first = b->blocks, count = (16 + size + 12 + 15) / 16;
        uint32_t low = 1, high = 0, i;

        memcpy(start, "BlbS", 4);
        put_le32(start + 4, number), put_le32(start + 8, 0), put_le32(start + 12, size);
        memcpy(start + 16, header, size);
        for (i = 0; i < count * 16 - 12; i++) {
                low = (low + start[i]) % 65521;
                high = (high + low) % 65521;
        }
        put_le32(start + i, high << 16 | low), put_le32(start + i + 4, size);
        memcpy(start + i + 8, "BlbE", 4);
        b->blocks += count;
        b->first[number] = first, b->count[number] = count;
        return first;
}

static inline void ndb_put(struct ndb_build *b, uint32_t number, const char *name)
{
        uint8_t header[8192];
        const uint32_t size = (uint32_t)build_package(header, name, "1"), first = ndb_blob(b, number, header, size);

        ndb_slot(b, number, number, first, b->count[number]);
        ndb_count(b);
}

static inline void ndb_wipe(struct ndb_build *b, uint32_t first, uint32_t count)
{
        memset(b->bytes + (size_t)first * 16, 0, (size_t)count * 16);
}

static inline void ndb_delete(struct ndb_build *b, uint32_t number)
{
        ndb_slot(b, number, 0, 0, 0);
        ndb_count(b);
        ndb_wipe(b, b->first[number], b->count[number]);
}

/* As rpm does to fill a hole or make room: copied, named, wiped. */
static inline void ndb_move(struct ndb_build *b, uint32_t number)
{
        const uint32_t first = b->first[number], count = b->count[number];

        memcpy(b->bytes + (size_t)b->blocks * 16, b->bytes + (size_t)first * 16, (size_t)count * 16);
        ndb_slot(b, number, number, b->blocks, count);
        b->first[number] = b->blocks;
        b->blocks += count;
        ndb_count(b);
        ndb_wipe(b, first, count);
}

#endif
