/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A package database as a hostile root holds it, sqlite or ndb: refused, or its rows end, each with bytes that can be
 * read, and each is found again by its number. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/distro/rpm/db.h"
#include "fuzz.h"

enum { ROWS_MOST = 100000 };

static size_t walk(struct rv_rpmdb *db, int64_t *ret_last)
{
        RV_BUF_CLEANUP struct rv_buf name = { 0 };
        struct rv_rpm_header header;
        struct rv_rpm_row row;
        size_t n = 0;

        while (rv_rpmdb_next(db, &row, NULL) == RV_OK && row.blob) {
                must(++n < ROWS_MOST);
                *ret_last = row.hnum;
                (void)rv_rpmdb_name(db, row.hnum);
                if (rv_rpm_open(row.blob, row.size, &header))
                        (void)rv_rpm_nevra(&header, &name);
        }
        must(!row.blob);
        return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct rv_rpmdb db = { .root = -1, .place = { .fd = -1, .wal_fd = -1, .journal_fd = -1, .path = "db" } };
        RV_FD_CLEANUP int fd = memfd_create("rpmdb", MFD_CLOEXEC);
        int64_t last = 0;

        must(fd >= 0 && rv_write_all(fd, data, size) == 0);
        db.place.fd = fd;
        must(fstat(fd, &db.place.stamp) == 0);
        db.kind = size > 4 && memcmp(data, "SQLi", 4) == 0 ? &rv_rpm_sqlite : &rv_rpm_ndb;
        if (db.kind->open(&db, NULL) == RV_OK && rv_rpmdb_all(&db, NULL) == RV_OK) {
                if (walk(&db, &last) && db.kind == &rv_rpm_ndb)
                        must(rv_rpmdb_by_number(&db, last, NULL) == RV_OK && walk(&db, &last) == 1);
                if (rv_rpmdb_by_name(&db, "calm", NULL) == RV_OK)
                        (void)walk(&db, &last);
        }
        db.kind->close(&db);
        return 0;
}
