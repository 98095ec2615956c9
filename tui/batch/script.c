/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scripts: commands from a file, one a line, until the first that fails. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "tui/batch/batch.h"
#include "tui/batch/emit.h"
#include "tui/present/command.h"
#include "tui/present/text.h"

enum { SCRIPT_LIMIT = 4 * 1024 * 1024, NESTED = 8 };

static int read_stream(int fd, const char *name, struct rv_buf *ret, struct rv_err *err)
{
        char piece[4096];
        ssize_t n;

        while ((n = read(fd, piece, sizeof piece)) != 0) {
                if (n < 0 && errno != EINTR)
                        return rv_fail_errno(err, errno, N_("%1: cannot be read: %2"), name);
                rv_buf_add(ret, piece, n > 0 ? (size_t)n : 0);
                if (ret->size > SCRIPT_LIMIT)
                        return rv_fail(err, RV_USAGE, N_("%1: is too large for a script"), NULL, name, NULL);
        }
        return ret->failed ? rv_fail_memory(err) : RV_OK;
}

/* A pipe as well as a file: `script <(...)` is how a shell hands over what it makes. */
static int read_script(const char *name, struct rv_buf *ret, struct rv_err *err)
{
        RV_FD_CLEANUP int fd = -1;
        struct stat st;

        if (strcmp(name, "-") == 0)
                return read_stream(STDIN_FILENO, name, ret, err);
        fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (fd < 0)
                return rv_fail_errno(err, errno, N_("%1: cannot be opened: %2"), name);
        if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
                return rv_fail(err, RV_USAGE, N_("%1: is a directory, so no script"), NULL, name, NULL);
        return read_stream(fd, name, ret, err);
}

/* A line that may fail still stops the script when its output goes nowhere: all others would, too. */
static int run_line(struct rv_session *session, const char *name, unsigned number, const char *line)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        bool may_fail = *line == '-';
        const char **words;
        char at[16];
        size_t n;
        int r;

        r = rv_words_split(line + may_fail, &arena, &words, &n, &err);
        if (r == RV_OK && (n == 0 || words[0][0] == '#'))
                return RV_OK;
        r = r == RV_OK ? rv_batch_run(session, words, n) : rv_session_complain(session, &session->base, &err);
        if (r == RV_OK || r == RV_PARTIAL || may_fail)
                return r == RV_OUTPUT || r == RV_OUTPUT_CLOSED || (r == RV_PARTIAL && !may_fail) ? r : RV_OK;
        (void)snprintf(at, sizeof at, "%u", number);
        if (r != RV_OUTPUT_CLOSED)
                rv_session_remark(session, N_("%1, line %2: stopped here"), name, at, NULL);
        return r;
}

/* Lines are counted from 1, remarks and empty ones included, as an editor does. */
static int run_lines(struct rv_session *session, const char *name, char *text)
{
        unsigned number;
        char *line, *newline;
        bool partial = false;
        int r = RV_OK;

        for (line = text, number = 1; r == RV_OK && *line; number++) {
                newline = strchr(line, '\n');
                if (newline)
                        *newline = '\0';
                line += strspn(line, " \t\r");
                if (*line && *line != '#')
                        r = run_line(session, name, number, line);
                /* Something was left out: said, and no reason to stop. */
                if (r == RV_PARTIAL) {
                        partial = true;
                        r = RV_OK;
                }
                line = newline ? newline + 1 : line + strlen(line);
        }
        return r == RV_OK && partial ? RV_PARTIAL : r;
}

/* The script's own options hold for each of its lines, so they become the base while it runs. */
int rv_run_script(struct rv_session *session, struct rv_command *command, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct rv_settings before = session->base;
        const char *name;
        int r;

        if (command->n_words != 1)
                return rv_fail(err, RV_USAGE, N_("script needs one file, or - for standard input"), NULL, NULL);
        if (session->nesting >= NESTED)
                return rv_fail(err, RV_USAGE, N_("%1: scripts call each other too deeply"), NULL, command->words[0],
                               NULL);
        name = command->words[0];
        r = read_script(name, &text, err);
        if (r != RV_OK || !text.size)
                return r;
        if (memchr(text.data, '\0', text.size))
                return rv_fail(err, RV_USAGE, N_("%1: is no text, so no script"), NULL, name, NULL);
        session->base = command->settings;
        session->nesting++;
        r = run_lines(session, name, text.data);
        session->nesting--;
        session->base = before;
        return r;
}
