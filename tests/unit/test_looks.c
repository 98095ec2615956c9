/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-present */
/* Looks from configuration: who may set what, whose word counts, and that a wrong line changes nothing. */
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
#include "core/base/message.h"
#include "core/model/query.h"
#include "tui/present/looks.h"

static unsigned warnings;
static char last[256]; /* warning, without its place */

static void warn(void *user, const char *packed, size_t size)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        (void)user;
        rv_message_plain(packed, size, &text);
        warnings++;
        (void)snprintf(last, sizeof last, "%s", strchr(rv_buf_str(&text), ':') + 1);
}

/* The settings after both files; NULL: the file is not there. */
static struct rv_settings read_looks(const char *system, const char *own)
{
        static const char *const sections[] = { "sandboxes" };
        char top[] = "/tmp/reeve-looks-XXXXXX", path[64];
        struct rv_root root = { .path = "/" };
        struct rv_looks_reader reader = { .root = &root, .sections = sections, .n_sections = 1, .warn = warn };
        struct rv_settings settings;
        int etc;

        rv_settings_init(&settings);
        assert_non_null(mkdtemp(top));
        root.fd = open(top, O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(mkdirat(root.fd, "etc", 0755), 0);
        assert_int_equal(mkdirat(root.fd, "etc/reeve", 0755), 0);
        etc = openat(root.fd, "etc/reeve", O_DIRECTORY | O_CLOEXEC);
        if (system)
                assert_int_equal(rv_file_write(etc, "reeve.conf", system, strlen(system), 0644, NULL), RV_OK);
        if (own)
                assert_int_equal(rv_file_write(etc, "own", own, strlen(own), 0644, NULL), RV_OK);
        (void)snprintf(path, sizeof path, "%s/etc/reeve/own", top);
        reader.own = path;
        warnings = 0;
        last[0] = '\0';
        rv_looks_read(&reader, &settings);
        (void)unlinkat(etc, "reeve.conf", 0);
        (void)unlinkat(etc, "own", 0);
        rv_close(&etc);
        assert_int_equal(unlinkat(root.fd, "etc/reeve", AT_REMOVEDIR), 0);
        assert_int_equal(unlinkat(root.fd, "etc", AT_REMOVEDIR), 0);
        rv_root_close(&root);
        assert_int_equal(rmdir(top), 0);
        return settings;
}

static void test_settings(void **state)
{
        struct rv_settings settings = read_looks(NULL, NULL);

        (void)state;
        assert_int_equal(settings.color, RV_COLOR_AUTO);
        assert_false(settings.ascii);
        settings = read_looks("[looks]\ncolor = never\nascii = yes\n", NULL);
        assert_int_equal(settings.color, RV_COLOR_NEVER);
        assert_true(settings.ascii);
        /* the user's word comes after the administrator's */
        settings = read_looks("[looks]\ncolor = never\nascii = yes\n", "[looks]\ncolor = always\nascii = no\n");
        assert_int_equal(settings.color, RV_COLOR_ALWAYS);
        assert_false(settings.ascii);
        assert_int_equal(warnings, 0);
        /* as in every other section */
        settings = read_looks("[looks]\nascii = false\n", "[looks]\nascii = true\n");
        assert_true(settings.ascii);
        assert_int_equal(warnings, 0);
}

static void test_wrong_lines(void **state)
{
        struct rv_settings settings =
                read_looks("[looks]\ncolor = red\nascii = maybe\nroot = /x\nrubbish\n\n[nobody]\nk = v\n", NULL);

        (void)state;
        assert_int_equal(warnings, 5);
        assert_int_equal(settings.color, RV_COLOR_AUTO);
        assert_false(settings.ascii);
        assert_string_equal(settings.root, "/");
        (void)read_looks("[looks]\ncolor = red\n", NULL);
        assert_string_equal(last, "2: color cannot be red; the line is ignored");
}

/* A plugin's section is the plugin's to judge; in a user's file it is nobody's. */
static void test_sections(void **state)
{
        (void)state;
        (void)read_looks("[sandboxes]\nx = y\nrubbish\n", NULL);
        assert_int_equal(warnings, 0);
        (void)read_looks(NULL, "[sandboxes]\ndirectories = /home\n");
        assert_int_equal(warnings, 1);
        assert_string_equal(last, "2: [sandboxes] is set in /etc/reeve/reeve.conf only; the line is ignored");
}

/* How another system's users want to see things is nothing to here; what is wrong there is. */
static void test_another_root(void **state)
{
        static const char *const sections[] = { "sandboxes" };
        char top[] = "/tmp/reeve-looks-XXXXXX";
        struct rv_root system = { .path = "/", .fd = -1 }, other = { .path = top, .foreign = true };
        struct rv_looks_reader reader = {
                .root = &system, .other = &other, .sections = sections, .n_sections = 1, .warn = warn
        };
        static const char text[] = "[looks]\nascii = yes\nno_such = 1\n[sandboxes]\nx = y\n[sandboxess]\nk = v\n";
        struct rv_settings settings;
        char gone[64];
        int etc;

        (void)state;
        rv_settings_init(&settings);
        assert_non_null(mkdtemp(top));
        (void)snprintf(gone, sizeof gone, "%s/none", top);
        assert_int_equal(mkdir(gone, 0755), 0);
        system.fd = open(gone, O_DIRECTORY | O_CLOEXEC);
        other.fd = open(top, O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(mkdirat(other.fd, "etc", 0755), 0);
        assert_int_equal(mkdirat(other.fd, "etc/reeve", 0755), 0);
        etc = openat(other.fd, "etc/reeve", O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(rv_file_write(etc, "reeve.conf", text, strlen(text), 0644, NULL), RV_OK);
        warnings = 0;
        rv_looks_read(&reader, &settings);
        assert_false(settings.ascii);
        assert_int_equal(warnings, 1);
        assert_string_equal(last, "7: there is no plugin sandboxess that the line could be for");
        (void)unlinkat(etc, "reeve.conf", 0);
        rv_close(&etc);
        assert_int_equal(unlinkat(other.fd, "etc/reeve", AT_REMOVEDIR), 0);
        assert_int_equal(unlinkat(other.fd, "etc", AT_REMOVEDIR), 0);
        assert_int_equal(rmdir(gone), 0);
        rv_root_close(&system);
        rv_root_close(&other);
        assert_int_equal(rmdir(top), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_settings),
                cmocka_unit_test(test_wrong_lines),
                cmocka_unit_test(test_sections),
                cmocka_unit_test(test_another_root),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
