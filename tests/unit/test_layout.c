/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-present */
/* Columns for a width: what is dropped, what is cut, what stays; records as labelled lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/utf8.h"
#include "core/model/rows.h"
#include "tests/unit/model_fixture.h"
#include "tui/present/layout.h"

enum { NAME, VERSION, SIZE, SIGNER, UPDATE, SECRET, DEAR };

static const struct rv_column columns[] = {
        [NAME] = { .id = "name", .title = "Name", .type = RV_TEXT, .flags = RV_KEY },
        [VERSION] = { .id = "version", .title = "Version", .type = RV_VERSION, .priority = 1 },
        [SIZE] = { .id = "size", .title = "Size", .type = RV_SIZE, .priority = 3 },
        [SIGNER] = { .id = "signer", .title = "Signed by", .type = RV_TEXT, .priority = 2 },
        [UPDATE] = { .id = "update", .title = "Update", .type = RV_VERSION, .priority = 1 },
        [SECRET] = { .id = "secret", .title = "Secret", .type = RV_TEXT, .flags = RV_HIDDEN },
        [DEAR] = { .id = "dear", .title = "Dear", .type = RV_TEXT, .flags = RV_COSTLY, .priority = 9 },
};
static const struct rv_view list = {
        .id = "list", .title = "List", .columns = columns, .n_columns = 7, .shape = RV_SHAPE_LIST
};
static const struct rv_view tree = {
        .id = "tree", .title = "Tree", .columns = columns, .n_columns = 7, .shape = RV_SHAPE_TREE
};

static void put(struct rv_sink *sink, unsigned column, const char *text)
{
        rv_put_text(sink, column, text, strlen(text));
}

static struct rv_snapshot *make(const struct rv_view *view)
{
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("fixture", "fixture", view, NULL);
        struct rv_snapshot *snapshot = NULL;
        bool cacheable;

        assert_int_equal(rv_row_begin(sink, 0), RV_OK);
        put(sink, NAME, "nginx");
        put(sink, VERSION, "1.26.3-1.azl4");
        rv_put_int(sink, SIZE, 1153434);
        put(sink, SIGNER, "azurelinux");
        assert_int_equal(rv_row_begin(sink, view == &tree), RV_OK);
        put(sink, NAME, "a-package-with-a-name-that-takes-many-cells");
        put(sink, VERSION, "25.1.0-1.azl4");
        rv_put_int(sink, SIZE, 277504);
        put(sink, SIGNER, "somebody");
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        return snapshot;
}

static void check(const struct rv_view *view, unsigned width, const char *wanted)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = make(view);
        RV_LAYOUT_CLEANUP struct rv_layout layout = { 0 };
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        struct rv_look look = { .now = 0 };
        struct rv_layout_ask ask = { .snapshot = snapshot, .look = &look, .width = width };
        size_t row;

        assert_int_equal(rv_layout_make(&ask, &layout, NULL), RV_OK);
        if (width)
                assert_true(layout.width <= width);
        rv_layout_headings(&layout, &out);
        for (row = 0; row < 2; row++) {
                rv_buf_add_char(&out, '\n');
                rv_layout_row(&layout, &look, snapshot, row, &out);
        }
        assert_string_equal(rv_buf_str(&out), wanted);
}

static void without_a_limit_all_is_shown(void **state)
{
        (void)state;
        check(&list, 0,
              "NAME                                         VERSION         SIZE  SIGNED BY   UPDATE\n"
              "nginx                                        1.26.3-1.azl4  1.1 M  azurelinux  -\n"
              "a-package-with-a-name-that-takes-many-cells  25.1.0-1.azl4  271 K  somebody    -");
}

static void narrow_drops_what_is_empty_then_by_priority(void **state)
{
        (void)state;
        check(&list, 79,
              "NAME                                         VERSION         SIZE  SIGNED BY\n"
              "nginx                                        1.26.3-1.azl4  1.1 M  azurelinux\n"
              "a-package-with-a-name-that-takes-many-cells  25.1.0-1.azl4  271 K  somebody");
        check(&list, 54,
              "NAME                                         VERSION\n"
              "nginx                                        1.26.3-1~\n"
              "a-package-with-a-name-that-takes-many-cells  25.1.0-1~");
        check(&list, 52,
              "NAME\n"
              "nginx\n"
              "a-package-with-a-name-that-takes-many-cells");
        check(&list, 60,
              "NAME                                         VERSION\n"
              "nginx                                        1.26.3-1.azl4\n"
              "a-package-with-a-name-that-takes-many-cells  25.1.0-1.azl4");
}

/* What was chosen on top of the view's own columns stays and can be read; the view's own give way by their priority,
 * and only a name can be cut for it. A table has all that was asked for, squeezed. */
static void what_is_chosen_stays_and_others_give_way(void **state)
{
        static const unsigned wanted[] = { NAME, VERSION, SIZE, SIGNER, UPDATE, SECRET };
        static const struct {
                unsigned width;
                bool screen;
                const char *headings;
        } cases[] = {
                { 0, true,
                  "NAME                                         VERSION         SIZE  SIGNED BY   UPDATE  SECRET" },
                { 85, true, "NAME                                         VERSION         SIZE  SIGNED BY   SECRET" },
                { 75, true, "NAME                                         VERSION        SECRET" },
                { 60, true, "NAME                                         SECRET" },
                { 30, true, "NAME                    SECRET" },
                { 60, false, "NAME                            VE~   SIZE  SI~  UP~  SECRET" },
        };
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = make(&list);
        struct rv_look look = { .now = 0 };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof cases / sizeof *cases; i++) {
                RV_LAYOUT_CLEANUP struct rv_layout layout = { 0 };
                RV_BUF_CLEANUP struct rv_buf out = { 0 };
                const struct rv_layout_ask ask = { .snapshot = snapshot,
                                                   .look = &look,
                                                   .width = cases[i].width,
                                                   .wanted = wanted,
                                                   .n_wanted = 6,
                                                   .screen = cases[i].screen };

                assert_int_equal(rv_layout_make(&ask, &layout, NULL), RV_OK);
                rv_layout_headings(&layout, &out);
                assert_string_equal(rv_buf_str(&out), cases[i].headings);
        }
}

/* One long version and one long name among forty: they are cut, and the signer of all others stays whole. */
static void a_rare_long_value_takes_no_room(void **state)
{
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("fixture", "fixture", &list, NULL);
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        RV_LAYOUT_CLEANUP struct rv_layout layout = { 0 };
        struct rv_look look = { .now = 0 };
        bool cacheable;
        unsigned i;

        (void)state;
        for (i = 0; i < 40; i++) {
                assert_int_equal(rv_row_begin(sink, 0), RV_OK);
                put(sink, NAME, i == 7 ? "a-package-with-a-name-that-takes-many-cells" : "nginx-module-image-filter");
                put(sink, VERSION, i == 9 ? "2025.2.80_v9.0.304-2.20260614.azl4" : "1.26.3-1.azl4");
                rv_put_int(sink, SIZE, 277504);
                put(sink, SIGNER, "Azure Linux Sample Key");
        }
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        assert_int_equal(rv_layout_make(&(struct rv_layout_ask){ .snapshot = snapshot, .look = &look, .width = 75 },
                                        &layout, NULL),
                         RV_OK);
        assert_int_equal(layout.n, 4);
        assert_int_equal(layout.columns[0].width, 29);
        assert_int_equal(layout.columns[1].width, 13);
        assert_int_equal(layout.columns[2].width, 5);
        assert_int_equal(layout.columns[3].width, 22);
        assert_int_equal(layout.width, 75);
}

/* The findings of a serial console: the message is what the list is for. */
static const struct rv_column finding_columns[] = {
        { .id = "id", .type = RV_TEXT, .flags = RV_KEY | RV_HIDDEN, .priority = 6 },
        { .id = "severity", .title = "Severity", .type = RV_TEXT, .priority = 1 },
        { .id = "plugin", .title = "Where", .type = RV_TEXT, .priority = 2 },
        { .id = "text", .title = "Needs you", .type = RV_TEXT },
        { .id = "hint", .title = "What to do", .type = RV_TEXT, .priority = 7 },
        { .id = "since", .title = "Since", .type = RV_VERSION, .priority = 4 },
};
static const struct rv_view findings = {
        .id = "findings", .title = "Findings", .columns = finding_columns, .n_columns = 6, .shape = RV_SHAPE_LIST
};

static void check_finding(unsigned width, const unsigned *wanted, size_t n, const char *expected)
{
        static const char *const cells[] = { "a",
                                             "critical",
                                             "packages",
                                             "1 header in the package database is damaged",
                                             "restore the package database from a backup",
                                             "2026-11-23 21:06" };
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("fixture", "fixture", &findings, NULL);
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        RV_LAYOUT_CLEANUP struct rv_layout layout = { 0 };
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        struct rv_look look = { .now = 0 };
        struct rv_layout_ask ask = { .look = &look, .width = width, .wanted = wanted, .n_wanted = n };
        bool cacheable;
        unsigned i;

        assert_int_equal(rv_row_begin(sink, 0), RV_OK);
        for (i = 0; i < 6; i++)
                put(sink, i, cells[i]);
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        ask.snapshot = snapshot;
        assert_int_equal(rv_layout_make(&ask, &layout, NULL), RV_OK);
        assert_true(layout.width <= width);
        rv_layout_row(&layout, &look, snapshot, 0, &out);
        assert_string_equal(rv_buf_str(&out), expected);
}

static void the_message_stays_whole_as_long_as_it_can(void **state)
{
        (void)state;
        check_finding(123, NULL, 0,
                      "critical  packages  1 header in the package database is damaged  "
                      "restore the package database from a bac~  2026-11-23 21:06");
        check_finding(80, NULL, 0, "critical  packages  1 header in the package database is damaged");
        check_finding(62, NULL, 0, "critical  packages  1 header in the package database is damag~");
        check_finding(50, NULL, 0, "critical  1 header in the package database is dam~");
}

static void of_asked_for_columns_those_that_matter_less_are_cut(void **state)
{
        static const unsigned wanted[] = { 3, 1, 4 };

        (void)state;
        check_finding(79, wanted, 3, "1 header in the package database is damaged  critical  restore the package dat~");
        check_finding(56, wanted, 3, "1 header in the package database is dam~  critical  res~");
}

static void one_column_always_stays(void **state)
{
        (void)state;
        check(&list, 9, "NAME\nnginx\na-packag~");
        check(&list, 1, "~\n~\n~");
}

static void a_tree_is_indented(void **state)
{
        (void)state;
        check(&tree, 20, "NAME\nnginx\n  a-package-with-a-~");
}

static void asked_for_columns_keep_their_order(void **state)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = make(&list);
        RV_LAYOUT_CLEANUP struct rv_layout layout = { 0 };
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        const unsigned wanted[] = { SIZE, SECRET, NAME };
        struct rv_look look = { .now = 0 };
        struct rv_layout_ask ask = {
                .snapshot = snapshot, .look = &look, .width = 30, .wanted = wanted, .n_wanted = 3
        };

        (void)state;
        assert_int_equal(rv_layout_make(&ask, &layout, NULL), RV_OK);
        assert_int_equal(layout.n, 3);
        assert_true(layout.columns[0].right);
        rv_layout_row(&layout, &look, snapshot, 1, &out);
        assert_string_equal(rv_buf_str(&out), "271 K  -       a-package-with~");
}

static void scrolling_keeps_the_first_column(void **state)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = make(&list);
        RV_LAYOUT_CLEANUP struct rv_layout layout = { 0 };
        struct rv_look look = { .now = 0 };
        struct rv_layout_ask ask = { .snapshot = snapshot, .look = &look, .width = 79, .skip = 2 };

        (void)state;
        assert_int_equal(rv_layout_make(&ask, &layout, NULL), RV_OK);
        assert_int_equal(layout.columns[0].column, NAME);
        assert_int_equal(layout.columns[1].column, SIGNER);
}

/* A screen that says elsewhere what all rows have in common has no column for it, unless it is wanted. */
static void what_is_common_may_stand_elsewhere(void **state)
{
        struct rv_column own[7];
        struct rv_view view = list;
        RV_LAYOUT_CLEANUP struct rv_layout layout = { 0 };
        struct rv_look look = { .now = 0 };
        size_t i;

        (void)state;
        memcpy(own, columns, sizeof own);
        own[SIZE].flags = own[SIGNER].flags = RV_COMMON;
        view.columns = own;
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("fixture", "fixture", &view, NULL);
        for (i = 0; i < 2; i++) {
                assert_int_equal(rv_row_begin(sink, 0), RV_OK);
                put(sink, NAME, i ? "a" : "b");
                put(sink, SIGNER, "azurelinux");
                rv_put_int(sink, SIZE, (int64_t)i * 4096);
        }
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        bool cacheable;
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        assert_true(rv_show_common(snapshot, SIGNER));
        assert_false(rv_show_common(snapshot, SIZE)); /* they differ */
        assert_false(rv_show_common(snapshot, UPDATE));
        struct rv_layout_ask ask = { .snapshot = snapshot, .look = &look, .titled = true };
        assert_int_equal(rv_layout_make(&ask, &layout, NULL), RV_OK);
        for (i = 0; i < layout.n; i++)
                assert_true(layout.columns[i].column != SIGNER);
        assert_int_equal(layout.n, 4);
        rv_layout_free(&layout);
        ask.wanted = (const unsigned[]){ NAME, SIGNER };
        ask.n_wanted = 2;
        assert_int_equal(rv_layout_make(&ask, &layout, NULL), RV_OK);
        assert_int_equal(layout.columns[1].column, SIGNER);
}

static void a_record_has_labels(void **state)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = make(&list);
        RV_RECORD_CLEANUP struct rv_record record = { 0 };
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        struct rv_look look = { .now = 0 };

        (void)state;
        assert_int_equal(rv_record_make(snapshot, 0, NULL, 0, false, &record, NULL), RV_OK);
        rv_record_text(&record, &look, snapshot, 0, 40, &out);
        assert_string_equal(rv_buf_str(&out), "Name       nginx\n"
                                              "Version    1.26.3-1.azl4\n"
                                              "Size       1.1 M\n"
                                              "Signed by  azurelinux\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(without_a_limit_all_is_shown),
                cmocka_unit_test(what_is_chosen_stays_and_others_give_way),
                cmocka_unit_test(a_rare_long_value_takes_no_room),
                cmocka_unit_test(narrow_drops_what_is_empty_then_by_priority),
                cmocka_unit_test(the_message_stays_whole_as_long_as_it_can),
                cmocka_unit_test(of_asked_for_columns_those_that_matter_less_are_cut),
                cmocka_unit_test(one_column_always_stays),
                cmocka_unit_test(a_tree_is_indented),
                cmocka_unit_test(asked_for_columns_keep_their_order),
                cmocka_unit_test(scrolling_keeps_the_first_column),
                cmocka_unit_test(what_is_common_may_stand_elsewhere),
                cmocka_unit_test(a_record_has_labels),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
