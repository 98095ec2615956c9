/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-distro */
/* The back end fsread on file systems that their own tools made: every file byte for byte, links, and damage. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
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
#include "core/distro/fsread/fsread.h"

enum { LIMIT = 1 << 20, FILES = 400, TARGET = 512, ZEROES = 300000 };

static const char release[] = "ID=test\nVERSION_ID=1.2.3\n";

struct place {
        char folder[64], tree[96], image[96];
        const struct rv_fsread *fsread;
};

static bool run(const char *const *argv)
{
        struct rv_spawn spawn = { .argv = argv, .stdin_fd = -1 };
        struct rv_buf RV_BUF_CLEANUP out = { 0 }, RV_BUF_CLEANUP errors = { 0 };
        int status = -1;

        return rv_spawn(&spawn, &out, &errors, &status, NULL) == 0 && status == 0;
}

/* Text that packs well, noise that does not, or both in turn. */
static size_t fill(const char *name, char *bytes)
{
        size_t n = 0;
        unsigned seed = 7;

        if (strcmp(name, "lib/os-release") == 0)
                return (size_t)snprintf(bytes, LIMIT, "%s", release);
        for (unsigned i = 0; i < 4000; i++) {
                seed = seed * 1103515245u + 12345u;
                if (strcmp(name, "lib/noise") != 0 && (strcmp(name, "lib/mixed") != 0 || i / 500 % 2))
                        n += (size_t)snprintf(bytes + n, LIMIT - n, "line %u of a long text: %u\n", i, seed >> 24);
                else
                        for (unsigned k = 0; k < 20; k++, seed = seed * 1103515245u + 12345u)
                                bytes[n++] = (char)(seed >> 16);
        }
        return n;
}

static const char *const files[] = { "lib/os-release", "lib/text", "lib/noise", "lib/mixed" };

static void write_at(const char *folder, const char *name, const void *bytes, size_t n)
{
        char path[256];

        (void)snprintf(path, sizeof path, "%s/%s", folder, name);
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        assert_true(fd >= 0);
        assert_int_equal(rv_write_all(fd, bytes, n), 0);
        assert_int_equal(close(fd), 0);
}

static void make_tree(const struct place *place)
{
        char *bytes = malloc(LIMIT), name[64];
        int fd = open(place->tree, O_PATH | O_DIRECTORY | O_CLOEXEC);

        assert_non_null(bytes);
        assert_int_equal(mkdirat(fd, "lib", 0755) | mkdirat(fd, "lib/many", 0755) | mkdirat(fd, "share", 0755), 0);
        for (size_t i = 0; i < sizeof files / sizeof *files; i++)
                write_at(place->tree, files[i], bytes, fill(files[i], bytes));
        write_at(place->tree, "lib/empty", "", 0);
        memset(bytes, 0, ZEROES);
        bytes[ZEROES - 1] = 'x';
        write_at(place->tree, "lib/zeroes", bytes, ZEROES);
        /* Enough names for directories of several blocks. */
        for (unsigned i = 0; i < FILES; i++) {
                (void)snprintf(name, sizeof name, "lib/many/a-file-with-a-longer-name-%03u", i);
                write_at(place->tree, name, name, strlen(name));
        }
        char far[TARGET] = "";
        for (unsigned i = 0; i < 40; i++)
                strcat(far, "../lib/");
        strcat(far, "os-release");
        assert_int_equal(symlinkat("../lib/./os-release", fd, "lib/near") | symlinkat(far, fd, "lib/far") |
                                 symlinkat("/usr/lib/near", fd, "lib/absolute") | symlinkat("lib", fd, "lib64") |
                                 symlinkat("loop", fd, "lib/loop") |
                                 symlinkat("../../../../../lib/os-release", fd, "share/above"),
                         0);
        assert_int_equal(close(fd), 0);
        free(bytes);
}

static int setup(void **state)
{
        const struct rv_backend wanted = { RV_FSREAD_ABI, sizeof(struct rv_fsread) };
        struct place *place = calloc(1, sizeof *place);
        const void *opened = NULL;

        if (!place || rv_backend_open("fsread", wanted, &opened, NULL))
                return -1;
        place->fsread = opened;
        strcpy(place->folder, "/tmp/reeve-fsread.XXXXXX");
        if (!mkdtemp(place->folder))
                return -1;
        (void)snprintf(place->tree, sizeof place->tree, "%s/tree", place->folder);
        (void)snprintf(place->image, sizeof place->image, "%s/image", place->folder);
        if (mkdir(place->tree, 0755))
                return -1;
        make_tree(place);
        *state = place;
        return 0;
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *where)
{
        (void)st, (void)kind, (void)where;
        return remove(path);
}

static int teardown(void **state)
{
        struct place *place = *state;
        int r = nftw(place->folder, drop, 8, FTW_DEPTH | FTW_PHYS);

        free(place);
        return r;
}

static void expect(const struct place *place, const struct rv_reader *fs, const char *path, const char *want, size_t n)
{
        struct rv_buf RV_BUF_CLEANUP got = { 0 };
        int r = place->fsread->file(fs, path, LIMIT, &got, NULL);

        if (r || got.size != n || memcmp(rv_buf_str(&got), want, n) != 0)
                fail_msg("%s: code %d, %zu bytes instead of %zu", path, r, got.size, n);
}

static int code_of(const struct place *place, const struct rv_reader *fs, const char *path, size_t limit)
{
        struct rv_buf RV_BUF_CLEANUP got = { 0 };

        return place->fsread->file(fs, path, limit, &got, NULL);
}

static void check_image(const struct place *place, const struct rv_reader *fs)
{
        static const char *const ways[] = { "lib/os-release",   "/lib//os-release",
                                            "lib64/os-release", "lib/near",
                                            "lib/far",          "lib/absolute",
                                            "share/above",      "lib/../lib/./os-release" };
        char *bytes = malloc(LIMIT), name[64];

        assert_non_null(bytes);
        for (size_t i = 0; i < sizeof files / sizeof *files; i++)
                expect(place, fs, files[i], bytes, fill(files[i], bytes));
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
                expect(place, fs, ways[i], release, sizeof release - 1);
        expect(place, fs, "lib/empty", "", 0);
        for (unsigned i = 0; i < FILES; i += 57) {
                (void)snprintf(name, sizeof name, "lib/many/a-file-with-a-longer-name-%03u", i);
                expect(place, fs, name, name, strlen(name));
        }
        assert_int_equal(code_of(place, fs, "lib/none", LIMIT), RV_NOTFOUND);
        assert_int_equal(code_of(place, fs, "lib/os-release/x", LIMIT), RV_NOTFOUND);
        assert_int_equal(code_of(place, fs, "lib", LIMIT), RV_NOTFOUND);
        assert_int_equal(code_of(place, fs, "lib/loop", LIMIT), RV_NOTFOUND);
        assert_int_equal(code_of(place, fs, "lib/text", 100), RV_DAMAGED);
        free(bytes);
}

static int drop(const char *path, const struct stat *st, int flag, struct FTW *ftw);

/* The copy's directory, made anew; the descriptor is the caller's. */
static int copy_folder(const struct place *place)
{
        char path[128];

        (void)snprintf(path, sizeof path, "%s/copy", place->folder);
        (void)nftw(path, drop, 8, FTW_DEPTH | FTW_PHYS);
        assert_int_equal(mkdir(path, 0755), 0);
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(fd >= 0);
        return fd;
}

static size_t count_entries(int dirfd)
{
        DIR *directory = fdopendir(dup(dirfd));
        size_t n = 0;

        assert_non_null(directory);
        for (struct dirent *entry; (entry = readdir(directory));)
                n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
        assert_int_equal(closedir(directory), 0);
        return n;
}

static const char *const copied[] = { "usr/lib/many",         "usr/lib/mixed", "usr/lib/near",    "usr/lib/zeroes",
                                      "usr/lib64/os-release", "usr/none/x",    "usr/lib/none",    "usr/lib/mixed/x",
                                      "etc/os-release",       "usr",           "usr/share/above", NULL };

/* A directory of several blocks. Making its files takes long: once for each driver is enough. */
static void check_many(int copy)
{
        struct rv_buf RV_BUF_CLEANUP text = { 0 };
        char name[96];
        int RV_FD_CLEANUP many = openat(copy, "usr/lib/many", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(many >= 0);
        assert_int_equal(count_entries(many), FILES);
        for (unsigned i = 0; i < FILES; i += 57) {
                (void)snprintf(name, sizeof name, "lib/many/a-file-with-a-longer-name-%03u", i);
                assert_int_equal(rv_file_read(many, strrchr(name, '/') + 1, LIMIT, &text, NULL), RV_OK);
                assert_string_equal(rv_buf_str(&text), name);
        }
}

/* The tree is that of a /usr file system. Links stay links, and nothing is made that was not asked for. */
static void check_copy(const struct place *place, const struct rv_reader *fs, bool many)
{
        struct rv_buf RV_BUF_CLEANUP text = { 0 };
        struct stat st;
        char *bytes = malloc(LIMIT), target[64] = "";
        int RV_FD_CLEANUP fd = copy_folder(place);
        struct rv_err RV_ERR_CLEANUP err = { 0 };

        assert_int_equal(place->fsread->copy(fs, many ? copied : copied + 1, fd, NULL, &err), RV_OK);
        assert_int_equal(err.code, RV_OK);
        if (many)
                check_many(fd);
        assert_int_equal(rv_file_read(fd, "usr/lib/mixed", LIMIT, &text, NULL), RV_OK);
        assert_int_equal(text.size, fill("lib/mixed", bytes));
        assert_memory_equal(text.data, bytes, text.size);
        assert_int_equal(readlinkat(fd, "usr/lib/near", target, sizeof target - 1), strlen("../lib/./os-release"));
        assert_string_equal(target, "../lib/./os-release");
        assert_int_equal(fstatat(fd, "usr/lib64", &st, AT_SYMLINK_NOFOLLOW), 0);
        assert_true(S_ISLNK(st.st_mode));
        assert_int_equal(fstatat(fd, "usr/lib/zeroes", &st, 0), 0);
        assert_true(st.st_size == ZEROES && st.st_blocks * 512 < ZEROES); /* nearly all a hole, which takes no room */
        assert_int_equal(count_entries(fd), 1);
        int RV_FD_CLEANUP usr = openat(fd, "usr", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(count_entries(usr), 3); /* lib, lib64, share */
        free(bytes);
        const atomic_bool stop = true;
        assert_int_equal(place->fsread->copy(fs, copied, fd, &stop, &err), RV_CANCELLED);
}

/* Wrong bytes anywhere end as an error or another text, never as a crash or a hang. */
static void check_damage(const struct place *place, struct rv_buf *image)
{
        struct rv_reader fs = rv_reader_memory(image->data, image->size, "image");
        unsigned seed = 3;

        for (unsigned round = 0; round < 300; round++) {
                size_t at[6];
                char was[6];
                for (unsigned i = 0; i < 6; i++) {
                        seed = seed * 1103515245u + 12345u;
                        /* Half of them where superblock and tables begin. */
                        at[i] = (seed >> 8) % (i % 2 || image->size < 4096 ? image->size : 4096);
                        was[i] = image->data[at[i]];
                        image->data[at[i]] = (char)(seed >> 16);
                }
                (void)code_of(place, &fs, "lib/os-release", LIMIT);
                (void)code_of(place, &fs, "lib/mixed", LIMIT);
                if (round % 30 == 0) {
                        int RV_FD_CLEANUP fd = copy_folder(place);
                        if (place->fsread->copy(&fs, copied + 1, fd, NULL, NULL) == RV_OK)
                                assert_true(count_entries(fd) <= 1);
                }
                for (unsigned i = 6; i-- > 0;)
                        image->data[at[i]] = was[i];
        }
        for (size_t size = 0; size < image->size; size += image->size / 97 + 1) {
                fs.size = size;
                (void)code_of(place, &fs, "lib/os-release", LIMIT);
        }
}

static void check(void **state, const char *const *argv, bool many)
{
        const struct place *place = *state;
        struct rv_buf RV_BUF_CLEANUP image = { 0 };

        (void)unlink(place->image);
        if (strcmp(argv[0], "mke2fs") == 0)
                write_at(place->folder, "image", "", 0);
        if (strcmp(argv[0], "mke2fs") == 0)
                assert_int_equal(truncate(place->image, 4 << 20), 0);
        if (!run(argv)) {
                print_message("%s failed or is not here: not tried\n", argv[0]);
                skip();
        }
        assert_int_equal(rv_file_read(AT_FDCWD, place->image, 64 << 20, &image, NULL), 0);
        struct rv_reader fs = rv_reader_memory(image.data, image.size, "image");
        check_image(place, &fs);
        check_copy(place, &fs, many);
        check_damage(place, &image);
}

static void squashfs(void **state, const char *compressor, const char *extra)
{
        const struct place *place = *state;
        const char *const argv[] = { "mksquashfs", place->tree, place->image, "-noappend", "-no-progress",
                                     "-comp",      compressor,  extra,        NULL };

        check(state, argv, !extra);
}

static void test_squashfs_zstd(void **state)
{
        squashfs(state, "zstd", NULL);
}

static void test_squashfs_gzip(void **state)
{
        squashfs(state, "gzip", "-no-fragments");
}

static void test_squashfs_xz(void **state)
{
        squashfs(state, "xz", "-always-use-fragments");
}

static void test_squashfs_lz4(void **state)
{
        squashfs(state, "lz4", "-noI");
}

static void erofs(void **state, const char *first, const char *second)
{
        const struct place *place = *state;
        const char *plain[] = { "mkfs.erofs", place->image, place->tree, NULL };
        const char *one[] = { "mkfs.erofs", first, place->image, place->tree, NULL };
        const char *two[] = { "mkfs.erofs", first, second, place->image, place->tree, NULL };

        check(state, second ? two : first ? one : plain, !first);
}

static void test_erofs_plain(void **state)
{
        erofs(state, NULL, NULL);
}

static void test_erofs_lz4(void **state)
{
        erofs(state, "-zlz4", NULL);
}

static void test_erofs_full_index(void **state)
{
        erofs(state, "-zlz4", "-Elegacy-compress");
}

static void test_erofs_large_clusters(void **state)
{
        erofs(state, "-zlz4hc", "-C65536");
}

static void test_erofs_packed_tails(void **state)
{
        erofs(state, "-zlz4", "-Eztailpacking");
}

static void test_erofs_chunks(void **state)
{
        erofs(state, "--chunksize=4096", NULL);
}

static void ext(void **state, const char *type, const char *features)
{
        const struct place *place = *state;
        const char *const argv[] = {
                "mke2fs", "-q", "-t", type, "-O", features, "-d", place->tree, place->image, NULL
        };

        check(state, argv, strcmp(type, "ext2") == 0);
}

static void test_ext2(void **state)
{
        ext(state, "ext2", "dir_index");
}

static void test_ext4(void **state)
{
        ext(state, "ext4", "^has_journal");
}

static void test_ext4_inline(void **state)
{
        ext(state, "ext4", "inline_data");
}

/* An image whose owner gives a file another size (32 bits at `at`) after the walk has looked at it. */
struct growing {
        const struct rv_buf *image;
        size_t at;
        unsigned looks, last; /* `last` is the one that sees the other size; 0: none */
};

static int read_growing(const struct rv_reader *reader, uint64_t offset, void *buf, size_t n, struct rv_err *err)
{
        struct growing *growing = (struct growing *)(uintptr_t)reader->of;

        (void)err;
        memcpy(buf, growing->image->data + offset, n);
        if (offset <= growing->at && growing->at + 4 <= offset + n && ++growing->looks == growing->last)
                ((uint8_t *)buf)[growing->at - offset] ^= 16;
        return 0;
}

static void test_squashfs_grows(void **state)
{
        const struct place *place = *state;
        const char *const argv[] = { "mksquashfs",   place->tree, place->image, "-noappend",
                                     "-no-progress", "-noI",      "-quiet",     NULL };
        struct rv_buf RV_BUF_CLEANUP image = { 0 };
        char *bytes = malloc(LIMIT);
        uint32_t size = (uint32_t)fill("lib/text", bytes);
        const uint8_t le[4] = { (uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16), (uint8_t)(size >> 24) };

        free(bytes);
        (void)unlink(place->image);
        if (!run(argv)) {
                print_message("%s failed or is not here: not tried\n", argv[0]);
                skip();
        }
        assert_int_equal(rv_file_read(AT_FDCWD, place->image, 64 << 20, &image, NULL), 0);
        const char *found = memmem(image.data, image.size, le, sizeof le);
        assert_non_null(found);
        struct growing growing = { .image = &image, .at = (size_t)(found - image.data) };
        struct rv_reader fs = { .read = read_growing, .of = &growing, .fd = -1, .size = image.size, .name = "growing" };
        assert_int_equal(code_of(place, &fs, "lib/text", LIMIT), RV_OK);
        growing.last = growing.looks;
        growing.looks = 0;
        assert_int_equal(code_of(place, &fs, "lib/text", LIMIT), RV_DAMAGED);
}

static void test_foreign(void **state)
{
        static const char zeros[70000];
        struct rv_reader fs = rv_reader_memory(zeros, sizeof zeros, "zeros");

        assert_int_equal(code_of(*state, &fs, "lib/os-release", LIMIT), RV_UNSUPPORTED);
        fs.size = 3;
        assert_int_equal(code_of(*state, &fs, "lib/os-release", LIMIT), RV_UNSUPPORTED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_squashfs_zstd),
                cmocka_unit_test(test_squashfs_gzip),
                cmocka_unit_test(test_squashfs_xz),
                cmocka_unit_test(test_squashfs_lz4),
                cmocka_unit_test(test_squashfs_grows),
                cmocka_unit_test(test_erofs_plain),
                cmocka_unit_test(test_erofs_lz4),
                cmocka_unit_test(test_erofs_full_index),
                cmocka_unit_test(test_erofs_large_clusters),
                cmocka_unit_test(test_erofs_packed_tails),
                cmocka_unit_test(test_erofs_chunks),
                cmocka_unit_test(test_ext2),
                cmocka_unit_test(test_ext4),
                cmocka_unit_test(test_ext4_inline),
                cmocka_unit_test(test_foreign),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
