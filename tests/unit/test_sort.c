/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Orders: by each type, backwards, nulls last, stable, and trees whose branches stay whole. */
#include "rows_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void order_of(const struct rv_snapshot *snapshot, const char *text, char *got)
{
        RV_ROWS_CLEANUP struct rv_rows rows = { 0 };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_order order;
        size_t i;

        assert_int_equal(rv_order_parse(text, rv_snapshot_view(snapshot), &order, &err), RV_OK);
        assert_int_equal(rv_rows_all(snapshot, &rows, &err), RV_OK);
        assert_int_equal(rv_rows_sort(&rows, snapshot, &order, &err), RV_OK);
        for (i = 0; i < rows.n; i++)
                got[i] = (char)('0' + rows.at[i]);
        got[rows.n] = '\0';
}

static void orders_by_each_type(void **state)
{
        static const struct {
                const char *text, *rows;
        } orders[] = {
                { "name", "012345" },         { "-name", "431205" }, /* nulls last, and equal ones as they were */
                { "nevra", "502134" },        { "version", "430125" },
                { "-version", "120345" },     { "arch", "201345" },
                { "size", "401235" },         { "-size", "210435" },
                { "installed_at", "210345" }, { "expires_at", "102345" },
                { "-severity", "210345" },    { "held", "102345" },
                { "-held", "012345" },        { "cves", "201345" },
                { "-cves", "102345" },        { "text", "031245" },
                { "age", "012345" },          { "-count", "102345" },
                { "name,arch", "021345" },    { "name, -size", "021345" },
                { "-name,arch", "432105" },   { " -name , -arch ", "431205" },
        };
        char got[16];
        size_t i;

        for (i = 0; i < sizeof orders / sizeof *orders; i++) {
                order_of(*state, orders[i].text, got);
                if (strcmp(got, orders[i].rows) != 0)
                        fail_msg("'%s': %s instead of %s", orders[i].text, got, orders[i].rows);
        }
}

static void refuses_what_is_no_order(void **state)
{
        static const char *const bad[] = {
                "", "-", "nam", "name,", "name arch", "name,,arch", "name,name,name,name,name,name,name,name,name"
        };
        struct rv_order order;
        size_t i;

        (void)state;
        for (i = 0; i < sizeof bad / sizeof *bad; i++) {
                RV_ERR_CLEANUP struct rv_err err = { 0 };

                if (rv_order_parse(bad[i], &package_view, &order, &err) != RV_USAGE)
                        fail_msg("'%s'", bad[i]);
        }
}

static void names_the_nearest_column(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf hint = { 0 };
        struct rv_order order;

        (void)state;
        assert_int_equal(rv_order_parse("-severty", &package_view, &order, &err), RV_USAGE);
        rv_message_plain(err.hint.data, err.hint.size, &hint);
        assert_non_null(strstr(rv_buf_str(&hint), "severity"));
}

static const struct rv_column node_columns[] = {
        { .id = "id", .title = "Id", .type = RV_TEXT, .flags = RV_KEY },
        { .id = "size", .title = "Size", .type = RV_SIZE },
};
static const struct rv_view tree_view = {
        .id = "tree", .title = "Tree", .shape = RV_SHAPE_TREE, .columns = node_columns, .n_columns = 2
};

static struct rv_snapshot *make_tree(void)
{
        static const struct {
                unsigned depth;
                int64_t size;
        } nodes[] = { { 0, 5 }, { 1, 2 }, { 2, 9 }, { 2, 1 }, { 1, 8 }, { 0, 7 }, { 1, 3 }, { 0, 6 } };
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("test", "reeve", &tree_view, NULL);
        struct rv_snapshot *snapshot = NULL;
        bool cacheable;
        size_t i;

        for (i = 0; i < sizeof nodes / sizeof *nodes; i++) {
                assert_int_equal(rv_row_begin(sink, nodes[i].depth), RV_OK);
                rv_put_text(sink, 0, &"01234567"[i], 1);
                rv_put_int(sink, 1, nodes[i].size);
        }
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        return snapshot;
}

static void branches_stay_whole(void **state)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *tree = make_tree();
        RV_ROWS_CLEANUP struct rv_rows some = { 0 };
        const struct rv_order by_size = { .column = { 1 }, .reverse = { true }, .n = 1 };
        char got[16];

        (void)state;
        order_of(tree, "size", got);
        assert_string_equal(got, "01324756"); /* 0(1(3,2),4) 7 5(6) */
        order_of(tree, "-size", got);
        assert_string_equal(got, "56704123");
        order_of(tree, "id", got);
        assert_string_equal(got, "01234567");
        /* A filter took parents away: what is left hangs below what is left. */
        assert_int_equal(rv_rows_all(tree, &some, NULL), RV_OK);
        some.at[0] = 2;
        some.at[1] = 4;
        some.at[2] = 6;
        some.n = 3;
        assert_int_equal(rv_rows_sort(&some, tree, &by_size, NULL), RV_OK);
        assert_int_equal(some.n, 3);
        assert_int_equal(some.at[0] + some.at[1] + some.at[2], 12);
}

static void equal_rows_keep_their_order(void **state)
{
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("packages", "reeve", &package_view, NULL);
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        RV_ROWS_CLEANUP struct rv_rows rows = { 0 };
        struct timespec start, end;
        struct rv_order order;
        bool cacheable;
        unsigned i;
        size_t n;

        (void)state;
        for (i = 0; i < 10000; i++)
                put_packages(sink);
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        assert_int_equal(rv_rows_all(snapshot, &rows, NULL), RV_OK);
        assert_int_equal(rv_order_parse("-version", &package_view, &order, NULL), RV_OK);
        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
        assert_int_equal(rv_rows_sort(&rows, snapshot, &order, NULL), RV_OK);
        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
        print_message("60,000 versions sorted: %.1f ms\n",
                      (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6);
        for (n = 1; n < rows.n; n++)
                if (rows.at[n] % 6 == rows.at[n - 1] % 6)
                        assert_true(rows.at[n] > rows.at[n - 1]);
        assert_int_equal(rv_order_parse("nevra", &package_view, &order, NULL), RV_OK);
        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
        assert_int_equal(rv_rows_sort(&rows, snapshot, &order, NULL), RV_OK);
        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
        print_message("60,000 texts sorted: %.1f ms\n",
                      (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6);
}

static int set_up(void **state)
{
        *state = make_packages();
        return 0;
}

static int tear_down(void **state)
{
        rv_snapshot_unref(*state);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(orders_by_each_type),         cmocka_unit_test(refuses_what_is_no_order),
                cmocka_unit_test(names_the_nearest_column),    cmocka_unit_test(branches_stay_whole),
                cmocka_unit_test(equal_rows_keep_their_order),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
