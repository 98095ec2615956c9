/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the package database of a root lies, and whether it is of a kind that can be read.
 * Ownership: descriptors are the caller's. */
#ifndef REEVE_DISTRO_RPM_PLACE_H
#define REEVE_DISTRO_RPM_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include <reeve/view.h>

/* The way out of what is wrong with a whole database. */
#define RV_RPM_RESTORE                                                                                     \
        N_("restore it from a backup; if rpm can still read it, copy it away and rebuild it there: rpmdb " \
           "--rebuilddb")

enum { RV_PLACE_PATH = PATH_MAX + 64 };

struct rv_place {
        const char *directory; /* below the root, constant */
        /* Of the database and its write-ahead log, as messages name them: behind the path of a foreign root, since
         * without it they would be those of the running system. */
        char path[RV_PLACE_PATH], wal[RV_PLACE_PATH];
        size_t prefix;  /* bytes of both before the path below the root */
        int fd, wal_fd; /* wal_fd -1: there is none, or it is empty */
        int journal_fd; /* of a change that was cut off; -1: there is none, or it may not be read */
        bool ndb;       /* of that kind; else sqlite */
        struct stat stamp;
        bool busy; /* somebody writes, or did so lately that another write may leave the stamp as it is */
        unsigned char wal_head[32];
        bool journal;    /* a rollback journal that nobody writes tells of a change that was cut off */
        bool wal_denied; /* there is a log, and it cannot be opened */
};

/* Looks in all known directories below root, which messages call by its name ("/" for the running system); sink (may be
 * NULL) learns of every path that was looked at. */
int rv_place_find(int root, const char *name, struct rv_sink *sink, struct rv_place *ret, struct rv_err *err) RV_CHECK;
void rv_place_close(struct rv_place *place);
/* Whether what was there when the files were opened still is, so that all that was read is of one state. A log that
 * grew leaves what it held before. */
bool rv_place_unchanged(const struct rv_place *place);

#endif
