/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The path walk over whichever driver knows the file system; symbolic links stay inside it. */
#include "core/distro/fsread/fsread.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/distro/fsread/copy.h"
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

struct lookup {
        const char *name;
        size_t length;
        uint64_t id;
        bool found;
};

static bool is_it(void *user, const char *name, size_t length, uint64_t id)
{
        struct lookup *lookup = user;

        lookup->found = length == lookup->length && memcmp(name, lookup->name, length) == 0;
        lookup->id = id;
        return lookup->found;
}

int fsread_find(const struct fsread_open *open, const struct node *directory, const char *name, struct node *ret,
                struct rv_err *err)
{
        struct lookup lookup = { .name = name, .length = strlen(name) };
        int r = open->driver->each(open->state, directory, is_it, &lookup, err);

        if (r)
                return r;
        return lookup.found ? open->driver->load(open->state, lookup.id, ret, err)
                            : fsread_missing(open->fs, name, err);
}

struct whole {
        const struct fsread_open *open;
        char *buf;
        uint64_t left;
};

static int put_whole(void *user, const char *bytes, size_t n, struct rv_err *err)
{
        struct whole *whole = user;

        if (n > whole->left)
                return fsread_damaged(whole->open->fs, whole->open->driver->name, err);
        if (bytes)
                memcpy(whole->buf, bytes, n);
        else
                memset(whole->buf, 0, n);
        whole->buf += n;
        whole->left -= n;
        return 0;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): it is filled, through a struct. */
int fsread_whole(const struct fsread_open *open, const struct node *node, char *buf, struct rv_err *err)
{
        struct whole whole = { .open = open, .buf = buf, .left = node->size };
        int r = node->size ? open->driver->read(open->state, node, put_whole, &whole, err) : 0;

        return !r && whole.left ? fsread_damaged(open->fs, open->driver->name, err) : r;
}

struct walk {
        const struct fsread_open *open;
        struct node stack[DEPTH_MAX]; /* from the root down to where the walk stands */
        unsigned depth, links;
        char rest[PATH_BYTES]; /* what is still to be walked */
};

/* Puts a link's target in front of the rest of the path. */
static int follow(struct walk *walk, const struct node *link, const char *rest, struct rv_err *err)
{
        char joined[PATH_BYTES];
        size_t length = strlen(rest);

        /* The size is whatever the image says: added to, it could go round and look short. */
        if (++walk->links > LINKS_MAX || !link->size || link->size >= sizeof joined - 1 - length)
                return rv_fail(err, RV_NOTFOUND, N_("%1: has too many or too long symbolic links on the way to a file"),
                               NULL, walk->open->fs->name, NULL);
        int r = fsread_whole(walk->open, link, joined, err);
        if (r)
                return r;
        joined[link->size] = '/';
        memcpy(joined + link->size + 1, rest, length + 1);
        const char *start = joined;
        if (*start == '/') {
                walk->depth = 0;
                /* The /usr file system calls itself /usr; a root file system has a real usr. */
                struct node usr;
                if (strncmp(start, "/usr/", 5) == 0 && fsread_find(walk->open, &walk->stack[0], "usr", &usr, NULL))
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
                        return fsread_missing(walk->open->fs, name, err);
                int r = fsread_find(walk->open, here, name, &found, err);
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
                return fsread_missing(walk->open->fs, path, err);
        memcpy(walk->rest, path, strlen(path) + 1);
        while (!r && next_name(walk, name, &rest))
                r = step(walk, name, rest, err);
        if (r)
                return r;
        const struct node *file = &walk->stack[walk->depth];
        if (file->kind != NODE_FILE)
                return fsread_missing(walk->open->fs, path, err);
        if (file->size > limit)
                return rv_fail(err, RV_DAMAGED, N_("%1: its file %2 is too large"), NULL, walk->open->fs->name, path,
                               NULL);
        char *bytes = rv_buf_reserve(ret, (size_t)file->size);
        if (!bytes)
                return rv_fail_memory(err);
        r = fsread_whole(walk->open, file, bytes, err);
        if (!r) {
                ret->size += (size_t)file->size;
                bytes[file->size] = '\0';
        }
        return r;
}

/* Whichever driver knows the file system. */
static int open_fs(const struct rv_reader *fs, struct fsread_open *ret, struct rv_err *err)
{
        static const struct driver *const drivers[] = {
                &fsread_erofs,
                &fsread_ext,
                &fsread_squashfs,
        };

        for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++)
                if (drivers[i]->probe(fs)) {
                        *ret = (struct fsread_open){ .driver = drivers[i], .fs = fs };
                        return drivers[i]->open(fs, &ret->state, &ret->root, err);
                }
        return rv_fail(err, RV_UNSUPPORTED, N_("%1: holds no file system that can be read without a mount"), NULL,
                       fs->name, NULL);
}

static int read_file(const struct rv_reader *fs, const char *path, size_t limit, struct rv_buf *ret, struct rv_err *err)
{
        struct fsread_open open;
        int r = open_fs(fs, &open, err);

        if (r)
                return r;
        struct walk walk = { .open = &open, .stack = { open.root } };
        r = read_path(&walk, path, limit, ret, err);
        open.driver->close(open.state);
        return r;
}

static int copy_paths(const struct rv_reader *fs, const char *const *paths, int dirfd, const atomic_bool *cancel,
                      struct rv_err *err)
{
        struct fsread_open open;
        int r = open_fs(fs, &open, err);

        if (r)
                return r;
        r = fsread_copy(&open, paths, dirfd, cancel, err);
        open.driver->close(open.state);
        return r;
}

extern RV_BACKEND struct rv_fsread rv_backend;
RV_BACKEND struct rv_fsread rv_backend = {
        .backend = { RV_FSREAD_ABI, sizeof(struct rv_fsread) },
        .file = read_file,
        .copy = copy_paths,
};
