/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table for people: fitted to a terminal, whole on a pipe; a record as labelled lines; a text as text. */
#include <string.h>

#include "core/base/buf.h"
#include "core/base/utf8.h"
#include "core/model/load.h"
#include "tui/batch/emit.h"
#include "tui/present/command.h"
#include "tui/present/text.h"

/* Colours by role; a role is always a word too. */
static const char *color_of(uint32_t role)
{
        switch (role) {
        case RV_GOOD:
                return "\033[32m";
        case RV_INFO:
                return "\033[36m";
        case RV_WARN:
                return "\033[33m";
        case RV_BAD:
                return "\033[1;31m";
        case RV_MUTED:
                return "\033[2m";
        default:
                return NULL;
        }
}

/* Asked-for columns make a text view a table like any other. */
static bool is_text(const struct rv_emitter *e)
{
        return rv_snapshot_view(e->result->snapshot)->shape == RV_SHAPE_TEXT && !e->result->columns;
}

static unsigned widest(struct rv_emitter *e, unsigned column)
{
        unsigned width = 0;
        size_t i;

        for (i = 0; i < e->result->rows.n; i++) {
                rv_show_cell(&e->look, e->result->snapshot, e->result->rows.at[i], column, &e->shown);
                width = e->shown.width > width && !e->shown.null ? e->shown.width : width;
        }
        return width;
}

/* Whether the layout has the column, and cuts none of its texts. */
static bool is_whole(struct rv_emitter *e, int column)
{
        size_t i;

        for (i = 0; i < e->layout.n; i++)
                if ((int)e->layout.columns[i].column == column)
                        return e->layout.columns[i].width >= widest(e, (unsigned)column);
        return false;
}

static int lay_out(struct rv_emitter *e, const unsigned *wanted, size_t n, struct rv_err *err)
{
        struct rv_layout_ask ask = { .snapshot = e->result->snapshot,
                                     .rows = &e->result->rows,
                                     .look = &e->look,
                                     .wanted = wanted,
                                     .n_wanted = n,
                                     .width = e->output->width };

        rv_layout_free(&e->layout);
        return rv_layout_make(&ask, &e->layout, err);
}

/* What to do about a finding is never left out: where the terminal has no room beside it, it goes below, and the moment
 * makes room for the text. */
static int lay_out_findings(struct rv_emitter *e, struct rv_err *err)
{
        const struct rv_snapshot *snapshot = e->result->snapshot;
        const int hint = rv_snapshot_column(snapshot, "hint"), since = rv_snapshot_column(snapshot, "since"),
                  text = rv_snapshot_column(snapshot, "text");
        size_t i, n = 0;
        int r = RV_OK;

        if (hint <= 0 || is_whole(e, hint) || widest(e, (unsigned)hint) == 0)
                return RV_OK;
        for (i = 0; i < e->n_columns; i++)
                if ((int)e->columns[i] != hint)
                        e->chosen[n++] = e->columns[i];
        e->n_columns = n;
        e->below = hint;
        r = lay_out(e, e->chosen, n, err);
        if (r != RV_OK || is_whole(e, text) || since < 0)
                return r;
        for (i = n = 0; i < e->n_columns; i++)
                if ((int)e->columns[i] != since)
                        e->chosen[n++] = e->columns[i];
        e->n_columns = n;
        return lay_out(e, e->chosen, n, err);
}

int rv_emit_table_layout(struct rv_emitter *e, struct rv_err *err)
{
        const struct rv_snapshot *snapshot = e->result->snapshot;
        bool findings = strcmp(rv_snapshot_plugin(snapshot), "reeve") == 0 &&
                        strcmp(rv_snapshot_view(snapshot)->id, "findings") == 0;
        int r = lay_out(e, e->result->columns, e->result->n_columns, err);

        if (r == RV_OK && findings && e->output->width && !e->result->columns)
                r = lay_out_findings(e, err);
        return r;
}

/* Without rows there are no headings: an empty table is empty for `wc -l` too. */
static void table_begin(struct rv_emitter *e)
{
        struct rv_buf *out = &e->output->buf;

        if (is_text(e) || e->result->rows.n == 0)
                return;
        rv_buf_add_str(out, e->output->color ? "\033[1m" : "");
        rv_layout_headings(&e->layout, out);
        rv_buf_add_str(out, e->output->color ? "\033[m\n" : "\n");
}

/* A cell with its colour around the words, not around the blanks: those cost a slow line nothing. */
static void add_painted(struct rv_buf *out, const struct rv_buf *cell, const char *color)
{
        const char *text = rv_buf_str(cell);
        size_t before = strspn(text, " "), end = cell->size;

        while (end > before && text[end - 1] == ' ')
                end--;
        rv_buf_add(out, text, before);
        rv_buf_add_str(out, color && end > before ? color : "");
        rv_buf_add(out, text + before, end - before);
        rv_buf_add_str(out, color && end > before ? "\033[m" : "");
        rv_buf_add(out, text + end, cell->size - end);
}

static void add_colored(struct rv_emitter *e, size_t row)
{
        struct rv_buf *out = &e->output->buf;
        size_t i;

        for (i = 0; i < e->layout.n; i++) {
                rv_buf_add_str(out, i ? "  " : "");
                rv_buf_clear(&e->scratch);
                rv_layout_cell(&e->layout, i, &e->look, e->result->snapshot, row, &e->shown, &e->scratch);
                while (i + 1 == e->layout.n && e->scratch.size && e->scratch.data[e->scratch.size - 1] == ' ')
                        rv_buf_truncate(&e->scratch, e->scratch.size - 1);
                add_painted(out, &e->scratch, color_of(e->shown.role));
        }
}

/* Every line of a text is indented below the line that says what it belongs to. */
static void add_indented(struct rv_emitter *e, const char *indent)
{
        const char *at = rv_buf_str(&e->shown.text), *newline;
        struct rv_buf *out = &e->output->buf;

        while (*at) {
                newline = strchr(at, '\n');
                rv_buf_add_str(out, indent);
                rv_buf_add(out, at, newline ? (size_t)(newline - at) : strlen(at));
                rv_buf_add_char(out, '\n');
                if (!newline)
                        break;
                at = newline + 1;
        }
}

/* What the text belongs to stands on a line of its own, then the text below it. */
static void add_text_row(struct rv_emitter *e, size_t row)
{
        const struct rv_snapshot *snapshot = e->result->snapshot;
        int text = rv_snapshot_column(snapshot, "text");
        struct rv_look look = e->look;
        bool any = false;
        size_t i;

        look.long_form = look.several_lines = true;
        for (i = 0; i < e->n_columns; i++) {
                if (e->columns[i] == (unsigned)text || rv_cell_null(snapshot, row, e->columns[i]))
                        continue;
                rv_show_cell(&look, snapshot, row, e->columns[i], &e->shown);
                rv_buf_add_str(&e->output->buf, any ? "  " : "");
                rv_buf_add(&e->output->buf, rv_buf_str(&e->shown.text), e->shown.text.size);
                any = true;
        }
        if (any)
                rv_buf_add_char(&e->output->buf, '\n');
        if (text < 0 || rv_cell_null(snapshot, row, (unsigned)text))
                return;
        rv_show_cell(&look, snapshot, row, (unsigned)text, &e->shown);
        add_indented(e, any ? "  " : "");
}

/* As the way out stands below an error. */
static void add_below(struct rv_emitter *e, size_t row)
{
        static const char arrow[] = "  -> ", blanks[] = "     ";
        const unsigned width = e->output->width, indent = width > 2 * sizeof arrow ? sizeof arrow - 1 : 0;
        struct rv_buf *out = &e->output->buf;
        size_t left, line, next;
        const char *at, *begin;

        rv_show_cell(&e->look, e->result->snapshot, row, (unsigned)e->below, &e->shown);
        at = begin = rv_buf_str(&e->shown.text);
        for (left = e->shown.text.size; left; left -= next, at += next) {
                line = rv_text_wrap(at, left, width - indent, &next);
                rv_buf_add(out, at == begin ? arrow : blanks, indent);
                rv_buf_add(out, at, line);
                rv_buf_add_char(out, '\n');
        }
}

static void table_row(struct rv_emitter *e, size_t row)
{
        if (is_text(e)) {
                add_text_row(e, row);
                return;
        }
        if (e->output->color)
                add_colored(e, row);
        else
                rv_layout_row(&e->layout, &e->look, e->result->snapshot, row, &e->output->buf);
        rv_buf_add_char(&e->output->buf, '\n');
        if (e->below && !rv_cell_null(e->result->snapshot, row, (unsigned)e->below))
                add_below(e, row);
}

static void table_end(struct rv_emitter *e)
{
        (void)e;
}

/* Out of memory is remembered by the buffer, where the writer finds it. */
static void table_record(struct rv_emitter *e, size_t row)
{
        RV_RECORD_CLEANUP struct rv_record record = { 0 };

        if (rv_record_make(e->result->snapshot, row, e->result->columns, e->result->n_columns, false, &record, NULL) ==
            RV_OK)
                rv_record_text(&record, &e->look, e->result->snapshot, row, e->output->width, &e->output->buf);
        else
                e->output->buf.failed = true;
}

const struct rv_serializer rv_emit_table = {
        .for_people = true, .begin = table_begin, .row = table_row, .end = table_end, .record = table_record
};
