/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The event loop: descriptors, files that epoll refuses, timers, removal in the middle of a batch, and its end. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/run/loop.h"

enum { LONG_MS = 10000 }; /* a wait that ends at all ends long before this */

struct counter {
        struct rv_loop *loop;
        int calls, other_fd;
        unsigned timer;
        uint32_t events;
};

static int setup(void **state)
{
        struct rv_loop *loop = NULL;

        if (rv_loop_new(&loop, NULL) != RV_OK)
                return -1;
        *state = loop;
        return 0;
}

static int teardown(void **state)
{
        rv_loop_free(*state);
        return 0;
}

static int64_t now_ms(void)
{
        struct timespec now;

        assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &now), 0);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void count_fd(int fd, uint32_t events, void *user)
{
        struct counter *counter = user;
        char byte;

        counter->calls++;
        counter->events = events;
        if (events & EPOLLIN)
                (void)!read(fd, &byte, 1);
}

static void count_timer(void *user)
{
        ((struct counter *)user)->calls++;
}

static void test_descriptor_wakes(void **state)
{
        struct counter counter = { 0 };
        int pipes[2];

        assert_int_equal(pipe(pipes), 0);
        assert_int_equal(rv_loop_watch(*state, pipes[0], EPOLLIN, count_fd, &counter, NULL), RV_OK);
        assert_int_equal(rv_loop_turn(*state, 0, NULL), RV_OK);
        assert_int_equal(counter.calls, 0);
        assert_int_equal(write(pipes[1], "x", 1), 1);
        assert_int_equal(rv_loop_turn(*state, LONG_MS, NULL), RV_OK);
        assert_int_equal(counter.calls, 1);
        close(pipes[1]);
        assert_int_equal(rv_loop_turn(*state, LONG_MS, NULL), RV_OK);
        assert_true(counter.events & EPOLLHUP);
        rv_loop_unwatch(*state, pipes[0]);
        assert_int_equal(rv_loop_turn(*state, 0, NULL), RV_OK);
        assert_int_equal(counter.calls, 2);
        close(pipes[0]);
}

static void test_watched_once(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct counter counter = { 0 };
        int pipes[2];

        assert_int_equal(pipe(pipes), 0);
        assert_int_equal(rv_loop_watch(*state, pipes[0], EPOLLIN, count_fd, &counter, NULL), RV_OK);
        assert_int_equal(rv_loop_watch(*state, pipes[0], EPOLLIN, count_fd, &counter, &err), RV_INTERNAL);
        rv_loop_unwatch(*state, pipes[0]);
        assert_int_equal(rv_loop_watch(*state, pipes[0], EPOLLIN, count_fd, &counter, NULL), RV_OK);
        rv_loop_unwatch(*state, pipes[0]);
        rv_loop_unwatch(*state, 12345); /* never watched: nothing happens */
        close(pipes[0]);
        close(pipes[1]);
}

static void test_a_file_is_always_ready(void **state)
{
        struct counter counter = { 0 };
        FILE *file = tmpfile();

        assert_non_null(file);
        assert_int_equal(rv_loop_watch(*state, fileno(file), EPOLLIN, count_fd, &counter, NULL), RV_OK);
        assert_int_equal(rv_loop_turn(*state, LONG_MS, NULL), RV_OK);
        assert_int_equal(rv_loop_turn(*state, LONG_MS, NULL), RV_OK);
        assert_int_equal(counter.calls, 2);
        rv_loop_unwatch(*state, fileno(file));
        assert_int_equal(rv_loop_turn(*state, 0, NULL), RV_OK);
        assert_int_equal(counter.calls, 2);
        (void)fclose(file);
}

static void unwatch_other(int fd, uint32_t events, void *user)
{
        struct counter *counter = user;

        count_fd(fd, events, user);
        rv_loop_unwatch(counter->loop, counter->other_fd);
}

/* Both are ready in one batch; whichever comes first takes the other away, which then must not be called. */
static void test_removal_in_a_batch(void **state)
{
        struct counter first = { .loop = *state }, second = { .loop = *state };
        int a[2], b[2];

        assert_int_equal(pipe(a), 0);
        assert_int_equal(pipe(b), 0);
        first.other_fd = b[0];
        second.other_fd = a[0];
        assert_int_equal(rv_loop_watch(*state, a[0], EPOLLIN, unwatch_other, &first, NULL), RV_OK);
        assert_int_equal(rv_loop_watch(*state, b[0], EPOLLIN, unwatch_other, &second, NULL), RV_OK);
        assert_int_equal(write(a[1], "x", 1), 1);
        assert_int_equal(write(b[1], "x", 1), 1);
        assert_int_equal(rv_loop_turn(*state, LONG_MS, NULL), RV_OK);
        assert_int_equal(rv_loop_turn(*state, 0, NULL), RV_OK);
        assert_int_equal(first.calls + second.calls, 1);
        rv_loop_unwatch(*state, a[0]);
        rv_loop_unwatch(*state, b[0]);
        close(a[0]);
        close(a[1]);
        close(b[0]);
        close(b[1]);
}

static void test_timers_in_order(void **state)
{
        struct counter late = { 0 }, early = { 0 };
        int64_t start = now_ms();

        assert_true(rv_loop_after(*state, 60, count_timer, &late) > 0);
        assert_true(rv_loop_after(*state, 20, count_timer, &early) > 0);
        while (early.calls == 0)
                assert_int_equal(rv_loop_turn(*state, LONG_MS, NULL), RV_OK);
        assert_true(now_ms() - start >= 20);
        assert_int_equal(late.calls, 0);
        while (late.calls == 0)
                assert_int_equal(rv_loop_turn(*state, LONG_MS, NULL), RV_OK);
        assert_true(now_ms() - start >= 60);
        assert_int_equal(rv_loop_turn(*state, 0, NULL), RV_OK);
        assert_int_equal(early.calls, 1);
        assert_int_equal(late.calls, 1);
}

static void again(void *user)
{
        struct counter *counter = user;

        counter->calls++;
        counter->timer = rv_loop_after(counter->loop, 0, again, user);
}

static void test_timer_that_sets_itself_leaves_the_turn(void **state)
{
        struct counter counter = { .loop = *state };

        again(&counter);
        assert_int_equal(rv_loop_turn(*state, LONG_MS, NULL), RV_OK);
        assert_int_equal(counter.calls, 2);
        rv_loop_cancel(*state, counter.timer);
        assert_int_equal(rv_loop_turn(*state, 0, NULL), RV_OK);
        assert_int_equal(counter.calls, 2);
}

static void cancel_other(void *user)
{
        struct counter *counter = user;

        counter->calls++;
        rv_loop_cancel(counter->loop, counter->timer);
}

static void test_cancelled_while_due(void **state)
{
        struct counter first = { .loop = *state }, second = { 0 };

        assert_true(rv_loop_after(*state, 0, cancel_other, &first) > 0);
        first.timer = rv_loop_after(*state, 0, count_timer, &second);
        while (first.calls == 0)
                assert_int_equal(rv_loop_turn(*state, LONG_MS, NULL), RV_OK);
        assert_int_equal(rv_loop_turn(*state, 0, NULL), RV_OK);
        assert_int_equal(second.calls, 0);
}

static struct rv_loop *to_end; /* a signal handler has no argument */

static void on_signal(int number)
{
        (void)number;
        rv_loop_end(to_end);
}

static void test_end_from_a_signal(void **state)
{
        struct sigaction action = { .sa_handler = on_signal };

        to_end = *state;
        assert_int_equal(rv_loop_turn(*state, 0, NULL), RV_OK);
        assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
        assert_int_equal(raise(SIGUSR1), 0);
        assert_int_equal(rv_loop_turn(*state, -1, NULL), RV_CANCELLED);
        assert_int_equal(rv_loop_turn(*state, -1, NULL), RV_CANCELLED);
        action.sa_handler = SIG_DFL;
        assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_descriptor_wakes, setup, teardown),
                cmocka_unit_test_setup_teardown(test_watched_once, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_file_is_always_ready, setup, teardown),
                cmocka_unit_test_setup_teardown(test_removal_in_a_batch, setup, teardown),
                cmocka_unit_test_setup_teardown(test_timers_in_order, setup, teardown),
                cmocka_unit_test_setup_teardown(test_timer_that_sets_itself_leaves_the_turn, setup, teardown),
                cmocka_unit_test_setup_teardown(test_cancelled_while_due, setup, teardown),
                cmocka_unit_test_setup_teardown(test_end_from_a_signal, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
