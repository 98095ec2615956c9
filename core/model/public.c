/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether what root has read is everybody's to read. Asked of the files themselves and not of a list of places: an
 * administrator may have closed any of them. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "core/model/cache.h"
#include "core/model/stamp.h"

/* Group and others: a file may be closed to its group alone. An access list may close it to anybody, so it is enough
 * that there is one. */
static bool allows(const char *path, mode_t bits, bool *ret_directory)
{
        struct stat st;

        if (lstat(path, &st) < 0 || (st.st_mode & bits) != bits ||
            getxattr(path, "system.posix_acl_access", NULL, 0) > 0)
                return false;
        *ret_directory = S_ISDIR(st.st_mode);
        return true;
}

static bool cut(char *path)
{
        char *slash = strrchr(path, '/');

        if (!slash || !path[1])
                return false;
        slash[slash == path] = '\0';
        return true;
}

/* Where the path leads in the end; where nothing is, the nearest directory above: whoever may search it knows. */
static bool resolve(const char *path, char real[PATH_MAX], bool *ret_absent)
{
        char given[PATH_MAX];

        *ret_absent = false;
        if (snprintf(given, sizeof given, "%s", path) >= (int)sizeof given)
                return false;
        while (!realpath(given, real)) {
                *ret_absent = true;
                if ((errno != ENOENT && errno != ENOTDIR) || !cut(given))
                        return false;
        }
        return true;
}

static bool is_public(const char *path)
{
        char real[PATH_MAX];
        bool absent, directory;

        if (!resolve(path, real, &absent))
                return false;
        if (!allows(real, absent ? 0 : S_IRGRP | S_IROTH, &directory))
                return false;
        if (directory && !allows(real, S_IXGRP | S_IXOTH, &directory))
                return false;
        while (cut(real))
                if (!allows(real, S_IXGRP | S_IXOTH, &directory))
                        return false;
        return true;
}

bool rv_snapshot_public(const struct rv_snapshot *snapshot, const struct rv_root *root)
{
        struct rv_snap_stamp stamp;
        char whole[PATH_MAX];
        const char *path;
        size_t i;

        for (i = 0; i < rv_snapshot_stamps(snapshot); i++) {
                path = rv_snapshot_stamp(snapshot, i, &stamp);
                if (!stamp.absolute) {
                        if (snprintf(whole, sizeof whole, "%s/%s", root->path, path) >= (int)sizeof whole)
                                return false;
                        path = whole;
                }
                if (!is_public(path))
                        return false;
        }
        return true;
}
