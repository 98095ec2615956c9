/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading one directory below the root, in the order of names, so that answers do not depend on the file system. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/base/file.h"
#include "plugins/sandboxes/scan.h"

enum { MAX_ENTRIES = 200000 };

/* A chroot below /opt or /srv has these mounted: endless, and full of names that change while they are read. */
static bool holds_no_files(int fd)
{
        struct statfs fs;

        if (fstatfs(fd, &fs) < 0)
                return false;
        return fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC || fs.f_type == CGROUP2_SUPER_MAGIC ||
               fs.f_type == CGROUP_SUPER_MAGIC;
}

static int by_name(const void *a, const void *b)
{
        return strcmp(((const struct dir_entry *)a)->name, ((const struct dir_entry *)b)->name);
}

/* 1: an entry, 0: it is gone again or was no entry; -errno. */
static int read_entry(struct scan *scan, int fd, const struct dirent *found, bool stats, struct dir_entry *ret)
{
        struct stat st;

        if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0)
                return 0;
        *ret = (struct dir_entry){ .name = rv_arena_strdup(&scan->arena, found->d_name),
                                   .mode = (mode_t)DTTOIF(found->d_type) };
        if (!ret->name)
                return -ENOMEM;
        /* Most file systems tell the type for nothing, and a search needs no more. */
        if (!stats && found->d_type != DT_UNKNOWN)
                return 1;
        if (fstatat(fd, found->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return errno == ENOENT ? 0 : -errno;
        ret->mode = st.st_mode;
        ret->size = st.st_size;
        ret->mtime = st.st_mtime;
        return 1;
}

/* Entries grow in malloc'd memory, then move into the arena, which cannot grow a piece. */
static int read_entries(struct scan *scan, DIR *stream, bool stats, struct dir_entry **ret, size_t *ret_n)
{
        struct dir_entry *entries = NULL, *more;
        const struct dirent *found;
        size_t n = 0, room = 0;
        int r = 0;

        while (errno = 0, (found = readdir(stream))) {
                if (n == MAX_ENTRIES) {
                        scan->cut = true;
                        break;
                }
                if (n == room) {
                        room = room ? room * 2 : 64;
                        more = reallocarray(entries, room, sizeof *entries);
                        if (!more) {
                                r = -ENOMEM;
                                goto out;
                        }
                        entries = more;
                }
                r = read_entry(scan, dirfd(stream), found, stats, &entries[n]);
                if (r < 0)
                        goto out;
                n += (size_t)r;
        }
        r = found ? 0 : -errno;
out:
        if (r < 0) {
                free(entries);
                return r;
        }
        *ret = entries;
        *ret_n = n;
        return 0;
}

static int keep_entries(struct scan *scan, struct dir_entry *entries, size_t n, struct dir *ret)
{
        ret->entries = rv_arena_alloc(&scan->arena, (n + !n) * sizeof *entries);
        if (!ret->entries)
                return -ENOMEM;
        if (n)
                memcpy(ret->entries, entries, n * sizeof *entries);
        ret->n = n;
        qsort(ret->entries, n, sizeof *ret->entries, by_name);
        return 0;
}

int scan_dir(struct scan *scan, const char *path, bool stats, struct dir *ret)
{
        int fd = rv_open_in_root(scan->root, path, O_RDONLY | O_DIRECTORY);
        struct dir_entry *entries = NULL;
        struct dir found = { 0 };
        struct stat st;
        DIR *stream;
        size_t n = 0;
        int r;

        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0 || holds_no_files(fd) || !(stream = fdopendir(fd))) {
                (void)close(fd);
                return -ENOTDIR;
        }
        found.dev = (uint64_t)st.st_dev;
        found.ino = (uint64_t)st.st_ino;
        r = read_entries(scan, stream, stats, &entries, &n);
        (void)closedir(stream);
        if (!r)
                r = keep_entries(scan, entries, n, &found);
        free(entries);
        if (!r)
                *ret = found;
        return r;
}

const struct dir_entry *dir_find(const struct dir *dir, const char *name)
{
        struct dir_entry wanted = { .name = name };

        return dir->n ? bsearch(&wanted, dir->entries, dir->n, sizeof wanted, by_name) : NULL;
}
