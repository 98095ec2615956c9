/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan that needs more rights than this process has: the same words behind something that gives them, said, and on a
 * terminal offered. reeve itself never becomes more than it is. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/run/plan.h"
#include "tui/batch/batch.h"
#include "tui/batch/follow.h"
#include "tui/batch/output.h"
#include "tui/present/command.h"

enum { EXTRA_WORDS = 5, NOT_RUN = 126 };

/* The first that is there, by how little each leaves behind; NULL: none. */
static const char *find_way(void)
{
        static const char *const ways[] = { "/usr/bin/run0", "/usr/bin/sudo", "/usr/bin/pkexec" };
        size_t i;

        for (i = 0; i < sizeof ways / sizeof *ways; i++)
                if (access(ways[i], X_OK) == 0)
                        return ways[i];
        return NULL;
}

/* WAY REEVE WORDS... --plan ID, NULL-ended, in the arena; NULL without memory. */
static const char **make_vector(const struct rv_session *session, const struct rv_plan *plan, const char *way,
                                struct rv_arena *arena)
{
        const char **vector = rv_arena_alloc(arena, (session->n_words + EXTRA_WORDS) * sizeof *vector);
        char exe[PATH_MAX];
        ssize_t length = readlink("/proc/self/exe", exe, sizeof exe);
        size_t n = 0, i;

        if (!vector)
                return NULL;
        vector[n++] = way;
        vector[n++] = length > 0 ? rv_arena_strndup(arena, exe, (size_t)length) : "reeve";
        for (i = 0; i < session->n_words; i++)
                vector[n++] = session->words[i];
        vector[n++] = "--plan";
        vector[n++] = rv_plan_id(plan);
        return vector[1] ? vector : NULL;
}

/* The words as somebody would type them: the program by its name. */
static void add_words(const struct rv_session *session, const struct rv_plan *plan, const char *way, struct rv_buf *out)
{
        size_t i;

        if (way)
                rv_buf_printf(out, "%s ", strrchr(way, '/') + 1);
        rv_buf_add_str(out, "reeve");
        for (i = 0; i < session->n_words; i++) {
                rv_buf_add_char(out, ' ');
                rv_word_quote(session->words[i], out);
        }
        rv_buf_printf(out, " --plan %s", rv_plan_id(plan));
}

/* No time limit: it asks for a password. The environment is what a terminal needs and no more. */
static int run_vector(const char **vector, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf term = { 0 };
        char *environment[] = { NULL, "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", NULL };
        const char *name = getenv("TERM");
        int status, r;
        pid_t pid;

        rv_buf_printf(&term, "TERM=%s", name ? name : "dumb");
        environment[0] = term.failed ? "TERM=dumb" : term.data;
        r = posix_spawn(&pid, vector[0], NULL, NULL, (char *const *)vector, environment);
        if (r != 0)
                return rv_fail_errno(err, r, N_("%1: cannot be run: %2"), vector[0]);
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return rv_fail_errno(err, errno, N_("%1: cannot be waited for: %2"), vector[0]);
        if (WIFEXITED(status))
                return WEXITSTATUS(status);
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : NOT_RUN;
}

int rv_run_with_rights(struct rv_session *session, const struct rv_plan *plan, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf words = { 0 };
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        const char *way = find_way(), **vector;

        add_words(session, plan, way, &words);
        if (way && rv_can_ask()) {
                (void)rv_output_flush(session->output);
                rv_session_remark(session, N_("more rights are needed to run this plan: %1"), rv_buf_str(&words), NULL);
                if (rv_ask_yes(N_("Run it so? [y/N] "))) {
                        vector = make_vector(session, plan, way, &arena);
                        return vector ? run_vector(vector, err) : rv_fail_memory(err);
                }
        }
        return rv_fail(err, RV_DENIED, N_("more rights are needed to run this plan"),
                       way ? N_("with them: %1") : N_("as root: %1"), rv_buf_str(&words), NULL);
}
