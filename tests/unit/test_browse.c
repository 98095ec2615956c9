/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-distro */
/* The browse file: what was put in comes out in order, and what was changed on the disk is refused or stays harmless.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/distro/browse.h"
#include "place_fixture.h"

static int new_file(const struct place *place)
{
        int fd = openat(place->fd, "browse", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        assert_true(fd >= 0);
        return fd;
}

static void add(struct rv_browse_writer *writer, const char *name, const char *evr, const char *arch)
{
        const struct rv_browse_package package = { .name = name,
                                                   .evr = evr,
                                                   .arch = arch,
                                                   .summary = "what it is",
                                                   .checksum = "sha256:00",
                                                   .size = 7,
                                                   .download = -1,
                                                   .built_at = 1000000000 };

        assert_int_equal(rv_browse_add(writer, &package, NULL), RV_OK);
}

static void write_some(int fd)
{
        struct rv_browse_writer *writer = rv_browse_writer_new(fd);

        assert_non_null(writer);
        add(writer, "zlib", "1.3-1", "x86_64");
        add(writer, "bash", "5.3-2", "x86_64");
        add(writer, "bash", "5.3-10", "x86_64");
        add(writer, "bash", "1:1-1", "x86_64");
        add(writer, "bash", "5.3-10", "aarch64");
        assert_int_equal(rv_browse_finish(writer, "browse", NULL), RV_OK);
        rv_browse_writer_free(writer);
}

static void test_order(void **state)
{
        static const char *const want[] = { "bash 1:1-1 x86_64", "bash 5.3-10 aarch64", "bash 5.3-10 x86_64",
                                            "bash 5.3-2 x86_64", "zlib 1.3-1 x86_64" };
        struct rv_browse_package package;
        struct rv_browse *browse = NULL;
        int fd = new_file(*state);
        char text[64];
        size_t i;

        write_some(fd);
        assert_int_equal(rv_browse_open(fd, "browse", &browse, NULL), RV_OK);
        close(fd);
        assert_int_equal(rv_browse_count(browse), 5);
        for (i = 0; i < 5; i++) {
                rv_browse_get(browse, i, &package);
                (void)snprintf(text, sizeof text, "%s %s %s", package.name, package.evr, package.arch);
                assert_string_equal(text, want[i]);
                assert_string_equal(package.summary, "what it is");
                assert_string_equal(package.vendor, "");
                assert_int_equal(package.size, 7);
                assert_int_equal(package.download, -1);
        }
        assert_int_equal(rv_browse_find(browse, "bash"), 0);
        assert_int_equal(rv_browse_find(browse, "zlib"), 4);
        assert_int_equal(rv_browse_find(browse, "a"), 5);
        assert_int_equal(rv_browse_find(browse, "zz"), 5);
        rv_browse_close(browse);
}

/* More than the hash begins with, in no order. */
static void test_many(void **state)
{
        int fd = new_file(*state), i;
        struct rv_browse_writer *writer = rv_browse_writer_new(fd);
        struct rv_browse_package package;
        struct rv_browse *browse = NULL;
        char name[32];

        for (i = 0; i < 20000; i++) {
                (void)snprintf(name, sizeof name, "package-%05d", (i * 7919) % 20000);
                add(writer, name, "1-1", "noarch");
        }
        assert_int_equal(rv_browse_finish(writer, "browse", NULL), RV_OK);
        rv_browse_writer_free(writer);
        assert_true(lseek(fd, 0, SEEK_END) < 20000 * 125 + 100);
        assert_int_equal(rv_browse_open(fd, "browse", &browse, NULL), RV_OK);
        for (i = 0; i < 20000; i++) {
                rv_browse_get(browse, (size_t)i, &package);
                (void)snprintf(name, sizeof name, "package-%05d", i);
                assert_string_equal(package.name, name);
        }
        rv_browse_close(browse);
        close(fd);
}

/* How long all its texts are together: reading them is the point. */
static size_t walk(struct rv_browse *browse)
{
        struct rv_browse_package package;
        size_t sum = 0, i;

        for (i = 0; i < rv_browse_count(browse); i++) {
                rv_browse_get(browse, i, &package);
                sum += strlen(package.name) + strlen(package.evr) + strlen(package.location) + strlen(package.checksum);
        }
        (void)rv_browse_find(browse, "bash");
        return sum;
}

/* Any byte changed, any length: refused, or read within its bounds. */
static void test_damaged(void **state)
{
        struct rv_browse *browse;
        int fd = new_file(*state);
        off_t size, i;
        char byte, other;

        write_some(fd);
        size = lseek(fd, 0, SEEK_END);
        for (i = 0; i < size; i++) {
                assert_int_equal(pread(fd, &byte, 1, i), 1);
                other = (char)(byte ^ 0x81);
                assert_int_equal(pwrite(fd, &other, 1, i), 1);
                if (rv_browse_open(fd, "browse", &browse, NULL) == RV_OK) {
                        assert_true(i >= 32); /* the header has a checksum */
                        assert_true(walk(browse) < 4096);
                        rv_browse_close(browse);
                }
                assert_int_equal(pwrite(fd, &byte, 1, i), 1);
        }
        assert_int_equal(ftruncate(fd, size + 1), 0);
        assert_int_equal(rv_browse_open(fd, "browse", &browse, NULL), RV_DAMAGED);
        for (i = size; i-- > 0;) {
                assert_int_equal(ftruncate(fd, i), 0);
                assert_int_equal(rv_browse_open(fd, "browse", &browse, NULL), RV_DAMAGED);
        }
        close(fd);
}

static void test_none(void **state)
{
        int fd = new_file(*state);
        struct rv_browse_writer *writer = rv_browse_writer_new(fd);
        struct rv_browse *browse = NULL;

        assert_int_equal(rv_browse_finish(writer, "browse", NULL), RV_OK);
        rv_browse_writer_free(writer);
        assert_int_equal(rv_browse_open(fd, "browse", &browse, NULL), RV_OK);
        assert_int_equal(rv_browse_count(browse), 0);
        assert_int_equal(rv_browse_find(browse, "bash"), 0);
        rv_browse_close(browse);
        close(fd);
        fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(rv_browse_open(fd, "/", &browse, NULL), RV_DAMAGED);
        close(fd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_order, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_many, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_damaged, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_none, place_setup, place_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
