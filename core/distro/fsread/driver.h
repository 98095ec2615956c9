/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each file system gives to the path walk: nodes, names in directories, contents.
 * Ownership: `state` belongs to the driver from open to close; nodes are values that mean something to it. */
#ifndef REEVE_FSREAD_DRIVER_H
#define REEVE_FSREAD_DRIVER_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/distro/reader.h"

enum node_kind { NODE_FILE, NODE_DIRECTORY, NODE_LINK, NODE_OTHER };

struct node {
        uint64_t id, size; /* bytes of the file or of the link's target */
        enum node_kind kind;
};

/* One entry of a directory: `.` and `..` may be among them. True: enough. */
typedef bool fsread_visit(void *user, const char *name, size_t length, uint64_t id);

/* Takes the next n bytes of a file, in order; bytes NULL: they are zeroes. A code ends the reading. */
typedef int fsread_put(void *user, const char *bytes, size_t n, struct rv_err *err);

struct driver {
        const char *name;
        bool (*probe)(const struct rv_reader *fs);
        int (*open)(const struct rv_reader *fs, void **ret_state, struct node *ret_root, struct rv_err *err);
        /* Calls visit for each name in a directory, in the order of the disk, until it returns true. */
        int (*each)(void *state, const struct node *directory, fsread_visit *visit, void *user, struct rv_err *err);
        int (*load)(void *state, uint64_t id, struct node *ret, struct rv_err *err);
        /* Puts all of a file, or a link's target, in pieces of a bounded size: never more than node->size bytes. */
        int (*read)(void *state, const struct node *node, fsread_put *put, void *user, struct rv_err *err);
        void (*close)(void *state);
};

/* A file system that is open for reading. */
struct fsread_open {
        const struct driver *driver;
        const struct rv_reader *fs;
        void *state;
        struct node root;
};
/* RV_NOTFOUND: the directory has no such name. *ret may be the directory itself. */
int fsread_find(const struct fsread_open *open, const struct node *directory, const char *name, struct node *ret,
                struct rv_err *err) RV_CHECK;

/* Fills buf, which has room for node->size bytes. */
int fsread_whole(const struct fsread_open *open, const struct node *node, char *buf, struct rv_err *err) RV_CHECK;

extern const struct driver fsread_ext, fsread_squashfs, fsread_erofs;

/* The node kind of a Unix mode. */
enum node_kind fsread_kind(unsigned mode);
/* RV_DAMAGED and RV_NOTFOUND in one set of words. */
int fsread_damaged(const struct rv_reader *fs, const char *name, struct rv_err *err) RV_CHECK;
int fsread_missing(const struct rv_reader *fs, const char *what, struct rv_err *err) RV_CHECK;

#endif
