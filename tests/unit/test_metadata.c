/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: sandboxes-parsers */
/* METADATA's head, and the names of .dist-info directories where it is missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plugins/sandboxes/metadata.h"

static void head_only(void **state)
{
        static const char text[] = "Metadata-Version: 2.1\r\nname:  Flask \r\nVersion: 3.0.0\nSummary: A simple\n"
                                   "        framework\nNamespace: no\nName: Second\n\nVersion: 9 in the description\n";
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        struct metadata metadata;

        (void)state;
        assert_true(metadata_parse(text, sizeof text - 1, &arena, &metadata));
        assert_string_equal(metadata.name, "Flask");
        assert_string_equal(metadata.version, "3.0.0");
        assert_string_equal(metadata.summary, "A simple");
        assert_null(metadata.license);
}

static void nothing_in_it(void **state)
{
        static const char *const empty[] = { "", "\nName: late\n", "Name", "garbage\n", "\r\nName: late" };
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        struct metadata metadata;
        size_t i;

        (void)state;
        for (i = 0; i < sizeof empty / sizeof *empty; i++) {
                assert_true(metadata_parse(empty[i], strlen(empty[i]), &arena, &metadata));
                assert_null(metadata.name);
        }
}

static void from_the_directory(void **state)
{
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        struct metadata metadata;

        (void)state;
        assert_true(metadata_from_name("flask-3.0.0.dist-info", &arena, &metadata));
        assert_string_equal(metadata.name, "flask");
        assert_string_equal(metadata.version, "3.0.0");
        assert_true(metadata_from_name("odd.egg-info", &arena, &metadata));
        assert_string_equal(metadata.name, "odd");
        assert_null(metadata.version);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(head_only),
                cmocka_unit_test(nothing_in_it),
                cmocka_unit_test(from_the_directory),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
