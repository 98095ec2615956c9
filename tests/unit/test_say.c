/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-present */
/* Messages as a terminal of 23 cells gets them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "tui/present/say.h"

static void test_messages_wrap_at_blanks(void **state)
{
        static const struct {
                const char *text, *wrapped;
        } cases[] = {
                { "reeve: short\n", "reeve: short\n" },
                { "reeve: one two three four five\n", "reeve: one two three\n       four five\n" },
                { "  -> one two three four five\n", "  -> one two three four\n     five\n" },
                { "  because one two three four\n", "  because one two three\n  four\n" },
                { "reeve: a/path/that/is/longer: no\n", "reeve: a/path/that/is/longer:\n       no\n" },
                { "reeve: is a/path/that/is/longer\n", "reeve: is\n       a/path/that/is/longer\n" },
                { "reeve: one\nreeve: two", "reeve: one\nreeve: two\n" },
                { "reeve: sixteen.cells.on and\n", "reeve: sixteen.cells.on\n       and\n" },
                { "\n", "\n" },
                { "", "" },
        };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof cases / sizeof *cases; i++) {
                RV_BUF_CLEANUP struct rv_buf out = { 0 };

                rv_say_wrapped(cases[i].text, strlen(cases[i].text), 23, &out);
                assert_string_equal(rv_buf_str(&out), cases[i].wrapped);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_messages_wrap_at_blanks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
