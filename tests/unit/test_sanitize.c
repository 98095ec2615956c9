/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The gate to the terminal: nothing that a terminal obeys comes through, tabs stand in their columns, and no text makes
 * it slow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/utf8.h"

enum { MANY = 4 << 20, BEFORE = 5 };

static void lines(const char *from, const char *to, bool unchanged)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        assert_int_equal(rv_sanitize_lines(from, strlen(from), &out), unchanged);
        assert_string_equal(rv_buf_str(&out), to);
}

static void test_tabs(void **state)
{
        (void)state;
        lines("\t", "        ", true);
        lines("a\tb", "a       b", true);
        lines("1234567\tb", "1234567 b", true);
        lines("12345678\tb", "12345678        b", true);
        lines("a\tb\tc", "a       b       c", true);
        lines("a\n\tb\n1\t2", "a\n        b\n1       2", true);
        /* Cells, not bytes: two for a Chinese character, none for what combines, also across two tabs. */
        lines("\xe4\xb8\xad\tb", "\xe4\xb8\xad      b", true);
        lines("e\xcc\x81\tb\te\xcc\x81\tc", "e\xcc\x81       b       e\xcc\x81       c", true);
        /* What became visible counts as it is shown. */
        lines("\033\tb", "^[      b", false);
        lines("\xff\tb", "<FF>    b", false);
        lines("\xe2\x80\xae\tb", "<U+202E>        b", false);
}

/* What the buffer held before belongs to no line of this text. */
static void test_behind_other_text(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        (void)state;
        rv_buf_add_str(&out, "abc");
        assert_true(rv_sanitize_lines("\tx", 2, &out));
        assert_string_equal(rv_buf_str(&out), "abc        x");
}

/* A line of millions of tabs takes as long as one of millions of letters: changelogs and scripts are anybody's. */
static void test_many_tabs(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        char *text = malloc(MANY);

        (void)state;
        assert_non_null(text);
        memset(text, '\t', MANY);
        text[BEFORE] = 'x';
        assert_true(rv_sanitize_lines(text, MANY, &out));
        assert_int_equal(out.size, (MANY - 1) * (size_t)8);
        assert_int_equal(out.data[BEFORE * 8], 'x');
        assert_null(memchr(out.data, '\t', out.size));
        free(text);
}

/* Every character of Unicode, and every byte alone: what comes out can be shown, and is itself shown unchanged. */
static void test_every_character(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 }, again = { 0 };
        uint32_t c, got;
        size_t at, n, length;
        char bytes[4];

        (void)state;
        for (c = 0; c <= 0x10ffff; c++) {
                if (c >= 0xd800 && c < 0xe000)
                        continue;
                n = rv_utf8_encode(c, bytes);
                rv_buf_clear(&out);
                rv_buf_clear(&again);
                assert_int_equal(rv_sanitize(bytes, n, &out), rv_char_printable(c) || c == '\t' || c == '\n');
                for (at = 0; at < out.size; at += length) {
                        length = rv_utf8_decode(out.data + at, out.size - at, &got);
                        if (!length || !rv_char_printable(got))
                                fail_msg("U+%04X comes through", c);
                }
                assert_true(rv_sanitize(out.data, out.size, &again));
                assert_string_equal(rv_buf_str(&again), rv_buf_str(&out));
        }
        for (c = 0x80; c < 0x100; c++) {
                bytes[0] = (char)c;
                rv_buf_clear(&out);
                assert_false(rv_sanitize(bytes, 1, &out));
                assert_int_equal(out.size, 4);
                assert_int_equal(out.data[0], '<');
        }
}

/* Marks without end on one letter would overwrite other lines, and never fill a column. */
static void test_piled_marks(void **state)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 }, out = { 0 }, again = { 0 };
        int i;

        (void)state;
        rv_buf_add_str(&text, "a");
        for (i = 0; i < 30; i++)
                rv_buf_add_str(&text, "\xcc\x81");
        assert_true(rv_sanitize(text.data, text.size, &out));
        assert_string_equal(out.data, text.data);
        rv_buf_add_str(&text, "\xcc\x82z\xcc\x81");
        rv_buf_clear(&out);
        assert_false(rv_sanitize(text.data, text.size, &out));
        assert_string_equal(out.data + 61, "<U+0302>z\xcc\x81");
        for (i = 0; i < MANY / 8; i++)
                rv_buf_add_str(&text, "\xcc\x81");
        rv_buf_clear(&out);
        assert_false(rv_sanitize_lines(text.data, text.size, &out));
        assert_true(rv_text_width(out.data, out.size) > MANY / 8 / 31 * 8);
        assert_true(rv_sanitize(out.data, out.size, &again));
        assert_string_equal(again.data, out.data);
}

/* What is cut in the middle of a character must not take the bytes behind it into that character. */
static void test_cut_characters(void **state)
{
        static const char text[] = "\xe2\x80\xae"; /* an override, given in pieces */
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        (void)state;
        assert_false(rv_sanitize(text, 1, &out));
        assert_false(rv_sanitize(text + 1, 2, &out));
        assert_string_equal(rv_buf_str(&out), "<E2><80><AE>");
        rv_buf_clear(&out);
        assert_false(rv_sanitize("\xe2\x80\033[2J", 6, &out));
        assert_string_equal(rv_buf_str(&out), "<E2><80>^[[2J");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_tabs),        cmocka_unit_test(test_behind_other_text),
                cmocka_unit_test(test_many_tabs),   cmocka_unit_test(test_every_character),
                cmocka_unit_test(test_piled_marks), cmocka_unit_test(test_cut_characters),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
