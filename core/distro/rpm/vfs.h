/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file system for sqlite that knows two open descriptors and nothing else: it cannot leave the root, write, lock or
 * leave a file behind, not even when it is killed.
 * Ownership: the descriptors stay the caller's and must outlive the connection. */
#ifndef REEVE_DISTRO_RPM_VFS_H
#define REEVE_DISTRO_RPM_VFS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include <reeve/err.h>

/* Opens the database behind fd. wal_fd is its write-ahead log, -1 for none: then the file is taken as immutable. With a
 * log its pages are found through an index in memory, so that neither -shm nor -wal is touched. journal_fd is the
 * rollback journal of a change that was cut off, -1 for none: its pages are read as if they were written back. */
int rv_vfs_open(int fd, int wal_fd, int journal_fd, sqlite3 **ret, struct rv_err *err) RV_CHECK;
/* Whether the whole journal was read, so that the pages are those before the change. */
bool rv_vfs_restored(sqlite3 *db);
/* Whether a call failed because the file is cut short, of which sqlite knows no better than "disk I/O error": how many
 * bytes there are, and how many it claims to have. */
bool rv_vfs_cut(sqlite3 *db, int64_t *ret_there, int64_t *ret_claimed);

#endif
