/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of a snapshot, chosen and ordered: filtering and sorting work on row numbers and never copy a cell.
 * Ownership: a filter owns what it compiled; a row set owns its numbers; both borrow the snapshot while they work on
 * it. */
#ifndef REEVE_MODEL_ROWS_H
#define REEVE_MODEL_ROWS_H

#include "core/model/snapshot.h"

struct rv_buf;

struct rv_rows {
        uint32_t *at; /* snapshot row numbers, in order */
        size_t n;
};

void rv_rows_free(struct rv_rows *rows);
#define RV_ROWS_CLEANUP __attribute__((cleanup(rv_rows_free)))
/* Every row in the snapshot's own order. */
int rv_rows_all(const struct rv_snapshot *snapshot, struct rv_rows *ret, struct rv_err *err) RV_CHECK;

/* The filter language of the command line. Compiled against a view's declaration, before there is a snapshot, so that
 * the columns it names are known to be wanted. An error is RV_USAGE and names the position (characters, from 1); at
 * most 4,096 bytes, nested at most 64 deep; an empty text fits every row. Texts and refs: = is exact or an unquoted
 * glob, < > the order of sorting, ~ contains without case (core/base/fold.h). Lists: = contains. Messages: their
 * English text. Enums: ids; < > by declaration. Versions: RPM's order. Times: a date is its whole day (a time without
 * seconds its minute); a span is an age counted back from now, but for a column whose id begins with "expires" it
 * counts forward, and what is already past is not "< 30d". A comparison with null is false, so "not" of it is true; "=
 * null", "!= null" and null within "in (...)" test it. A bare word is "contains" on every text, version, ref, list and
 * message column that is not costly; with * ? [ it is a glob of the whole text, without case.
 */
struct rv_filter;
int rv_filter_compile(const char *text, const struct rv_view *view, int64_t now, struct rv_filter **ret,
                      struct rv_err *err) RV_CHECK;
void rv_filter_free(struct rv_filter *filter);
void rv_filter_freep(struct rv_filter **filter);
#define RV_FILTER_CLEANUP __attribute__((cleanup(rv_filter_freep)))
/* Whether the expression reads this column; a bare word reads every text column that is not costly. */
bool rv_filter_reads(const struct rv_filter *filter, unsigned column);
bool rv_filter_match(const struct rv_filter *filter, const struct rv_snapshot *snapshot, size_t row);
/* Keeps the matching rows of *rows, in place. */
void rv_rows_filter(struct rv_rows *rows, const struct rv_snapshot *snapshot, const struct rv_filter *filter);

/* A sort order "a,-b": column ids, a minus reverses. At most 8 columns. RV_USAGE names an unknown column. */
struct rv_order {
        unsigned column[8];
        bool reverse[8];
        unsigned n;
};
int rv_order_parse(const char *text, const struct rv_view *view, struct rv_order *ret, struct rv_err *err) RV_CHECK;
/* Stable; nulls last in both directions; versions in RPM's order; enums by their declaration; text by bytes without
 * case, then with it. In a tree, siblings are ordered and stay below their parents. */
int rv_rows_sort(struct rv_rows *rows, const struct rv_snapshot *snapshot, const struct rv_order *order,
                 struct rv_err *err) RV_CHECK;

/* Keeps the rows that one of the words names: by the key, else by a column flagged RV_MATCH or "name.arch" where both
 * columns exist, else by the last digits of a column flagged RV_TAIL. RV_NOTFOUND names the first word that matches
 * nothing, and *rows stays as it was. A word with * ? or [ is a glob. No words: every row stays. view: the declaration
 * whose required arguments the hint names; NULL: the snapshot's own, which has none. */
int rv_rows_pick(struct rv_rows *rows, const struct rv_snapshot *snapshot, const struct rv_view *view,
                 const char *const *words, size_t n, struct rv_err *err) RV_CHECK;
/* The same for looking only: words that match nothing are left out as long as another does match, and *missing (with a
 * code then) names them. */
int rv_rows_pick_some(struct rv_rows *rows, const struct rv_snapshot *snapshot, const struct rv_view *view,
                      const char *const *words, size_t n, struct rv_err *missing, struct rv_err *err) RV_CHECK;

/* The row whose key is exactly this (the first such); SIZE_MAX for none. */
size_t rv_row_by_key(const struct rv_snapshot *snapshot, const char *key);
/* A row's key as that function finds it, "" for none: borrowed from the snapshot, or digits written to number. */
const char *rv_row_key(const struct rv_snapshot *snapshot, size_t row, char number[24]);
/* A cell as the word that names it: text, an enum's id, or digits written to number; NULL for null, lists, messages. */
const char *rv_row_word(const struct rv_snapshot *snapshot, size_t row, unsigned column, char number[24],
                        size_t *ret_len);

/* Appends the ids of the columns near a word that is none, or of all when none is near, or word is NULL: "size, since".
 */
void rv_columns_near(const struct rv_view *view, const char *word, struct rv_buf *out);

#endif
