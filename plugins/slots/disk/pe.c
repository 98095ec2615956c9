/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walks MZ header, COFF header and section table; reads nothing but the asked section. */
#include "plugins/slots/disk/pe.h"

#include <string.h>

#include "core/base/err.h"

enum { MZ = 64, COFF = 24, SECTION = 40, SECTIONS_MAX = 256 };

static int no_pe(const struct rv_reader *file, struct rv_err *err)
{
        return rv_fail(err, RV_UNSUPPORTED, N_("%1: is no PE image"), NULL, file->name, NULL);
}

/* Where the section table starts and how many entries it has. */
static int find_table(const struct rv_reader *file, uint64_t *ret_at, unsigned *ret_n, struct rv_err *err)
{
        uint8_t header[MZ];

        if (file->size < MZ)
                return no_pe(file, err);
        int r = rv_read(file, 0, header, MZ, err);
        if (r)
                return r;
        uint64_t at = rv_le32(header + 0x3c);
        if (memcmp(header, "MZ", 2) != 0 || at > file->size || file->size - at < COFF)
                return no_pe(file, err);
        r = rv_read(file, at, header, COFF, err);
        if (r)
                return r;
        if (memcmp(header, "PE\0\0", 4) != 0)
                return no_pe(file, err);
        *ret_n = rv_le16(header + 6);
        *ret_at = at + COFF + rv_le16(header + 20);
        if (*ret_n > SECTIONS_MAX)
                return rv_fail(err, RV_DAMAGED, N_("%1: has too many sections"), NULL, file->name, NULL);
        return 0;
}

/* Appends the bytes of one section, given its entry in the table. */
static int add_section(const struct rv_reader *file, const char *name, const uint8_t *section, size_t limit,
                       struct rv_buf *ret, struct rv_err *err)
{
        uint32_t size = rv_le32(section + 8), raw = rv_le32(section + 16);

        /* The raw size is rounded up for alignment; the virtual one is exact but may also be larger. */
        if (!size || size > raw)
                size = raw;
        if (size > limit)
                return rv_fail(err, RV_DAMAGED, N_("%1: its section %2 is too large"), NULL, file->name, name, NULL);
        char *bytes = rv_buf_reserve(ret, size);
        if (!bytes)
                return rv_fail_memory(err);
        int r = rv_read(file, rv_le32(section + 20), bytes, size, err);
        if (!r) {
                ret->size += size;
                bytes[size] = '\0';
        }
        return r;
}

int pe_section(const struct rv_reader *file, const char *name, size_t limit, struct rv_buf *ret, struct rv_err *err)
{
        uint8_t table[SECTIONS_MAX * SECTION];
        uint64_t at = 0;
        unsigned n = 0;

        int r = find_table(file, &at, &n, err);
        if (!r)
                r = rv_read(file, at, table, (size_t)n * SECTION, err);
        for (unsigned i = 0; !r && i < n; i++)
                if (strncmp((const char *)table + (size_t)i * SECTION, name, 8) == 0)
                        return add_section(file, name, table + (size_t)i * SECTION, limit, ret, err);
        return r ? r : rv_fail(err, RV_NOTFOUND, N_("%1: has no section %2"), NULL, file->name, name, NULL);
}
