/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening paths below a root that may be hostile: by openat2(RESOLVE_IN_ROOT), or, where the kernel (before 5.6) or a
 * seccomp filter has none, by walking the path one component at a time. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/file.h"

enum { MAX_LINKS = 40, MAX_DEPTH = 128, RACES = 32, NEW_FILE = 0600 };

/* The walk: descriptors of every directory from the root (not ours to close) down, so that ".." needs no trust in the
 * tree, and the path that is left. */
struct walk {
        int dirs[MAX_DEPTH];
        unsigned depth, links;
        char left[PATH_MAX];
};

/* Back to a directory that was entered before, whatever its ".." says by now. */
static void ascend(struct walk *walk, unsigned depth)
{
        while (walk->depth > depth)
                rv_close(&walk->dirs[walk->depth--]);
}

/* Puts a link's target before what is left of the path. */
static int follow(struct walk *walk, int dir, const char *name, const char *rest)
{
        char path[PATH_MAX];
        size_t more = strlen(rest);
        ssize_t n = readlinkat(dir, name, path, sizeof path);

        if (n < 0)
                return -errno;
        if (n == 0)
                return -ENOENT;
        if (++walk->links > MAX_LINKS)
                return -ELOOP;
        if ((size_t)n + 1 + more + 1 > sizeof path)
                return -ENAMETOOLONG;
        path[n++] = '/';
        memcpy(path + n, rest, more + 1);
        if (!more)
                path[n - 1] = '\0';
        if (path[0] == '/')
                ascend(walk, 0);
        memmove(walk->left, path, (size_t)n + more + 1);
        return 0;
}

/* O_NOFOLLOW: links were looked at already, and one that appears now is an attack. */
static int open_last(int dir, const char *name, int flags)
{
        int fd = openat(dir, name, flags | O_NOFOLLOW, NEW_FILE);

        return fd < 0 ? -errno : fd;
}

/* Takes one component: goes down, follows a link, or opens the last one. Returns the descriptor, -EAGAIN to go on, or
 * another -errno. */
static int step(struct walk *walk, char *name, const char *rest, int flags)
{
        bool last = rest[strspn(rest, "/")] == '\0';
        int dir = walk->dirs[walk->depth];
        RV_FD_CLEANUP int fd = -1;
        struct stat st;
        int r;

        if (strcmp(name, "..") == 0) {
                ascend(walk, walk->depth ? walk->depth - 1 : 0);
                name[0] = '.';
                name[1] = '\0';
        }
        if (strcmp(name, ".") == 0) {
                if (last)
                        return open_last(walk->dirs[walk->depth], name, flags);
                memmove(walk->left, rest, strlen(rest) + 1);
                return -EAGAIN;
        }
        fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT && last && flags & O_CREAT ? open_last(dir, name, flags) : -errno;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (S_ISLNK(st.st_mode) && !(last && !*rest && flags & O_NOFOLLOW)) {
                r = follow(walk, dir, name, rest);
                return r < 0 ? r : -EAGAIN;
        }
        if (last)
                return open_last(dir, name, *rest ? flags | O_DIRECTORY : flags);
        if (!S_ISDIR(st.st_mode))
                return -ENOTDIR;
        if (walk->depth + 1 >= MAX_DEPTH)
                return -ENAMETOOLONG;
        walk->dirs[++walk->depth] = fd;
        fd = -1;
        memmove(walk->left, rest, strlen(rest) + 1);
        return -EAGAIN;
}

/* Ends: each turn takes a component off the path, and links that add some are counted. */
static int open_by_walk(int rootfd, const char *path, int flags)
{
        struct walk walk = { .dirs = { rootfd } };
        char name[NAME_MAX + 1];
        size_t skip, n;
        int r;

        if (strlen(path) >= sizeof walk.left)
                return -ENAMETOOLONG;
        memcpy(walk.left, path, strlen(path) + 1);
        do {
                skip = strspn(walk.left, "/");
                n = strcspn(walk.left + skip, "/");
                if (n > NAME_MAX) {
                        r = -ENAMETOOLONG;
                        break;
                }
                memcpy(name, n ? walk.left + skip : ".", n ? n : 1);
                name[n ? n : 1] = '\0';
                r = step(&walk, name, walk.left + skip + n, flags);
        } while (r == -EAGAIN);
        ascend(&walk, 0);
        return r;
}

int rv_open_in_root(int rootfd, const char *path, int flags)
{
        struct open_how how = { .resolve = RESOLVE_IN_ROOT };
        unsigned tries;
        long fd;

        if (!*path)
                return -ENOENT;
        flags |= O_CLOEXEC;
        if (!(flags & O_PATH))
                flags |= O_NOCTTY | O_NONBLOCK;
        how.flags = (unsigned)flags;
        how.mode = flags & O_CREAT ? NEW_FILE : 0;
        for (tries = 0; tries < RACES; tries++) {
                fd = syscall(SYS_openat2, rootfd, path, &how, sizeof how);
                if (fd >= 0)
                        return (int)fd;
                if (errno != EAGAIN && errno != EINTR) /* EAGAIN: something was renamed while ".." was resolved */
                        break;
        }
        if (errno == ENOSYS || errno == EPERM) /* container filters of old say EPERM to calls that they don't know */
                return open_by_walk(rootfd, path, flags);
        return -errno;
}

int rv_stat_in_root(int rootfd, const char *path, struct stat *ret)
{
        RV_FD_CLEANUP int fd = rv_open_in_root(rootfd, path, O_PATH);
        struct stat st;

        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        *ret = st;
        return 0;
}
