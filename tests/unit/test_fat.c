/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: slots-disk */
/* FAT12, 16 and 32 as mkfs.fat and mtools write them, then with broken tables and boot sectors. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/spawn.h"
#include "plugins/slots/disk/fat.h"

enum { LARGE = 50000 };

struct place {
        char folder[64], image[96], file[96];
};

static bool run(const char *const *argv)
{
        struct rv_spawn spawn = { .argv = argv, .stdin_fd = -1 };
        struct rv_buf RV_BUF_CLEANUP out = { 0 }, RV_BUF_CLEANUP errors = { 0 };
        int status = -1;

        return rv_spawn(&spawn, &out, &errors, &status, NULL) == 0 && status == 0;
}

static int setup(void **state)
{
        struct place *place = calloc(1, sizeof *place);

        if (!place)
                return -1;
        strcpy(place->folder, "/tmp/reeve-fat.XXXXXX");
        if (!mkdtemp(place->folder))
                return -1;
        (void)snprintf(place->image, sizeof place->image, "%s/image", place->folder);
        (void)snprintf(place->file, sizeof place->file, "%s/file", place->folder);
        *state = place;
        return 0;
}

static int teardown(void **state)
{
        struct place *place = *state;

        (void)unlink(place->image);
        (void)unlink(place->file);
        int r = rmdir(place->folder);
        free(place);
        return r;
}

/* A file of n bytes whose every byte tells its place. */
static void pattern(uint8_t *bytes, size_t n)
{
        for (size_t i = 0; i < n; i++)
                bytes[i] = (uint8_t)(i * 7 + i / 251);
}

static void make(const struct place *place, const char *kind, off_t size)
{
        const char *const mkfs[] = { "mkfs.fat", "-F", kind, "-s", "1", place->image, NULL };
        const char *const dirs[] = { "mmd", "-i", place->image, "::/EFI", "::/EFI/Linux", "::/loader", NULL };
        static const char *const names[] = { "::/EFI/Linux/vmlinuz-8-azlb0+3-0.efi", "::/loader/loader.conf",
                                             "::/SHORT.TXT",
                                             "::/EFI/Linux/a name of more than one entry \xc3\xa9\xc3\xa8.conf" };
        uint8_t bytes[LARGE];

        int fd = open(place->image, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(ftruncate(fd, size), 0);
        assert_int_equal(close(fd), 0);
        pattern(bytes, sizeof bytes);
        fd = open(place->file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_int_equal(rv_write_all(fd, bytes, sizeof bytes), 0);
        assert_int_equal(close(fd), 0);
        assert_true(run(mkfs));
        assert_true(run(dirs));
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
                const char *const copy[] = { "mcopy", "-i", place->image, place->file, names[i], NULL };
                assert_true(run(copy));
        }
        /* A hole in the middle makes the next file's chain jump. */
        const char *const drop[] = { "mdel", "-i", place->image, "::/loader/loader.conf", NULL };
        const char *const again[] = { "mcopy", "-i", place->image, place->file, "::/again.bin", NULL };
        assert_true(run(drop));
        assert_true(run(again));
}

static void load(const struct place *place, struct rv_buf *bytes)
{
        assert_int_equal(rv_file_read(AT_FDCWD, place->image, 64 << 20, bytes, NULL), 0);
}

static void expect_file(const struct fat *fat, const char *path)
{
        uint8_t want[LARGE], got[LARGE];
        struct fat_entry entry;

        pattern(want, sizeof want);
        assert_int_equal(fat_find(fat, path, &entry, NULL), 0);
        assert_false(entry.directory);
        struct fat_file file = { fat, &entry };
        struct rv_reader reader = fat_reader(&file);
        assert_int_equal(reader.size, LARGE);
        assert_int_equal(rv_read(&reader, 0, got, LARGE, NULL), 0);
        assert_memory_equal(got, want, LARGE);
        assert_int_equal(rv_read(&reader, 33333, got, 4321, NULL), 0);
        assert_memory_equal(got, want + 33333, 4321);
        assert_int_equal(rv_read(&reader, LARGE - 1, got, 2, NULL), RV_DAMAGED);
}

static void check(void **state, const char *kind, off_t size, unsigned bits)
{
        const struct place *place = *state;
        struct rv_buf RV_BUF_CLEANUP bytes = { 0 };
        struct fat FAT_CLEANUP fat = { .bits = 0 };
        struct fat_list FAT_LIST_CLEANUP list = { .n = 0 };
        struct fat_entry entry;
        uint64_t whole, unused;

        const char *const probe[] = { "mkfs.fat", "--help", NULL };
        if (!run(probe)) {
                print_message("mkfs.fat or mtools are not here: FAT was not tried\n");
                skip();
        }
        make(place, kind, size);
        load(place, &bytes);
        struct rv_reader reader = rv_reader_memory(bytes.data, bytes.size, "image");
        assert_int_equal(fat_open(&reader, &fat, NULL), 0);
        assert_int_equal(fat.bits, bits);
        expect_file(&fat, "EFI/Linux/vmlinuz-8-azlb0+3-0.efi");
        expect_file(&fat, "/efi//LINUX/VMLINUZ-8-AZLB0+3-0.EFI");
        expect_file(&fat, "short.txt");
        expect_file(&fat, "EFI/Linux/a name of more than one entry \xc3\xa9\xc3\xa8.conf");
        expect_file(&fat, "again.bin");
        assert_int_equal(fat_find(&fat, "loader/loader.conf", &entry, NULL), RV_NOTFOUND);
        assert_int_equal(fat_find(&fat, "SHORT.TXT/x", &entry, NULL), RV_NOTFOUND);
        assert_int_equal(fat_find(&fat, "EFI/Linux", &entry, NULL), 0);
        assert_int_equal(fat_list(&fat, &entry, &list, NULL), 0);
        assert_int_equal(list.n, 2);
        fat_space(&fat, &whole, &unused);
        assert_in_range(whole - unused, 4 * LARGE, 4 * LARGE + 16384);
}

static void test_fat12(void **state)
{
        check(state, "12", 1 << 20, 12);
}

static void test_fat16(void **state)
{
        check(state, "16", 8 << 20, 16);
}

static void test_fat32(void **state)
{
        check(state, "32", 36 << 20, 32);
}

/* A chain that bites its own tail, and one that leaves the disk, end as damage. */
static void test_loops(void **state)
{
        const struct place *place = *state;
        struct rv_buf RV_BUF_CLEANUP bytes = { 0 };

        load(place, &bytes); /* the FAT32 image of the test before */
        struct rv_reader reader = rv_reader_memory(bytes.data, bytes.size, "image");
        for (unsigned wrong = 0; wrong < 3; wrong++) {
                struct fat FAT_CLEANUP fat = { .bits = 0 };
                struct fat_entry entry;
                uint8_t buf[LARGE];
                assert_int_equal(fat_open(&reader, &fat, NULL), 0);
                assert_int_equal(fat_find(&fat, "short.txt", &entry, NULL), 0);
                uint32_t to = wrong == 0 ? entry.cluster : wrong == 1 ? 0x0ffffff0 : 0;
                uint8_t *at = fat.table + 4 * (size_t)(entry.cluster + 3);
                for (unsigned i = 0; i < 4; i++)
                        at[i] = (uint8_t)(to >> 8 * i);
                struct fat_file file = { &fat, &entry };
                struct rv_reader data = fat_reader(&file);
                int r = rv_read(&data, 0, buf, sizeof buf, NULL);
                /* A loop is seen by its length when the file is as long as the disk, and read round before. */
                assert_int_equal(r, wrong == 0 ? 0 : RV_DAMAGED);
                entry.size = UINT32_MAX;
                data = fat_reader(&file);
                assert_int_equal(rv_read(&data, UINT32_MAX - 8, buf, 4, NULL), RV_DAMAGED);
        }
}

static void test_boot_sectors(void **state)
{
        const struct place *place = *state;
        struct rv_buf RV_BUF_CLEANUP bytes = { 0 };

        load(place, &bytes);
        struct rv_reader reader = rv_reader_memory(bytes.data, bytes.size, "image");
        /* Each byte of the geometry in turn, at each of some values: no crash, and no rubbish taken for a FAT that
         * is larger than its partition. */
        for (unsigned at = 11; at < 48; at++)
                for (unsigned value = 0; value < 256; value += 5) {
                        struct fat FAT_CLEANUP fat = { .bits = 0 };
                        char was = bytes.data[at];
                        bytes.data[at] = (char)value;
                        if (fat_open(&reader, &fat, NULL) == 0) {
                                struct fat_entry entry;
                                assert_in_range((uint64_t)fat.n_clusters * fat.cluster_size + fat.data_at, 1,
                                                bytes.size);
                                (void)!fat_find(&fat, "EFI/Linux/x", &entry, NULL);
                        }
                        bytes.data[at] = was;
                }
        struct fat fat;
        bytes.data[511] = 0;
        assert_int_equal(fat_open(&reader, &fat, NULL), RV_UNSUPPORTED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_fat12), cmocka_unit_test(test_fat16),        cmocka_unit_test(test_fat32),
                cmocka_unit_test(test_loops), cmocka_unit_test(test_boot_sectors),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
