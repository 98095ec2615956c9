/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Building RPM headers byte by byte, so that tests can bend each of them. */
#ifndef REEVE_TESTS_RPM_FIXTURE_H
#define REEVE_TESTS_RPM_FIXTURE_H

#include <stdint.h>
#include <string.h>

#include "core/distro/rpmheader.h"

struct build {
        uint8_t index[64 * 16], data[8192];
        uint32_t n, size, region; /* region: entries that are signed, set by build_region */
};

static inline void put32(uint8_t *at, uint32_t value)
{
        at[0] = (uint8_t)(value >> 24), at[1] = (uint8_t)(value >> 16), at[2] = (uint8_t)(value >> 8);
        at[3] = (uint8_t)value;
}

static inline void build_entry(struct build *b, uint32_t tag, uint32_t type, uint32_t count, const void *bytes,
                               size_t size)
{
        uint8_t *at = b->index + b->n++ * 16;

        put32(at, tag), put32(at + 4, type), put32(at + 8, b->size), put32(at + 12, count);
        memcpy(b->data + b->size, bytes, size);
        b->size += (uint32_t)size;
}

static inline void build_text(struct build *b, uint32_t tag, const char *text)
{
        build_entry(b, tag, 6, 1, text, strlen(text) + 1);
}

static inline void build_int(struct build *b, uint32_t tag, uint32_t value)
{
        uint8_t bytes[4];

        b->size = (b->size + 3) & ~3u;
        put32(bytes, value);
        build_entry(b, tag, 4, 1, bytes, 4);
}

/* A header begins with the region's entry; its offset is known when the region is closed. */
static inline void build_begin(struct build *b)
{
        *b = (struct build){ .n = 1 };
        put32(b->index, RV_TAG_IMMUTABLE), put32(b->index + 4, 7), put32(b->index + 12, 16);
}

static inline void build_region(struct build *b)
{
        put32(b->index + 8, b->size);
        put32(b->data + b->size, RV_TAG_IMMUTABLE), put32(b->data + b->size + 4, 7);
        put32(b->data + b->size + 8, (uint32_t)(-(int32_t)(b->n * 16))), put32(b->data + b->size + 12, 16);
        b->size += 16;
        b->region = b->n;
}

static inline size_t build_blob(const struct build *b, uint8_t *out)
{
        put32(out, b->n), put32(out + 4, b->size);
        memcpy(out + 8, b->index, b->n * 16);
        memcpy(out + 8 + b->n * 16, b->data, b->size);
        return 8 + b->n * 16 + b->size;
}

/* A whole small package: what is signed, then what the installation adds. */
static inline size_t build_package(uint8_t *out, const char *name, const char *version)
{
        struct build b;

        build_begin(&b);
        build_text(&b, RV_TAG_NAME, name);
        build_text(&b, RV_TAG_VERSION, version);
        build_text(&b, RV_TAG_RELEASE, "1.azl4");
        build_text(&b, RV_TAG_ARCH, "x86_64");
        build_entry(&b, RV_TAG_SUMMARY, 9, 2, "in C\0auf Deutsch", 16);
        build_entry(&b, RV_TAG_BASENAMES, 8, 3, "a\0bc\0def", 9);
        build_int(&b, RV_TAG_SIZE, 4711);
        build_region(&b);
        build_int(&b, RV_TAG_INSTALLTIME, 1700000000);
        return build_blob(&b, out);
}

#endif
