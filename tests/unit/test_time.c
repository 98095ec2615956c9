/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times as text and back, against the C library's calendar; spans; and the clock that tests may set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/time.h"

static void agrees_with_the_c_library(void **state)
{
        RV_BUF_CLEANUP struct rv_buf ours = { 0 };
        char text[64];
        int64_t t, back;
        time_t when;
        struct tm tm;

        (void)state;
        for (t = -62167219200; t <= 253402300799; t += 86400 * 97 + 12345) {
                when = (time_t)t;
                assert_non_null(gmtime_r(&when, &tm));
                (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                               tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
                rv_buf_clear(&ours);
                assert_true(rv_time_rfc3339(t, &ours));
                assert_string_equal(rv_buf_str(&ours), text);
                assert_true(rv_time_parse(text, strlen(text), &back));
                assert_int_equal(back, t);
        }
}

static void ends_of_the_range(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        (void)state;
        assert_true(rv_time_rfc3339(253402300799, &out));
        assert_string_equal(rv_buf_str(&out), "9999-12-31T23:59:59Z");
        assert_false(rv_time_rfc3339(253402300800, &out));
        assert_false(rv_time_rfc3339(-62167219201, &out));
        assert_false(rv_time_rfc3339(INT64_MIN, &out));
        assert_int_equal(out.size, 20);
}

static void parses(void **state)
{
        static const struct {
                const char *text;
                int64_t time;
        } good[] = {
                { "2026-11-23", 1795392000 },
                { "2026-11-23T17:34:25Z", 1795455265 },
                { "2026-11-23T17:34:25", 1795455265 },
                { "2026-11-23T17:34Z", 1795455240 },
                { "2026-11-23 17:34", 1795455240 },
                { "2026-11-23T18:34:25+01:00", 1795455265 },
                { "2024-02-29", 1709164800 },
                { "1970-01-01", 0 },
                { "2026-11-23T12:04:25-05:30", 1795455265 },
        };
        static const char *const bad[] = { "",
                                           "2026",
                                           "2026-13-01",
                                           "2026-02-29",
                                           "2026-00-01",
                                           "2026-11-31",
                                           "2026-11-23T",
                                           "2026-11-23T25:00",
                                           "2026-11-23T17:60",
                                           "2026-11-23x",
                                           "2026-11-23T17:34:25+1",
                                           "20261123",
                                           "-026-11-23",
                                           "2026-11-23T17:34:25ZZ",
                                           "1900-02-29" };
        int64_t t;
        size_t i;

        (void)state;
        for (i = 0; i < sizeof good / sizeof *good; i++) {
                assert_true(rv_time_parse(good[i].text, strlen(good[i].text), &t));
                assert_int_equal(t, good[i].time);
        }
        for (i = 0; i < sizeof bad / sizeof *bad; i++)
                if (rv_time_parse(bad[i], strlen(bad[i]), &t))
                        fail_msg("'%s'", bad[i]);
}

static void spans(void **state)
{
        static const char *const bad[] = {
                "", "7", "d", "7x", "-7d", "7.5d", "99999999999999999999s", "9223372036854775807y"
        };
        int64_t seconds;
        size_t i;

        (void)state;
        assert_true(rv_span_parse("7d", 2, &seconds));
        assert_int_equal(seconds, 604800);
        assert_true(rv_span_parse("90m", 3, &seconds));
        assert_int_equal(seconds, 5400);
        assert_true(rv_span_parse("1y", 2, &seconds));
        assert_int_equal(seconds, 31536000);
        for (i = 0; i < sizeof bad / sizeof *bad; i++)
                assert_false(rv_span_parse(bad[i], strlen(bad[i]), &seconds));
}

/* REEVE_NOW moves the clock of a plain user and never that of root. */
static void the_clock(void **state)
{
        int64_t before = time(NULL);
        int status;
        pid_t pid;

        (void)state;
        assert_int_equal(setenv("REEVE_NOW", "1000000000", 1), 0);
        if (geteuid() == 0) {
                assert_true(rv_now() >= before);
                pid = fork();
                if (pid == 0)
                        _exit(setuid(65534) < 0 || rv_now() != 1000000000);
                assert_int_equal(waitpid(pid, &status, 0), pid);
                assert_int_equal(status, 0);
        } else {
                assert_int_equal(rv_now(), 1000000000);
        }
        assert_int_equal(setenv("REEVE_NOW", "tomorrow", 1), 0);
        assert_true(rv_now() >= before);
        assert_int_equal(unsetenv("REEVE_NOW"), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(agrees_with_the_c_library),
                cmocka_unit_test(ends_of_the_range),
                cmocka_unit_test(parses),
                cmocka_unit_test(spans),
                cmocka_unit_test(the_clock),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
