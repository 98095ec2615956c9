/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The main of a fuzz target where there is no libFuzzer: runs each file, its truncations, and mutations that are the
 * same each time, so that a failure comes again. */
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "fuzz.h"

#include <fcntl.h>

enum { MUTATIONS = 3000, TRUNCATIONS = 500, LARGEST = 16 << 20 };

static uint32_t random_below(uint32_t *seed, size_t n)
{
        *seed ^= *seed << 13;
        *seed ^= *seed >> 17;
        *seed ^= *seed << 5;
        return (uint32_t)(*seed % n);
}

/* A copy of exactly that size: a sanitizer then sees the first byte read beyond it. */
static void run(const char *bytes, size_t size)
{
        uint8_t *copy = malloc(size ? size : 1);

        must(copy != NULL);
        memcpy(copy, bytes, size);
        must(LLVMFuzzerTestOneInput(copy, size) == 0);
        free(copy);
}

static void mutate(struct rv_buf *file, uint32_t *seed)
{
        static const char values[] = { 0, 1, -1, 127, -128, 32, 64 };
        char kept[4];
        size_t at[4], i;

        for (i = 0; i < sizeof kept; i++) {
                at[i] = random_below(seed, file->size);
                kept[i] = file->data[at[i]];
                if (random_below(seed, 2))
                        file->data[at[i]] = values[random_below(seed, sizeof values)];
                else
                        file->data[at[i]] = (char)random_below(seed, 256);
        }
        run(file->data, file->size);
        while (i-- > 0)
                file->data[at[i]] = kept[i];
}

static void replay(struct rv_buf *file)
{
        uint32_t seed = 2463534242;
        size_t step = file->size / TRUNCATIONS + 1, n;

        run(file->data, file->size);
        for (n = 0; n < file->size; n += step)
                run(file->data, n);
        for (n = 0; file->size && n < MUTATIONS; n++)
                mutate(file, &seed);
}

int main(int argc, char **argv)
{
        int i;

        for (i = 1; i < argc; i++) {
                RV_ERR_CLEANUP struct rv_err err = { 0 };
                RV_BUF_CLEANUP struct rv_buf file = { 0 };

                if (rv_file_read(AT_FDCWD, argv[i], LARGEST, &file, &err) != RV_OK) {
                        (void)fprintf(stderr, "%s: cannot be read\n", argv[i]);
                        return 1;
                }
                replay(&file);
        }
        (void)printf("%d seeds replayed\n", argc - 1);
        return argc < 2;
}
