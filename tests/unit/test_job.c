/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: PkgConfig::JANSSON */
/* A job from inside, without a helper: the order of its records, cancellation, questions that are answered through the
 * socket, the commit, its end in each state, locks, and requests on their way to a helper. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <reeve/plugin.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/model/query.h"
#include "core/model/registry.h"
#include "core/run/lockfile.h"
#include "core/run/runner_private.h"
#include "core/run/start.h"
#include "core/run/wire.h"

enum { LONG_S = 20 };

static int plan_it(const struct rv_request *const *requests, size_t n, struct rv_plan *plan, struct rv_err *err)
{
        (void)requests;
        (void)n;
        rv_plan_question(plan, "key", "--accept-key F00", "is %1 yours?", "F00", NULL);
        return rv_row_begin(rv_plan_steps(plan), 0) ? RV_FAILED : rv_plan_data(plan, "{\"x\": 1}", err);
}

/* What run() does, by the argument "what". */
static int run_it(struct rv_job *job, struct rv_err *err)
{
        const char *what = rv_arg(rv_job_query(job), "what", 0), *answer;
        int rc;

        rc = rv_job_step(job, "first", 1, 2);
        if (rc)
                return rc;
        if (strcmp(what, "ask") == 0) {
                answer = rv_job_answer(job, "key");
                if (!answer || strcmp(answer, "yes") != 0)
                        return rv_fail(err, RV_CONFIRM, "not answered", NULL, NULL);
        }
        if (strcmp(what, "refuse") == 0)
                return rv_fail(err, RV_CONFLICT, "no", NULL, NULL);
        rc = rv_job_commit(job, err);
        if (rc)
                return rc;
        if (strcmp(what, "partial") == 0)
                return rv_fail(err, RV_PARTIAL, "one was left out", NULL, NULL);
        if (strcmp(what, "break") == 0)
                return rv_fail(err, RV_NOSPACE, "full", NULL, NULL);
        rv_job_log(job, "first", "a line\n", 6);
        return rv_job_step(job, "second", 2, 2);
}

static const struct rv_column columns[] = { { .id = "id", .title = "Id", .type = RV_TEXT, .flags = RV_KEY } };
static const struct rv_view views[] = {
        { .id = "steps", .title = "Steps", .columns = columns, .n_columns = 1, .shape = RV_SHAPE_LIST }
};
static const struct rv_arg args[] = { { .id = "what", .title = "What", .type = RV_TEXT },
                                      { .id = "rows", .title = "Rows", .type = RV_TEXT, .flags = RV_REPEAT } };
static const struct rv_action actions[] = {
        { .id = "do", .title = "Do", .args = args, .preview = "steps", .plan = plan_it, .run = run_it, .n_args = 2 }
};
static const struct rv_plugin plugin = {
        .abi = RV_ABI, .id = "test", .title = "Test", .views = views, .actions = actions, .n_views = 1, .n_actions = 1
};

struct fixture {
        struct rv_root root;
        struct rv_state *state;
        struct rv_plan *plan;
        struct rv_job *job;
        char path[64];
};

static int setup(void **state)
{
        struct fixture *fixture = calloc(1, sizeof *fixture);

        if (!fixture)
                return -1;
        (void)snprintf(fixture->path, sizeof fixture->path, "/tmp/reeve-job-XXXXXX");
        if (!mkdtemp(fixture->path) || rv_root_open(fixture->path, &fixture->root, NULL) != RV_OK)
                return -1;
        *state = fixture;
        return rv_state_place(&fixture->root, "", true, &fixture->state, NULL);
}

static int teardown(void **state)
{
        struct fixture *fixture = *state;
        char command[128];

        rv_job_close(fixture->job);
        rv_plan_free(fixture->plan);
        rv_state_free(fixture->state);
        rv_root_close(&fixture->root);
        (void)snprintf(command, sizeof command, "exec rm -r %s", fixture->path);
        if (fork() == 0)
                (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        (void)wait(NULL);
        free(fixture);
        return 0;
}

static void make_plan(struct fixture *fixture, const char *what)
{
        struct rv_request *request = rv_request_new(&fixture->root, &plugin, &actions[0]);

        assert_non_null(request);
        assert_int_equal(rv_query_add(rv_request_arguments(request), "what", what, NULL), RV_OK);
        assert_int_equal(rv_plan_new(&request, 1, NULL, &fixture->plan, NULL), RV_OK);
}

static void make_job(struct fixture *fixture, const char *what, bool interactive)
{
        const struct rv_start start = { .interactive = interactive };
        int lock = -1;

        make_plan(fixture, what);
        assert_int_equal(rv_job_lock(fixture->state, &start, NULL, NULL, &lock, NULL), RV_OK);
        assert_int_equal(rv_job_create(fixture->state, lock, fixture->plan, &start, &fixture->job, NULL), RV_OK);
}

/* Runs to the end and closes; gives what a front end reads then. */
static struct rv_job_info finish(struct fixture *fixture)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_job_info info;
        int rc = rv_job_run(fixture->job, &err);

        rv_job_end(fixture->job, rc, false, &err);
        rv_job_close(fixture->job);
        fixture->job = NULL;
        assert_int_equal(rv_job_read(fixture->state, 1, &info, NULL), RV_OK);
        return info;
}

static void check(struct fixture *fixture, const char *what, enum rv_job_state state, int result, bool committed)
{
        struct rv_job_info info;

        make_job(fixture, what, false);
        info = finish(fixture);
        assert_int_equal(info.state, state);
        assert_int_equal(info.result, result);
        assert_int_equal(info.committed, committed);
        assert_false(info.damaged);
        assert_string_equal(info.action, "do");
        assert_string_equal(info.plan, rv_plan_id(fixture->plan));
}

static void test_done(void **state)
{
        check(*state, "all", RV_JOB_DONE, RV_OK, true);
}

static void test_refused_before_the_commit(void **state)
{
        check(*state, "refuse", RV_JOB_FAILED, RV_CONFLICT, false);
}

static void test_partial(void **state)
{
        check(*state, "partial", RV_JOB_DONE, RV_PARTIAL, true);
}

static void test_broken_after_the_commit(void **state)
{
        check(*state, "break", RV_JOB_INTERRUPTED, RV_INCOMPLETE, true);
}

static void test_an_unanswered_question_fails_closed(void **state)
{
        check(*state, "ask", RV_JOB_FAILED, RV_CONFIRM, false);
}

static void test_running_is_seen(void **state)
{
        struct fixture *fixture = *state;
        struct rv_job_info info;
        uint64_t job = 0;

        assert_int_equal(rv_job_running(fixture->state, &job, NULL), RV_NOTFOUND);
        make_job(fixture, "all", false);
        assert_int_equal(rv_job_read(fixture->state, 1, &info, NULL), RV_OK);
        assert_int_equal(info.state, RV_JOB_RUNNING);
        assert_int_equal(info.result, -1);
        assert_int_equal(rv_job_running(fixture->state, &job, NULL), RV_OK);
        assert_int_equal(job, 1);
        /* Its helper goes without a word. */
        rv_job_close(fixture->job);
        fixture->job = NULL;
        assert_int_equal(rv_job_read(fixture->state, 1, &info, NULL), RV_OK);
        assert_int_equal(info.state, RV_JOB_INTERRUPTED);
}

/* Another process, as a front end is: waits until the job asks, then does what it was told. */
static void *other_front_end(void *argument)
{
        struct fixture *fixture = argument;
        const struct timespec pause = { .tv_nsec = 2000000 };
        struct rv_job_info info;
        time_t end = time(NULL) + LONG_S;

        do {
                (void)nanosleep(&pause, NULL);
                if (rv_job_read(fixture->state, 1, &info, NULL) != RV_OK)
                        return argument;
        } while (info.state != RV_JOB_WAITING && time(NULL) < end);
        if (rv_job_reply(fixture->state, 1, "other", "yes", NULL) != RV_NOTFOUND)
                return argument;
        return rv_job_reply(fixture->state, 1, "key", "yes", NULL) == RV_OK ? NULL : argument;
}

static void test_a_question_is_answered_by_another(void **state)
{
        struct fixture *fixture = *state;
        struct rv_job_info info;
        pthread_t thread;
        void *failed = fixture;

        make_job(fixture, "ask", true);
        assert_int_equal(pthread_create(&thread, NULL, other_front_end, fixture), 0);
        info = finish(fixture);
        assert_int_equal(pthread_join(thread, &failed), 0);
        assert_null(failed);
        assert_int_equal(info.state, RV_JOB_DONE);
}

static void *cancel_it(void *argument)
{
        struct fixture *fixture = argument;

        return rv_job_cancel(fixture->state, 1, NULL) == RV_OK ? NULL : argument;
}

static void test_a_waiting_job_is_cancelled(void **state)
{
        struct fixture *fixture = *state;
        struct rv_job_info info;
        pthread_t thread;
        void *failed = fixture;

        make_job(fixture, "all", true);
        assert_int_equal(pthread_create(&thread, NULL, cancel_it, fixture), 0);
        /* The call waits in the socket until a step hears it; a commit before would not. */
        while (rv_job_step(fixture->job, "spin", 0, 0) == RV_OK)
                ;
        info = finish(fixture);
        assert_int_equal(pthread_join(thread, &failed), 0);
        assert_null(failed);
        assert_int_equal(info.state, RV_JOB_CANCELLED);
        assert_int_equal(info.result, RV_CANCELLED);
        assert_false(info.committed);
}

static void test_the_lock_is_one_processs(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct fixture *fixture = *state;
        struct rv_holder holder, self;
        int first = -1, second = -1;

        assert_false(rv_lock_held(fixture->state->fd, "lock", &holder));
        assert_int_equal(rv_lock_take(fixture->state->fd, "lock", 0, NULL, NULL, &first, NULL), RV_OK);
        assert_true(rv_lock_held(fixture->state->fd, "lock", &holder));
        assert_int_equal(holder.pid, 0); /* held, not yet signed */
        rv_holder_self(&self);
        self.job = 7;
        assert_int_equal(rv_lock_sign(first, &self, NULL), RV_OK);
        assert_true(rv_lock_held(fixture->state->fd, "lock", &holder));
        assert_int_equal(holder.pid, getpid());
        assert_true(holder.start > 0);
        assert_int_equal(strlen(holder.boot), 36);
        assert_int_equal(rv_lock_take(fixture->state->fd, "lock", 0, NULL, NULL, &second, &err), RV_LOCKED);
        assert_non_null(memmem(rv_buf_str(&err.message), err.message.size, "job %3", 6));
        close(first);
        /* The text is still there; the kernel knows better. */
        assert_false(rv_lock_held(fixture->state->fd, "lock", &holder));
        assert_int_equal(rv_lock_take(fixture->state->fd, "lock", 0, NULL, NULL, &second, NULL), RV_OK);
        close(second);
}

static void test_a_request_travels(void **state)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        RV_WIRE_CLEANUP struct rv_wire wire = { 0 };
        struct fixture *fixture = *state;
        const struct rv_start start = { .wait_s = 5, .interactive = true };
        struct rv_request **requests = NULL;
        size_t n = 0;

        make_plan(fixture, "a \"b\"\n\xc3\xa4");
        assert_int_equal(rv_plan_answer(fixture->plan, "key", "yes", NULL), RV_OK);
        assert_int_equal(rv_wire_run(fixture->plan, &start, RV_UNIT_FAILED, &text, NULL), RV_OK);
        assert_int_equal(rv_wire_parse(text.data, text.size, &wire, NULL), RV_OK);
        assert_string_equal(wire.root, fixture->path);
        assert_string_equal(wire.plan, rv_plan_id(fixture->plan));
        assert_int_equal(wire.start.wait_s, 5);
        assert_true(wire.start.interactive);
        assert_int_equal(wire.unit, RV_UNIT_FAILED);
        assert_string_equal(json_string_value(json_object_get(wire.answers, "key")), "yes");
        assert_int_equal(rv_requests_from_json(wire.requests, &fixture->root, &plugin, &requests, &n, NULL), RV_OK);
        assert_int_equal(n, 1);
        assert_string_equal(rv_arg(rv_request_query(requests[0]), "what", 0), "a \"b\"\n\xc3\xa4");
        rv_requests_free(requests, n);
}

static void test_a_request_that_is_too_long(void **state)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct fixture *fixture = *state;
        const struct rv_start start = { 0 };
        struct rv_request *request = rv_request_new(&fixture->root, &plugin, &actions[0]);
        char row[101];
        int i;

        memset(row, 'r', 100);
        row[100] = '\0';
        for (i = 0; i < 700; i++)
                assert_int_equal(rv_query_add(rv_request_arguments(request), "rows", row, NULL), RV_OK);
        assert_int_equal(rv_plan_new(&request, 1, NULL, &fixture->plan, NULL), RV_OK);
        assert_int_equal(rv_wire_run(fixture->plan, &start, RV_UNIT_NONE, &text, NULL), RV_USAGE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_done, setup, teardown),
                cmocka_unit_test_setup_teardown(test_refused_before_the_commit, setup, teardown),
                cmocka_unit_test_setup_teardown(test_partial, setup, teardown),
                cmocka_unit_test_setup_teardown(test_broken_after_the_commit, setup, teardown),
                cmocka_unit_test_setup_teardown(test_an_unanswered_question_fails_closed, setup, teardown),
                cmocka_unit_test_setup_teardown(test_running_is_seen, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_question_is_answered_by_another, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_waiting_job_is_cancelled, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_lock_is_one_processs, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_request_travels, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_request_that_is_too_long, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
