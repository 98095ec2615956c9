/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compiled filters, and whether a row fits one. A null cell fits no comparison, not even !=, only "= null". */
#include "core/model/filter.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/evr.h"
#include "core/base/fold.h"
#include "core/base/glob.h"

/* What a bare word looks at: whatever a reader sees as words. Enums are left out: "user" would find every reason. */
static bool is_text(const struct rv_column *column)
{
        return column->type == RV_TEXT || column->type == RV_VERSION || column->type == RV_REF ||
               column->type == RV_LIST || column->type == RV_MSG;
}

/* Costly columns would have to be filled for every letter that is typed. */
static void note_text_columns(struct rv_filter *filter, const struct rv_view *view)
{
        unsigned i;

        for (i = 0; i < view->n_columns && i < FILTER_COLUMNS; i++)
                if (is_text(&view->columns[i]) && !(view->columns[i].flags & RV_COSTLY))
                        filter->text_columns[filter->n_text_columns++] = i;
}

/* On failure *ret stays as it was and everything made so far goes with the arena. */
int rv_filter_compile(const char *text, const struct rv_view *view, int64_t now, struct rv_filter **ret,
                      struct rv_err *err)
{
        RV_FILTER_CLEANUP struct rv_filter *filter = NULL;
        struct filter_parser parser = { .start = text, .at = text, .view = view, .now = now, .err = err };
        int r;

        if (strnlen(text, FILTER_LENGTH + 1) > FILTER_LENGTH)
                return rv_fail(err, RV_USAGE, N_("the filter is longer than 4,096 bytes"), NULL, NULL);
        filter = calloc(1, sizeof *filter);
        if (!filter)
                return rv_fail_memory(err);
        note_text_columns(filter, view);
        parser.filter = filter;
        r = filter_compile_text(&parser);
        if (r)
                return r;
        *ret = filter;
        filter = NULL;
        return RV_OK;
}

void rv_filter_free(struct rv_filter *filter)
{
        if (!filter)
                return;
        rv_arena_free(&filter->arena);
        free(filter);
}

void rv_filter_freep(struct rv_filter **filter)
{
        rv_filter_free(*filter);
        *filter = NULL;
}

bool rv_filter_reads(const struct rv_filter *filter, unsigned column)
{
        return column < FILTER_COLUMNS && filter->reads[column / 64] >> column % 64 & 1;
}

/* A cell of a row, as text: its own, or a list's items, or a message in English. */
struct cell {
        const struct rv_snapshot *snapshot;
        size_t row;
        unsigned column;
        uint32_t type;
};

typedef bool text_test(const char *s, size_t n, const void *data);

/* Whether any text of the cell passes. */
static bool any_text(const struct cell *cell, text_test *test, const void *data)
{
        RV_BUF_CLEANUP struct rv_buf english = { 0 };
        struct rv_message message;
        const char *text;
        size_t i, n;

        if (cell->type == RV_LIST) {
                for (i = 0; i < rv_cell_items(cell->snapshot, cell->row, cell->column); i++) {
                        text = rv_cell_item(cell->snapshot, cell->row, cell->column, i, &n);
                        if (test(text, n, data))
                                return true;
                }
                return false;
        }
        if (cell->type == RV_MSG) {
                if (!rv_cell_message(cell->snapshot, cell->row, cell->column, &message))
                        return false;
                rv_message_english(&message, &english);
                return test(rv_buf_str(&english), english.size, data);
        }
        text = rv_cell_text(cell->snapshot, cell->row, cell->column, &n);
        return test(text, n, data);
}

/* A glob must fit the whole text, a plain word any part of it; both without case. */
static bool text_fits_word(const char *s, size_t n, const void *data)
{
        const struct filter_value *word = data;

        return word->glob ? rv_glob(word->text, s, n, true) : rv_fold_contains(s, n, word->text, word->size);
}

/* Texts are equal byte by byte, versions when RPM calls them so (1.0 and 1.00). */
static bool equals_text(const struct filter_test *test, const struct filter_value *value, const char *s, size_t n)
{
        if (value->null)
                return false;
        if (value->glob)
                return rv_glob(value->text, s, n, false);
        if (test->type == RV_VERSION)
                return rv_evrcmp(s, n, value->text, value->size) == 0;
        return n == value->size && memcmp(s, value->text, n) == 0;
}

/* What a comparison result means for an operator. */
static bool ordered(enum filter_op op, int order)
{
        switch (op) {
        case OP_LT:
                return order < 0;
        case OP_LE:
                return order <= 0;
        case OP_GT:
                return order > 0;
        default:
                return order >= 0;
        }
}

/* One text of a cell against a test of a text-like column. */
static bool text_fits_test(const char *s, size_t n, const void *data)
{
        const struct filter_test *test = data;
        const struct filter_value *value = test->values;

        switch (test->op) {
        case OP_EQ:
        case OP_NE: /* the caller turns it round, once for all items of a list */
        case OP_IN:
                for (; value; value = value->next)
                        if (equals_text(test, value, s, n))
                                return true;
                return false;
        case OP_HAS:
                return rv_fold_contains(s, n, value->text, value->size);
        default:
                if (test->type == RV_VERSION)
                        return ordered(test->op, rv_evrcmp(s, n, value->text, value->size));
                return ordered(test->op, rv_fold_compare(s, n, value->text, value->size));
        }
}

/* Everything countable: the value is an interval (a date its whole day), so each operator looks at one of its ends. */
static bool number_fits(const struct filter_test *test, int64_t number)
{
        const struct filter_value *value = test->values;

        switch (test->op) {
        case OP_LT:
                return number < value->low;
        case OP_LE:
                return number <= value->high;
        case OP_GT:
                return number > value->high;
        case OP_GE:
                return number >= value->low;
        default:
                for (; value; value = value->next)
                        if (!value->null && number >= value->low && number <= value->high)
                                return test->op != OP_NE;
                return test->op == OP_NE;
        }
}

/* Only "= null" and a null within "in" are true of a cell that has no value. */
static bool wants_null(const struct filter_test *test)
{
        const struct filter_value *value;

        if (test->op == OP_EQ || test->op == OP_IN)
                for (value = test->values; value; value = value->next)
                        if (value->null)
                                return true;
        return false;
}

static bool test_fits(const struct filter_test *test, const struct rv_snapshot *snapshot, size_t row)
{
        struct cell cell = { snapshot, row, test->column, test->type };
        int64_t number;

        if (rv_cell_null(snapshot, row, test->column))
                return wants_null(test);
        switch (test->type) {
        case RV_INT:
        case RV_SIZE:
        case RV_TIME:
        case RV_DURATION:
        case RV_BOOL:
                return number_fits(test, rv_cell_int(snapshot, row, test->column));
        case RV_ENUM:
                number = rv_cell_int(snapshot, row, test->column);
                return number >= 0 && number < test->n_set && test->set[number];
        default:
                return any_text(&cell, text_fits_test, test) != (test->op == OP_NE);
        }
}

/* The columns were chosen when the filter was compiled. */
static bool word_fits(const struct rv_filter *filter, const struct filter_value *word,
                      const struct rv_snapshot *snapshot, size_t row)
{
        const struct rv_column *columns = rv_snapshot_view(snapshot)->columns;
        unsigned i;

        for (i = 0; i < filter->n_text_columns; i++) {
                struct cell cell = { snapshot, row, filter->text_columns[i], columns[filter->text_columns[i]].type };

                if (!rv_cell_null(snapshot, row, cell.column) && any_text(&cell, text_fits_word, word))
                        return true;
        }
        return false;
}

/* Recursion is bounded by the parser's nesting limit. */
static bool node_fits(const struct rv_filter *filter, const struct filter_node *node,
                      const struct rv_snapshot *snapshot, size_t row)
{
        const struct filter_node *child;

        switch (node->kind) {
        case FILTER_AND:
        case FILTER_OR:
                for (child = node->child; child; child = child->next)
                        if (node_fits(filter, child, snapshot, row) == (node->kind == FILTER_OR))
                                return node->kind == FILTER_OR;
                return node->kind == FILTER_AND;
        case FILTER_NOT:
                return !node_fits(filter, node->child, snapshot, row);
        case FILTER_WORD:
                return word_fits(filter, node->word, snapshot, row);
        default:
                return test_fits(&node->test, snapshot, row);
        }
}

bool rv_filter_match(const struct rv_filter *filter, const struct rv_snapshot *snapshot, size_t row)
{
        return node_fits(filter, filter->root, snapshot, row);
}

/* In place and in order: what stays moves down. */
void rv_rows_filter(struct rv_rows *rows, const struct rv_snapshot *snapshot, const struct rv_filter *filter)
{
        size_t i, kept = 0;

        for (i = 0; i < rows->n; i++)
                if (rv_filter_match(filter, snapshot, rows->at[i]))
                        rows->at[kept++] = rows->at[i];
        rows->n = kept;
}
