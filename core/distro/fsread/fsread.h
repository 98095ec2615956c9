/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Back end "fsread": files out of a file system, without a mount and without writing to it: ext2/3/4, squashfs, erofs.
 * Rescue kernels may lack the file system's driver, and a mount needs rights and leaves traces.
 * Ownership: everything is borrowed for the call; what was read goes to the caller's buffer. */
#ifndef REEVE_DISTRO_FSREAD_H
#define REEVE_DISTRO_FSREAD_H

#include <stdatomic.h>

#include "core/base/buf.h"
#include "core/distro/open.h"
#include "core/distro/reader.h"

#define RV_FSREAD_ABI 1

/* The object that rv_backend_open("fsread", ...) gives. */
struct rv_fsread {
        struct rv_backend backend;
        /* Appends the file at path (symbolic links are followed inside the file system, at most 16; an absolute one
         * may start with /usr when this is the /usr file system itself). RV_NOTFOUND; RV_UNSUPPORTED: a file system, or
         * a feature of one, that can't be read here; RV_DAMAGED: also for more than limit bytes. */
        int (*file)(const struct rv_reader *fs, const char *path, size_t limit, struct rv_buf *ret, struct rv_err *err);
        /* Copies what lies at each of the paths (ended by NULL; relative to the root of a system) with all below it to
         * the same path below dirfd. A /usr file system has the paths that begin with usr/. What is missing is left
         * out, links are copied as they are. Directories are made with 0700, files with 0600. RV_UNSUPPORTED and
         * RV_DAMAGED as above (also for more than 200,000 entries, 512 MiB in one file or 1 GiB); RV_NOSPACE,
         * RV_FAILED: it cannot be written. RV_CANCELLED as soon as *cancel (may be NULL) is true. What was copied until
         * then stays. */
        int (*copy)(const struct rv_reader *fs, const char *const *paths, int dirfd, const atomic_bool *cancel,
                    struct rv_err *err);
};

#endif
