/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plans: what their identity depends on, requests planned together, questions, and what a plugin may get wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <reeve/plugin.h>

#include "core/base/err.h"
#include "core/model/query.h"
#include "core/model/snapshot.h"
#include "core/run/digest.h"
#include "core/run/plan_private.h"

enum { TEXT, NUMBER, LIST, MSG, STATE };

/* What the plugin below does, chosen by each test through the arguments of its action. */
static int make_plan(const struct rv_request *const *requests, size_t n, struct rv_plan *plan, struct rv_err *err)
{
        static const char *const items[] = { "a", "bc" }, *const other_items[] = { "ab", "c" };
        const char *what;
        size_t i;
        int rc;

        for (i = 0; i < n; i++) {
                what = rv_arg(rv_request_query(requests[i]), "what", 0);
                if (strcmp(what, "fail") == 0)
                        return rv_fail(err, RV_CONFLICT, "%1: no", NULL, rv_request_action(requests[i]), NULL);
                if (strcmp(what, "silent") == 0)
                        return RV_NETWORK;
                rc = rv_row_begin(rv_plan_steps(plan), 0);
                if (rc)
                        return rc;
                rv_put_text(rv_plan_steps(plan), TEXT, what, strlen(what));
                if (strcmp(what, "number") == 0)
                        rv_put_int(rv_plan_steps(plan), NUMBER, 0);
                if (strcmp(what, "list") == 0)
                        rv_put_list(rv_plan_steps(plan), LIST, items, 2);
                if (strcmp(what, "other list") == 0)
                        rv_put_list(rv_plan_steps(plan), LIST, other_items, 2);
                if (strcmp(what, "question") == 0)
                        rv_plan_question(plan, "key", "--accept-key F00", "is %1 yours?", "F00", NULL);
                if (strcmp(what, "array") == 0)
                        return rv_plan_data(plan, "[1]", err);
                rv_plan_state(plan, "state", rv_arg(rv_request_query(requests[i]), "state", 0), 2);
        }
        return rv_plan_data(plan, "{\"n\": 1}", err);
}

static int never_run(struct rv_job *job, struct rv_err *err)
{
        (void)job;
        return rv_fail(err, RV_INTERNAL, "run", NULL, NULL);
}

static const struct rv_column columns[] = {
        [TEXT] = { .id = "text", .title = "Text", .type = RV_TEXT, .flags = RV_KEY },
        [NUMBER] = { .id = "number", .title = "Number", .type = RV_INT },
        [LIST] = { .id = "list", .title = "List", .type = RV_LIST },
        [MSG] = { .id = "message", .title = "Message", .type = RV_MSG },
};
static const struct rv_view views[] = {
        { .id = "steps", .title = "Steps", .columns = columns, .n_columns = 4, .shape = RV_SHAPE_LIST },
};
static const struct rv_arg args[] = {
        { .id = "what", .title = "What", .type = RV_TEXT, .flags = RV_REQUIRED | RV_POSITIONAL },
        { .id = "state", .title = "State", .type = RV_TEXT },
};
static const struct rv_action actions[] = {
        { .id = "one",
          .title = "1",
          .args = args,
          .preview = "steps",
          .group = "g",
          .plan = make_plan,
          .run = never_run,
          .n_args = 2 },
        { .id = "two",
          .title = "2",
          .args = args,
          .preview = "test/steps",
          .group = "g",
          .plan = make_plan,
          .run = never_run,
          .n_args = 2,
          .flags = RV_DESTRUCTIVE },
        { .id = "alone",
          .title = "3",
          .args = args,
          .preview = "steps",
          .plan = make_plan,
          .run = never_run,
          .n_args = 2 },
        { .id = "blind", .title = "4", .args = args, .plan = make_plan, .run = never_run, .n_args = 2 },
        { .id = "empty", .title = "5", .args = args, .preview = "steps", .n_args = 2 },
        { .id = "root",
          .title = "6",
          .args = args,
          .preview = "steps",
          .plan = make_plan,
          .run = never_run,
          .n_args = 2,
          .flags = RV_NEEDS_ROOT },
};
static const struct rv_plugin plugin = { .abi = RV_ABI,
                                         .id = "test",
                                         .title = "Test",
                                         .domain = "test-domain",
                                         .views = views,
                                         .actions = actions,
                                         .n_views = 1,
                                         .n_actions = 6 };

static struct rv_request *request(const struct rv_root *root, unsigned action, const char *what, const char *state)
{
        struct rv_request *made = rv_request_new(root, &plugin, &actions[action]);

        assert_non_null(made);
        if (what)
                assert_int_equal(rv_query_add(rv_request_arguments(made), "what", what, NULL), RV_OK);
        assert_int_equal(rv_query_add(rv_request_arguments(made), "state", state, NULL), RV_OK);
        return made;
}

static int setup(void **state)
{
        struct rv_root *root = calloc(1, sizeof *root);

        *state = root;
        return root && rv_root_open("/", root, NULL) == RV_OK ? 0 : -1;
}

static int teardown(void **state)
{
        rv_root_close(*state);
        free(*state);
        return 0;
}

/* Plans one request and gives its id. */
static void plan_id(const struct rv_root *root, unsigned action, const char *what, const char *of, char ret[65])
{
        RV_PLAN_CLEANUP struct rv_plan *plan = NULL;
        struct rv_request *one = request(root, action, what, of);

        assert_int_equal(rv_plan_new(&one, 1, NULL, &plan, NULL), RV_OK);
        assert_int_equal(strlen(rv_plan_id(plan)), 64);
        memcpy(ret, rv_plan_id(plan), 65);
}

static void test_sha256_vector(void **state)
{
        char hex[RV_SHA256_HEX];

        (void)state;
        assert_int_equal(rv_sha256_hex("abc", 3, hex, NULL), RV_OK); /* FIPS 180-2, appendix B.1 */
        assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_identity_depends_on_everything(void **state)
{
        static const struct {
                unsigned action;
                const char *what, *of;
        } plans[] = { { 0, "x", "s1" },      { 1, "x", "s1" },    { 0, "y", "s1" },          { 0, "x", "s2" },
                      { 0, "number", "s1" }, { 0, "list", "s1" }, { 0, "other list", "s1" }, { 2, "x", "s1" } };
        enum { N = sizeof plans / sizeof *plans };
        struct rv_root foreign;
        char ids[N + 1][65], again[65];
        size_t i, j;

        for (i = 0; i < N; i++) {
                plan_id(*state, plans[i].action, plans[i].what, plans[i].of, ids[i]);
                plan_id(*state, plans[i].action, plans[i].what, plans[i].of, again);
                assert_string_equal(ids[i], again);
        }
        assert_int_equal(rv_root_open("/proc", &foreign, NULL), RV_OK);
        plan_id(&foreign, 0, "x", "s1", ids[N]);
        rv_root_close(&foreign);
        for (i = 0; i <= N; i++)
                for (j = 0; j < i; j++)
                        assert_string_not_equal(ids[i], ids[j]);
}

static void test_requests_of_a_group_together(void **state)
{
        RV_PLAN_CLEANUP struct rv_plan *plan = NULL, *turned = NULL;
        struct rv_request *both[] = { request(*state, 0, "x", "s1"), request(*state, 1, "y", "s2") };
        struct rv_request *swapped[] = { request(*state, 1, "y", "s2"), request(*state, 0, "x", "s1") };

        assert_int_equal(rv_plan_new(both, 2, NULL, &plan, NULL), RV_OK);
        assert_int_equal(rv_snapshot_rows(rv_plan_snapshot(plan)), 2);
        assert_int_equal(rv_plan_requests(plan), 2);
        assert_string_equal(rv_plan_action(plan)->id, "one");
        assert_int_equal(rv_plan_flags(plan), RV_DESTRUCTIVE);
        assert_string_equal(rv_plan_json(plan), "{\"n\": 1}");
        assert_int_equal(rv_plan_new(swapped, 2, NULL, &turned, NULL), RV_OK);
        assert_string_not_equal(rv_plan_id(plan), rv_plan_id(turned));
}

static void refuse(struct rv_request **requests, size_t n, int code)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_plan *plan = NULL;
        size_t i;

        assert_int_equal(rv_plan_new(requests, n, NULL, &plan, &err), code);
        assert_int_equal(err.code, code);
        assert_null(plan);
        for (i = 0; i < n; i++)
                rv_request_free(requests[i]); /* they stayed ours */
}

static void test_what_cannot_be_planned(void **state)
{
        struct rv_request *mixed[] = { request(*state, 0, "x", "s1"), request(*state, 2, "y", "s2") };
        struct rv_request *blind = request(*state, 3, "x", "s1"), *empty = request(*state, 4, "x", "s1");
        struct rv_request *missing = request(*state, 0, NULL, "s1"), *array = request(*state, 0, "array", "s1");

        refuse(mixed, 2, RV_USAGE);
        refuse(&blind, 1, RV_UNSUPPORTED);
        refuse(&empty, 1, RV_UNSUPPORTED);
        refuse(&missing, 1, RV_USAGE);
        refuse(&array, 1, RV_INTERNAL);
        refuse(NULL, 0, RV_USAGE);
}

static void test_errors_of_the_plugin(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_message message;
        struct rv_plan *plan;
        struct rv_request *fails = request(*state, 0, "fail", "s1"), *silent = request(*state, 0, "silent", "s1");

        assert_int_equal(rv_plan_new(&fails, 1, NULL, &plan, &err), RV_CONFLICT);
        assert_true(rv_message_unpack(rv_buf_str(&err.message), err.message.size, &message));
        assert_string_equal(message.domain, "test-domain");
        assert_string_equal(message.args[0], "one");
        rv_request_free(fails);
        refuse(&silent, 1, RV_NETWORK);
}

static void test_questions(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_PLAN_CLEANUP struct rv_plan *plan = NULL;
        struct rv_request *one = request(*state, 0, "question", "s1");
        struct rv_question question;
        char before[65];

        assert_int_equal(rv_plan_new(&one, 1, NULL, &plan, NULL), RV_OK);
        assert_int_equal(rv_plan_questions(plan), 1);
        rv_plan_question_at(plan, 0, &question);
        assert_string_equal(question.id, "key");
        assert_null(question.answer);
        assert_int_equal(rv_plan_answered(plan, &err), RV_CONFIRM);
        assert_non_null(memmem(rv_buf_str(&err.hint), err.hint.size, "--accept-key F00", 16));
        memcpy(before, rv_plan_id(plan), sizeof before);
        assert_int_equal(rv_plan_answer(plan, "other", "yes", NULL), RV_USAGE);
        assert_string_equal(rv_plan_id(plan), before);
        assert_int_equal(rv_plan_answer(plan, "key", "yes", NULL), RV_OK);
        assert_string_not_equal(rv_plan_id(plan), before);
        assert_int_equal(rv_plan_answered(plan, NULL), RV_OK);
}

static void test_cancelled(void **state)
{
        struct rv_request *one = request(*state, 0, "x", "s1");
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        atomic_bool cancel = true;
        struct rv_plan *plan;

        assert_int_equal(rv_plan_new(&one, 1, &cancel, &plan, &err), RV_CANCELLED);
        rv_request_free(one);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_sha256_vector),
                cmocka_unit_test_setup_teardown(test_identity_depends_on_everything, setup, teardown),
                cmocka_unit_test_setup_teardown(test_requests_of_a_group_together, setup, teardown),
                cmocka_unit_test_setup_teardown(test_what_cannot_be_planned, setup, teardown),
                cmocka_unit_test_setup_teardown(test_errors_of_the_plugin, setup, teardown),
                cmocka_unit_test_setup_teardown(test_questions, setup, teardown),
                cmocka_unit_test_setup_teardown(test_cancelled, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
