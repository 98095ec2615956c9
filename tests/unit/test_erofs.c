/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-distro */
/* EROFS images made by hand, a field at a time: sizes that go round, chunks and directories that lie. What mkfs.erofs
 * makes is read in test_fsread.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/distro/fsread/fsread.h"

enum {
        BLOCK = 4096,
        SIZE = 64 * BLOCK,
        META = BLOCK, /* inodes: the root is number 0, the other number 1 */
        OTHER = META + 32,
        MAP = OTHER + 64, /* behind the other's long inode */
        NAMES = 2 * BLOCK,
        DATA = 16 * BLOCK,
        LIMIT = 1 << 17,
        LAYOUT_PLAIN = 0,
        LAYOUT_CHUNKS = 4,
        CHUNK_16 = 4 /* chunks of 16 blocks */
};

static const struct rv_fsread *fsread;

static int setup(void **state)
{
        const struct rv_backend wanted = { RV_FSREAD_ABI, sizeof(struct rv_fsread) };
        const void *opened = NULL;

        (void)state;
        if (rv_backend_open("fsread", wanted, &opened, NULL))
                return -1;
        fsread = opened;
        return 0;
}

static void put(uint8_t *image, size_t at, uint64_t value, size_t n)
{
        size_t i;

        for (i = 0; i < n; i++)
                image[at + i] = (uint8_t)(value >> 8 * i);
}

/* One directory with one name, "other". */
static uint8_t *make(unsigned mode, uint64_t size, unsigned layout, uint32_t word)
{
        uint8_t *image = calloc(1, SIZE);
        size_t i;

        assert_non_null(image);
        put(image, 1024, 0xe0f5e1e2, 4);
        image[1024 + 12] = 12; /* blocks of 2^12 */
        put(image, 1024 + 40, META / BLOCK, 4);
        put(image, META + 4, S_IFDIR | 0755, 2);
        put(image, META + 8, 12 + 5, 4);
        put(image, META + 16, NAMES / BLOCK, 4);
        put(image, OTHER, 1 | layout << 1, 2);
        put(image, OTHER + 4, mode, 2);
        put(image, OTHER + 8, size, 8);
        put(image, OTHER + 16, word, 4);
        put(image, NAMES, 1, 8);
        put(image, NAMES + 8, 12, 2);
        memcpy(image + NAMES + 12, "other", 5);
        for (i = DATA; i < SIZE; i++)
                image[i] = (uint8_t)('a' + i / BLOCK % 26);
        return image;
}

static int read_it(const uint8_t *image, const char *path, struct rv_buf *ret)
{
        const struct rv_reader fs = rv_reader_memory(image, SIZE, "image");

        return fsread->file(&fs, path, LIMIT, ret, NULL);
}

static int code_of(const uint8_t *image, const char *path)
{
        RV_BUF_CLEANUP struct rv_buf got = { 0 };

        return read_it(image, path, &got);
}

static void test_sound(void **state)
{
        uint8_t *image = make(S_IFREG | 0644, BLOCK + 1, LAYOUT_PLAIN, DATA / BLOCK);
        RV_BUF_CLEANUP struct rv_buf got = { 0 };

        (void)state;
        assert_int_equal(read_it(image, "/other", &got), RV_OK);
        assert_int_equal(got.size, BLOCK + 1);
        assert_memory_equal(got.data, image + DATA, got.size);
        assert_int_equal(code_of(image, "othe"), RV_NOTFOUND);
        assert_int_equal(code_of(image, "others"), RV_NOTFOUND);
        free(image);
}

/* A link whose size goes round when the rest of the path is added to it must not pass for a short one: its target would
 * be read over what is too small for it. */
static void test_links_of_any_size(void **state)
{
        static const uint64_t sizes[] = { 4095,           4096,           1 << 16,    UINT32_MAX,       INT64_MAX,
                                          UINT64_MAX - 2, UINT64_MAX - 1, UINT64_MAX, (uint64_t)1 << 32 };
        static const unsigned layouts[] = { LAYOUT_PLAIN, LAYOUT_CHUNKS };
        static const uint32_t blocks[] = { UINT32_MAX /* a hole */, DATA / BLOCK };
        uint8_t *image;
        size_t i, k, b;

        (void)state;
        for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
                for (k = 0; k < 2; k++)
                        for (b = 0; b < 2; b++) {
                                image = make(S_IFLNK | 0777, sizes[i], layouts[k],
                                             layouts[k] == LAYOUT_CHUNKS ? CHUNK_16 : DATA / BLOCK);
                                put(image, MAP, blocks[b], 4);
                                assert_int_equal(code_of(image, "other"), RV_NOTFOUND);
                                assert_int_equal(code_of(image, "other/and/more"), RV_NOTFOUND);
                                free(image);
                        }
}

static void test_files_of_any_size(void **state)
{
        static const uint64_t sizes[] = { LIMIT + 1, UINT32_MAX,        (uint64_t)1 << 32,
                                          INT64_MAX, UINT64_MAX - 4095, UINT64_MAX };
        uint8_t *image;
        size_t i;
        unsigned layout;

        (void)state;
        for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
                for (layout = 0; layout < 8; layout++) {
                        image = make(S_IFREG | 0644, sizes[i], layout, CHUNK_16);
                        assert_int_equal(code_of(image, "other"), RV_DAMAGED);
                        free(image);
                }
        /* A directory of such a size: looked for in, never believed. */
        for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
                for (layout = 0; layout < 8; layout++) {
                        image = make(S_IFDIR | 0755, sizes[i], layout, CHUNK_16);
                        assert_int_not_equal(code_of(image, "other/x"), RV_OK);
                        free(image);
                }
}

static void test_chunks(void **state)
{
        uint8_t *image = make(S_IFREG | 0644, 20 * BLOCK + 3, LAYOUT_CHUNKS, CHUNK_16);
        RV_BUF_CLEANUP struct rv_buf got = { 0 };
        size_t i;

        (void)state;
        put(image, MAP, 30, 4);
        put(image, MAP + 4, UINT32_MAX, 4);
        assert_int_equal(read_it(image, "other", &got), RV_OK);
        assert_int_equal(got.size, 20 * BLOCK + 3);
        assert_memory_equal(got.data, image + 30 * BLOCK, 16 * BLOCK);
        for (i = 16 * BLOCK; i < got.size; i++)
                assert_int_equal(got.data[i], 0); /* the hole */
        put(image, MAP, SIZE / BLOCK - 15, 4);    /* its last block lies outside */
        assert_int_equal(code_of(image, "other"), RV_DAMAGED);
        put(image, MAP, UINT32_MAX - 1, 4);
        assert_int_equal(code_of(image, "other"), RV_DAMAGED);
        put(image, OTHER + 16, 0x1f, 4); /* chunks of 2^43 bytes */
        assert_int_equal(code_of(image, "other"), RV_DAMAGED);
        put(image, OTHER + 16, CHUNK_16 | 0x20, 4); /* indexes of eight bytes, which may name another device */
        put(image, MAP, 0, 8);
        put(image, MAP + 2, 1, 2);
        assert_int_equal(code_of(image, "other"), RV_UNSUPPORTED);
        free(image);
}

static void test_directories(void **state)
{
        static const unsigned offsets[] = { 0, 11, 18, BLOCK, UINT16_MAX };
        uint8_t *image = make(S_IFREG | 0644, 1, LAYOUT_PLAIN, DATA / BLOCK);
        size_t i;

        (void)state;
        for (i = 0; i < sizeof offsets / sizeof *offsets; i++) {
                put(image, NAMES + 8, offsets[i], 2);
                assert_int_equal(code_of(image, "other"), RV_DAMAGED);
        }
        put(image, NAMES + 8, 12, 2);
        assert_int_equal(code_of(image, "other"), RV_OK);
        put(image, NAMES, UINT64_MAX, 8); /* an inode beyond all numbers */
        assert_int_equal(code_of(image, "other"), RV_DAMAGED);
        put(image, NAMES, UINT64_MAX / 32, 8);
        assert_int_equal(code_of(image, "other"), RV_DAMAGED);
        put(image, NAMES, 0, 8); /* the directory itself */
        assert_int_equal(code_of(image, "other/other/other/other"), RV_NOTFOUND);
        put(image, META + 8, 11, 4); /* too short for an entry */
        assert_int_equal(code_of(image, "other"), RV_DAMAGED);
        free(image);
}

static void test_super_blocks(void **state)
{
        uint8_t *image = make(S_IFREG | 0644, 1, LAYOUT_PLAIN, DATA / BLOCK);
        unsigned bits;

        (void)state;
        for (bits = 0; bits < 256; bits++) {
                image[1024 + 12] = (uint8_t)bits;
                if (bits < 9 || bits > 16)
                        assert_int_equal(code_of(image, "other"), RV_DAMAGED);
                else
                        (void)code_of(image, "other");
        }
        image[1024 + 12] = 12;
        put(image, 1024 + 80, 0x80, 4); /* a feature of the future */
        assert_int_equal(code_of(image, "other"), RV_UNSUPPORTED);
        put(image, 1024 + 80, 0, 4);
        put(image, 1024 + 40, UINT32_MAX, 4);
        assert_int_equal(code_of(image, "other"), RV_DAMAGED);
        free(image);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_sound),
                cmocka_unit_test(test_links_of_any_size),
                cmocka_unit_test(test_files_of_any_size),
                cmocka_unit_test(test_chunks),
                cmocka_unit_test(test_directories),
                cmocka_unit_test(test_super_blocks),
        };

        return cmocka_run_group_tests(tests, setup, NULL);
}
