/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking the table Packages of rpm's back end "sqlite". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/err.h"
#include "core/distro/rpm/db.h"
#include "core/distro/rpm/vfs.h"

enum {
        WATCH_EVERY = 10000, /* of sqlite's instructions, of which a row takes about ten */
        WATCH_MOST = 1000    /* such rounds without a row: the search of a million packages by name takes fewer */
};

struct reader {
        sqlite3 *db;
        sqlite3_stmt *rows;
        bool in_order;       /* the choice gives rising numbers */
        int64_t last;        /* number of the last row */
        bool circle;         /* the rows do not end */
        bool alone;          /* only the table of packages can be trusted to be there */
        unsigned busy;       /* calls of the watch since the last row */
        sqlite3_stmt *names; /* of damaged headers, by number */
        unsigned names_busy; /* calls of the watch for all of them */
};

/* Pages of a hostile database may name one another, so that a walk never ends and gives no row. */
static int watch(void *context)
{
        struct reader *reader = context;

        reader->circle = ++reader->busy > WATCH_MOST;
        return reader->circle;
}

/* The system failed to read: the next time it may succeed, unlike with what the file itself lacks. */
static int code_of(const struct reader *reader)
{
        int code = sqlite3_extended_errcode(reader->db);

        return code == SQLITE_IOERR_READ || code == SQLITE_IOERR_FSTAT ? RV_FAILED : RV_DAMAGED;
}

/* What sqlite says, or what it cannot see. The arguments are lent until the next call. */
static struct rv_rpm_flaw flaw_of(const struct reader *reader, char there[24], char claimed[24])
{
        int64_t n_there, n_claimed;

        if (reader->circle)
                return (struct rv_rpm_flaw){
                        RV_DAMAGED,
                        N_("%1: the package database is damaged: its pages go round in a circle"),
                        N_("%1: the package database is damaged: its pages go round in a circle after %2 headers"),
                        { NULL, NULL },
                };
        if (rv_vfs_cut(reader->db, &n_there, &n_claimed)) {
                (void)snprintf(there, 24, "%" PRId64, n_there);
                (void)snprintf(claimed, 24, "%" PRId64, n_claimed);
                return (struct rv_rpm_flaw){
                        RV_DAMAGED,
                        N_("%1: the package database is damaged: it is cut short, %3 of %4 bytes are there"),
                        N_("%1: the package database is damaged, only the first %2 headers could be read: it is cut "
                           "short, %3 of %4 bytes are there"),
                        { there, claimed },
                };
        }
        if (code_of(reader) == RV_FAILED)
                return (struct rv_rpm_flaw){
                        RV_FAILED,
                        N_("%1: the package database cannot be read: %3"),
                        N_("%1: only the first %2 headers of the package database could be read: %3"),
                        { sqlite3_errmsg(reader->db), NULL },
                };
        return (struct rv_rpm_flaw){
                RV_DAMAGED,
                N_("%1: the package database is damaged: %3"),
                N_("%1: the package database is damaged, only the first %2 headers could be read: %3"),
                { sqlite3_errmsg(reader->db), NULL },
        };
}

static bool no_memory(const struct reader *reader)
{
        return (sqlite3_errcode(reader->db) & 0xff) == SQLITE_NOMEM;
}

static int failed(const struct rv_rpmdb *db, struct rv_err *err)
{
        const struct reader *reader = db->reader;
        char there[24], claimed[24];
        struct rv_rpm_flaw flaw;

        if (no_memory(reader))
                return rv_fail_memory(err);
        flaw = flaw_of(reader, there, claimed);
        return rv_rpmdb_fail(db, &flaw, err);
}

/* Whether this is a real table whose columns that are read here are stored: what sqlite returns for a row. A view or a
 * computed column in its place, which sqlite would take all the same, could compute for ever. */
static int look_for_table(const struct reader *reader, const char *name)
{
        sqlite3_stmt *look = NULL;
        int step = SQLITE_ERROR;

        if (sqlite3_prepare_v2(reader->db,
                               "SELECT 1 FROM sqlite_master WHERE name=?1 AND type='table' AND rootpage>0 AND NOT "
                               "EXISTS (SELECT 1 FROM pragma_table_xinfo(?1) WHERE hidden<>0 AND lower(name) IN "
                               "('hnum', 'blob', 'key'))",
                               -1, &look, NULL) == SQLITE_OK &&
            sqlite3_bind_text(look, 1, name, -1, SQLITE_STATIC) == SQLITE_OK)
                step = sqlite3_step(look);
        (void)sqlite3_finalize(look);
        return step;
}

/* sqlite refuses all of a database of which it cannot read the declaration of one index. Told that the schema may be
 * changed, it takes what can be read of it; the file is not writable even so. */
static int look_past_schema(struct rv_rpmdb *db)
{
        struct reader *reader = db->reader;
        char said[256];
        int step;

        (void)snprintf(said, sizeof said, "%s", sqlite3_errmsg(reader->db));
        if (reader->circle || rv_rpmdb_changed(db) || (sqlite3_errcode(reader->db) & 0xff) != SQLITE_CORRUPT ||
            sqlite3_db_config(reader->db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, NULL) != SQLITE_OK)
                return SQLITE_CORRUPT;
        step = look_for_table(reader, "Packages");
        reader->alone = step == SQLITE_ROW;
        if (reader->alone && db->sink)
                rv_warn(db->sink, RV_DAMAGED,
                        N_("%1: the package database is damaged beside its table of packages, which is read alone: %2"),
                        db->place.path, said, NULL);
        return step;
}

static int check_table(struct rv_rpmdb *db, struct rv_err *err)
{
        int step = look_for_table(db->reader, "Packages");

        if (step != SQLITE_ROW && step != SQLITE_DONE && look_past_schema(db) == SQLITE_ROW)
                return RV_OK;
        if (step == SQLITE_ROW)
                return RV_OK;
        if (step != SQLITE_DONE)
                return failed(db, err);
        return rv_fail(err, RV_DAMAGED, N_("%1: has no table of packages"), RV_RPM_RESTORE, db->place.path, NULL);
}

static int sqlite_open(struct rv_rpmdb *db, struct rv_err *err)
{
        struct reader *reader = db->reader = calloc(1, sizeof *reader);
        int r;

        if (!reader)
                return rv_fail_memory(err);
        r = rv_vfs_open(db->place.fd, db->place.wal_fd, db->place.journal_fd, &reader->db, err);
        if (r)
                return r;
        db->restored = rv_vfs_restored(reader->db);
        (void)sqlite3_limit(reader->db, SQLITE_LIMIT_LENGTH, LARGEST_HEADER);
        sqlite3_progress_handler(reader->db, WATCH_EVERY, watch, reader);
        r = check_table(db, err);
        /* A walk needs each page once: the memory of 2 MB of them would be asked of the system for nothing. */
        if (!r)
                (void)sqlite3_exec(reader->db, "PRAGMA cache_size=64", NULL, NULL, NULL);
        return r;
}

static void sqlite_close(struct rv_rpmdb *db)
{
        struct reader *reader = db->reader;

        if (!reader)
                return;
        (void)sqlite3_finalize(reader->rows);
        (void)sqlite3_finalize(reader->names);
        (void)sqlite3_close(reader->db);
        free(reader);
}

/* Prepares a selection anew. The count restarts with it, since it decides whether damage is an error or a warning. */
static int choose(struct rv_rpmdb *db, const char *sql, struct rv_err *err)
{
        struct reader *reader = db->reader;

        (void)sqlite3_finalize(reader->rows);
        reader->rows = NULL;
        reader->in_order = reader->circle = false;
        reader->busy = 0;
        return sqlite3_prepare_v2(reader->db, sql, -1, &reader->rows, NULL) == SQLITE_OK ? RV_OK : failed(db, err);
}

/* In the order of numbers, which is the order of installation. */
static int sqlite_all(struct rv_rpmdb *db, struct rv_err *err)
{
        struct reader *reader = db->reader;
        int r = choose(db, "SELECT hnum, blob FROM Packages", err);

        reader->in_order = true;
        return r;
}

/* rpm's own index by name; without it every row is given, and the caller looks at names anyway. */
static int sqlite_by_name(struct rv_rpmdb *db, const char *name, struct rv_err *err)
{
        const struct reader *reader = db->reader;

        if (reader->alone || look_for_table(reader, "Name") != SQLITE_ROW ||
            choose(db, "SELECT hnum, blob FROM Packages WHERE hnum IN (SELECT hnum FROM Name WHERE key=?1)", NULL))
                return sqlite_all(db, err);
        return sqlite3_bind_text(reader->rows, 1, name, -1, SQLITE_TRANSIENT) == SQLITE_OK ? RV_OK : failed(db, err);
}

static int sqlite_by_number(struct rv_rpmdb *db, int64_t hnum, struct rv_err *err)
{
        const struct reader *reader = db->reader;
        int r = choose(db, "SELECT hnum, blob FROM Packages WHERE hnum=?1", err);

        if (!r && sqlite3_bind_int64(reader->rows, 1, hnum) != SQLITE_OK)
                r = failed(db, err);
        return r;
}

/* The last step gave no row: the end, damage, or somebody writing. A writer explains any damage, so it is looked
 * for first; damage after the first row keeps what was read. */
static int end_of_rows(struct rv_rpmdb *db, int step, struct rv_err *err)
{
        const struct reader *reader = db->reader;
        char there[24], claimed[24];
        struct rv_rpm_flaw flaw;

        if (rv_rpmdb_changed(db) || step == SQLITE_DONE)
                return RV_OK;
        if (no_memory(reader))
                return rv_fail_memory(err);
        flaw = flaw_of(reader, there, claimed);
        return rv_rpmdb_cut(db, &flaw, err);
}

/* A number that does not rise was given before: the pages go round in a circle. */
static bool follows(struct reader *reader, bool first)
{
        int64_t number = sqlite3_column_int64(reader->rows, 0);
        bool rises = !reader->in_order || first || number > reader->last;

        reader->last = number;
        reader->circle |= !rises;
        return rises;
}

/* A row that cannot be put together, because one of its pages is cut off, is given with no bytes: the walk goes on
 * behind it, and the views list it by its number. */
static int sqlite_next(struct rv_rpmdb *db, struct rv_rpm_row *ret, struct rv_err *err)
{
        struct reader *reader = db->reader;
        int step;

        if (!reader->rows)
                return RV_OK;
        reader->busy = 0;
        step = sqlite3_step(reader->rows);
        if (step == SQLITE_ROW && follows(reader, db->n_read == 0)) {
                const void *blob = sqlite3_column_blob(reader->rows, 1);
                size_t size = (size_t)sqlite3_column_bytes(reader->rows, 1);

                /* Bytes that are not there, or not readable, are a damaged header, not the end. */
                *ret = (struct rv_rpm_row){ sqlite3_column_int64(reader->rows, 0), blob ? blob : "", blob ? size : 0 };
                return RV_OK;
        }
        step = end_of_rows(db, step, err);
        (void)sqlite3_finalize(reader->rows);
        reader->rows = NULL;
        return step;
}

/* rpm indexes its names by name, not by number, so each search reads the whole index. All of them together may take as
 * long as one row may. */
static bool start_search(struct reader *reader, int64_t hnum)
{
        if (reader->names_busy > WATCH_MOST)
                return false;
        if (!reader->names && (look_for_table(reader, "Name") != SQLITE_ROW ||
                               sqlite3_prepare_v2(reader->db, "SELECT key FROM Name WHERE hnum=?1", -1, &reader->names,
                                                  NULL) != SQLITE_OK)) {
                reader->names_busy = WATCH_MOST + 1; /* there is none: do not ask again */
                return false;
        }
        (void)sqlite3_reset(reader->names);
        return sqlite3_bind_int64(reader->names, 1, hnum) == SQLITE_OK;
}

/* The walk over the rows goes on as if nothing had been asked between. */
static const char *sqlite_name(struct rv_rpmdb *db, int64_t hnum)
{
        struct reader *reader = db->reader;
        const unsigned busy = reader->busy;
        const bool circle = reader->circle;
        const char *name = NULL;

        reader->busy = reader->names_busy;
        if (start_search(reader, hnum)) {
                if (sqlite3_step(reader->names) == SQLITE_ROW)
                        name = (const char *)sqlite3_column_text(reader->names, 0);
                reader->names_busy = reader->busy;
        }
        reader->busy = busy;
        reader->circle = circle;
        return name;
}

const struct rv_rpm_kind rv_rpm_sqlite = {
        .open = sqlite_open,
        .close = sqlite_close,
        .all = sqlite_all,
        .by_name = sqlite_by_name,
        .by_number = sqlite_by_number,
        .next = sqlite_next,
        .name = sqlite_name,
};
