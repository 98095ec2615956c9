/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removing a directory with all below it, also from a signal handler: only what signal-safety(7) lists and the plain
 * system call behind readdir(). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/file.h"

enum { ENTRIES = 2048 /* bytes of names read at once; on the stack once a level */, DEPTH_MAX = 64, ROUNDS = 100 };

static void remove_directory(int dirfd, const char *name, dev_t device, unsigned depth);

static void empty(int fd, dev_t device, unsigned depth)
{
        alignas(struct dirent64) char bytes[ENTRIES];
        const struct dirent64 *entry;
        long n, at;

        (void)lseek(fd, 0, SEEK_SET);
        while ((n = syscall(SYS_getdents64, fd, bytes, sizeof bytes)) > 0)
                for (at = 0; at < n; at += entry->d_reclen) {
                        entry = (const struct dirent64 *)(const void *)(bytes + at);
                        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
                            unlinkat(fd, entry->d_name, 0) && errno != ENOENT)
                                remove_directory(fd, entry->d_name, device, depth + 1);
                }
}

/* Another thread may still write into it: it is emptied again until it goes. */
static void remove_directory(int dirfd, const char *name, dev_t device, unsigned depth)
{
        int fd = depth < DEPTH_MAX ? openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
        struct stat st;
        unsigned rounds = 0;
        bool stays = fd >= 0 && fstat(fd, &st) == 0 && (!depth || st.st_dev == device);

        while (stays && rounds++ < ROUNDS) {
                empty(fd, st.st_dev, depth);
                stays = unlinkat(dirfd, name, AT_REMOVEDIR) && errno == ENOTEMPTY;
        }
        rv_close(&fd);
}

void rv_remove_tree(int dirfd, const char *name)
{
        remove_directory(dirfd, name, 0, 0);
}
