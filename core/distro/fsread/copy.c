/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies some paths out of a file system into a directory, for what can only read directories. The image is hostile:
 * names are checked, links are made as they are and never followed, and numbers, depth and bytes have limits. */
#include "core/distro/fsread/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"

/* Names have up to 255 bytes: what is copied must stay within PATH_MAX, or nothing could remove it. */
enum { DEPTH_MAX = 12, NODES_MAX = 200000, FILE_MAX = 512 << 20, TOTAL_MAX = 1 << 30, BLOCK = 65536 };

struct copy {
        const struct fsread_open *open;
        size_t nodes;
        uint64_t bytes;
        const atomic_bool *cancel; /* may be NULL */
        struct rv_err *err;
};

/* A directory that is being copied: what its visitor needs. */
struct level {
        struct copy *copy;
        int dirfd; /* the copy */
        unsigned depth;
        int r;
};

static int cannot_write(const struct copy *copy, int number, const char *name)
{
        return rv_fail_errno(copy->err, number, N_("%1: cannot be copied out of its file system: %2"), name);
}

static int too_much(const struct copy *copy)
{
        return rv_fail(copy->err, RV_DAMAGED, N_("%1: holds more than can be read without a mount"), NULL,
                       copy->open->fs->name, NULL);
}

static int check_cancel(const struct copy *copy)
{
        if (copy->cancel && atomic_load(copy->cancel))
                return rv_fail(copy->err, RV_CANCELLED, N_("stopped"), NULL, NULL);
        return RV_OK;
}

/* A file that is being written. */
struct file {
        const struct copy *copy;
        const char *name;
        uint64_t at, size;
        int fd; /* already as long as it becomes */
};

/* Blocks of zeroes stay holes: an image of a few kilobytes may claim files that would fill the disk. */
static int put_sparse(void *user, const char *bytes, size_t size, struct rv_err *err)
{
        static const char zeroes[BLOCK];
        struct file *file = user;
        size_t n, i;
        int number = 0, r = check_cancel(file->copy);

        if (r)
                return r;
        if (size > file->size - file->at)
                return fsread_damaged(file->copy->open->fs, file->copy->open->driver->name, err);
        for (i = 0; bytes && !number && i < size; i += n) {
                n = size - i < BLOCK ? size - i : BLOCK;
                if (memcmp(bytes + i, zeroes, n) == 0)
                        continue;
                number = lseek(file->fd, (off_t)(file->at + i), SEEK_SET) < 0 ? errno
                                                                              : -rv_write_all(file->fd, bytes + i, n);
        }
        file->at += size;
        return number ? cannot_write(file->copy, number, file->name) : RV_OK;
}

static int copy_file(struct copy *copy, const struct node *node, int dirfd, const char *name)
{
        struct file file = { .copy = copy, .name = name, .size = node->size };
        int r = RV_OK;

        if (node->size > FILE_MAX || node->size > TOTAL_MAX - copy->bytes)
                return too_much(copy);
        copy->bytes += node->size;
        file.fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (file.fd < 0 || ftruncate(file.fd, (off_t)node->size))
                r = cannot_write(copy, errno, name);
        else if (node->size)
                r = copy->open->driver->read(copy->open->state, node, put_sparse, &file, copy->err);
        if (!r && file.at != file.size)
                r = fsread_damaged(copy->open->fs, copy->open->driver->name, copy->err);
        if (file.fd >= 0 && close(file.fd) && !r)
                r = cannot_write(copy, errno, name);
        return r;
}

static int copy_link(struct copy *copy, const struct node *node, int dirfd, const char *name)
{
        char target[PATH_MAX];

        if (!node->size || node->size >= sizeof target)
                return fsread_damaged(copy->open->fs, copy->open->driver->name, copy->err);
        int r = fsread_whole(copy->open, node, target, copy->err);
        if (r)
                return r;
        target[node->size] = '\0';
        /* One directory may be on the way to several paths. */
        if (symlinkat(target, dirfd, name) && errno != EEXIST)
                return cannot_write(copy, errno, name);
        return RV_OK;
}

static int enter(struct copy *copy, int dirfd, const char *name, int *ret)
{
        if (mkdirat(dirfd, name, 0700) && errno != EEXIST)
                return cannot_write(copy, errno, name);
        *ret = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        return *ret < 0 ? cannot_write(copy, errno, name) : RV_OK;
}

static int copy_node(struct copy *copy, uint64_t id, int dirfd, const char *name, unsigned depth);

static bool visit(void *user, const char *text, size_t length, uint64_t id)
{
        struct level *level = user;
        char name[NAME_MAX + 1];

        if ((length == 1 && text[0] == '.') || (length == 2 && memcmp(text, "..", 2) == 0))
                return false;
        if (length == 0 || length > NAME_MAX || memchr(text, '/', length) || memchr(text, '\0', length)) {
                level->r = fsread_damaged(level->copy->open->fs, level->copy->open->driver->name, level->copy->err);
                return true;
        }
        memcpy(name, text, length);
        name[length] = '\0';
        level->r = copy_node(level->copy, id, level->dirfd, name, level->depth + 1);
        return level->r != RV_OK;
}

/* What is no file, link or directory is left out. */
static int copy_node(struct copy *copy, uint64_t id, int dirfd, const char *name, unsigned depth)
{
        struct level level = { .copy = copy, .dirfd = -1, .depth = depth };
        struct node node;
        int r = copy->open->driver->load(copy->open->state, id, &node, copy->err);

        if (r)
                return r;
        r = check_cancel(copy);
        if (r)
                return r;
        if (++copy->nodes > NODES_MAX || depth > DEPTH_MAX)
                return too_much(copy);
        if (node.kind == NODE_FILE)
                return copy_file(copy, &node, dirfd, name);
        if (node.kind == NODE_LINK)
                return copy_link(copy, &node, dirfd, name);
        if (node.kind != NODE_DIRECTORY)
                return RV_OK;
        r = enter(copy, dirfd, name, &level.dirfd);
        if (!r)
                r = copy->open->driver->each(copy->open->state, &node, visit, &level, copy->err);
        rv_close(&level.dirfd);
        return r ? r : level.r;
}

/* What is missing is no error of the copy. */
static void forget(struct rv_err *err)
{
        if (err)
                rv_err_clear(err);
}

/* Goes down to the last name of a path, making the directories on the way; a link on the way is copied and ends it, and
 * so does a name that is not there. */
static int copy_path(struct copy *copy, const char *path, int dirfd)
{
        struct node here = copy->open->root;
        char name[NAME_MAX + 1];
        int at = -1, next = -1, r = RV_OK;

        while (!r) {
                size_t length = strcspn(path, "/");

                if (length > NAME_MAX)
                        break;
                memcpy(name, path, length);
                name[length] = '\0';
                r = fsread_find(copy->open, &here, name, &here, copy->err);
                if (r)
                        break;
                if (!path[length] || here.kind == NODE_LINK)
                        r = copy_node(copy, here.id, at < 0 ? dirfd : at, name, 0);
                if (r || !path[length] || here.kind != NODE_DIRECTORY)
                        break;
                path += length + 1;
                r = enter(copy, at < 0 ? dirfd : at, name, &next);
                rv_close(&at);
                at = next;
        }
        rv_close(&at);
        if (r == RV_NOTFOUND)
                forget(copy->err);
        return r == RV_NOTFOUND ? RV_OK : r;
}

int fsread_copy(const struct fsread_open *open, const char *const *paths, int dirfd, const atomic_bool *cancel,
                struct rv_err *err)
{
        struct copy copy = { .open = open, .cancel = cancel, .err = err };
        struct node usr;
        int RV_FD_CLEANUP below = -1;
        int r = fsread_find(open, &open->root, "usr", &usr, err);
        const bool is_usr = r == RV_NOTFOUND;

        if (is_usr) {
                forget(err);
                r = enter(&copy, dirfd, "usr", &below);
        }
        for (size_t i = 0; !r && paths[i]; i++)
                if (!is_usr)
                        r = copy_path(&copy, paths[i], dirfd);
                else if (strncmp(paths[i], "usr/", 4) == 0)
                        r = copy_path(&copy, paths[i] + 4, below);
        return r;
}
