/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The form of configuration files: what is taken from a line, what is wrong with one, and rubbish. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/conf.h"

/* Writes each line as "number section key value", or "number !" for a wrong one. */
static void write_line(void *user, const struct rv_conf_line *line)
{
        struct rv_buf *out = user;

        if (line->wrong)
                rv_buf_printf(out, "%u !|", line->number);
        else
                rv_buf_printf(out, "%u %s %s %s|", line->number, line->section, line->key, line->value);
}

static void expect(const char *text, size_t size, const char *lines)
{
        RV_BUF_CLEANUP struct rv_buf copy = { 0 }, out = { 0 };

        rv_buf_add(&copy, text, size);
        rv_conf_parse(copy.data, size, write_line, &out);
        assert_string_equal(rv_buf_str(&out), lines);
}

static void test_lines(void **state)
{
        static const struct {
                const char *text, *lines;
        } cases[] = {
                { "", "" },
                { "\n\n  \t\n# note\n  # note\n", "" },
                { "[a]\nkey = value", "2 a key value|" },
                { " [ a-1_x ] \n\tkey\t=  two words \t\n", "2 a-1_x key two words|" },
                { "[a]\nk=v\n[b]\nk=w\n", "2 a k v|4 b k w|" },
                { "[a]\nk=\nk= = x\nk=[b]\n", "2 a k |3 a k = x|4 a k [b]|" },
                { "[a]\nk = yes # no comment\n", "2 a k yes # no comment|" },
                { "[a]\r\nk = v\r\n\r\n", "2 a k v|" },
                { "k = v\n", "1 !|" },
                { "[a]\nword\n= v\nK = v\nk k = v\nk=v\n", "2 !|3 !|4 !|5 !|6 a k v|" },
                { "[a]\nk=v\n[b\nk=w\n[c]\nk=x\n", "2 a k v|3 !|4 !|6 c k x|" },
                { "[a]\nk=v\n[]\n[ ]\n[A]\n[a b]\n]\n[\n", "2 a k v|3 !|4 !|5 !|6 !|7 !|8 !|" },
                { "[a]\nk = \033[31m\nk = v\n", "2 !|3 a k v|" },
                { "[a]\nk = a\rb\n# \001\n", "2 !|3 !|" },
                { "[a]\nk=v\n[b\001]\nk=w\n[c]\nk=x\n", "2 a k v|3 !|4 !|6 c k x|" },
                { "[a]\n\001 [b]\nk=w\n", "2 !|3 !|" },
                { "[a]\nk = [\001\nk = w\n", "2 !|3 a k w|" },
                { "[a]\nk = \xc3\xa4\xff\n", "2 a k \xc3\xa4\xff|" },
        };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof cases / sizeof *cases; i++)
                expect(cases[i].text, strlen(cases[i].text), cases[i].lines);
}

/* A NUL does not hide what follows it. */
static void test_nul(void **state)
{
        static const char text[] = "[a]\nk = v\0\nk = \0w\n\0\nl = x";

        (void)state;
        expect(text, sizeof text - 1, "2 !|3 !|4 !|5 a l x|");
}

static void test_long_names(void **state)
{
        char text[200];

        (void)state;
        (void)snprintf(text, sizeof text, "[a]\n%063d=v\n%064d=v\n", 0, 0);
        expect(text, strlen(text), "2 a 000000000000000000000000000000000000000000000000000000000000000 v|3 !|");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lines),
                cmocka_unit_test(test_nul),
                cmocka_unit_test(test_long_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
