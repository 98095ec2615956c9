/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cache files of snapshots: one directory a managed root, one file a question.
 * Ownership: descriptors and snapshots are the caller's. */
#ifndef REEVE_MODEL_CACHE_H
#define REEVE_MODEL_CACHE_H

#include <sys/types.h>

#include "core/model/query.h"
#include "core/model/snapshot.h"

/* Opens (and makes) the cache directory of a root: below /var/cache/reeve with euid 0, else below the user's cache
 * directory. -1 when there is none that is the caller's own and closed to others' writing. */
int rv_cache_open(const struct rv_root *root);
/* Root's cache of the running system, for a user to read; -1 for none, for a foreign root, and for root itself. */
int rv_cache_open_shared(const struct rv_root *root);
/* Maps the cached answer; NULL when there is none of this owner that can be trusted. A damaged one of the caller's own
 * is removed. */
struct rv_snapshot *rv_cache_get(int cache_fd, uid_t owner, const char *plugin, const char *view,
                                 const struct rv_query *query);
/* Writes it aside and renames it. A cache that cannot be written is no error: it is logged. shared: everybody may read
 * it. */
void rv_cache_put(int cache_fd, const char *plugin, const char *view, const struct rv_query *query,
                  const struct rv_snapshot *snapshot, bool shared);
/* Whether everybody could read all files that a snapshot of the running system says it was made from. */
bool rv_snapshot_public(const struct rv_snapshot *snapshot, const struct rv_root *root);

#endif
