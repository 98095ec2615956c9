/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bringing a sink's rows into the order of their keys, for views whose source has an order of its own that tells nobody
 * anything (a package database). Row numbers are sorted, then each column is copied once in that order. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/model/sink_private.h"

struct keyed {
        const char *key;
        uint32_t row;
};

static int by_key(const void *a, const void *b)
{
        const struct keyed *x = a, *y = b;
        int order = strcasecmp(x->key, y->key);

        if (!order)
                order = strcmp(x->key, y->key);
        return order ? order : (x->row > y->row) - (x->row < y->row);
}

static bool reorder_references(struct column *column, const struct keyed *rows, size_t n)
{
        uint32_t *to = malloc(n * sizeof *to);
        size_t i;

        if (!to)
                return false;
        for (i = 0; i < n; i++)
                to[i] = column->references[rows[i].row];
        memcpy(column->references, to, n * sizeof *to);
        free(to);
        return true;
}

static bool reorder_numbers(struct column *column, const struct keyed *rows, size_t n)
{
        const size_t words = (n + 63) / 64;
        int64_t *to = malloc(n * sizeof *to);
        uint64_t *nulls = malloc(words * sizeof *nulls);
        size_t i;

        if (to && nulls) {
                memset(nulls, 0xff, words * sizeof *nulls);
                for (i = 0; i < n; i++) {
                        to[i] = column->numbers[rows[i].row];
                        if (!(column->nulls[rows[i].row / 64] >> (rows[i].row % 64) & 1))
                                nulls[i / 64] &= ~(UINT64_C(1) << (i % 64));
                }
                memcpy(column->numbers, to, n * sizeof *to);
                memcpy(column->nulls, nulls, words * sizeof *nulls);
        }
        i = to && nulls;
        free(to);
        free(nulls);
        return i;
}

/* A heap piece is its length and its bytes with a NUL; the key of a row is never null in a sound view, "" if it is. */
static const char *key_of(const struct rv_sink *sink, unsigned column, size_t row)
{
        uint32_t at = sink->columns[column].references[row];

        return at ? sink->heap.data + at + sizeof(uint32_t) : "";
}

bool rv_sink_by_key(struct rv_sink *sink)
{
        struct keyed *rows;
        bool done = true;
        uint32_t c, key = 0;
        size_t i;

        for (c = 0; c < sink->view->n_columns; c++)
                if (sink->view->columns[c].flags & RV_KEY)
                        key = c;
        if (sink->rows < 2 || sink->deep || !sink->columns[key].references)
                return true;
        rows = malloc(sink->rows * sizeof *rows);
        if (!rows)
                return false;
        for (i = 0; i < sink->rows; i++)
                rows[i] = (struct keyed){ .key = key_of(sink, key, i), .row = (uint32_t)i };
        qsort(rows, sink->rows, sizeof *rows, by_key);
        for (c = 0; done && c < sink->view->n_columns; c++)
                done = sink->columns[c].references ? reorder_references(&sink->columns[c], rows, sink->rows)
                                                   : reorder_numbers(&sink->columns[c], rows, sink->rows);
        free(rows);
        return done;
}
