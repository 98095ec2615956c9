/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An EFI system partition that somebody damaged: FAT, PE images, loader files. The input is its beginning, zeros follow
 * up to 64 MiB, so that FAT32 (which is never small) needs no large input. */
#include <string.h>

#include "core/distro/reader.h"
#include "fuzz.h"
#include "plugins/slots/disk/esp.h"
#include "plugins/slots/disk/fat.h"

enum { PART = 64 << 20, INPUT_MAX = 1 << 19 };

static int read_sparse(const struct rv_reader *reader, uint64_t offset, void *buf, size_t n, struct rv_err *err)
{
        (void)err;
        memset(buf, 0, n);
        if (offset < reader->base) {
                size_t left = (size_t)(reader->base - offset);
                memcpy(buf, (const uint8_t *)reader->of + offset, left < n ? left : n);
        }
        return 0;
}

static void check_entries(const struct esp *esp)
{
        must(esp->n_entries <= BOOT_ENTRIES_MAX);
        for (size_t i = 0; i < esp->n_entries; i++) {
                must(memchr(esp->entries[i].name, 0, BOOT_ENTRY_NAME) != NULL);
                must(memchr(esp->entries[i].version, 0, BOOT_KEY) != NULL);
                must(esp->entries[i].left >= -1);
        }
        must(esp->unused <= esp->size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct slot slots[2] = { { .key = "A", .health = HEALTH_UNKNOWN }, { .key = "B", .health = HEALTH_UNKNOWN } };
        struct boot_choice choice = { .known = false };
        struct esp esp;

        if (size > INPUT_MAX)
                return 0;
        /* base holds how much of the input there is; this reader has no other use for it. */
        struct rv_reader part = {
                .read = read_sparse, .of = data, .fd = -1, .base = size, .size = PART, .name = "esp"
        };
        if (esp_read(&part, &esp, NULL) == 0) {
                check_entries(&esp);
                for (size_t i = 0; i < esp.n_entries; i++)
                        esp.entries[i].slot = esp_letter(esp.entries[i].name) == 'a' ? 0 : 1;
                must(next_sdboot(slots, 2, esp.entries, esp.n_entries, &choice) < 2);
        }
        esp_free(&esp);
        return 0;
}
