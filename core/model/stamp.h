/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stamps: what a file or directory looked like before it was read, so that a change is seen without reading it again.
 * Ownership: everything borrows. */
#ifndef REEVE_MODEL_STAMP_H
#define REEVE_MODEL_STAMP_H

#include "core/model/format.h"
#include "core/model/snapshot.h"

/* Sets the fields that tell a change (exists to ctime_ns); `absolute` says whether path is below the root. */
void rv_stamp_take(int rootfd, const char *path, struct rv_snap_stamp *stamp);
/* The nth stamp of a snapshot and its path. */
size_t rv_snapshot_stamps(const struct rv_snapshot *snapshot);
const char *rv_snapshot_stamp(const struct rv_snapshot *snapshot, size_t i, struct rv_snap_stamp *ret);
/* A msg cell in packed form, for copying it on; size 0 for null. */
const char *rv_cell_packed(const struct rv_snapshot *snapshot, size_t row, unsigned column, size_t *ret_size);

#endif
