/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON writer (RFC 8259). Text is looked at eight bytes at a time and copied in runs, so that a whole package list
 * costs about what memcpy does. Characters that a terminal must not get are escaped too. */
#include "core/base/json.h"

#include <string.h>

#include "core/base/time.h"
#include "core/base/utf8.h"

enum { DEEPEST = 63, INDENT = 2 };

/* Where byte i of a word is set to 0x80 when the byte needs a closer look: below 0x20, a quote, a backslash, DEL or
 * not ASCII. Bits above the first true one may be wrong; only "any" and "none" are used. */
static uint64_t special_bytes(const char *s)
{
        const uint64_t ones = 0x0101010101010101U, high = 0x8080808080808080U;
        uint64_t word, quote, slash, del;

        memcpy(&word, s, sizeof word);
        quote = word ^ ones * '"';
        slash = word ^ ones * '\\';
        del = word ^ ones * 0x7f;
        return (word | (word - ones * ' ') | (quote - ones) | (slash - ones) | (del - ones)) & high;
}

/* The same test as special_bytes(), for the last few bytes. */
static bool is_plain(char c)
{
        return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

/* How many bytes from the start can be copied as they are. */
static size_t plain_run(const char *s, size_t n)
{
        size_t i = 0;

        while (n - i >= sizeof(uint64_t) && !special_bytes(s + i))
                i += sizeof(uint64_t);
        while (i < n && is_plain(s[i]))
                i++;
        return i;
}

/* rv_buf_reserve() without the call when there is room, as there nearly always is. */
static inline char *room(struct rv_buf *buf, size_t n)
{
        return !buf->failed && buf->capacity - buf->size > n ? buf->data + buf->size : rv_buf_reserve(buf, n);
}

static void add(struct rv_buf *buf, const char *bytes, size_t n)
{
        char *at = room(buf, n);

        if (!at)
                return;
        memcpy(at, bytes, n);
        at[n] = '\0';
        buf->size += n;
}

static void new_line(struct rv_json *json)
{
        unsigned i;

        rv_buf_add_char(json->out, '\n');
        for (i = 0; i < json->depth * INDENT; i++)
                rv_buf_add_char(json->out, ' ');
}

/* What stands before a value or key: a comma where something came before it, and a line of its own when pretty. */
static void separate(struct rv_json *json)
{
        uint64_t bit = UINT64_C(1) << (json->depth > DEEPEST ? DEEPEST : json->depth);

        if (json->after_key) {
                json->after_key = false;
                return;
        }
        if (json->depth == 0)
                return;
        if (json->filled & bit)
                add(json->out, ",", 1);
        json->filled |= bit;
        if (json->pretty)
                new_line(json);
}

/* Nesting deeper than the bits reach is a bug of ours; commas may then be wrong, memory is not. */
void rv_json_begin(struct rv_json *json, char bracket)
{
        separate(json);
        rv_buf_add_char(json->out, bracket);
        json->depth++;
        if (json->depth <= DEEPEST)
                json->filled &= ~(UINT64_C(1) << json->depth);
}

void rv_json_end(struct rv_json *json, char bracket)
{
        bool filled = json->filled >> (json->depth > DEEPEST ? DEEPEST : json->depth) & 1;

        json->depth--;
        if (json->pretty && filled)
                new_line(json);
        rv_buf_add_char(json->out, bracket);
}

/* The short escapes where there are any; beyond the basic plane a surrogate pair, as RFC 8259 section 7 asks. */
static void add_escape(struct rv_buf *out, uint32_t c)
{
        static const char from[] = "\"\\\n\t\r\b\f", to[] = "\"\\ntrbf";
        const char *known = c && c < 0x80 ? strchr(from, (int)c) : NULL;

        if (known) {
                rv_buf_add_char(out, '\\');
                rv_buf_add_char(out, to[known - from]);
        } else if (c < 0x10000) {
                rv_buf_printf(out, "\\u%04x", (unsigned)c);
        } else {
                c -= 0x10000;
                rv_buf_printf(out, "\\u%04x\\u%04x", 0xd800U | (unsigned)(c >> 10), 0xdc00U | (unsigned)(c & 0x3ff));
        }
}

/* One character that is not plain ASCII; returns its length. */
static size_t add_special(struct rv_json *json, const char *s, size_t n)
{
        uint32_t c;
        size_t length = rv_utf8_decode(s, n, &c);

        if (!length) {
                rv_buf_add_str(json->out, "\xef\xbf\xbd");
                json->repaired = true;
                return 1;
        }
        if (c >= 0x80 && rv_char_printable(c))
                rv_buf_add(json->out, s, length);
        else
                add_escape(json->out, c);
        return length;
}

/* after: what follows the text, its closing quote among it, so that a key costs one piece too. */
static void add_quoted(struct rv_json *json, const char *s, size_t n, const char *after)
{
        size_t run = plain_run(s, n), more = strlen(after);
        char *at;

        if (run == n) { /* nearly always: one piece */
                at = room(json->out, n + 1 + more);
                if (!at)
                        return;
                *at++ = '"';
                memcpy(at, s, n);
                memcpy(at + n, after, more + 1);
                json->out->size += n + 1 + more;
                return;
        }
        rv_buf_add_char(json->out, '"');
        for (;;) {
                rv_buf_add(json->out, s, run);
                s += run;
                n -= run;
                if (!n)
                        break;
                run = add_special(json, s, n);
                s += run;
                n -= run;
                run = plain_run(s, n);
        }
        rv_buf_add(json->out, after, more);
}

void rv_json_key(struct rv_json *json, const char *key)
{
        separate(json);
        add_quoted(json, key, strlen(key), json->pretty ? "\": " : "\":");
        json->after_key = true;
}

void rv_json_text(struct rv_json *json, const char *s, size_t n)
{
        separate(json);
        add_quoted(json, s, n, "\"");
}

void rv_json_str(struct rv_json *json, const char *s)
{
        if (s)
                rv_json_text(json, s, strlen(s));
        else
                rv_json_null(json);
}

/* Through the unsigned type: INT64_MIN has no positive counterpart. */
void rv_json_int(struct rv_json *json, int64_t value)
{
        char digits[20], *at = digits + sizeof digits;
        uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

        separate(json);
        do
                *--at = (char)('0' + rest % 10);
        while (rest /= 10);
        if (value < 0)
                *--at = '-';
        add(json->out, at, (size_t)(digits + sizeof digits - at));
}

void rv_json_bool(struct rv_json *json, bool value)
{
        separate(json);
        add(json->out, value ? "true" : "false", value ? 4 : 5);
}

void rv_json_null(struct rv_json *json)
{
        separate(json);
        add(json->out, "null", 4);
}

/* A time that has no text in RFC 3339 is unknown, and unknown is null. */
void rv_json_time(struct rv_json *json, int64_t unix_time)
{
        size_t before;

        separate(json);
        before = json->out->size;
        rv_buf_add_char(json->out, '"');
        if (rv_time_rfc3339(unix_time, json->out)) {
                rv_buf_add_char(json->out, '"');
        } else {
                rv_buf_truncate(json->out, before);
                add(json->out, "null", 4);
        }
}
