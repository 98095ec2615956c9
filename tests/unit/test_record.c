/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: sandboxes-parsers */
/* RECORD: rows as installers write them, rows as an attacker would, and where the paths lead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plugins/sandboxes/record.h"

/* SHA-256 of nothing. */
#define EMPTY "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"

static void rows_as_written(void **state)
{
        static const char text[] = "flask/app.py," EMPTY ",17\r\n"
                                   "\n"
                                   "../../../bin/flask,sha512=,\n"
                                   "flask-3.dist-info/RECORD,,\n"
                                   "last.py,md5=abc,3";
        RECORD_CLEANUP struct record record;
        struct record_row row;

        (void)state;
        record_start(&record, text, sizeof text - 1);
        assert_int_equal(record_next(&record, &row), RECORD_ROW);
        assert_int_equal(record.line, 1);
        assert_int_equal(row.path_len, strlen("flask/app.py"));
        assert_memory_equal(row.path, "flask/app.py", row.path_len);
        assert_int_equal(row.hash, RV_SHA256);
        assert_int_equal(row.digest.size, 32);
        assert_int_equal(row.digest.bytes[0], 0xe3);
        assert_int_equal(row.digest.bytes[31], 0x55);
        assert_int_equal(row.size, 17);
        assert_int_equal(record_next(&record, &row), RECORD_DAMAGED);
        assert_int_equal(record.line, 3);
        assert_int_equal(record_next(&record, &row), RECORD_ROW);
        assert_int_equal(row.hash, 0);
        assert_int_equal(row.size, -1);
        assert_int_equal(record_next(&record, &row), RECORD_ROW);
        assert_int_equal(row.hash, 0);
        assert_int_equal(row.size, 3);
        assert_int_equal(record_next(&record, &row), RECORD_END);
}

static void quoting(void **state)
{
        static const char text[] = "\"a,\"\"b\"\"\nc\"," EMPTY ",\"5\"\n\"plain\",,\nx\"y,,\n";
        RECORD_CLEANUP struct record record;
        struct record_row row;

        (void)state;
        record_start(&record, text, sizeof text - 1);
        assert_int_equal(record_next(&record, &row), RECORD_ROW);
        assert_int_equal(row.path_len, 7);
        assert_memory_equal(row.path, "a,\"b\"\nc", 7);
        assert_int_equal(row.size, 5);
        assert_int_equal(record_next(&record, &row), RECORD_ROW);
        assert_int_equal(record.line, 3);
        assert_memory_equal(row.path, "plain", row.path_len);
        assert_int_equal(record_next(&record, &row), RECORD_ROW);
        assert_memory_equal(row.path, "x\"y", row.path_len);
        assert_int_equal(record_next(&record, &row), RECORD_END);
}

static void damaged_rows(void **state)
{
        static const char *const bad[] = {
                "a,,1,extra\n",      "a,,-1\n",
                "a,,1x\n",           "a,,1234567890123456789\n",
                "a,sha256,1\n",      "a,sha256=,1\n",
                "a,sha256=AAAA,1\n", "a,sha256=!!!!,1\n",
                "\"open,,\n",        "\"a\"b,,\n",
                "\"a\"\"",           "a,sha512=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,1\n",
        };
        struct record_row row;
        size_t i;

        (void)state;
        for (i = 0; i < sizeof bad / sizeof *bad; i++) {
                RECORD_CLEANUP struct record record;

                record_start(&record, bad[i], strlen(bad[i]));
                assert_int_equal(record_next(&record, &row), RECORD_DAMAGED);
                assert_int_equal(record_next(&record, &row), RECORD_END);
        }
}

/* The row after a damaged one is read all the same. */
static void goes_on_behind_damage(void **state)
{
        static const char text[] = "a,b,c,d\nnext,,\n";
        RECORD_CLEANUP struct record record;
        struct record_row row;

        (void)state;
        record_start(&record, text, sizeof text - 1);
        assert_int_equal(record_next(&record, &row), RECORD_DAMAGED);
        assert_int_equal(record_next(&record, &row), RECORD_ROW);
        assert_memory_equal(row.path, "next", 4);
}

/* Every prefix and every single changed byte of a good text ends, and stays inside the text (the sanitizers look). */
static void cut_and_changed(void **state)
{
        static const char text[] = "\"a,\"\"b\"," EMPTY ",5\r\nb,,\n";
        size_t n, i;

        (void)state;
        for (n = 0; n < sizeof text; n++)
                for (i = 0; i < n; i++) {
                        RECORD_CLEANUP struct record record;
                        struct record_row row;
                        char *copy = malloc(n);
                        size_t rows = 0;

                        assert_non_null(copy);
                        memcpy(copy, text, n);
                        copy[i] = (char)(copy[i] ^ (char)(1 << (n % 8)));
                        record_start(&record, copy, n);
                        while (record_next(&record, &row) != RECORD_END)
                                assert_true(++rows <= n);
                        free(copy);
                }
}

static void paths(void **state)
{
        static const struct {
                const char *path, *want;
        } cases[] = {
                { "flask/app.py", "lib/python3.11/site-packages/flask/app.py" },
                { "../../../bin/flask", "bin/flask" },
                { "./a//b/./c", "lib/python3.11/site-packages/a/b/c" },
                { "a/../b", "lib/python3.11/site-packages/b" },
                { "../../../../etc/passwd", NULL },
                { "../../../bin/../../x", NULL },
                { "../../..", NULL },
                { "/etc/passwd", NULL },
                { "a/", NULL },
                { "", NULL },
        };
        static const char nul[] = { 'a', 0, 'b' };
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        char *giant = malloc(RECORD_PATH_MAX + 2);
        size_t i;

        (void)state;
        for (i = 0; i < sizeof cases / sizeof *cases; i++) {
                bool good = record_path("lib/python3.11/site-packages", cases[i].path, strlen(cases[i].path), &out);

                assert_int_equal(good, cases[i].want != NULL);
                if (good)
                        assert_string_equal(rv_buf_str(&out), cases[i].want);
        }
        assert_false(record_path("lib", nul, sizeof nul, &out));
        assert_non_null(giant);
        memset(giant, 'x', RECORD_PATH_MAX + 1);
        assert_false(record_path("lib", giant, RECORD_PATH_MAX + 1, &out));
        assert_true(record_path("lib", giant, 200, &out));
        free(giant);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rows_as_written), cmocka_unit_test(quoting),
                cmocka_unit_test(damaged_rows),    cmocka_unit_test(goes_on_behind_damage),
                cmocka_unit_test(cut_and_changed), cmocka_unit_test(paths),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
