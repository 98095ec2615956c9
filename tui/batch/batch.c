/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running one command: parse, find its front end or function, report. */
#include "tui/batch/batch.h"

#include <string.h>
#include <unistd.h>

#include "config.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "tui/batch/emit.h"
#include "tui/present/command.h"
#include "tui/present/say.h"
#include "tui/present/text.h"

/* The locale costs a start some tenths of a millisecond that JSON has no use for, so it is taken at the first text for
 * people. */
void rv_session_localize(struct rv_session *session)
{
        if (session->localized)
                return;
        session->localized = true;
        session->output->utf8 = rv_text_setup(rv_paths_find()->locale);
}

static int complain(struct rv_session *session, const struct rv_settings *settings, const char *image, const char *slot,
                    const struct rv_err *err)
{
        const struct rv_where where = { settings->root, image, slot };
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        if (settings->format == RV_JSON || settings->format == RV_NDJSON)
                rv_emit_json_error(session->output, &where, err);
        /* What was written before comes first, where both go to one place. */
        (void)rv_output_flush(session->output);
        rv_session_localize(session);
        rv_tr_error(err, &text);
        if (err->code == RV_INTERNAL) {
                rv_buf_add_str(&text, "  ");
                rv_tr_format(&text, N_("this is a bug: please report it with this text and reeve %1"),
                             RV_PROGRAM_VERSION, NULL);
                rv_buf_add_char(&text, '\n');
        }
        rv_say(&text);
        return err->code;
}

int rv_session_complain(struct rv_session *session, const struct rv_settings *settings, const struct rv_err *err)
{
        return complain(session, settings, NULL, NULL, err);
}

void rv_session_warn(struct rv_session *session, const char *packed, size_t size)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        rv_session_localize(session);
        rv_buf_add_str(&text, "reeve: ");
        rv_tr_packed(packed, size, &text);
        rv_buf_add_char(&text, '\n');
        rv_say(&text);
}

/* Remarks are not results: they never go to standard output. */
void rv_session_remark(struct rv_session *session, const char *msgid, ...)
{
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };
        va_list args;

        va_start(args, msgid);
        rv_message_pack(&packed, RV_DOMAIN, msgid, args);
        va_end(args);
        rv_session_warn(session, rv_buf_str(&packed), packed.size);
}

/* The shell's own options hold for each of its lines. */
static int run_shell(struct rv_session *session, const struct rv_command *command)
{
        struct rv_settings before = session->base;
        int r;

        session->base = command->settings;
        r = session->doors->shell(session, command);
        session->base = before;
        return r;
}

/* What no function of its own needs. */
static int run_door(struct rv_session *session, struct rv_command *command, struct rv_err *err)
{
        switch (command->verb) {
        case RV_DO_NOTHING:
        case RV_DO_UI:
                return session->doors->ui(session, command);
        case RV_DO_SHELL:
                return run_shell(session, command);
        case RV_DO_COMPLETE:
                if (session->doors->complete(session, command->words, command->n_words) == RV_OK)
                        return RV_OK;
                return rv_fail(err, RV_USAGE, N_("complete needs the name of a shell: bash, zsh or fish"), NULL, NULL);
        case RV_DO_VERSION:
                rv_buf_add_str(&session->output->buf, "reeve " RV_PROGRAM_VERSION "\n");
                return RV_OK;
        default:
                return rv_fail(err, RV_INTERNAL, N_("a command without a function"), NULL, NULL);
        }
}

static int run(struct rv_session *session, struct rv_command *command, struct rv_err *err)
{
        switch (command->verb) {
        case RV_DO_VIEW:
                return rv_run_view(session, command, err);
        case RV_DO_SHOW:
                return rv_run_show(session, command, err);
        case RV_DO_ACTION:
                return rv_run_action(session, command, err);
        case RV_DO_DO:
                return rv_run_do(session, command, err);
        case RV_DO_CVE:
                return rv_command_cve(command, err);
        case RV_DO_PLUGINS:
        case RV_DO_VIEWS:
        case RV_DO_ACTIONS:
                return rv_run_lists(session, command, err);
        case RV_DO_JOBS:
                return rv_run_jobs(session, command, err);
        case RV_DO_SCRIPT:
                return rv_run_script(session, command, err);
        case RV_DO_HELP:
                return rv_run_help(session, command, err);
        default:
                return run_door(session, command, err);
        }
}

/* These hold for one command: rv_batch_run() puts the colour back, and the log. */
static void use_settings(struct rv_session *session, const struct rv_settings *settings)
{
        if (settings->color == RV_COLOR_ALWAYS)
                session->output->color = true;
        else if (settings->color == RV_COLOR_NEVER)
                session->output->color = false;
        if (settings->format == RV_TABLE)
                rv_session_localize(session);
}

/* A line of a script or shell may name another root: it gets a host of its own. */
static int run_with_root(struct rv_session *session, struct rv_command *command, struct rv_err *err)
{
        struct rv_host host, *before = session->host;
        int r;

        if (strcmp(command->settings.root, before->root.path) == 0)
                return run(session, command, err);
        r = rv_host_open(command->settings.root, NULL, &host, err);
        if (r != RV_OK)
                return r;
        host.own_views = before->own_views;
        host.own = before->own;
        session->host = &host;
        r = run(session, command, err);
        session->host = before;
        rv_host_close(&host);
        return r;
}

/* The settings are scanned before the words are read, so that an error in the words is reported in the format asked
 * for. */
int rv_batch_run(struct rv_session *session, const char *const *words, size_t n)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 }, output = { 0 };
        RV_COMMAND_CLEANUP struct rv_command command = { 0 };
        struct rv_settings settings = session->base;
        bool color = session->output->color;
        int r, written, log = -1;

        session->words = words;
        session->n_words = n;
        rv_settings_scan(words, n, &settings);
        if (settings.verbose)
                log = rv_log_to(STDERR_FILENO);
        r = rv_command_parse(session->host->registry, &session->base, words, n, &command, &err);
        if (r == RV_OK) {
                use_settings(session, &settings);
                r = run_with_root(session, &command, &err);
        }
        if (err.code)
                r = complain(session, &settings, rv_command_option(&command, "image"),
                             rv_command_option(&command, "slot"), &err);
        session->output->color = color;
        if (settings.verbose)
                (void)rv_log_to(log);
        written = rv_output_check(session->output, &output);
        if (output.code)
                rv_session_complain(session, &session->base, &output);
        return written ? written : r;
}
