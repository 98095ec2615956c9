/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows named by words, as an administrator types them. */
#include "rows_fixture.h"

#include <stdio.h>
#include <stdlib.h>

static void picked(const struct rv_snapshot *snapshot, const char *const *words, size_t n, const char *expected)
{
        RV_ROWS_CLEANUP struct rv_rows rows = { 0 };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        char got[16];
        size_t i;

        assert_int_equal(rv_rows_all(snapshot, &rows, &err), RV_OK);
        assert_int_equal(rv_rows_pick(&rows, snapshot, NULL, words, n, &err), RV_OK);
        for (i = 0; i < rows.n; i++)
                got[i] = (char)('0' + rows.at[i]);
        got[rows.n] = '\0';
        assert_string_equal(got, expected);
}

static void one(const struct rv_snapshot *snapshot, const char *word, const char *expected)
{
        picked(snapshot, &word, 1, expected);
}

static void by_key_name_and_arch(void **state)
{
        static const char *const several[] = { "python3", "bash", "bash", "open*" };

        one(*state, "bash", "0");
        one(*state, "bash.x86_64", "0");
        one(*state, "bash-5.2.26-1.azl4.x86_64", "0");
        one(*state, "openssl-libs", "12");
        one(*state, "openssl-libs.i686", "2");
        one(*state, "openssl-libs-1:3.3.2-1.azl4.i686", "2");
        one(*state, "open*", "12");
        one(*state, "open*.i686", "2");
        one(*state, "[bZ]*", "04");
        one(*state, "?ash", "0");
        one(*state, "#12*", "5");
        picked(*state, several, 4, "0123");
        picked(*state, NULL, 0, "012345");
}

static void what_is_not_there_is_named(void **state)
{
        static const char *const words[] = { "bash", "x86_64", "bsh" };
        RV_ROWS_CLEANUP struct rv_rows rows = { 0 };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        assert_int_equal(rv_rows_all(*state, &rows, &err), RV_OK);
        assert_int_equal(rv_rows_pick(&rows, *state, NULL, words, 3, &err), RV_NOTFOUND); /* arch alone names nothing */
        rv_message_plain(err.message.data, err.message.size, &text);
        assert_string_equal(rv_buf_str(&text), "x86_64: there is no such row in installed");
        assert_int_equal(rows.n, 6); /* untouched */
}

/* Looking shows what there is, and names the rest; nothing at all is an error like any other. */
static void some_are_there(void **state)
{
        static const char *const words[] = { "x86_64", "bash", "bsh", "open*" }, *const none[] = { "x86_64", "bsh" };
        RV_ERR_CLEANUP struct rv_err err = { 0 }, missing = { 0 };
        RV_ROWS_CLEANUP struct rv_rows rows = { 0 };
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        assert_int_equal(rv_rows_all(*state, &rows, &err), RV_OK);
        assert_int_equal(rv_rows_pick_some(&rows, *state, NULL, words + 1, 1, &missing, &err), RV_OK);
        assert_int_equal(missing.code, RV_OK);
        rv_rows_free(&rows);
        assert_int_equal(rv_rows_all(*state, &rows, &err), RV_OK);
        assert_int_equal(rv_rows_pick_some(&rows, *state, NULL, words, 4, &missing, &err), RV_OK);
        assert_int_equal(rows.n, 3);
        assert_int_equal(missing.code, RV_NOTFOUND);
        rv_message_plain(missing.message.data, missing.message.size, &text);
        assert_string_equal(rv_buf_str(&text), "x86_64, bsh: there is no such row in installed");
        assert_int_equal(rv_rows_pick_some(&rows, *state, NULL, none, 2, &missing, &err), RV_NOTFOUND);
        assert_int_equal(rows.n, 3); /* untouched */
}

/* A key that is also a name elsewhere means the row with the key. */
static void keys_come_first(void **state)
{
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("packages", "reeve", &package_view, NULL);
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        bool cacheable;

        (void)state;
        put_package(sink, "a-1.noarch", "b-1.noarch", "1", "noarch");
        put_package(sink, "b-1.noarch", "b", "1", "noarch");
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        one(snapshot, "b-1.noarch", "1");
        assert_int_equal(rv_row_by_key(snapshot, "b-1.noarch"), 1);
        assert_int_equal(rv_row_by_key(snapshot, "b"), SIZE_MAX);
}

/* What a column holds is declared: its id means nothing here. */
static void a_declared_nevra_is_meant_by_its_name(void **state)
{
        static const struct rv_column columns[] = {
                { .id = "what", .title = "What", .type = RV_TEXT, .flags = RV_KEY | RV_MATCH | RV_NEVRA },
                { .id = "nevra", .title = "Other", .type = RV_TEXT, .flags = RV_MATCH },
        };
        static const struct rv_view view = {
                .id = "signed", .title = "Signed", .columns = columns, .n_columns = 2, .shape = RV_SHAPE_LIST
        };
        static const char *const nevras[] = { "a-b-1:2-3.x86_64", "a-b-1:2-3.i686", "c-1-2.noarch" };
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("signatures", "reeve", &view, NULL);
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        RV_ROWS_CLEANUP struct rv_rows rows = { 0 };
        const char *const other[] = { "d" };
        bool cacheable;
        size_t i;

        (void)state;
        for (i = 0; i < 3; i++) {
                assert_int_equal(rv_row_begin(sink, 0), RV_OK);
                rv_put_text(sink, 0, nevras[i], strlen(nevras[i]));
                rv_put_text(sink, 1, "d-1-2.noarch", strlen("d-1-2.noarch"));
        }
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        one(snapshot, "a-b", "01");
        one(snapshot, "a-b.i686", "1");
        one(snapshot, "c*", "2");
        assert_int_equal(rv_rows_all(snapshot, &rows, NULL), RV_OK);
        assert_int_equal(rv_rows_pick(&rows, snapshot, NULL, other, 1, NULL), RV_NOTFOUND);
}

static const struct rv_column key_columns[] = {
        { .id = "fingerprint", .title = "Fingerprint", .type = RV_TEXT, .flags = RV_KEY | RV_TAIL },
        { .id = "owner", .title = "Owner", .type = RV_TEXT, .flags = RV_MATCH },
};
static const struct rv_view key_view = {
        .id = "keys", .title = "Keys", .columns = key_columns, .n_columns = 2, .shape = RV_SHAPE_LIST
};

/* As gpg takes ids of keys: long or short, in either case, with 0x or blanks. Both that end alike are meant. */
static void the_end_of_a_fingerprint(void **state)
{
        static const char *const keys[] = { "22FAD4276E106709B30CD744253C14EB3A00DC00",
                                            "6866BBEF5145CFAADD91F878CC59817CB69B7C35",
                                            "0000BBEF5145CFAADD91F878CC5981AAB69B7C35" },
                                 *const owners[] = { "one", "two", "3A00DC00" };
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("signatures", "reeve", &key_view, NULL);
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_ROWS_CLEANUP struct rv_rows rows = { 0 };
        const char *wrong[] = { "A00DC00", "0x", "253C14EB3A00DC01", "G3A00DC00",
                                "022FAD4276E106709B30CD744253C14EB3A00DC00" };
        bool cacheable;
        size_t i;

        (void)state;
        for (i = 0; i < 3; i++) {
                assert_int_equal(rv_row_begin(sink, 0), RV_OK);
                rv_put_text(sink, 0, keys[i], strlen(keys[i]));
                rv_put_text(sink, 1, owners[i], strlen(owners[i]));
        }
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        one(snapshot, "253C14EB3A00DC00", "0");
        one(snapshot, "eb3a00dc00", "0");
        one(snapshot, "0xEB3A00dc00", "0");
        one(snapshot, "22FA D427 6E10 6709 B30C  D744 253C 14EB 3A00 DC00", "0");
        one(snapshot, "3A00DC00", "2"); /* what a whole cell says comes first */
        one(snapshot, "7CB69B7C35", "1");
        one(snapshot, "B69B7C35", "12");
        assert_int_equal(rv_rows_all(snapshot, &rows, &err), RV_OK);
        for (i = 0; i < sizeof wrong / sizeof *wrong; i++)
                assert_int_equal(rv_rows_pick(&rows, snapshot, NULL, &wrong[i], 1, &err), RV_NOTFOUND);
}

static void thousands_of_words(void **state)
{
        const char **words = calloc(20000, sizeof *words);
        size_t i;

        assert_non_null(words);
        for (i = 0; i < 20000; i++)
                words[i] = i % 2 ? "bash" : "python3";
        picked(*state, words, 20000, "03");
        free(words);
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
                cmocka_unit_test(by_key_name_and_arch),
                cmocka_unit_test(what_is_not_there_is_named),
                cmocka_unit_test(some_are_there),
                cmocka_unit_test(keys_come_first),
                cmocka_unit_test(a_declared_nevra_is_meant_by_its_name),
                cmocka_unit_test(the_end_of_a_fingerprint),
                cmocka_unit_test(thousands_of_words),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
