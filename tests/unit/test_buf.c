/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Buffers and arenas: what grows, and what happens when it cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/arena.h"
#include "core/base/buf.h"

static void grows(void **state)
{
        RV_BUF_CLEANUP struct rv_buf buf = { 0 };
        unsigned i;

        (void)state;
        assert_string_equal(rv_buf_str(&buf), "");
        for (i = 0; i < 10000; i++)
                rv_buf_printf(&buf, "%u,", i % 10);
        assert_int_equal(buf.size, 20000);
        assert_int_equal(strlen(rv_buf_str(&buf)), 20000);
        rv_buf_truncate(&buf, 4);
        assert_string_equal(rv_buf_str(&buf), "0,1,");
        rv_buf_truncate(&buf, 400); /* never longer */
        assert_int_equal(buf.size, 4);
        rv_buf_add(&buf, "a\0b", 3);
        assert_int_equal(buf.size, 7);
        assert_memory_equal(buf.data, "0,1,a\0b", 8);
        rv_buf_clear(&buf);
        rv_buf_add_str(&buf, "again");
        rv_buf_add_char(&buf, '!');
        assert_string_equal(rv_buf_str(&buf), "again!");
}

static void hands_over(void **state)
{
        struct rv_buf buf = { 0 };
        char *text;

        (void)state;
        text = rv_buf_steal(&buf);
        assert_string_equal(text, "");
        free(text);
        rv_buf_add_str(&buf, "mine");
        text = rv_buf_steal(&buf);
        assert_string_equal(text, "mine");
        assert_null(buf.data);
        free(text);
        rv_buf_free(&buf);
}

/* Of any length, into any room that is left: first use and after something else. */
static void prints_any_length(void **state)
{
        char text[400];
        int n, before;

        (void)state;
        memset(text, 'x', sizeof text);
        for (before = 0; before < 70; before += 23)
                for (n = 0; n < 300; n++) {
                        RV_BUF_CLEANUP struct rv_buf buf = { 0 };

                        rv_buf_add(&buf, text, (size_t)before);
                        rv_buf_printf(&buf, "%.*s%c", n, text, '!');
                        assert_int_equal(buf.size, before + n + 1);
                        assert_memory_equal(buf.data, text, (size_t)(before + n));
                        assert_string_equal(buf.data + before + n, "!");
                        assert_in_range(buf.size, 1, buf.capacity - 1);
                }
}

/* A size that overflows is a failed allocation, and one failure silences all that follows. */
static void remembers_failure(void **state)
{
        RV_BUF_CLEANUP struct rv_buf buf = { 0 };

        (void)state;
        rv_buf_add_str(&buf, "x");
        assert_null(rv_buf_reserve(&buf, SIZE_MAX));
        assert_true(buf.failed);
        rv_buf_add_str(&buf, "y");
        rv_buf_printf(&buf, "%d", 1);
        assert_string_equal(rv_buf_str(&buf), "x");
        assert_null(rv_buf_steal(&buf));
}

static void arena_pieces(void **state)
{
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        unsigned char *piece, *big;
        unsigned i, j;

        (void)state;
        for (i = 1; i < 2000; i++) {
                piece = rv_arena_alloc(&arena, i);
                assert_non_null(piece);
                assert_int_equal((uintptr_t)piece % _Alignof(max_align_t), 0);
                for (j = 0; j < i; j++)
                        assert_int_equal(piece[j], 0);
                memset(piece, 0xff, i);
        }
        big = rv_arena_alloc(&arena, 5 << 20);
        assert_non_null(big);
        assert_int_equal(big[(5 << 20) - 1], 0);
        assert_null(rv_arena_alloc(&arena, SIZE_MAX));
        assert_null(rv_arena_alloc(&arena, SIZE_MAX - 8));
}

static void arena_texts(void **state)
{
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };

        (void)state;
        assert_string_equal(rv_arena_strdup(&arena, "whole"), "whole");
        assert_string_equal(rv_arena_strndup(&arena, "whole", 2), "wh");
        assert_string_equal(rv_arena_strndup(&arena, "", 0), "");
        assert_null(rv_arena_strdup(&arena, NULL));
        assert_null(rv_arena_strndup(&arena, "x", SIZE_MAX));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(grows),
                cmocka_unit_test(hands_over),
                cmocka_unit_test(prints_any_length),
                cmocka_unit_test(remembers_failure),
                cmocka_unit_test(arena_pieces),
                cmocka_unit_test(arena_texts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
