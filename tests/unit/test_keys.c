/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-curses */
/* The key table: no key means two things, what is never bound is not, and the key line keeps what weighs most. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/utf8.h"
#include "tui/curses/keys.h"

static void test_each_key_means_one_thing(void **state)
{
        size_t i, j;

        (void)state;
        for (i = 0; i < key_table_size; i++)
                for (j = 0; j < 7 && key_table[i].keys[j]; j++)
                        assert_int_equal(key_act(key_table[i].keys[j]), key_table[i].act);
        assert_int_equal(key_act('9'), ACT_TAB);
        assert_int_equal(key_act('j'), ACT_DOWN);
        assert_int_equal(key_act(KEY_UNKNOWN), ACT_NONE);
}

static void test_every_act_has_a_row(void **state)
{
        int act;
        size_t i;

        (void)state;
        for (act = ACT_NONE + 1; act < ACT_COUNT; act++) {
                for (i = 0; i < key_table_size && (int)key_table[i].act != act; i++)
                        ;
                assert_true(i < key_table_size);
                assert_true(key_table[i].help && *key_table[i].shown);
        }
}

/* Flow control, and what a split arrow key leaves behind on a slow line. */
static void test_some_keys_are_never_bound(void **state)
{
        static const int never[] = { KEY_CTRL('s'), KEY_CTRL('q'), '[', 'O' };
        size_t i;
        int key;

        (void)state;
        for (i = 0; i < sizeof never / sizeof never[0]; i++)
                assert_int_equal(key_act(never[i]), ACT_NONE);
        for (key = 'A'; key <= 'H'; key++)
                assert_false(key_is_free(key) && key != 'G');
        assert_false(key_is_free('['));
        assert_false(key_is_free('q'));
        assert_true(key_is_free('u'));
        assert_true(key_is_free('R'));
}

static void test_key_line_drops_what_weighs_least(void **state)
{
        const uint64_t can =
                ACT_BIT(ACT_OPEN) | ACT_BIT(ACT_FILTER) | ACT_BIT(ACT_COMMAND) | ACT_BIT(ACT_HELP) | ACT_BIT(ACT_BACK);
        unsigned width;

        (void)state;
        for (width = 1; width < 80; width++) {
                RV_BUF_CLEANUP struct rv_buf line = { 0 };

                key_line(can, width, &line);
                assert_true(rv_text_width(rv_buf_str(&line), line.size) <= width);
                if (width > 10)
                        assert_non_null(strstr(rv_buf_str(&line), "q quit"));
                if (width > 60)
                        assert_string_equal(rv_buf_str(&line), " Enter open  / filter  : command  ? help  q quit");
                assert_null(strstr(rv_buf_str(&line), "sort"));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_each_key_means_one_thing),
                                            cmocka_unit_test(test_every_act_has_a_row),
                                            cmocka_unit_test(test_some_keys_are_never_bound),
                                            cmocka_unit_test(test_key_line_drops_what_weighs_least) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
