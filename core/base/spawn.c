/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running another program to its end: in a process group of its own, with three descriptors and no more, its output
 * drained from both pipes at once, and the whole group killed when time or output runs out. */
#include "core/base/spawn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/time.h"

enum { DEFAULT_TIMEOUT = 30000, DEFAULT_LIMIT = 16 << 20, PIECE = 65536, SLICE = 20, FIRST_OTHER = 3 };
enum { OUT, ERRORS, PIPES, PID = PIPES, POLLED };

static const char *const places[] = { "/usr/sbin", "/usr/bin", "/sbin", "/bin" };
static const char *const clean_env[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "LANG=C.UTF-8", NULL };

/* A child under way: the reading ends of its pipes, and its pidfd where the kernel has those (-1 before 5.3). */
struct child {
        pid_t pid;
        int fd[POLLED];
        struct rv_buf *kept[PIPES];
        size_t limit;
        int64_t deadline;
};

/* PATH is the caller's and not to be trusted where root runs; the usual places are fixed. */
static bool find_program(const char *name, char path[PATH_MAX])
{
        size_t i;

        if (name[0] == '/')
                return snprintf(path, PATH_MAX, "%s", name) < PATH_MAX && access(path, X_OK) == 0;
        for (i = 0; i < sizeof places / sizeof *places; i++)
                if (snprintf(path, PATH_MAX, "%s/%s", places[i], name) < PATH_MAX && access(path, X_OK) == 0)
                        return true;
        return false;
}

/* A pipe whose ends lie above the three standard descriptors, even where the caller has closed those. */
static int make_pipe(int ret[2])
{
        int fds[2], i;

        if (pipe2(fds, O_CLOEXEC) < 0)
                return -errno;
        for (i = 0; i < 2; i++)
                ret[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, FIRST_OTHER);
        (void)close(fds[0]);
        (void)close(fds[1]);
        if (ret[0] < 0 || ret[1] < 0)
                return -errno;
        return fcntl(ret[0], F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

/* Not every library marks its descriptors close-on-exec, so the child closes all that it was not given. */
static int close_others(posix_spawn_file_actions_t *actions)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
        return posix_spawn_file_actions_addclosefrom_np(actions, FIRST_OTHER);
#else
        DIR *dir = opendir("/proc/self/fd");
        struct dirent *entry;
        int r = 0, fd;

        while (dir && !r && (entry = readdir(dir))) {
                fd = (int)strtol(entry->d_name, NULL, 10);
                if (fd >= FIRST_OTHER && fd != dirfd(dir))
                        r = posix_spawn_file_actions_addclose(actions, fd);
        }
        if (dir)
                (void)closedir(dir);
        return r;
#endif
}

/* Returns 0 or errno, as the posix_spawn family does. */
static int set_files(posix_spawn_file_actions_t *actions, int stdin_fd, int out, int errors)
{
        int r;

        if (stdin_fd < 0)
                r = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        else
                r = posix_spawn_file_actions_adddup2(actions, stdin_fd, STDIN_FILENO);
        if (!r)
                r = posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);
        if (!r)
                r = posix_spawn_file_actions_adddup2(actions, errors, STDERR_FILENO);
        return r ? r : close_others(actions);
}

/* Signals as a login shell has them: what we ignore or block would stay so across exec. */
static int set_attributes(posix_spawnattr_t *attributes)
{
        sigset_t all, none;
        int r;

        (void)sigfillset(&all);
        (void)sigemptyset(&none);
        r = posix_spawnattr_setflags(attributes,
                                     POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        if (!r)
                r = posix_spawnattr_setpgroup(attributes, 0);
        if (!r)
                r = posix_spawnattr_setsigdefault(attributes, &all);
        return r ? r : posix_spawnattr_setsigmask(attributes, &none);
}

/* posix_spawn takes vectors of char * and changes none of them. */
static char *const *unconst(const char *const *vector)
{
        union {
                const char *const *from;
                char *const *to;
        } cast = { .from = vector };

        return cast.to;
}

/* Neither fork nor our memory: posix_spawn is safe in a process with threads. */
static int start(const struct rv_spawn *spawn, const char *path, int out, int errors, pid_t *ret)
{
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        int r;

        r = posix_spawn_file_actions_init(&actions);
        if (r)
                return r;
        r = posix_spawnattr_init(&attributes);
        if (!r) {
                r = set_files(&actions, spawn->stdin_fd, out, errors);
                if (!r)
                        r = set_attributes(&attributes);
                if (!r)
                        r = posix_spawn(ret, path, &actions, &attributes, unconst(spawn->argv),
                                        unconst(spawn->env ? spawn->env : clean_env));
                (void)posix_spawnattr_destroy(&attributes);
        }
        (void)posix_spawn_file_actions_destroy(&actions);
        return r;
}

/* Takes what is in a pipe now; at its end the descriptor is closed. */
static int drain(struct child *child, int which, const char *name, struct rv_err *err)
{
        struct rv_buf *kept = child->kept[which];
        ssize_t n;
        char *at;

        while (child->fd[which] >= 0) {
                at = rv_buf_reserve(kept, PIECE);
                if (!at)
                        return rv_fail_memory(err);
                n = read(child->fd[which], at, PIECE);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0 && errno == EAGAIN)
                        break;
                if (n <= 0)
                        rv_close(&child->fd[which]);
                else
                        kept->size += (size_t)n;
                at[n > 0 ? n : 0] = '\0';
                if (kept->size > child->limit) {
                        rv_buf_truncate(kept, child->limit);
                        return rv_fail(err, RV_DAMAGED, N_("%1: printed more than is read of it, and was ended"), NULL,
                                       name, NULL);
                }
        }
        return RV_OK;
}

/* Both, each time: a program that fills one pipe while we wait for the other would hang. */
static int drain_all(struct child *child, const char *name, struct rv_err *err)
{
        int r = drain(child, OUT, name, err);

        return r ? r : drain(child, ERRORS, name, err);
}

/* Looks without reaping, so that the group can still be killed by the leader's number. */
static bool has_ended(pid_t pid)
{
        siginfo_t info = { 0 };

        return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == pid;
}

/* Until the program itself has ended: what it left running may hold the pipes for ever. */
static int attend(struct child *child, const char *name, struct rv_err *err)
{
        struct pollfd polled[POLLED];
        int64_t left;
        int i, r;

        while (!has_ended(child->pid)) {
                left = child->deadline - rv_monotonic_ms();
                if (left <= 0)
                        return rv_fail(err, RV_FAILED, N_("%1: did not end in time, and was ended"), NULL, name, NULL);
                if (child->fd[PID] < 0 && left > SLICE)
                        left = SLICE;
                for (i = 0; i < POLLED; i++)
                        polled[i] = (struct pollfd){ .fd = child->fd[i], .events = POLLIN };
                if (poll(polled, POLLED, (int)left) < 0 && errno != EINTR)
                        return rv_fail_errno(err, errno, N_("%1: cannot be waited for: %2"), name);
                r = drain_all(child, name, err);
                if (r)
                        return r;
        }
        return drain_all(child, name, err);
}

/* The group outlives no one: killed before its leader is reaped, while its number cannot be anyone else's. */
static int finish(struct child *child, int *ret_status)
{
        int status = 0, r;

        (void)kill(-child->pid, SIGKILL);
        do
                r = waitpid(child->pid, &status, 0);
        while (r < 0 && errno == EINTR);
        if (r < 0)
                return -errno;
        *ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        return 0;
}

/* The writing ends are closed here once the child has them, else the pipes would never end. */
static int run(const struct rv_spawn *spawn, const char *path, struct child *child, int writers[PIPES], int *ret_status,
               struct rv_err *err)
{
        const char *name = spawn->argv[0];
        int status = 0, r, ended;

        r = start(spawn, path, writers[OUT], writers[ERRORS], &child->pid);
        rv_close(&writers[OUT]);
        rv_close(&writers[ERRORS]);
        if (r)
                return rv_fail_errno(err, r, N_("%1: cannot be started: %2"), name);
#ifdef SYS_pidfd_open
        child->fd[PID] = (int)syscall(SYS_pidfd_open, child->pid, 0);
#endif
        r = attend(child, name, err);
        ended = finish(child, &status);
        if (!r && ended < 0)
                return rv_fail_errno(err, -ended, N_("%1: cannot be waited for: %2"), name);
        if (!r)
                *ret_status = status;
        return r;
}

int rv_spawn(const struct rv_spawn *spawn, struct rv_buf *out, struct rv_buf *errors, int *ret_status,
             struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf ignored = { 0 };
        struct child child = { .fd = { -1, -1, -1 } };
        int pipes[PIPES][2] = { { -1, -1 }, { -1, -1 } }, writers[PIPES];
        char path[PATH_MAX];
        int i, r;

        if (!find_program(spawn->argv[0], path))
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: there is no such program"),
                               N_("install the package that has %1"), spawn->argv[0], NULL);
        child.kept[OUT] = out ? out : &ignored;
        child.kept[ERRORS] = errors ? errors : &ignored;
        child.limit = spawn->limit ? spawn->limit : DEFAULT_LIMIT;
        child.deadline = rv_monotonic_ms() + (spawn->timeout_ms ? spawn->timeout_ms : DEFAULT_TIMEOUT);
        r = make_pipe(pipes[OUT]);
        if (!r)
                r = make_pipe(pipes[ERRORS]);
        for (i = 0; i < PIPES; i++) {
                child.fd[i] = pipes[i][0];
                writers[i] = pipes[i][1];
        }
        if (r)
                r = rv_fail_errno(err, -r, N_("%1: cannot be started: %2"), spawn->argv[0]);
        else
                r = run(spawn, path, &child, writers, ret_status, err);
        if (!r)
                rv_log("spawn", "%s ended with %d", path, *ret_status);
        for (i = 0; i < POLLED; i++)
                rv_close(&child.fd[i]);
        for (i = 0; i < PIPES; i++)
                rv_close(&writers[i]);
        return r;
}
