/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A disk with a partition table that somebody damaged: it is refused, or what is read from it keeps its promises. The
 * bytes are tried as they are and with both checksums put right, since chance never finds those. */
#include <string.h>

#include "core/base/hash.h"
#include "core/base/utf8.h"
#include "core/distro/reader.h"
#include "fuzz.h"
#include "plugins/slots/disk/layout.h"
#include "plugins/slots/disk/next.h"

enum { SECTOR = 512, SIZE_MAX_ = 1 << 18 };

static void mend_copy(uint8_t *disk, size_t size, size_t at)
{
        uint8_t *header = disk + at;

        if (size < at + SECTOR)
                return;
        uint64_t table = rv_le64(header + 72) % (size / SECTOR) * SECTOR;
        uint64_t entries = (uint64_t)rv_le32(header + 80) * rv_le32(header + 84);
        uint32_t crc = entries <= size - table ? rv_crc32(0, disk + table, (size_t)entries) : 0;
        uint32_t length = rv_le32(header + 12);
        for (unsigned i = 0; i < 4; i++) {
                header[88 + i] = (uint8_t)(crc >> 8 * i);
                header[16 + i] = 0;
        }
        crc = rv_crc32(0, header, length <= SECTOR ? length : SECTOR);
        for (unsigned i = 0; i < 4; i++)
                header[16 + i] = (uint8_t)(crc >> 8 * i);
}

static void check_copy(const struct gpt *gpt, const struct gpt_copy *copy)
{
        uint32_t a = 0, b = 0;

        must(copy->n_parts <= copy->n_entries);
        for (size_t i = 0; i < copy->n_parts; i++) {
                must(copy->parts[i].index > 0 && copy->parts[i].index <= copy->n_entries);
                must(i == 0 || copy->parts[i].index > copy->parts[i - 1].index);
                must(rv_utf8_valid(copy->parts[i].label, strlen(copy->parts[i].label)));
                must(gpt_part(copy, copy->parts[i].index) == &copy->parts[i]);
        }
        if (gpt_overlap(copy, &a, &b))
                must(a != b && gpt_part(copy, a) && gpt_part(copy, b));
        (void)gpt_outside(gpt, copy);
}

static void check_layout(const struct gpt_copy *copy)
{
        struct layout layout;
        struct boot_entry entries[1];
        struct boot_choice choice = { .known = false };

        layout_find(copy, &layout);
        for (size_t i = 0; i < layout.n; i++) {
                must(*layout.slots[i].key);
                for (size_t j = 0; j < i; j++)
                        must(strcmp(layout.slots[i].key, layout.slots[j].key) != 0);
        }
        int next = next_gptprio(layout.slots, layout.n);
        must(next < (int)layout.n && (next < 0 || layout.slots[next].boots == BOOTS_NEXT));
        must(next_sdboot(layout.slots, layout.n, entries, 0, &choice) == -1);
}

static void try_disk(const uint8_t *bytes, size_t size)
{
        struct rv_reader disk = rv_reader_memory(bytes, size, "disk");
        struct gpt GPT_CLEANUP gpt = { .sector = 0 };

        if (gpt_read(&disk, 0, &gpt, NULL))
                return;
        const struct gpt_copy *used = gpt_used(&gpt);
        must(used && used->state == GPT_GOOD);
        for (unsigned i = 0; i < GPT_COPIES; i++)
                check_copy(&gpt, &gpt.copy[i]);
        (void)gpt_differ(&gpt);
        check_layout(used);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size > SIZE_MAX_)
                return 0;
        try_disk(data, size);
        if (size < (size_t)4 * SECTOR)
                return 0;
        uint8_t *copy = malloc(size);
        must(copy != NULL);
        memcpy(copy, data, size);
        mend_copy(copy, size, SECTOR);
        mend_copy(copy, size, (size / SECTOR - 1) * SECTOR);
        try_disk(copy, size);
        free(copy);
        return 0;
}
