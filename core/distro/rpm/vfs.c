/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sqlite VFS over descriptors. A database is named "FD.LOG.JOURNAL", the latter two being descriptors plus one, and
 * its log "FD.LOG.JOURNAL-wal", so that the VFS itself has no state. Having no shared memory (version 1 methods) makes
 * sqlite build the log's index on its heap, which it allows in exclusive locking mode. */
#include "core/distro/rpm/vfs.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/distro/reader.h"
#include "core/distro/rpm/rollback.h"

static const char NAME[] = "reeve-descriptors";
enum { AHEAD = 65536 };

struct file {
        sqlite3_file base;
        int fd;
        int64_t claimed; /* size that a database's first page claims: more than there is when the file was cut */
        int64_t there;   /* what there is instead, when a page was read that is not there */
        bool cut;
        char *ahead; /* bytes from ahead_at on; NULL until they are needed */
        int64_t ahead_at, ahead_size;
        int64_t next;                 /* where the last read ended */
        struct rv_rollback *rollback; /* what is read in the place of a change that was cut off; may be NULL */
};

static int file_close(sqlite3_file *base)
{
        struct file *file = (struct file *)base;

        free(file->ahead);
        file->ahead = NULL;
        rv_rollback_free(file->rollback);
        file->rollback = NULL;
        return SQLITE_OK;
}

/* sqlite asks for one page after the other, and headers lie in long runs of them: a walk reads many at once, a jump
 * only what it asks for. False: what is asked for is not among what was read. */
static bool read_ahead(struct file *file, void *bytes, size_t n, int64_t offset)
{
        const bool forward = offset >= file->next && offset - file->next < AHEAD;
        ssize_t got;

        file->next = offset + (int64_t)n;
        if (offset < file->ahead_at || file->next > file->ahead_at + file->ahead_size) {
                if (!forward || !file->claimed || (!file->ahead && !(file->ahead = malloc(AHEAD))))
                        return false;
                got = rv_pread(file->fd, file->ahead, AHEAD, offset);
                file->ahead_at = offset;
                file->ahead_size = got < 0 ? 0 : got;
                if (file->ahead_size < (int64_t)n)
                        return false;
        }
        memcpy(bytes, file->ahead + (offset - file->ahead_at), n);
        return true;
}

/* sqlite wants the rest of a short read to be zeroes at a true end, as when a log is shorter than a frame. */
static int file_read(sqlite3_file *base, void *bytes, int n, sqlite3_int64 offset)
{
        struct file *file = (struct file *)base;
        struct stat st = { 0 };
        ssize_t got;
        int r = file->rollback ? rv_rollback_read(file->rollback, bytes, (size_t)n, offset) : 0;

        if (r)
                return r < 0 ? SQLITE_IOERR_READ : SQLITE_OK;
        if (read_ahead(file, bytes, (size_t)n, offset))
                return SQLITE_OK;
        got = rv_pread(file->fd, bytes, (size_t)n, offset);
        if (got == n)
                return SQLITE_OK;
        if (got < 0)
                return SQLITE_IOERR_READ;
        if (offset + n <= file->claimed) { /* what was cut off is an error, not zeroes */
                (void)fstat(file->fd, &st);
                file->there = st.st_size;
                file->cut = true;
                return SQLITE_IOERR_DATA;
        }
        memset((char *)bytes + got, 0, (size_t)(n - got));
        return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset)
{
        (void)file, (void)bytes, (void)n, (void)offset;
        return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
        (void)file, (void)size;
        return SQLITE_READONLY;
}

/* More than there is, where the database says so: the pages that are missing fail when they are read. */
static int file_size(sqlite3_file *base, sqlite3_int64 *ret)
{
        const struct file *file = (const struct file *)base;
        struct stat st;

        if (fstat(file->fd, &st) < 0)
                return SQLITE_IOERR_FSTAT;
        if (file->rollback) {
                *ret = file->claimed;
                return SQLITE_OK;
        }
        *ret = st.st_size > file->claimed ? st.st_size : file->claimed;
        return SQLITE_OK;
}

/* sqlite refuses a file that is shorter than its first page says; told that it is not, it reads what there is. The page
 * size is at byte 16 (1 stands for 65,536), the number of pages at 28 (sqlite's "Database File Format", 1.3). */
static int64_t claimed_size(int fd)
{
        unsigned char head[32];
        int64_t page, pages;

        if (rv_pread(fd, head, sizeof head, 0) != sizeof head)
                return 0;
        page = rv_be16(head + 16);
        pages = rv_be32(head + 28);
        return (page == 1 ? 65536 : page) * pages;
}

/* sync, lock and unlock: nothing is written, and a reader of descriptors takes no locks. */
static int file_nothing(sqlite3_file *file, int how)
{
        (void)file, (void)how;
        return SQLITE_OK;
}

static int file_reserved(sqlite3_file *file, int *ret)
{
        (void)file;
        *ret = 0;
        return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
        (void)file, (void)op, (void)arg;
        return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file)
{
        (void)file;
        return 4096;
}

static int file_traits(sqlite3_file *file)
{
        (void)file;
        return 0;
}

static const sqlite3_io_methods methods = {
        .iVersion = 1,
        .xClose = file_close,
        .xRead = file_read,
        .xWrite = file_write,
        .xTruncate = file_truncate,
        .xSync = file_nothing,
        .xFileSize = file_size,
        .xLock = file_nothing,
        .xUnlock = file_nothing,
        .xCheckReservedLock = file_reserved,
        .xFileControl = file_control,
        .xSectorSize = file_sector,
        .xDeviceCharacteristics = file_traits,
};

/* Only the descriptors exist: no temporary file. */
static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *base, int flags, int *ret_flags)
{
        struct file *file = (struct file *)base;
        int fd = -1, log = 0, journal = 0;

        (void)vfs;
        *file = (struct file){ .fd = -1 };
        if (name && sscanf(name, "%d.%d.%d", &fd, &log, &journal) == 3)
                file->fd = flags & SQLITE_OPEN_MAIN_DB ? fd : flags & SQLITE_OPEN_WAL ? log - 1 : -1;
        if (file->fd < 0)
                return SQLITE_CANTOPEN;
        if (flags & SQLITE_OPEN_MAIN_DB && journal && !rv_rollback_open(journal - 1, &file->rollback))
                return SQLITE_NOMEM;
        if (flags & SQLITE_OPEN_MAIN_DB)
                file->claimed = file->rollback ? rv_rollback_size(file->rollback) : claimed_size(fd);
        file->base.pMethods = &methods;
        if (ret_flags)
                *ret_flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
        return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
        (void)vfs, (void)name, (void)sync;
        return SQLITE_READONLY;
}

/* Only the log can be there. No journal is for sqlite, which would write its pages back. */
static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
        int fd, log = 0;
        const char *suffix = strchr(name, '-');

        (void)vfs, (void)flags;
        *ret = suffix && strcmp(suffix, "-wal") == 0 && sscanf(name, "%d.%d", &fd, &log) == 2 && log > 0;
        return SQLITE_OK;
}

/* Names are descriptors and need no directory. */
static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *ret)
{
        (void)vfs;
        return snprintf(ret, (size_t)size, "%s", name) < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

/* Everything but files (time, randomness, sleep) is the default's. */
static void install(void)
{
        static sqlite3_vfs vfs;
        const sqlite3_vfs *usual = sqlite3_vfs_find(NULL);

        if (!usual)
                return;
        vfs = *usual;
        vfs.iVersion = 1;
        vfs.szOsFile = sizeof(struct file);
        vfs.pNext = NULL;
        vfs.zName = NAME;
        vfs.xOpen = vfs_open;
        vfs.xDelete = vfs_delete;
        vfs.xAccess = vfs_access;
        vfs.xFullPathname = vfs_full_path;
        (void)sqlite3_vfs_register(&vfs, 0);
}

/* Without a log the file is immutable to sqlite; with one it must be told that nobody else uses it, which holds:
 * what others write to the file after this is looked for when the rows end. */
int rv_vfs_open(int fd, int wal_fd, int journal_fd, sqlite3 **ret, struct rv_err *err)
{
        static pthread_once_t once = PTHREAD_ONCE_INIT;
        const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
        char uri[64];
        sqlite3 *db = NULL;

        (void)pthread_once(&once, install);
        (void)snprintf(uri, sizeof uri, "file:%d.%d.%d%s", fd, wal_fd + 1, journal_fd + 1,
                       wal_fd < 0 ? "?immutable=1" : "");
        if (sqlite3_open_v2(uri, &db, flags, NAME) != SQLITE_OK) {
                (void)sqlite3_close(db);
                return rv_fail_memory(err);
        }
        /* A database from outside: its schema may call nothing, and closing it writes nothing back. */
        (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        (void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        (void)sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        if (wal_fd >= 0)
                (void)sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE", NULL, NULL, NULL);
        *ret = db;
        return RV_OK;
}

bool rv_vfs_restored(sqlite3 *db)
{
        struct file *file = NULL;

        return sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK && file &&
               file->rollback && rv_rollback_whole(file->rollback);
}

bool rv_vfs_cut(sqlite3 *db, int64_t *ret_there, int64_t *ret_claimed)
{
        struct file *file = NULL;
        int code = sqlite3_extended_errcode(db);

        /* While it reads the schema sqlite forgets which kind of error it was. */
        if ((code != SQLITE_IOERR && code != SQLITE_IOERR_DATA) ||
            sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file || !file->cut)
                return false;
        *ret_there = file->there;
        *ret_claimed = file->claimed;
        return true;
}
