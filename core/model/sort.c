/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ordering rows: a merge sort (stable, and safe with any data) over items that carry the first column's value in eight
 * bytes, so that most comparisons touch no cell. */
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/evr.h"
#include "core/base/fold.h"
#include "core/model/rows.h"

enum { MOST_COLUMNS = 8, PREFIX = sizeof(uint64_t) };

struct item {
        uint64_t prefix; /* orders like the first column as far as it reaches; equal ones are looked at closer */
        uint32_t row, index;
};

/* What the comparisons need, gathered once. */
struct sorter {
        const struct rv_snapshot *snapshot;
        const struct rv_column *columns;
        const struct rv_order *order;
};

/* Any declared column, hidden ones too. */
static int find_column(const char *id, const struct rv_view *view, unsigned *ret, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf ids = { 0 };
        unsigned i;

        for (i = 0; i < view->n_columns; i++) {
                if (strcmp(view->columns[i].id, id) == 0) {
                        *ret = i;
                        return RV_OK;
                }
        }
        rv_columns_near(view, id, &ids);
        return rv_fail(err, RV_USAGE, N_("there is no column %1 to sort by"), N_("choose from %2"), id,
                       rv_buf_str(&ids), NULL);
}

/* Everything is checked before *ret is written. */
int rv_order_parse(const char *text, const struct rv_view *view, struct rv_order *ret, struct rv_err *err)
{
        struct rv_order order = { 0 };
        const char *at = text;
        int r;

        for (;;) {
                RV_BUF_CLEANUP struct rv_buf id = { 0 };
                size_t n;

                at += strspn(at, " ");
                if (order.n == MOST_COLUMNS)
                        return rv_fail(err, RV_USAGE, N_("at most eight columns can be sorted by"), NULL, NULL);
                order.reverse[order.n] = *at == '-';
                at += *at == '-';
                n = strcspn(at, ", ");
                rv_buf_add(&id, at, n);
                if (id.failed)
                        return rv_fail_memory(err);
                r = find_column(rv_buf_str(&id), view, &order.column[order.n], err);
                if (r)
                        return r;
                order.n++;
                at += n;
                at += strspn(at, " ");
                if (!*at)
                        break;
                if (*at++ != ',')
                        return rv_fail(err, RV_USAGE, N_("%1: columns to sort by are parted by commas"), NULL, text,
                                       NULL);
        }
        *ret = order;
        return RV_OK;
}

/* Not by subtraction, which overflows. */
static int compare_numbers(int64_t a, int64_t b)
{
        return (a > b) - (a < b);
}

/* A version without a release equals every release for a reader; in a list it needs one place, before them. */
static int compare_versions(const char *a, size_t a_n, const char *b, size_t b_n)
{
        int order = rv_evrcmp(a, a_n, b, b_n);

        return order ? order : (memchr(a, '-', a_n) != NULL) - (memchr(b, '-', b_n) != NULL);
}

/* Item by item; of two that begin alike the shorter comes first. */
static int compare_lists(const struct rv_snapshot *snapshot, size_t a, size_t b, unsigned column)
{
        size_t n = rv_cell_items(snapshot, a, column), m = rv_cell_items(snapshot, b, column), i, one_n, two_n;
        const char *one, *two;
        int order;

        for (i = 0; i < n && i < m; i++) {
                one = rv_cell_item(snapshot, a, column, i, &one_n);
                two = rv_cell_item(snapshot, b, column, i, &two_n);
                order = rv_fold_compare(one, one_n, two, two_n);
                if (order)
                        return order;
        }
        return (n > m) - (n < m);
}

/* By the English text: the order must not depend on the reader's language, or scripts would see it change. */
static int compare_messages(const struct rv_snapshot *snapshot, size_t a, size_t b, unsigned column)
{
        RV_BUF_CLEANUP struct rv_buf one = { 0 }, two = { 0 };
        struct rv_message message;

        if (rv_cell_message(snapshot, a, column, &message))
                rv_message_english(&message, &one);
        if (rv_cell_message(snapshot, b, column, &message))
                rv_message_english(&message, &two);
        return rv_fold_compare(rv_buf_str(&one), one.size, rv_buf_str(&two), two.size);
}

static int compare_texts(const struct rv_snapshot *snapshot, size_t a, size_t b, unsigned column, uint32_t type)
{
        size_t one_n, two_n;
        const char *one = rv_cell_text(snapshot, a, column, &one_n);
        const char *two = rv_cell_text(snapshot, b, column, &two_n);

        if (type == RV_VERSION)
                return compare_versions(one, one_n, two, two_n);
        return rv_fold_compare(one, one_n, two, two_n);
}

/* One column of two rows, its direction counted in. */
static int compare_cells(const struct sorter *sorter, size_t a, size_t b, unsigned nth)
{
        const struct rv_snapshot *snapshot = sorter->snapshot;
        unsigned column = sorter->order->column[nth];
        bool null_a = rv_cell_null(snapshot, a, column), null_b = rv_cell_null(snapshot, b, column);
        uint32_t type = sorter->columns[column].type;
        int order;

        if (null_a || null_b)
                return (int)null_a - (int)null_b; /* last in both directions */
        switch (type) {
        case RV_TEXT:
        case RV_REF:
        case RV_VERSION:
                order = compare_texts(snapshot, a, b, column, type);
                break;
        case RV_LIST:
                order = compare_lists(snapshot, a, b, column);
                break;
        case RV_MSG:
                order = compare_messages(snapshot, a, b, column);
                break;
        default:
                order = compare_numbers(rv_cell_int(snapshot, a, column), rv_cell_int(snapshot, b, column));
                break;
        }
        return sorter->order->reverse[nth] ? -order : order;
}

/* Nothing of the rows is touched while the prefixes differ. Equal rows say 0: merging keeps them as they were. */
static int compare(const struct sorter *sorter, const struct item *a, const struct item *b)
{
        unsigned i;
        int order;

        if (a->prefix != b->prefix)
                return a->prefix < b->prefix ? -1 : 1;
        for (i = 0; i < sorter->order->n; i++) {
                order = compare_cells(sorter, a->row, b->row, i);
                if (order)
                        return order;
        }
        return 0;
}

/* Its order must be that of rv_fold_compare() over the first bytes. */
static uint64_t text_prefix(const char *s, size_t n)
{
        uint64_t prefix = 0;
        size_t i;

        for (i = 0; i < PREFIX; i++) {
                prefix <<= 8;
                if (i < n)
                        prefix |= (unsigned char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + ('a' - 'A') : s[i]);
        }
        return prefix;
}

/* Half the range is enough and leaves the top for nulls; what shares a prefix is compared in full. */
static uint64_t prefix_of(const struct sorter *sorter, size_t row)
{
        const uint64_t top = UINT64_MAX, sign = UINT64_C(1) << 63;
        unsigned column = sorter->order->column[0];
        uint64_t prefix;
        const char *text;
        size_t n;

        if (rv_cell_null(sorter->snapshot, row, column))
                return top;
        switch (sorter->columns[column].type) {
        case RV_TEXT:
        case RV_REF:
                text = rv_cell_text(sorter->snapshot, row, column, &n);
                prefix = text_prefix(text, n) >> 1;
                break;
        case RV_VERSION:
        case RV_LIST:
        case RV_MSG:
                return 0;
        default:
                prefix = ((uint64_t)rv_cell_int(sorter->snapshot, row, column) ^ sign) >> 1;
                break;
        }
        return sorter->order->reverse[0] ? (top >> 1) - prefix : prefix;
}

/* On equality the left one goes first, which is what makes the sort stable. */
static void merge(const struct sorter *sorter, const struct item *from, struct item *to, size_t start, size_t middle,
                  size_t end)
{
        size_t left = start, right = middle, i;

        for (i = start; i < end; i++)
                if (left < middle && (right >= end || compare(sorter, &from[left], &from[right]) <= 0))
                        to[i] = from[left++];
                else
                        to[i] = from[right++];
}

/* Returns which of the two arrays holds the result. */
static struct item *merge_sort(const struct sorter *sorter, struct item *items, struct item *scratch, size_t n)
{
        struct item *from = items, *to = scratch, *swap;
        size_t width, start, middle, end;

        for (width = 1; width < n; width *= 2) {
                for (start = 0; start < n; start += 2 * width) {
                        middle = n - start < width ? n : start + width;
                        end = n - start < 2 * width ? n : start + 2 * width;
                        merge(sorter, from, to, start, middle, end);
                }
                swap = from;
                from = to;
                to = swap;
        }
        return from;
}

enum { NO_ROW = UINT32_MAX };

/* Links of a tree over positions in the row set. */
struct links {
        uint32_t *parent, *child, *next; /* child: the first one */
        uint32_t first;                  /* the first of the top level */
};

/* Parents from depths: the last row before it that is less deep. */
static void find_parents(const struct rv_rows *rows, const struct rv_snapshot *snapshot, struct links *links)
{
        uint32_t i, at;

        for (i = 0; i < rows->n; i++) {
                at = i ? i - 1 : (uint32_t)NO_ROW;
                while (at != (uint32_t)NO_ROW &&
                       rv_row_depth(snapshot, rows->at[at]) >= rv_row_depth(snapshot, rows->at[i]))
                        at = links->parent[at];
                links->parent[i] = at;
                links->child[i] = NO_ROW;
        }
        links->first = NO_ROW;
}

/* From the sorted sequence, last first, so that each list of siblings comes out in order. */
static void link_siblings(const struct item *sorted, size_t n, struct links *links)
{
        uint32_t *list, at;
        size_t i;

        for (i = n; i-- > 0;) {
                at = sorted[i].index;
                list = links->parent[at] == (uint32_t)NO_ROW ? &links->first : &links->child[links->parent[at]];
                links->next[at] = *list;
                *list = at;
        }
}

/* Down to a child, else to the next sibling, else up until there is one; no recursion, so depth is no danger. */
static void write_tree(const struct links *links, const uint32_t *rows, uint32_t *out)
{
        uint32_t at = links->first;

        while (at != (uint32_t)NO_ROW) {
                *out++ = rows[at];
                if (links->child[at] != (uint32_t)NO_ROW) {
                        at = links->child[at];
                        continue;
                }
                while (at != (uint32_t)NO_ROW && links->next[at] == (uint32_t)NO_ROW)
                        at = links->parent[at];
                if (at != (uint32_t)NO_ROW)
                        at = links->next[at];
        }
}

/* Sorting all rows at once and then dealing them out to their parents sorts every set of siblings. */
static int order_tree(struct rv_rows *rows, const struct rv_snapshot *snapshot, const struct item *sorted,
                      struct rv_err *err)
{
        uint32_t *memory = calloc(rows->n, 4 * sizeof *memory), *out;
        struct links links;

        if (!memory)
                return rv_fail_memory(err);
        links = (struct links){ memory, memory + rows->n, memory + 2 * rows->n, NO_ROW };
        out = memory + 3 * rows->n;
        find_parents(rows, snapshot, &links);
        link_siblings(sorted, rows->n, &links);
        write_tree(&links, rows->at, out);
        memcpy(rows->at, out, rows->n * sizeof *out);
        free(memory);
        return RV_OK;
}

int rv_rows_sort(struct rv_rows *rows, const struct rv_snapshot *snapshot, const struct rv_order *order,
                 struct rv_err *err)
{
        const struct rv_view *view = rv_snapshot_view(snapshot);
        const struct sorter sorter = { snapshot, view->columns, order };
        struct item *items, *sorted;
        size_t i;
        int r = RV_OK;

        if (rows->n < 2 || order->n == 0)
                return RV_OK;
        items = calloc(rows->n, 2 * sizeof *items);
        if (!items)
                return rv_fail_memory(err);
        for (i = 0; i < rows->n; i++)
                items[i] = (struct item){ prefix_of(&sorter, rows->at[i]), rows->at[i], (uint32_t)i };
        sorted = merge_sort(&sorter, items, items + rows->n, rows->n);
        if (view->shape == RV_SHAPE_TREE)
                r = order_tree(rows, snapshot, sorted, err);
        else
                for (i = 0; i < rows->n; i++)
                        rows->at[i] = sorted[i].row;
        free(items);
        return r;
}
