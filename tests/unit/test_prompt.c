/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-curses */
/* The line editor: what each key does to the text, by characters and not by bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tui/curses/prompt.h"

static void type(struct ui *ui, const int *keys)
{
        for (; *keys; keys++)
                prompt_key(ui, *keys);
}

static void test_editing(void **state)
{
        static const struct {
                int keys[8];
                const char *text;
        } cases[] = {
                { { 'a', 'b', 'c', 0 }, "abc" },
                { { 'a', 'b', KEY_ERASE, 'c', 0 }, "ac" },
                { { 'a', 'c', KEY_ARROW_LEFT, 'b', 0 }, "abc" },
                { { 'b', 'c', KEY_TO_HOME, 'a', KEY_TO_END, 'd', 0 }, "abcd" },
                { { 'a', 'b', KEY_CTRL('a'), KEY_ERASE_NEXT, 0 }, "b" },
                { { 'a', ' ', 'b', 'c', KEY_CTRL('w'), 0 }, "a " },
                { { 'a', 'b', KEY_ARROW_LEFT, KEY_CTRL('u'), 0 }, "b" },
                { { 'a', 'b', KEY_ARROW_LEFT, KEY_CTRL('k'), 0 }, "a" },
                { { 0xe4, 0x20ac, KEY_ERASE, 0x1f600, KEY_ARROW_LEFT, KEY_ERASE_NEXT, 'x', 0 }, "\xc3\xa4x" },
                { { 'a', 0x202e, 0x07, 0x9b, 'b', 0 }, "ab" }, /* nothing that a terminal would act on gets in */
        };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                struct ui ui = { 0 };

                prompt_open(&ui, ':', "");
                type(&ui, cases[i].keys);
                assert_string_equal(rv_buf_str(&ui.prompt.text), cases[i].text);
                assert_true(ui.prompt.at <= ui.prompt.text.size);
                prompt_free(&ui.prompt);
        }
}

static void test_escape_and_erasing_all_close_it(void **state)
{
        static const int leave[][3] = { { KEY_ESCAPE, 0 }, { KEY_CTRL('c'), 0 }, { 'a', KEY_ERASE, 0 } };
        size_t i;

        (void)state;
        for (i = 0; i < 3; i++) {
                struct ui ui = { 0 };

                prompt_open(&ui, ':', "");
                type(&ui, leave[i]);
                assert_int_equal(ui.prompt.open, i == 2);
                if (i == 2)
                        prompt_key(&ui, KEY_ERASE);
                assert_false(ui.prompt.open);
                prompt_free(&ui.prompt);
        }
}

static void test_text_has_a_limit(void **state)
{
        struct ui ui = { 0 };
        int i;

        (void)state;
        prompt_open(&ui, ':', "");
        for (i = 0; i < 10000; i++)
                prompt_key(&ui, 'x');
        assert_true(ui.prompt.text.size <= 4096);
        prompt_free(&ui.prompt);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_editing),
                                            cmocka_unit_test(test_escape_and_erasing_all_close_it),
                                            cmocka_unit_test(test_text_has_a_limit) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
