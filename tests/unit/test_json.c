/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: PkgConfig::JANSSON */
/* The writer's output, read back by jansson; and its speed, since it is why there is a writer of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <jansson.h>

#include "core/base/json.h"

enum { ROWS = 2500, COLUMNS = 17 };

static void writes_nested(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        struct rv_json json = { .out = &out };

        (void)state;
        rv_json_begin(&json, '{');
        rv_json_key(&json, "a");
        rv_json_int(&json, INT64_MIN);
        rv_json_key(&json, "empty");
        rv_json_begin(&json, '[');
        rv_json_end(&json, ']');
        rv_json_key(&json, "list");
        rv_json_begin(&json, '[');
        rv_json_str(&json, "x");
        rv_json_str(&json, NULL);
        rv_json_bool(&json, true);
        rv_json_bool(&json, false);
        rv_json_time(&json, 1795455265);
        rv_json_time(&json, INT64_MAX);
        rv_json_begin(&json, '{');
        rv_json_end(&json, '}');
        rv_json_end(&json, ']');
        rv_json_key(&json, "z");
        rv_json_int(&json, 0);
        rv_json_end(&json, '}');
        assert_string_equal(rv_buf_str(&out), "{\"a\":-9223372036854775808,\"empty\":[],\"list\":[\"x\",null,true,"
                                              "false,\"2026-11-23T17:34:25Z\",null,{}],\"z\":0}");
        assert_int_equal(json.depth, 0);
}

static void writes_pretty(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        struct rv_json json = { .out = &out, .pretty = true };

        (void)state;
        rv_json_begin(&json, '{');
        rv_json_key(&json, "a");
        rv_json_begin(&json, '[');
        rv_json_int(&json, 1);
        rv_json_int(&json, 2);
        rv_json_end(&json, ']');
        rv_json_key(&json, "b");
        rv_json_begin(&json, '{');
        rv_json_end(&json, '}');
        rv_json_end(&json, '}');
        assert_string_equal(rv_buf_str(&out), "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}");
}

static void text_comes_back(const char *text, size_t n, const char *expected, size_t expected_n, bool repaired)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        struct rv_json json = { .out = &out };
        json_error_t error;
        json_t *value;
        size_t i;

        rv_json_text(&json, text, n);
        assert_int_equal(json.repaired, repaired);
        for (i = 0; i < out.size; i++)
                assert_true((unsigned char)out.data[i] >= ' ' && out.data[i] != 0x7f);
        value = json_loadb(out.data, out.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
        if (!value)
                fail_msg("%s: %s", out.data, error.text);
        assert_int_equal(json_string_length(value), expected_n);
        assert_memory_equal(json_string_value(value), expected, expected_n);
        json_decref(value);
}

static void escapes_text(void **state)
{
        static const char every[] = "quote\" slash\\ \n\t\r\b\f \x01\x1b[0m \x7f nul\0 end";
        static const char unicode[] =
                "gr\xc3\xbcn \xe4\xb8\xad \xf0\x9f\x98\x80 \xe2\x80\xae \xc2\x9b \xf3\xa0\x81\x81";
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        struct rv_json json = { .out = &out };
        char text[40];
        size_t n;

        (void)state;
        text_comes_back(every, sizeof every - 1, every, sizeof every - 1, false);
        text_comes_back(unicode, sizeof unicode - 1, unicode, sizeof unicode - 1, false);
        text_comes_back("", 0, "", 0, false);
        text_comes_back("bad\xff\xc3", 5, "bad\xef\xbf\xbd\xef\xbf\xbd", 9, true);
        for (n = 0; n < sizeof text; n++) { /* the one special byte at every place of the eight-byte steps */
                memset(text, 'x', sizeof text);
                text[n] = '"';
                text_comes_back(text, sizeof text, text, sizeof text, false);
                text[n] = '\x1f';
                text_comes_back(text, sizeof text, text, sizeof text, false);
        }
        rv_json_str(&json, "\xe2\x80\xae\xc2\x9b\x1b");
        assert_string_equal(rv_buf_str(&out), "\"\\u202e\\u009b\\u001b\"");
}

static void random_bytes_stay_json(void **state)
{
        uint32_t seed = 1;
        unsigned round;
        char bytes[48];
        size_t i;

        (void)state;
        for (round = 0; round < 5000; round++) {
                RV_BUF_CLEANUP struct rv_buf out = { 0 };
                struct rv_json json = { .out = &out };
                json_t *value;

                for (i = 0; i < sizeof bytes; i++) {
                        seed = seed * 1664525 + 1013904223;
                        bytes[i] = (char)(seed >> 24);
                }
                rv_json_text(&json, bytes, sizeof bytes);
                value = json_loadb(out.data, out.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
                assert_non_null(value);
                json_decref(value);
        }
}

static double milliseconds(void)
{
        struct timespec ts;

        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
        return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void write_rows(struct rv_json *json)
{
        unsigned row, column;

        rv_json_begin(json, '[');
        for (row = 0; row < ROWS; row++) {
                rv_json_begin(json, '{');
                for (column = 0; column < COLUMNS; column++) {
                        rv_json_key(json, "a_column");
                        if (column % 4 == 3)
                                rv_json_int(json, row * 1000 + column);
                        else
                                rv_json_text(json, "openssl-libs-3.3.2-1.azl3.x86_64", 32);
                }
                rv_json_end(json, '}');
        }
        rv_json_end(json, ']');
}

/* 60 ms is the bar for 60,000 rows; ten times that for 2,500 fails on no machine and on every quadratic writer. */
static void is_fast(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        double best = 1e9, start, took;
        unsigned i;

        (void)state;
        for (i = 0; i < 5; i++) {
                struct rv_json json = { .out = &out };

                rv_buf_clear(&out);
                start = milliseconds();
                write_rows(&json);
                took = milliseconds() - start;
                best = took < best ? took : best;
        }
        print_message("%d rows of %d columns: %.2f ms, %zu bytes\n", ROWS, COLUMNS, best, out.size);
        assert_true(best < 25);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(writes_nested), cmocka_unit_test(writes_pretty),
                cmocka_unit_test(escapes_text),  cmocka_unit_test(random_bytes_stay_json),
                cmocka_unit_test(is_fast),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
