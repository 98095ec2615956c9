/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-distro */
/* os-release as os-release(5) quotes it, and as careless writers do. */
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

#include "core/base/file.h"
#include "core/distro/osrelease.h"

static void expect(const char *text, const char *key, const char *value)
{
        struct rv_buf RV_BUF_CLEANUP out = { 0 };

        rv_buf_add_str(&out, "<");
        assert_int_equal(rv_osrelease_get(text, strlen(text), key, &out), value != NULL);
        assert_string_equal(rv_buf_str(&out) + 1, value ? value : "");
}

static void test_values(void **state)
{
        (void)state;
        expect("ID=azurelinux\nVERSION_ID=4.0\n", "VERSION_ID", "4.0");
        expect("ID=azurelinux\nVERSION_ID=4.0", "VERSION_ID", "4.0");
        expect("PRETTY_NAME=\"Azure Linux 4.0\"\n", "PRETTY_NAME", "Azure Linux 4.0");
        expect("NAME='a \"quoted\" $x \\n'\n", "NAME", "a \"quoted\" $x \\n");
        expect("NAME=\"a \\\"b\\\" \\$c \\\\ \\n\"\n", "NAME", "a \"b\" $c \\ \\n");
        expect("NAME=a\\ b c\n", "NAME", "a b");
        expect("NAME=a;b\r\n", "NAME", "a");
        expect("ID=x\r\n", "ID", "x");
        expect("# ID=no\n  ID=yes\n", "ID", "yes");
        /* The last one counts, as in a shell. */
        expect("ID=a\nID=b\n", "ID", "b");
        /* A key is whole; an empty or unended value is none. */
        expect("VARIANT_ID=x\n", "ID", NULL);
        expect("ID=\n", "ID", NULL);
        expect("ID=\"\"\n", "ID", NULL);
        expect("ID=\"open\n", "ID", NULL);
        expect("ID=a\nID=\"open\n", "ID", NULL);
        expect("ID", "ID", NULL);
        expect("", "ID", NULL);
}

static void put(int dirfd, const char *name, const char *text)
{
        int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
        assert_int_equal(close(fd), 0);
}

static void test_root(void **state)
{
        char path[] = "/tmp/reeve-osrelease.XXXXXX";
        struct rv_buf RV_BUF_CLEANUP text = { 0 };

        (void)state;
        assert_non_null(mkdtemp(path));
        int RV_FD_CLEANUP root = open(path, O_PATH | O_DIRECTORY);
        assert_int_equal(rv_osrelease_read(root, &text, NULL), RV_NOTFOUND);
        assert_int_equal(mkdirat(root, "usr", 0755) | mkdirat(root, "usr/lib", 0755) | mkdirat(root, "etc", 0755), 0);
        put(root, "usr/lib/os-release", "ID=usr\n");
        assert_int_equal(rv_osrelease_read(root, &text, NULL), 0);
        assert_string_equal(rv_buf_str(&text), "ID=usr\n");
        /* An absolute link stays below the root. */
        rv_buf_clear(&text);
        assert_int_equal(symlinkat("/usr/lib/os-release", root, "etc/os-release"), 0);
        assert_int_equal(rv_osrelease_read(root, &text, NULL), 0);
        assert_string_equal(rv_buf_str(&text), "ID=usr\n");
        assert_int_equal(unlinkat(root, "etc/os-release", 0) | unlinkat(root, "usr/lib/os-release", 0) |
                                 unlinkat(root, "usr/lib", AT_REMOVEDIR) | unlinkat(root, "usr", AT_REMOVEDIR) |
                                 unlinkat(root, "etc", AT_REMOVEDIR) | rmdir(path),
                         0);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_values), cmocka_unit_test(test_root) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
