/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of an opened rpmdb. See rpm.h, where these functions are exported. */
#ifndef REEVE_DISTRO_RPM_DB_H
#define REEVE_DISTRO_RPM_DB_H

#include <sqlite3.h>

#include "core/distro/rpm/place.h"
#include "core/distro/rpm/rpm.h"
#include "core/distro/rpm/vfs.h"

struct rv_rpmdb {
        int root; /* borrowed */
        struct rv_place place;
        struct rv_sink *sink; /* borrowed, may be NULL */
        sqlite3 *db;
        sqlite3_stmt *rows;
        size_t n_read; /* rows read since the last choice */
        bool in_order; /* the choice gives rising numbers */
        int64_t last;  /* number of the last row */
        bool circle;   /* the rows do not end */
        unsigned busy; /* calls of the watch since the last row */
        bool told;     /* of a change while reading */
};

int rv_rpmdb_open(int root, struct rv_sink *sink, struct rv_rpmdb **ret, struct rv_err *err) RV_CHECK;
void rv_rpmdb_close(struct rv_rpmdb *db);
int rv_rpmdb_all(struct rv_rpmdb *db, struct rv_err *err) RV_CHECK;
int rv_rpmdb_by_name(struct rv_rpmdb *db, const char *name, struct rv_err *err) RV_CHECK;
int rv_rpmdb_by_number(struct rv_rpmdb *db, int64_t hnum, struct rv_err *err) RV_CHECK;
int rv_rpmdb_next(struct rv_rpmdb *db, struct rv_rpm_row *ret, struct rv_err *err) RV_CHECK;

#endif
