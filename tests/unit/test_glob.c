/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Globs, case folding and nearest ids: the small parts that know characters but no locale. */
#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fold.h"
#include "core/base/glob.h"
#include "core/base/nearest.h"

static bool match(const char *pattern, const char *s, bool fold)
{
        return rv_glob(pattern, s, strlen(s), fold);
}

static void globs(void **state)
{
        (void)state;
        assert_true(match("", "", false));
        assert_false(match("", "a", false));
        assert_true(match("*", "", false));
        assert_true(match("**a*", "xxa", false));
        assert_true(match("a*b*c", "a--b-b-c", false));
        assert_false(match("a*b*c", "a--b-b-", false));
        assert_true(match("?", "\xe4\xb8\xad", false)); /* a character, not a byte */
        assert_false(match("??", "\xe4\xb8\xad", false));
        assert_true(match("[\xc3\xa4-\xc3\xbc]", "\xc3\xb6", false));
        assert_true(match("[!a-c]x", "dx", false));
        assert_false(match("[^a-c]x", "bx", false));
        assert_true(match("[]]", "]", false));
        assert_true(match("[a-]", "-", false));
        assert_true(match("a[b", "a[b", false)); /* not closed: itself */
        assert_true(match("\\*x", "*x", false));
        assert_false(match("\\*x", "ax", false));
        assert_true(match("a\\", "a\\", false));
        assert_true(match("*.SO.?", "libz.so.1", true));
        assert_false(match("*.SO.?", "libz.so.1", false));
        assert_true(match("?", "\xff", false));
        assert_true(rv_is_glob("a?"));
        assert_false(rv_is_glob("a+b"));
}

static void agrees_with_fnmatch(void **state)
{
        static const char pattern_letters[] = "ab*?", text_letters[] = "ab";
        char pattern[7], text[9];
        uint32_t seed = 3;
        size_t i, n, round;

        (void)state;
        for (round = 0; round < 50000; round++) {
                seed = seed * 1664525 + 1013904223;
                n = (seed >> 24) % sizeof pattern;
                for (i = 0; i < n; i++) {
                        seed = seed * 1664525 + 1013904223;
                        pattern[i] = pattern_letters[(seed >> 24) % 4];
                }
                pattern[n] = '\0';
                n = (seed >> 16) % sizeof text;
                for (i = 0; i < n; i++) {
                        seed = seed * 1664525 + 1013904223;
                        text[i] = text_letters[(seed >> 24) % 2];
                }
                text[n] = '\0';
                if (match(pattern, text, false) != (fnmatch(pattern, text, 0) == 0))
                        fail_msg("'%s' '%s'", pattern, text);
        }
}

/* The pattern that takes a backtracking matcher for ever. */
static void takes_no_exponential_time(void **state)
{
        char text[4000];

        (void)state;
        memset(text, 'a', sizeof text - 1);
        text[sizeof text - 1] = '\0';
        assert_false(match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text, false));
}

static bool contains(const char *s, const char *what)
{
        return rv_fold_contains(s, strlen(s), what, strlen(what));
}

static void folds(void **state)
{
        (void)state;
        assert_int_equal(rv_fold('Q'), 'q');
        assert_int_equal(rv_fold(0xc4), 0xe4);
        assert_int_equal(rv_fold(0xd7), 0xd7);
        assert_int_equal(rv_fold(0x10c), 0x10d);
        assert_int_equal(rv_fold(0x139), 0x13a);
        assert_int_equal(rv_fold(0x13a), 0x13a);
        assert_int_equal(rv_fold(0x160), 0x161);
        assert_int_equal(rv_fold(0x178), 0xff);
        assert_int_equal(rv_fold(0x17d), 0x17e);
        assert_int_equal(rv_fold(0x131), 0x131);
        assert_int_equal(rv_fold(0x3a3), 0x3c3);
        assert_int_equal(rv_fold(0x416), 0x436);
        assert_int_equal(rv_fold(0x401), 0x451);
        assert_int_equal(rv_fold(0x4e2d), 0x4e2d);
        assert_true(contains("OpenSSL", "ssl"));
        assert_true(contains("openssl", "SSL"));
        assert_true(contains("x", ""));
        assert_false(contains("", "x"));
        assert_false(contains("ss", "ssl"));
        assert_true(contains("Gr\xc3\x96\xc3\x9f"
                             "e",
                             "gr\xc3\xb6"));
        assert_true(contains("a\xff"
                             "B",
                             "\xff"
                             "b"));
        assert_true(rv_fold_compare("a", 1, "B", 1) < 0);
        assert_true(rv_fold_compare("A", 1, "a", 1) < 0); /* a case of its own only between equals */
        assert_true(rv_fold_compare("ab", 2, "A", 1) > 0);
        assert_int_equal(rv_fold_compare("aB", 2, "aB", 2), 0);
}

static void nearest(const char *word, const char *expected)
{
        static const char *const ids[] = { "nevra",        "name",     "version",    "arch",  "size",
                                           "installed_at", "severity", "signatures", "slots", "status" };
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        struct rv_nearest near = { .word = word };
        size_t i;

        for (i = 0; i < sizeof ids / sizeof *ids; i++)
                rv_nearest_offer(&near, ids[i]);
        assert_int_equal(rv_nearest_write(&near, &out), *expected != '\0');
        assert_string_equal(rv_buf_str(&out), expected);
}

/* Only what is near: a hint that lists everything says nothing. */
static void nearest_ids(void **state)
{
        char word[500];

        (void)state;
        nearest("szie", "size");
        nearest("nam", "name");
        nearest("installed", "installed_at");
        nearest("sevrity", "severity");
        nearest("isgnature", "signatures");
        nearest("s", "");
        nearest("si", "size, signatures");
        nearest("sta", "status");
        nearest("xyzzy", "");
        nearest("nothing", "");
        nearest("plots", "slots");
        memset(word, 'x', sizeof word - 1);
        word[sizeof word - 1] = '\0';
        nearest(word, "");
        nearest("", "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(globs),
                cmocka_unit_test(agrees_with_fnmatch),
                cmocka_unit_test(takes_no_exponential_time),
                cmocka_unit_test(folds),
                cmocka_unit_test(nearest_ids),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
