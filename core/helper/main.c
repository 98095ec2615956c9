/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reeve-helper: runs one job, as root or as the user who owns the root, and belongs to nobody's terminal. Everything
 * that came with the start is dropped before the request is looked at: environment, descriptors, directory, signals. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/helper/work.h"
#include "core/run/state.h"
#include "core/run/wire.h"

enum { FIRST_OTHER = 3, MANY = 65536 };

/* The three standard descriptors have to be there: what is opened later must not take their place. */
static void fill_standard(void)
{
        int fd;

        do
                fd = open("/dev/null", O_RDWR);
        while (fd >= 0 && fd < FIRST_OTHER);
        if (fd >= 0)
                (void)close(fd);
}

/* A starter that is not ours may have left anything open. Kernels before 5.9 close one by one. */
static void close_others(void)
{
        long fd, most;

        if (close_range(FIRST_OTHER, ~0U, 0) == 0)
                return;
        most = sysconf(_SC_OPEN_MAX);
        for (fd = FIRST_OTHER; fd < most && fd < MANY; fd++)
                (void)close((int)fd);
}

/* A user's helper may look for that user's state and plugins; root's is told nothing by the environment. */
static void take_environment(struct rv_work *work)
{
        const char *plugins = getenv("REEVE_PLUGIN_PATH"), *now = getenv("REEVE_NOW");
        char kept_now[64] = "";

        rv_state_home(work->home);
        if (geteuid() != 0 && plugins && strlen(plugins) < sizeof work->plugins)
                (void)snprintf(work->plugins, sizeof work->plugins, "%s", plugins);
        if (geteuid() != 0 && now)
                (void)snprintf(kept_now, sizeof kept_now, "%s", now);
        (void)clearenv();
        (void)setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
        (void)setenv("HOME", "/", 1);
        (void)setenv("LANG", "C.UTF-8", 1);
        if (kept_now[0])
                (void)setenv("REEVE_NOW", kept_now, 1);
}

/* Every signal as it comes by default, but: a terminal or a starter that goes must not end a job, and a shutdown's
 * SIGTERM waits, blocked, until a step asks for it (core/run/job.c). */
static void reset_signals(void)
{
        static const int ignored[] = { SIGHUP, SIGPIPE, SIGTTIN, SIGTTOU, SIGTSTP };
        struct sigaction action = { .sa_handler = SIG_DFL };
        sigset_t blocked;
        size_t i;
        int number;

        for (number = 1; number < NSIG; number++)
                (void)sigaction(number, &action, NULL);
        action.sa_handler = SIG_IGN;
        for (i = 0; i < sizeof ignored / sizeof *ignored; i++)
                (void)sigaction(ignored[i], &action, NULL);
        (void)sigemptyset(&blocked);
        (void)sigaddset(&blocked, SIGTERM);
        (void)sigaddset(&blocked, SIGINT);
        (void)sigprocmask(SIG_SETMASK, &blocked, NULL);
}

static bool read_request(struct rv_buf *out)
{
        ssize_t n;
        char *at;

        do {
                at = rv_buf_reserve(out, 4096);
                n = at ? read(STDIN_FILENO, at, 4096) : -1;
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return false;
                out->size += (size_t)n;
        } while (n && out->size <= RV_WIRE_MAX);
        rv_buf_add(out, "", 0);
        return !out->failed;
}

/* The one who waits for us must be able to end: so the work goes to a child, in a session of its own. */
static void cut_loose(struct rv_work *work)
{
        pid_t pid;
        int null;

        work->word_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, FIRST_OTHER);
        null = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (null >= 0) {
                (void)dup2(null, STDIN_FILENO);
                (void)dup2(null, STDOUT_FILENO);
                (void)dup2(null, STDERR_FILENO);
                (void)close(null);
        }
        pid = fork();
        if (pid > 0)
                _exit(0);
        /* Without a child the work is done here: the starter waits longer, and nothing is lost. */
        (void)setsid();
}

int main(int argc, char **argv)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf request = { 0 };
        RV_WIRE_CLEANUP struct rv_wire wire = { 0 };
        static const char hello[] = "{\"hello\":1}\n";
        struct rv_work work = { .word_fd = STDOUT_FILENO };
        int rc;

        (void)argv;
        fill_standard();
        close_others();
        take_environment(&work);
        reset_signals();
        (void)umask(022);
        if (argc != 1 || chdir("/") < 0)
                return RV_USAGE;
        if (rv_write_all(STDOUT_FILENO, hello, sizeof hello - 1) < 0)
                return RV_OUTPUT;
        if (!read_request(&request))
                rc = rv_fail(&err, RV_USAGE, N_("the request cannot be read"), NULL, NULL);
        else
                rc = rv_wire_parse(request.data, request.size, &wire, &err);
        if (rc != RV_OK) {
                rv_work_tell_error(&work, &err);
                return rc;
        }
        cut_loose(&work);
        return rv_work(&work, &wire);
}
