/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: slots-disk */
/* What an EFI system partition says: root hashes, entries, the loader's default; on file systems that mkfs.fat and
 * mtools made, with files as they should be and as they should not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/spawn.h"
#include "core/distro/reader.h"
#include "pe_fixture.h"
#include "place_fixture.h"
#include "plugins/slots/disk/esp.h"

#define H8 "01234567"
#define HASH H8 H8 H8 H8 H8 H8 H8 "89abcdef"
#define OTHER H8 H8 H8 H8 H8 H8 H8 "fedcba98"

static void hash_of(const char *cmdline, const char *want)
{
        char hash[ROOTHASH] = "kept";

        assert_int_equal(esp_usrhash(cmdline, hash), want != NULL);
        assert_string_equal(hash, want ? want : "kept");
}

static void test_root_hashes(void **state)
{
        (void)state;
        hash_of("usrhash=" HASH, HASH);
        hash_of("verity.usrhash=" HASH " quiet", HASH);
        hash_of("quiet usrhash=" HASH "\n", HASH);
        hash_of("quiet\tusrhash=" HASH "\tro", HASH);
        hash_of("quiet\nusrhash=" HASH, HASH);
        hash_of("usrhash=" HASH " usrhash=" OTHER, OTHER); /* as the kernel: the last one */
        hash_of("usrhash= verity.usrhash=" HASH, HASH);
        hash_of("", NULL);
        hash_of("usrhash", NULL);
        hash_of("usrhash=", NULL);
        hash_of("xusrhash=" HASH, NULL);
        hash_of("x.usrhash=" HASH, NULL);
        hash_of("usrhashes=" HASH, NULL);
        hash_of("usrhash=0123456789ABCDEF" H8 H8 H8 H8 H8 H8, NULL);
        hash_of("usrhash=" H8 H8 H8 H8 H8 H8 H8 "0123456", NULL);
        /* A longer one is of another algorithm, and its beginning is no hash of anything. */
        hash_of("usrhash=" HASH "0", NULL);
        hash_of("usrhash=" HASH HASH, NULL);
}

static void test_letters(void **state)
{
        static const struct {
                const char *name;
                char letter;
        } names[] = { { "vmlinuz-8-azlb0+3-0.efi", 'b' },
                      { "vmlinuz-8-azla.efi", 'a' },
                      { "VMLINUZ-AZLB.EFI", 'b' },
                      { "-azla12+1.efi", 'a' },
                      { "-azla-azlb.efi", 'b' },
                      { "-azlb-azl.efi", '\0' },
                      { "-azlb", '\0' },
                      { "-azl", '\0' },
                      { "-azl.efi", '\0' },
                      { "-azl3.efi", '\0' },
                      { "-azl@.efi", '\0' },
                      { "-azl[.efi", '\0' },
                      { "-azlbx.efi", '\0' },
                      { "-azl\xe1.efi", '\0' },
                      { "azlb.efi", '\0' },
                      { "", '\0' },
                      { "vmlinuz-8-azlb0", '\0' } };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof names / sizeof *names; i++)
                if (esp_letter(names[i].name) != names[i].letter)
                        fail_msg("%s: %d", names[i].name, esp_letter(names[i].name));
}

/* --- on a real file system */

struct world {
        struct place *place;
        char image[96], file[96];
        struct rv_buf bytes;
        struct esp esp;
};

static bool run(const char *const *argv)
{
        const struct rv_spawn spawn = { .argv = argv, .stdin_fd = -1 };
        RV_BUF_CLEANUP struct rv_buf out = { 0 }, errors = { 0 };
        int status = -1;

        return rv_spawn(&spawn, &out, &errors, &status, NULL) == 0 && status == 0;
}

static int setup(void **state)
{
        struct world *world = calloc(1, sizeof *world);
        int fd;

        if (!world || place_setup((void **)&world->place))
                return -1;
        *state = world;
        (void)snprintf(world->image, sizeof world->image, "%s/image", world->place->path);
        (void)snprintf(world->file, sizeof world->file, "%s/file", world->place->path);
        fd = open(world->image, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0 || ftruncate(fd, 8 << 20) < 0)
                return -1;
        close(fd);
        return 0;
}

static int teardown(void **state)
{
        struct world *world = *state;

        esp_free(&world->esp);
        rv_buf_free(&world->bytes);
        (void)place_teardown((void **)&world->place);
        free(world);
        return 0;
}

static void make(const struct world *world)
{
        const char *const mkfs[] = { "mkfs.fat", "-F", "16", "-s", "1", world->image, NULL };
        const char *const dirs[] = {
                "mmd",        "-i", world->image, "::/EFI", "::/EFI/Linux", "::/loader", "::/loader/entries",
                "::/flatcar", NULL
        };

        if (!run(mkfs)) {
                print_message("mkfs.fat is not here: not tried\n");
                skip();
        }
        assert_true(run(dirs));
}

static void copy(const struct world *world, const char *to, const void *bytes, size_t n)
{
        const char *const argv[] = { "mcopy", "-o", "-i", world->image, world->file, to, NULL };

        place_write(world->place, "file", bytes, n, 0600);
        assert_true(run(argv));
}

static void text(const struct world *world, const char *to, const char *s)
{
        copy(world, to, s, strlen(s));
}

static void uki(const struct world *world, const char *to, const char *osrel, const char *cmdline)
{
        const struct pe_section sections[] = { { ".osrel", osrel, (uint32_t)strlen(osrel) },
                                               { ".cmdline", cmdline, (uint32_t)strlen(cmdline) } };
        RV_BUF_CLEANUP struct rv_buf image = { 0 };

        pe_make(&image, sections, *cmdline ? 2 : 1);
        copy(world, to, image.data, image.size);
}

static void look(struct world *world)
{
        struct rv_reader part;

        esp_free(&world->esp);
        assert_int_equal(rv_file_read(AT_FDCWD, world->image, 64 << 20, &world->bytes, NULL), RV_OK);
        part = rv_reader_memory(world->bytes.data, world->bytes.size, "esp");
        assert_int_equal(esp_read(&part, &world->esp, NULL), RV_OK);
        assert_true(world->esp.readable);
}

static const struct boot_entry *entry(const struct world *world, const char *name)
{
        size_t i;

        for (i = 0; i < world->esp.n_entries; i++)
                if (strcmp(world->esp.entries[i].name, name) == 0)
                        return &world->esp.entries[i];
        return NULL;
}

static void test_unified_kernels(void **state)
{
        struct world *world = *state;
        const struct boot_entry *found;

        make(world);
        uki(world, "::/EFI/Linux/good-azla+2-1.efi", "ID=azurelinux\nIMAGE_ID=acl\nVERSION_ID=4\nIMAGE_VERSION=4.0.7\n",
            "quiet usrhash=" HASH " systemd.verity_usr_data=PARTUUID=11111111-2222-3333-4444-555555555555");
        uki(world, "::/EFI/Linux/bare.EFI", "NAME=x\n", "");
        uki(world, "::/EFI/Linux/nameless.efi", "VERSION=3\n", "usrhash=" HASH);
        text(world, "::/EFI/Linux/no-pe.efi", "MZ but nothing more");
        text(world, "::/EFI/Linux/empty.efi", "");
        text(world, "::/EFI/Linux/readme.txt", "no image");
        look(world);
        assert_int_equal(world->esp.n_entries, 2);
        assert_int_equal(world->esp.skipped, 2); /* what is no image; one without a name is the loader's to leave out */
        found = entry(world, "good-azla+2-1.efi");
        assert_non_null(found);
        assert_string_equal(found->sort_key, "acl");
        assert_string_equal(found->version, "4.0.7");
        assert_string_equal(found->roothash, HASH);
        assert_memory_equal(found->usr, "11111111-2222-3333-4444-555555555555", 36);
        assert_int_equal(found->left, 2);
        assert_int_equal(found->done, 1);
        found = entry(world, "bare.EFI");
        assert_non_null(found);
        assert_string_equal(found->roothash, "");
        assert_string_equal(found->usr, "");
        assert_null(entry(world, "nameless.efi"));
}

static void test_entries_and_configuration(void **state)
{
        struct world *world = *state;
        RV_BUF_CLEANUP struct rv_buf large = { 0 };
        const struct boot_entry *found;

        make(world);
        text(world, "::/loader/loader.conf",
             "# default commented\ndefault-x no\ndefault first*\r\n default\tlast.conf  \ntimeout 3\n");
        text(world, "::/loader/entries/a+3.conf",
             "title A\nsort-key\t k1 \nversion 1.2\nmachine-id 0123\nversion-x 9\nversion 1.3\r\n");
        text(world, "::/loader/entries/empty.conf", "");
        rv_buf_add_str(&large, "version 7\n");
        while (large.size <= 64 << 10)
                rv_buf_add_char(&large, '\n');
        copy(world, "::/loader/entries/large.conf", large.data, large.size);
        look(world);
        assert_string_equal(world->esp.config_default, "last.conf");
        found = entry(world, "a+3.conf");
        assert_non_null(found);
        assert_string_equal(found->sort_key, "k1");
        assert_string_equal(found->version, "1.3");
        assert_string_equal(found->machine_id, "0123");
        assert_int_equal(found->left, 3);
        assert_non_null(entry(world, "empty.conf"));
        assert_null(entry(world, "large.conf"));
        text(world, "::/loader/loader.conf", "default @saved\n");
        look(world);
        assert_string_equal(world->esp.config_default, "");
        /* Longer than a name may be: cut, not run over. */
        rv_buf_clear(&large);
        rv_buf_add_str(&large, "default ");
        while (large.size < 5000)
                rv_buf_add_char(&large, 'd');
        copy(world, "::/loader/loader.conf", large.data, large.size);
        look(world);
        assert_int_equal(strlen(world->esp.config_default), BOOT_ENTRY_NAME - 1);
}

static void test_flatcar_kernels(void **state)
{
        struct world *world = *state;
        char kernel[1024] = "MZ";

        make(world);
        memcpy(kernel + 64, HASH, 64);
        copy(world, "::/flatcar/vmlinuz-a", kernel, sizeof kernel);
        memcpy(kernel + 56, "ARMd", 4);
        memcpy(kernel + 512, OTHER, 64);
        copy(world, "::/flatcar/vmlinuz-b", kernel, sizeof kernel);
        look(world);
        assert_true(world->esp.flatcar_kernel[0] && world->esp.flatcar_kernel[1]);
        assert_string_equal(world->esp.flatcar_hash[0], HASH);
        assert_string_equal(world->esp.flatcar_hash[1], OTHER);
        /* A kernel that nobody wrote a hash into, and one that ends before its place. */
        kernel[64 + 63] = 'X';
        kernel[56] = 'x';
        copy(world, "::/flatcar/vmlinuz-a", kernel, sizeof kernel);
        kernel[56] = 'A';
        copy(world, "::/flatcar/vmlinuz-b", kernel, 512 + 63);
        look(world);
        assert_true(world->esp.flatcar_kernel[0] && world->esp.flatcar_kernel[1]);
        assert_string_equal(world->esp.flatcar_hash[0], "");
        assert_string_equal(world->esp.flatcar_hash[1], "");
}

/* A directory of more images than a loader has is not looked through to its end; what is passed over is counted. */
static void test_very_many_images(void **state)
{
        struct world *world = *state;
        static char paths[BOOT_ENTRIES_MAX][96];
        const char *argv[BOOT_ENTRIES_MAX + 8] = { "mcopy", "-i", world->image };
        size_t n = 3, i;

        make(world);
        for (i = 0; i < BOOT_ENTRIES_MAX; i++) {
                (void)snprintf(paths[i], sizeof paths[i], "%s/a%03zu.efi", world->place->path, i);
                place_write(world->place, strrchr(paths[i], '/') + 1, "no image", 8, 0600);
                if (i < BOOT_ENTRIES_MAX - 1)
                        argv[n++] = paths[i];
        }
        argv[n++] = "::/EFI/Linux/";
        argv[n] = NULL;
        assert_true(run(argv));
        uki(world, "::/EFI/Linux/y.efi", "ID=azurelinux\n", "");
        uki(world, "::/EFI/Linux/z.efi", "ID=azurelinux\n", "");
        look(world);
        assert_non_null(entry(world, "y.efi")); /* the last that may be looked at */
        assert_null(entry(world, "z.efi"));
        assert_int_equal(world->esp.n_entries, 1);
        assert_int_equal(world->esp.skipped, BOOT_ENTRIES_MAX);
}

static void test_no_file_system(void **state)
{
        static const char zeros[1 << 16];
        const struct rv_reader part = rv_reader_memory(zeros, sizeof zeros, "zeros");
        struct esp esp = { .readable = true };

        (void)state;
        assert_int_not_equal(esp_read(&part, &esp, NULL), RV_OK);
        assert_false(esp.readable);
        assert_null(esp.entries);
        esp_free(&esp);
}

/* Wrong bytes anywhere in the first clusters: what is read is bounded, whatever it says. */
static void test_damage(void **state)
{
        struct world *world = *state;
        struct rv_reader part;
        unsigned seed = 5, round, i;
        struct esp esp;

        make(world);
        uki(world, "::/EFI/Linux/good-azla+2-1.efi", "ID=azurelinux\n", "usrhash=" HASH);
        text(world, "::/loader/entries/a.conf", "version 1\n");
        text(world, "::/loader/loader.conf", "default a.conf\n");
        look(world);
        part = rv_reader_memory(world->bytes.data, world->bytes.size, "esp");
        for (round = 0; round < 400; round++) {
                size_t at[8];
                char was[8];

                for (i = 0; i < 8; i++) {
                        seed = seed * 1103515245u + 12345u;
                        at[i] = (seed >> 8) % (i % 2 ? 512 : 96 << 10);
                        was[i] = world->bytes.data[at[i]];
                        world->bytes.data[at[i]] = (char)(seed >> 16);
                }
                if (esp_read(&part, &esp, NULL) == RV_OK)
                        for (i = 0; i < esp.n_entries; i++)
                                assert_true(strlen(esp.entries[i].name) < BOOT_ENTRY_NAME);
                esp_free(&esp);
                for (i = 8; i-- > 0;)
                        world->bytes.data[at[i]] = was[i];
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_root_hashes),
                cmocka_unit_test(test_letters),
                cmocka_unit_test_setup_teardown(test_unified_kernels, setup, teardown),
                cmocka_unit_test_setup_teardown(test_entries_and_configuration, setup, teardown),
                cmocka_unit_test_setup_teardown(test_flatcar_kernels, setup, teardown),
                cmocka_unit_test_setup_teardown(test_very_many_images, setup, teardown),
                cmocka_unit_test(test_no_file_system),
                cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
