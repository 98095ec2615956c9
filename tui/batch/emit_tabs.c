/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plain, tsv and csv: one row a line. plain and tsv escape tab, newline and backslash; csv is RFC 4180 (CRLF, quotes
 * doubled). tsv and csv are data, byte for byte; plain is also read by eye and through pagers, so what the table makes
 * visible is made visible in it as well. */
#include <string.h>

#include "core/base/buf.h"
#include "core/base/utf8.h"
#include "core/model/load.h"
#include "tui/batch/emit.h"
#include "tui/present/command.h"

/* Runs without an escape are copied whole; nearly every cell is one run. */
static void add_escaped(struct rv_buf *out, const char *s, size_t n)
{
        size_t i, run = 0;
        const char *escape;

        for (i = 0; i < n; i++) {
                switch (s[i]) {
                case '\t':
                        escape = "\\t";
                        break;
                case '\n':
                        escape = "\\n";
                        break;
                case '\r':
                        escape = "\\r";
                        break;
                case '\\':
                        escape = "\\\\";
                        break;
                default:
                        continue;
                }
                rv_buf_add(out, s + run, i - run);
                rv_buf_add_str(out, escape);
                run = i + 1;
        }
        rv_buf_add(out, s + run, n - run);
}

/* Cells have no tab or newline any more when they are sanitised, so none turns into a blank. */
static void add_shown(struct rv_buf *out, const char *s, size_t n)
{
        RV_BUF_CLEANUP struct rv_buf escaped = { 0 };

        add_escaped(&escaped, s, n);
        (void)rv_sanitize(rv_buf_str(&escaped), escaped.size, out);
}

/* Quotes only where the RFC asks for them, so that simple files stay readable. */
static void add_quoted(struct rv_buf *out, const char *s, size_t n)
{
        size_t i;

        if (!memchr(s, '"', n) && !memchr(s, ',', n) && !memchr(s, '\n', n) && !memchr(s, '\r', n)) {
                rv_buf_add(out, s, n);
                return;
        }
        rv_buf_add_char(out, '"');
        for (i = 0; i < n; i++) {
                if (s[i] == '"')
                        rv_buf_add_char(out, '"');
                rv_buf_add_char(out, s[i]);
        }
        rv_buf_add_char(out, '"');
}

static void nothing(struct rv_emitter *e)
{
        (void)e;
}

static void add_line(struct rv_emitter *e, size_t row, char separator)
{
        /* A terminal gets no control characters, whatever the format. */
        RV_BUF_CLEANUP struct rv_buf line = { 0 };
        struct rv_buf *out = e->output->terminal ? &line : &e->output->buf;
        size_t i;

        for (i = 0; i < e->n_columns; i++) {
                if (i)
                        rv_buf_add_char(out, separator);
                rv_buf_clear(&e->scratch);
                rv_emit_raw(e->result->snapshot, row, e->columns[i], &e->scratch);
                if (separator == ',')
                        add_quoted(out, rv_buf_str(&e->scratch), e->scratch.size);
                else if (e->serializer == &rv_emit_plain)
                        add_shown(out, rv_buf_str(&e->scratch), e->scratch.size);
                else
                        add_escaped(out, rv_buf_str(&e->scratch), e->scratch.size);
        }
        if (e->output->terminal)
                rv_sanitize_lines(rv_buf_str(&line), line.size, &e->output->buf);
        rv_buf_add_str(&e->output->buf, separator == ',' ? "\r\n" : "\n");
}

/* Ids, not titles: headers are data and the same in every language. */
static void add_header(struct rv_emitter *e, char separator)
{
        const struct rv_view *view = rv_snapshot_view(e->result->snapshot);
        struct rv_buf *out = &e->output->buf;
        size_t i;

        for (i = 0; i < e->n_columns; i++) {
                if (i)
                        rv_buf_add_char(out, separator);
                rv_buf_add_str(out, view->columns[e->columns[i]].id);
        }
        rv_buf_add_str(out, separator == ',' ? "\r\n" : "\n");
}

static void tab_header(struct rv_emitter *e)
{
        add_header(e, '\t');
}

static void tab_row(struct rv_emitter *e, size_t row)
{
        add_line(e, row, '\t');
}

/* One row needs its header more than many do, also where the rows themselves have none. */
static void tab_record(struct rv_emitter *e, size_t row)
{
        add_header(e, '\t');
        add_line(e, row, '\t');
}

static void comma_header(struct rv_emitter *e)
{
        add_header(e, ',');
}

static void comma_row(struct rv_emitter *e, size_t row)
{
        add_line(e, row, ',');
}

static void comma_record(struct rv_emitter *e, size_t row)
{
        add_header(e, ',');
        add_line(e, row, ',');
}

const struct rv_serializer rv_emit_plain = {
        .keyed = true, .begin = nothing, .row = tab_row, .end = nothing, .record = tab_row
};
const struct rv_serializer rv_emit_tsv = {
        .keyed = true, .begin = tab_header, .row = tab_row, .end = nothing, .record = tab_record
};
const struct rv_serializer rv_emit_csv = {
        .keyed = true, .begin = comma_header, .row = comma_row, .end = nothing, .record = comma_record
};
