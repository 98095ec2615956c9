/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loading a view: from the cache while what it was made from is unchanged, else from its plugin, then cached.
 * Ownership: the host context is made once by main and outlives everything; snapshots are the caller's references. Safe
 * to call from any lane; calls for plugins of the same lane must not overlap (core/run/lane.h sees to that). */
#ifndef REEVE_MODEL_LOAD_H
#define REEVE_MODEL_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>

#include "core/model/query.h"
#include "core/model/snapshot.h"

struct rv_registry;
struct rv_host;

struct rv_ask;

/* Gives the inside of a slot as a root that lives as long as the host. Of what was asked it heeds reload and cancel.
 * Called in lanes. RV_NOTFOUND: no such slot; RV_UNSUPPORTED: its file system can't be read without a mount; others as
 * reading and writing gives them. */
typedef int rv_enter(struct rv_host *host, const struct rv_ask *ask, const char *slot, const struct rv_root **ret,
                     struct rv_err *err);

struct rv_host {
        struct rv_registry *registry;
        struct rv_root root;
        const struct rv_view *const *own_views; /* views of reeve itself beside the common ones (jobs), NULL-ended */
        const struct rv_plugin *own;            /* what reeve itself adds to the common views (jobs); may be NULL */
        int cache_fd;                           /* directory of this root's cache files; -1: none (nothing is cached) */
        int shared_fd;                          /* root's cache of the running system, for a user to read; -1: none */
        const char *options[32]; /* id, value, id, value, NULL: host options that every query gets; borrowed */
        rv_enter *enter;         /* NULL: --slot is unsupported here */
        void *inside;            /* what enter keeps */
        void (*abandon)(
                void); /* removes from the disk what enter made, for an end that can free nothing; may be NULL */
};

/* The value of an option that every query gets; NULL: not given. Borrowed. */
const char *rv_host_option(const struct rv_host *host, const char *id);

/* directory: where the plugins lie, NULL: where those of this program do; cache: the cache's own directory or NULL for
 * the usual place (/var/cache/reeve with euid 0, else $XDG_CACHE_HOME/reeve or ~/.cache/reeve); it is made when it is
 * missing. A cache that cannot be used is no error. */
int rv_host_open(const char *root, const char *plugin_directory, struct rv_host *ret, struct rv_err *err) RV_CHECK;
void rv_host_close(struct rv_host *host);

/* One view to load. plugin "reeve" names the common views. */
struct rv_ask {
        const char *plugin, *view;
        const char *const *words; /* positional words; those beyond the declared ones are rows */
        size_t n_words;
        const char *const *named;   /* id, value, id, value ...: declared arguments by name */
        size_t n_named;             /* number of strings */
        const char *const *columns; /* ids that are shown, filtered or sorted by: which costly ones to fill */
        size_t n_columns;
        bool all_columns;          /* fill every costly column (JSON without --columns) */
        bool reload;               /* do not read the cache (^R) */
        bool cached_only;          /* RV_NODATA instead of asking the plugin */
        const atomic_bool *cancel; /* may be NULL */
        unsigned wait_s;           /* how long to wait for somebody who writes what the view is made of */
};

/* *ret_used: how many words were taken as arguments. A stale snapshot is never returned. */
int rv_load(struct rv_host *host, const struct rv_ask *ask, size_t *ret_used, struct rv_snapshot **ret,
            struct rv_err *err) RV_CHECK;
/* The newest cached snapshot whether stale or not: painted first while the fresh one loads, marked as such. NULL: none.
 */
struct rv_snapshot *rv_load_stale(struct rv_host *host, const struct rv_ask *ask);

#endif
