/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The path walk over whichever driver knows the file system; symbolic links stay inside it. */
#include "core/distro/fsread/fsread.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/distro/fsread/driver.h"

enum { LINKS_MAX = 16, DEPTH_MAX = 32, PATH_BYTES = 4096 };

enum node_kind fsread_kind(unsigned mode)
{
        return S_ISREG(mode) ? NODE_FILE : S_ISDIR(mode) ? NODE_DIRECTORY : S_ISLNK(mode) ? NODE_LINK : NODE_OTHER;
}

int fsread_damaged(const struct rv_reader *fs, const char *name, struct rv_err *err)
{
        return rv_fail(err, RV_DAMAGED, N_("%1: its %2 file system is damaged"), NULL, fs->name, name, NULL);
}

int fsread_missing(const struct rv_reader *fs, const char *what, struct rv_err *err)
{
        return rv_fail(err, RV_NOTFOUND, N_("%1: has no %2"), NULL, fs->name, what, NULL);
}

struct walk {
        const struct driver *driver;
        const struct rv_reader *fs;
        void *state;
        struct node stack[DEPTH_MAX]; /* from the root down to where the walk stands */
        unsigned depth, links;
        char rest[PATH_BYTES]; /* what is still to be walked */
};

/* Puts a link's target in front of the rest of the path. */
static int follow(struct walk *walk, const struct node *link, const char *rest, struct rv_err *err)
{
        char joined[PATH_BYTES];
        size_t length = strlen(rest);

        if (++walk->links > LINKS_MAX || !link->size || link->size + 1 + length >= sizeof joined)
                return rv_fail(err, RV_NOTFOUND, N_("%1: has too many or too long symbolic links on the way to a file"),
                               NULL, walk->fs->name, NULL);
        int r = walk->driver->read(walk->state, link, joined, err);
        if (r)
                return r;
        joined[link->size] = '/';
        memcpy(joined + link->size + 1, rest, length + 1);
        const char *start = joined;
        if (*start == '/') {
                walk->depth = 0;
                /* The /usr file system calls itself /usr; a root file system has a real usr. */
                struct node usr;
                if (strncmp(start, "/usr/", 5) == 0 &&
                    walk->driver->find(walk->state, &walk->stack[0], "usr", &usr, NULL))
                        start += 4;
        }
        memmove(walk->rest, start, strlen(start) + 1);
        return 0;
}

/* Takes the first component off the rest; false at the end of the path. */
static bool next_name(struct walk *walk, char name[256], const char **ret_rest)
{
        const char *start = walk->rest + strspn(walk->rest, "/");
        size_t length = strcspn(start, "/");

        *ret_rest = start + length + strspn(start + length, "/");
        if (!length)
                return false;
        /* No file system here has longer names: a cut one is not found. */
        if (length > 255)
                length = 255;
        memcpy(name, start, length);
        name[length] = '\0';
        return true;
}

static int step(struct walk *walk, const char *name, const char *rest, struct rv_err *err)
{
        const struct node *here = &walk->stack[walk->depth];
        struct node found;

        if (strcmp(name, "..") == 0)
                walk->depth -= walk->depth > 0;
        if (strcmp(name, "..") != 0 && strcmp(name, ".") != 0) {
                if (here->kind != NODE_DIRECTORY || walk->depth + 1 >= DEPTH_MAX)
                        return fsread_missing(walk->fs, name, err);
                int r = walk->driver->find(walk->state, here, name, &found, err);
                if (r)
                        return r;
                if (found.kind == NODE_LINK)
                        return follow(walk, &found, rest, err);
                walk->stack[++walk->depth] = found;
        }
        memmove(walk->rest, rest, strlen(rest) + 1);
        return 0;
}

static int read_path(struct walk *walk, const char *path, size_t limit, struct rv_buf *ret, struct rv_err *err)
{
        const char *rest;
        char name[256];
        int r = 0;

        if (strlen(path) >= sizeof walk->rest)
                return fsread_missing(walk->fs, path, err);
        memcpy(walk->rest, path, strlen(path) + 1);
        while (!r && next_name(walk, name, &rest))
                r = step(walk, name, rest, err);
        if (r)
                return r;
        const struct node *file = &walk->stack[walk->depth];
        if (file->kind != NODE_FILE)
                return fsread_missing(walk->fs, path, err);
        if (file->size > limit)
                return rv_fail(err, RV_DAMAGED, N_("%1: its file %2 is too large"), NULL, walk->fs->name, path, NULL);
        char *bytes = rv_buf_reserve(ret, (size_t)file->size);
        if (!bytes)
                return rv_fail_memory(err);
        r = file->size ? walk->driver->read(walk->state, file, bytes, err) : 0;
        if (!r) {
                ret->size += (size_t)file->size;
                bytes[file->size] = '\0';
        }
        return r;
}

static int read_file(const struct rv_reader *fs, const char *path, size_t limit, struct rv_buf *ret, struct rv_err *err)
{
        static const struct driver *const drivers[] = {
                &fsread_erofs,
                &fsread_ext,
                &fsread_squashfs,
        };

        for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++) {
                if (!drivers[i]->probe(fs))
                        continue;
                struct walk walk = { .driver = drivers[i], .fs = fs };
                int r = drivers[i]->open(fs, &walk.state, &walk.stack[0], err);
                if (r)
                        return r;
                r = read_path(&walk, path, limit, ret, err);
                drivers[i]->close(walk.state);
                return r;
        }
        return rv_fail(err, RV_UNSUPPORTED, N_("%1: holds no file system that can be read without a mount"), NULL,
                       fs->name, NULL);
}

extern RV_BACKEND struct rv_fsread rv_backend;
RV_BACKEND struct rv_fsread rv_backend = {
        .backend = { RV_FSREAD_ABI, sizeof(struct rv_fsread) },
        .file = read_file,
};
