/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* PE images made in memory, for the tests of what reads them: headers at their places, sections one after the other. */
#ifndef REEVE_TESTS_PE_FIXTURE_H
#define REEVE_TESTS_PE_FIXTURE_H

#include <stdint.h>
#include <string.h>

#include "core/base/buf.h"

enum { PE_AT = 128, PE_OPTIONAL = 240, PE_TABLE = PE_AT + 24 + PE_OPTIONAL, PE_SECTION = 40, PE_ALIGN = 512 };

struct pe_section {
        const char *name;
        const char *bytes;
        uint32_t size;
};

static inline void pe_put(struct rv_buf *image, size_t at, uint32_t value, size_t n)
{
        size_t i;

        for (i = 0; i < n; i++)
                image->data[at + i] = (char)(value >> 8 * i);
}

/* The raw size of a section is rounded up as linkers do, with bytes that are not zero. */
static inline void pe_make(struct rv_buf *image, const struct pe_section *sections, size_t n)
{
        size_t i, table = PE_TABLE, raw;

        rv_buf_clear(image);
        while (image->size < table + n * PE_SECTION)
                rv_buf_add_char(image, '\0');
        memcpy(image->data, "MZ", 2);
        pe_put(image, 0x3c, PE_AT, 4);
        memcpy(image->data + PE_AT, "PE\0\0", 4);
        pe_put(image, PE_AT + 6, (uint32_t)n, 2);
        pe_put(image, PE_AT + 20, PE_OPTIONAL, 2);
        for (i = 0; i < n; i++, table += PE_SECTION) {
                raw = (sections[i].size + PE_ALIGN - 1) / PE_ALIGN * PE_ALIGN;
                memcpy(image->data + table, sections[i].name, strnlen(sections[i].name, 8));
                pe_put(image, table + 8, sections[i].size, 4);
                pe_put(image, table + 16, (uint32_t)raw, 4);
                pe_put(image, table + 20, (uint32_t)image->size, 4);
                rv_buf_add(image, sections[i].bytes, sections[i].size);
                for (raw -= sections[i].size; raw; raw--)
                        rv_buf_add_char(image, 'X');
        }
}

#endif
