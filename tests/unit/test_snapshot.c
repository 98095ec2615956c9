/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: what is put comes out again, the block can be moved, and a damaged one is refused or read within bounds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model_fixture.h"

static const char HOSTILE[] = "a\033[31m\0b\377";

static struct rv_snapshot *make(size_t rows)
{
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("fixture", "fixture-domain", &fixture_view, NULL);
        static const char *const cves[] = { "CVE-2026-1", "CVE-2026-2" };
        struct rv_snapshot *snapshot = NULL;
        bool cacheable = true;
        char key[32];
        size_t i;

        assert_non_null(sink);
        for (i = 0; i < rows; i++) {
                (void)snprintf(key, sizeof key, "row-%zu", i);
                fixture_row(sink, key, i == 1 ? 3 : 0);
                if (i % 2)
                        continue;
                rv_put_text(sink, F_TEXT, HOSTILE, sizeof HOSTILE - 1);
                rv_put_int(sink, F_INT, -5);
                rv_put_int(sink, F_SIZE, INT64_MAX);
                rv_put_int(sink, F_TIME, 1700000000);
                rv_put_text(sink, F_VERSION, "1:2-3", 5);
                rv_put_int(sink, F_BOOL, 7);
                rv_put_int(sink, F_ENUM, i % 4 ? 99 : 1);
                rv_put_list(sink, F_LIST, cves, 2);
                rv_put_msg(sink, F_MSG, "%1 of %2", "1", "2", NULL);
        }
        rv_warn(sink, RV_DAMAGED, "row %1 is cut", "7", NULL);
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        assert_false(cacheable); /* it depends on nothing */
        return snapshot;
}

static void check(const struct rv_snapshot *s)
{
        struct rv_message message;
        const char *packed;
        size_t len;

        assert_string_equal(rv_snapshot_plugin(s), "fixture");
        assert_string_equal(rv_snapshot_domain(s), "fixture-domain");
        assert_string_equal(rv_snapshot_view(s)->id, "things");
        assert_string_equal(rv_snapshot_view(s)->columns[F_TEXT].help, "a help");
        assert_null(rv_snapshot_view(s)->columns[F_INT].help);
        assert_int_equal(rv_snapshot_column(s, "state"), F_ENUM);
        assert_int_equal(rv_snapshot_column(s, "nothing"), -1);
        assert_string_equal(rv_snapshot_view(s)->columns[F_ENUM].enums[1].id, "bad");
        assert_string_equal(rv_cell_text(s, 1, F_KEY, NULL), "row-1");
        assert_memory_equal(rv_cell_text(s, 0, F_TEXT, &len), HOSTILE, sizeof HOSTILE - 1);
        assert_int_equal(len, sizeof HOSTILE - 1);
        assert_int_equal(rv_cell_int(s, 0, F_INT), -5);
        assert_true(rv_cell_int(s, 0, F_SIZE) == INT64_MAX);
        assert_int_equal(rv_cell_int(s, 0, F_BOOL), 1);
        assert_int_equal(rv_cell_int(s, 0, F_ENUM), 1);
        assert_int_equal(rv_cell_items(s, 0, F_LIST), 2);
        assert_string_equal(rv_cell_item(s, 0, F_LIST, 1, &len), "CVE-2026-2");
        assert_string_equal(rv_cell_item(s, 0, F_LIST, 2, &len), "");
        assert_true(rv_cell_message(s, 0, F_MSG, &message));
        assert_string_equal(message.domain, "fixture-domain");
        assert_string_equal(message.args[1], "2");
        assert_int_equal(rv_row_depth(s, 1), 3);
        assert_int_equal(rv_snapshot_warnings(s), 1);
        assert_int_equal(rv_snapshot_warning(s, 0, &packed, &len), RV_DAMAGED);
        assert_string_equal(packed, "fixture-domain");
}

static void test_round_trip(void **state)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *s = make(3);
        unsigned c;

        (void)state;
        assert_int_equal(rv_snapshot_rows(s), 3);
        check(s);
        for (c = F_TEXT; c < F_COLUMNS; c++)
                assert_true(rv_cell_null(s, 1, c));
        /* an enum index that the declaration does not have is unknown */
        assert_true(rv_cell_null(s, 2, F_ENUM));
}

static void test_block_can_be_moved(void **state)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *s = make(700);
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *moved = NULL;
        const void *block;
        size_t size;
        void *copy;

        (void)state;
        block = rv_snapshot_block(s, &size);
        copy = malloc(size);
        assert_non_null(copy);
        memcpy(copy, block, size);
        assert_int_equal(rv_snapshot_open(copy, size, false, &moved, NULL), RV_OK);
        check(moved);
        assert_int_equal(rv_snapshot_rows(moved), 700);
}

static void read_everything(const struct rv_snapshot *s)
{
        struct rv_message message;
        size_t row, i, len, sum = 0;
        unsigned c;

        for (row = 0; row < rv_snapshot_rows(s); row++)
                for (c = 0; c < rv_snapshot_view(s)->n_columns; c++) {
                        sum += (size_t)rv_cell_int(s, row, c) + strlen(rv_cell_text(s, row, c, &len));
                        sum += rv_cell_message(s, row, c, &message);
                        for (i = 0; i < rv_cell_items(s, row, c); i++)
                                sum += strlen(rv_cell_item(s, row, c, i, &len));
                }
        assert_true(sum != 1); /* keeps the reading from being optimised away */
}

/* Every byte of the directory matters to the checksum; beyond it a changed byte may change a cell, never the bounds. */
static void test_damage(void **state)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *s = make(3);
        const void *block;
        size_t size, at, refused = 0;

        (void)state;
        block = rv_snapshot_block(s, &size);
        for (at = 0; at < size; at++) {
                RV_SNAPSHOT_CLEANUP struct rv_snapshot *damaged = NULL;
                unsigned char *copy = malloc(size);

                assert_non_null(copy);
                memcpy(copy, block, size);
                copy[at] ^= 0x5a;
                if (rv_snapshot_open(copy, size, false, &damaged, NULL) == RV_OK) {
                        read_everything(damaged);
                } else {
                        refused++;
                        free(copy);
                }
        }
        assert_true(refused > 500);
        for (at = 0; at < size; at += 7) {
                RV_SNAPSHOT_CLEANUP struct rv_snapshot *cut = NULL;
                void *copy = malloc(at + 8);

                assert_non_null(copy);
                memcpy(copy, block, at);
                assert_int_equal(rv_snapshot_open(copy, at, false, &cut, NULL), RV_DAMAGED);
                free(copy);
        }
}

static void test_cancel(void **state)
{
        atomic_bool cancel = false;
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("fixture", "d", &fixture_view, &cancel);

        (void)state;
        assert_int_equal(rv_row_begin(sink, 0), RV_OK);
        atomic_store(&cancel, true);
        assert_int_equal(rv_row_begin(sink, 0), RV_CANCELLED);
        assert_int_equal(rv_sink_rows(sink), 1);
}

/* Cells of a wrong kind, an unknown column or no row are dropped, as a plugin's bug must not be the host's. */
static void test_wrong_puts(void **state)
{
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("fixture", "d", &fixture_view, NULL);
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *s = NULL;
        bool cacheable;

        (void)state;
        rv_put_text(sink, F_TEXT, "no row yet", 10);
        fixture_row(sink, "k", 0);
        rv_put_int(sink, F_TEXT, 1);
        rv_put_text(sink, F_INT, "1", 1);
        rv_put_text(sink, 400, "1", 1);
        rv_put_text(sink, F_TEXT, NULL, 3);
        assert_int_equal(rv_sink_finish(sink, &s, &cacheable, NULL), RV_OK);
        assert_true(rv_cell_null(s, 0, F_TEXT));
        assert_true(rv_cell_null(s, 0, F_INT));
}

/* Rows come in the order of their keys, with all their cells and nulls, whatever order they were put in. */
static void test_by_key(void **state)
{
        static const char *const put[] = { "zsh", "Bash", "bash", "awk" }, *const wanted[] = { "awk", "Bash", "bash",
                                                                                               "zsh" };
        static const int64_t from[] = { 3, 1, 2, 0 }; /* where each was put */
        struct rv_view view = fixture_view;
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *s = NULL;
        RV_SINK_CLEANUP struct rv_sink *sink = NULL;
        bool cacheable;
        size_t i;

        (void)state;
        view.flags = RV_BY_KEY;
        sink = rv_sink_new("fixture", "d", &view, NULL);
        for (i = 0; i < 4; i++) {
                fixture_row(sink, put[i], 0);
                rv_put_int(sink, F_SIZE, (int64_t)i);
                if (i == 0)
                        rv_put_int(sink, F_INT, 7);
        }
        assert_int_equal(rv_sink_finish(sink, &s, &cacheable, NULL), RV_OK);
        for (i = 0; i < 4; i++) {
                assert_string_equal(rv_cell_text(s, i, F_KEY, NULL), wanted[i]);
                assert_int_equal(rv_cell_int(s, i, F_SIZE), from[i]);
                assert_int_equal(rv_cell_null(s, i, F_INT), i != 3);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_round_trip), cmocka_unit_test(test_block_can_be_moved),
                cmocka_unit_test(test_damage),     cmocka_unit_test(test_cancel),
                cmocka_unit_test(test_wrong_puts), cmocka_unit_test(test_by_key),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
