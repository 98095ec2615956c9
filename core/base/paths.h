/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where reeve's own parts lie: at the compiled-in places, or in the build tree that the running program belongs to; and
 * whether what lies there may be loaded.
 * Ownership: the paths are found once, for all threads, and borrowed. */
#ifndef REEVE_BASE_PATHS_H
#define REEVE_BASE_PATHS_H

#include <limits.h>
#include <sys/types.h>

#include "core/base/buf.h"

struct rv_paths {
        char plugins[PATH_MAX], backends[PATH_MAX], helper[PATH_MAX], locale[PATH_MAX];
        char cache[PATH_MAX]; /* where root keeps caches: a build tree leaves nothing outside itself */
        bool build_tree;
        uid_t owner; /* of the running program's file */
};

/* The paths by /proc/self/exe, looked up once; without /proc the compiled-in ones. */
const struct rv_paths *rv_paths_find(void);

/* Whether a library or program may be loaded from path. With euid 0 the file and every parent directory must be owned
 * by root and not be writable by others; in a build tree the owner may also be the running program's, and a parent may
 * be writable by others when it is sticky. Without privilege any file is fine. RV_UNTRUSTED names what is wrong. */
int rv_paths_trusted(const struct rv_paths *paths, const char *path, struct rv_err *err) RV_CHECK;

#endif
