/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lock files: what may be one, who is named, locks left by the dead and by earlier boots, and waiting. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "core/run/lockfile.h"
#include "place_fixture.h"

enum { UNTOUCHED = -7, LONG_S = 60, NOBODY = 65534 };

static int take(const struct place *place, struct rv_err *err)
{
        int fd = UNTOUCHED, rc;

        rv_err_clear(err);
        rc = rv_lock_take(place->fd, "lock", 0, NULL, NULL, &fd, err);
        if (rc == RV_OK)
                close(fd);
        else
                assert_int_equal(fd, UNTOUCHED);
        return rc;
}

static void test_what_is_no_lock_of_ours(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct place *place = *state;
        unsigned open_before = place_descriptors();
        struct stat st;

        place_write(place, "victim", "keep", 4, 0600);
        assert_int_equal(symlinkat("victim", place->fd, "lock"), 0);
        assert_int_equal(take(place, &err), RV_UNTRUSTED);
        assert_true(place_says(&err, "lock"));
        assert_true(err.hint.size > 0);
        assert_int_equal(unlinkat(place->fd, "lock", 0), 0);
        /* A dangling link: nothing is made where it points. */
        assert_int_equal(symlinkat("elsewhere", place->fd, "lock"), 0);
        assert_int_equal(take(place, &err), RV_UNTRUSTED);
        assert_int_equal(fstatat(place->fd, "elsewhere", &st, 0), -1);
        assert_int_equal(unlinkat(place->fd, "lock", 0), 0);
        /* A second name. */
        assert_int_equal(linkat(place->fd, "victim", place->fd, "lock", 0), 0);
        assert_int_equal(take(place, &err), RV_UNTRUSTED);
        assert_int_equal(unlinkat(place->fd, "lock", 0), 0);
        /* No file: a fifo must not block either. */
        assert_int_equal(mkfifoat(place->fd, "lock", 0600), 0);
        assert_int_equal(take(place, &err), RV_UNTRUSTED);
        assert_int_equal(unlinkat(place->fd, "lock", 0), 0);
        assert_int_equal(mkdirat(place->fd, "lock", 0700), 0);
        assert_int_not_equal(take(place, &err), RV_OK);
        assert_int_equal(unlinkat(place->fd, "lock", AT_REMOVEDIR), 0);
        /* Others could lock it for ever. */
        place_write(place, "lock", "", 0, 0640);
        assert_int_equal(take(place, &err), RV_UNTRUSTED);
        place_write(place, "lock", "", 0, 0602);
        assert_int_equal(take(place, &err), RV_UNTRUSTED);
        place_write(place, "lock", "", 0, 0600);
        if (geteuid() == 0) {
                assert_int_equal(fchownat(place->fd, "lock", NOBODY, 0, 0), 0);
                assert_int_equal(take(place, &err), RV_UNTRUSTED);
                assert_int_equal(fchownat(place->fd, "lock", 0, 0, 0), 0);
        }
        assert_int_equal(take(place, &err), RV_OK);
        assert_int_equal(place_descriptors(), open_before);
        assert_int_equal(fstatat(place->fd, "victim", &st, 0), 0);
        assert_int_equal(st.st_size, 4);
}

static void test_a_new_lock_is_its_owners_alone(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct place *place = *state;
        mode_t mask = umask(0);
        struct stat st;

        assert_int_equal(take(place, &err), RV_OK);
        (void)umask(mask);
        assert_int_equal(fstatat(place->fd, "lock", &st, AT_SYMLINK_NOFOLLOW), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
}

/* Asking makes no file, follows no link and takes nothing. */
static void test_asking_changes_nothing(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct place *place = *state;
        struct rv_holder holder = { .pid = 3 };
        struct stat st;
        int fd = -1;

        assert_false(rv_lock_held(place->fd, "lock", &holder));
        assert_int_equal(holder.pid, 0);
        assert_int_equal(fstatat(place->fd, "lock", &st, 0), -1);
        assert_int_equal(rv_lock_take(place->fd, "lock", 0, NULL, NULL, &fd, NULL), RV_OK);
        assert_int_equal(symlinkat("lock", place->fd, "link"), 0);
        assert_false(rv_lock_held(place->fd, "link", &holder));
        assert_true(rv_lock_held(place->fd, "lock", &holder));
        close(fd);
        assert_false(rv_lock_held(place->fd, "lock", &holder));
        assert_int_equal(take(place, &err), RV_OK);
}

/* The lock is held; `text` is what its holder is said to be. */
static void held_with(const struct place *place, const char *text, size_t n, struct rv_holder *ret, struct rv_err *err)
{
        int fd = -1;

        place_write(place, "lock", text, n, 0600);
        assert_int_equal(rv_lock_take(place->fd, "lock", 0, NULL, NULL, &fd, NULL), RV_OK);
        assert_true(rv_lock_held(place->fd, "lock", ret));
        assert_int_equal(take(place, err), RV_LOCKED);
        close(fd);
}

static void test_lying_texts(void **state)
{
        static const char *const nonsense[] = {
                "",
                "{",
                "[]",
                "null",
                "{\"pid\":\"1\",\"start\":1,\"boot\":\"b\"}",
                "{\"pid\":1,\"start\":1}",
                "{\"pid\":1,\"start\":1,\"boot\":\"b\\u0000c\"}",
                "{\"pid\":99999999999999999999,\"start\":1,\"boot\":\"b\"}",
                "{\"pid\":-4,\"start\":1,\"boot\":\"b\",\"job\":3}",
        };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        const struct place *place = *state;
        struct rv_holder holder;
        size_t i;

        for (i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
                held_with(place, nonsense[i], strlen(nonsense[i]), &holder, &err);
                assert_true(holder.pid <= 0);
                assert_true(place_says(&err, "another process"));
        }
        /* Names longer than their fields are cut, and what comes behind the object is no matter. */
        rv_buf_add_str(&text, "{\"pid\":12,\"start\":1,\"boot\":\"");
        for (i = 0; i < 500; i++)
                rv_buf_add_char(&text, 'b');
        rv_buf_add_str(&text, "\",\"program\":\"");
        for (i = 0; i < 500; i++)
                rv_buf_add_char(&text, 'p');
        rv_buf_add_str(&text, "\",\"job\":41}\n}}}}");
        held_with(place, text.data, text.size, &holder, &err);
        assert_int_equal(holder.pid, 12);
        assert_int_equal(holder.job, 41);
        assert_int_equal(strlen(holder.program), sizeof holder.program - 1);
        assert_int_equal(strlen(holder.boot), sizeof holder.boot - 1);
        assert_true(place_says(&err, "job 41 of ppp"));
        assert_true(place_says(&err, "(process 12)"));
        held_with(place, "{\"pid\":12,\"start\":1,\"boot\":\"b\",\"program\":\"x\"}", 46, &holder, &err);
        assert_true(place_says(&err, "x (process 12)"));
}

/* Whatever a lock of an earlier boot, or of a process that died, says: nobody holds it. */
static void test_a_stale_lock_is_free(void **state)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        const struct place *place = *state;
        struct rv_holder self, holder;
        char stale[1024];
        int fd = -1;

        memset(stale, ' ', sizeof stale);
        (void)snprintf(stale, sizeof stale,
                       "{\"pid\":1,\"start\":0,\"boot\":\"00000000-0000-0000-0000-000000000000\"}");
        place_write(place, "lock", stale, sizeof stale, 0600);
        assert_false(rv_lock_held(place->fd, "lock", &holder));
        assert_int_equal(rv_lock_take(place->fd, "lock", 0, NULL, NULL, &fd, NULL), RV_OK);
        rv_holder_self(&self);
        self.job = UINT32_MAX;
        assert_int_equal(rv_lock_sign(fd, &self, NULL), RV_OK);
        self.job = 2;
        assert_int_equal(rv_lock_sign(fd, &self, NULL), RV_OK); /* a second time, with a shorter text */
        assert_true(rv_lock_held(place->fd, "lock", &holder));
        assert_memory_equal(&holder.boot, &self.boot, sizeof self.boot);
        assert_int_equal(holder.start, self.start);
        assert_int_equal(holder.job, 2);
        close(fd);
        /* Nothing of the older, longer texts is left behind it. */
        assert_int_equal(rv_file_read(place->fd, "lock", 4096, &text, NULL), RV_OK);
        assert_int_equal(text.data[text.size - 1], '\n');
        assert_ptr_equal(strchr(text.data, '\n'), text.data + text.size - 1);
        assert_int_equal(text.data[text.size - 2], '}');
}

struct other {
        pid_t pid;
        unsigned asked;
        bool kill;
};

/* Another process that holds the lock until it is killed; returns when it has it. */
static pid_t start_holder(const struct place *place)
{
        int ready[2], fd = -1;
        char c = 0;
        pid_t pid;

        assert_int_equal(pipe(ready), 0);
        pid = fork();
        if (pid == 0) {
                struct rv_holder self;

                close(ready[0]);
                if (rv_lock_take(place->fd, "lock", 0, NULL, NULL, &fd, NULL) != RV_OK)
                        _exit(1);
                rv_holder_self(&self);
                if (rv_lock_sign(fd, &self, NULL) != RV_OK || write(ready[1], "x", 1) != 1)
                        _exit(1);
                for (;;)
                        pause();
        }
        close(ready[1]);
        assert_int_equal(read(ready[0], &c, 1), 1);
        close(ready[0]);
        return pid;
}

static bool gone(void *user)
{
        struct other *other = user;

        other->asked++;
        if (!other->kill)
                return true;
        (void)kill(other->pid, SIGKILL);
        return false;
}

static void test_the_lock_ends_with_its_killed_holder(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct place *place = *state;
        struct other other = { .kill = true };
        struct rv_holder holder;
        int fd = UNTOUCHED;

        other.pid = start_holder(place);
        assert_true(rv_lock_held(place->fd, "lock", &holder));
        assert_int_equal(holder.pid, other.pid);
        assert_int_equal(take(place, &err), RV_LOCKED);
        /* It goes while we wait. */
        assert_int_equal(rv_lock_take(place->fd, "lock", LONG_S, gone, &other, &fd, NULL), RV_OK);
        assert_true(other.asked > 0);
        close(fd);
        assert_int_equal(waitpid(other.pid, NULL, 0), other.pid);
}

static void test_waiting_can_be_given_up(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct place *place = *state;
        struct other other = { .kill = false };
        unsigned open_before = place_descriptors();
        int fd = UNTOUCHED;

        other.pid = start_holder(place);
        assert_int_equal(rv_lock_take(place->fd, "lock", LONG_S, gone, &other, &fd, &err), RV_CANCELLED);
        assert_int_equal(fd, UNTOUCHED);
        assert_int_equal(other.asked, 1);
        /* Without patience nobody is asked. */
        assert_int_equal(rv_lock_take(place->fd, "lock", 0, gone, &other, &fd, &err), RV_LOCKED);
        assert_int_equal(other.asked, 1);
        assert_int_equal(place_descriptors(), open_before);
        (void)kill(other.pid, SIGKILL);
        assert_int_equal(waitpid(other.pid, NULL, 0), other.pid);
}

/* A child that was forked while the lock was held shares it: it ends when both are gone, or never by an exec. */
static void test_exec_does_not_inherit_the_lock(void **state)
{
        const struct place *place = *state;
        int fd = -1;

        assert_int_equal(rv_lock_take(place->fd, "lock", 0, NULL, NULL, &fd, NULL), RV_OK);
        assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
        close(fd);
}

/* A disk that takes half of the text: an error, and one that says what is wrong. */
static void test_a_text_that_does_not_fit(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct place *place = *state;
        const struct rlimit small = { .rlim_cur = 10, .rlim_max = RLIM_INFINITY };
        struct rlimit before;
        struct rv_holder self;
        int fd = -1, rc;

        assert_int_equal(rv_lock_take(place->fd, "lock", 0, NULL, NULL, &fd, NULL), RV_OK);
        rv_holder_self(&self);
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        errno = 0;
        rc = rv_lock_sign(fd, &self, &err);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_not_equal(rc, RV_OK);
        assert_true(place_says(&err, strerror(EFBIG)));
        close(fd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_what_is_no_lock_of_ours, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_a_new_lock_is_its_owners_alone, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_asking_changes_nothing, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_lying_texts, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_a_stale_lock_is_free, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_the_lock_ends_with_its_killed_holder, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_waiting_can_be_given_up, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_exec_does_not_inherit_the_lock, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_a_text_that_does_not_fit, place_setup, place_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
