/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-present */
/* The Overview's figures: what is counted, what is not known, what says nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/model_fixture.h"
#include "tui/present/tally.h"

static const struct rv_look look = { .now = 1795392000 };

/* Rows a, b, c ...: the first is bad and has no version, the others are good; nothing is known of what is held. */
static struct rv_snapshot *make(const struct rv_view *view, unsigned rows)
{
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("fixture", "fixture", view, NULL);
        struct rv_snapshot *snapshot = NULL;
        char key[2] = "a";
        bool cacheable;
        unsigned i;

        assert_non_null(sink);
        for (i = 0; i < rows; i++, key[0]++) {
                fixture_row(sink, key, 0);
                rv_put_int(sink, F_INT, i);
                rv_put_int(sink, F_ENUM, i == 0);
                if (i > 0)
                        rv_put_text(sink, F_VERSION, "1.2-3", 5);
        }
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        return snapshot;
}

/* "number|text", "loading", or "" for a figure that is not shown. */
static const char *figure_of(const struct rv_tally *tally, bool zero, const struct rv_snapshot *snapshot)
{
        static char said[128];
        RV_FIGURE_CLEANUP struct rv_figure figure = { 0 };

        rv_tally(&look, "reeve", tally, zero, snapshot, &figure);
        if (figure.kind == RV_FIGURE_NONE)
                return "";
        if (figure.kind == RV_FIGURE_LOADING)
                return "loading";
        assert_int_equal(figure.kind == RV_FIGURE_TEXT, figure.number.size == 0);
        (void)snprintf(said, sizeof said, "%s|%s", rv_buf_str(&figure.number), rv_buf_str(&figure.text));
        return said;
}

static void test_counts(void **state)
{
        static const struct {
                const char *where, *said;
        } cases[] = {
                { NULL, "3|things" },
                { "state = good", "2|things" },
                { "state = bad", "1|thing" },
                { "count > 7", "" },
                { "held = true", "-|things" },                  /* no row has a value there */
                { "held = true and state = good", "-|things" }, /* nor is this known */
                { "held = true or state = good", "2|things" },
                { "held = null", "3|things" },
                { "verdict = x", "loading" },
        };
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = make(&fixture_view, 3);
        size_t i;

        (void)state;
        for (i = 0; i < sizeof cases / sizeof *cases; i++) {
                const struct rv_tally tally = { .title = NP_("thing", "things"), .where = cases[i].where };

                assert_string_equal(figure_of(&tally, false, snapshot), cases[i].said);
        }
}

static void test_nothing(void **state)
{
        const struct rv_tally all = { .title = NP_("thing", "things") },
                              none = { .title = "nothing", .flags = RV_NO_ROWS },
                              held = { .title = "held", .where = "held = true" },
                              text = { .title = "%1 is bad", .where = "state = bad", .column = "version" };
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *empty = make(&fixture_view, 0), *one = make(&fixture_view, 1);

        (void)state;
        assert_string_equal(figure_of(&all, true, empty), "0|things");
        assert_string_equal(figure_of(&all, false, empty), "");
        assert_string_equal(figure_of(&held, false, empty), ""); /* of no rows everything is known */
        assert_string_equal(figure_of(&text, true, empty), "");
        assert_string_equal(figure_of(&none, false, empty), "|nothing");
        assert_string_equal(figure_of(&none, false, one), "");
}

static void test_text(void **state)
{
        const struct rv_tally good = { .title = "%1 is good", .where = "state = good", .column = "version" },
                              bad = { .title = "%1 is bad", .where = "state = bad", .column = "version" },
                              costly = { .title = "%1", .column = "verdict" };
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = make(&fixture_view, 3);

        (void)state;
        assert_string_equal(figure_of(&good, false, snapshot), "|1.2-3 is good");
        assert_string_equal(figure_of(&bad, false, snapshot), "|a is bad"); /* no version: the row by its key */
        assert_string_equal(figure_of(&costly, false, snapshot), "loading");
}

/* The cache may hold what an older plugin declared. */
static void test_other_declaration(void **state)
{
        const struct rv_view old = { .id = "things",
                                     .title = "Things",
                                     .columns = fixture_columns,
                                     .n_columns = F_LIST,
                                     .shape = RV_SHAPE_LIST };
        const struct rv_tally tally = { .title = "dear", .where = "verdict = x" },
                              text = { .title = "%1", .column = "verdict" };
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = make(&old, 3);

        (void)state;
        assert_string_equal(figure_of(&tally, false, snapshot), "-|dear");
        assert_string_equal(figure_of(&text, false, snapshot), "|a");
}

static void test_lacks(void **state)
{
        const struct rv_tally tallies[] = { { .where = "verdict = x or state = bad" },
                                            { .where = "state = bad", .column = "verdict" },
                                            { .where = "state = bad", .column = "version" } };
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = make(&fixture_view, 1);
        const char *ids[2] = { NULL };
        size_t i, n = 0;

        (void)state;
        for (i = 0; i < 3; i++)
                n = rv_tally_lacks(&tallies[i], snapshot, ids, n, 2);
        assert_int_equal(n, 1);
        assert_string_equal(ids[0], "verdict");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_counts), cmocka_unit_test(test_nothing),
                cmocka_unit_test(test_text),   cmocka_unit_test(test_other_declaration),
                cmocka_unit_test(test_lacks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
