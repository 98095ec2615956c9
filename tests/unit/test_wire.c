/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: PkgConfig::JANSSON */
/* Requests as a helper gets them from anybody: each wrong type, member, number and length is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <reeve/plugin.h>

#include "core/model/query.h"
#include "core/run/plan_private.h"
#include "core/run/wire.h"
#include "place_fixture.h"

#define PLAN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEAD "\"root\":\"/\",\"unit\":\"none\",\"wait\":0,\"interactive\":false"
#define RUN "\"verb\":\"run\",\"plugin\":\"p\",\"plan\":\"" PLAN "\",\"requests\":[]"
#define RECOVER "\"verb\":\"recover\",\"job\":3,\"way\":\"finish\""

static int parse(const char *text, size_t n, struct rv_err *err)
{
        struct rv_wire wire = { .job = 12345 };
        int rc;

        rv_err_clear(err);
        rc = rv_wire_parse(text, n, &wire, err);
        if (rc != RV_OK)
                assert_true(wire.job == 12345 && !wire.json);
        else
                rv_wire_free(&wire);
        return rc;
}

static void refused(const char *text)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        int rc = parse(text, strlen(text), &err);

        if (rc != RV_USAGE)
                fail_msg("%d for %.200s", rc, text);
        assert_true(place_says(&err, "the request is not understood"));
        assert_true(err.hint.size > 0);
}

static void accepted(const char *text)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };

        if (parse(text, strlen(text), &err) != RV_OK)
                fail_msg("refused: %.200s: %s", text, rv_buf_str(&err.message));
}

static void test_both_verbs(void **state)
{
        RV_WIRE_CLEANUP struct rv_wire wire = { 0 };
        const char *text = "{\"reeve\":1," HEAD "," RECOVER "}";

        (void)state;
        accepted("{\"reeve\":1," HEAD "," RUN "}");
        accepted("{\"reeve\":1," HEAD "," RUN ",\"answers\":{}}");
        accepted("{\"reeve\":1," HEAD "," RUN ",\"answers\":{\"key\":\"yes\"}}");
        assert_int_equal(rv_wire_parse(text, strlen(text), &wire, NULL), RV_OK);
        assert_int_equal(wire.job, 3);
        assert_int_equal(wire.way, RV_FINISH);
        assert_null(wire.plan);
}

static void test_no_object(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        static const char nul[] = "{\"reeve\":1," HEAD "," RUN "}\0{}";
        char *deep = malloc(RV_WIRE_MAX + 2);

        (void)state;
        refused("");
        refused("{");
        refused("[]");
        refused("null");
        refused("{}");
        refused("\"reeve\"");
        refused("{\"reeve\":1," HEAD "," RUN "} x");
        refused("{\"reeve\":1," HEAD "," RUN "}{}");
        refused("{\"reeve\":1,\"reeve\":1," HEAD "," RUN "}");
        refused("{\"reeve\":1,\"macros\":\"/tmp/x\"," HEAD "," RUN "}");
        refused("{\"reeve\":1," HEAD "," RUN ",\"answers\":{\"k\":\"\\u0000\"}}");
        refused("{\"reeve\":1," HEAD "," RUN ",\"answers\":{\"k\":\"\xff\"}}");
        assert_int_equal(parse(nul, sizeof nul - 1, &err), RV_USAGE);
        assert_non_null(deep);
        memset(deep, '[', RV_WIRE_MAX + 2);
        assert_int_equal(parse(deep, RV_WIRE_MAX, &err), RV_USAGE);
        free(deep);
}

/* The limit is exact: blanks fill a good request up to it, and one more is too many. */
static void test_length(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        static const char good[] = "{\"reeve\":1," HEAD "," RUN "}";
        char *text = malloc(RV_WIRE_MAX + 1);

        (void)state;
        assert_non_null(text);
        memset(text, ' ', RV_WIRE_MAX + 1);
        memcpy(text, good, sizeof good - 1);
        assert_int_equal(parse(text, RV_WIRE_MAX, &err), RV_OK);
        assert_int_equal(parse(text, RV_WIRE_MAX + 1, &err), RV_USAGE);
        assert_true(place_says(&err, "64 KiB"));
        free(text);
}

/* Versions are whole numbers: one that is 1 after it lost its upper half is another one. */
static void test_versions(void **state)
{
        static const char *const others[] = { "0",    "2",    "-1",         "1.0",        "\"1\"",
                                              "true", "null", "4294967297", "-4294967295" };
        char text[512];
        size_t i;

        (void)state;
        for (i = 0; i < sizeof others / sizeof *others; i++) {
                (void)snprintf(text, sizeof text, "{\"reeve\":%s," HEAD "," RUN "}", others[i]);
                refused(text);
        }
        refused("{" HEAD "," RUN "}");
}

static void test_numbers(void **state)
{
        static const char *const waits[] = {
                "-1", "604801", "9223372036854775807", "9223372036854775808", "1.5", "\"1\"", "true", "null"
        };
        static const char *const jobs[] = {
                "0", "-1", "9223372036854775808", "-9223372036854775808", "1.0", "1e3", "\"1\"", "true", "null"
        };
        char text[512];
        size_t i;

        (void)state;
        for (i = 0; i < sizeof waits / sizeof *waits; i++) {
                (void)snprintf(text, sizeof text,
                               "{\"reeve\":1,\"root\":\"/\",\"unit\":\"none\",\"wait\":%s,\"interactive\":true," RUN
                               "}",
                               waits[i]);
                refused(text);
        }
        for (i = 0; i < sizeof jobs / sizeof *jobs; i++) {
                (void)snprintf(text, sizeof text,
                               "{\"reeve\":1," HEAD ",\"verb\":\"recover\",\"job\":%s,\"way\":\"revert\"}", jobs[i]);
                refused(text);
        }
        accepted("{\"reeve\":1,\"root\":\"/\",\"unit\":\"none\",\"wait\":604800,\"interactive\":true," RUN "}");
        accepted("{\"reeve\":1," HEAD ",\"verb\":\"recover\",\"job\":9223372036854775807,\"way\":\"revert\"}");
}

static void test_words_of_closed_lists(void **state)
{
        (void)state;
        refused("{\"reeve\":1,\"root\":\"\",\"unit\":\"none\",\"wait\":0,\"interactive\":true," RUN "}");
        refused("{\"reeve\":1,\"root\":\"tmp\",\"unit\":\"none\",\"wait\":0,\"interactive\":true," RUN "}");
        refused("{\"reeve\":1,\"root\":7,\"unit\":\"none\",\"wait\":0,\"interactive\":true," RUN "}");
        refused("{\"reeve\":1,\"root\":\"/\",\"unit\":\"service\",\"wait\":0,\"interactive\":true," RUN "}");
        refused("{\"reeve\":1,\"root\":\"/\",\"unit\":\"none\",\"wait\":0,\"interactive\":1," RUN "}");
        refused("{\"reeve\":1," HEAD ",\"verb\":\"walk\"}");
        refused("{\"reeve\":1," HEAD ",\"verb\":\"\"}");
        refused("{\"reeve\":1," HEAD ",\"verb\":\"recover\",\"job\":3,\"way\":\"\"}");
        refused("{\"reeve\":1," HEAD ",\"verb\":\"recover\",\"job\":3,\"way\":\"both\"}");
        refused("{\"reeve\":1," HEAD ",\"verb\":\"recover\",\"job\":3}");
        refused("{\"reeve\":1," HEAD ",\"verb\":\"recover\",\"way\":\"finish\"}");
}

static void test_plan_ids(void **state)
{
        static const char *const others[] = { "",
                                              "0123456789abcdef",
                                              PLAN "0",
                                              "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
                                              "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde ",
                                              "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg" };
        char text[512];
        size_t i;

        (void)state;
        for (i = 0; i < sizeof others / sizeof *others; i++) {
                (void)snprintf(text, sizeof text,
                               "{\"reeve\":1," HEAD
                               ",\"verb\":\"run\",\"plugin\":\"p\",\"plan\":\"%s\",\"requests\":[]}",
                               others[i]);
                refused(text);
        }
}

/* Each verb has its own members: what says two things at once is refused, not interpreted. */
static void test_members_of_the_other_verb(void **state)
{
        (void)state;
        refused("{\"reeve\":1," HEAD "," RUN ",\"job\":3}");
        refused("{\"reeve\":1," HEAD "," RUN ",\"way\":\"finish\"}");
        refused("{\"reeve\":1," HEAD "," RECOVER ",\"plan\":\"" PLAN "\"}");
        refused("{\"reeve\":1," HEAD "," RECOVER ",\"requests\":[]}");
        refused("{\"reeve\":1," HEAD "," RECOVER ",\"plugin\":\"p\"}");
        refused("{\"reeve\":1," HEAD "," RECOVER ",\"answers\":{\"key\":\"yes\"}}");
        refused("{\"reeve\":1," HEAD ",\"verb\":\"run\",\"plan\":\"" PLAN "\",\"requests\":[]}");
        refused("{\"reeve\":1," HEAD ",\"verb\":\"run\",\"plugin\":\"p\",\"requests\":[]}");
        refused("{\"reeve\":1," HEAD ",\"verb\":\"run\",\"plugin\":\"p\",\"plan\":\"" PLAN "\"}");
        refused("{\"reeve\":1," HEAD ",\"verb\":\"run\",\"plugin\":\"p\",\"plan\":\"" PLAN "\",\"requests\":{}}");
        refused("{\"reeve\":1," HEAD "," RUN ",\"answers\":[]}");
        refused("{\"reeve\":1," HEAD "," RUN ",\"answers\":null}");
        refused("{\"reeve\":1," HEAD "," RUN ",\"answers\":{\"key\":true}}");
        refused("{\"reeve\":1," HEAD "," RUN ",\"answers\":{\"key\":{\"a\":\"b\"}}}");
}

/* --- the requests inside */

static int plan_it(const struct rv_request *const *requests, size_t n, struct rv_plan *plan, struct rv_err *err)
{
        (void)requests, (void)n, (void)plan, (void)err;
        return RV_OK;
}

static int run_it(struct rv_job *job, struct rv_err *err)
{
        (void)job, (void)err;
        return RV_OK;
}

static const struct rv_column columns[] = { { .id = "id", .title = "Id", .type = RV_TEXT, .flags = RV_KEY } };
static const struct rv_view views[] = {
        { .id = "steps", .title = "Steps", .columns = columns, .n_columns = 1, .shape = RV_SHAPE_LIST }
};
static const struct rv_arg args[] = { { .id = "what", .title = "What", .type = RV_TEXT },
                                      { .id = "rows", .title = "Rows", .type = RV_TEXT, .flags = RV_REPEAT },
                                      { .id = "count", .title = "Count", .type = RV_INT } };
static const struct rv_action actions[] = {
        { .id = "do", .title = "Do", .args = args, .preview = "steps", .plan = plan_it, .run = run_it, .n_args = 3 }
};
static const struct rv_plugin plugin = {
        .abi = RV_ABI, .id = "test", .title = "Test", .views = views, .actions = actions, .n_views = 1, .n_actions = 1
};

/* The number of requests in the text, or minus the error's code; both results are untouched on failure. */
static int requests(const struct place *place, const char *text, struct rv_err *err)
{
        struct rv_request **made = (struct rv_request **)&plugin;
        json_t *json = json_loads(text, 0, NULL);
        struct rv_root root;
        size_t n = 99;
        int rc;

        assert_non_null(json);
        rv_err_clear(err);
        assert_int_equal(rv_root_open(place->path, &root, NULL), RV_OK);
        rc = rv_requests_from_json(json, &root, &plugin, &made, &n, err);
        if (rc == RV_OK)
                rv_requests_free(made, n);
        else
                assert_true((const void *)made == (const void *)&plugin && n == 99);
        rv_root_close(&root);
        json_decref(json);
        return rc == RV_OK ? (int)n : -rc;
}

static void test_requests_are_checked_like_words(void **state)
{
        static const char *const wrong[] = {
                "[]",
                "{}",
                "[7]",
                "[null]",
                "[{}]",
                "[{\"action\":7}]",
                "[{\"action\":\"undo\"}]",
                "[{\"action\":\"do\",\"plugin\":\"other\"}]",
                "[{\"action\":\"do\",\"args\":[]}]",
                "[{\"action\":\"do\",\"args\":\"what\"}]",
                "[{\"action\":\"do\",\"options\":[\"refresh\"]}]",
                "[{\"action\":\"do\",\"args\":{\"no\":[\"x\"]}}]",
                "[{\"action\":\"do\",\"args\":{\"what\":\"x\"}}]",
                "[{\"action\":\"do\",\"args\":{\"what\":[]}}]",
                "[{\"action\":\"do\",\"args\":{\"what\":[7]}}]",
                "[{\"action\":\"do\",\"args\":{\"what\":[\"x\",\"y\"]}}]", /* not a repeated one */
                "[{\"action\":\"do\",\"args\":{\"count\":[\"many\"]}}]",
                "[{\"action\":\"do\",\"args\":{\"count\":[\"9223372036854775808\"]}}]",
                "[{\"action\":\"do\",\"options\":{\"refresh\":true}}]",
                "[{\"action\":\"do\",\"options\":{\"config\":\"/tmp/x\"}}]",
                "[{\"action\":\"do\",\"options\":{\"cachedir\":\"/tmp/x\"}}]",
                "[{\"action\":\"do\"},{\"action\":\"undo\"}]", /* the second: the first is freed */
        };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        size_t i;

        for (i = 0; i < sizeof wrong / sizeof *wrong; i++)
                if (requests(*state, wrong[i], &err) >= 0)
                        fail_msg("accepted: %s", wrong[i]);
        assert_int_equal(requests(*state, "[{\"action\":\"undo\"}]", &err), -RV_USAGE);
        assert_true(place_says(&err, "test has no action undo"));
        assert_int_equal(requests(*state, "[{\"action\":\"do\"}]", &err), 1);
        assert_int_equal(requests(*state,
                                  "[{\"action\":\"do\",\"args\":{\"rows\":[\"a\",\"b\"],\"count\":[\"-3\"]},"
                                  "\"options\":{\"refresh\":\"\"}},{\"action\":\"do\",\"args\":{},\"options\":{}}]",
                                  &err),
                         2);
}

static void test_number_of_requests(void **state)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        int i;

        rv_buf_add_char(&text, '[');
        for (i = 0; i < RV_WIRE_REQUESTS; i++)
                rv_buf_add_str(&text, i ? ",{\"action\":\"do\"}" : "{\"action\":\"do\"}");
        rv_buf_add_char(&text, ']');
        assert_int_equal(requests(*state, text.data, &err), RV_WIRE_REQUESTS);
        rv_buf_truncate(&text, text.size - 1);
        rv_buf_add_str(&text, ",{\"action\":\"do\"}]");
        assert_int_equal(requests(*state, text.data, &err), -RV_USAGE);
}

static void test_what_options_travel(void **state)
{
        static const char *const stay[] = { "config", "root", "image",   "plugins", "cache",
                                            "yes",    "",     "Refresh", "refresh " };
        size_t i;

        (void)state;
        assert_true(rv_wire_carries("refresh"));
        assert_true(rv_wire_carries("cacheonly"));
        for (i = 0; i < sizeof stay / sizeof *stay; i++)
                assert_false(rv_wire_carries(stay[i]));
}

/* What is written is what is read; the root travels as the directory that was opened, whatever its word was. */
static void test_a_recovery_travels(void **state)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        RV_WIRE_CLEANUP struct rv_wire wire = { 0 };
        const struct place *place = *state;
        const struct rv_start start = { .wait_s = 604800, .interactive = true };
        struct rv_root root;
        char odd[96], moved[96], link[96];

        (void)snprintf(odd, sizeof odd, "%s/a \"b\"\n\\", place->path);
        (void)snprintf(moved, sizeof moved, "%s/moved \"\n", place->path);
        (void)snprintf(link, sizeof link, "%s/link", place->path);
        assert_int_equal(mkdir(odd, 0700), 0);
        assert_int_equal(symlink(odd, link), 0);
        assert_int_equal(rv_root_open(link, &root, NULL), RV_OK);
        assert_int_equal(rename(odd, moved), 0);
        assert_int_equal(rv_wire_recover(&root, INT64_MAX, RV_REVERT, &start, RV_UNIT_SCOPE, &text, NULL), RV_OK);
        assert_int_equal(rv_wire_parse(text.data, text.size, &wire, NULL), RV_OK);
        assert_string_equal(wire.root, moved);
        assert_int_equal(wire.job, INT64_MAX);
        assert_int_equal(wire.way, RV_REVERT);
        assert_int_equal(wire.unit, RV_UNIT_SCOPE);
        assert_int_equal(wire.start.wait_s, 604800);
        assert_true(wire.start.interactive);
        /* More patience than a request may have is as much as it may have. */
        rv_wire_free(&wire);
        rv_buf_clear(&text);
        assert_int_equal(rv_wire_recover(&root, 1, RV_FINISH, &(struct rv_start){ .wait_s = UINT32_MAX }, RV_UNIT_NONE,
                                         &text, NULL),
                         RV_OK);
        assert_int_equal(rv_wire_parse(text.data, text.size, &wire, NULL), RV_OK);
        assert_int_equal(wire.start.wait_s, 604800);
        rv_root_close(&root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_both_verbs),
                cmocka_unit_test(test_no_object),
                cmocka_unit_test(test_length),
                cmocka_unit_test(test_versions),
                cmocka_unit_test(test_numbers),
                cmocka_unit_test(test_words_of_closed_lists),
                cmocka_unit_test(test_plan_ids),
                cmocka_unit_test(test_members_of_the_other_verb),
                cmocka_unit_test_setup_teardown(test_requests_are_checked_like_words, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_number_of_requests, place_setup, place_teardown),
                cmocka_unit_test(test_what_options_travel),
                cmocka_unit_test_setup_teardown(test_a_recovery_travels, place_setup, place_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
