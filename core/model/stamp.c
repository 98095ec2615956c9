/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking a stamp with one stat, links followed inside the root. */
#include "core/model/stamp.h"

#include <sys/stat.h>

#include "core/base/file.h"

/* A file may claim any time; one after 2262 does not fit, and becomes the last that does: never settled, never cached.
 */
static int64_t nanoseconds(struct timespec t)
{
        int64_t n;

        if (__builtin_mul_overflow((int64_t)t.tv_sec, 1000000000, &n) || __builtin_add_overflow(n, t.tv_nsec, &n))
                return t.tv_sec < 0 ? INT64_MIN : INT64_MAX;
        return n;
}

void rv_stamp_take(int rootfd, const char *path, struct rv_snap_stamp *stamp)
{
        struct stat st;
        int rc = stamp->absolute ? stat(path, &st) : rv_stat_in_root(rootfd, path, &st);

        if (rc < 0) {
                stamp->exists = stamp->dev = stamp->ino = stamp->size = 0;
                stamp->mtime_ns = stamp->ctime_ns = 0;
                return;
        }
        stamp->exists = 1;
        stamp->dev = (uint64_t)st.st_dev;
        stamp->ino = (uint64_t)st.st_ino;
        stamp->size = (uint64_t)st.st_size;
        stamp->mtime_ns = nanoseconds(st.st_mtim);
        stamp->ctime_ns = nanoseconds(st.st_ctim);
}
