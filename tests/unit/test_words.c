/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-present */
/* Lines as words, words as lines, and which known names are near a word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "tui/present/command.h"

static void check_split(const char *line, size_t n, const char *const *wanted)
{
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        const char **words;
        size_t got, i;

        assert_int_equal(rv_words_split(line, &arena, &words, &got, NULL), RV_OK);
        assert_int_equal(got, n);
        for (i = 0; i < n; i++)
                assert_string_equal(words[i], wanted[i]);
}

static void lines_are_split_as_a_shell_does(void **state)
{
        (void)state;
        check_split("", 0, NULL);
        check_split(" \t ", 0, NULL);
        check_split("a b\tc", 3, (const char *const[]){ "a", "b", "c" });
        check_split("'a b' \"c d\"", 2, (const char *const[]){ "a b", "c d" });
        check_split("a'b'c '' \"\"", 3, (const char *const[]){ "abc", "", "" });
        check_split("a\\ b\\'", 1, (const char *const[]){ "a b'" });
        check_split("\"a\\\"b\\c\"", 1, (const char *const[]){ "a\"b\\c" });
        check_split("\\", 1, (const char *const[]){ "\\" });
}

static void an_open_quote_is_refused(void **state)
{
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const char **words;
        size_t n;

        (void)state;
        assert_int_equal(rv_words_split("a 'b", &arena, &words, &n, &err), RV_USAGE);
}

static void quoting_is_read_back(void **state)
{
        static const char *const words[] = { "plain", "", "with blank", "it's", "a\\b\"c", "$HOME", "*", "a\nb", "é" };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof words / sizeof *words; i++) {
                RV_BUF_CLEANUP struct rv_buf line = { 0 };

                rv_word_quote(words[i], &line);
                check_split(rv_buf_str(&line), 1, &words[i]);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lines_are_split_as_a_shell_does),
                cmocka_unit_test(an_open_quote_is_refused),
                cmocka_unit_test(quoting_is_read_back),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
