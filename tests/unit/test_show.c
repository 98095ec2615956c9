/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-present */
/* Values as people read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <time.h>

#include "core/base/buf.h"
#include "tests/unit/model_fixture.h"
#include "tui/present/show.h"

enum { NOON = 1000000000 }; /* 2001-09-09T01:46:40Z */

static void check_size(int64_t bytes, const char *wanted)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        rv_show_size(bytes, &out);
        assert_string_equal(rv_buf_str(&out), wanted);
}

static void sizes_have_three_digits_at_most(void **state)
{
        int64_t n;
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        (void)state;
        check_size(0, "0");
        check_size(1, "1 B");
        check_size(999, "999 B");
        check_size(1000, "1.0 K");
        check_size(1024, "1.0 K");
        check_size(22 * 1024, "22 K");
        check_size(277504, "271 K");
        check_size(1153434, "1.1 M");
        check_size(1023 * 1024, "1.0 M");
        check_size(10188, "9.9 K");
        check_size(10189, "10 K");
        check_size(INT64_C(5261334938), "4.9 G");
        check_size(INT64_MAX, "8.0 E");
        check_size(INT64_MIN, "-8.0 E");
        check_size(-2048, "-2.0 K");
        for (n = 1; n < INT64_MAX / 3; n = n * 3 + 7) {
                rv_buf_clear(&out);
                rv_show_size(n, &out);
                assert_in_range(out.size, 3, 5);
        }
}

static void check_time(int64_t at, bool long_form, const char *wanted)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        struct rv_look look = { .now = NOON, .long_form = long_form };

        rv_show_time(&look, at, &out);
        assert_string_equal(rv_buf_str(&out), wanted);
}

static void times_are_short_when_near(void **state)
{
        (void)state;
        check_time(NOON, false, "01:46");
        check_time(NOON - 3600, false, "00:46");
        check_time(NOON - 7200, false, " 8 Sep");
        check_time(NOON + 40 * 86400, false, "19 Oct");
        check_time(NOON - 400 * 86400, false, "2000-08-05");
        check_time(0, true, "1970-01-01 00:00");
        check_time(INT64_MAX, false, "@9223372036854775807");
        check_time(INT64_MIN, true, "@-9223372036854775808");
}

static void check_span(int64_t seconds, bool long_form, const char *wanted)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        rv_show_span(seconds, long_form, &out);
        assert_string_equal(rv_buf_str(&out), wanted);
}

static void spans_have_one_unit_or_two(void **state)
{
        (void)state;
        check_span(0, false, "0 s");
        check_span(119, false, "119 s");
        check_span(120, false, "2 min");
        check_span(200, true, "3 min 20 s");
        check_span(9 * 3600, false, "9 h");
        check_span(41 * 86400, false, "41 d");
        check_span(3 * 365 * 86400, false, "3 y");
        check_span(-60, false, "-60 s");
        check_span(INT64_MIN, false, "-292471208677 y");
}

static void counts_are_grouped(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        (void)state;
        rv_show_count(2514, &out);
        rv_buf_add_char(&out, ' ');
        rv_show_count(999, &out);
        rv_buf_add_char(&out, ' ');
        rv_show_count(-1234567, &out);
        assert_string_equal(rv_buf_str(&out), "2,514 999 -1,234,567");
}

static struct rv_snapshot *make(void)
{
        static const char *const cves[] = { "CVE-2026-1", "CVE-\033[31m" };
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("fixture", "fixture", &fixture_view, NULL);
        struct rv_snapshot *snapshot = NULL;
        bool cacheable;

        fixture_row(sink, "one", 0);
        rv_put_text(sink, F_TEXT, "a\033[2J\nb", 7);
        rv_put_int(sink, F_INT, 2514);
        rv_put_int(sink, F_SIZE, 1153434);
        rv_put_text(sink, F_VERSION, "0:1.2-3", 7);
        rv_put_int(sink, F_BOOL, 1);
        rv_put_int(sink, F_ENUM, 1);
        rv_put_list(sink, F_LIST, cves, 2);
        rv_put_msg(sink, F_MSG, NP_("%1 file of %2", "%1 files of %2"), "3", "\033]0;x\007", NULL);
        fixture_row(sink, "two", 0);
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        return snapshot;
}

static void cells_are_safe_and_measured(void **state)
{
        static const struct {
                unsigned column, role, width;
                const char *text;
        } wanted[] = { { F_KEY, RV_PLAIN, 3, "one" },
                       { F_TEXT, RV_PLAIN, 8, "a^[[2J b" },
                       { F_INT, RV_PLAIN, 4, "2514" },
                       { F_SIZE, RV_PLAIN, 5, "1.1 M" },
                       { F_TIME, RV_MUTED, 1, "-" },
                       { F_VERSION, RV_PLAIN, 5, "1.2-3" },
                       { F_BOOL, RV_PLAIN, 3, "yes" },
                       { F_ENUM, RV_BAD, 3, "Bad" },
                       { F_LIST, RV_PLAIN, 22, "CVE-2026-1, CVE-^[[31m" },
                       { F_MSG, RV_PLAIN, 19, "3 files of ^[]0;x^G" } };
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = make();
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        struct rv_look look = { .now = NOON };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof wanted / sizeof *wanted; i++) {
                rv_show_cell(&look, snapshot, 0, wanted[i].column, &shown);
                assert_string_equal(rv_buf_str(&shown.text), wanted[i].text);
                assert_int_equal(shown.role, wanted[i].role);
                assert_int_equal(shown.width, wanted[i].width);
        }
        for (i = 1; i < F_COLUMNS; i++) {
                rv_show_cell(&look, snapshot, 1, (unsigned)i, &shown);
                assert_true(shown.null);
                assert_string_equal(rv_buf_str(&shown.text), "-");
        }
        look.several_lines = true;
        rv_show_cell(&look, snapshot, 0, F_TEXT, &shown);
        assert_string_equal(rv_buf_str(&shown.text), "a^[[2J\nb");
}

static void a_row_is_as_bad_as_its_worst_cell(void **state)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = make();

        (void)state;
        assert_int_equal(rv_row_role(snapshot, 0), RV_BAD);
        assert_int_equal(rv_row_role(snapshot, 1), RV_PLAIN);
        assert_int_equal(rv_role_sign(RV_BAD), '!');
        assert_int_equal(rv_role_sign(RV_WARN), '+');
        assert_int_equal(rv_role_sign(RV_MUTED), '-');
        assert_int_equal(rv_role_sign(RV_GOOD), ' ');
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sizes_have_three_digits_at_most), cmocka_unit_test(times_are_short_when_near),
                cmocka_unit_test(spans_have_one_unit_or_two),      cmocka_unit_test(counts_are_grouped),
                cmocka_unit_test(cells_are_safe_and_measured),     cmocka_unit_test(a_row_is_as_bad_as_its_worst_cell),
        };

        setenv("TZ", "UTC", 1);
        tzset();
        return cmocka_run_group_tests(tests, NULL, NULL);
}
