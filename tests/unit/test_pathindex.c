/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-distro */
/* The path index: what is in it is found by path and pattern, and what was changed on the disk stays harmless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/distro/pathindex.h"
#include "place_fixture.h"

static int new_file(const struct place *place)
{
        int fd = openat(place->fd, "index", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        assert_true(fd >= 0);
        return fd;
}

static void add(struct rv_pathindex_writer *writer, const char *path)
{
        assert_int_equal(rv_pathindex_file(writer, path, strlen(path), NULL), RV_OK);
}

static void write_some(int fd)
{
        struct rv_pathindex_writer *writer = rv_pathindex_writer_new(fd);

        assert_non_null(writer);
        assert_int_equal(rv_pathindex_file(writer, "/a", 2, NULL), RV_DAMAGED); /* nobody's */
        assert_int_equal(rv_pathindex_package(writer, "zsh-5-1.x86_64", NULL), RV_OK);
        add(writer, "/usr/bin/zsh");
        add(writer, "/etc/zsh");
        add(writer, "/usr/share/doc/zsh/");
        assert_int_equal(rv_pathindex_package(writer, "bash-5-1.x86_64", NULL), RV_OK);
        add(writer, "/usr/bin/bash");
        add(writer, "/usr/bin/sh");
        add(writer, "/usr/share/doc/zsh");
        add(writer, "/top");
        add(writer, "/");
        assert_int_equal(rv_pathindex_finish(writer, "index", NULL), RV_OK);
        rv_pathindex_writer_free(writer);
}

static int note(void *user, const char *directory, const char *name, const char *nevra)
{
        rv_buf_printf(user, "%s%s=%.3s ", directory, name, nevra);
        return 0;
}

static void expect(const struct rv_pathindex *index, const char *path, const char *want)
{
        RV_BUF_CLEANUP struct rv_buf found = { 0 };

        assert_int_equal(rv_pathindex_find(index, path, note, &found), 0);
        assert_string_equal(rv_buf_str(&found), want);
}

static int stop(void *user, const char *directory, const char *name, const char *nevra)
{
        (void)directory, (void)name, (void)nevra;
        return ++*(int *)user == 2 ? 77 : 0;
}

static void test_found(void **state)
{
        struct rv_pathindex *index = NULL;
        int fd = new_file(*state), calls = 0;

        write_some(fd);
        assert_int_equal(rv_pathindex_open(fd, "index", &index, NULL), RV_OK);
        assert_int_equal(rv_pathindex_files(index), 7);
        expect(index, "/usr/bin/sh", "/usr/bin/sh=bas ");
        expect(index, "/top", "/top=bas ");
        expect(index, "/usr/share/doc/zsh", "/usr/share/doc/zsh=zsh /usr/share/doc/zsh=bas ");
        expect(index, "/usr/bin/s", "");
        expect(index, "/usr/bin/shx", "");
        expect(index, "/usr/bin", "");
        expect(index, "/usr", "");
        expect(index, "/zzz/zzz", "");
        expect(index, "", "");
        expect(index, "zsh", "/etc/zsh=zsh /usr/bin/zsh=zsh /usr/share/doc/zsh=zsh /usr/share/doc/zsh=bas ");
        expect(index, "*sh",
               "/etc/zsh=zsh /usr/bin/bash=bas /usr/bin/sh=bas /usr/bin/zsh=zsh /usr/share/doc/zsh=zsh "
               "/usr/share/doc/zsh=bas ");
        expect(index, "/*/zsh", "/etc/zsh=zsh /usr/bin/zsh=zsh /usr/share/doc/zsh=zsh /usr/share/doc/zsh=bas ");
        assert_int_equal(rv_pathindex_find(index, "*", stop, &calls), 77);
        assert_int_equal(calls, 2);
        rv_pathindex_close(index);
        close(fd);
}

static void test_many(void **state)
{
        int fd = new_file(*state), i;
        struct rv_pathindex_writer *writer = rv_pathindex_writer_new(fd);
        struct rv_pathindex *index = NULL;
        char path[64], want[96];

        assert_int_equal(rv_pathindex_package(writer, "big-1-1.noarch", NULL), RV_OK);
        for (i = 0; i < 100000; i++) {
                int k = (int)((long long)i * 7919 % 100000);

                (void)snprintf(path, sizeof path, "/d%d/e/f%d", k % 9000, k);
                add(writer, path);
        }
        assert_int_equal(rv_pathindex_finish(writer, "index", NULL), RV_OK);
        rv_pathindex_writer_free(writer);
        assert_int_equal(rv_pathindex_open(fd, "index", &index, NULL), RV_OK);
        for (i = 0; i < 100000; i += 13) {
                (void)snprintf(path, sizeof path, "/d%d/e/f%d", i % 9000, i);
                (void)snprintf(want, sizeof want, "%s=big ", path);
                expect(index, path, want);
        }
        rv_pathindex_close(index);
        close(fd);
}

static int nothing(void *user, const char *directory, const char *name, const char *nevra)
{
        *(volatile size_t *)user += strlen(directory) + strlen(name) + strlen(nevra);
        return 0;
}

static void test_damaged(void **state)
{
        struct rv_pathindex *index;
        int fd = new_file(*state);
        size_t sum = 0;
        off_t size, i;
        char byte, other;

        write_some(fd);
        size = lseek(fd, 0, SEEK_END);
        for (i = 0; i < size; i++) {
                assert_int_equal(pread(fd, &byte, 1, i), 1);
                other = (char)(byte ^ 0x81);
                assert_int_equal(pwrite(fd, &other, 1, i), 1);
                if (rv_pathindex_open(fd, "index", &index, NULL) == RV_OK) {
                        assert_true(i >= 40); /* the header has a checksum */
                        (void)rv_pathindex_find(index, "*", nothing, &sum);
                        (void)rv_pathindex_find(index, "/usr/bin/sh", nothing, &sum);
                        rv_pathindex_close(index);
                }
                assert_int_equal(pwrite(fd, &byte, 1, i), 1);
        }
        for (i = size; i-- > 0;) {
                assert_int_equal(ftruncate(fd, i), 0);
                assert_int_equal(rv_pathindex_open(fd, "index", &index, NULL), RV_DAMAGED);
        }
        close(fd);
}

static void test_wrong_paths(void **state)
{
        static const struct {
                const char *path;
                size_t n;
        } wrong[] = { { "", 0 }, { "relative/a", 10 }, { "/a\0b", 4 } };
        struct rv_pathindex_writer *writer = rv_pathindex_writer_new(new_file(*state));
        char large[5000];
        size_t i;

        assert_int_equal(rv_pathindex_package(writer, "a-1-1.noarch", NULL), RV_OK);
        for (i = 0; i < sizeof wrong / sizeof *wrong; i++)
                assert_int_equal(rv_pathindex_file(writer, wrong[i].path, wrong[i].n, NULL), RV_DAMAGED);
        memset(large, 'x', sizeof large);
        *large = '/';
        assert_int_equal(rv_pathindex_file(writer, large, sizeof large, NULL), RV_DAMAGED);
        assert_int_equal(rv_pathindex_file(writer, large, 4096, NULL), RV_OK);
        rv_pathindex_writer_free(writer);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_found, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_many, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_damaged, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_wrong_paths, place_setup, place_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
