/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening the rpmdb of a root and walking it, whatever kind of file it is. A damaged database gives the rows that can
 * still be read, and says so. */
#include "core/distro/rpm/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"

enum { LONGEST_NAME = 255 };

/* What makes the rows other than what rpm would see. */
static void warn_of_state(const struct rv_rpmdb *db)
{
        if (db->restored && db->sink)
                rv_warn(db->sink, RV_DAMAGED,
                        N_("%1: a change of the package database was cut off; the packages are those before it, which "
                           "rpm restores when it next writes"),
                        db->place.path, NULL);
        else if (db->place.journal_fd >= 0 && db->sink)
                rv_warn(db->sink, RV_DAMAGED,
                        N_("%1: a change of the package database was cut off, and its journal is damaged; the packages "
                           "may be partly those before it and partly those after it"),
                        db->place.path, NULL);
        else if (db->place.journal && db->sink)
                rv_warn(db->sink, RV_DENIED,
                        N_("%1: has a journal that may not be read; if a change was cut off, the packages may be "
                           "partly "
                           "those before it and partly those after it"),
                        db->place.path, NULL);
        if (db->place.wal_denied && db->sink)
                rv_warn(db->sink, RV_DENIED, N_("%1: may not be read, so the latest changes may be missing"),
                        db->place.wal, NULL);
}

int rv_rpmdb_locked(const struct rv_rpmdb *db, struct rv_err *err)
{
        struct rv_rpm_holder holder;

        if (!rv_rpm_holder(db, &holder))
                return rv_fail(err, RV_LOCKED, N_("%1: another process is writing to the package database"),
                               N_("wait for it with --wait SECONDS"), db->place.path, NULL);
        return rv_fail(err, RV_LOCKED, N_("%1: %2 (process %3) is writing to the package database"),
                       N_("wait for it with --wait SECONDS"), db->place.path, holder.name, holder.pid, NULL);
}

static void warn_of_change(const struct rv_rpmdb *db)
{
        struct rv_rpm_holder holder;

        if (rv_rpm_holder(db, &holder))
                rv_warn(db->sink, RV_LOCKED,
                        N_("%1: %2 (process %3) changed the package database while it was read; the list may be "
                           "incomplete"),
                        db->place.path, holder.name, holder.pid, NULL);
        else
                rv_warn(db->sink, RV_LOCKED,
                        N_("%1: the package database changed while it was read; the list may be incomplete"),
                        db->place.path, NULL);
}

/* Somebody writing explains what looks like damage: it may be gone the next time. */
static int explain(struct rv_rpmdb *db, int r, struct rv_err *err)
{
        if (r != RV_DAMAGED || !rv_rpmdb_changed(db))
                return r;
        return rv_rpmdb_locked(db, err);
}

/* A failed step leaves nothing open. What the sink is told of here holds for all choices of rows after it. */
int rv_rpmdb_open(int root, const char *name, struct rv_sink *sink, struct rv_rpmdb **ret, struct rv_err *err)
{
        struct rv_rpmdb *db = calloc(1, sizeof *db);
        int r;

        if (!db)
                return rv_fail_memory(err);
        *db = (struct rv_rpmdb){ .root = root, .sink = sink, .place = { .fd = -1, .wal_fd = -1, .journal_fd = -1 } };
        r = rv_place_find(root, name, sink, &db->place, err);
        if (!r) {
                db->kind = db->place.ndb ? &rv_rpm_ndb : &rv_rpm_sqlite;
                r = explain(db, db->kind->open(db, err), err);
        }
        if (r) {
                rv_rpmdb_close(db);
                return r;
        }
        warn_of_state(db);
        *ret = db;
        return RV_OK;
}

bool rv_rpmdb_is_filled(int root, const struct rv_place *place)
{
        struct rv_rpmdb db = { .root = root, .place = *place, .kind = place->ndb ? &rv_rpm_ndb : &rv_rpm_sqlite };
        struct rv_rpm_row row = { 0 };
        const bool filled = db.kind->open(&db, NULL) == RV_OK && db.kind->all(&db, NULL) == RV_OK &&
                            db.kind->next(&db, &row, NULL) == RV_OK && row.blob;

        db.kind->close(&db);
        return filled;
}

void rv_rpmdb_close(struct rv_rpmdb *db)
{
        if (!db)
                return;
        if (db->kind)
                db->kind->close(db);
        rv_place_close(&db->place);
        free(db);
}

/* The count restarts with each choice, since it decides whether damage is an error or a warning. */
int rv_rpmdb_all(struct rv_rpmdb *db, struct rv_err *err)
{
        db->n_read = 0;
        return explain(db, db->kind->all(db, err), err);
}

int rv_rpmdb_by_name(struct rv_rpmdb *db, const char *name, struct rv_err *err)
{
        db->n_read = 0;
        return explain(db, db->kind->by_name(db, name, err), err);
}

int rv_rpmdb_by_number(struct rv_rpmdb *db, int64_t hnum, struct rv_err *err)
{
        db->n_read = 0;
        return explain(db, db->kind->by_number(db, hnum, err), err);
}

int rv_rpmdb_next(struct rv_rpmdb *db, struct rv_rpm_row *ret, struct rv_err *err)
{
        int r;

        *ret = (struct rv_rpm_row){ 0 };
        r = db->kind->next(db, ret, err);
        db->n_read += ret->blob != NULL;
        return r;
}

/* Whatever it was written by, a name is short and one word to C. */
const char *rv_rpmdb_name(struct rv_rpmdb *db, int64_t hnum)
{
        const char *name = db->kind->name(db, hnum);

        return name && *name && strnlen(name, LONGEST_NAME + 1) <= LONGEST_NAME ? name : NULL;
}

/* A reader that takes no lock has to look afterwards whether somebody wrote. */
bool rv_rpmdb_changed(struct rv_rpmdb *db)
{
        if (rv_place_unchanged(&db->place) && !(db->kind->changed && db->kind->changed(db)))
                return false;
        if (db->sink && !db->told)
                warn_of_change(db);
        db->told = true;
        return true;
}

static int say(const struct rv_rpmdb *db, const struct rv_rpm_flaw *flaw, bool whole, struct rv_err *err)
{
        const char *first = flaw->args[0] ? flaw->args[0] : "", *second = flaw->args[1] ? flaw->args[1] : "";
        char n[24];

        (void)snprintf(n, sizeof n, "%zu", db->n_read);
        if (whole)
                return rv_fail(err, flaw->code, flaw->whole, flaw->code == RV_DAMAGED ? RV_RPM_RESTORE : NULL,
                               db->place.path, n, first, second, NULL);
        if (db->sink)
                rv_warn(db->sink, flaw->code, flaw->cut, db->place.path, n, first, second, NULL);
        return RV_OK;
}

int rv_rpmdb_fail(const struct rv_rpmdb *db, const struct rv_rpm_flaw *flaw, struct rv_err *err)
{
        return say(db, flaw, true, err);
}

int rv_rpmdb_cut(const struct rv_rpmdb *db, const struct rv_rpm_flaw *flaw, struct rv_err *err)
{
        return say(db, flaw, db->n_read == 0, err);
}
