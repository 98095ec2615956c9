/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cells as people read them. One function for each type of value; all of them end as sanitised text with its width. */
#include "tui/present/show.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/message.h"
#include "core/base/utf8.h"
#include "core/model/snapshot.h"
#include "tui/present/text.h"

enum { COMMON_ROWS = 64, MINUTE = 60, HOUR = 3600, DAY = 86400, YEAR = 365 * DAY, NEAR_YEAR = 300 * DAY };

void rv_shown_free(struct rv_shown *shown)
{
        rv_buf_free(&shown->text);
}

void rv_show_size(int64_t bytes, struct rv_buf *out)
{
        static const char units[] = " KMGTPE";
        const char *sign = bytes < 0 ? "-" : "";
        uint64_t n = bytes < 0 ? 0 - (uint64_t)bytes : (uint64_t)bytes, scale = 1, tenths, rest;
        unsigned unit = 0;

        if (n < 1000) {
                rv_buf_printf(out, n ? "%s%u B" : "0", sign, (unsigned)n);
                return;
        }
        /* At most three digits: 1000 K is 1.0 M already. Halves are rounded up. */
        do {
                scale *= 1024;
                unit++;
        } while (unit < 6 && n / scale >= 999 && n >= scale * 999 + scale / 2);
        rest = n % scale;
        tenths = n / scale * 10 + (rest * 10 + scale / 2) / scale;
        if (tenths < 100)
                rv_buf_printf(out, "%s%u.%u %c", sign, (unsigned)(tenths / 10), (unsigned)(tenths % 10), units[unit]);
        else
                rv_buf_printf(out, "%s%u %c", sign, (unsigned)(n / scale + (rest >= scale / 2)), units[unit]);
}

/* In local time, where midnight is the reader's. */
static bool same_day(const struct tm *a, const struct tm *b)
{
        return a->tm_year == b->tm_year && a->tm_yday == b->tm_yday;
}

static void add_day_and_month(const struct tm *tm, struct rv_buf *out)
{
        char day[4];

        (void)snprintf(day, sizeof day, "%2d", tm->tm_mday);
        /* Translators: a short date; %1 is the day, %2 the abbreviated month. */
        rv_tr_format(out, N_("%1 %2"), day, nl_langinfo(ABMON_1 + tm->tm_mon), NULL);
}

void rv_show_time(const struct rv_look *look, int64_t unix_time, struct rv_buf *out)
{
        time_t at = (time_t)unix_time, now = (time_t)look->now;
        struct tm tm, today;
        int64_t apart = 0;

        if (!localtime_r(&at, &tm) || !localtime_r(&now, &today) || tm.tm_year < -1900 || tm.tm_year > 8099) {
                rv_buf_printf(out, "@%lld", (long long)unix_time);
                return;
        }
        if (__builtin_sub_overflow(look->now, unix_time, &apart))
                apart = INT64_MAX;
        if (!look->long_form && same_day(&tm, &today))
                rv_buf_printf(out, "%02d:%02d", tm.tm_hour, tm.tm_min);
        else if (!look->long_form && apart < NEAR_YEAR && apart > -NEAR_YEAR)
                add_day_and_month(&tm, out);
        else
                rv_buf_printf(out, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
        if (look->long_form)
                rv_buf_printf(out, " %02d:%02d", tm.tm_hour, tm.tm_min);
}

/* Seconds serve up to two minutes and days up to two years: "119 s" and "400 d" say more than "1 min" and "1 y". */
void rv_show_span(int64_t seconds, bool long_form, struct rv_buf *out)
{
        static const struct {
                int64_t length, until;
                const char *unit;
        } units[] = { { 1, 2 * MINUTE, N_("%1 s") },
                      { MINUTE, HOUR, N_("%1 min") },
                      { HOUR, DAY, N_("%1 h") },
                      { DAY, 2 * (int64_t)YEAR, N_("%1 d") },
                      { YEAR, INT64_MAX, N_("%1 y") } };
        char number[24];
        unsigned i = 0;

        if (seconds < 0) {
                rv_buf_add_char(out, '-');
                seconds = seconds == INT64_MIN ? INT64_MAX : -seconds;
        }
        while (i < 4 && seconds >= units[i].until)
                i++;
        (void)snprintf(number, sizeof number, "%lld", (long long)(seconds / units[i].length));
        rv_tr_format(out, units[i].unit, number, NULL);
        if (long_form && i > 0 && seconds % units[i].length >= units[i - 1].length) {
                (void)snprintf(number, sizeof number, "%lld",
                               (long long)(seconds % units[i].length / units[i - 1].length));
                rv_buf_add_char(out, ' ');
                rv_tr_format(out, units[i - 1].unit, number, NULL);
        }
}

void rv_show_count(int64_t n, struct rv_buf *out)
{
        char digits[24];
        /* Translators: write one thousand as your language groups its digits; the sign between 1 and 000 is taken. */
        const char *sample = _("1,000"), *group = sample[0] == '1' ? sample + 1 : "";
        int length = snprintf(digits, sizeof digits, "%lld", n < 0 ? -(long long)n : (long long)n), i;
        size_t group_size = strlen(group);

        if (n < 0)
                rv_buf_add_char(out, '-');
        group_size = group_size >= 3 ? group_size - 3 : 0;
        for (i = 0; i < length; i++) {
                if (i > 0 && (length - i) % 3 == 0)
                        rv_buf_add(out, group, group_size);
                rv_buf_add_char(out, digits[i]);
        }
}

void rv_show_version(const char *version, size_t n, struct rv_buf *out)
{
        if (n > 2 && version[0] == '0' && version[1] == ':') {
                version += 2;
                n -= 2;
        }
        rv_sanitize(version, n, out);
}

/* The items are from outside, the commas are ours. */
static void show_list(const struct rv_snapshot *snapshot, size_t row, unsigned column, struct rv_buf *out)
{
        size_t n = rv_cell_items(snapshot, row, column), i, len;
        const char *item;

        for (i = 0; i < n; i++) {
                if (i)
                        rv_buf_add_str(out, ", ");
                item = rv_cell_item(snapshot, row, column, i, &len);
                rv_sanitize(item, len, out);
        }
}

static void show_text(const struct rv_look *look, const struct rv_snapshot *snapshot, size_t row, unsigned column,
                      struct rv_buf *out)
{
        size_t len;
        const char *text = rv_cell_text(snapshot, row, column, &len);

        if (look->several_lines)
                rv_sanitize_lines(text, len, out);
        else
                rv_sanitize(text, len, out);
}

/* The title is a word of the plugin's catalogue; without one the id is still a word. */
static void show_enum(const struct rv_snapshot *snapshot, const struct rv_column *column, int64_t value,
                      struct rv_shown *ret)
{
        const struct rv_enum *which = &column->enums[value];

        ret->role = which->role;
        rv_buf_add_str(&ret->text, which->title ? rv_tr(rv_snapshot_domain(snapshot), which->title) : which->id);
}

/* A number beside the text of its type; everything here is ASCII unless translated. */
static void show_number(const struct rv_look *look, uint32_t type, int64_t value, struct rv_buf *out)
{
        switch (type) {
        case RV_SIZE:
                rv_show_size(value, out);
                break;
        case RV_TIME:
                rv_show_time(look, value, out);
                break;
        case RV_DURATION:
                rv_show_span(value, look->long_form, out);
                break;
        case RV_BOOL:
                rv_buf_add_str(out, value ? _("yes") : _("no"));
                break;
        default:
                rv_buf_printf(out, "%lld", (long long)value);
                break;
        }
}

static void show_value(const struct rv_look *look, const struct rv_snapshot *snapshot, size_t row, unsigned column,
                       struct rv_shown *ret)
{
        const struct rv_column *declared = &rv_snapshot_view(snapshot)->columns[column];
        struct rv_message message;
        const char *text;
        size_t len;

        switch (declared->type) {
        case RV_ENUM:
                show_enum(snapshot, declared, rv_cell_int(snapshot, row, column), ret);
                break;
        case RV_LIST:
                show_list(snapshot, row, column, &ret->text);
                break;
        case RV_VERSION:
                text = rv_cell_text(snapshot, row, column, &len);
                rv_show_version(text, len, &ret->text);
                break;
        case RV_MSG:
                if (rv_cell_message(snapshot, row, column, &message))
                        rv_tr_message(&message, &ret->text);
                break;
        case RV_TEXT:
        case RV_REF:
                show_text(look, snapshot, row, column, &ret->text);
                break;
        default:
                show_number(look, declared->type, rv_cell_int(snapshot, row, column), &ret->text);
                break;
        }
}

/* Nothing leaves here that a terminal would act on. */
void rv_show_cell(const struct rv_look *look, const struct rv_snapshot *snapshot, size_t row, unsigned column,
                  struct rv_shown *ret)
{
        rv_buf_clear(&ret->text);
        ret->role = RV_PLAIN;
        ret->null = rv_cell_null(snapshot, row, column);
        if (ret->null) {
                ret->role = RV_MUTED;
                rv_buf_add_char(&ret->text, '-');
        } else {
                show_value(look, snapshot, row, column, ret);
        }
        if (look->ascii)
                rv_text_ascii(&ret->text);
        ret->width = (unsigned)rv_text_width(rv_buf_str(&ret->text), ret->text.size);
}

/* Digits stand below digits; times and versions are read from the left. */
bool rv_show_right(const struct rv_column *column)
{
        return column->type == RV_INT || column->type == RV_SIZE || column->type == RV_DURATION;
}

char rv_role_sign(uint32_t role)
{
        switch (role) {
        case RV_BAD:
                return '!';
        case RV_WARN:
                return '+';
        case RV_INFO:
        case RV_MUTED:
                return '-';
        default:
                return ' ';
        }
}

bool rv_show_common(const struct rv_snapshot *snapshot, unsigned column)
{
        const struct rv_look look = { 0 };
        RV_SHOWN_CLEANUP struct rv_shown first = { 0 }, other = { 0 };
        size_t rows = rv_snapshot_rows(snapshot), row;

        if (!(rv_snapshot_view(snapshot)->columns[column].flags & RV_COMMON) || rows == 0 || rows > COMMON_ROWS)
                return false;
        rv_show_cell(&look, snapshot, 0, column, &first);
        for (row = 1; row < rows && !first.null; row++) {
                rv_show_cell(&look, snapshot, row, column, &other);
                if (other.null || strcmp(rv_buf_str(&first.text), rv_buf_str(&other.text)) != 0)
                        return false;
        }
        return !first.null;
}

/* Roles that are not a state of the row (good, info, muted) leave the gutter empty. */
uint32_t rv_row_role(const struct rv_snapshot *snapshot, size_t row)
{
        const struct rv_view *view = rv_snapshot_view(snapshot);
        uint32_t worst = RV_PLAIN, role;
        unsigned i;

        for (i = 0; i < view->n_columns; i++) {
                if (view->columns[i].type != RV_ENUM || rv_cell_null(snapshot, row, i))
                        continue;
                role = view->columns[i].enums[rv_cell_int(snapshot, row, i)].role;
                if (role == RV_BAD || (role == RV_WARN && worst != RV_BAD))
                        worst = role;
        }
        return worst;
}
