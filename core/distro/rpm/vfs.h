/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file system for sqlite that knows two open descriptors and nothing else: it cannot leave the root, write, lock or
 * leave a file behind, not even when it is killed.
 * Ownership: the descriptors stay the caller's and must outlive the connection. */
#ifndef REEVE_DISTRO_RPM_VFS_H
#define REEVE_DISTRO_RPM_VFS_H

#include <sqlite3.h>

#include <reeve/err.h>

/* Opens the database behind fd. wal_fd is its write-ahead log, -1 for none: then the file is taken as immutable. With a
 * log its pages are found through an index in memory, so that neither -shm nor -wal is touched. */
int rv_vfs_open(int fd, int wal_fd, sqlite3 **ret, struct rv_err *err) RV_CHECK;
/* What is wrong after a call failed, where sqlite knows no better than "disk I/O error". Lent until the next call. */
const char *rv_vfs_reason(sqlite3 *db);

#endif
