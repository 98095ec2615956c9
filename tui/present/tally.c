/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counting for the Overview. What is not known is "-", never 0: a system whose updates nobody has looked for is not up
 * to date. */
#include "tui/present/tally.h"

#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/message.h"
#include "core/model/rows.h"
#include "tui/present/text.h"

void rv_figure_free(struct rv_figure *figure)
{
        rv_buf_free(&figure->number);
        rv_buf_free(&figure->text);
}

/* The tally's filter for the columns of a snapshot; NULL and true: all rows. False: it does not fit them. */
static bool compile(const struct rv_tally *tally, const struct rv_snapshot *snapshot, int64_t now,
                    struct rv_filter **ret)
{
        return !tally->where || rv_filter_compile(tally->where, rv_snapshot_view(snapshot), now, ret, NULL) == RV_OK;
}

static bool fits(const struct rv_filter *filter, const struct rv_snapshot *snapshot, size_t row)
{
        return !filter || rv_filter_match(filter, snapshot, row);
}

static bool has_value(const struct rv_snapshot *snapshot, unsigned column)
{
        size_t row;

        for (row = 0; row < rv_snapshot_rows(snapshot); row++)
                if (!rv_cell_null(snapshot, row, column))
                        return true;
        return false;
}

/* Whether a column that the filter reads has no value in any row. */
static bool in_the_dark(const struct rv_filter *filter, const struct rv_snapshot *snapshot)
{
        uint32_t i;

        if (!filter || rv_snapshot_rows(snapshot) == 0)
                return false;
        for (i = 0; i < rv_snapshot_view(snapshot)->n_columns; i++)
                if (rv_filter_reads(filter, i) && !has_value(snapshot, i))
                        return true;
        return false;
}

static void reset(struct rv_figure *figure, enum rv_figure_kind kind, uint32_t role)
{
        figure->kind = kind;
        figure->role = role;
        rv_buf_clear(&figure->number);
        rv_buf_clear(&figure->text);
}

static void put_title(const char *domain, const char *title, const char *one, struct rv_figure *ret)
{
        const struct rv_message message = { .domain = domain, .msgid = title, .args = { one }, .n_args = 1 };

        rv_tr_message(&message, &ret->text);
}

static void put_number(const char *domain, const struct rv_tally *tally, size_t n, bool known, struct rv_figure *ret)
{
        char digits[24]; /* "2,514" chooses no plural form, its digits do */

        reset(ret, RV_FIGURE_NUMBER, n ? tally->role : known ? RV_PLAIN : RV_MUTED);
        if (known)
                rv_show_count((int64_t)n, &ret->number);
        else
                rv_buf_add_char(&ret->number, '-');
        (void)snprintf(digits, sizeof digits, "%zu", n);
        put_title(domain, tally->title, digits, ret);
}

static void put_text(const struct rv_look *look, const char *domain, const struct rv_tally *tally,
                     const struct rv_snapshot *snapshot, size_t row, struct rv_figure *ret)
{
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        int column = rv_snapshot_column(snapshot, tally->column);

        reset(ret, RV_FIGURE_TEXT, tally->role);
        if (column < 0 || rv_cell_null(snapshot, row, (unsigned)column))
                column = (int)rv_snapshot_key(snapshot);
        rv_show_cell(look, snapshot, row, (unsigned)column, &shown);
        put_title(domain, tally->title, rv_buf_str(&shown.text), ret);
}

/* No row fits. */
static void put_none(const char *domain, const struct rv_tally *tally, bool zero, struct rv_figure *ret)
{
        if (tally->flags & RV_NO_ROWS) {
                reset(ret, RV_FIGURE_TEXT, tally->role);
                put_title(domain, tally->title, "", ret);
        } else if (zero && !tally->column) {
                put_number(domain, tally, 0, true, ret);
        } else {
                reset(ret, RV_FIGURE_NONE, RV_PLAIN);
        }
}

void rv_tally(const struct rv_look *look, const char *domain, const struct rv_tally *tally, bool zero,
              const struct rv_snapshot *snapshot, struct rv_figure *ret)
{
        RV_FILTER_CLEANUP struct rv_filter *filter = NULL;
        const bool fitting = compile(tally, snapshot, look->now, &filter);
        const char *costly;
        size_t row, n = 0, rows = fitting ? rv_snapshot_rows(snapshot) : 0, first = rows;

        reset(ret, RV_FIGURE_NONE, RV_PLAIN);
        if (rv_tally_lacks(tally, snapshot, &costly, 0, 1) > 0) {
                if (!tally->column)
                        put_number(domain, tally, 0, false, ret);
                ret->kind = RV_FIGURE_LOADING;
                return;
        }
        for (row = 0; row < rows && !(first < rows && tally->column); row++)
                if (fits(filter, snapshot, row)) {
                        first = first < rows ? first : row;
                        n++;
                }
        if (n == 0 && fitting && !in_the_dark(filter, snapshot))
                put_none(domain, tally, zero, ret);
        else if (tally->flags & RV_NO_ROWS)
                return;
        else if (!tally->column)
                put_number(domain, tally, n, n > 0, ret);
        else if (n > 0)
                put_text(look, domain, tally, snapshot, first, ret);
}

void rv_tally_rows(size_t n, struct rv_figure *ret)
{
        char digits[24];

        reset(ret, RV_FIGURE_NUMBER, RV_PLAIN);
        rv_show_count((int64_t)n, &ret->number);
        (void)snprintf(digits, sizeof digits, "%zu", n);
        rv_tr_format(&ret->text, NP_("row", "rows"), digits, NULL);
}

size_t rv_tally_lacks(const struct rv_tally *tally, const struct rv_snapshot *snapshot, const char **out, size_t n,
                      size_t room)
{
        const struct rv_view *view = rv_snapshot_view(snapshot);
        RV_FILTER_CLEANUP struct rv_filter *filter = NULL;
        uint32_t i;
        size_t k;
        bool wanted;

        if (!compile(tally, snapshot, 0, &filter))
                return n;
        for (i = 0; i < view->n_columns && n < room; i++) {
                wanted = (filter && rv_filter_reads(filter, i)) ||
                         (tally->column && strcmp(tally->column, view->columns[i].id) == 0);
                for (k = 0; k < n && wanted; k++)
                        wanted = strcmp(out[k], view->columns[i].id) != 0;
                if (wanted && !rv_snapshot_filled(snapshot, i))
                        out[n++] = view->columns[i].id;
        }
        return n;
}
