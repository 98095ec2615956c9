/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: PkgConfig::JANSSON */
/* How jobs stand, told from directories that are whole, cut off at each moment, damaged, or of another version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/model/query.h"
#include "core/run/journal.h"
#include "core/run/lockfile.h"
#include "core/run/runner_private.h"
#include "place_fixture.h"

#define PLAN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define REQUEST                                                                                                \
        "{\"reeve\":1,\"plugin\":\"p\",\"plan\":\"" PLAN "\",\"data\":\"{}\",\"at\":\"2026-11-23T00:00:00Z\"," \
        "\"uid\":1000,\"requests\":[{\"action\":\"do\"}],\"answers\":{}}"
#define RESULT(state, code, done, total)                                                                            \
        "{\"state\":\"" state "\",\"code\":\"" code "\",\"at\":\"2026-11-23T00:01:00Z\",\"plugin\":\"p\","          \
        "\"action\":\"do\",\"plan\":\"" PLAN "\",\"step\":\"last\",\"uid\":1000,\"done\":" done ",\"total\":" total \
        ",\"started_at\":\"2026-11-23T00:00:00Z\",\"committed\":true}"

struct world {
        struct place *place;
        struct rv_root root;
        struct rv_state *state;
        struct place job; /* the directory of job 1; its path is not used */
};

static int setup(void **state)
{
        struct world *world = calloc(1, sizeof *world);
        uint64_t number = 0;

        if (!world || place_setup((void **)&world->place))
                return -1;
        *state = world;
        if (rv_root_open(world->place->path, &world->root, NULL) ||
            rv_state_place(&world->root, "", true, &world->state, NULL) ||
            rv_state_new(world->state, &world->job.fd, NULL) || rv_state_publish(world->state, &number, NULL))
                return -1;
        return number != 1;
}

static int teardown(void **state)
{
        struct world *world = *state;

        close(world->job.fd);
        rv_state_free(world->state);
        rv_root_close(&world->root);
        (void)place_teardown((void **)&world->place);
        free(world);
        return 0;
}

static void put(const struct world *world, const char *name, const char *text)
{
        place_write(&world->job, name, text, strlen(text), 0600);
}

static struct rv_job_info look(const struct world *world)
{
        struct rv_job_info info = { .id = 99 };

        assert_int_equal(rv_job_read(world->state, 1, &info, NULL), RV_OK);
        assert_int_equal(info.id, 1);
        return info;
}

static void add(const struct world *world, const struct rv_event *event)
{
        struct rv_journal journal;

        assert_int_equal(rv_journal_open(world->job.fd, &journal, NULL), RV_OK);
        assert_int_equal(rv_journal_add(&journal, event, false, NULL), RV_OK);
        rv_journal_close(&journal);
}

static void test_a_result_tells_all(void **state)
{
        const struct world *world = *state;
        struct rv_job_info info;

        put(world, "result.json", RESULT("done", "partial", "3", "4"));
        info = look(world); /* a request is not needed any more */
        assert_int_equal(info.state, RV_JOB_DONE);
        assert_int_equal(info.result, RV_PARTIAL);
        assert_true(info.done == 3 && info.total == 4 && info.committed && !info.damaged);
        assert_int_equal(info.ended_at - info.at, 60);
        assert_int_equal(info.uid, 1000);
        assert_string_equal(info.step, "last");
        assert_string_equal(info.plan, PLAN);
}

/* A result is an end: one that says that the job still runs is none, or following it would never end either. */
static void test_a_result_is_an_end(void **state)
{
        static const char *const none[] = { RESULT("running", "ok", "1", "1"),
                                            RESULT("waiting", "ok", "1", "1"),
                                            RESULT("DONE", "ok", "1", "1"),
                                            RESULT("resting", "ok", "1", "1"),
                                            RESULT("done", "ok", "-1", "1"),
                                            RESULT("done", "ok", "1", "-9223372036854775808"),
                                            RESULT("done", "ok", "\"1\"", "1"),
                                            "{\"state\":\"done\",\"code\":\"ok\"}",
                                            "{}",
                                            "[]",
                                            "{",
                                            "" };
        const struct world *world = *state;
        struct rv_job_info info;
        uint64_t job = 5;
        size_t i;

        put(world, "request.json", REQUEST);
        for (i = 0; i < sizeof none / sizeof *none; i++) {
                put(world, "result.json", none[i]);
                info = look(world);
                if (info.state != RV_JOB_INTERRUPTED || info.result != -1 || info.committed || info.damaged)
                        fail_msg("result %zu: %s", i, rv_job_state_id(info.state));
                assert_string_equal(info.action, "do");
        }
        assert_int_equal(rv_job_running(world->state, &job, NULL), RV_NOTFOUND);
        assert_int_equal(job, 5);
        /* A code that we do not know is none yet; the state stands. */
        put(world, "result.json", RESULT("failed", "later", "0", "0"));
        info = look(world);
        assert_int_equal(info.state, RV_JOB_FAILED);
        assert_int_equal(info.result, -1);
}

/* What a helper leaves that is killed after each of its writes. */
static void test_cut_off(void **state)
{
        const struct world *world = *state;
        struct rv_job_info info = look(world); /* nothing at all */

        assert_int_equal(info.state, RV_JOB_INTERRUPTED);
        assert_true(info.damaged && !info.committed);
        assert_string_equal(info.plugin, "");
        put(world, "request.json", REQUEST);
        info = look(world);
        assert_true(!info.damaged && !info.committed && info.total == 0);
        assert_string_equal(info.plugin, "p");
        assert_int_equal(info.uid, 1000);
        add(world, &(struct rv_event){ .type = RV_EVENT_STEP, .step = "one", .done = 1, .total = 7 });
        add(world, &(struct rv_event){ .type = RV_EVENT_LOG, .text = "line" });
        info = look(world);
        assert_string_equal(info.step, "one");
        assert_true(info.done == 1 && info.total == 7 && !info.committed);
        put(world, "commit", "");
        info = look(world);
        assert_true(info.committed);
        assert_int_equal(info.state, RV_JOB_INTERRUPTED);
}

static void test_held(void **state)
{
        const struct world *world = *state;
        struct rv_job_info info;
        int lock = -1;

        put(world, "request.json", REQUEST);
        put(world, "result.json", RESULT("interrupted", "incomplete", "1", "2")); /* of its first end */
        assert_int_equal(rv_lock_take(world->job.fd, "lock", 0, NULL, NULL, &lock, NULL), RV_OK);
        info = look(world);
        assert_int_equal(info.state, RV_JOB_RUNNING);
        assert_int_equal(info.result, -1);
        add(world, &(struct rv_event){ .type = RV_EVENT_QUESTION, .question = "key", .option = "--yes" });
        assert_int_equal(look(world).state, RV_JOB_WAITING);
        add(world, &(struct rv_event){ .type = RV_EVENT_PROGRESS, .done = 1, .total = 2 });
        assert_int_equal(look(world).state, RV_JOB_RUNNING);
        close(lock);
        assert_int_equal(look(world).state, RV_JOB_INTERRUPTED);
        assert_int_equal(look(world).result, RV_INCOMPLETE);
}

/* A job is listed whatever lies in its directory. */
static void test_damaged_files(void **state)
{
        const struct world *world = *state;
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct rv_job_info info;

        put(world, "request.json", "{\"reeve\":1}");
        info = look(world);
        assert_true(info.damaged);
        assert_int_equal(unlinkat(world->job.fd, "request.json", 0), 0);
        assert_int_equal(symlinkat("/etc/passwd", world->job.fd, "request.json"), 0);
        assert_true(look(world).damaged);
        assert_int_not_equal(rv_job_request(world->state, 1, &text, NULL), RV_OK);
        assert_int_equal(unlinkat(world->job.fd, "request.json", 0), 0);
        put(world, "request.json", REQUEST);
        assert_false(look(world).damaged);
        assert_int_equal(rv_job_request(world->state, 1, &text, NULL), RV_OK);
        assert_string_equal(text.data, REQUEST);
        put(world, "events.jsonl", "{}\n{}\n");
        assert_true(look(world).damaged);
        assert_int_equal(unlinkat(world->job.fd, "events.jsonl", 0), 0);
        assert_int_equal(symlinkat("/etc/passwd", world->job.fd, "events.jsonl"), 0);
        assert_true(look(world).damaged);
        assert_int_equal(unlinkat(world->job.fd, "events.jsonl", 0), 0);
        assert_int_equal(mkfifoat(world->job.fd, "events.jsonl", 0600), 0);
        (void)look(world); /* at once */
        assert_int_equal(mkfifoat(world->job.fd, "result.json", 0600), 0);
        (void)look(world);
}

/* Only the end of a long journal is read: its last step is found, also when a cut falls into a line. */
static void test_a_long_journal(void **state)
{
        const struct world *world = *state;
        char name[40], line[2001];
        struct rv_journal journal;
        struct rv_job_info info;
        struct rv_event event;
        unsigned i;

        put(world, "request.json", REQUEST);
        memset(line, 'l', sizeof line - 1);
        line[sizeof line - 1] = '\0';
        assert_int_equal(rv_journal_open(world->job.fd, &journal, NULL), RV_OK);
        for (i = 1; i <= 200; i++) {
                (void)snprintf(name, sizeof name, "step-%u", i);
                event = (struct rv_event){ .type = RV_EVENT_STEP, .step = name, .done = i, .total = 200 };
                assert_int_equal(rv_journal_add(&journal, &event, false, NULL), RV_OK);
                event = (struct rv_event){ .type = RV_EVENT_LOG, .text = line + i * 7 };
                assert_int_equal(rv_journal_add(&journal, &event, false, NULL), RV_OK);
                if (i % 10)
                        continue;
                info = look(world);
                assert_string_equal(info.step, name);
                assert_true(info.done == i && !info.damaged);
        }
        rv_journal_close(&journal);
}

static void test_lists(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct world *world = *state;
        struct rv_job_info *infos = NULL;
        size_t n = 0;
        int lock[2] = { -1, -1 }, second;
        uint64_t job = 0;

        put(world, "request.json", REQUEST);
        assert_int_equal(mkdirat(world->state->jobs_fd, "10", 0700), 0);
        assert_int_equal(mkdirat(world->state->jobs_fd, "9", 0777), 0);
        assert_int_equal(fchmodat(world->state->jobs_fd, "9", 0777, 0), 0); /* anybody's: none of ours */
        assert_int_equal(symlinkat("1", world->state->jobs_fd, "2"), 0);
        assert_int_equal(rv_job_list(world->state, &infos, &n, NULL), RV_OK);
        assert_int_equal(n, 2);
        assert_true(infos[0].id == 1 && infos[1].id == 10);
        free(infos);
        assert_int_equal(rv_job_running(world->state, &job, &err), RV_NOTFOUND);
        assert_int_equal(rv_lock_take(world->job.fd, "lock", 0, NULL, NULL, &lock[0], NULL), RV_OK);
        assert_int_equal(rv_job_running(world->state, &job, NULL), RV_OK);
        assert_int_equal(job, 1);
        second = openat(world->state->jobs_fd, "10", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(rv_lock_take(second, "lock", 0, NULL, NULL, &lock[1], NULL), RV_OK);
        assert_int_equal(rv_job_running(world->state, &job, &err), RV_USAGE);
        assert_true(place_says(&err, "several jobs are running"));
        /* No helper of theirs listens. */
        assert_int_equal(rv_job_cancel(world->state, 1, NULL), RV_NOTFOUND);
        assert_int_equal(rv_job_reply(world->state, 10, "q", "a", NULL), RV_NOTFOUND);
        assert_int_equal(rv_job_cancel(world->state, 9, NULL), RV_UNTRUSTED);
        assert_int_equal(rv_job_cancel(world->state, 77, NULL), RV_NOTFOUND);
        close(second);
        close(lock[0]);
        close(lock[1]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_a_result_tells_all, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_result_is_an_end, setup, teardown),
                cmocka_unit_test_setup_teardown(test_cut_off, setup, teardown),
                cmocka_unit_test_setup_teardown(test_held, setup, teardown),
                cmocka_unit_test_setup_teardown(test_damaged_files, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_long_journal, setup, teardown),
                cmocka_unit_test_setup_teardown(test_lists, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
