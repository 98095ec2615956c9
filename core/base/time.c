/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times as text and back, computed here: the C library's way depends on the locale, TZ and the width of its own types.
 */
#include "core/base/time.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, WEEK = 7 * DAY, YEAR = 365 * DAY };
/* Days of 400 years, and from 0000-03-01 to 1970-01-01. */
enum { ERA = 146097, EPOCH = 719468 };

/* 0000-01-01 and 9999-12-31T23:59:59: what RFC 3339 can say. */
static const int64_t FIRST_TIME = -62167219200, LAST_TIME = 253402300799;

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar; months count from March so that the leap day is
 * a year's last. */
static int64_t days_of(int year, int month, int day)
{
        int64_t y = month <= 2 ? year - 1 : year;
        int64_t era = (y >= 0 ? y : y - 399) / 400;
        int64_t of_era = y - era * 400;
        int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

        return era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH;
}

/* The days_of() walk backwards; 400-year eras make every division exact. */
bool rv_time_rfc3339(int64_t unix_time, struct rv_buf *out)
{
        int64_t days, era, of_era, of_year, year, month;
        unsigned second;

        if (unix_time < FIRST_TIME || unix_time > LAST_TIME)
                return false;
        second = (unsigned)((unix_time - FIRST_TIME) % DAY);
        days = (unix_time - (int64_t)second) / DAY + EPOCH;
        era = days >= 0 ? days / ERA : -1;
        of_era = days - era * ERA;
        year = (of_era - of_era / 1460 + of_era / 36524 - of_era / (ERA - 1)) / 365;
        of_year = of_era - (365 * year + year / 4 - year / 100);
        month = (5 * of_year + 2) / 153;
        rv_buf_printf(out, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)(year + era * 400 + (month >= 10)),
                      (unsigned)(month < 10 ? month + 3 : month - 9), (unsigned)(of_year - (153 * month + 2) / 5 + 1),
                      second / HOUR, second / MINUTE % 60, second % 60);
        return true;
}

/* What is left of the text; each step takes what it understood and says whether it did. */
struct scan {
        const char *at, *end;
};

/* Exactly so many digits: dates have no optional ones. */
static bool number(struct scan *scan, size_t digits, int most, int *ret)
{
        int value = 0;
        size_t i;

        if ((size_t)(scan->end - scan->at) < digits)
                return false;
        for (i = 0; i < digits; i++) {
                if (scan->at[i] < '0' || scan->at[i] > '9')
                        return false;
                value = value * 10 + (scan->at[i] - '0');
        }
        scan->at += digits;
        *ret = value;
        return value <= most;
}

static bool accept(struct scan *scan, char c)
{
        if (scan->at == scan->end || *scan->at != c)
                return false;
        scan->at++;
        return true;
}

static bool parse_date(struct scan *scan, int64_t *ret)
{
        static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        int year, month, day;
        bool leap;

        if (!number(scan, 4, 9999, &year) || !accept(scan, '-') || !number(scan, 2, 12, &month) || !accept(scan, '-') ||
            !number(scan, 2, 31, &day) || month < 1 || day < 1)
                return false;
        leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        if (day > length[month - 1] + (leap && month == 2))
                return false;
        *ret = days_of(year, month, day) * DAY;
        return true;
}

/* "17:34" or "17:34:25"; a leap second is taken as the next minute's first. */
static bool parse_clock(struct scan *scan, int64_t *time)
{
        int hour, minute, second = 0;

        if (!number(scan, 2, 23, &hour) || !accept(scan, ':') || !number(scan, 2, 59, &minute))
                return false;
        if (accept(scan, ':') && !number(scan, 2, 60, &second))
                return false;
        *time += hour * HOUR + minute * MINUTE + second;
        return true;
}

/* Nothing and Z mean UTC; local time is never guessed, since data carries UTC. */
static bool parse_offset(struct scan *scan, int64_t *time)
{
        int hour, minute, sign;

        if (scan->at == scan->end || accept(scan, 'Z'))
                return true;
        sign = *scan->at == '+' ? 1 : -1;
        if (!accept(scan, '+') && !accept(scan, '-'))
                return false;
        if (!number(scan, 2, 23, &hour) || !accept(scan, ':') || !number(scan, 2, 59, &minute))
                return false;
        *time -= sign * (hour * HOUR + minute * MINUTE);
        return true;
}

bool rv_time_parse(const char *s, size_t n, int64_t *ret)
{
        struct scan scan = { s, s + n };
        int64_t time;

        if (!parse_date(&scan, &time))
                return false;
        if ((accept(&scan, 'T') || accept(&scan, ' ')) && (!parse_clock(&scan, &time) || !parse_offset(&scan, &time)))
                return false;
        if (scan.at != scan.end)
                return false;
        *ret = time;
        return true;
}

/* One unit only; every step is checked, since a span may come from a script. */
bool rv_span_parse(const char *s, size_t n, int64_t *ret_seconds)
{
        static const struct {
                char letter;
                int64_t seconds;
        } units[] = { { 's', 1 }, { 'm', MINUTE }, { 'h', HOUR }, { 'd', DAY }, { 'w', WEEK }, { 'y', YEAR } };
        int64_t value = 0;
        size_t i;

        if (n < 2)
                return false;
        for (i = 0; i < n - 1; i++)
                if (s[i] < '0' || s[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
                    __builtin_add_overflow(value, s[i] - '0', &value))
                        return false;
        for (i = 0; i < sizeof units / sizeof *units; i++)
                if (units[i].letter == s[n - 1])
                        return !__builtin_mul_overflow(value, units[i].seconds, ret_seconds);
        return false;
}

/* Root's clock must not be movable by the caller's environment: expiry of keys is judged by it. */
int64_t rv_now(void)
{
        const char *set = geteuid() == 0 ? NULL : getenv("REEVE_NOW");
        char *end;
        long long value;

        if (set && *set) {
                value = strtoll(set, &end, 10);
                if (!*end && value >= FIRST_TIME && value <= LAST_TIME)
                        return value;
        }
        return time(NULL);
}

int64_t rv_monotonic_ms(void)
{
        struct timespec ts = { 0 };

        (void)clock_gettime(CLOCK_MONOTONIC, &ts);
        return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void rv_boot_id(char ret[RV_BOOT_ID])
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        ret[0] = '\0';
        if (rv_file_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 4096, &text, NULL) == RV_OK)
                (void)snprintf(ret, RV_BOOT_ID, "%.36s", rv_buf_str(&text));
        ret[strcspn(ret, "\n")] = '\0';
}
