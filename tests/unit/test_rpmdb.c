/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-rpm */
/* Reading package databases: wherever they lie, with a log, locked, damaged, of other formats; nothing is left behind.
 */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/distro/rpm/db.h"
#include "tests/unit/rpm_fixture.h"

struct place {
        char path[64];
        int root;
};

static int set_up(void **state)
{
        struct place *place = calloc(1, sizeof *place);

        assert_non_null(place);
        (void)snprintf(place->path, sizeof place->path, "/tmp/reeve-rpmdb-XXXXXX");
        assert_non_null(mkdtemp(place->path));
        place->root = open(place->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(mkdirat(place->root, "var", 0755), 0);
        assert_int_equal(mkdirat(place->root, "var/lib", 0755), 0);
        assert_int_equal(mkdirat(place->root, "var/lib/rpm", 0755), 0);
        *state = place;
        return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
        (void)st, (void)kind, (void)where;
        return remove(path);
}

static int tear_down(void **state)
{
        struct place *place = *state;

        (void)close(place->root);
        (void)nftw(place->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
        free(place);
        return 0;
}

static sqlite3 *make(const struct place *place, const char *journal)
{
        char path[128], sql[128];
        sqlite3 *db;

        (void)snprintf(path, sizeof path, "%s/var/lib/rpm/rpmdb.sqlite", place->path);
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        (void)snprintf(sql, sizeof sql, "PRAGMA journal_mode=%s", journal);
        assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db,
                                      "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT "
                                      "NULL); CREATE TABLE Name (key TEXT, hnum INTEGER, idx INTEGER)",
                                      NULL, NULL, NULL),
                         SQLITE_OK);
        return db;
}

static void add(sqlite3 *db, const char *name)
{
        uint8_t blob[8192];
        size_t size = build_package(blob, name, "1");
        sqlite3_stmt *put;

        assert_int_equal(sqlite3_prepare_v2(db, "INSERT INTO Packages(blob) VALUES (?1)", -1, &put, NULL), SQLITE_OK);
        (void)sqlite3_bind_blob(put, 1, blob, (int)size, SQLITE_TRANSIENT);
        assert_int_equal(sqlite3_step(put), SQLITE_DONE);
        (void)sqlite3_finalize(put);
        assert_int_equal(sqlite3_prepare_v2(db, "INSERT INTO Name VALUES (?1, last_insert_rowid(), 0)", -1, &put, NULL),
                         SQLITE_OK);
        (void)sqlite3_bind_text(put, 1, name, -1, SQLITE_TRANSIENT);
        assert_int_equal(sqlite3_step(put), SQLITE_DONE);
        (void)sqlite3_finalize(put);
}

/* Number of sound rows; -code when reading fails. */
static int count_once(const struct place *place, const char *name, struct rv_err *err)
{
        struct rv_rpm_header header;
        struct rv_rpmdb *db = NULL;
        struct rv_rpm_row row;
        int r = rv_rpmdb_open(place->root, "/", NULL, &db, err), n = 0;

        if (!r)
                r = name ? rv_rpmdb_by_name(db, name, err) : rv_rpmdb_all(db, err);
        while (!r && !(r = rv_rpmdb_next(db, &row, err)) && row.blob)
                n += rv_rpm_open(row.blob, row.size, &header);
        rv_rpmdb_close(db);
        return r ? -r : n;
}

/* What was written within the clock's last tick counts as being written. */
static int count(const struct place *place, const char *name, struct rv_err *err)
{
        int n;

        do
                n = count_once(place, name, err);
        while (n == -RV_LOCKED);
        return n;
}

static int files_in(const struct place *place)
{
        int fd = openat(place->root, "var/lib/rpm", O_RDONLY | O_DIRECTORY), n = 0;
        DIR *dir = fdopendir(fd);

        assert_non_null(dir);
        while (readdir(dir))
                n++;
        (void)closedir(dir);
        return n - 2;
}

static void write_file(const struct place *place, const char *name, const void *bytes, size_t size)
{
        RV_FD_CLEANUP int dir = openat(place->root, "var/lib/rpm", O_RDONLY | O_DIRECTORY);
        RV_FD_CLEANUP int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

        assert_int_equal(rv_write_all(fd, bytes, size), 0);
}

static void reads_and_leaves_nothing(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct place *place = *state;
        sqlite3 *db = make(place, "wal");

        add(db, "bash"), add(db, "glibc");
        (void)sqlite3_close(db); /* the log is written back, and the file still says that it has one */
        assert_int_equal(files_in(place), 1);
        assert_int_equal(count(place, NULL, &err), 2);
        assert_int_equal(count(place, "glibc", &err), 1);
        assert_int_equal(count(place, "absent", &err), 0);
        assert_int_equal(files_in(place), 1);
}

/* While a writer holds the database, with all of its changes still in the log. */
static void reads_the_log_of_a_living_writer(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct place *place = *state;
        sqlite3 *db = make(place, "wal");

        add(db, "bash"), add(db, "glibc"), add(db, "rpm");
        assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(count(place, NULL, &err), 3);
        assert_int_equal(files_in(place), 3); /* the writer's own -shm and -wal, untouched */
        (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        (void)sqlite3_close(db);
        assert_int_equal(count(place, NULL, &err), 3);
}

/* Reads all rows; *between is run after the first of them. Returns whether the reader saw a change. */
static bool changed_by(const struct place *place, sqlite3 *writer, const char *between, int *ret_rows)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_rpmdb *db = NULL;
        struct rv_rpm_row row = { 0 };
        bool told;

        do {
                rv_rpmdb_close(db);
                assert_int_equal(rv_rpmdb_open(place->root, "/", NULL, &db, &err), RV_OK);
        } while (db->place.busy);
        assert_int_equal(rv_rpmdb_all(db, &err), RV_OK);
        for (*ret_rows = 0; rv_rpmdb_next(db, &row, &err) == RV_OK && row.blob; ++*ret_rows)
                if (*ret_rows == 0 && between)
                        assert_int_equal(sqlite3_exec(writer, between, NULL, NULL, NULL), SQLITE_OK);
        told = db->told;
        rv_rpmdb_close(db);
        return told;
}

/* rpm's commits grow the log: what it held before stays, and the rows are those of one state. Written back it does not,
 * nor after that, when the log begins anew. */
static void a_growing_log_changes_nothing(void **state)
{
        struct place *place = *state;
        sqlite3 *db = make(place, "wal");
        int rows;

        add(db, "bash"), add(db, "glibc"), add(db, "rpm");
        assert_false(changed_by(place, db, "DELETE FROM Packages WHERE hnum=2; DELETE FROM Name WHERE hnum=2", &rows));
        assert_int_equal(rows, 3);
        assert_false(changed_by(place, NULL, NULL, &rows));
        assert_int_equal(rows, 2);
        assert_true(changed_by(place, db, "PRAGMA wal_checkpoint(RESTART)", &rows));
        assert_true(changed_by(place, db, "DELETE FROM Packages WHERE hnum=1", &rows));
        assert_false(changed_by(place, NULL, NULL, &rows));
        assert_int_equal(rows, 1);
        (void)sqlite3_close(db);
}

/* The clock of file times stands still between its ticks: a file of this moment may be written again unseen. */
static void a_file_of_this_moment_counts_as_changing(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct place *place = *state;
        struct timespec now, times[2];
        sqlite3 *db = make(place, "delete");
        struct rv_rpmdb *reader = NULL;
        char path[128];
        bool busy = false;
        int i;

        add(db, "bash");
        (void)sqlite3_close(db);
        (void)snprintf(path, sizeof path, "%s/var/lib/rpm/rpmdb.sqlite", place->path);
        for (i = 0; !busy && i < 1000; i++) { /* until an opening comes within the tick */
                rv_rpmdb_close(reader);
                assert_int_equal(clock_gettime(CLOCK_REALTIME_COARSE, &now), 0);
                times[0] = times[1] = now;
                assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
                assert_int_equal(rv_rpmdb_open(place->root, "/", NULL, &reader, &err), RV_OK);
                busy = reader->place.busy;
                assert_int_equal(rv_rpmdb_changed(reader), busy);
        }
        assert_true(busy);
        rv_rpmdb_close(reader);
        times[0].tv_sec += 1000000, times[1] = times[0]; /* another clock's, which no wait makes older */
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
        assert_int_equal(rv_rpmdb_open(place->root, "/", NULL, &reader, &err), RV_OK);
        assert_false(rv_rpmdb_changed(reader));
        rv_rpmdb_close(reader);
}

static void says_what_is_wrong(void **state)
{
        static const unsigned char berkeley[16] = { [12] = 0x61, 0x15, 0x06, 0 };
        const struct place *place = *state;
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        char rubbish[8192];

        assert_int_equal(count(place, NULL, &err), -RV_NOTFOUND);
        write_file(place, "Packages", berkeley, sizeof berkeley);
        assert_int_equal(count(place, NULL, &err), -RV_UNSUPPORTED);
        write_file(place, "Packages.db", "RpmP\0\0\0\0", 8);
        assert_int_equal(count(place, NULL, &err), -RV_DAMAGED);
        write_file(place, "rpmdb.sqlite", "", 0);
        assert_int_equal(count(place, NULL, &err), -RV_DAMAGED);
        memset(rubbish, 'x', sizeof rubbish);
        write_file(place, "rpmdb.sqlite", rubbish, sizeof rubbish);
        assert_int_equal(count(place, NULL, &err), -RV_DAMAGED);
        memcpy(rubbish, "SQLite format 3", 16);
        write_file(place, "rpmdb.sqlite", rubbish, sizeof rubbish);
        assert_int_equal(count(place, NULL, &err), -RV_DAMAGED);
}

/* A hostile schema: what would compute for ever is refused, and a name index of that kind is not asked. */
static void computed_tables_are_refused(void **state)
{
        static const char *const hostile[] = {
                "DROP TABLE Packages; CREATE VIEW Packages(hnum, blob) AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
                "SELECT i + 1 FROM n) SELECT i, i FROM n",
                "DROP TABLE Packages; CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, x, blob AS "
                "(zeroblob(100000000)))",
        };
        const struct place *place = *state;
        size_t i;

        for (i = 0; i < sizeof hostile / sizeof *hostile; i++) {
                RV_ERR_CLEANUP struct rv_err err = { 0 };
                sqlite3 *db = make(place, "delete");

                assert_int_equal(sqlite3_exec(db, hostile[i], NULL, NULL, NULL), SQLITE_OK);
                (void)sqlite3_close(db);
                assert_int_equal(count(place, NULL, &err), -RV_DAMAGED);
                assert_int_equal(unlinkat(place->root, "var/lib/rpm/rpmdb.sqlite", 0), 0);
        }
}

static void a_computed_name_index_is_not_asked(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct place *place = *state;
        sqlite3 *db = make(place, "delete");

        add(db, "bash"), add(db, "glibc");
        assert_int_equal(
                sqlite3_exec(db,
                             "DROP TABLE Name; CREATE VIEW Name(key, hnum) AS WITH RECURSIVE n(i) AS (SELECT 1 "
                             "UNION ALL SELECT i + 1 FROM n) SELECT 'bash', i FROM n",
                             NULL, NULL, NULL),
                SQLITE_OK);
        (void)sqlite3_close(db);
        assert_int_equal(count(place, "bash", &err), 2); /* every row: callers look at names anyway */
}

/* Cut at any page: rows that can still be read, or damaged, never a crash. */
static void survives_every_cut(void **state)
{
        const struct place *place = *state;
        sqlite3 *db = make(place, "delete");
        char name[16], path[128];
        struct stat st;
        off_t size;
        int i, n;

        for (i = 0; i < 40; i++) {
                (void)snprintf(name, sizeof name, "package-%d", i);
                add(db, name);
        }
        (void)sqlite3_close(db);
        (void)snprintf(path, sizeof path, "%s/var/lib/rpm/rpmdb.sqlite", place->path);
        assert_int_equal(stat(path, &st), 0);
        for (size = st.st_size - 1000; size > 0; size -= 1000) {
                RV_ERR_CLEANUP struct rv_err err = { 0 };

                assert_int_equal(truncate(path, size), 0);
                n = count(place, NULL, &err);
                assert_true(n == -RV_DAMAGED || (n >= 0 && n <= 40));
        }
}

/* A link to the outside is followed inside the root, where there is nothing. */
static void cannot_leave_the_root(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct place *place = *state, inner = *place;
        sqlite3 *db = make(place, "delete");
        char target[128];

        add(db, "secret");
        (void)sqlite3_close(db);
        (void)snprintf(target, sizeof target, "../../../../..%s/var/lib", place->path);
        assert_int_equal(mkdirat(place->root, "inner", 0755), 0);
        assert_int_equal(mkdirat(place->root, "inner/var", 0755), 0);
        assert_int_equal(symlinkat(target, place->root, "inner/var/lib"), 0);
        inner.root = openat(place->root, "inner", O_PATH | O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(count(&inner, NULL, &err), -RV_NOTFOUND);
        (void)close(inner.root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(reads_and_leaves_nothing, set_up, tear_down),
                cmocka_unit_test_setup_teardown(reads_the_log_of_a_living_writer, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_growing_log_changes_nothing, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_file_of_this_moment_counts_as_changing, set_up, tear_down),
                cmocka_unit_test_setup_teardown(says_what_is_wrong, set_up, tear_down),
                cmocka_unit_test_setup_teardown(computed_tables_are_refused, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_computed_name_index_is_not_asked, set_up, tear_down),
                cmocka_unit_test_setup_teardown(survives_every_cut, set_up, tear_down),
                cmocka_unit_test_setup_teardown(cannot_leave_the_root, set_up, tear_down),
        };

        return cmocka_run_group_tests_name("rpmdb", tests, NULL, NULL);
}
