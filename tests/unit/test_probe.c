/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: slots-disk */
/* What a partition holds, asked of file systems that their own tools made, and of what only looks like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/spawn.h"
#include "core/distro/reader.h"
#include "place_fixture.h"
#include "plugins/slots/disk/probe.h"

enum { IMAGE = 4 << 20 };

static const char *content(const void *bytes, size_t n)
{
        const struct rv_reader part = rv_reader_memory(bytes, n, "part");

        return probe_content(&part);
}

/* Runs a tool on an image of zeros, and says what is in it then. A tool that is missing is passed over. */
static void made_by(const struct place *place, const char *const *before, const char *const *behind, const char *want)
{
        RV_BUF_CLEANUP struct rv_buf bytes = { 0 }, out = { 0 }, errors = { 0 };
        const char *argv[12] = { NULL }, *found;
        struct rv_spawn spawn = { .argv = argv, .stdin_fd = -1 };
        char path[96];
        int n = 0, status = -1, fd;

        (void)snprintf(path, sizeof path, "%s/image", place->path);
        (void)unlinkat(place->fd, "image", 0);
        fd = openat(place->fd, "image", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(ftruncate(fd, strcmp(want, "squashfs") == 0 ? 0 : IMAGE), 0);
        close(fd);
        for (; *before; before++)
                argv[n++] = *before;
        argv[n++] = path;
        for (; *behind; behind++)
                argv[n++] = *behind;
        if (rv_spawn(&spawn, &out, &errors, &status, NULL) != RV_OK || status) {
                print_message("%s failed or is not here: not tried\n", argv[0]);
                return;
        }
        assert_int_equal(rv_file_read(AT_FDCWD, path, 64 << 20, &bytes, NULL), RV_OK);
        found = content(bytes.data, bytes.size);
        if (!found || strcmp(found, want) != 0)
                fail_msg("%s: %s", argv[0], found ? found : "nothing");
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NOTHING ((const char *const[]){ NULL })

static void test_real_ones(void **state)
{
        const struct place *place = *state;

        assert_int_equal(mkdirat(place->fd, "tree", 0755), 0);
        place_write(place, "tree/file", "x", 1, 0644);
        char tree[96];
        (void)snprintf(tree, sizeof tree, "%s/tree", place->path);
        made_by(place, WORDS("mke2fs", "-q", "-t", "ext4"), NOTHING, "ext4");
        made_by(place, WORDS("mke2fs", "-q", "-t", "ext2"), NOTHING, "ext4");
        made_by(place, WORDS("mkfs.fat", "-F", "12"), NOTHING, "vfat");
        made_by(place, WORDS("mkfs.fat", "-F", "16", "-s", "1"), NOTHING, "vfat");
        made_by(place, WORDS("mkfs.fat", "-F", "32", "-s", "1"), NOTHING, "vfat");
        made_by(place, WORDS("mkfs.erofs"), WORDS(tree), "erofs");
        made_by(place, WORDS("mksquashfs", tree), WORDS("-noappend", "-no-progress", "-quiet"), "squashfs");
}

static void test_magic_numbers(void **state)
{
        static const struct {
                size_t at, n;
                const char *magic, *id;
        } known[] = {
                { 0, 4, "hsqs", "squashfs" },    { 1024, 4, "\xe2\xe1\xf5\xe0", "erofs" },
                { 1080, 2, "\x53\xef", "ext4" }, { 65600, 8, "_BHRfS_M", "btrfs" },
                { 0, 4, "XFSB", "xfs" },         { 0, 8, "verity\0\0", "verity" },
                { 54, 4, "FAT1", "vfat" },       { 82, 5, "FAT32", "vfat" },
        };
        char *bytes = calloc(1, IMAGE);
        size_t i;

        (void)state;
        assert_non_null(bytes);
        for (i = 0; i < sizeof known / sizeof *known; i++) {
                memcpy(bytes + known[i].at, known[i].magic, known[i].n);
                assert_string_equal(content(bytes, IMAGE), known[i].id);
                assert_string_equal(content(bytes, known[i].at + known[i].n), known[i].id);
                /* A partition that ends in the middle of it, and a magic number with a wrong byte. */
                assert_null(content(bytes, known[i].at + known[i].n - 1));
                bytes[known[i].at] ^= 0x20;
                assert_null(content(bytes, IMAGE));
                memset(bytes + known[i].at, 0, known[i].n);
        }
        free(bytes);
}

/* Empty is what holds zeros in its first MiB, and nothing that cannot be read is called so. */
static void test_empty(void **state)
{
        char *bytes = calloc(1, IMAGE);
        struct rv_reader part;

        (void)state;
        assert_non_null(bytes);
        assert_string_equal(content(bytes, IMAGE), "empty");
        assert_string_equal(content(bytes, 1), "empty");
        assert_string_equal(content(bytes, 4097), "empty");
        assert_null(content(bytes, 0));
        bytes[PROBE_BYTES] = 1;
        assert_string_equal(content(bytes, IMAGE), "empty");
        bytes[PROBE_BYTES - 1] = 1;
        assert_null(content(bytes, IMAGE));
        bytes[PROBE_BYTES - 1] = 0;
        bytes[0] = 1;
        assert_null(content(bytes, IMAGE));
        part = rv_reader_fd(-1, IMAGE, "unreadable");
        assert_null(probe_content(&part));
        free(bytes);
}

static uint64_t used(const char *bytes, const char *content)
{
        const struct rv_reader part = rv_reader_memory(bytes, IMAGE, "part");
        uint64_t ret;

        return probe_used(&part, content, &ret) ? ret : UINT64_MAX;
}

/* Superblocks by hand, at the places that the formats' documentation names; what is more than there is is no figure. */
static void test_used(void **state)
{
        char *bytes = calloc(1, IMAGE);

        (void)state;
        assert_non_null(bytes);
        memcpy(bytes + 1024 + 0x04, "\x00\x04", 2); /* ext4: 1024 blocks of 2 KiB, 1000 free */
        memcpy(bytes + 1024 + 0x0c, "\xe8\x03", 2);
        bytes[1024 + 0x18] = 1;
        assert_int_equal(used(bytes, "ext4"), 24 * 2048);
        bytes[1024 + 0x158] = 1; /* counts only with 64BIT */
        assert_int_equal(used(bytes, "ext4"), 24 * 2048);
        bytes[1024 + 0x60] = (char)0x80;
        assert_true(used(bytes, "ext4") == UINT64_MAX);
        bytes[1024 + 0x158] = 0;
        bytes[1024 + 0x18] = 60;
        assert_true(used(bytes, "ext4") == UINT64_MAX);
        memset(bytes, 0, IMAGE);
        bytes[6] = 0x10; /* xfs: 256 blocks of 4 KiB, 250 free, in big endian */
        bytes[14] = 1;
        bytes[151] = (char)250;
        assert_int_equal(used(bytes, "xfs"), 6 * 4096);
        bytes[150] = 2;
        assert_true(used(bytes, "xfs") == UINT64_MAX);
        memset(bytes, 0, IMAGE);
        bytes[65536 + 0x79] = 2;
        assert_int_equal(used(bytes, "btrfs"), 512);
        bytes[65536 + 0x7f] = 2;
        assert_true(used(bytes, "btrfs") == UINT64_MAX);
        bytes[1024 + 12] = 12;
        bytes[1024 + 36] = 3;
        assert_int_equal(used(bytes, "erofs"), 3 * 4096);
        bytes[41] = 7;
        assert_int_equal(used(bytes, "squashfs"), 7 * 256);
        assert_true(used(bytes, "vfat") == UINT64_MAX);
        assert_true(used(bytes, NULL) == UINT64_MAX);
        free(bytes);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_real_ones, place_setup, place_teardown),
                cmocka_unit_test(test_magic_numbers),
                cmocka_unit_test(test_empty),
                cmocka_unit_test(test_used),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
