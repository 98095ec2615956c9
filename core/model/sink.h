/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sink that a plugin fills, and that becomes a snapshot.
 * Ownership: the sink copies what is put; finishing it hands the rows over and leaves it empty. One thread at a time.
 */
#ifndef REEVE_MODEL_SINK_H
#define REEVE_MODEL_SINK_H

#include <stdatomic.h>

#include "core/model/query.h"
#include "core/model/snapshot.h"

struct rv_sink;

/* plugin, domain and view are borrowed until the sink is freed. cancel (may be NULL) is looked at at each row. */
struct rv_sink *rv_sink_new(const char *plugin, const char *domain, const struct rv_view *view,
                            const atomic_bool *cancel);
void rv_sink_free(struct rv_sink *sink);
void rv_sink_freep(struct rv_sink **sink);
#define RV_SINK_CLEANUP __attribute__((cleanup(rv_sink_freep)))

/* Puts a message that is packed already, with the domain that it carries. */
void rv_put_packed(struct rv_sink *sink, unsigned column, const char *packed, size_t size);

/* For joined views: the cells put from now on come from this plugin; its name is put into `column` of each row, and
 * columns from there on are shifted by one. */
void rv_sink_joined(struct rv_sink *sink, const char *plugin, const char *domain, unsigned column);
/* Records which costly columns the query wants. */
void rv_sink_wanted(struct rv_sink *sink, const struct rv_query *query);
size_t rv_sink_rows(const struct rv_sink *sink);

/* Makes the snapshot. The rows' stamps (rv_depends) are inside it; *ret_cacheable says whether it may be cached. */
int rv_sink_finish(struct rv_sink *sink, struct rv_snapshot **ret, bool *ret_cacheable, struct rv_err *err) RV_CHECK;
/* Whether everything a snapshot was made from is unchanged (stat only) and it has not expired. root is what relative
 * stamps are resolved below. */
bool rv_snapshot_fresh(const struct rv_snapshot *snapshot, const struct rv_root *root, int64_t now);

#endif
