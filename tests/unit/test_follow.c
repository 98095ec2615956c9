/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Following jobs of another process: every event once and in order, and an end in each case, also when the helper is
 * killed, the journal is damaged, or the follower has had enough. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "core/model/query.h"
#include "core/run/journal.h"
#include "core/run/lockfile.h"
#include "core/run/state.h"
#include "place_fixture.h"

#define RESULT                                                                                                    \
        "{\"state\":\"done\",\"code\":\"ok\",\"at\":\"2026-11-23T00:01:00Z\",\"plugin\":\"p\",\"action\":\"do\"," \
        "\"plan\":\"\",\"step\":\"s\",\"uid\":0,\"done\":1,\"total\":1,\"started_at\":\"2026-11-23T00:00:00Z\","  \
        "\"committed\":true}"

enum { MANY = 1000, TURNS = 100000, TURN_MS = 1000 };

/* What the helper of a test does. */
enum how { TO_ITS_END, KILLED, DAMAGED, TWICE };

struct world {
        struct place *place;
        struct rv_root root;
        struct rv_state *state;
        struct rv_loop *loop;
        struct rv_follow *follow;
        int dir;
        uint64_t seen, stop_at; /* stop_at 0: never */
        unsigned ends;
        bool stop_at_end, in_order;
        enum rv_job_state how;
        int error;
};

static int setup(void **state)
{
        struct world *world = calloc(1, sizeof *world);
        uint64_t number = 0;

        if (!world || place_setup((void **)&world->place))
                return -1;
        *state = world;
        world->in_order = true;
        return rv_root_open(world->place->path, &world->root, NULL) ||
               rv_state_place(&world->root, "", true, &world->state, NULL) ||
               rv_state_new(world->state, &world->dir, NULL) || rv_state_publish(world->state, &number, NULL) ||
               rv_loop_new(&world->loop, NULL);
}

static int teardown(void **state)
{
        struct world *world = *state;

        rv_loop_free(world->loop);
        close(world->dir);
        rv_state_free(world->state);
        rv_root_close(&world->root);
        (void)place_teardown((void **)&world->place);
        free(world);
        return 0;
}

static void on_event(const struct rv_event *event, void *user)
{
        struct world *world = user;

        world->seen++;
        world->in_order = world->in_order && event->seq == world->seen && !world->ends;
        if (world->seen == world->stop_at) {
                rv_follow_stop(world->follow);
                world->follow = NULL;
        }
}

static void on_end(const struct rv_job_info *info, const struct rv_err *error, void *user)
{
        struct world *world = user;

        world->ends++;
        world->how = info->state;
        world->error = error ? error->code : RV_OK;
        if (world->stop_at_end) {
                rv_follow_stop(world->follow);
                world->follow = NULL;
        }
}

static const struct rv_follow_calls calls = { .event = on_event, .ended = on_end };

static bool write_events(const struct world *world, unsigned n, bool done)
{
        struct rv_event event = { .type = RV_EVENT_STEP, .step = "s", .total = n };
        struct rv_journal journal;
        bool good = rv_journal_open(world->dir, &journal, NULL) == RV_OK;

        for (event.done = 1; good && event.done <= n; event.done++)
                good = rv_journal_add(&journal, &event, false, NULL) == RV_OK;
        event = (struct rv_event){ .type = RV_EVENT_DONE };
        return good && (!done || rv_journal_add(&journal, &event, true, NULL) == RV_OK);
}

/* A byte on `told` once the lock is held and the journal is there; goes on when one comes on `go`. */
static void help(const struct world *world, enum how how, int told, int go)
{
        int lock = -1;
        char c;

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (rv_lock_take(world->dir, "lock", 0, NULL, NULL, &lock, NULL) != RV_OK || !write_events(world, 1, false) ||
            write(told, "x", 1) != 1 || read(go, &c, 1) != 1 || !write_events(world, MANY - 1, how != KILLED))
                _exit(1);
        if (how == KILLED)
                (void)kill(getpid(), SIGKILL);
        if (how == DAMAGED) {
                int fd = openat(world->dir, "events.jsonl", O_WRONLY | O_APPEND);

                if (write(fd, "{\"v\":1}\n{\"v\":1}\n", 16) != 16)
                        _exit(2);
        }
        if (how == TWICE && !write_events(world, MANY, true)) /* it is recovered: goes on behind its first end */
                _exit(3);
        if (rv_file_write(world->dir, "result.json", RESULT, sizeof RESULT - 1, 0600, NULL) != RV_OK)
                _exit(4);
        _exit(0);
}

/* Starts the helper, follows until the end or the stop, and waits for the helper. */
static void follow(struct world *world, enum how how)
{
        int told[2], go[2], turns, status;
        pid_t pid;
        char c;

        assert_int_equal(pipe(told) | pipe(go), 0);
        pid = fork();
        if (pid == 0)
                help(world, how, told[1], go[0]);
        assert_int_equal(read(told[0], &c, 1), 1);
        assert_int_equal(rv_follow_start(world->loop, world->state, 1, &calls, world, &world->follow, NULL), RV_OK);
        for (turns = 0; turns < TURNS && world->follow && !world->ends; turns++) {
                assert_int_equal(rv_loop_turn(world->loop, TURN_MS, NULL), RV_OK);
                if (turns == 0)
                        assert_int_equal(write(go[1], "x", 1), 1);
        }
        if (turns == 0)
                assert_int_equal(write(go[1], "x", 1), 1);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, how == KILLED ? SIGKILL : 0);
        close(told[0]);
        close(told[1]);
        close(go[0]);
        close(go[1]);
}

static void check(struct world *world, enum how how, uint64_t seen, enum rv_job_state state, int error)
{
        unsigned before = place_descriptors();

        follow(world, how);
        assert_int_equal(world->ends, 1);
        assert_true(world->in_order);
        assert_int_equal(world->seen, seen);
        assert_int_equal(world->how, state);
        assert_int_equal(world->error, error);
        rv_follow_stop(world->follow);
        assert_int_equal(place_descriptors(), before);
        assert_int_equal(rv_loop_turn(world->loop, 0, NULL), RV_OK); /* nothing of it is left in the loop */
        assert_int_equal(world->ends, 1);
}

static void test_to_its_end(void **state)
{
        check(*state, TO_ITS_END, MANY + 1, RV_JOB_DONE, RV_OK);
}

static void test_a_killed_helper(void **state)
{
        check(*state, KILLED, MANY, RV_JOB_INTERRUPTED, RV_OK);
}

static void test_a_recovered_job_goes_on(void **state)
{
        check(*state, TWICE, 2 * MANY + 2, RV_JOB_DONE, RV_OK);
}

static void test_a_damaged_journal(void **state)
{
        struct world *world = *state;

        follow(world, DAMAGED);
        assert_int_equal(world->ends, 1);
        assert_int_equal(world->seen, MANY + 1); /* all that is sound */
        assert_int_equal(world->error, RV_DAMAGED);
        rv_follow_stop(world->follow);
}

static void test_stopped_in_an_event(void **state)
{
        struct world *world = *state;
        unsigned before = place_descriptors();

        world->stop_at = MANY / 2;
        follow(world, TO_ITS_END);
        assert_int_equal(world->seen, MANY / 2);
        assert_int_equal(world->ends, 0);
        assert_int_equal(place_descriptors(), before);
        assert_int_equal(rv_loop_turn(world->loop, 0, NULL), RV_OK);
        assert_int_equal(world->seen, MANY / 2);
}

static void test_stopped_at_the_end(void **state)
{
        struct world *world = *state;
        unsigned before = place_descriptors();

        world->stop_at_end = true;
        follow(world, TO_ITS_END);
        assert_int_equal(world->ends, 1);
        assert_int_equal(place_descriptors(), before);
}

static void test_what_cannot_be_followed(void **state)
{
        struct world *world = *state;
        unsigned before = place_descriptors();
        struct rv_follow *kept = (struct rv_follow *)world, *follow = kept;

        assert_int_equal(rv_follow_start(world->loop, world->state, 2, &calls, world, &follow, NULL), RV_NOTFOUND);
        /* There is no journal yet. */
        assert_int_equal(rv_follow_start(world->loop, world->state, 1, &calls, world, &follow, NULL), RV_NOTFOUND);
        assert_ptr_equal(follow, kept);
        assert_int_equal(place_descriptors(), before);
        rv_follow_stop(NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_to_its_end, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_killed_helper, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_recovered_job_goes_on, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_damaged_journal, setup, teardown),
                cmocka_unit_test_setup_teardown(test_stopped_in_an_event, setup, teardown),
                cmocka_unit_test_setup_teardown(test_stopped_at_the_end, setup, teardown),
                cmocka_unit_test_setup_teardown(test_what_cannot_be_followed, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
