/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any repomd.xml: refused, or of files that lie below the repository and have a checksum. */
#include <string.h>

#include "core/distro/rpmmd/rpmmd.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        RV_REPOMD_CLEANUP struct rv_repomd repomd = { 0 };
        size_t i;

        if (rv_repomd_parse((const char *)data, size, "fuzz", &repomd, NULL))
                return 0;
        must(repomd.n <= RV_REPOMD_FILES);
        for (i = 0; i < repomd.n; i++) {
                const struct rv_repomd_file *file = &repomd.files[i];

                must(*file->type && rv_href_sound(file->href));
                must(*file->href != '/' && !strstr(file->href, "..//") && strncmp(file->href, "../", 3) != 0);
                must(file->checksum.kind != RV_CHECKSUM_NONE && strlen(file->checksum.hex) >= 32);
                must(file->size >= -1 && file->open_size >= -1);
        }
        return 0;
}
