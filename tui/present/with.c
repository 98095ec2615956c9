/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A value and the word of another column in one cell: sign, value, word. The word is the state, so it stays whole; who
 * it is about can be told from the beginning of a name. */
#include "tui/present/with.h"

#include <string.h>

#include "core/base/utf8.h"
#include "core/model/snapshot.h"
#include "tui/present/text.h"

enum { LEAST_VALUE = 4 /* cells of a value that still tell something */ };

int rv_with(const struct rv_view *view, unsigned column)
{
        const char *id = view->columns[column].with;
        uint32_t i;

        for (i = 0; id && i < view->n_columns; i++)
                if (i != column && view->columns[i].type == RV_ENUM && strcmp(view->columns[i].id, id) == 0)
                        return (int)i;
        return -1;
}

bool rv_with_any(const struct rv_view *view, unsigned column, const unsigned *columns, size_t n)
{
        size_t i;

        for (i = 0; i < n; i++)
                if (rv_with(view, columns[i]) == (int)column)
                        return true;
        return false;
}

bool rv_with_in_line(const struct rv_column *column)
{
        return column->type == RV_VERSION || rv_show_right(column);
}

/* What is as expected needs no word beside a value. */
static bool is_quiet(uint32_t role)
{
        return role == RV_GOOD || role == RV_MUTED;
}

/* Puts value and word together; before is the sign's part, gap what stands between. */
static void join(const struct rv_with *with, const struct rv_shown *value, const struct rv_shown *word,
                 const char *before, unsigned room, struct rv_buf *out)
{
        const char *gap = with->lead ? "  " : " ";
        unsigned taken = (unsigned)(strlen(before) + strlen(gap)) + word->width, cells = value->width;

        if (with->lead > cells)
                cells = with->lead;
        if (room && taken + cells > room)
                cells = room > taken ? room - taken : 0;
        rv_buf_add_str(out, before);
        if (!value->null && (cells >= LEAST_VALUE || cells >= value->width)) {
                rv_text_pad(rv_buf_str(&value->text), value->text.size, cells, false, out);
                rv_buf_add_str(out, gap);
        }
        rv_buf_add(out, rv_buf_str(&word->text), word->text.size);
}

unsigned rv_with_show(const struct rv_with *with, const struct rv_look *look, const struct rv_snapshot *snapshot,
                      size_t row, unsigned room, struct rv_shown *ret)
{
        RV_SHOWN_CLEANUP struct rv_shown word = { 0 };
        RV_BUF_CLEANUP struct rv_buf joined = { 0 };
        const struct rv_view *view = rv_snapshot_view(snapshot);
        char before[] = "! ";

        rv_show_cell(look, snapshot, row, with->column, ret);
        if (rv_cell_null(snapshot, row, with->word) ||
            (!ret->null && is_quiet(view->columns[with->word].enums[rv_cell_int(snapshot, row, with->word)].role)))
                return 0;
        rv_show_cell(look, snapshot, row, with->word, &word);
        before[0] = rv_role_sign(word.role);
        if (before[0] == ' ' || rv_with_in_line(&view->columns[with->column]))
                before[0] = '\0';
        join(with, ret, &word, before, room, &joined);
        rv_buf_clear(&ret->text);
        rv_buf_add(&ret->text, rv_buf_str(&joined), joined.size);
        ret->width = (unsigned)rv_text_width(rv_buf_str(&ret->text), ret->text.size);
        ret->role = word.role;
        ret->null = false;
        return word.width + (unsigned)strlen(before) + (with->lead ? 2 : 1);
}
