/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program: opens the host, connects the front ends, and hands the words to batch mode. Nothing is loaded here that
 * the asked command does not need. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "core/base/environ.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/distro/open.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "core/run/job.h"
#include "tui/batch/batch.h"
#include "tui/batch/output.h"
#include "tui/complete/complete.h"
#include "tui/curses/curses.h"
#include "tui/inside.h"
#include "tui/line/line.h"
#include "tui/man/man.h"
#include "tui/present/command.h"
#include "tui/present/looks.h"
#include "tui/present/text.h"

enum { FIRST_WORDS = 14 }; /* plugin, view, and six options with their values */

/* Both ways: keys that nobody types and a screen that nobody sees are no terminal. */
static bool on_terminal(const struct rv_session *session)
{
        return session->output->terminal && isatty(STDIN_FILENO) == 1;
}

/* A terminal without a name, or one that says it is dumb, gets no escape sequence. */
static bool can_place_cursor(void)
{
        const char *term = getenv("TERM");

        return term && *term && strcmp(term, "dumb") != 0 && strcmp(term, "unknown") != 0;
}

/* Every view of the screen, and every line of the shell, is about the same image or slot. */
static void hold_options(struct rv_host *host, const struct rv_command *command)
{
        for (size_t i = 0; i < command->n_options && i + 1 < sizeof host->options / sizeof *host->options; i++)
                host->options[i] = command->options[i];
}

/* RV_UNSUPPORTED: line mode serves instead. A terminal that can do no more needs no remark; a screen that is broken
 * does. */
static int open_screen(struct rv_session *session, const struct rv_command *command, struct rv_err *err)
{
        const struct rv_backend wanted = { RV_CURSES_ABI, sizeof(struct rv_curses) };
        struct rv_ui_options options = { .plugin = command->plugin_id,
                                         .view = command->view ? command->view->id : NULL,
                                         .where = command->where,
                                         .sort = command->sort,
                                         .columns = command->columns,
                                         .limit = command->limit,
                                         .color = command->settings.color,
                                         .ascii = command->settings.ascii || !session->output->utf8 };
        const struct rv_curses *curses;
        const void *opened = NULL;

        if (!can_place_cursor())
                return rv_fail(err, RV_UNSUPPORTED, N_("this terminal cannot place a cursor"), NULL, NULL);
        if (rv_backend_open("curses", wanted, &opened, err)) {
                (void)rv_session_complain(session, &command->settings, err);
                return RV_UNSUPPORTED;
        }
        curses = opened;
        hold_options(session->host, command);
        return curses->run(session->host, &options, err);
}

static int run_line_command(void *user, const char *const *words, size_t n)
{
        return rv_batch_run(user, words, n);
}

/* What the screen would have shown first, as words: line mode opens it instead. Returns how many there are. */
static size_t first_words(const struct rv_command *command, const char **words, char limit[24])
{
        const char *const options[][2] = { { "--where", command->where },
                                           { "--sort", command->sort },
                                           { "--columns", command->columns },
                                           { "--limit", command->limit >= 0 ? limit : NULL } };
        size_t n = 0, i;

        if (!command->plugin || !command->view) {
                words[n++] = "status";
                return n;
        }
        (void)snprintf(limit, 24, "%" PRId64, command->limit);
        words[n++] = command->plugin_id;
        words[n++] = command->view->id;
        for (i = 0; i < sizeof options / sizeof *options; i++)
                if (options[i][1]) {
                        words[n++] = options[i][0];
                        words[n++] = options[i][1];
                }
        return n;
}

/* The line width is that of standard output; where that is a pipe it is not known. */
static int open_lines(struct rv_session *session, const struct rv_command *command)
{
        const char *first[FIRST_WORDS];
        char limit[24];
        struct rv_line line = { .host = session->host,
                                .settings = &session->base,
                                .width = session->output->width,
                                .terminal = on_terminal(session),
                                .run = run_line_command,
                                .user = session,
                                .first = first,
                                .n_first = first_words(command, first, limit) };

        hold_options(session->host, command);
        rv_session_localize(session);
        line.ascii = session->base.ascii || (session->output->terminal && !session->output->utf8);
        return rv_line_main(&line);
}

/* `reeve` and `reeve ui`: the screen, else line mode, else (without a terminal) what needs attention. */
static int open_ui(struct rv_session *session, const struct rv_command *command)
{
        static const char *const status[] = { "status" };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        int r;

        if (!on_terminal(session) || command->settings.format != RV_TABLE) {
                if (command->verb == RV_DO_NOTHING)
                        return rv_batch_run(session, status, 1);
                (void)!rv_fail(&err, RV_UNSUPPORTED, N_("the screen needs a terminal"),
                               N_("reeve PLUGIN VIEW prints a view"), NULL);
                return rv_session_complain(session, &command->settings, &err);
        }
        rv_session_localize(session);
        r = open_screen(session, command, &err);
        if (r == RV_UNSUPPORTED)
                return open_lines(session, command);
        return r == RV_OK ? RV_OK : rv_session_complain(session, &command->settings, &err);
}

static int complete(struct rv_session *session, const char *const *words, size_t n)
{
        return rv_complete(session->host, words, n, &session->output->buf);
}

static void manual(struct rv_session *session, struct rv_buf *out)
{
        rv_man_write(session->host->registry, out);
}

/* A descriptor that came closed is held by one that can do nothing, so that no file opened later takes its place. */
static void hold_descriptors(void)
{
        int fd;

        for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
                if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
                        (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static void open_log(void)
{
        const char *file = getenv("REEVE_LOG");

        /* The environment is not root's to trust. */
        if (file && *file && geteuid() != 0)
                (void)rv_log_to(open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
}

static void warn(void *user, const char *packed, size_t size)
{
        rv_session_warn(user, packed, size);
}

static void ignore(void *user, const char *packed, size_t size)
{
        (void)user;
        (void)packed;
        (void)size;
}

/* What configuration sets, the words of a command change. */
static void read_looks(struct rv_session *session, const struct rv_host *host, bool quiet)
{
        struct rv_looks_reader reader = { .warn = quiet ? ignore : warn, .user = session };
        struct rv_root system;
        char own[PATH_MAX];

        if (rv_root_open("/", &system, NULL) != RV_OK)
                return;
        reader.root = &system;
        reader.other = host->root.foreign ? &host->root : NULL;
        reader.own = rv_looks_own(own, sizeof own) ? own : NULL;
        reader.n_sections = rv_registry_names(host->registry, &reader.sections);
        rv_looks_read(&reader, &session->base);
        rv_root_close(&system);
}

/* The host is opened after the scan, because --root may stand anywhere among the words. */
static int run(struct rv_session *session, struct rv_host *host, bool quiet, int argc, char **argv)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        int r = rv_host_open(session->base.root, NULL, host, &err);

        if (r != RV_OK)
                return rv_session_complain(session, &session->base, &err);
        host->own_views = rv_own_views;
        host->own = &rv_own_plugin;
        session->host = host;
        read_looks(session, host, quiet);
        r = rv_inside_open(host, &err);
        r = r ? rv_session_complain(session, &session->base, &err)
              : rv_batch_run(session, (const char *const *)argv + 1, (size_t)argc - 1);
        rv_inside_close(host);
        rv_host_close(host);
        return r;
}

int main(int argc, char **argv)
{
        static const struct rv_doors doors = {
                .ui = open_ui, .shell = open_lines, .complete = complete, .manual = manual
        };
        RV_OUTPUT_CLEANUP struct rv_output output;
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_session session = { .output = &output, .doors = &doors };
        struct rv_host host = { .cache_fd = -1, .shared_fd = -1 };
        struct rv_settings scanned;
        int r, written;

        hold_descriptors();
        if (!rv_environ_distrust())
                return RV_FAILED;
        signal(SIGPIPE, SIG_IGN);
        signal(SIGXFSZ, SIG_IGN); /* a limit of file sizes is an error of the write, as a full disk is */
        open_log();
        rv_output_init(&output, STDOUT_FILENO);
        rv_settings_init(&session.base);
        if (argc > 1 && strcmp(argv[1], "--version") == 0) {
                rv_buf_add_str(&output.buf, "reeve " RV_PROGRAM_VERSION "\n");
                r = RV_OK;
        } else {
                scanned = session.base;
                rv_settings_scan((const char *const *)argv + 1, argc > 0 ? (size_t)argc - 1 : 0, &scanned);
                session.base.root = scanned.root;
                session.base.format = scanned.format;
                r = run(&session, &host, scanned.quiet, argc, argv);
        }
        written = rv_output_check(&output, &err);
        if (err.code)
                rv_session_complain(&session, &session.base, &err);
        return written ? written : r;
}
