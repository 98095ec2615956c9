/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: sandboxes-parsers */
/* pyvenv.cfg as venv, virtualenv and uv write it, and CPython's rules where a file is odd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plugins/sandboxes/pyvenv.h"

static struct pyvenv parse(struct rv_arena *arena, const char *text)
{
        struct pyvenv config;

        assert_true(pyvenv_parse(text, strlen(text), arena, &config));
        return config;
}

static void as_written_by_venv(void **state)
{
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        struct pyvenv config = parse(&arena, "home = /usr/bin\ninclude-system-site-packages = false\n"
                                             "version = 3.11.2\nexecutable = /usr/bin/python3.11\n");

        (void)state;
        assert_string_equal(config.home, "/usr/bin");
        assert_string_equal(config.version, "3.11.2");
        assert_false(config.system_site);
        assert_false(config.virtualenv);
}

static void as_written_by_virtualenv_and_uv(void **state)
{
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        struct pyvenv config = parse(&arena, "home = /usr/bin\nimplementation = CPython\n"
                                             "version_info = 3.11.2.final.0\nvirtualenv = 20.17.1\n"
                                             "include-system-site-packages = true\n");

        (void)state;
        assert_string_equal(config.version, "3.11.2");
        assert_true(config.virtualenv);
        assert_true(config.system_site);
        config = parse(&arena, "home = /usr/bin\nuv = 0.4\nversion_info = 3.13\n");
        assert_string_equal(config.version, "3.13");
        assert_true(config.virtualenv);
}

static void odd_lines(void **state)
{
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        struct pyvenv config =
                parse(&arena, "# home = /comment\n\tHOME\t=  /a = b \r\nhome=/second\rno equals sign\n=\n"
                              "Include-System-Site-Packages = TRUE\n"
                              "include-system-site-packages = yes\nversion=3.9");

        (void)state;
        assert_string_equal(config.home, "/a = b");
        assert_false(config.system_site);
        assert_string_equal(config.version, "3.9");
}

static void nothing_in_it(void **state)
{
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        struct pyvenv config = parse(&arena, "");

        (void)state;
        assert_null(config.home);
        assert_null(config.version);
        config = parse(&arena, "home\nversion_info = \xff.1\n");
        assert_null(config.home);
        assert_string_equal(config.version, "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(as_written_by_venv),
                cmocka_unit_test(as_written_by_virtualenv_and_uv),
                cmocka_unit_test(odd_lines),
                cmocka_unit_test(nothing_in_it),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
