/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files below a root: opened without escaping it, read with a limit, written whole or not at all.
 * Ownership: returned descriptors and buffers are the caller's. */
#ifndef REEVE_BASE_FILE_H
#define REEVE_BASE_FILE_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "core/base/buf.h"

void rv_close(int *fd);
#define RV_FD_CLEANUP __attribute__((cleanup(rv_close)))

/* Opens path (a leading slash means the root itself) below rootfd with RESOLVE_IN_ROOT: symbolic links are followed as
 * if rootfd were "/". Without openat2 in the kernel the path is walked step by step to the same effect. flags get
 * O_CLOEXEC and, without O_PATH, O_NOCTTY and O_NONBLOCK, which the descriptor keeps: a fifo or device never blocks. A
 * file made by O_CREAT has mode 0600. Returns the descriptor or -errno. */
int rv_open_in_root(int rootfd, const char *path, int flags);
/* stat below a root, links followed inside it; 0 or -errno. */
int rv_stat_in_root(int rootfd, const char *path, struct stat *ret);

/* Reads a whole regular file of at most limit bytes: RV_NOTFOUND, RV_DENIED, RV_DAMAGED (too large, no regular file).
 * *ret is replaced, NUL-ended also when empty, and untouched on failure.
 * rootfd may be AT_FDCWD: then path is an ordinary path. */
int rv_file_read(int rootfd, const char *path, size_t limit, struct rv_buf *ret, struct rv_err *err) RV_CHECK;
/* The same from an open descriptor; name is for the error. */
int rv_file_read_fd(int fd, const char *name, size_t limit, struct rv_buf *ret, struct rv_err *err) RV_CHECK;

/* Writes size bytes as dirfd/name: a temporary beside it, fsync, rename, fsync of the directory. A reader, a kill or a
 * power cut sees the old or the new. name has no slash. */
int rv_file_write(int dirfd, const char *name, const void *bytes, size_t size, mode_t mode,
                  struct rv_err *err) RV_CHECK;
/* The same without waiting for the disk: a reader or a kill sees the old or the new, but a power cut may leave
 * anything. For what can be made again and carries its own checksum. */
int rv_file_replace(int dirfd, const char *name, const void *bytes, size_t size, mode_t mode,
                    struct rv_err *err) RV_CHECK;
/* Reads at an offset, as pread() does, and again when a signal came between: how many bytes, fewer than n at the end of
 * the file, or -1 with errno. */
ssize_t rv_pread(int fd, void *bytes, size_t n, int64_t at);
/* Writes all bytes to fd; 0 or -errno. */
int rv_write_all(int fd, const void *bytes, size_t size);
/* Removes the directory dirfd/name and all below it on the same file system; links are not followed. What cannot be
 * removed stays. Safe in a signal handler (it changes errno). */
void rv_remove_tree(int dirfd, const char *name);

#endif
