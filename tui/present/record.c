/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A record: one row as labelled lines, values wrapped under themselves. */
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/utf8.h"
#include "core/model/snapshot.h"
#include "tui/present/layout.h"
#include "tui/present/text.h"

enum { LABEL_GAP = 2, LEAST_VALUE = 10 };

static const char *label(const struct rv_snapshot *snapshot, unsigned column)
{
        const struct rv_column *declared = &rv_snapshot_view(snapshot)->columns[column];

        return declared->title ? rv_tr(rv_snapshot_domain(snapshot), declared->title) : declared->id;
}

/* Labels are as wide as the widest that is shown, not as the widest there is. */
int rv_record_make(const struct rv_snapshot *snapshot, size_t row, const unsigned *wanted, size_t n_wanted, bool all,
                   struct rv_record *ret, struct rv_err *err)
{
        const struct rv_view *view = rv_snapshot_view(snapshot);
        struct rv_record made = { 0 };
        size_t n = wanted ? n_wanted : view->n_columns, i;
        unsigned column, width;
        const char *title;

        made.columns = calloc(n + 1, sizeof *made.columns);
        if (!made.columns)
                return rv_fail_memory(err);
        for (i = 0; i < n; i++) {
                column = wanted ? wanted[i] : (unsigned)i;
                if (!all && !wanted && rv_cell_null(snapshot, row, column))
                        continue;
                made.columns[made.n++] = column;
                title = label(snapshot, column);
                width = (unsigned)rv_text_width(title, strlen(title));
                if (width > made.label_width)
                        made.label_width = width;
        }
        *ret = made;
        return RV_OK;
}

void rv_record_free(struct rv_record *record)
{
        free(record->columns);
        *record = (struct rv_record){ 0 };
}

/* The lines of one value; the first stands behind its label, the others are indented to it. */
static void add_value(const struct rv_buf *value, unsigned indent, unsigned width, struct rv_buf *out)
{
        const char *at = rv_buf_str(value);
        size_t left = value->size, next, line;
        unsigned room = width > indent + LEAST_VALUE ? width - indent : LEAST_VALUE;

        if (!left)
                rv_buf_add_char(out, '\n');
        while (left) {
                line = rv_text_wrap(at, left, width ? room : UINT32_MAX, &next);
                rv_buf_add(out, at, line);
                rv_buf_add_char(out, '\n');
                at += next;
                left -= next;
                if (left)
                        rv_text_pad("", 0, indent, false, out);
        }
}

/* A record has room: whole moments, both units of a span, all lines of a text. */
void rv_record_text(const struct rv_record *record, const struct rv_look *look, const struct rv_snapshot *snapshot,
                    size_t row, unsigned width, struct rv_buf *out)
{
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        RV_BUF_CLEANUP struct rv_buf title = { 0 };
        struct rv_look whole = *look;
        size_t i;

        whole.long_form = whole.several_lines = true;
        for (i = 0; i < record->n; i++) {
                rv_buf_clear(&title);
                rv_buf_add_str(&title, label(snapshot, record->columns[i]));
                if (look->ascii)
                        rv_text_ascii(&title);
                rv_text_pad(rv_buf_str(&title), title.size, record->label_width + LABEL_GAP, false, out);
                rv_show_cell(&whole, snapshot, row, record->columns[i], &shown);
                add_value(&shown.text, record->label_width + LABEL_GAP, width, out);
        }
}
