/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state directory: who may own it, where it lies, which names are jobs, and how a job gets its number. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/model/query.h"
#include "core/run/state.h"
#include "place_fixture.h"

enum { NOBODY = 65534 };

struct world {
        struct place *place;
        struct rv_root root;
        char path[96], home[96]; /* a root borrows its path */
};

static int setup(void **state)
{
        struct world *world = calloc(1, sizeof *world);

        if (!world || place_setup((void **)&world->place))
                return -1;
        (void)snprintf(world->path, sizeof world->path, "%s/root", world->place->path);
        (void)snprintf(world->home, sizeof world->home, "%s/a/home", world->place->path);
        *state = world;
        return mkdir(world->path, 0755) || rv_root_open(world->path, &world->root, NULL);
}

static int teardown(void **state)
{
        struct world *world = *state;

        rv_root_close(&world->root);
        (void)place_teardown((void **)&world->place);
        free(world);
        return 0;
}

static int try(struct world *world, const char *home, bool make, struct rv_err *err)
{
        struct rv_state *state = NULL;
        unsigned open_before = place_descriptors();
        int rc;

        rv_err_clear(err);
        rc = rv_state_place(&world->root, home, make, &state, err);
        assert_int_equal(rc == RV_OK, state != NULL);
        rv_state_free(state);
        assert_int_equal(place_descriptors(), open_before);
        return rc;
}

static struct rv_state *open_state(struct world *world)
{
        struct rv_state *state = NULL;

        assert_int_equal(rv_state_place(&world->root, "", true, &state, NULL), RV_OK);
        return state;
}

static void test_looking_makes_nothing(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct world *world = *state;
        struct stat st;

        assert_int_equal(try(world, "", false, &err), RV_NOTFOUND);
        assert_true(place_says(&err, "/root/var/lib/reeve"));
        assert_int_equal(try(world, world->home, false, &err), RV_NOTFOUND);
        assert_int_equal(fstatat(world->place->fd, "root/var", &st, 0), -1);
        assert_int_equal(fstatat(world->place->fd, "a", &st, 0), -1);
}

static void test_made_for_its_owner_alone(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct world *world = *state;
        mode_t mask = umask(0);
        struct stat st;

        assert_int_equal(try(world, "", true, &err), RV_OK);
        (void)umask(mask);
        assert_int_equal(fstatat(world->place->fd, "root/var/lib/reeve", &st, AT_SYMLINK_NOFOLLOW), 0);
        assert_int_equal(st.st_mode, S_IFDIR | 0700);
        assert_int_equal(fstatat(world->place->fd, "root/var/lib/reeve/jobs", &st, AT_SYMLINK_NOFOLLOW), 0);
        assert_int_equal(st.st_mode, S_IFDIR | 0700);
        assert_int_equal(try(world, "", false, &err), RV_OK);
}

/* What was put there by somebody else is an error, and never a reason to use another place. */
static void test_tampered_places(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct world *world = *state;
        int at = world->place->fd;
        struct stat st;

        assert_int_equal(mkdirat(at, "root/var", 0755), 0);
        assert_int_equal(mkdirat(at, "root/var/lib", 0755), 0);
        assert_int_equal(mkdirat(at, "own", 0700), 0);
        assert_int_equal(symlinkat("../../../own", at, "root/var/lib/reeve"), 0);
        assert_int_equal(try(world, world->home, true, &err), RV_UNTRUSTED);
        assert_true(place_says(&err, "/root/var/lib/reeve"));
        assert_true(err.hint.size > 0);
        assert_int_equal(fstatat(at, "own/jobs", &st, 0), -1);
        assert_int_equal(fstatat(at, "a", &st, 0), -1);
        assert_int_equal(unlinkat(at, "root/var/lib/reeve", 0), 0);

        place_write(world->place, "root/var/lib/reeve", "", 0, 0600);
        assert_int_equal(try(world, world->home, true, &err), RV_UNTRUSTED);
        assert_int_equal(unlinkat(at, "root/var/lib/reeve", 0), 0);

        assert_int_equal(mkdirat(at, "root/var/lib/reeve", 0700), 0);
        assert_int_equal(fchmodat(at, "root/var/lib/reeve", 0770, 0), 0);
        assert_int_equal(try(world, world->home, true, &err), RV_UNTRUSTED);
        assert_int_equal(fchmodat(at, "root/var/lib/reeve", 0702, 0), 0);
        assert_int_equal(try(world, world->home, true, &err), RV_UNTRUSTED);
        assert_int_equal(fchmodat(at, "root/var/lib/reeve", 0700, 0), 0);
        if (geteuid() == 0) {
                assert_int_equal(fchownat(at, "root/var/lib/reeve", NOBODY, 0, 0), 0);
                assert_int_equal(try(world, world->home, true, &err), RV_UNTRUSTED);
                assert_int_equal(fchownat(at, "root/var/lib/reeve", 0, 0, 0), 0);
        }
        assert_int_equal(symlinkat("../../../../own", at, "root/var/lib/reeve/jobs"), 0);
        assert_int_equal(try(world, world->home, true, &err), RV_UNTRUSTED);
        assert_int_equal(unlinkat(at, "root/var/lib/reeve/jobs", 0), 0);
        assert_int_equal(try(world, world->home, true, &err), RV_OK);
}

/* A link above is the system's own, and leads nowhere but into the root. */
static void test_a_link_to_var_stays_inside(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct world *world = *state;
        struct stat st;

        assert_int_equal(mkdirat(world->place->fd, "root/private", 0755), 0);
        assert_int_equal(mkdirat(world->place->fd, "private", 0755), 0);
        assert_int_equal(symlinkat("/../private", world->place->fd, "root/var"), 0);
        assert_int_equal(try(world, "", true, &err), RV_OK);
        assert_int_equal(fstatat(world->place->fd, "root/private/lib/reeve/jobs", &st, 0), 0);
        assert_int_equal(fstatat(world->place->fd, "private/lib", &st, 0), -1);
}

static void test_the_users_own_place(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct world *world = *state;
        struct rv_state *first = NULL, *again = NULL, *other = NULL;
        struct rv_root second;
        char path[96], long_home[PATH_MAX];

        place_write(world->place, "root/var", "", 0, 0644); /* so that the root's own place cannot be had */
        assert_int_equal(try(world, "", true, &err), RV_NOTFOUND);
        assert_int_equal(rv_state_place(&world->root, world->home, true, &first, NULL), RV_OK);
        assert_int_equal(rv_state_place(&world->root, world->home, false, &again, NULL), RV_OK);
        assert_string_equal(first->path, again->path);
        assert_memory_equal(first->path, world->home, strlen(world->home));
        /* Another root has another one. */
        (void)snprintf(path, sizeof path, "%s/second", world->place->path);
        assert_int_equal(mkdir(path, 0755), 0);
        assert_int_equal(rv_root_open(path, &second, NULL), RV_OK);
        place_write(world->place, "second/var", "", 0, 0644);
        assert_int_equal(rv_state_place(&second, world->home, true, &other, NULL), RV_OK);
        assert_string_not_equal(first->path, other->path);
        rv_state_free(first);
        rv_state_free(again);
        rv_state_free(other);
        rv_root_close(&second);
        /* A name that does not fit is no other place. */
        memset(long_home, 'h', sizeof long_home);
        long_home[0] = '/';
        long_home[sizeof long_home - 1] = '\0';
        assert_int_equal(try(world, long_home, true, &err), RV_FAILED);
        assert_true(place_says(&err, strerror(ENAMETOOLONG)));
}

static void make_directory(const struct rv_state *state, const char *name)
{
        assert_int_equal(mkdirat(state->jobs_fd, name, 0700), 0);
}

static void test_which_names_are_jobs(void **state)
{
        static const char *const not_jobs[] = { "0",   "01", "-1", "+3", " 4",  "5 ",   "6x",
                                                "0x7", ".8", "9.", "",   "new", ".new", "1234567890123456789" };
        struct rv_state *opened = open_state(*state);
        uint64_t *jobs = NULL;
        char name[24];
        size_t i, n = 0;

        assert_int_equal(rv_state_jobs(opened, &jobs, &n, NULL), RV_OK);
        assert_int_equal(n, 0);
        free(jobs);
        for (i = 0; i < sizeof not_jobs / sizeof *not_jobs; i++)
                if (not_jobs[i][0])
                        make_directory(opened, not_jobs[i]);
        make_directory(opened, "123456789012345678");
        for (i = 130; i > 0; i--) {
                (void)snprintf(name, sizeof name, "%zu", i);
                make_directory(opened, name);
        }
        assert_int_equal(rv_state_jobs(opened, &jobs, &n, NULL), RV_OK);
        assert_int_equal(n, 131);
        for (i = 0; i < 130; i++)
                assert_int_equal(jobs[i], i + 1);
        assert_int_equal(jobs[130], 123456789012345678);
        free(jobs);
        rv_state_free(opened);
}

static void test_one_job(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_state *opened = open_state(*state);
        int fd = -7;

        assert_int_equal(rv_state_job(opened, 3, &fd, &err), RV_NOTFOUND);
        assert_true(place_says(&err, "there is no job 3"));
        make_directory(opened, "1");
        assert_int_equal(symlinkat("1", opened->jobs_fd, "3"), 0);
        assert_int_equal(rv_state_job(opened, 3, &fd, &err), RV_UNTRUSTED);
        assert_int_equal(fchmodat(opened->jobs_fd, "1", 0777, 0), 0);
        assert_int_equal(rv_state_job(opened, 1, &fd, &err), RV_UNTRUSTED);
        assert_int_equal(fd, -7);
        assert_int_equal(fchmodat(opened->jobs_fd, "1", 0755, 0), 0);
        assert_int_equal(rv_state_job(opened, 1, &fd, NULL), RV_OK);
        close(fd);
        assert_int_equal(rv_state_job(opened, UINT64_MAX, &fd, NULL), RV_NOTFOUND);
        rv_state_free(opened);
}

static void test_numbers_count_up(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_state *opened = open_state(*state);
        uint64_t job = 77;
        int fd = -1;

        assert_int_equal(rv_state_publish(opened, &job, &err), RV_NOTFOUND); /* there is none to name */
        assert_int_equal(job, 77);
        assert_int_equal(rv_state_new(opened, &fd, NULL), RV_OK);
        assert_int_equal(rv_state_publish(opened, &job, NULL), RV_OK);
        close(fd);
        assert_int_equal(job, 1);
        /* A hole is not filled, and what is no directory takes its number all the same. */
        make_directory(opened, "41");
        place_write(&(struct place){ .fd = opened->jobs_fd }, "42", "", 0, 0600);
        assert_int_equal(rv_state_new(opened, &fd, NULL), RV_OK);
        assert_int_equal(rv_state_publish(opened, &job, NULL), RV_OK);
        close(fd);
        assert_int_equal(job, 43);
        rv_state_free(opened);
}

/* What a killed helper left is gone when the next job begins; through a link nothing is. */
static void test_what_was_left_is_removed(void **state)
{
        struct world *world = *state;
        struct rv_state *opened = open_state(world);
        struct place jobs = { .fd = opened->jobs_fd };
        struct stat st;
        int fd = -1;

        place_write(world->place, "keep", "keep", 4, 0600);
        assert_int_equal(mkdirat(world->place->fd, "also", 0700), 0);
        place_write(world->place, "also/keep", "keep", 4, 0600);

        make_directory(opened, ".new");
        place_write(&jobs, ".new/request.json", "{}", 2, 0600);
        assert_int_equal(symlinkat("../../../../../../keep", opened->jobs_fd, ".new/link"), 0);
        assert_int_equal(rv_state_new(opened, &fd, NULL), RV_OK);
        assert_int_equal(fstatat(fd, "request.json", &st, 0), -1);
        assert_int_equal(fstatat(fd, "link", &st, AT_SYMLINK_NOFOLLOW), -1);
        close(fd);
        assert_int_equal(unlinkat(opened->jobs_fd, ".new", AT_REMOVEDIR), 0);

        assert_int_equal(symlinkat("../../../../../also", opened->jobs_fd, ".new"), 0);
        assert_int_equal(rv_state_new(opened, &fd, NULL), RV_OK);
        close(fd);
        assert_int_equal(fstatat(opened->jobs_fd, ".new", &st, AT_SYMLINK_NOFOLLOW), 0);
        assert_true(S_ISDIR(st.st_mode));
        assert_int_equal(unlinkat(opened->jobs_fd, ".new", AT_REMOVEDIR), 0);

        place_write(&jobs, ".new", "x", 1, 0600);
        assert_int_equal(rv_state_new(opened, &fd, NULL), RV_OK);
        close(fd);
        assert_int_equal(fstatat(world->place->fd, "keep", &st, 0), 0);
        assert_int_equal(fstatat(world->place->fd, "also/keep", &st, 0), 0);
        rv_state_free(opened);
}

static void test_files_of_a_job(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct place *place = ((struct world *)*state)->place;

        place_write(place, "f", "12345", 5, 0600);
        assert_int_equal(rv_job_file(place->fd, "f", 5, &text, NULL), RV_OK);
        assert_string_equal(text.data, "12345");
        assert_int_equal(rv_job_file(place->fd, "f", 4, &text, &err), RV_DAMAGED);
        assert_string_equal(text.data, "12345");
        assert_int_equal(symlinkat("f", place->fd, "l"), 0);
        assert_int_not_equal(rv_job_file(place->fd, "l", 5, &text, &err), RV_OK);
        assert_int_equal(mkfifoat(place->fd, "p", 0600), 0);
        assert_int_equal(rv_job_file(place->fd, "p", 5, &text, &err), RV_DAMAGED); /* and at once */
        assert_int_equal(rv_job_file(place->fd, "root", 5, &text, &err), RV_DAMAGED);
        assert_int_equal(rv_job_file(place->fd, "none", 5, &text, &err), RV_NOTFOUND);
}

/* Root believes no environment; a user's counts as far as it is a path that fits. */
static void test_home(void **state)
{
        char home[PATH_MAX] = "x";

        (void)state;
        assert_int_equal(setenv("XDG_STATE_HOME", "/tmp/not-this", 1), 0);
        assert_int_equal(setenv("HOME", "/home/u", 1), 0);
        if (geteuid() == 0) {
                rv_state_home(home);
                assert_string_equal(home, "");
                assert_int_equal(seteuid(NOBODY), 0);
        }
        rv_state_home(home);
        assert_string_equal(home, "/tmp/not-this");
        assert_int_equal(setenv("XDG_STATE_HOME", "relative", 1), 0);
        rv_state_home(home);
        assert_string_equal(home, "/home/u/.local/state");
        assert_int_equal(setenv("HOME", "u", 1), 0);
        rv_state_home(home);
        assert_string_equal(home, "");
        if (getuid() == 0)
                assert_int_equal(seteuid(0), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_looking_makes_nothing, setup, teardown),
                cmocka_unit_test_setup_teardown(test_made_for_its_owner_alone, setup, teardown),
                cmocka_unit_test_setup_teardown(test_tampered_places, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_link_to_var_stays_inside, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_users_own_place, setup, teardown),
                cmocka_unit_test_setup_teardown(test_which_names_are_jobs, setup, teardown),
                cmocka_unit_test_setup_teardown(test_one_job, setup, teardown),
                cmocka_unit_test_setup_teardown(test_numbers_count_up, setup, teardown),
                cmocka_unit_test_setup_teardown(test_what_was_left_is_removed, setup, teardown),
                cmocka_unit_test_setup_teardown(test_files_of_a_job, setup, teardown),
                cmocka_unit_test(test_home),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
