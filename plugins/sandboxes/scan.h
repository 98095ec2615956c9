/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One look at the environments of a root: what is read is named to the host first, so that a cached answer is known to
 * be stale; what could not be read is counted and becomes one warning at the end.
 * Ownership: a scan owns everything found during it (its arena); the root and the sink are borrowed. */
#ifndef SANDBOXES_SCAN_H
#define SANDBOXES_SCAN_H

#include <stdbool.h>
#include <sys/stat.h>

#include "core/base/arena.h"

#include <reeve/view.h>

struct scan_skipped { /* things of one sort that were left out */
        size_t n;
        const char *first;
};

struct scan_place { /* a directory by identity; ino 0 is none */
        uint64_t dev, ino;
};

struct scan {
        int root; /* O_PATH */
        const struct rv_query *query;
        struct rv_sink *sink; /* who is told; never NULL */
        struct rv_arena arena;
        size_t stamps;                               /* files and directories named to the host */
        int64_t lifetime;                            /* seconds that an answer on too many files may be kept */
        struct scan_skipped denied, failed, damaged; /* unreadable; not readable for another reason; senseless */
        struct scan_skipped outside;                 /* RECORDs with rows that name files outside */
        bool cut;                                    /* a bound was reached */
        struct scan_place *seen;                     /* directories visited: an open-addressed set */
        size_t n_seen, room_seen;
};

void scan_start(struct scan *scan, const struct rv_query *query, struct rv_sink *sink);
void scan_free(struct scan *scan);
#define SCAN_CLEANUP __attribute__((cleanup(scan_free)))

/* Before path (below the root, with a leading slash) is read. Beyond a bound on the number of files the answer is not
 * kept instead: stamping them all would cost more than it saves. */
int scan_depends(struct scan *scan, const char *path, struct rv_err *err) RV_CHECK;
/* Whether this directory was visited before (a bind mount inside itself, say); remembers it. True without memory. */
bool scan_visited(struct scan *scan, uint64_t dev, uint64_t ino);
/* Starts a new set of visited directories. */
void scan_forget(struct scan *scan);
void scan_skip(struct scan *scan, struct scan_skipped *skipped, const char *path);
/* Files what an -errno says about path. */
void scan_unreadable(struct scan *scan, int number, const char *path);
/* The same for what an error's code says. */
void scan_unread(struct scan *scan, int code, const char *path);
/* Puts the warnings. */
void scan_warn(struct scan *scan);

/* Whether s ends with these bytes and has something before them. */
bool scan_ends(const char *s, const char *with);
/* "a/b" in the scan's arena; NULL without memory. */
char *scan_join(struct scan *scan, const char *directory, const char *name);

/* stat below the root: 0; -ENOENT where nothing is, or a link leads nowhere; -EACCES; another -errno, which has become
 * a warning, and then nothing may be concluded. */
int scan_stat(struct scan *scan, const char *path, struct stat *ret);

/* One directory, read whole. */
struct dir_entry {
        const char *name;
        mode_t mode; /* only its type, when `stats` was not asked for; links are not followed */
        int64_t size, mtime;
};
struct dir {
        struct dir_entry *entries; /* by name */
        size_t n;
        uint64_t dev, ino;
};
/* 0 or -errno; -ENOTDIR also for file systems that hold no files (proc, sysfs, cgroup). */
int scan_dir(struct scan *scan, const char *path, bool stats, struct dir *ret);
/* The entry of that name, NULL for none. */
const struct dir_entry *dir_find(const struct dir *dir, const char *name);

#endif
