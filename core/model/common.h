/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The common views: findings, changes and space, which any plugin may fill and which are shown joined. */
#ifndef REEVE_MODEL_COMMON_H
#define REEVE_MODEL_COMMON_H

#include "core/model/load.h"
#include "core/model/registry.h"

/* Where the column `plugin` lies in findings, changes and space: plugins number their columns without it. */
enum { RV_FINDINGS_PLUGIN = 2, RV_CHANGES_PLUGIN = 2, RV_SPACE_PLUGIN = 1 };

/* The function of a plugin for a common view; NULL when it fills none or there is no such view. */
rv_fill *rv_common_fill(const struct rv_plugin *plugin, const char *view);
unsigned rv_common_plugin_column(const char *view);
/* What reeve itself has to say in the common view ask->view, never cached; *ret stays when that is nothing. */
int rv_load_own(struct rv_host *host, const struct rv_ask *ask, struct rv_snapshot **ret, struct rv_err *err) RV_CHECK;
/* Fills the sink with the rows of ask->view of all plugins; 0, RV_CANCELLED or RV_FAILED (no memory). */
int rv_join(struct rv_host *host, const struct rv_ask *ask, struct rv_sink *sink) RV_CHECK;
/* The order in which the joined rows come: the smaller first. The worst finding, the newest change, what frees most. */
int64_t rv_common_rank(const char *view, const struct rv_snapshot *snapshot, size_t row);

#endif
