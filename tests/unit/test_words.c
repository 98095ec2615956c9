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
#include "core/base/spawn.h"
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

/* A shell is the judge, at every width. */
static void folded_lines_are_one_to_a_shell(void **state)
{
        static const char *const words[] = { "reeve",     "packages",
                                             "--columns", "name,version,arch,verdict,signer_name,a_longer_one",
                                             "--where",   "it's a b  c and not \\ 'quoted' name ~ \"xéé日本語\"",
                                             "" };
        RV_BUF_CLEANUP struct rv_buf line = { 0 }, wanted = { 0 };
        size_t i, width, longest;

        (void)state;
        for (i = 0; i < sizeof words / sizeof *words; i++) {
                rv_buf_add_str(&line, i ? " " : "");
                rv_word_quote(words[i], &line);
                rv_buf_printf(&wanted, "%s|", words[i]);
        }
        for (width = 20; width < 200; width++) {
                RV_BUF_CLEANUP struct rv_buf script = { 0 }, out = { 0 }, errors = { 0 };
                const char *argv[] = { "sh", "-c", NULL, NULL };
                struct rv_spawn spawn = { .argv = argv, .stdin_fd = -1 };
                const char *at;
                int status = -1;

                rv_words_fold(rv_buf_str(&line), width, &script);
                for (at = rv_buf_str(&script), longest = 0; *at; at += strcspn(at, "\n"), at += *at == '\n')
                        longest = strcspn(at, "\n") > longest ? strcspn(at, "\n") : longest;
                assert_true(longest <= width);
                rv_buf_clear(&out);
                {
                        RV_BUF_CLEANUP struct rv_buf whole = { 0 };

                        rv_buf_printf(&whole, "printf '%%s|' %s", rv_buf_str(&script));
                        argv[2] = rv_buf_str(&whole);
                        assert_int_equal(rv_spawn(&spawn, &out, &errors, &status, NULL), 0);
                }
                assert_int_equal(status, 0);
                assert_string_equal(rv_buf_str(&out), rv_buf_str(&wanted));
        }
}

/* Otherwise no package with one in its version would be offered by Tab. */
static void a_tilde_in_a_version_needs_no_quotes(void **state)
{
        static const char *const words[][2] = {
                { "bash-5.3~rc1-1.x86_64", "bash-5.3~rc1-1.x86_64" },
                { "~root", "'~root'" },
                { "--x=~root", "'--x=~root'" },
                { "a:~root", "'a:~root'" },
        };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof words / sizeof *words; i++) {
                RV_BUF_CLEANUP struct rv_buf quoted = { 0 };

                rv_word_quote(words[i][0], &quoted);
                assert_string_equal(rv_buf_str(&quoted), words[i][1]);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lines_are_split_as_a_shell_does),      cmocka_unit_test(an_open_quote_is_refused),
                cmocka_unit_test(a_tilde_in_a_version_needs_no_quotes), cmocka_unit_test(quoting_is_read_back),
                cmocka_unit_test(folded_lines_are_one_to_a_shell),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
