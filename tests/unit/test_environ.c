/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which words of the environment root believes. */
#include "core/base/environ.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void names_are_kept(void **state)
{
        static const char *const kept[] = {
                "LANG=de_DE.UTF-8", "LC_ALL=C", "LANGUAGE=de:en",   "TERM=xterm-256color", "COLUMNS=80",
                "NO_COLOR=",        "TZ=UTC",   "TZ=Europe/Berlin", "LC_MESSAGES=de",      "COLORTERM=truecolor"
        };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof kept / sizeof *kept; i++)
                assert_true(rv_environ_keeps(kept[i]));
}

static void paths_and_others_are_not(void **state)
{
        static const char *const not_kept[] = { "HOME=/tmp",
                                                "PATH=/tmp",
                                                "LOCPATH=/tmp",
                                                "NLSPATH=x",
                                                "GCONV_PATH=x",
                                                "TERMINFO=/tmp",
                                                "TERMCAP=x",
                                                "OPENSSL_CONF=x",
                                                "OPENSSL_MODULES",
                                                "RPM_CONFIGDIR=/tmp",
                                                "XDG_CACHE_HOME=x",
                                                "TZ=:/tmp/x",
                                                "TZ=/tmp/x",
                                                "TZ=../../tmp/x",
                                                "LANGUAGE=../../tmp/evil",
                                                "LC_ALL=/tmp/x",
                                                "LANG=../x",
                                                "TERM=../x",
                                                "LANGUAGEX=de",
                                                "LAN=de",
                                                "TZDIR=x",
                                                "REEVE_LOG=/x",
                                                "REEVE_PLUGIN_PATH=",
                                                "LD_PRELOAD=x",
                                                "",
                                                "=",
                                                "LC_=",
                                                "LANG" };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof not_kept / sizeof *not_kept; i++)
                assert_false(rv_environ_keeps(not_kept[i]));
}

static void root_forgets_and_a_user_keeps(void **state)
{
        const char *home;

        (void)state;
        assert_int_equal(setenv("HOME", "/nowhere", 1), 0);
        assert_int_equal(setenv("LANGUAGE", "de", 1), 0);
        assert_true(rv_environ_distrust());
        assert_string_equal(getenv("LANGUAGE"), "de");
        home = getenv("HOME");
        if (geteuid() == 0)
                assert_null(home);
        else
                assert_string_equal(home, "/nowhere");
        assert_non_null(getenv("PATH"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_are_kept),
                cmocka_unit_test(paths_and_others_are_not),
                cmocka_unit_test(root_forgets_and_a_user_keeps),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
