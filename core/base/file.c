/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading whole files with a limit, and writing them so that a reader, a kill or a power cut sees the old or the new.
 */
#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#include "core/base/err.h"

enum { PIECE = 65536, TEMPORARY = 32, NAME_TRIES = 16 };

void rv_close(int *fd)
{
        int kept = errno;

        if (*fd >= 0)
                (void)close(*fd);
        *fd = -1;
        errno = kept;
}

/* One wording for every way in which reading can fail; the code follows errno. */
static int fail_read(struct rv_err *err, int number, const char *name)
{
        return rv_fail_errno(err, number, N_("%1: cannot be read: %2"), name);
}

static int fail_not_regular(struct rv_err *err, const char *name)
{
        return rv_fail(err, RV_DAMAGED, N_("%1: is not a regular file"), NULL, name, NULL);
}

/* The limit is said, so that a reader can tell a hostile file from a limit that is too small. */
static int fail_too_large(struct rv_err *err, const char *name, size_t limit)
{
        char bytes[24];

        (void)snprintf(bytes, sizeof bytes, "%zu", limit);
        return rv_fail(err, RV_DAMAGED, N_("%1: is larger than the %2 bytes that are read of such a file"), NULL, name,
                       bytes, NULL);
}

int rv_file_read_fd(int fd, const char *name, size_t limit, struct rv_buf *ret, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf buf = { 0 };
        struct stat st;
        size_t room;
        ssize_t n;
        char *at;

        if (fstat(fd, &st) < 0)
                return fail_read(err, errno, name);
        if (!S_ISREG(st.st_mode))
                return fail_not_regular(err, name);
        if (st.st_size > 0 && (uint64_t)st.st_size > limit)
                return fail_too_large(err, name, limit);
        /* Not trusting the size: files of /proc say 0, and a file may grow. One byte more than expected finds the end.
         */
        room = (size_t)st.st_size < limit ? (size_t)st.st_size + 1 : limit;
        do {
                at = rv_buf_reserve(&buf, room + 1);
                if (!at)
                        return rv_fail_memory(err);
                n = read(fd, at, room + 1);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return fail_read(err, errno, name);
                buf.size += (size_t)n;
                if (buf.size > limit)
                        return fail_too_large(err, name, limit);
                room = limit - buf.size < PIECE ? limit - buf.size : PIECE;
        } while (n);
        rv_buf_add(&buf, "", 0);
        rv_buf_free(ret);
        *ret = buf;
        buf = (struct rv_buf){ 0 };
        return RV_OK;
}

int rv_file_read(int rootfd, const char *path, size_t limit, struct rv_buf *ret, struct rv_err *err)
{
        RV_FD_CLEANUP int fd = -1;
        struct stat st;
        int r;

        /* Looked at before it is opened: opening alone does something to a tape or a watchdog. */
        if (rootfd == AT_FDCWD)
                r = stat(path, &st) < 0 ? -errno : 0;
        else
                r = rv_stat_in_root(rootfd, path, &st);
        if (r < 0)
                return fail_read(err, -r, path);
        if (!S_ISREG(st.st_mode))
                return fail_not_regular(err, path);
        if (rootfd == AT_FDCWD)
                fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        else
                fd = rv_open_in_root(rootfd, path, O_RDONLY);
        if (fd < 0)
                return fail_read(err, rootfd == AT_FDCWD ? errno : -fd, path);
        return rv_file_read_fd(fd, path, limit, ret, err);
}

/* A write of 0 bytes would otherwise be tried for ever. */
ssize_t rv_pread(int fd, void *bytes, size_t n, int64_t at)
{
        ssize_t got;

        do
                got = pread(fd, bytes, n, (off_t)at);
        while (got < 0 && errno == EINTR);
        return got;
}

int rv_write_all(int fd, const void *bytes, size_t size)
{
        const char *at = bytes;
        ssize_t n;

        while (size) {
                n = write(fd, at, size);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        return -EIO;
                at += n;
                size -= (size_t)n;
        }
        return 0;
}

/* A new file beside the one that it shall replace; returns its descriptor or -errno. */
static int open_temporary(int dirfd, char name[TEMPORARY])
{
        unsigned long long random;
        unsigned i;
        int fd;

        for (i = 0; i < NAME_TRIES; i++) {
                if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
                        return -EIO;
                (void)snprintf(name, TEMPORARY, ".reeve-%016llx", random);
                fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
                if (fd >= 0 || errno != EEXIST)
                        return fd < 0 ? -errno : fd;
        }
        return -EEXIST;
}

/* Takes fd. Errors of close count: network file systems report a full disk there. */
static int fill_temporary(int take_fd, const void *bytes, size_t size, mode_t mode, bool durable)
{
        int r = rv_write_all(take_fd, bytes, size);

        if (!r && fchmod(take_fd, mode) < 0)
                r = -errno;
        if (!r && durable && fsync(take_fd) < 0)
                r = -errno;
        if (close(take_fd) < 0 && !r)
                r = -errno;
        return r;
}

static int replace(int dirfd, const char *name, const void *bytes, size_t size, mode_t mode, bool durable,
                   struct rv_err *err)
{
        char temporary[TEMPORARY];
        int fd, r;

        fd = open_temporary(dirfd, temporary);
        if (fd < 0)
                return rv_fail_errno(err, -fd, N_("%1: cannot be written: %2"), name);
        r = fill_temporary(fd, bytes, size, mode, durable);
        if (!r && renameat(dirfd, temporary, dirfd, name) < 0)
                r = -errno;
        if (r) {
                (void)unlinkat(dirfd, temporary, 0);
                return rv_fail_errno(err, -r, N_("%1: cannot be written: %2"), name);
        }
        return RV_OK;
}

int rv_file_replace(int dirfd, const char *name, const void *bytes, size_t size, mode_t mode, struct rv_err *err)
{
        return replace(dirfd, name, bytes, size, mode, false, err);
}

int rv_file_write(int dirfd, const char *name, const void *bytes, size_t size, mode_t mode, struct rv_err *err)
{
        RV_FD_CLEANUP int dir = -1;
        int r = replace(dirfd, name, bytes, size, mode, true, err);

        if (r)
                return r;
        /* The directory again, for reading: dirfd may be O_PATH, which cannot be synced. */
        dir = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (dir < 0 || (fsync(dir) < 0 && errno != EINVAL && errno != EROFS))
                return rv_fail_errno(err, errno, N_("%1: is written, but its directory cannot be synced: %2"), name);
        return RV_OK;
}
