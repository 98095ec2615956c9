/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading RECORD. A row without quotes, which is nearly every one, is sliced out of the text and never copied. */
#include "plugins/sandboxes/record.h"

#include <string.h>

#include "core/distro/base64.h"

enum { FIELDS = 3, HASH_MAX = 256, SIZE_DIGITS = 18 };

struct field {
        const char *s;
        size_t n;
};

void record_start(struct record *record, const char *text, size_t n)
{
        *record = (struct record){ .at = text, .end = text + n };
}

void record_free(struct record *record)
{
        rv_buf_free(&record->unquoted);
}

/* Either kind of line end ends a field, as in Python's csv. */
static bool ends_field(char c)
{
        return c == ',' || c == '\n' || c == '\r';
}

/* A plain field runs to the next comma or the line's end. */
static bool plain_field(struct record *record, struct field *ret)
{
        ret->s = record->at;
        while (record->at < record->end && !ends_field(*record->at))
                record->at++;
        ret->n = (size_t)(record->at - ret->s);
        return true;
}

/* A quoted field may hold commas and newlines, and "" for a quote; what follows its end must end the field. The text
 * grows in one buffer for the whole row, so a field is an offset until the row is complete. */
static bool quoted_field(struct record *record, struct field *ret)
{
        size_t start = record->unquoted.size;
        bool closed = false;

        for (record->at++; record->at < record->end; record->at++) {
                if (*record->at == '"' && (record->at + 1 == record->end || record->at[1] != '"')) {
                        record->at++;
                        closed = true;
                        break;
                }
                if (*record->at == '"')
                        record->at++;
                if (*record->at == '\n')
                        record->lines++;
                rv_buf_add_char(&record->unquoted, *record->at);
        }
        ret->s = NULL;
        ret->n = record->unquoted.size - start;
        return closed && !record->unquoted.failed && (record->at == record->end || ends_field(*record->at));
}

/* Behind a damaged row: to the end of its line. */
static void skip_line(struct record *record)
{
        while (record->at < record->end && *record->at != '\n' && *record->at != '\r')
                record->at++;
}

/* "\r\n" is one end, not two. */
static void end_line(struct record *record)
{
        if (record->at < record->end && *record->at == '\r')
                record->at++;
        if (record->at < record->end && *record->at == '\n')
                record->at++;
}

/* Fields that were unquoted lie one after the other in the buffer. */
static void place_unquoted(const struct record *record, struct field *fields)
{
        size_t at = 0, i;

        for (i = 0; i < FIELDS; i++)
                if (!fields[i].s) {
                        fields[i].s = rv_buf_str(&record->unquoted) + at;
                        at += fields[i].n;
                }
}

/* Missing fields are empty, as RECORDs of old tools leave them out; a fourth is damage. */
static bool read_fields(struct record *record, struct field fields[FIELDS])
{
        size_t n = 0;
        bool good;

        rv_buf_clear(&record->unquoted);
        for (;;) {
                if (n == FIELDS)
                        return false;
                if (record->at < record->end && *record->at == '"')
                        good = quoted_field(record, &fields[n]);
                else
                        good = plain_field(record, &fields[n]);
                n++;
                if (!good)
                        return false;
                if (record->at == record->end || *record->at != ',')
                        break;
                record->at++;
        }
        for (; n < FIELDS; n++)
                fields[n] = (struct field){ "", 0 };
        place_unquoted(record, fields);
        return true;
}

/* At most 18 digits, which cannot overflow. */
static bool parse_size(struct field field, int64_t *ret)
{
        int64_t size = 0;
        size_t i;

        if (!field.n) {
                *ret = -1;
                return true;
        }
        if (field.n > SIZE_DIGITS)
                return false;
        for (i = 0; i < field.n; i++) {
                if (field.s[i] < '0' || field.s[i] > '9')
                        return false;
                size = size * 10 + (field.s[i] - '0');
        }
        *ret = size;
        return true;
}

/* "sha256=URLSAFE"; an algorithm that is not ours leaves the file without a hash, a digest of a wrong length is
 * damage. */
static bool parse_hash(struct field field, struct record_row *ret)
{
        static const struct {
                const char *name;
                int kind;
                size_t size;
        } kinds[] = { { "sha256", RV_SHA256, 32 }, { "sha384", RV_SHA384, 48 }, { "sha512", RV_SHA512, 64 } };
        const char *equals = memchr(field.s, '=', field.n);
        size_t i, n;

        ret->hash = 0;
        if (!field.n)
                return true;
        if (!equals || field.n > HASH_MAX)
                return false;
        n = (size_t)(equals - field.s);
        for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
                if (n != strlen(kinds[i].name) || memcmp(field.s, kinds[i].name, n) != 0)
                        continue;
                ret->hash = kinds[i].kind;
                return rv_base64url_decode(equals + 1, field.n - n - 1, ret->digest.bytes, sizeof ret->digest.bytes,
                                           &ret->digest.size) &&
                       ret->digest.size == kinds[i].size;
        }
        return true;
}

enum record_next record_next(struct record *record, struct record_row *ret)
{
        struct field fields[FIELDS];
        struct record_row row = { 0 };
        bool good;

        while (record->at < record->end && (*record->at == '\n' || *record->at == '\r')) {
                record->lines++;
                end_line(record);
        }
        if (record->at == record->end)
                return RECORD_END;
        record->line = ++record->lines;
        good = read_fields(record, fields);
        skip_line(record);
        end_line(record);
        if (!good || !parse_size(fields[2], &row.size) || !parse_hash(fields[1], &row))
                return RECORD_DAMAGED;
        row.path = fields[0].s;
        row.path_len = fields[0].n;
        *ret = row;
        return RECORD_ROW;
}

/* Adds one component; `..` takes the last one away, and fails where there is none left. */
static bool add_component(struct rv_buf *out, const char *s, size_t n)
{
        if (!n || (n == 1 && s[0] == '.'))
                return true;
        if (n == 2 && s[0] == '.' && s[1] == '.') {
                if (!out->size)
                        return false;
                while (out->size && out->data[out->size - 1] != '/')
                        rv_buf_truncate(out, out->size - 1);
                rv_buf_truncate(out, out->size ? out->size - 1 : 0);
                return true;
        }
        if (out->size)
                rv_buf_add_char(out, '/');
        rv_buf_add(out, s, n);
        return !out->failed;
}

static bool add_path(struct rv_buf *out, const char *path, size_t n)
{
        const char *end = path + n, *slash;

        for (; path < end; path = slash + 1) {
                slash = memchr(path, '/', (size_t)(end - path));
                if (!slash)
                        slash = end;
                if (!add_component(out, path, (size_t)(slash - path)))
                        return false;
        }
        return true;
}

bool record_path(const char *site, const char *path, size_t n, struct rv_buf *out)
{
        rv_buf_clear(out);
        /* An absolute path is allowed by the specification (data files of the system), but is none of the
         * environment's. */
        if (!n || n > RECORD_PATH_MAX || path[0] == '/' || path[n - 1] == '/' || memchr(path, '\0', n))
                return false;
        return add_path(out, site, strlen(site)) && add_path(out, path, n) && out->size > 0 &&
               out->size <= RECORD_PATH_MAX;
}
