/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: the immutable rows of a view in one relocatable block, with the view's declaration inside, so that a
 * cached one is drawn without its plugin. Ownership: a snapshot owns its block (memory or a mapping) and is shared by
 * counting references; getters borrow from it. It may be read by several threads at once. Row and column numbers out of
 * range are a caller's bug. */
#ifndef REEVE_MODEL_SNAPSHOT_H
#define REEVE_MODEL_SNAPSHOT_H

#include <stdbool.h>

#include <reeve/view.h>

struct rv_message;
struct rv_snapshot;

struct rv_snapshot *rv_snapshot_ref(struct rv_snapshot *snapshot);
void rv_snapshot_unref(struct rv_snapshot *snapshot); /* NULL is fine */
void rv_snapshot_unrefp(struct rv_snapshot **snapshot);
#define RV_SNAPSHOT_CLEANUP __attribute__((cleanup(rv_snapshot_unrefp)))

/* Takes a malloc'd or mapped block; every offset is checked. RV_DAMAGED when it is not one of ours. On failure the
 * block stays the caller's. */
int rv_snapshot_open(void *take_block, size_t size, bool mapped, struct rv_snapshot **ret, struct rv_err *err) RV_CHECK;
/* The block as it goes to a cache file. */
const void *rv_snapshot_block(const struct rv_snapshot *snapshot, size_t *ret_size);

/* The declaration: fill is NULL, all else as the plugin declared it (texts are msgids of the domain). */
const struct rv_view *rv_snapshot_view(const struct rv_snapshot *snapshot);
const char *rv_snapshot_plugin(const struct rv_snapshot *snapshot);
const char *rv_snapshot_domain(const struct rv_snapshot *snapshot);
/* Index of the column with this id, -1 for none; and of the key column. */
int rv_snapshot_column(const struct rv_snapshot *snapshot, const char *id);
unsigned rv_snapshot_key(const struct rv_snapshot *snapshot);
/* Whether a costly column was filled when this was made; true for all others. */
bool rv_snapshot_filled(const struct rv_snapshot *snapshot, unsigned column);

size_t rv_snapshot_rows(const struct rv_snapshot *snapshot);
unsigned rv_row_depth(const struct rv_snapshot *snapshot, size_t row);
bool rv_cell_null(const struct rv_snapshot *snapshot, size_t row, unsigned column);
/* int, size, time, duration, bool, enum (an index that is in range); 0 for null. */
int64_t rv_cell_int(const struct rv_snapshot *snapshot, size_t row, unsigned column);
/* text, version, ref: NUL-ended bytes; "" for null. */
const char *rv_cell_text(const struct rv_snapshot *snapshot, size_t row, unsigned column, size_t *ret_len);
/* list: number of items, and one of them. */
size_t rv_cell_items(const struct rv_snapshot *snapshot, size_t row, unsigned column);
const char *rv_cell_item(const struct rv_snapshot *snapshot, size_t row, unsigned column, size_t i, size_t *ret_len);
/* msg: false for null. */
bool rv_cell_message(const struct rv_snapshot *snapshot, size_t row, unsigned column, struct rv_message *ret);

/* Warnings put by the plugin: the code, and the message in packed form. */
size_t rv_snapshot_warnings(const struct rv_snapshot *snapshot);
int rv_snapshot_warning(const struct rv_snapshot *snapshot, size_t i, const char **ret_packed, size_t *ret_size);
/* When it was made, and when it goes stale (INT64_MAX: never), in Unix seconds. */
int64_t rv_snapshot_made(const struct rv_snapshot *snapshot);
int64_t rv_snapshot_expires(const struct rv_snapshot *snapshot);

#endif
