/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: packages-fills reeve-rpm */
/* Which package gives what another requires: by name and by path, with headers whose directories jump or are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/model/query.h"
#include "core/model/sink.h"
#include "packages_fixture.h"
#include "plugins/packages/packages.h"

enum { MANY = 200000 };

static const struct rv_arg args[] = { { .id = "package", .title = "Package", .type = RV_TEXT, .flags = RV_REQUIRED } };
static const struct rv_enum kinds[8] = { { .id = "a", .title = "a" }, { .id = "b", .title = "b" },
                                         { .id = "c", .title = "c" }, { .id = "d", .title = "d" },
                                         { .id = "e", .title = "e" }, { .id = "f", .title = "f" },
                                         { .id = "g", .title = "g" }, { .id = "h", .title = "h" } };
static const struct rv_column columns[] = {
        [D_N] = { .id = "n", .title = "N", .type = RV_INT, .flags = RV_KEY },
        [D_KIND] = { .id = "kind", .title = "Kind", .type = RV_ENUM, .enums = kinds, .n_enums = 8 },
        [D_CAPABILITY] = { .id = "capability", .title = "Capability", .type = RV_TEXT },
        [D_BY] = { .id = "by", .title = "By", .type = RV_TEXT, .flags = RV_COSTLY },
};
static const struct rv_view view = { .id = "dependencies",
                                     .title = "Dependencies",
                                     .columns = columns,
                                     .n_columns = 4,
                                     .shape = RV_SHAPE_LIST,
                                     .fill = dependencies_fill };

static struct rv_snapshot *fill(const struct place *place, const char *package)
{
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("packages", "reeve", &view, NULL);
        struct rv_snapshot *snapshot = NULL;
        struct rv_query *query;
        struct rv_root root;
        bool cacheable;

        assert_int_equal(rv_root_open(place->path, &root, NULL), RV_OK);
        query = rv_query_new(&root, args, 1);
        assert_int_equal(rv_query_add(query, "package", package, NULL), RV_OK);
        rv_query_want(query, D_BY);
        assert_int_equal(dependencies_fill(query, sink, NULL), RV_OK);
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        rv_query_free(query);
        rv_root_close(&root);
        return snapshot;
}

static void given_by(const struct rv_snapshot *snapshot, size_t row, const char *capability, const char *by)
{
        size_t n;

        assert_string_equal(rv_cell_text(snapshot, row, D_CAPABILITY, &n), capability);
        assert_string_equal(rv_cell_text(snapshot, row, D_BY, &n), by);
}

static void add_indexes(struct made *made, const uint32_t *indexes, size_t n)
{
        RV_BUF_CLEANUP struct rv_buf bytes = { 0 };
        size_t i;

        for (i = 0; i < n; i++)
                add32(&bytes, indexes[i]);
        add_entry(made, RV_TAG_DIRINDEXES, INT32, (uint32_t)n, bytes.data, bytes.size);
}

static void test_names_and_paths(void **state)
{
        const struct place *place = *state;
        sqlite3 *db = open_database(place);
        struct rv_snapshot *snapshot;
        struct made made;

        begin(&made, "asks");
        add_entry(&made, RV_TAG_REQUIRENAME, TEXTS, 5, "cap\0/usr/bin/b\0/usr/lib/a\0/usr/bin/none\0cut", 44);
        end(&made, db);
        begin(&made, "gives");
        add_entry(&made, RV_TAG_PROVIDENAME, TEXTS, 2, "gives\0cap", 10);
        add_entry(&made, RV_TAG_BASENAMES, TEXTS, 3, "a\0b\0c", 6);
        add_entry(&made, RV_TAG_DIRNAMES, TEXTS, 2, "/usr/bin/\0/usr/lib/", 20);
        add_indexes(&made, (const uint32_t[]){ 1, 0, 1 }, 3); /* back and forth, as paths sort */
        end(&made, db);
        /* A list of directories that is shorter than its files say: what is sound before it counts. */
        begin(&made, "cut");
        add_entry(&made, RV_TAG_PROVIDENAME, TEXTS, 1, "cut", 4);
        add_entry(&made, RV_TAG_BASENAMES, TEXTS, 2, "a\0none", 7);
        add_entry(&made, RV_TAG_DIRNAMES, TEXTS, 1, "/usr/lib/", 10);
        add_indexes(&made, (const uint32_t[]){ UINT32_MAX, 0 }, 2);
        end(&made, db);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);

        snapshot = fill(place, "asks");
        assert_int_equal(rv_snapshot_rows(snapshot), 5);
        given_by(snapshot, 0, "cap", "gives-1-1.noarch");
        given_by(snapshot, 1, "/usr/bin/b", "gives-1-1.noarch");
        given_by(snapshot, 2, "/usr/lib/a", "gives-1-1.noarch");
        given_by(snapshot, 3, "/usr/bin/none", "");
        given_by(snapshot, 4, "cut", "cut-1-1.noarch");
        rv_snapshot_unref(snapshot);
}

/* Files that lie in the first and the last of very many directories in turn: each is found at once, and not by reading
 * all the names before it. */
static void test_directories_that_jump(void **state)
{
        const struct place *place = *state;
        sqlite3 *db = open_database(place);
        RV_BUF_CLEANUP struct rv_buf texts = { 0 };
        uint32_t *indexes = calloc(MANY, sizeof *indexes), i;
        struct rv_snapshot *snapshot;
        struct made made;

        assert_non_null(indexes);
        begin(&made, "asks");
        add_entry(&made, RV_TAG_REQUIRENAME, TEXTS, 1, "/d/x", 5);
        end(&made, db);
        begin(&made, "jumps");
        for (i = 0; i < MANY; i++) {
                indexes[i] = i % 2 ? MANY - 1 : 0;
                rv_buf_add(&texts, i == MANY - 1 ? "x" : "y", 2);
        }
        add_indexes(&made, indexes, MANY);
        add_entry(&made, RV_TAG_BASENAMES, TEXTS, MANY, texts.data, texts.size);
        rv_buf_clear(&texts);
        for (i = 0; i < MANY; i++)
                rv_buf_add(&texts, "/d/", 4);
        add_entry(&made, RV_TAG_DIRNAMES, TEXTS, MANY, texts.data, texts.size);
        end(&made, db);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        free(indexes);

        snapshot = fill(place, "asks");
        given_by(snapshot, 0, "/d/x", "jumps-1-1.noarch");
        rv_snapshot_unref(snapshot);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_names_and_paths, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_directories_that_jump, place_setup, place_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
