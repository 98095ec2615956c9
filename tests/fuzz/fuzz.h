/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a fuzz target defines, and how it says that something is wrong: by abort(), which libFuzzer and the replay both
 * report with the input. */
#ifndef REEVE_TEST_FUZZ_H
#define REEVE_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void must(int condition)
{
        if (!condition)
                abort();
}

#endif
