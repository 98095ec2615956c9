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
#include "core/model/load.h"
#include "core/run/plan.h"
#include "core/run/wire.h"
#include "tui/batch/ask.h"
#include "tui/batch/batch.h"
#include "tui/batch/follow.h"
#include "tui/batch/output.h"
#include "tui/present/command.h"

enum { EXTRA_WORDS = 7 /* the two programs, two options with values, the end */, NOT_RUN = 126 };

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

/* What stands before the words, so that no "--" of theirs can hide it: the plan, and the root by where it lies, because
 * what gives rights may change the directory. */
static int add_options(const struct rv_session *session, const struct rv_plan *plan, const char **vector, size_t *n,
                       struct rv_arena *arena, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf root = { 0 };
        int rc = rv_wire_root(&session->host->root, &root, err);

        if (rc != RV_OK)
                return rc;
        vector[(*n)++] = "--plan";
        vector[(*n)++] = rv_plan_id(plan);
        if (strcmp(rv_buf_str(&root), "/") != 0) {
                vector[(*n)++] = "--root";
                vector[(*n)++] = rv_arena_strdup(arena, rv_buf_str(&root));
        }
        return root.failed || !vector[*n - 1] ? rv_fail_memory(err) : RV_OK;
}

/* Length of a "--root DIR" or "--root=DIR" among the words: it was said already. */
static size_t root_words(const struct rv_session *session, size_t i)
{
        if (strncmp(session->words[i], "--root=", 7) == 0)
                return 1;
        return strcmp(session->words[i], "--root") == 0 && i + 1 < session->n_words ? 2 : 0;
}

/* WAY REEVE --plan ID [--root DIR] WORDS..., NULL-ended, in the arena. The first is NULL without a way. */
static int make_vector(const struct rv_session *session, const struct rv_plan *plan, const char *way,
                       struct rv_arena *arena, const char ***ret, struct rv_err *err)
{
        const char **vector = rv_arena_alloc(arena, (session->n_words + EXTRA_WORDS) * sizeof *vector);
        char exe[PATH_MAX];
        ssize_t length = readlink("/proc/self/exe", exe, sizeof exe);
        bool ended = false;
        size_t n = 0, i = 0, skipped;
        int rc;

        if (!vector)
                return rv_fail_memory(err);
        vector[n++] = way;
        vector[n++] = length > 0 ? rv_arena_strndup(arena, exe, (size_t)length) : "reeve";
        rc = add_options(session, plan, vector, &n, arena, err);
        while (rc == RV_OK && i < session->n_words) {
                ended |= strcmp(session->words[i], "--") == 0;
                skipped = ended ? 0 : root_words(session, i);
                if (!skipped)
                        vector[n++] = session->words[i++];
                i += skipped;
        }
        *ret = vector;
        return rc == RV_OK && !vector[1] ? rv_fail_memory(err) : rc;
}

/* The vector as somebody would type it: the programs by their names. */
static void add_words(const char *const *vector, struct rv_buf *out)
{
        size_t i;

        if (vector[0])
                rv_buf_printf(out, "%s ", strrchr(vector[0], '/') + 1);
        rv_buf_add_str(out, "reeve");
        for (i = 2; vector[i]; i++) {
                rv_buf_add_char(out, ' ');
                rv_word_quote(vector[i], out);
        }
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
        int rc = make_vector(session, plan, way, &arena, &vector, err);

        if (rc != RV_OK)
                return rc;
        add_words(vector, &words);
        if (way && rv_can_ask()) {
                (void)rv_output_flush(session->output);
                rv_session_remark(session, N_("more rights are needed to run this plan: %1"), rv_buf_str(&words), NULL);
                if (rv_ask_yes(N_("Run it so? [y/N] ")))
                        return run_vector(vector, err);
        }
        return rv_fail(err, RV_DENIED, N_("more rights are needed to run this plan"),
                       way ? N_("with them: %1") : N_("as root: %1"), rv_buf_str(&words), NULL);
}
