/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Refreshing a repository: asks its mirrors what there is, fetches what is new, checks it, and makes a new generation
 * in the store from it. Whatever fails leaves the old generation in force. Ownership: everything is the caller's. */
#ifndef REEVE_DISTRO_REFRESH_H
#define REEVE_DISTRO_REFRESH_H

#include <stdatomic.h>

#include "core/distro/policy/policy.h"
#include "core/distro/store.h"

struct rv_refresh {
        const struct rv_policy *policy;
        int cache_fd;              /* the root's cache directory, writable */
        const atomic_bool *cancel; /* may be NULL */
        bool anew;                 /* what is kept is damaged: it is made again even where nothing changed */
};

/* RV_OK: *ret is the state now. RV_UNSUPPORTED: the repository asks for something that reeve does not do yet, and so
 * would not do safely. RV_NETWORK, RV_DAMAGED, RV_UNTRUSTED, RV_LOCKED, RV_NOSPACE: the repository is named. */
int rv_refresh_repo(const struct rv_refresh *refresh, const char *repo, struct rv_store_state *ret,
                    struct rv_err *err) RV_CHECK;
/* When what was refreshed then is to be asked for again: Unix seconds, INT64_MAX for never. */
int64_t rv_refresh_expires(const struct rv_policy *policy, const char *repo, int64_t refreshed_at);

#endif
