/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Other programs, run for real: what they get, what comes back, and how they end. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/spawn.h"
#include "no_syscall.h"

struct result {
        struct rv_buf out, errors;
        int status, code;
};

static void result_free(struct result *result)
{
        rv_buf_free(&result->out);
        rv_buf_free(&result->errors);
}
#define RESULT_CLEANUP __attribute__((cleanup(result_free)))

static void shell_with(struct rv_spawn spawn, const char *script, struct result *ret)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const char *const argv[] = { "sh", "-c", script, NULL };

        spawn.argv = argv;
        *ret = (struct result){ .status = -1 };
        ret->code = rv_spawn(&spawn, &ret->out, &ret->errors, &ret->status, &err);
}

static void shell(const char *script, struct result *ret)
{
        shell_with((struct rv_spawn){ .stdin_fd = -1 }, script, ret);
}

static void output_and_status(void **state)
{
        RESULT_CLEANUP struct result result;

        (void)state;
        shell("echo out; echo errors >&2; exit 3", &result);
        assert_int_equal(result.code, RV_OK);
        assert_int_equal(result.status, 3);
        assert_string_equal(rv_buf_str(&result.out), "out\n");
        assert_string_equal(rv_buf_str(&result.errors), "errors\n");
}

static void a_signal_is_128_and_more(void **state)
{
        RESULT_CLEANUP struct result result;

        (void)state;
        shell("kill -TERM $$", &result);
        assert_int_equal(result.code, RV_OK);
        assert_int_equal(result.status, 128 + SIGTERM);
}

static void no_such_program(void **state)
{
        static const char *const bare[] = { "reeve-no-such-program", NULL }, *const path[] = { "/no/such", NULL };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct rv_spawn spawn = { .argv = bare, .stdin_fd = -1 };
        int status = -1;

        (void)state;
        assert_int_equal(rv_spawn(&spawn, NULL, NULL, &status, &err), RV_UNSUPPORTED);
        rv_message_plain(err.message.data, err.message.size, &text);
        assert_non_null(strstr(rv_buf_str(&text), "reeve-no-such-program"));
        spawn.argv = path;
        assert_int_equal(rv_spawn(&spawn, NULL, NULL, &status, &err), RV_UNSUPPORTED);
        assert_int_equal(status, -1);
}

/* A descriptor without close-on-exec must not be seen; nor signals that we ignore or block, nor our environment. */
static void gets_nothing_of_ours(void **state)
{
        RESULT_CLEANUP struct result result;
        int leak = open("/dev/null", O_RDONLY);
        const char *ignored;
        sigset_t blocked;

        (void)state;
        assert_true(leak >= 3);
        assert_int_equal(setenv("REEVE_LEAK", "1", 1), 0);
        (void)signal(SIGTERM, SIG_IGN);
        (void)sigemptyset(&blocked);
        (void)sigaddset(&blocked, SIGHUP);
        assert_int_equal(sigprocmask(SIG_BLOCK, &blocked, NULL), 0);
        shell("ls /proc/$$/fd; env | sort; "
              "grep -E 'Sig(Blk|Ign)' /proc/self/status",
              &result);
        (void)signal(SIGTERM, SIG_DFL);
        assert_int_equal(sigprocmask(SIG_UNBLOCK, &blocked, NULL), 0);
        (void)close(leak);
        assert_int_equal(result.code, RV_OK);
        assert_int_equal(strncmp(rv_buf_str(&result.out), "0\n1\n2\nHOME", 10), 0);
        assert_null(strstr(rv_buf_str(&result.out), "REEVE_LEAK"));
        assert_non_null(strstr(rv_buf_str(&result.out), "HOME=/\n"));
        assert_non_null(strstr(rv_buf_str(&result.out), "LANG=C.UTF-8\n"));
        assert_non_null(strstr(rv_buf_str(&result.out), "SigBlk:\t0000000000000000"));
        ignored = strstr(rv_buf_str(&result.out), "SigIgn:\t");
        assert_non_null(ignored);
        /* The C library itself leaves its two internal ones, 32 and 33, ignored. */
        assert_int_equal(strtoull(ignored + 8, NULL, 16) & 0x7fffffff, 0);
}

static void reads_what_it_is_given(void **state)
{
        static const char *const env[] = { "ONLY=this", NULL };
        RESULT_CLEANUP struct result result;
        int pipe_fds[2];

        (void)state;
        assert_int_equal(pipe(pipe_fds), 0);
        assert_int_equal(rv_write_all(pipe_fds[1], "given", 5), 0);
        (void)close(pipe_fds[1]);
        shell_with((struct rv_spawn){ .stdin_fd = pipe_fds[0], .env = env }, "/bin/cat; echo \" $ONLY $HOME\"",
                   &result);
        (void)close(pipe_fds[0]);
        assert_string_equal(rv_buf_str(&result.out), "given this \n");
}

static double seconds(void)
{
        struct timespec ts;

        (void)clock_gettime(CLOCK_MONOTONIC, &ts);
        return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Whether a process is gone (or a zombie that nobody reaps here), waited for up to 5 s. */
static bool gone(pid_t pid)
{
        double end = seconds() + 5;
        char path[64], text[256];
        ssize_t n;

        (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
        while (seconds() < end) {
                RV_FD_CLEANUP int fd = open(path, O_RDONLY | O_CLOEXEC);

                n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
                if (n <= 0)
                        return true;
                text[n] = '\0';
                if (strstr(text, ") Z "))
                        return true;
                (void)sched_yield();
        }
        return false;
}

static void time_runs_out(void **state)
{
        RESULT_CLEANUP struct result result;
        double start = seconds();

        (void)state;
        shell_with((struct rv_spawn){ .stdin_fd = -1, .timeout_ms = 200 }, "sleep 60 & echo $!; wait", &result);
        assert_int_equal(result.code, RV_FAILED);
        assert_int_equal(result.status, -1);
        assert_true(seconds() - start < 10);
        assert_true(gone((pid_t)strtol(rv_buf_str(&result.out), NULL, 10))); /* the whole group, not the shell alone */
}

static void what_it_leaves_holds_nobody(void **state)
{
        RESULT_CLEANUP struct result result;
        double start = seconds();

        (void)state;
        shell("sleep 60 & echo $!; exit 5", &result);
        assert_int_equal(result.code, RV_OK);
        assert_int_equal(result.status, 5);
        assert_true(seconds() - start < 10);
        assert_true(gone((pid_t)strtol(rv_buf_str(&result.out), NULL, 10)));
}

static void closed_pipes_are_not_the_end(void **state)
{
        RESULT_CLEANUP struct result result;

        (void)state;
        shell("echo before; exec >&- 2>&-; sleep 0.1; exit 4", &result);
        assert_int_equal(result.code, RV_OK);
        assert_int_equal(result.status, 4);
        assert_string_equal(rv_buf_str(&result.out), "before\n");
}

static void output_has_a_limit(void **state)
{
        RESULT_CLEANUP struct result result, errors, big;

        (void)state;
        shell_with((struct rv_spawn){ .stdin_fd = -1, .limit = 1000 }, "yes", &result);
        assert_int_equal(result.code, RV_DAMAGED);
        assert_int_equal(result.out.size, 1000);
        shell_with((struct rv_spawn){ .stdin_fd = -1, .limit = 1000 }, "yes >&2", &errors);
        assert_int_equal(errors.code, RV_DAMAGED);
        /* Both pipes at once, each more than a pipe holds: neither may stop the other. */
        shell("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero", &big);
        assert_int_equal(big.code, RV_OK);
        assert_int_equal(big.out.size, 2000000);
        assert_int_equal(big.errors.size, 1000000);
}

/* With no standard descriptors of its own, a caller's pipes must not land on the child's. */
static void works_without_standard_descriptors(void **state)
{
        pid_t pid = fork();
        int status;

        (void)state;
        if (pid == 0) {
                RESULT_CLEANUP struct result result;

                (void)close(0);
                (void)close(1);
                (void)close(2);
                shell("echo out; echo errors >&2", &result);
                _exit(result.code || strcmp(rv_buf_str(&result.out), "out\n") != 0 ||
                      strcmp(rv_buf_str(&result.errors), "errors\n") != 0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
}

/* Before Linux 5.3 the end is looked for in slices of time. */
static void works_without_pidfd(void **state)
{
        pid_t pid = fork();
        int status;

        (void)state;
        if (pid == 0) {
                RESULT_CLEANUP struct result quick, left, late;

                if (!forbid_syscall(SYS_pidfd_open))
                        _exit(CHILD_SKIP);
                shell("echo out; exit 3", &quick);
                shell("sleep 60 & exit 5", &left);
                shell_with((struct rv_spawn){ .stdin_fd = -1, .timeout_ms = 100 }, "sleep 60", &late);
                _exit(quick.status != 3 || strcmp(rv_buf_str(&quick.out), "out\n") != 0 || left.status != 5 ||
                      late.code != RV_FAILED);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_SKIP) {
                print_message("SKIPPED: no seccomp here\n");
                skip();
        }
        assert_int_equal(status, 0);
}

static unsigned open_descriptors(void)
{
        unsigned n = 0;
        int fd;

        for (fd = 0; fd < 256; fd++)
                n += fcntl(fd, F_GETFD) >= 0;
        return n;
}

static void leaks_no_descriptor(void **state)
{
        unsigned before = open_descriptors();
        RESULT_CLEANUP struct result result, late;

        (void)state;
        shell("true", &result);
        shell_with((struct rv_spawn){ .stdin_fd = -1, .timeout_ms = 20 }, "sleep 9", &late);
        assert_int_equal(open_descriptors(), before);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(output_and_status),
                cmocka_unit_test(a_signal_is_128_and_more),
                cmocka_unit_test(no_such_program),
                cmocka_unit_test(gets_nothing_of_ours),
                cmocka_unit_test(reads_what_it_is_given),
                cmocka_unit_test(time_runs_out),
                cmocka_unit_test(what_it_leaves_holds_nobody),
                cmocka_unit_test(closed_pipes_are_not_the_end),
                cmocka_unit_test(output_has_a_limit),
                cmocka_unit_test(works_without_standard_descriptors),
                cmocka_unit_test(works_without_pidfd),
                cmocka_unit_test(leaks_no_descriptor),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
