/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is kept of each repository in the cache of a root: a directory a repository, in it one generation of files that
 * were made from one repomd.xml, and a state that names it. A reader sees the old generation or the new one, whole; a
 * refresh that fails leaves the old one as it was.
 * Ownership: a store is the caller's; a state owns its texts. */
#ifndef REEVE_DISTRO_STORE_H
#define REEVE_DISTRO_STORE_H

#include <stdbool.h>

#include "core/base/buf.h"

enum { RV_GENERATION = 32 + 1 };

struct rv_store_state {
        char generation[RV_GENERATION]; /* the beginning of the SHA-256 of its repomd.xml; "" for none */
        struct rv_buf url;              /* of the mirror that gave it */
        struct rv_buf etag, modified;   /* of repomd.xml, as that mirror said */
        struct rv_buf revision;         /* as repomd.xml says */
        struct rv_buf trust, signer;    /* "ok", "unsigned", ...; fingerprint of the key that signed it */
        int64_t timestamp;              /* of its newest file; Unix seconds, -1: not said */
        int64_t refreshed_at;           /* when a mirror last said that this is what there is */
        int64_t packages, files;        /* -1: not known */
};
void rv_store_state_free(struct rv_store_state *state);
#define RV_STORE_STATE_CLEANUP __attribute__((cleanup(rv_store_state_free)))

struct rv_store; /* opaque */

/* Opens the store of a repository in a cache directory that is the caller's own or root's. make: makes what is missing,
 * and takes the lock (RV_LOCKED: another refresh has it). RV_NOTFOUND: nothing was kept yet. */
int rv_store_open(int cache_fd, const char *repo, bool make, struct rv_store **ret, struct rv_err *err) RV_CHECK;
void rv_store_close(struct rv_store *store);
/* RV_NOTFOUND: there is no state. RV_DAMAGED: there is one that says nothing. */
int rv_store_load(const struct rv_store *store, struct rv_store_state *ret, struct rv_err *err) RV_CHECK;

/* Makes an empty directory for a generation that is not current, and returns its descriptor. */
int rv_store_begin(struct rv_store *store, const char *generation, int *ret_fd, struct rv_err *err) RV_CHECK;
/* Makes the state count; the generations that it does not name are removed. The files of a new one must be written and
 * synced before. */
int rv_store_commit(struct rv_store *store, const struct rv_store_state *state, struct rv_err *err) RV_CHECK;
/* Opens a file of the current generation; -1 with errno. */
int rv_store_file(const struct rv_store *store, const struct rv_store_state *state, const char *name);

/* The name of a repository's directory: its id where that is a plain one, else a hash of it. */
void rv_store_name(const char *repo, char ret[128]);

#endif
