/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking the table Packages. A damaged database gives the rows that can still be read, and says so. */
#include "core/distro/rpm/db.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/err.h"

enum {
        LARGEST_HEADER = 257 << 20, /* rpm's limit of a header's data, and its index */
        WATCH_EVERY = 10000,        /* of sqlite's instructions, of which a row takes about ten */
        WATCH_MOST = 1000 /* such rounds without a row: the search of a million packages by name takes fewer */
};

static const char REBUILD[] = N_("restore it from a backup; if rpm can still read it: rpmdb --rebuilddb");

/* Pages of a hostile database may name one another, so that a walk never ends and gives no row. */
static int watch(void *context)
{
        struct rv_rpmdb *db = context;

        db->circle = ++db->busy > WATCH_MOST;
        return db->circle;
}

/* What sqlite says, or what it cannot see. */
static const char *reason(const struct rv_rpmdb *db)
{
        return db->circle ? "its pages go round in a circle" : sqlite3_errmsg(db->db);
}

/* The system failed to read: the next time it may succeed, unlike with what the file itself lacks. */
static bool read_failed(struct rv_rpmdb *db)
{
        int code = sqlite3_extended_errcode(db->db);

        return code == SQLITE_IOERR_READ || code == SQLITE_IOERR_FSTAT;
}

static int sqlite_failed(struct rv_rpmdb *db, struct rv_err *err)
{
        int code = sqlite3_errcode(db->db) & 0xff;

        if (code == SQLITE_NOMEM)
                return rv_fail_memory(err);
        if (read_failed(db))
                return rv_fail(err, RV_FAILED, N_("%1: the package database cannot be read: %2"), NULL, db->place.path,
                               reason(db), NULL);
        return rv_fail(err, RV_DAMAGED, N_("%1: the package database is damaged: %2"), REBUILD, db->place.path,
                       reason(db), NULL);
}

/* Whether this is a real table whose columns that are read here are stored: what sqlite returns for a row. A view or a
 * computed column in its place, which sqlite would take all the same, could compute for ever. */
static int look_for_table(struct rv_rpmdb *db, const char *name)
{
        sqlite3_stmt *look = NULL;
        int step = SQLITE_ERROR;

        if (sqlite3_prepare_v2(db->db,
                               "SELECT 1 FROM sqlite_master WHERE name=?1 AND type='table' AND rootpage>0 AND NOT "
                               "EXISTS (SELECT 1 FROM pragma_table_xinfo(?1) WHERE hidden<>0 AND lower(name) IN "
                               "('hnum', 'blob', 'key'))",
                               -1, &look, NULL) == SQLITE_OK &&
            sqlite3_bind_text(look, 1, name, -1, SQLITE_STATIC) == SQLITE_OK)
                step = sqlite3_step(look);
        (void)sqlite3_finalize(look);
        return step;
}

static int check_table(struct rv_rpmdb *db, struct rv_err *err)
{
        int step = look_for_table(db, "Packages");

        if (step == SQLITE_ROW)
                return RV_OK;
        if (step != SQLITE_DONE)
                return sqlite_failed(db, err);
        return rv_fail(err, RV_DAMAGED, N_("%1: has no table of packages"), REBUILD, db->place.path, NULL);
}

/* What makes the rows other than what rpm would see. */
static void warn_of_state(const struct rv_rpmdb *db)
{
        if (db->place.journal && db->sink)
                rv_warn(db->sink, RV_DAMAGED,
                        N_("%1: a change of the package database was cut off; rpm has to finish it"), db->place.path,
                        NULL);
        if (db->place.wal_denied && db->sink)
                rv_warn(db->sink, RV_DENIED, N_("%1: may not be read, so the latest changes may be missing"),
                        db->place.wal, NULL);
}

/* A failed step leaves nothing open. What the sink is told of here holds for all choices of rows after it. */
int rv_rpmdb_open(int root, struct rv_sink *sink, struct rv_rpmdb **ret, struct rv_err *err)
{
        struct rv_rpmdb *db = calloc(1, sizeof *db);
        int r;

        if (!db)
                return rv_fail_memory(err);
        *db = (struct rv_rpmdb){ .root = root, .sink = sink, .place = { .fd = -1, .wal_fd = -1 } };
        r = rv_place_find(root, sink, &db->place, err);
        if (!r)
                r = rv_vfs_open(db->place.fd, db->place.wal_fd, &db->db, err);
        if (!r) {
                (void)sqlite3_limit(db->db, SQLITE_LIMIT_LENGTH, LARGEST_HEADER);
                sqlite3_progress_handler(db->db, WATCH_EVERY, watch, db);
                r = check_table(db, err);
        }
        if (r) {
                rv_rpmdb_close(db);
                return r;
        }
        warn_of_state(db);
        *ret = db;
        return RV_OK;
}

void rv_rpmdb_close(struct rv_rpmdb *db)
{
        if (!db)
                return;
        (void)sqlite3_finalize(db->rows);
        (void)sqlite3_close(db->db);
        rv_place_close(&db->place);
        free(db);
}

/* Prepares a selection anew. The count restarts with it, since it decides whether damage is an error or a warning. */
static int choose(struct rv_rpmdb *db, const char *sql, struct rv_err *err)
{
        (void)sqlite3_finalize(db->rows);
        db->rows = NULL;
        db->n_read = 0;
        db->in_order = db->circle = false;
        return sqlite3_prepare_v2(db->db, sql, -1, &db->rows, NULL) == SQLITE_OK ? RV_OK : sqlite_failed(db, err);
}

/* In the order of numbers, which is the order of installation. */
int rv_rpmdb_all(struct rv_rpmdb *db, struct rv_err *err)
{
        int r = choose(db, "SELECT hnum, blob FROM Packages", err);

        db->in_order = true;
        return r;
}

/* rpm's own index by name; without it every row is given, and the caller looks at names anyway. */
int rv_rpmdb_by_name(struct rv_rpmdb *db, const char *name, struct rv_err *err)
{
        if (look_for_table(db, "Name") != SQLITE_ROW ||
            choose(db, "SELECT hnum, blob FROM Packages WHERE hnum IN (SELECT hnum FROM Name WHERE key=?1)", NULL))
                return rv_rpmdb_all(db, err);
        return sqlite3_bind_text(db->rows, 1, name, -1, SQLITE_TRANSIENT) == SQLITE_OK ? RV_OK : sqlite_failed(db, err);
}

int rv_rpmdb_by_number(struct rv_rpmdb *db, int64_t hnum, struct rv_err *err)
{
        int r = choose(db, "SELECT hnum, blob FROM Packages WHERE hnum=?1", err);

        if (!r && sqlite3_bind_int64(db->rows, 1, hnum) != SQLITE_OK)
                r = sqlite_failed(db, err);
        return r;
}

/* A reader that takes no lock has to look afterwards whether somebody wrote. */
static bool tell_changed(struct rv_rpmdb *db)
{
        if (rv_place_unchanged(&db->place))
                return false;
        if (db->sink && !db->told)
                rv_warn(db->sink, RV_LOCKED,
                        N_("%1: the package database changed while it was read; the list may be incomplete"),
                        db->place.path, NULL);
        db->told = true;
        return true;
}

/* The last step gave no row: the end, damage, or somebody writing. A writer explains any damage, so it is looked
 * for first; damage after the first row keeps what was read. */
static int end_of_rows(struct rv_rpmdb *db, int step, struct rv_err *err)
{
        char n[24];

        if (tell_changed(db) || step == SQLITE_DONE)
                return RV_OK;
        if (db->n_read == 0 || (sqlite3_errcode(db->db) & 0xff) == SQLITE_NOMEM)
                return sqlite_failed(db, err);
        (void)snprintf(n, sizeof n, "%zu", db->n_read);
        if (db->sink && read_failed(db))
                rv_warn(db->sink, RV_FAILED,
                        N_("%1: only the first %2 headers of the package database could be read: %3"), db->place.path,
                        n, reason(db), NULL);
        else if (db->sink)
                rv_warn(db->sink, RV_DAMAGED,
                        N_("%1: the package database is damaged, only the first %2 headers could be read: %3"),
                        db->place.path, n, reason(db), NULL);
        return RV_OK;
}

/* A number that does not rise was given before: the pages go round in a circle. */
static bool follows(struct rv_rpmdb *db)
{
        int64_t number = sqlite3_column_int64(db->rows, 0);
        bool rises = !db->in_order || db->n_read == 0 || number > db->last;

        db->last = number;
        db->circle |= !rises;
        return rises;
}

/* A row that cannot be put together, because one of its pages is cut off, is given with no bytes: the walk goes on
 * behind it, and the views list it by its number. */
int rv_rpmdb_next(struct rv_rpmdb *db, struct rv_rpm_row *ret, struct rv_err *err)
{
        int step;

        *ret = (struct rv_rpm_row){ 0 };
        if (!db->rows)
                return RV_OK;
        db->busy = 0;
        step = sqlite3_step(db->rows);
        if (step == SQLITE_ROW && follows(db)) {
                const void *blob = sqlite3_column_blob(db->rows, 1);
                size_t size = (size_t)sqlite3_column_bytes(db->rows, 1);

                db->n_read++;
                /* Bytes that are not there, or not readable, are a damaged header, not the end. */
                *ret = (struct rv_rpm_row){ sqlite3_column_int64(db->rows, 0), blob ? blob : "", blob ? size : 0 };
                return RV_OK;
        }
        step = end_of_rows(db, step, err);
        (void)sqlite3_finalize(db->rows);
        db->rows = NULL;
        return step;
}
