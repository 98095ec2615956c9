/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: slots-disk */
/* The order of the UAPI Version Format Specification: its own examples, and systemd-analyze where it is installed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/spawn.h"
#include "plugins/slots/disk/version.h"

static int sign(int r)
{
        return (r > 0) - (r < 0);
}

static void test_examples(void **state)
{
        /* Each is older than the next. */
        static const char *const rising[] = {
                "~",       "~~a",        "",        "ab",      "abb",     "abc",     "0001",   "002",      "12",
                "122",     "122.9",      "123~rc1", "123",     "123-a",   "123-a.1", "123-a1", "123-a1.1", "123-3",
                "123-3.1", "123^patch1", "123^1",   "123.a-1", "123.1-1", "123a-1",  "124",
        };
        static const char *const equal[][2] = { { "01", "1" }, { "12_", "12" }, { "a+", "a" }, { "1.0", "1.00" } };

        (void)state;
        for (size_t i = 1; i + 1 < sizeof rising / sizeof *rising; i++)
                for (size_t j = i + 1; j < sizeof rising / sizeof *rising; j++) {
                        if (boot_version_compare(rising[i], rising[j]) >= 0)
                                fail_msg("%s is not older than %s", rising[i], rising[j]);
                        assert_true(boot_version_compare(rising[j], rising[i]) > 0);
                }
        for (size_t i = 0; i < sizeof equal / sizeof *equal; i++)
                assert_int_equal(boot_version_compare(equal[i][0], equal[i][1]), 0);
        assert_int_equal(boot_version_compare(NULL, ""), 0);
        assert_true(boot_version_compare(NULL, "1") < 0);
}

/* systemd-analyze answers with 0 for equal, 11 for newer, 12 for older. */
static int oracle(const char *a, const char *b)
{
        const char *const argv[] = { "systemd-analyze", "compare-versions", a, b, NULL };
        struct rv_spawn spawn = { .argv = argv, .stdin_fd = -1 };
        struct rv_buf RV_BUF_CLEANUP out = { 0 }, RV_BUF_CLEANUP errors = { 0 };
        int status = -1;

        if (rv_spawn(&spawn, &out, &errors, &status, NULL) || (status != 0 && status != 11 && status != 12))
                return 2;
        return status == 11 ? 1 : status == 12 ? -1 : 0;
}

static void test_against_systemd(void **state)
{
        static const char letters[] = "01129ab~-^._+";
        unsigned seed = 1;

        (void)state;
        if (oracle("1", "2") != -1) {
                print_message("systemd-analyze compare-versions is not here: not compared with it\n");
                skip();
        }
        for (unsigned i = 0; i < 150; i++) {
                char word[2][8] = { "", "" };
                for (unsigned w = 0; w < 2; w++)
                        for (unsigned k = 0; k < 7; k++) {
                                seed = seed * 1103515245u + 12345u;
                                unsigned c = seed >> 16 & 31;
                                if (c < sizeof letters - 1)
                                        strncat(word[w], &letters[c], 1);
                        }
                int want = oracle(*word[0] ? word[0] : "0", *word[1] ? word[1] : "0");
                int got = sign(boot_version_compare(*word[0] ? word[0] : "0", *word[1] ? word[1] : "0"));
                if (want != 2 && want != got)
                        fail_msg("'%s' '%s': %d, systemd says %d", word[0], word[1], got, want);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_examples), cmocka_unit_test(test_against_systemd) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
