/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cache files of snapshots: one directory a managed root, one file a question.
 * Ownership: descriptors and snapshots are the caller's. */
#ifndef REEVE_MODEL_CACHE_H
#define REEVE_MODEL_CACHE_H

#include "core/model/query.h"
#include "core/model/snapshot.h"

/* Opens (and makes) the cache directory of a root: below /var/cache/reeve with euid 0, else below the user's cache
 * directory. -1 when there is none that is the caller's own and closed to others' writing. */
int rv_cache_open(const struct rv_root *root);
/* Maps the cached answer; NULL when there is none that can be trusted. A damaged one is removed. */
struct rv_snapshot *rv_cache_get(int cache_fd, const char *plugin, const char *view, const struct rv_query *query);
/* Writes it aside and renames it. A cache that cannot be written is no error: it is logged. */
void rv_cache_put(int cache_fd, const char *plugin, const char *view, const struct rv_query *query,
                  const struct rv_snapshot *snapshot);

#endif
