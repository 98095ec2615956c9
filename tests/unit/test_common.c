/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: packages-fills reeve-rpm */
/* What packages give to the common views: transactions that are joined whatever order they lie in, and however many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/model/query.h"
#include "core/model/registry.h"
#include "core/model/sink.h"
#include "packages_fixture.h"
#include "plugins/packages/packages.h"

enum { MANY = 300000, SHOWN = 200, START = 1700000000 };

static void add_package(sqlite3 *db, unsigned number, uint32_t at, uint32_t tid)
{
        struct made made;
        char name[24];
        RV_BUF_CLEANUP struct rv_buf bytes = { 0 };

        (void)snprintf(name, sizeof name, "p%u", number);
        begin(&made, name);
        add32(&bytes, at);
        add32(&bytes, tid);
        add_entry(&made, RV_TAG_INSTALLTIME, INT32, 1, bytes.data, 4);
        if (tid)
                add_entry(&made, RV_TAG_INSTALLTID, INT32, 1, bytes.data + 4, 4);
        end(&made, db);
}

static struct rv_snapshot *fill(const struct place *place, const char *view, rv_fill *call)
{
        RV_SINK_CLEANUP struct rv_sink *sink = NULL;
        struct rv_view plain = *rv_common_view(view);
        struct rv_column columns[16];
        struct rv_snapshot *snapshot = NULL;
        struct rv_query *query;
        struct rv_root root;
        bool cacheable;
        uint32_t i, n = 0;

        /* A plugin numbers the columns without the one that the host adds. */
        for (i = 0; i < plain.n_columns; i++)
                if (strcmp(plain.columns[i].id, "plugin") != 0)
                        columns[n++] = plain.columns[i];
        plain.columns = columns;
        plain.n_columns = n;
        sink = rv_sink_new("packages", "reeve", &plain, NULL);
        assert_int_equal(rv_root_open(place->path, &root, NULL), RV_OK);
        query = rv_query_new(&root, NULL, 0);
        assert_int_equal(call(query, sink, NULL), RV_OK);
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        rv_query_free(query);
        rv_root_close(&root);
        return snapshot;
}

static void change(const struct rv_snapshot *snapshot, size_t row, const char *id, int64_t at, const char *first_word)
{
        struct rv_message message;
        size_t n;

        assert_string_equal(rv_cell_text(snapshot, row, RV_C_ID, &n), id);
        assert_int_equal(rv_cell_int(snapshot, row, RV_C_AT), at);
        assert_true(rv_cell_message(snapshot, row, RV_C_WHAT, &message));
        assert_string_equal(message.args[0], first_word);
        assert_string_equal(rv_cell_text(snapshot, row, RV_C_VIEW, &n), "packages/installed");
        /* Several packages by a filter, one by its key. */
        assert_int_equal(rv_cell_null(snapshot, row, RV_C_WHERE), strchr(first_word, '-') != NULL);
        assert_int_equal(rv_cell_null(snapshot, row, RV_C_ROW), strchr(first_word, '-') == NULL);
        if (strchr(first_word, '-'))
                assert_string_equal(rv_cell_text(snapshot, row, RV_C_ROW, &n), first_word);
}

static void test_transactions(void **state)
{
        const struct place *place = *state;
        sqlite3 *db = open_database(place);
        struct rv_snapshot *snapshot;
        size_t n;

        /* Two that lie in one another, one of a single package, and two packages of before there were ids. */
        add_package(db, 1, START + 10, 7);
        add_package(db, 2, START + 20, 8);
        add_package(db, 3, START + 12, 7);
        add_package(db, 4, START + 21, 8);
        add_package(db, 5, START + 11, 7);
        add_package(db, 6, START + 90, 9);
        add_package(db, 7, START, 0);
        add_package(db, 8, START, 0);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        snapshot = fill(place, "changes", changes_fill);
        assert_int_equal(rv_snapshot_rows(snapshot), 4);
        change(snapshot, 0, "rpm-9", START + 90, "p6-1-1.noarch");
        change(snapshot, 1, "rpm-8", START + 21, "2");
        change(snapshot, 2, "rpm-7", START + 12, "3"); /* at the time of its last package */
        change(snapshot, 3, "rpm-1700000000", START, "2");
        assert_string_equal(rv_cell_text(snapshot, 2, RV_C_WHERE, &n),
                            "installed_at >= 2023-11-14T22:13:30Z and installed_at <= 2023-11-14T22:13:32Z");
        rv_snapshot_unref(snapshot);
}

/* As many transactions as packages: the time that joining them takes must not be the square of that. */
static void test_very_many_transactions(void **state)
{
        const struct place *place = *state;
        sqlite3 *db = open_database(place);
        struct rv_snapshot *snapshot;
        unsigned i;

        assert_int_equal(sqlite3_exec(db, "PRAGMA synchronous=OFF; BEGIN", NULL, NULL, NULL), SQLITE_OK);
        for (i = 0; i < MANY; i++)
                add_package(db, i, START + i, 1000000 + i);
        assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        snapshot = fill(place, "changes", changes_fill);
        assert_int_equal(rv_snapshot_rows(snapshot), SHOWN);
        change(snapshot, 0, "rpm-1299999", START + MANY - 1, "p299999-1-1.noarch"); /* the newest first */
        rv_snapshot_unref(snapshot);
}

/* leads_to is one row's key, or a filter where there are several. */
static void finding(const struct rv_snapshot *snapshot, size_t row, const char *id, const char *n, const char *leads_to)
{
        const unsigned column = strchr(leads_to, ' ') ? RV_F_WHERE : RV_F_ROW;
        struct rv_message message;
        size_t len;

        assert_string_equal(rv_cell_text(snapshot, row, RV_F_ID, &len), id);
        assert_string_equal(rv_cell_text(snapshot, row, column, &len), leads_to);
        assert_true(rv_cell_null(snapshot, row, column == RV_F_ROW ? RV_F_WHERE : RV_F_ROW));
        assert_true(rv_cell_message(snapshot, row, RV_F_TEXT, &message));
        assert_string_equal(message.args[0], n);
}

static void test_findings(void **state)
{
        const struct place *place = *state;
        sqlite3 *db = open_database(place);
        struct rv_snapshot *snapshot;
        struct made made;

        add_package(db, 1, START, 1);
        add_package(db, 2, START, 1);
        snapshot = fill(place, "findings", findings_fill);
        assert_int_equal(rv_snapshot_rows(snapshot), 0);
        rv_snapshot_unref(snapshot);
        add_package(db, 1, START, 2); /* the same name and version: the second goes by its number */
        begin(&made, "kernel-core");  /* what says that it may stay beside others is no finding */
        end(&made, db);
        begin(&made, "kernel-core");
        end(&made, db);
        assert_int_equal(
                sqlite3_exec(db, "INSERT INTO Packages(blob) VALUES (x'00'), (x'0000000100000000')", NULL, NULL, NULL),
                SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        snapshot = fill(place, "findings", findings_fill);
        assert_int_equal(rv_snapshot_rows(snapshot), 2);
        finding(snapshot, 0, "damaged", "2", "version = null");
        finding(snapshot, 1, "duplicates", "1", "name in (\"p1\")");
        rv_snapshot_unref(snapshot);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_transactions, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_very_many_transactions, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_findings, place_setup, place_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
