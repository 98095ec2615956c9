/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who writes to a package database: whoever holds rpm's transaction lock, or sqlite's lock of a writer. Asking takes no
 * lock; but closing a file gives up this process's own locks on it, so nothing that holds one may ask. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "core/distro/rpm/db.h"

enum { COMM_MAX = 64 };

/* The process that keeps others from writing to these bytes (length 0: all); 0: none, or one that cannot be named. */
static pid_t holder_of(int fd, off_t start, off_t length)
{
        struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = length };

        return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK && lock.l_pid > 0 ? lock.l_pid : 0;
}

static pid_t holder_beside(const struct rv_rpmdb *db, const char *name, off_t start, off_t length)
{
        char path[64];
        int fd;
        pid_t pid;

        (void)snprintf(path, sizeof path, "%s/%s", db->place.directory, name);
        fd = rv_open_in_root(db->root, path, O_RDONLY);
        pid = fd < 0 ? 0 : holder_of(fd, start, length);
        rv_close(&fd);
        return pid;
}

bool rv_rpm_holder(const struct rv_rpmdb *db, struct rv_rpm_holder *ret)
{
        RV_BUF_CLEANUP struct rv_buf comm = { 0 };
        char path[32];
        pid_t pid = holder_beside(db, ".rpm.lock", 0, 0);

        /* sqlite's os.h: the byte after PENDING_BYTE; its wal.c: WAL_WRITE_LOCK, the first of the locks at 120. */
        if (!pid && !db->place.ndb)
                pid = holder_of(db->place.fd, 0x40000001, 1);
        if (!pid && !db->place.ndb)
                pid = holder_beside(db, "rpmdb.sqlite-shm", 120, 1);
        (void)snprintf(path, sizeof path, "/proc/%ld/comm", (long)pid);
        if (!pid || rv_file_read(AT_FDCWD, path, COMM_MAX, &comm, NULL))
                return false;
        (void)snprintf(ret->pid, sizeof ret->pid, "%ld", (long)pid);
        (void)snprintf(ret->name, sizeof ret->name, "%.*s", (int)strcspn(rv_buf_str(&comm), "\n"), rv_buf_str(&comm));
        return true;
}
