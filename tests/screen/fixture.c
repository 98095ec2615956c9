/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin for the screen's tests: fixed rows of every type, hostile text, and a view that fills only when the test
 * says so. It stands in for no real subsystem; the real ones have screen tests of their own on the sample. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <reeve/plugin.h>

enum { ROWS = 2500, MIB = 1024 * 1024 };
static const int64_t NEW = 1795000000; /* 2026-11-18 */

static const struct rv_enum states[] = { { "good", N_("good"), RV_GOOD, 0 },
                                         { "old", N_("old"), RV_WARN, 0 },
                                         { "bad", N_("bad"), RV_BAD, 0 },
                                         { "none", N_("none"), RV_MUTED, 0 } };

static const struct rv_enum proofs[] = { { "proved", N_("proved"), RV_GOOD, 0 }, { "void", N_("void"), RV_BAD, 0 } };

enum { NAME, VERSION, SIZE, AT, PROOF, STATE, OWNER, NOTE };
static const struct rv_column many_columns[] = {
        { .id = "name", .title = N_("Name"), .type = RV_TEXT, .flags = RV_KEY | RV_MATCH },
        { .id = "version", .title = N_("Version"), .type = RV_VERSION, .priority = 1 },
        { .id = "size", .title = N_("Size"), .type = RV_SIZE, .priority = 2 },
        { .id = "made_at", .title = N_("Made"), .type = RV_TIME, .priority = 4 },
        { .id = "proof",
          .title = N_("Proof"),
          .type = RV_ENUM,
          .enums = proofs,
          .n_enums = 2,
          .flags = RV_HIDDEN | RV_COSTLY,
          .priority = 7 },
        { .id = "state", .title = N_("State"), .type = RV_ENUM, .enums = states, .n_enums = 4, .priority = 3 },
        { .id = "owner", .title = N_("Owner"), .type = RV_REF, .ref = "fixture/short", .priority = 5 },
        { .id = "note", .title = N_("Note"), .type = RV_TEXT, .priority = 6 },
};

static void put(struct rv_sink *sink, unsigned column, const char *text)
{
        rv_put_text(sink, column, text, strlen(text));
}

static int fill_many(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        static const char *const families[] = { "lib", "python3-", "perl-", "kernel-", "font-" };
        static const char *const things[] = { "yaml", "ssl", "xml", "curl", "audit", "cap", "zip", "dbus" };
        char text[64];
        int i, rc;

        (void)err;
        for (i = 0; i < ROWS; i++) {
                rc = rv_row_begin(sink, 0);
                if (rc)
                        return rc;
                (void)snprintf(text, sizeof text, "%s%s-%04d", families[i % 5], things[i % 8], i);
                put(sink, NAME, text);
                (void)snprintf(text, sizeof text, "%d.%d.%d-1", i % 7, i % 11, i % 13);
                put(sink, VERSION, text);
                rv_put_int(sink, SIZE, (int64_t)i * 7919);
                rv_put_int(sink, AT, NEW - (int64_t)i * 86400);
                rv_put_int(sink, STATE, i % 50 == 7 ? 2 : i % 20 == 3 ? 1 : 0);
                put(sink, OWNER, i % 2 ? "one" : "two");
                if (i % 3 == 0)
                        put(sink, NOTE, "by hand");
                if (rv_wants(query, PROOF))
                        rv_put_int(sink, PROOF, i % 100 == 7);
        }
        return 0;
}

static const struct rv_column short_columns[] = {
        { .id = "slot", .title = N_("Slot"), .type = RV_TEXT, .flags = RV_KEY },
        { .id = "state", .title = N_("State"), .type = RV_ENUM, .enums = states, .n_enums = 4 },
        { .id = "tries", .title = N_("Tries"), .type = RV_INT },
        { .id = "signer", .title = N_("Signed by"), .type = RV_TEXT },
};

/* Whether the root has a file, which is what the rows depend on. */
static int depends_on(const struct rv_query *query, struct rv_sink *sink, const char *name, bool *ret)
{
        int rc = rv_depends(sink, rv_root_fd(query), name);

        *ret = faccessat(rv_root_fd(query), name, F_OK, 0) == 0;
        return rc;
}

static int fill_short(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        bool third = false;
        int rc = depends_on(query, sink, "third", &third);

        (void)err;
        if (!rc)
                rc = rv_row_begin(sink, 0);
        if (rc)
                return rc;
        put(sink, 0, "one");
        rv_put_int(sink, 1, 0);
        rv_put_int(sink, 2, 3);
        rc = rv_row_begin(sink, 0);
        if (rc)
                return rc;
        put(sink, 0, "two");
        rv_put_int(sink, 1, 2);
        put(sink, 3, "Reeve Test");
        rv_warn(sink, RV_DAMAGED, N_("%1: a copy of the table is damaged"), "two", NULL);
        rc = third ? rv_row_begin(sink, 0) : 0;
        if (third && !rc)
                put(sink, 0, "third");
        return rc;
}

/* What a package could call itself to get at a terminal. */
static int fill_hostile(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        static const char *const texts[] = { "\033[31mred\033[2J",
                                             "\302\233 31m",
                                             "a\342\200\256evil",
                                             "\377\376 broken",
                                             "new\nline\ttab",
                                             "\342\202\254 euro",
                                             "wide \346\274\242\345\255\227",
                                             "e\314\201 combined" };
        size_t i;
        int rc;

        (void)query;
        (void)err;
        for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
                rc = rv_row_begin(sink, 0);
                if (rc)
                        return rc;
                put(sink, 0, texts[i]);
                put(sink, 3, texts[i]);
        }
        return 0;
}

/* Waits until somebody opens the fifo "gate" of the root for writing. */
static int fill_slow(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        int fd, rc = rv_depends(sink, rv_root_fd(query), "data");

        if (rc)
                return rc;
        fd = openat(rv_root_fd(query), "gate", O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return rv_fail(err, RV_NODATA, N_("the gate is not there"), N_("make a fifo named %1"), "gate", NULL);
        close(fd);
        return fill_short(query, sink, err);
}

static const struct rv_column text_columns[] = {
        { .id = "n", .title = N_("N"), .type = RV_INT, .flags = RV_KEY | RV_HIDDEN },
        { .id = "at", .title = N_("At"), .type = RV_TIME },
        { .id = "text", .title = N_("Text"), .type = RV_TEXT },
};

static int fill_text(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        char text[128];
        int i, rc;

        (void)err;
        for (i = 0; i < 40; i++) {
                rc = rv_row_begin(sink, 0);
                if (rc)
                        return rc;
                rv_put_int(sink, 0, i);
                rv_put_int(sink, 1, NEW - i * 3600);
                (void)snprintf(text, sizeof text, "entry %d of %s\n%s", i, rv_arg(query, "name", 0),
                               i % 10 == 4 ? "the needle" : "hay");
                put(sink, 2, text);
        }
        return 0;
}

static const struct rv_arg text_args[] = { { .id = "name",
                                             .title = N_("Name"),
                                             .type = RV_REF,
                                             .ref = "fixture/many",
                                             .flags = RV_REQUIRED | RV_POSITIONAL } };

/* The keys are numbers, as those of a package's dependencies are. */
static const struct rv_column need_columns[] = {
        { .id = "n", .title = N_("N"), .type = RV_INT, .flags = RV_KEY | RV_HIDDEN },
        { .id = "need", .title = N_("Need"), .type = RV_TEXT },
        { .id = "by", .title = N_("By"), .type = RV_REF, .ref = "fixture/short", .flags = RV_COSTLY },
};

static int fill_needs(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        char text[64];
        int i, rc;

        (void)err;
        for (i = 1; i <= 12; i++) {
                rc = rv_row_begin(sink, 0);
                if (rc)
                        return rc;
                rv_put_int(sink, 0, i);
                (void)snprintf(text, sizeof text, "need %d of %s", i, rv_arg(query, "name", 0));
                put(sink, 1, text);
                if (rv_wants(query, 2))
                        put(sink, 2, i % 2 ? "one" : "two");
        }
        return 0;
}

static int fill_findings(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        bool mended = false;
        int rc = depends_on(query, sink, "mended", &mended);

        (void)err;
        if (!rc)
                rc = rv_row_begin(sink, 0);
        if (rc)
                return rc;
        put(sink, RV_F_ID, "tries");
        rv_put_int(sink, RV_F_SEVERITY, 1);
        rv_put_msg(sink, RV_F_TEXT, NP_("%1 slot has no tries left", "%1 slots have no tries left"), "2", NULL);
        put(sink, RV_F_VIEW, "fixture/short");
        put(sink, RV_F_ROW, "two");
        rv_put_int(sink, RV_F_SINCE, NEW - 7200);
        rc = mended ? 0 : rv_row_begin(sink, 0);
        if (rc || mended)
                return rc;
        put(sink, RV_F_ID, "revoked");
        rv_put_int(sink, RV_F_SEVERITY, 0);
        rv_put_msg(sink, RV_F_TEXT, N_("%1 is signed by a revoked key"), "libssl", NULL);
        rv_put_msg(sink, RV_F_HINT, N_("replace %1 by a package whose signer is still trusted, then load again"),
                   "libssl", NULL);
        put(sink, RV_F_VIEW, "fixture/many");
        put(sink, RV_F_WHERE, "name ~ -000");
        rv_put_int(sink, RV_F_SINCE, NEW - 200000);
        return 0;
}

static int fill_changes(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        int rc = rv_row_begin(sink, 0);

        (void)query;
        (void)err;
        if (rc)
                return rc;
        put(sink, RV_C_ID, "127");
        rv_put_int(sink, RV_C_AT, NEW - 3600);
        rv_put_msg(sink, RV_C_WHAT, N_("update %1 packages"), "14", NULL);
        put(sink, RV_C_WHO, "root");
        rv_put_int(sink, RV_C_RESULT, 2);
        put(sink, RV_C_VIEW, "fixture/many");
        put(sink, RV_C_WHERE, "name ~ -001");
        return 0;
}

#define LIST(name, title_, cols, fun)                                                                                 \
        {                                                                                                             \
                .id = name, .title = title_, .columns = cols, .n_columns = sizeof cols / sizeof cols[0], .fill = fun, \
                .shape = RV_SHAPE_LIST                                                                                \
        }

/* Asked for by nobody on the screen: a view is one of its tab without it. */
static const struct rv_arg many_args[] = { { .id = "deep", .title = N_("Deep"), .type = RV_BOOL } };

static const struct rv_view views[] = {
        { .id = "many",
          .title = N_("Many"),
          .columns = many_columns,
          .n_columns = sizeof many_columns / sizeof many_columns[0],
          .args = many_args,
          .n_args = 1,
          .fill = fill_many,
          .shape = RV_SHAPE_LIST },
        LIST("short", N_("Short"), short_columns, fill_short),
        LIST("hostile", N_("Hostile"), short_columns, fill_hostile),
        LIST("slow", N_("Slow"), short_columns, fill_slow),
        { .id = "log",
          .title = N_("Log"),
          .columns = text_columns,
          .n_columns = 3,
          .args = text_args,
          .n_args = 1,
          .fill = fill_text,
          .shape = RV_SHAPE_TEXT },
        { .id = "needs",
          .title = N_("Needs"),
          .columns = need_columns,
          .n_columns = 3,
          .args = text_args,
          .n_args = 1,
          .fill = fill_needs,
          .shape = RV_SHAPE_LIST },
};

/* Of each sort: all rows, a costly column, one that is null everywhere, none that fits, another view's text. */
static const struct rv_tally tallies[] = {
        { .title = NP_("thing", "things"), .view = "many" },
        { .title = N_("void"), .view = "many", .where = "proof = void", .role = RV_BAD },
        { .title = N_("tried"), .view = "hostile", .where = "tries > 0" },
        { .title = N_("none"), .view = "many", .where = "state = none" },
        { .title = N_("%1 is bad"), .view = "short", .where = "state = bad", .column = "slot", .role = RV_BAD },
        { .title = N_("nothing is short"), .view = "short", .flags = RV_NO_ROWS },
        { .title = N_("old"), .view = "many", .where = "state = old" },
};

RV_PLUGIN = { .abi = RV_ABI,
              .size = RV_SIZES,
              .id = "fixture",
              .title = N_("Fixture"),
              .help = N_("Rows for tests of the screen."),
              .version = "1",
              .domain = "reeve",
              .views = views,
              .n_views = sizeof views / sizeof views[0],
              .findings = fill_findings,
              .changes = fill_changes,
              .tallies = tallies,
              .n_tallies = sizeof tallies / sizeof tallies[0] };
