/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: PkgConfig::JANSSON */
/* Taking, ending and taking up jobs: killed at each moment, on a disk that is full, with requests that are damaged; and
 * what the journal is spared. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include <reeve/plugin.h>

#include "core/model/query.h"
#include "core/run/lockfile.h"
#include "core/run/plan.h"
#include "core/run/runner_private.h"
#include "core/run/start.h"
#include "place_fixture.h"

enum { CHILD_SKIP = 77, STEPS = 2000 };

static int plan_it(const struct rv_request *const *requests, size_t n, struct rv_plan *plan, struct rv_err *err)
{
        (void)requests, (void)n;
        return rv_plan_data(plan, "{}", err);
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
static const struct rv_action actions[] = {
        { .id = "do", .title = "Do", .preview = "steps", .plan = plan_it, .run = run_it }
};
static const struct rv_plugin plugin = {
        .abi = RV_ABI, .id = "test", .title = "Test", .views = views, .actions = actions, .n_views = 1, .n_actions = 1
};

struct world {
        struct place *place;
        struct rv_root root;
        struct rv_state *state;
        struct rv_plan *plan;
        struct rv_job *job;
};

static int open_world(struct world *world)
{
        struct rv_request *request;

        if (rv_root_open(world->place->path, &world->root, NULL) ||
            rv_state_place(&world->root, "", true, &world->state, NULL))
                return -1;
        request = rv_request_new(&world->root, &plugin, &actions[0]);
        return request ? rv_plan_new(&request, 1, NULL, &world->plan, NULL) : -1;
}

static int setup(void **state)
{
        struct world *world = calloc(1, sizeof *world);

        if (!world || place_setup((void **)&world->place))
                return -1;
        *state = world;
        return open_world(world);
}

static int teardown(void **state)
{
        struct world *world = *state;

        rv_job_close(world->job);
        rv_plan_free(world->plan);
        rv_state_free(world->state);
        rv_root_close(&world->root);
        (void)place_teardown((void **)&world->place);
        free(world);
        return 0;
}

static int create(struct world *world, struct rv_err *err)
{
        const struct rv_start start = { 0 };
        int lock = -1, rc = rv_job_lock(world->state, &start, NULL, NULL, &lock, err);

        return rc == RV_OK ? rv_job_create(world->state, lock, world->plan, &start, &world->job, err) : rc;
}

static struct rv_job_info end(struct world *world, int code, bool reverted)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_job_info info;
        uint64_t number = rv_job_number(world->job);

        if (code)
                code = rv_fail(&err, code, "why", NULL, NULL);
        rv_job_end(world->job, code, reverted, &err);
        rv_job_close(world->job);
        world->job = NULL;
        assert_int_equal(rv_job_read(world->state, number, &info, NULL), RV_OK);
        return info;
}

static void test_how_it_ended(void **state)
{
        static const struct {
                int code;
                bool committed, reverted;
                enum rv_job_state state;
                int result;
        } ends[] = {
                { RV_OK, false, false, RV_JOB_DONE, RV_OK },
                { RV_OK, true, false, RV_JOB_DONE, RV_OK },
                { RV_PARTIAL, true, false, RV_JOB_DONE, RV_PARTIAL },
                { RV_CONFLICT, false, false, RV_JOB_FAILED, RV_CONFLICT },
                { RV_CANCELLED, false, false, RV_JOB_CANCELLED, RV_CANCELLED },
                { RV_CANCELLED, true, false, RV_JOB_INTERRUPTED, RV_INCOMPLETE },
                { RV_NOSPACE, true, false, RV_JOB_INTERRUPTED, RV_INCOMPLETE },
                { RV_INCOMPLETE, true, false, RV_JOB_INTERRUPTED, RV_INCOMPLETE },
                { RV_OK, false, true, RV_JOB_CANCELLED, RV_OK },
                { RV_OK, true, true, RV_JOB_CANCELLED, RV_OK },
                { RV_PARTIAL, true, true, RV_JOB_CANCELLED, RV_PARTIAL }, /* undone but for a part is not done */
                { RV_NOSPACE, true, true, RV_JOB_INTERRUPTED, RV_INCOMPLETE },
        };
        struct world *world = *state;
        struct rv_job_info info;
        struct stat st;
        size_t i;
        int dir;

        for (i = 0; i < sizeof ends / sizeof *ends; i++) {
                assert_int_equal(create(world, NULL), RV_OK);
                assert_int_equal(rv_job_number(world->job), i + 1);
                if (ends[i].committed)
                        assert_int_equal(rv_job_commit(world->job, NULL), RV_OK);
                info = end(world, ends[i].code, ends[i].reverted);
                if (info.state != ends[i].state || info.result != ends[i].result || info.committed != ends[i].committed)
                        fail_msg("end %zu: %s, %s", i, rv_job_state_id(info.state), rv_code_id(info.result));
                /* Nothing that only a running job needs is left. */
                assert_int_equal(rv_state_job(world->state, i + 1, &dir, NULL), RV_OK);
                assert_int_equal(fstatat(dir, "socket", &st, AT_SYMLINK_NOFOLLOW), -1);
                assert_int_equal(fstatat(dir, "reserve", &st, AT_SYMLINK_NOFOLLOW), -1);
                close(dir);
        }
}

/* A step that does not know its end tells of itself as rarely as one that does. */
static void test_progress_is_told_now_and_then(void **state)
{
        struct world *world = *state;
        struct rv_events *events = NULL;
        struct timespec before, after;
        struct rv_event event;
        bool more = true;
        unsigned told = 0, most;
        uint64_t last = 0;
        int i;

        assert_int_equal(create(world, NULL), RV_OK);
        (void)clock_gettime(CLOCK_BOOTTIME, &before);
        for (i = 0; i < STEPS; i++)
                assert_int_equal(rv_job_step(world->job, "unknown", 0, 0), RV_OK);
        for (i = 0; i < STEPS; i++)
                assert_int_equal(rv_job_step(world->job, "known", (uint64_t)i, STEPS), RV_OK);
        for (i = 0; i < STEPS; i++)
                assert_int_equal(rv_job_step(world->job, "known", STEPS, STEPS), RV_OK);
        (void)clock_gettime(CLOCK_BOOTTIME, &after);
        /* Two new steps, an end, and what the time allows: four a second, and a start and an end not counted whole. */
        most = (unsigned)((after.tv_sec - before.tv_sec + 1) * 4 + 2 + 3);
        assert_int_equal(rv_events_open(world->state, 1, &events, NULL), RV_OK);
        while (more) {
                assert_int_equal(rv_events_next(events, &event, &more, NULL), RV_OK);
                told += more && (event.type == RV_EVENT_STEP || event.type == RV_EVENT_PROGRESS);
                last = more ? event.done : last;
        }
        rv_events_free(events);
        assert_in_range(told, 3, most);
        assert_int_equal(last, STEPS); /* an end is told at once */
}

/* A helper that is killed: after taking the job, in a step, after the commit, after its end. */
static void test_killed(void **state)
{
        static const enum rv_job_state states[] = { RV_JOB_INTERRUPTED, RV_JOB_INTERRUPTED, RV_JOB_INTERRUPTED,
                                                    RV_JOB_DONE };
        struct world *world = *state;
        struct rv_job_info info;
        struct rv_holder holder;
        unsigned moment;
        int status;
        pid_t pid;

        for (moment = 0; moment < sizeof states / sizeof *states; moment++) {
                pid = fork();
                if (pid == 0) {
                        RV_ERR_CLEANUP struct rv_err err = { 0 };

                        if (create(world, NULL) == RV_OK &&
                            (moment < 1 || rv_job_step(world->job, "s", 1, 2) == RV_OK) &&
                            (moment < 2 || rv_job_commit(world->job, NULL) == RV_OK)) {
                                if (moment == 3)
                                        rv_job_end(world->job, RV_OK, false, &err);
                                (void)kill(getpid(), SIGKILL);
                        }
                        _exit(1);
                }
                assert_int_equal(waitpid(pid, &status, 0), pid);
                assert_true(WIFSIGNALED(status));
                assert_false(rv_lock_held(world->state->fd, "lock", &holder));
                assert_int_equal(rv_job_read(world->state, moment + 1, &info, NULL), RV_OK);
                assert_int_equal(info.state, states[moment]);
                assert_int_equal(info.committed, moment >= 2);
                assert_string_equal(info.step, moment >= 1 ? "s" : "");
                assert_false(info.damaged);
                assert_string_equal(info.plan, rv_plan_id(world->plan));
        }
        /* The next one gets the lock and the next number. */
        assert_int_equal(create(world, NULL), RV_OK);
        assert_int_equal(rv_job_number(world->job), moment + 1);
}

/* Taking up: only what was cut off, and a refusal leaves locks and directory as they were. */
static int take_up(struct world *world, uint64_t number, struct rv_err *err)
{
        const struct rv_start start = { 0 };
        struct rv_kept kept = { .data = "{}" };
        struct rv_request *request = rv_request_new(&world->root, &plugin, &actions[0]);
        int lock = -1, rc;

        rv_err_clear(err);
        assert_int_equal(rv_job_lock(world->state, &start, NULL, NULL, &lock, NULL), RV_OK);
        rc = rv_job_resume(world->state, lock, number, request, &kept, &world->job, err);
        if (rc == RV_OK) {
                rv_job_close(world->job);
                world->job = NULL;
        }
        rv_request_free(request);
        return rc;
}

static void test_what_can_be_taken_up(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct world *world = *state;
        unsigned open_before = place_descriptors();
        struct stat before, after;
        int dir, lock = -1;

        assert_int_equal(take_up(world, 1, &err), RV_NOTFOUND);
        assert_int_equal(create(world, NULL), RV_OK);
        (void)end(world, RV_OK, false);
        assert_int_equal(rv_state_job(world->state, 1, &dir, NULL), RV_OK);
        assert_int_equal(fstat(dir, &before), 0);
        assert_int_equal(take_up(world, 1, &err), RV_USAGE);
        assert_true(place_says(&err, "job 1 is done: there is nothing to recover"));
        assert_int_equal(fstat(dir, &after), 0);
        assert_int_equal(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
        assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
        /* One whose own lock is held, as when the state's was moved away. */
        assert_int_equal(rv_lock_take(dir, "lock", 0, NULL, NULL, &lock, NULL), RV_OK);
        assert_int_equal(take_up(world, 1, &err), RV_LOCKED);
        assert_true(place_says(&err, "job 1 is running"));
        close(lock);
        close(dir);
        assert_int_equal(create(world, NULL), RV_OK);
        rv_job_close(world->job);
        world->job = NULL;
        assert_int_equal(take_up(world, 2, &err), RV_OK);
        assert_int_equal(take_up(world, 2, &err), RV_OK); /* cut off again */
        assert_int_equal(place_descriptors(), open_before);
}

static void test_kept_requests(void **state)
{
        static const char *const damaged[] = {
                "",
                "{}",
                "[]",
                "{\"reeve\":1,\"plugin\":\"p\",\"plan\":\"x\",\"data\":\"\",\"requests\":[]}",
                "{\"reeve\":1,\"plugin\":7,\"plan\":\"x\",\"data\":\"\",\"requests\":[],"
                "\"answers\":{}}",
                "{\"reeve\":1,\"reeve\":1,\"plugin\":\"p\",\"plan\":\"x\",\"data\":\"\","
                "\"requests\":[],\"answers\":{}}",
                "{\"reeve\":1,\"plugin\":\"p\",\"plan\":\"x\",\"data\":\"\","
                "\"requests\":[],\"answers\":{\"k\":5}}"
        };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct world *world = *state;
        struct rv_kept kept = { .plan = "untouched" };
        size_t i;

        assert_int_equal(rv_kept_read(world->place->fd, &kept, &err), RV_NOTFOUND);
        for (i = 0; i < sizeof damaged / sizeof *damaged; i++) {
                place_write(world->place, "request.json", damaged[i], strlen(damaged[i]), 0600);
                rv_err_clear(&err);
                assert_int_equal(rv_kept_read(world->place->fd, &kept, &err), RV_DAMAGED);
                assert_true(place_says(&err, "request.json"));
                assert_string_equal(kept.plan, "untouched");
        }
}

/* On a disk of a megabyte that somebody fills while the job runs: how it ended is written all the same. */
static int end_on_a_full_disk(struct world *world)
{
        struct rv_job_info info;
        static char bytes[1 << 16];
        int fd;

        if (unshare(geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) < 0 ||
            mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("tmpfs", world->place->path, "tmpfs", 0, "size=1m") < 0)
                return CHILD_SKIP;
        rv_plan_free(world->plan);
        rv_state_free(world->state);
        rv_root_close(&world->root);
        if (open_world(world) || create(world, NULL) != RV_OK)
                return 1;
        fd = openat(world->root.fd, ".", O_RDONLY | O_DIRECTORY);
        fd = openat(fd, "filler", O_WRONLY | O_CREAT, 0600);
        while (write(fd, bytes, sizeof bytes) > 0 || write(fd, bytes, 512) > 0 || write(fd, bytes, 1) > 0)
                ;
        if (errno != ENOSPC)
                return 2;
        if (rv_job_step(world->job, "before", 1, 2) == RV_OK)
                return 3; /* before the commit a full disk stops it */
        info = end(world, RV_NOSPACE, false);
        if (info.state != RV_JOB_FAILED || info.result != RV_NOSPACE || info.damaged)
                return 4;
        /* And there is no room for another. */
        return create(world, NULL) == RV_NOSPACE ? 0 : 5;
}

static void test_a_full_disk(void **state)
{
        struct world *world = *state;
        int status = -1;
        pid_t pid = fork();

        if (pid == 0)
                _exit(end_on_a_full_disk(world));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_SKIP) {
                print_message("SKIPPED: no mount of its own possible here\n");
                skip();
        }
        assert_int_equal(status, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_how_it_ended, setup, teardown),
                cmocka_unit_test_setup_teardown(test_progress_is_told_now_and_then, setup, teardown),
                cmocka_unit_test_setup_teardown(test_killed, setup, teardown),
                cmocka_unit_test_setup_teardown(test_what_can_be_taken_up, setup, teardown),
                cmocka_unit_test_setup_teardown(test_kept_requests, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_full_disk, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
