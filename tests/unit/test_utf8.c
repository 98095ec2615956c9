/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UTF-8 in, cells out, and nothing that a terminal would act on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/utf8.h"

static void every_character_round_trips(void **state)
{
        uint32_t c, back;
        char bytes[4];
        size_t n;

        (void)state;
        for (c = 0; c <= 0x10ffff; c++) {
                if (c >= 0xd800 && c <= 0xdfff)
                        continue;
                n = rv_utf8_encode(c, bytes);
                assert_int_equal(rv_utf8_decode(bytes, n, &back), n);
                assert_int_equal(back, c);
                if (n > 1)
                        assert_int_equal(rv_utf8_decode(bytes, n - 1, &back), 0);
        }
}

static void refuses_what_is_no_utf8(void **state)
{
        static const char *const bad[] = { "\x80",
                                           "\xc0\xaf",
                                           "\xc1\xbf",
                                           "\xe0\x9f\xbf",
                                           "\xed\xa0\x80",
                                           "\xed\xbf\xbf",
                                           "\xf0\x8f\xbf\xbf",
                                           "\xf4\x90\x80\x80",
                                           "\xf5\x80\x80\x80",
                                           "\xfe",
                                           "\xff",
                                           "\xc3(",
                                           "\xe2\x82",
                                           "\xf0\x9f\x98",
                                           "\xe2(\xa1" };
        size_t i;
        uint32_t c;

        (void)state;
        for (i = 0; i < sizeof bad / sizeof *bad; i++) {
                assert_int_equal(rv_utf8_decode(bad[i], strlen(bad[i]), &c), 0);
                assert_false(rv_utf8_valid(bad[i], strlen(bad[i])));
        }
        assert_true(rv_utf8_valid("gr\xc3\xbc\xc3\x9f", 6));
        assert_true(rv_utf8_valid("", 0));
}

static void widths(void **state)
{
        (void)state;
        assert_int_equal(rv_char_width('a'), 1);
        assert_int_equal(rv_char_width(0xe9), 1);
        assert_int_equal(rv_char_width(0x301), 0);   /* combining acute */
        assert_int_equal(rv_char_width(0x4e2d), 2);  /* a Chinese character */
        assert_int_equal(rv_char_width(0xac00), 2);  /* a Hangul syllable */
        assert_int_equal(rv_char_width(0x1161), 0);  /* a joining Hangul vowel */
        assert_int_equal(rv_char_width(0xff21), 2);  /* fullwidth A */
        assert_int_equal(rv_char_width(0x1f600), 2); /* an emoji */
        assert_int_equal(rv_char_width(0x2f800), 2);
        assert_int_equal(rv_char_width(0x200b), 0); /* zero width space */
        assert_int_equal(rv_char_width(0xfe0f), 0); /* a variation selector */
        assert_int_equal(rv_char_width(0x0628), 1); /* an Arabic letter */
        assert_int_equal(rv_char_width(0x2500), 1); /* a box drawing line */
        assert_int_equal(rv_char_width('\n'), 0);
        assert_int_equal(rv_char_width(0x9b), 0);
}

static void what_may_be_sent(void **state)
{
        static const uint32_t never[] = { 0,      7,      0x1b,   0x7f,   0x80,   0x9b,    0x9f,    0xad,    0x61c,
                                          0x200b, 0x200d, 0x200e, 0x202a, 0x202e, 0x2028,  0x2066,  0x2069,  0xfeff,
                                          0xd800, 0xe000, 0xfff9, 0xffff, 0x3164, 0xe0041, 0xf0000, 0x110000 };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof never / sizeof *never; i++)
                if (rv_char_printable(never[i]))
                        fail_msg("U+%04X", never[i]);
        assert_true(rv_char_printable('~'));
        assert_true(rv_char_printable(0x301));
        assert_true(rv_char_printable(0x4e2d));
        assert_true(rv_char_printable(0x5d0));
}

static void sanitized(const char *from, size_t n, const char *to, bool unchanged)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        assert_int_equal(rv_sanitize(from, n, &out), unchanged);
        assert_string_equal(rv_buf_str(&out), to);
}

static void sanitizes_a_line(void **state)
{
        (void)state;
        sanitized("plain", 5, "plain", true);
        sanitized("", 0, "", true);
        sanitized("\x1b[31mred\x1b]0;title\a", 18, "^[[31mred^[]0;title^G", false);
        sanitized("a\tb\nc", 5, "a b c", true);
        sanitized("a\rb", 3, "a^Mb", false);
        sanitized("nul\0!", 5, "nul^@!", false);
        sanitized("del\x7f", 4, "del^?", false);
        sanitized("\xc2\x9b"
                  "31m",
                  5, "<U+009B>31m", false);
        sanitized("evil\xe2\x80\xae"
                  "gpj.exe",
                  14, "evil<U+202E>gpj.exe", false);
        sanitized("\xff\xc0\xaf", 3, "<FF><C0><AF>", false);
        sanitized("cut\xe2\x82", 5, "cut<E2><82>", false);
        sanitized("e\xcc\x81 \xe4\xb8\xad", 7, "e\xcc\x81 \xe4\xb8\xad", true);
        sanitized("\xf3\xa0\x81\x81", 4, "<U+E0041>", false);
}

static void sanitizes_lines(void **state)
{
        static const char text[] = "a\tb\n\xe4\xb8\xad\tc\x1b\n";
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        (void)state;
        assert_false(rv_sanitize_lines(text, sizeof text - 1, &out));
        assert_string_equal(rv_buf_str(&out), "a       b\n\xe4\xb8\xad      c^[\n");
}

/* Whatever the bytes, what comes out is printable and of the same meaning a second time. */
static void sanitized_text_is_clean(void **state)
{
        uint32_t seed = 7, c;
        size_t i, length;
        unsigned round;
        char bytes[64];

        (void)state;
        for (round = 0; round < 20000; round++) {
                RV_BUF_CLEANUP struct rv_buf out = { 0 }, again = { 0 };

                for (i = 0; i < sizeof bytes; i++) {
                        seed = seed * 1664525 + 1013904223;
                        bytes[i] = (char)(seed >> 24);
                }
                (void)rv_sanitize(bytes, sizeof bytes, &out);
                for (i = 0; i < out.size; i += length) {
                        length = rv_utf8_decode(out.data + i, out.size - i, &c);
                        assert_true(length > 0);
                        assert_true(rv_char_printable(c));
                }
                assert_true(rv_sanitize(out.data, out.size, &again));
                assert_string_equal(out.data, again.data);
        }
}

static void fits_in_cells(void **state)
{
        static const char text[] = "a\xe4\xb8\xad"
                                   "e\xcc\x81z";
        size_t cells;

        (void)state;
        assert_int_equal(rv_text_width(text, sizeof text - 1), 5);
        assert_int_equal(rv_text_fit(text, sizeof text - 1, 2, &cells), 1); /* half a wide character is not shown */
        assert_int_equal(cells, 1);
        assert_int_equal(rv_text_fit(text, sizeof text - 1, 4, &cells), 7); /* what combines stays with its letter */
        assert_int_equal(cells, 4);
        assert_int_equal(rv_text_fit(text, sizeof text - 1, 80, &cells), sizeof text - 1);
        assert_int_equal(cells, 5);
        assert_int_equal(rv_text_fit(text, sizeof text - 1, 0, &cells), 0);
}

static void repairs(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        (void)state;
        assert_true(rv_utf8_repair("a\xff\xc3z\xe2\x82", 6, &out));
        assert_string_equal(rv_buf_str(&out), "a\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd");
        rv_buf_clear(&out);
        assert_false(rv_utf8_repair("gr\xc3\xbcn", 5, &out));
        assert_string_equal(rv_buf_str(&out), "gr\xc3\xbcn");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_character_round_trips),
                cmocka_unit_test(refuses_what_is_no_utf8),
                cmocka_unit_test(widths),
                cmocka_unit_test(what_may_be_sent),
                cmocka_unit_test(sanitizes_a_line),
                cmocka_unit_test(sanitizes_lines),
                cmocka_unit_test(sanitized_text_is_clean),
                cmocka_unit_test(fits_in_cells),
                cmocka_unit_test(repairs),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
