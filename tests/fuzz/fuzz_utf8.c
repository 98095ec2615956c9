/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes: the sanitiser's output is clean and stays the same a second time, repaired text is valid, JSON text can be
 * parsed, and what compares, folds, matches and parses text stays within its bounds. */
#include <string.h>

#include <jansson.h>

#include "core/base/evr.h"
#include "core/base/fold.h"
#include "core/base/glob.h"
#include "core/base/json.h"
#include "core/base/time.h"
#include "core/base/utf8.h"
#include "fuzz.h"

static void sanitise(const char *s, size_t n)
{
        RV_BUF_CLEANUP struct rv_buf line = { 0 }, again = { 0 }, lines = { 0 };
        size_t i, length, cells;
        uint32_t c;

        (void)rv_sanitize(s, n, &line);
        for (i = 0; i < line.size; i += length) {
                length = rv_utf8_decode(line.data + i, line.size - i, &c);
                must(length > 0 && rv_char_printable(c));
        }
        must(rv_sanitize(rv_buf_str(&line), line.size, &again));
        must(strcmp(rv_buf_str(&line), rv_buf_str(&again)) == 0);
        (void)rv_sanitize_lines(s, n, &lines);
        must(rv_utf8_valid(rv_buf_str(&lines), lines.size));
        i = rv_text_fit(rv_buf_str(&line), line.size, 10, &cells);
        must(i <= line.size && cells <= 10 && rv_text_width(rv_buf_str(&line), i) == cells);
}

static void repair(const char *s, size_t n)
{
        RV_BUF_CLEANUP struct rv_buf repaired = { 0 }, out = { 0 };
        struct rv_json json = { .out = &out };
        bool changed = rv_utf8_repair(s, n, &repaired);
        json_t *value;

        must(changed != rv_utf8_valid(s, n));
        must(rv_utf8_valid(rv_buf_str(&repaired), repaired.size));
        rv_json_text(&json, s, n);
        must(json.repaired == changed);
        value = json_loadb(rv_buf_str(&out), out.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        must(value && json_string_length(value) == repaired.size);
        must(memcmp(json_string_value(value), rv_buf_str(&repaired), repaired.size) == 0);
        json_decref(value);
}

/* The first part of the bytes against the rest. */
static void compare(const char *s, size_t n)
{
        RV_BUF_CLEANUP struct rv_buf pattern = { 0 };
        size_t half = n / 2;
        const char *rest = s + half;
        int order = rv_evrcmp(s, half, rest, n - half);
        int back = rv_evrcmp(rest, n - half, s, half);

        must((order > 0) == (back < 0) && (order < 0) == (back > 0));
        must(rv_evrcmp(s, n, s, n) == 0);
        must((rv_fold_compare(s, half, rest, n - half) < 0) == (rv_fold_compare(rest, n - half, s, half) > 0));
        if (rv_utf8_valid(s, half)) /* a character cut in two is another one */
                must(rv_fold_contains(s, n, s, half));
        rv_buf_add(&pattern, s, half > 64 ? 64 : half);
        (void)rv_glob(rv_buf_str(&pattern), rest, n - half, false);
        (void)rv_glob(rv_buf_str(&pattern), rest, n - half, true);
}

static void times(const char *s, size_t n)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        int64_t time, back;

        (void)rv_span_parse(s, n, &time);
        if (!rv_time_parse(s, n, &time) || !rv_time_rfc3339(time, &text))
                return;
        must(rv_time_parse(text.data, text.size, &back) && back == time);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const char *s = (const char *)data;

        if (size > 4096)
                return 0;
        sanitise(s, size);
        repair(s, size);
        compare(s, size);
        times(s, size);
        return 0;
}
