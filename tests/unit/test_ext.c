/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-distro */
/* ext2 and ext4 that mke2fs made and debugfs bent: sizes of links and files that no file has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/spawn.h"
#include "core/distro/fsread/fsread.h"
#include "place_fixture.h"

enum { IMAGE = 4 << 20, LIMIT = 1 << 17 };

static bool run(const char *const *argv)
{
        const struct rv_spawn spawn = { .argv = argv, .stdin_fd = -1 };
        RV_BUF_CLEANUP struct rv_buf out = { 0 }, errors = { 0 };
        int status = -1;

        return rv_spawn(&spawn, &out, &errors, &status, NULL) == RV_OK && status == 0;
}

/* lib/release, lib/short and lib/long, two links to it, of which the second has a block of its own. */
static void make(const struct place *place, const char *type, char image[96])
{
        char tree[96], target[201];
        int fd;

        memset(target, '/', sizeof target - 1);
        memcpy(target + 200 - 7, "release", 7);
        memcpy(target, "./", 2);
        target[200] = '\0';
        (void)snprintf(tree, sizeof tree, "%s/tree", place->path);
        (void)snprintf(image, 96, "%s/image", place->path);
        assert_int_equal(mkdirat(place->fd, "tree", 0755), 0);
        assert_int_equal(mkdirat(place->fd, "tree/lib", 0755), 0);
        place_write(place, "tree/lib/release", "ID=x\n", 5, 0644);
        assert_int_equal(symlinkat("release", place->fd, "tree/lib/short"), 0);
        assert_int_equal(symlinkat(target, place->fd, "tree/lib/long"), 0);
        fd = openat(place->fd, "image", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        assert_int_equal(ftruncate(fd, IMAGE), 0);
        close(fd);
        if (!run((const char *const[]){ "mke2fs", "-q", "-t", type, "-O", "^metadata_csum", "-d", tree, image,
                                        NULL }) ||
            !run((const char *const[]){ "debugfs", "-V", NULL })) {
                print_message("mke2fs or debugfs is not here: not tried\n");
                skip();
        }
}

static int code_of(const char *image, const char *path)
{
        const struct rv_backend wanted = { RV_FSREAD_ABI, sizeof(struct rv_fsread) };
        RV_BUF_CLEANUP struct rv_buf bytes = { 0 }, got = { 0 };
        const struct rv_fsread *fsread;
        const void *opened = NULL;
        struct rv_reader fs;

        assert_int_equal(rv_backend_open("fsread", wanted, &opened, NULL), RV_OK);
        fsread = opened;
        assert_int_equal(rv_file_read(AT_FDCWD, image, 64 << 20, &bytes, NULL), RV_OK);
        fs = rv_reader_memory(bytes.data, bytes.size, "image");
        return fsread->file(&fs, path, LIMIT, &got, NULL);
}

static void bend(const char *image, const char *path, const char *field, const char *value)
{
        char request[128];

        (void)snprintf(request, sizeof request, "set_inode_field %s %s %s", path, field, value);
        assert_true(run((const char *const[]){ "debugfs", "-w", "-R", request, image, NULL }));
}

static void check(const struct place *place, const char *type)
{
        static const char *const sizes[] = { "4096",
                                             "65536",
                                             "4294967295",
                                             "4294967296",
                                             "0x7fffffffffffffff",
                                             "0xfffffffffffffffe",
                                             "0xffffffffffffffff" };
        static const char *const links[] = { "lib/short", "lib/long" };
        char image[96];
        size_t i, k;

        make(place, type, image);
        assert_int_equal(code_of(image, "lib/release"), RV_OK);
        assert_int_equal(code_of(image, "lib/short"), RV_OK);
        assert_int_equal(code_of(image, "lib/long"), RV_OK);
        for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
                for (k = 0; k < 2; k++) {
                        bend(image, links[k], "size", sizes[i]);
                        assert_int_not_equal(code_of(image, links[k]), RV_OK);
                }
        bend(image, "lib/long", "size", "0");
        assert_int_not_equal(code_of(image, "lib/long"), RV_OK);
        for (i = 2; i < sizeof sizes / sizeof *sizes; i++) {
                bend(image, "lib/release", "size", sizes[i]);
                assert_int_equal(code_of(image, "lib/release"), RV_DAMAGED); /* larger than it may be */
        }
}

static void test_ext2(void **state)
{
        check(*state, "ext2");
}

static void test_ext4(void **state)
{
        check(*state, "ext4");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_ext2, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_ext4, place_setup, place_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
