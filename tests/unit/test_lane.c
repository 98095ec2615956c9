/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lanes: one task at a time in each, in order, several lanes at once, results in the loop's thread, and an end that
 * cancels. Built with the tsan preset, this is what finds a race. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include <reeve/plugin.h>

#include "core/base/err.h"
#include "core/run/lane.h"

enum { TASKS = 200, LONG_MS = 10000 };

struct fixture {
        struct rv_loop *loop;
        struct rv_lanes *lanes;
};

struct job {
        struct rv_task task;
        pthread_t worker;
        struct shared *shared;
        int number;
        bool blocked_signals, saw_cancel;
};

struct shared {
        atomic_int inside, worked, overlaps;
        atomic_bool started, go;
        int done, order_errors;
        pthread_t loop_thread;
        bool wrong_thread;
};

static int setup(void **state)
{
        struct fixture *fixture = calloc(1, sizeof *fixture);

        if (!fixture || rv_loop_new(&fixture->loop, NULL) != RV_OK)
                return -1;
        if (rv_lanes_new(fixture->loop, &fixture->lanes, NULL) != RV_OK)
                return -1;
        *state = fixture;
        return 0;
}

static int teardown(void **state)
{
        struct fixture *fixture = *state;

        rv_lanes_free(fixture->lanes);
        rv_loop_free(fixture->loop);
        free(fixture);
        return 0;
}

static void count_work(struct rv_task *task)
{
        struct job *job = task->user;
        sigset_t mask;

        if (atomic_fetch_add(&job->shared->inside, 1) != 0)
                atomic_fetch_add(&job->shared->overlaps, 1);
        job->worker = pthread_self();
        (void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
        job->blocked_signals = sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGWINCH) == 1;
        atomic_fetch_add(&job->shared->worked, 1);
        atomic_fetch_sub(&job->shared->inside, 1);
}

static void count_done(struct rv_task *task)
{
        struct job *job = task->user;

        if (!pthread_equal(pthread_self(), job->shared->loop_thread))
                job->shared->wrong_thread = true;
        if (job->number != job->shared->done++)
                job->shared->order_errors++;
}

static void test_one_lane_serialises(void **state)
{
        struct fixture *fixture = *state;
        struct shared shared = { .loop_thread = pthread_self() };
        struct job *jobs = calloc(TASKS, sizeof *jobs);
        int i;

        assert_non_null(jobs);
        for (i = 0; i < TASKS; i++) {
                jobs[i].shared = &shared;
                jobs[i].number = i;
                jobs[i].task = (struct rv_task){ .work = count_work, .done = count_done, .user = &jobs[i] };
                assert_int_equal(rv_lanes_submit(fixture->lanes, "rpm", &jobs[i].task, NULL), RV_OK);
        }
        while (shared.done < TASKS)
                assert_int_equal(rv_loop_turn(fixture->loop, LONG_MS, NULL), RV_OK);
        assert_int_equal(atomic_load(&shared.worked), TASKS);
        assert_int_equal(atomic_load(&shared.overlaps), 0);
        assert_int_equal(shared.order_errors, 0);
        assert_false(shared.wrong_thread);
        assert_true(jobs[0].blocked_signals);
        assert_true(pthread_equal(jobs[0].worker, jobs[TASKS - 1].worker));
        assert_false(pthread_equal(jobs[0].worker, pthread_self()));
        free(jobs);
}

static void wait_for_go(struct rv_task *task)
{
        struct job *job = task->user;
        const struct timespec pause = { .tv_nsec = 100000 };

        atomic_store(&job->shared->started, true);
        while (!atomic_load(&job->shared->go) && !atomic_load(&task->cancel))
                (void)nanosleep(&pause, NULL);
        job->saw_cancel = atomic_load(&task->cancel);
}

static void let_go(struct rv_task *task)
{
        struct job *job = task->user;

        atomic_store(&job->shared->go, true);
}

static void only_count(struct rv_task *task)
{
        ((struct job *)task->user)->shared->done++;
}

/* The first waits for what the second does: it would never end if they shared a thread. */
static void test_lanes_work_at_once(void **state)
{
        struct fixture *fixture = *state;
        struct shared shared = { 0 };
        struct job waits = { .shared = &shared }, frees = { .shared = &shared };

        waits.task = (struct rv_task){ .work = wait_for_go, .done = only_count, .user = &waits };
        frees.task = (struct rv_task){ .work = let_go, .done = only_count, .user = &frees };
        assert_int_equal(rv_lanes_submit(fixture->lanes, "rpm", &waits.task, NULL), RV_OK);
        assert_int_equal(rv_lanes_submit(fixture->lanes, "slots", &frees.task, NULL), RV_OK);
        while (shared.done < 2)
                assert_int_equal(rv_loop_turn(fixture->loop, LONG_MS, NULL), RV_OK);
        assert_false(waits.saw_cancel);
}

static void test_free_cancels_and_calls_no_done(void **state)
{
        struct fixture *fixture = *state;
        struct shared shared = { 0 };
        struct job works = { .shared = &shared }, queued = { .shared = &shared };

        works.task = (struct rv_task){ .work = wait_for_go, .done = only_count, .user = &works };
        queued.task = (struct rv_task){ .work = let_go, .done = only_count, .user = &queued };
        assert_int_equal(rv_lanes_submit(fixture->lanes, "rpm", &works.task, NULL), RV_OK);
        assert_int_equal(rv_lanes_submit(fixture->lanes, "rpm", &queued.task, NULL), RV_OK);
        while (!atomic_load(&shared.started))
                assert_int_equal(rv_loop_turn(fixture->loop, 1, NULL), RV_OK);
        rv_lanes_free(fixture->lanes);
        fixture->lanes = NULL;
        assert_true(works.saw_cancel);
        assert_true(atomic_load(&queued.task.cancel));
        assert_false(atomic_load(&shared.go));
        assert_int_equal(rv_loop_turn(fixture->loop, 0, NULL), RV_OK);
        assert_int_equal(shared.done, 0);
}

/* A plugin that does not look at its cancellation. */
static void hang(struct rv_task *task)
{
        struct job *job = task->user;

        atomic_store(&job->shared->started, true);
        while (!atomic_load(&job->shared->go))
                (void)sched_yield();
}

static void test_stop_does_not_wait_for_ever(void **state)
{
        struct fixture *fixture = *state;
        struct shared shared = { 0 };
        struct job works = { .shared = &shared };

        works.task = (struct rv_task){ .work = hang, .done = only_count, .user = &works };
        assert_int_equal(rv_lanes_submit(fixture->lanes, "rpm", &works.task, NULL), RV_OK);
        while (!atomic_load(&shared.started))
                assert_int_equal(rv_loop_turn(fixture->loop, 1, NULL), RV_OK);
        assert_false(rv_lanes_stop(fixture->lanes, 20));
        atomic_store(&shared.go, true);
        assert_true(rv_lanes_stop(fixture->lanes, LONG_MS));
        assert_true(atomic_load(&works.task.cancel));
}

static void test_lane_of_a_plugin(void **state)
{
        const struct rv_plugin alone = { .id = "slots" }, shared = { .id = "packages", .lane = "rpm" };

        (void)state;
        assert_string_equal(rv_lane_of(&alone), "slots");
        assert_string_equal(rv_lane_of(&shared), "rpm");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_one_lane_serialises, setup, teardown),
                cmocka_unit_test_setup_teardown(test_lanes_work_at_once, setup, teardown),
                cmocka_unit_test_setup_teardown(test_free_cancels_and_calls_no_done, setup, teardown),
                cmocka_unit_test_setup_teardown(test_stop_does_not_wait_for_ever, setup, teardown),
                cmocka_unit_test(test_lane_of_a_plugin),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
