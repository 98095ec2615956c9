/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A header as a hostile database holds it: refused, or every value of every tag can be read inside the blob, and it has
 * a verdict, which without a key is never ok. */
#include <string.h>

#include "core/distro/rpmsig/ring.h"
#include "fuzz.h"

static void read_tag(const struct rv_rpm_header *header, uint32_t tag, const uint8_t *data, size_t size)
{
        const char *first = (const char *)data, *end = first + size, *text;
        struct rv_rpm_texts texts;
        const uint8_t *bytes;
        size_t n = 0, i;
        uint64_t number;

        rv_rpm_texts(header, tag, &texts);
        while ((text = rv_rpm_next_text(&texts)))
                must(text >= first && text + strlen(text) < end);
        bytes = rv_rpm_bytes(header, tag, &n);
        must(!bytes || (bytes >= data && bytes + n <= data + size));
        for (i = 0; i < 20 && rv_rpm_int(header, tag, i, &number); i++)
                must(i < rv_rpm_count(header, tag));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        RV_BUF_CLEANUP struct rv_buf name = { 0 };
        struct rv_rpm_verdict verdict;
        struct rv_rpm_header header;
        struct rv_rpm_ring *ring;
        uint32_t i;

        if (!rv_rpm_open(data, size, &header))
                return 0;
        for (i = 0; i < header.n_entries && i < 64; i++) {
                const uint8_t *at = header.index + (size_t)i * 16;

                read_tag(&header, (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3], data,
                         size);
        }
        (void)rv_rpm_nevra(&header, &name);
        ring = rv_ring_new(0);
        must(ring != NULL);
        rv_ring_judge(ring, &header, &verdict);
        must(verdict.verdict != RV_VERDICT_OK && verdict.n_signers <= RV_SIGNERS);
        rv_ring_free(ring);
        return 0;
}
