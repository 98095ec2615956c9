/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-present */
/* Cells of the screen that hold a value and another column's word: what is said, what is cut, which columns remain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/model/rows.h"
#include "tests/unit/model_fixture.h"
#include "tui/present/layout.h"

enum { NAME, VERSION, SIZE, VERDICT, SIGNER, UPDATE, SEVERITY, COLUMNS };
enum { OK, NOKEY, UNSIGNED, REVOKED };
enum { CRITICAL, SECURITY, NONE };

static const struct rv_enum verdicts[] = { { "ok", "ok", RV_GOOD, 0 },
                                           { "nokey", "no key", RV_WARN, 0 },
                                           { "unsigned", "unsigned", RV_INFO, 0 },
                                           { "revoked", "revoked", RV_BAD, 0 } };
static const struct rv_enum severities[] = { { "critical", "critical", RV_BAD, 0 },
                                             { "security", "security", RV_WARN, 0 },
                                             { "none", "none", RV_MUTED, 0 } };
static const struct rv_column columns[] = {
        [NAME] = { .id = "name", .title = "Name", .type = RV_TEXT, .flags = RV_KEY },
        [VERSION] = { .id = "version", .title = "Version", .type = RV_VERSION, .priority = 1 },
        [SIZE] = { .id = "size", .title = "Size", .type = RV_SIZE, .priority = 3 },
        [VERDICT] = { .id = "verdict",
                      .title = "Verdict",
                      .type = RV_ENUM,
                      .enums = verdicts,
                      .n_enums = 4,
                      .priority = 2 },
        [SIGNER] = { .id = "signer_name", .title = "Signed by", .type = RV_TEXT, .priority = 2, .with = "verdict" },
        [UPDATE] = { .id = "update", .title = "Update", .type = RV_VERSION, .priority = 2, .with = "severity" },
        [SEVERITY] = { .id = "severity",
                       .title = "Severity",
                       .type = RV_ENUM,
                       .enums = severities,
                       .n_enums = 3,
                       .priority = 2 },
};
static const struct rv_view view = {
        .id = "list", .title = "List", .columns = columns, .n_columns = COLUMNS, .shape = RV_SHAPE_LIST
};

static const struct package {
        const char *name, *version, *signer, *update;
        int64_t size, verdict, severity;
} packages[] = {
        { "mod_ssl", "2.4.65-1.azl4", "azurelinux", NULL, 277504, OK, -1 },
        { "nginx", "1.26.3-1.azl4", "azurelinux", "1.28.0-2", 1153434, OK, CRITICAL },
        { "openssl", "3.5.1-2.azl4", "azurelinux", "3.5.2-1", 1992294, OK, SECURITY },
        { "python3-pyOpenSSL", "25.1.0-1.azl4", "azurelinux", "26.0.0-1", 618496, OK, NONE },
        { "ssl-cert-check", "4.7-1", NULL, NULL, 22528, UNSIGNED, -1 },
        { "sslscan", "2.1.6-3.fc42", "Old Release Key", NULL, 416768, REVOKED, -1 },
        { "agent", "1-1", NULL, NULL, 1024, NOKEY, -1 },
        { "nobody", "1-1", NULL, NULL, 1024, OK, -1 },
        { "unjudged", "1-1", "azurelinux", NULL, 1024, -1, -1 },
        { "nothing", "1-1", NULL, NULL, 1024, -1, -1 },
};
enum { PACKAGES = sizeof packages / sizeof *packages };

static void put(struct rv_sink *sink, unsigned column, const char *text)
{
        if (text)
                rv_put_text(sink, column, text, strlen(text));
}

static struct rv_snapshot *make(void)
{
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("fixture", "fixture", &view, NULL);
        struct rv_snapshot *snapshot = NULL;
        bool cacheable;
        size_t i;

        for (i = 0; i < PACKAGES; i++) {
                assert_int_equal(rv_row_begin(sink, 0), RV_OK);
                put(sink, NAME, packages[i].name);
                put(sink, VERSION, packages[i].version);
                rv_put_int(sink, SIZE, packages[i].size);
                put(sink, SIGNER, packages[i].signer);
                put(sink, UPDATE, packages[i].update);
                if (packages[i].verdict >= 0)
                        rv_put_int(sink, VERDICT, packages[i].verdict);
                if (packages[i].severity >= 0)
                        rv_put_int(sink, SEVERITY, packages[i].severity);
        }
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        return snapshot;
}

static void check(const unsigned *wanted, size_t n, unsigned width, bool screen, size_t rows, const char *expected)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = make();
        RV_LAYOUT_CLEANUP struct rv_layout layout = { 0 };
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        struct rv_look look = { .now = 0 };
        struct rv_layout_ask ask = {
                .snapshot = snapshot, .look = &look, .width = width, .wanted = wanted, .n_wanted = n, .screen = screen
        };
        size_t row;

        assert_int_equal(rv_layout_make(&ask, &layout, NULL), RV_OK);
        rv_layout_headings(&layout, &out);
        for (row = 0; row < rows; row++) {
                rv_buf_add_char(&out, '\n');
                rv_layout_row(&layout, &look, snapshot, row, &out);
        }
        assert_string_equal(rv_buf_str(&out), expected);
}

/* The cells that picture 2 of the screens shows at 80 columns, behind a gutter of four and before a free one. */
static void the_screen_says_both_in_one_cell(void **state)
{
        (void)state;
        check(NULL, 0, 75, true, PACKAGES,
              "NAME               VERSION         SIZE  SIGNED BY       UPDATE\n"
              "mod_ssl            2.4.65-1.azl4  271 K  azurelinux      -\n"
              "nginx              1.26.3-1.azl4  1.1 M  azurelinux      1.28.0-2  critical\n"
              "openssl            3.5.1-2.azl4   1.9 M  azurelinux      3.5.2-1   security\n"
              "python3-pyOpenSSL  25.1.0-1.azl4  604 K  azurelinux      26.0.0-1\n"
              "ssl-cert-check     4.7-1           22 K  - unsigned      -\n"
              "sslscan            2.1.6-3.fc42   407 K  ! Old~ revoked  -\n"
              "agent              1-1            1.0 K  + no key        -\n"
              "nobody             1-1            1.0 K  ok              -\n"
              "unjudged           1-1            1.0 K  azurelinux      -\n"
              "nothing            1-1            1.0 K  -               -");
}

static void tables_keep_both_columns(void **state)
{
        (void)state;
        check(NULL, 0, 0, false, 2,
              "NAME               VERSION         SIZE  VERDICT   SIGNED BY        UPDATE    SEVERITY\n"
              "mod_ssl            2.4.65-1.azl4  271 K  ok        azurelinux       -         -\n"
              "nginx              1.26.3-1.azl4  1.1 M  ok        azurelinux       1.28.0-2  critical");
}

/* A word that was chosen as a column stands there only; others are joined whatever else is chosen. */
static void a_chosen_word_is_a_column_of_its_own(void **state)
{
        static const unsigned both[] = { NAME, SIGNER, VERDICT }, one[] = { SIZE, SIGNER };

        (void)state;
        check(both, 3, 75, true, 6,
              "NAME               SIGNED BY        VERDICT\n"
              "mod_ssl            azurelinux       ok\n"
              "nginx              azurelinux       ok\n"
              "openssl            azurelinux       ok\n"
              "python3-pyOpenSSL  azurelinux       ok\n"
              "ssl-cert-check     -                unsigned\n"
              "sslscan            Old Release Key  revoked");
        check(one, 2, 75, true, 6,
              " SIZE  SIGNED BY\n"
              "271 K  azurelinux\n"
              "1.1 M  azurelinux\n"
              "1.9 M  azurelinux\n"
              "604 K  azurelinux\n"
              " 22 K  - unsigned\n"
              "407 K  ! Old Release Key revoked");
}

static void check_cell(unsigned column, unsigned word, size_t row, unsigned room, bool ascii, const char *expected,
                       uint32_t role)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = make();
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        const struct rv_look look = { .ascii = ascii };
        const struct rv_with with = { .column = column, .word = word };

        (void)rv_with_show(&with, &look, snapshot, row, room, &shown);
        assert_string_equal(rv_buf_str(&shown.text), expected);
        assert_int_equal(shown.width, strlen(expected));
        assert_int_equal(shown.role, role);
        assert_int_equal(shown.null, strcmp(expected, "-") == 0);
}

/* The word is what matters: a name is cut for it, and goes where nothing of it could be read. */
static void the_word_stays_whole(void **state)
{
        (void)state;
        check_cell(SIGNER, VERDICT, 5, 0, false, "! Old Release Key revoked", RV_BAD);
        check_cell(SIGNER, VERDICT, 5, 20, false, "! Old Relea~ revoked", RV_BAD);
        check_cell(SIGNER, VERDICT, 5, 14, false, "! Old~ revoked", RV_BAD);
        check_cell(SIGNER, VERDICT, 5, 13, false, "! revoked", RV_BAD);
        check_cell(SIGNER, VERDICT, 0, 0, true, "azurelinux", RV_PLAIN);
        check_cell(SIGNER, VERDICT, 4, 0, true, "- unsigned", RV_INFO);
        check_cell(SIGNER, VERDICT, 6, 0, false, "+ no key", RV_WARN);
        check_cell(SIGNER, VERDICT, 7, 0, false, "ok", RV_GOOD);
        check_cell(SIGNER, VERDICT, 8, 0, false, "azurelinux", RV_PLAIN);
        check_cell(SIGNER, VERDICT, 9, 0, false, "-", RV_MUTED);
}

/* A word of many letters takes no room from the columns beside it. */
static void a_long_word_is_cut(void **state)
{
        static const struct rv_enum words[] = { { "nokey", "without a known key", RV_WARN, 0 } };
        static const struct rv_column three[] = {
                { .id = "name", .title = "Name", .type = RV_TEXT, .flags = RV_KEY },
                { .id = "word", .title = "Word", .type = RV_ENUM, .enums = words, .n_enums = 1, .priority = 2 },
                { .id = "signer", .title = "Signer", .type = RV_TEXT, .priority = 2, .with = "word" },
        };
        static const struct rv_view narrow = { .id = "n", .columns = three, .n_columns = 3, .shape = RV_SHAPE_LIST };
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("fixture", "fixture", &narrow, NULL);
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        RV_LAYOUT_CLEANUP struct rv_layout layout = { 0 };
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        const struct rv_look look = { .now = 0 };
        bool cacheable;

        (void)state;
        assert_int_equal(rv_row_begin(sink, 0), RV_OK);
        put(sink, 0, "agent");
        rv_put_int(sink, 1, 0);
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        assert_int_equal(
                rv_layout_make(
                        &(struct rv_layout_ask){ .snapshot = snapshot, .look = &look, .width = 21, .screen = true },
                        &layout, NULL),
                RV_OK);
        rv_layout_row(&layout, &look, snapshot, 0, &out);
        assert_string_equal(rv_buf_str(&out), "agent  + without a k~");
}

/* Versions are compared down the column, so nothing stands before them. */
static void in_line_there_is_no_sign(void **state)
{
        (void)state;
        check_cell(UPDATE, SEVERITY, 1, 0, false, "1.28.0-2 critical", RV_BAD);
        check_cell(UPDATE, SEVERITY, 3, 0, false, "26.0.0-1", RV_PLAIN);
}

static void only_words_that_are_declared_are_joined(void **state)
{
        static const struct rv_column odd[] = {
                { .id = "name", .title = "Name", .type = RV_TEXT, .flags = RV_KEY, .with = "nothing" },
                { .id = "size", .title = "Size", .type = RV_SIZE, .with = "name" },
        };
        static const struct rv_view odd_view = { .columns = odd, .n_columns = 2 };

        (void)state;
        assert_int_equal(rv_with(&view, SIGNER), VERDICT);
        assert_int_equal(rv_with(&view, NAME), -1);
        assert_int_equal(rv_with(&odd_view, 0), -1);
        assert_int_equal(rv_with(&odd_view, 1), -1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_screen_says_both_in_one_cell),
                cmocka_unit_test(tables_keep_both_columns),
                cmocka_unit_test(a_chosen_word_is_a_column_of_its_own),
                cmocka_unit_test(the_word_stays_whole),
                cmocka_unit_test(a_long_word_is_cut),
                cmocka_unit_test(in_line_there_is_no_sign),
                cmocka_unit_test(only_words_that_are_declared_are_joined),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
