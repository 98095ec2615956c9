/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-distro */
/* dnf's files cut into settings: what goes on in the next line, what is a comment, what is wrong and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/distro/policy/ini.h"

/* "3 section.key=value", "3 [section]", "3 wrong". */
static void write_down(void *user, const struct rv_ini_line *line)
{
        struct rv_buf *out = user;

        rv_buf_printf(out, "%u ", line->number);
        if (line->wrong)
                rv_buf_add_str(out, "wrong");
        else if (!*line->key)
                rv_buf_printf(out, "[%s]", line->section);
        else
                rv_buf_printf(out, "%s.%s=%s", line->section, line->key, line->value);
        rv_buf_add_char(out, '|');
}

static void expect_bytes(const char *text, size_t n, const char *want)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        char *own = malloc(n + 1);

        assert_non_null(own);
        memcpy(own, text, n);
        rv_ini_parse(own, n, write_down, &out);
        assert_string_equal(rv_buf_str(&out), want);
        free(own);
}

static void expect(const char *text, const char *want)
{
        expect_bytes(text, strlen(text), want);
}

static void test_settings(void **state)
{
        (void)state;
        expect("", "");
        expect("[a]\nb=c\n", "1 [a]|2 a.b=c|");
        expect("[a]\n\n# x=y\n; x=y\n b = c = d \r\n", "1 [a]|5 a.b=c = d|");
        expect("[a b] rest\nb=", "1 [a b]|2 a b.b=|");
        expect("[a]\nb=c\nb=d\n[e]\nb=f", "1 [a]|2 a.b=c|3 a.b=d|4 [e]|5 e.b=f|");
}

/* Values go on in lines that begin with a blank; a comment or an empty line between them does not end them. */
static void test_continued(void **state)
{
        (void)state;
        expect("[a]\nb=c\n  d\n\te  \n# no\n   # no\n\n f\ng=h", "1 [a]|2 a.b=c\nd\ne\nf|9 a.g=h|");
        expect("[a]\nb=\n  c\n", "1 [a]|2 a.b=\nc|");
        expect(" [a]\n", "1 [a]|");
        expect("[a]\nb=c\n [d]\n", "1 [a]|2 a.b=c\n[d]|");
        expect("[a]\nb=c\r\n d\r\n", "1 [a]|2 a.b=c\nd|");
}

static void test_wrong(void **state)
{
        (void)state;
        expect("b=c\n[a]\nd\n=e\n[\n[]\nf=g\n", "1 wrong|2 [a]|3 wrong|4 wrong|5 wrong|6 wrong|7 wrong|");
        expect_bytes("[a]\nb=c\0d\ne=f\n", 14, "1 [a]|2 wrong|3 a.e=f|");
        expect_bytes("[a]\nb=\x1b[2J\n", 11, "1 [a]|2 wrong|");
        /* What goes on behind a wrong line has nothing to belong to. */
        expect("[a]\nb\n c=d\n", "1 [a]|2 wrong|3 a.c=d|");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_settings),
                cmocka_unit_test(test_continued),
                cmocka_unit_test(test_wrong),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
