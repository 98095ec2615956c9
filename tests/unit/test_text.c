/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-present */
/* Texts in cells: wrapped, padded, cut, in capitals; errors as lines. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/utf8.h"
#include "tui/present/text.h"

static void check_pad(const char *s, unsigned width, bool right, const char *wanted)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        rv_text_pad(s, strlen(s), width, right, &out);
        assert_string_equal(rv_buf_str(&out), wanted);
}

static void padding_counts_cells(void **state)
{
        (void)state;
        check_pad("ab", 4, false, "ab  ");
        check_pad("ab", 4, true, "  ab");
        check_pad("abcdef", 4, false, "abc~");
        check_pad("abcdef", 4, true, "abc~");
        check_pad("日本語", 6, false, "日本語");
        check_pad("日本語", 5, false, "日本~");
        check_pad("日本語", 4, false, "日~ ");
        check_pad("e\xcc\x81x", 3, false, "e\xcc\x81x ");
        check_pad("abc", 0, false, "");
        check_pad("", 2, false, "  ");
}

static void check_wrap(const char *s, unsigned width, const char *wanted)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        size_t left = strlen(s), next, line;

        while (left) {
                line = rv_text_wrap(s, left, width, &next);
                assert_in_range(next, 1, left);
                assert_true(line <= next);
                rv_buf_add(&out, s, line);
                rv_buf_add_char(&out, '|');
                s += next;
                left -= next;
        }
        assert_string_equal(rv_buf_str(&out), wanted);
}

static void wrapping_breaks_at_blanks(void **state)
{
        (void)state;
        check_wrap("one two three", 7, "one two|three|");
        check_wrap("one two three", 6, "one|two|three|");
        check_wrap("unbreakable", 4, "unbr|eaka|ble|");
        check_wrap("a\nb c", 9, "a|b c|");
        check_wrap("日本語", 1, "日|本|語|");
        check_wrap("\n\n", 5, "||");
        check_wrap("end ", 3, "end|");
}

/* However long the line and whatever its characters take, its first piece is what fits of it. */
static void wrapping_is_the_same_for_long_lines(void **state)
{
        static const char *const pieces[] = { "x", "\xe6\x97\xa5", "\xcc\x81", "\xf0\x9f\x98\x80",
                                              " ", "\n",           "ab",       "\xcc\x81" };
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        size_t at, next, line, again, fit, cells, whole;
        unsigned seed = 11, width, i;
        const char *newline;

        (void)state;
        for (width = 1; width < 40; width++) {
                rv_buf_clear(&text);
                for (i = 0; i < 4000; i++) {
                        seed = seed * 1103515245u + 12345u;
                        /* Runs of what takes no cell, and few ends of lines. */
                        if ((seed >> 16) % 97 == 0)
                                for (line = 0; line < 300; line++)
                                        rv_buf_add_str(&text, "\xcc\x81");
                        if ((seed >> 20) % 8 != 5 || seed >> 28 == 0)
                                rv_buf_add_str(&text, pieces[(seed >> 20) % 8]);
                }
                for (at = 0; at < text.size; at += next) {
                        line = rv_text_wrap(text.data + at, text.size - at, width, &next);
                        newline = memchr(text.data + at, '\n', text.size - at);
                        whole = newline ? (size_t)(newline - text.data) - at : text.size - at;
                        fit = rv_text_fit(text.data + at, whole, width, &cells);
                        if (fit >= whole) {
                                assert_int_equal(line, whole);
                                assert_int_equal(next, whole + (newline != NULL));
                                continue;
                        }
                        /* Given the line alone, without what follows it, it is cut at the same place. */
                        assert_int_equal(rv_text_wrap(text.data + at, whole, width, &again), line);
                        assert_int_equal(next, again);
                        assert_true(line <= fit || fit == 0);
                }
        }
}

/* A line of 64 MiB in pieces: looking at all the rest of it for each piece would take minutes. */
static void wrapping_a_long_line_ends_soon(void **state)
{
        size_t n = 64 << 20, at, next, pieces = 0;
        char *text = malloc(n);

        (void)state;
        assert_non_null(text);
        memset(text, 'x', n);
        for (at = 0; at < n; at += next, pieces++)
                assert_int_equal(rv_text_wrap(text + at, n - at, 64, &next), 64);
        assert_int_equal(pieces, n / 64);
        free(text);
}

static void capitals_of_several_alphabets(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        (void)state;
        rv_text_upper("signed by Größe é ж љ ω \xff", &out);
        assert_string_equal(rv_buf_str(&out), "SIGNED BY GRÖSSE É Ж Љ Ω ?");
}

static void ascii_replaces_each_character_once(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        (void)state;
        rv_text_ascii(&out);
        rv_buf_add_str(&out, "Größe 日本");
        rv_text_ascii(&out);
        assert_string_equal(rv_buf_str(&out), "Gr??e ??");
}

static void an_error_tells_causes_and_hint(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        (void)state;
        (void)!rv_fail(&err, RV_DENIED, N_("%1: cannot be opened"), NULL, "a\033[mb", NULL);
        (void)!rv_fail(&err, RV_FAILED, N_("no list"), N_("try %1"), "again", NULL);
        rv_tr_error(&err, &out);
        assert_string_equal(rv_buf_str(&out), "reeve: no list\n  a^[[mb: cannot be opened\n  -> try again\n");
}

static void plurals_follow_the_number(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        (void)state;
        rv_tr_format(&out, NP_("%1 row", "%1 rows"), "1", NULL);
        rv_tr_format(&out, NP_(" %1 row", " %1 rows"), "0", NULL);
        rv_tr_format(&out, NP_(" %1 row", " %1 rows"), "x", NULL);
        assert_string_equal(rv_buf_str(&out), "1 row 0 rows x row");
}

static const char *language_of_texts(const char *all, const char *language)
{
        setenv("LC_ALL", all, 1);
        if (language)
                setenv("LANGUAGE", language, 1);
        else
                unsetenv("LANGUAGE");
        assert_int_equal(rv_text_setup("/nonexistent"), strcmp(all, "C") != 0);
        return setlocale(LC_MESSAGES, NULL);
}

/* gettext searches no catalogue in the locale C, and asks LANGUAGE in every other. */
static void only_a_language_is_translated_into(void **state)
{
        (void)state;
        assert_string_equal(language_of_texts("C.UTF-8", NULL), "C");
        assert_string_equal(language_of_texts("C.UTF-8", "de"), "C.UTF-8");
        assert_string_equal(language_of_texts("C", NULL), "C");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(padding_counts_cells),
                cmocka_unit_test(wrapping_breaks_at_blanks),
                cmocka_unit_test(wrapping_is_the_same_for_long_lines),
                cmocka_unit_test(wrapping_a_long_line_ends_soon),
                cmocka_unit_test(capitals_of_several_alphabets),
                cmocka_unit_test(ascii_replaces_each_character_once),
                cmocka_unit_test(an_error_tells_causes_and_hint),
                cmocka_unit_test(plurals_follow_the_number),
                cmocka_unit_test(only_a_language_is_translated_into),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
