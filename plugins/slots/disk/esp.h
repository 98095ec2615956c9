/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the EFI system partition says about slots: kernels with their root hashes, boot entries, the loader's
 * configuration, how full it is.
 * Ownership: the caller's, released by esp_free. */
#ifndef REEVE_SLOTS_ESP_H
#define REEVE_SLOTS_ESP_H

#include "plugins/slots/disk/next.h"

struct esp {
        bool readable;
        uint64_t size, unused;          /* bytes for data; those that are free */
        char flatcar_hash[2][ROOTHASH]; /* of flatcar/vmlinuz-a and -b; "" for none */
        bool flatcar_kernel[2];
        struct boot_entry *entries; /* in the order of the directories */
        size_t n_entries;
        char config_default[BOOT_ENTRY_NAME]; /* `default` of loader/loader.conf, "" for none */
        unsigned skipped; /* images in EFI/Linux that the loader does not list, or that are damaged */
};

/* Reads what is there; what is missing stays empty. RV_DAMAGED or RV_UNSUPPORTED: no readable FAT (*ret is then empty
 * and still valid). */
int esp_read(const struct rv_reader *part, struct esp *ret, struct rv_err *err) RV_CHECK;
void esp_free(struct esp *esp);

/* The letter of the slot that an Azure Container Linux kernel starts, by its file name (vmlinuz-8-azlb0+3-0.efi: 'b');
 * '\0' for another name. */
char esp_letter(const char *name);
/* Takes a root hash (64 small hex digits) from a kernel command line: usrhash= or verity.usrhash=. */
bool esp_usrhash(const char *cmdline, char ret[ROOTHASH]);

#endif
