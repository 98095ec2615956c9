/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of an opened rpmdb, whatever kind of file they lie in. See rpm.h, where these functions are exported.
 * Ownership: the reader is its kind's; everything else the database's. */
#ifndef REEVE_DISTRO_RPM_DB_H
#define REEVE_DISTRO_RPM_DB_H

#include "core/distro/rpm/place.h"
#include "core/distro/rpm/rpm.h"

enum { LARGEST_HEADER = 257 << 20 }; /* rpm's limit of a header's data, and its index */

/* One kind of file: what rpm.h says of each. A row that cannot be put together is given with no bytes. */
struct rv_rpm_kind {
        int (*open)(struct rv_rpmdb *db, struct rv_err *err);
        void (*close)(struct rv_rpmdb *db); /* also after a failed open */
        int (*all)(struct rv_rpmdb *db, struct rv_err *err);
        int (*by_name)(struct rv_rpmdb *db, const char *name, struct rv_err *err);
        int (*by_number)(struct rv_rpmdb *db, int64_t hnum, struct rv_err *err);
        int (*next)(struct rv_rpmdb *db, struct rv_rpm_row *ret, struct rv_err *err);
        const char *(*name)(struct rv_rpmdb *db, int64_t hnum);
        bool (*changed)(struct rv_rpmdb *db); /* what size and time of the file may not tell; NULL: nothing */
};

extern const struct rv_rpm_kind rv_rpm_sqlite, rv_rpm_ndb;

struct rv_rpmdb {
        int root; /* borrowed */
        struct rv_place place;
        struct rv_sink *sink; /* borrowed, may be NULL */
        const struct rv_rpm_kind *kind;
        void *reader;  /* of that kind */
        size_t n_read; /* rows given since the last choice */
        bool told;     /* of a change while reading */
        bool restored; /* a change that was cut off is undone in what is read */
};

int rv_rpmdb_open(int root, const char *name, struct rv_sink *sink, struct rv_rpmdb **ret, struct rv_err *err) RV_CHECK;
void rv_rpmdb_close(struct rv_rpmdb *db);
int rv_rpmdb_all(struct rv_rpmdb *db, struct rv_err *err) RV_CHECK;
int rv_rpmdb_by_name(struct rv_rpmdb *db, const char *name, struct rv_err *err) RV_CHECK;
int rv_rpmdb_by_number(struct rv_rpmdb *db, int64_t hnum, struct rv_err *err) RV_CHECK;
int rv_rpmdb_next(struct rv_rpmdb *db, struct rv_rpm_row *ret, struct rv_err *err) RV_CHECK;
/* Whether at least one row can be read of an opened place, which stays the caller's. */
bool rv_rpmdb_is_filled(int root, const struct rv_place *place);
const char *rv_rpmdb_name(struct rv_rpmdb *db, int64_t hnum);

/* The process that writes to a package database. */
struct rv_rpm_holder {
        char pid[24], name[64];
};
/* False: nobody, or it cannot be told. */
bool rv_rpm_holder(const struct rv_rpmdb *db, struct rv_rpm_holder *ret);

/* --- for the kinds */

/* Whether somebody wrote since the files were opened; the sink is told of it once. */
bool rv_rpmdb_changed(struct rv_rpmdb *db);
/* RV_LOCKED, with the name of the writer where it can be told. */
int rv_rpmdb_locked(const struct rv_rpmdb *db, struct rv_err *err) RV_CHECK;
/* Why a database cannot be read, or not to its end: whole sentences, since a reason that is put into another one would
 * stay untranslated. %1 is the path, %2 the number of headers that were read, %3 and %4 the arguments. */
struct rv_rpm_flaw {
        int code; /* RV_FAILED: the system could not read; RV_DAMAGED */
        const char *whole, *cut;
        const char *args[2];
};
/* The database fails as a whole. */
int rv_rpmdb_fail(const struct rv_rpmdb *db, const struct rv_rpm_flaw *flaw, struct rv_err *err) RV_CHECK;
/* The rows end before their time: a warning that keeps what was read, or the error when there is nothing. */
int rv_rpmdb_cut(const struct rv_rpmdb *db, const struct rv_rpm_flaw *flaw, struct rv_err *err) RV_CHECK;

#endif
