/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: PkgConfig::RPM */
/* RPM's version order against librpm itself: the pairs that rpm's own documentation and tests name, and random ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <rpm/rpmver.h>

#include "core/base/evr.h"

enum { PAIRS = 20000, LONGEST = 12 };

static int sign(int order)
{
        return (order > 0) - (order < 0);
}

static int ours(const char *a, const char *b)
{
        return sign(rv_vercmp(a, strlen(a), b, strlen(b)));
}

static void same_as_rpm(const char *a, const char *b)
{
        int expected = sign(rpmvercmp(a, b));

        if (ours(a, b) != expected)
                fail_msg("'%s' '%s': %d, rpm says %d", a, b, ours(a, b), expected);
}

static void known_pairs(void **state)
{
        static const char *const words[] = {
                "",
                "0",
                "00",
                "1.0",
                "1.0.0",
                "2.0",
                "2.0.1",
                "2.0.1a",
                "5.5p1",
                "5.5p2",
                "5.5p10",
                "10xyz",
                "10.1xyz",
                "xyz10",
                "xyz.10",
                "xyz10.1",
                "xyz.4",
                "8",
                "5.5p1",
                "1.0010",
                "1.05",
                "1.0",
                "1.0.0a",
                "2_0",
                "2.0",
                "a",
                "a+",
                "+a",
                "a_",
                "_a",
                "+",
                "_",
                "1.0~rc1",
                "1.0~rc2",
                "1.0~",
                "1.0~~",
                "1.0~rc1~git123",
                "1.0^",
                "1.0^^",
                "1.0^git1",
                "1.0^git2",
                "1.01^git1",
                "1.0~rc1^git1",
                "1.0^git1~pre",
                "1.0^20160101",
                "1.0^20160102",
                "1.0.1^20160101",
                "1.0^20160101^git1",
                "fc4",
                "FC5",
                "2a",
                "2.a",
                "1~",
                "~",
                "^",
                "~1",
                "^1",
                "1.1.α",
                "1.1.β",
                "1..2",
                "1.2.",
                "18446744073709551616",
                "018446744073709551615",
                "1.0.0^",
        };
        size_t n = sizeof words / sizeof *words, i, j;

        (void)state;
        for (i = 0; i < n; i++)
                for (j = 0; j < n; j++)
                        same_as_rpm(words[i], words[j]);
        assert_int_equal(ours("1.0~rc1", "1.0"), -1);
        assert_int_equal(ours("1.0^git1", "1.0"), 1);
        assert_int_equal(ours("10", "9"), 1);
}

static uint32_t next(uint32_t *seed)
{
        *seed ^= *seed << 13;
        *seed ^= *seed >> 17;
        *seed ^= *seed << 5;
        return *seed;
}

static void random_text(uint32_t *seed, const char *alphabet, char text[LONGEST + 1])
{
        size_t n = next(seed) % LONGEST + 1, i;

        for (i = 0; i < n; i++)
                text[i] = alphabet[next(seed) % strlen(alphabet)];
        text[n] = '\0';
}

static void random_pairs(void **state)
{
        char a[LONGEST + 1], b[LONGEST + 1];
        uint32_t seed = 20261123;
        unsigned i;

        (void)state;
        for (i = 0; i < PAIRS; i++) {
                random_text(&seed, "0119.ab~^-_", a);
                random_text(&seed, "0119.ab~^-_", b);
                same_as_rpm(a, b);
                b[0] = a[0]; /* sharing a start makes the later rules count */
                same_as_rpm(a, b);
        }
}

static void compare_evr(const char *a, const char *b)
{
        rpmver one = rpmverParse(a), two = rpmverParse(b);
        int expected = sign(rpmverCmp(one, two)), order = sign(rv_evrcmp(a, strlen(a), b, strlen(b)));

        if (order != expected)
                fail_msg("'%s' '%s': %d, rpm says %d", a, b, order, expected);
        rpmverFree(one);
        rpmverFree(two);
}

static void random_evr(void **state)
{
        char a[LONGEST + 1], b[LONGEST + 1], one[64], two[64];
        uint32_t seed = 4180;
        unsigned i;

        (void)state;
        for (i = 0; i < PAIRS / 4; i++) {
                random_text(&seed, "012.a~^", a);
                random_text(&seed, "012.a~^", b);
                (void)snprintf(one, sizeof one, "%u:%s-%s", next(&seed) % 2, a, b);
                (void)snprintf(two, sizeof two, "%s-%s", next(&seed) % 2 ? a : b, b);
                compare_evr(one, two);
        }
}

static int evr(const char *a, const char *b)
{
        return sign(rv_evrcmp(a, strlen(a), b, strlen(b)));
}

static void epochs_and_releases(void **state)
{
        (void)state;
        assert_int_equal(evr("0:1.0-1", "1.0-1"), 0);
        assert_int_equal(evr("1:0.1-1", "9.9-9"), 1);
        assert_int_equal(evr("3.0", "3.0-7.azl3"), 0); /* a missing release equals every release */
        assert_int_equal(evr("3.0-7", "3.0"), 0);
        assert_int_equal(evr("3.0-2", "3.0-10"), -1);
        assert_int_equal(evr(":1", "1"), 0);
        assert_int_equal(evr("010:1", "10:1"), 0);
        assert_int_equal(evr("", ""), 0);
        assert_int_equal(evr("1:", ""), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(known_pairs),
                cmocka_unit_test(random_pairs),
                cmocka_unit_test(random_evr),
                cmocka_unit_test(epochs_and_releases),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
