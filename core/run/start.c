/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starting the helper: a session of its own, and the wait for its word. Where systemd runs, root's helper goes into a
 * transient scope first, because logind may kill a user's processes at logout; if that cannot be had the session alone
 * has to do, and the job's log says so. */
#include "core/run/start.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/run/message_json.h"
#include "core/run/plan.h"
#include "core/run/wire.h"

enum { PLAN_S = 300 /* for planning again */, REPLY_MAX = 256 << 10, FIRST_OTHER = 3, N_ENV = 8, ENV_MAX = PATH_MAX };

static const char SYSTEMD[] = "/run/systemd/system", SYSTEMD_RUN[] = "/usr/bin/systemd-run";

/* What the helper said: hello is its first line, so without it nothing was done. */
struct word {
        struct rv_buf text;
        bool hello;
};

/* The boot clock: a laptop that sleeps while a helper plans has waited all that time. */
static int64_t boot_ms(void)
{
        struct timespec now = { 0 };

        (void)clock_gettime(CLOCK_BOOTTIME, &now);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Root's helper gets nothing of our environment; a user's needs to know where that user's state lies. */
struct environment {
        char text[N_ENV][ENV_MAX];
        char *list[N_ENV + 1];
};

static void make_environment(struct environment *ret)
{
        static const char *const passed[] = { "HOME", "XDG_STATE_HOME", "REEVE_PLUGIN_PATH", "REEVE_NOW" };
        size_t i, n = 0;
        const char *value;

        (void)snprintf(ret->text[n++], ENV_MAX, "PATH=/usr/sbin:/usr/bin:/sbin:/bin");
        (void)snprintf(ret->text[n++], ENV_MAX, "LANG=C.UTF-8");
        for (i = 0; geteuid() != 0 && i < sizeof passed / sizeof *passed; i++) {
                value = getenv(passed[i]);
                if (value && snprintf(ret->text[n], ENV_MAX, "%s=%s", passed[i], value) < ENV_MAX)
                        n++;
        }
        for (i = 0; i < n; i++)
                ret->list[i] = ret->text[i];
        ret->list[n] = NULL;
}

/* Nothing of the helper's may reach the terminal: what it has to say goes through its word, and the journal. */
static int set_files(posix_spawn_file_actions_t *actions, int in, int out)
{
        int r = posix_spawn_file_actions_adddup2(actions, in, STDIN_FILENO);

        if (!r)
                r = posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);
        if (!r)
                r = posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        return r;
}

/* A session of its own from the first instruction on: no signal of our terminal reaches it even before it runs. All
 * other descriptors are close-on-exec, by rule. */
static int spawn_in_session(char *const *argv, int in, int out, pid_t *ret)
{
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        struct environment *environment = calloc(1, sizeof *environment);
        sigset_t all, none;
        int r;

        if (!environment)
                return ENOMEM;
        make_environment(environment);
        (void)sigfillset(&all);
        (void)sigemptyset(&none);
        (void)posix_spawn_file_actions_init(&actions);
        (void)posix_spawnattr_init(&attributes);
        r = set_files(&actions, in, out);
        if (!r)
                r = posix_spawnattr_setflags(&attributes,
                                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        if (!r)
                r = posix_spawnattr_setsigdefault(&attributes, &all);
        if (!r)
                r = posix_spawnattr_setsigmask(&attributes, &none);
        if (!r)
                r = posix_spawn(ret, argv[0], &actions, &attributes, argv, environment->list);
        (void)posix_spawnattr_destroy(&attributes);
        (void)posix_spawn_file_actions_destroy(&actions);
        free(environment);
        return r;
}

/* Both ends above the three standard descriptors, which the child's are moved to. */
static int make_pipe(int ret[2])
{
        int fds[2], i;

        if (pipe2(fds, O_CLOEXEC) < 0)
                return errno;
        for (i = 0; i < 2; i++) {
                ret[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, FIRST_OTHER);
                (void)close(fds[i]);
        }
        return ret[0] < 0 || ret[1] < 0 ? EMFILE : 0;
}

/* Takes what the helper says up to its end: it closes its side once the job is taken, or refused. */
static int listen_to(int fd, int64_t end, struct word *word, struct rv_err *err)
{
        struct pollfd polled = { .fd = fd, .events = POLLIN };
        int64_t left;
        ssize_t n = 1;
        char *at;

        while (n != 0 && word->text.size < REPLY_MAX) {
                left = end - boot_ms();
                if (left <= 0)
                        return rv_fail(err, RV_FAILED, N_("reeve-helper does not answer"),
                                       N_("it may take the job still: reeve jobs shows it"), NULL);
                if (poll(&polled, 1, left < 1000 ? (int)left : 1000) <= 0)
                        continue;
                at = rv_buf_reserve(&word->text, 4096);
                if (!at)
                        return rv_fail_memory(err);
                n = read(fd, at, 4096);
                if (n < 0 && errno != EINTR)
                        return rv_fail_errno(err, errno, N_("%1: cannot be heard: %2"), "reeve-helper");
                word->text.size += n > 0 ? (size_t)n : 0;
                at[n > 0 ? n : 0] = '\0';
        }
        return RV_OK;
}

/* The process that we started only passes on: it ends as soon as the helper proper, its child, has a session. */
static void reap(pid_t pid, bool answered)
{
        if (!answered)
                (void)kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
                ;
}

/* It may have ended before it read a byte, and a library does not end its program: the signal is taken back. */
static void send_request(int fd, const struct rv_buf *request)
{
        const struct timespec at_once = { 0 };
        sigset_t broken, before, waiting;
        bool had;

        (void)sigemptyset(&broken);
        (void)sigaddset(&broken, SIGPIPE);
        had = sigpending(&waiting) == 0 && sigismember(&waiting, SIGPIPE) == 1;
        (void)pthread_sigmask(SIG_BLOCK, &broken, &before);
        /* A request fits a pipe's buffer, so this does not wait; a reader that has gone is seen by its silence. */
        if (rv_write_all(fd, request->data, request->size) == -EPIPE && !had)
                (void)sigtimedwait(&broken, NULL, &at_once);
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static int converse(char *const *argv, const struct rv_buf *request, unsigned wait_s, struct word *word,
                    struct rv_err *err)
{
        int to[2] = { -1, -1 }, from[2] = { -1, -1 }, r, rc = RV_OK;
        pid_t pid = -1;

        r = make_pipe(to);
        if (!r)
                r = make_pipe(from);
        if (!r)
                r = spawn_in_session(argv, to[0], from[1], &pid);
        rv_close(&to[0]);
        rv_close(&from[1]);
        if (r)
                rc = rv_fail_errno(err, r, N_("%1: cannot be started: %2"), argv[0]);
        if (!r)
                send_request(to[1], request);
        rv_close(&to[1]);
        if (!r) {
                rc = listen_to(from[0], boot_ms() + ((int64_t)wait_s + PLAN_S) * 1000, word, err);
                reap(pid, rc == RV_OK);
        }
        rv_close(&from[0]);
        word->hello = strncmp(rv_buf_str(&word->text), "{\"hello\"", 8) == 0;
        return rc;
}

/* The second line is the word; without it the helper was killed between, and the list has the truth. */
static int understand(const struct word *word, uint64_t *ret_job, struct rv_err *err)
{
        const char *line = strchr(rv_buf_str(&word->text), '\n');
        json_t *json = word->hello && line ? json_loads(line + 1, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
        const json_t *job = json_object_get(json, "job"), *error = json_object_get(json, "error");
        int rc = RV_OK;

        if (json_is_integer(job))
                *ret_job = (uint64_t)json_integer_value(job);
        else if (error)
                rc = rv_err_from_json(error, err);
        else
                rc = rv_fail(err, RV_INTERNAL, N_("reeve-helper ended without a word"),
                             N_("reeve jobs shows whether it took the job"), NULL);
        json_decref(json);
        return rc;
}

/* One start: the plan's, or a recovery's. */
struct wanted {
        const struct rv_plan *plan; /* NULL: recover */
        const struct rv_root *root;
        const struct rv_start *start;
        uint64_t job;
        enum rv_way way;
};

/* Written anew for each try, because it says how the helper was started. */
static int write_wanted(const struct wanted *wanted, enum rv_unit unit, struct rv_buf *out, struct rv_err *err)
{
        rv_buf_clear(out);
        if (wanted->plan)
                return rv_wire_run(wanted->plan, wanted->start, unit, out, err);
        return rv_wire_recover(wanted->root, wanted->job, wanted->way, wanted->start, unit, out, err);
}

/* False: there was no hello, so nothing was done, and the plain way may be tried. */
static bool try_scope(const struct wanted *wanted, char *helper, struct word *word)
{
        RV_BUF_CLEANUP struct rv_buf request = { 0 };
        char program[] = "/usr/bin/systemd-run", scope[] = "--scope", collect[] = "--collect", quiet[] = "--quiet",
             end[] = "--", unit[64];
        char *const argv[] = { program, scope, collect, quiet, unit, end, helper, NULL };

        (void)snprintf(unit, sizeof unit, "--unit=reeve-job-%ld-%lld", (long)getpid(), (long long)boot_ms());
        if (access(SYSTEMD_RUN, X_OK) != 0 || write_wanted(wanted, RV_UNIT_SCOPE, &request, NULL) != RV_OK)
                return false;
        (void)!converse(argv, &request, wanted->start->wait_s, word, NULL);
        return word->hello;
}

/* The helper's file is checked as a plugin is: root starts no program that others could have written. */
static int start(const struct wanted *wanted, uint64_t *ret_job, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf request = { 0 };
        struct word word = { 0 };
        char helper[PATH_MAX];
        char *const argv[] = { helper, NULL };
        enum rv_unit unit = RV_UNIT_NONE;
        int rc;

        (void)snprintf(helper, sizeof helper, "%s", rv_paths_find()->helper);
        rc = rv_paths_trusted(rv_paths_find(), helper, err);
        if (rc == RV_OK && geteuid() == 0 && access(SYSTEMD, F_OK) == 0 && !try_scope(wanted, helper, &word))
                unit = RV_UNIT_FAILED;
        if (rc == RV_OK && !word.hello) {
                rv_buf_clear(&word.text);
                rc = write_wanted(wanted, unit, &request, err);
                if (rc == RV_OK)
                        rc = converse(argv, &request, wanted->start->wait_s, &word, err);
        }
        if (rc == RV_OK)
                rc = understand(&word, ret_job, err);
        rv_buf_free(&word.text);
        if (rc == RV_OK)
                rv_log("job", "%s runs job %llu", helper, (unsigned long long)*ret_job);
        return rc;
}

/* What the helper would refuse anyway is refused here, before a process is started for it. */
int rv_start_run(const struct rv_plan *plan, const struct rv_start *how, uint64_t *ret_job, struct rv_err *err)
{
        const struct wanted wanted = { .plan = plan, .start = how };
        int rc = rv_plan_permitted(plan, err);

        if (rc == RV_OK && !how->interactive)
                rc = rv_plan_answered(plan, err);
        return rc == RV_OK ? start(&wanted, ret_job, err) : rc;
}

int rv_start_recover(const struct rv_root *root, uint64_t job, enum rv_way way, const struct rv_start *how,
                     struct rv_err *err)
{
        const struct wanted wanted = { .root = root, .start = how, .job = job, .way = way };
        uint64_t same;

        return start(&wanted, &same, err);
}
