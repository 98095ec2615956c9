/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Batch mode: one command from words to standard output and an exit status.
 * Ownership: the session belongs to main; commands borrow it. One thread. */
#ifndef REEVE_BATCH_BATCH_H
#define REEVE_BATCH_BATCH_H

#include "tui/present/settings.h"

struct rv_action;
struct rv_buf;
struct rv_command;
struct rv_host;
struct rv_json;
struct rv_output;
struct rv_plugin;
struct rv_result;
struct rv_view;

struct rv_session;

/* The other front ends, which batch must not know: main connects them. Each returns an exit status. */
struct rv_doors {
        int (*ui)(struct rv_session *session, const struct rv_command *command);
        int (*shell)(struct rv_session *session, const struct rv_command *command);
        int (*complete)(struct rv_session *session, const char *const *words, size_t n);
        void (*manual)(struct rv_session *session, struct rv_buf *out);
};

struct rv_session {
        struct rv_host *host;
        struct rv_settings base; /* what the program was started with: every command begins with it */
        struct rv_output *output;
        const struct rv_doors *doors;
        const char *const *words; /* of the command that runs, to say it again */
        size_t n_words;
        unsigned nesting; /* scripts within scripts */
        bool localized;
};

enum { RV_EXIT_ATTENTION = 100 };

/* Reads and runs one command; reports its errors; returns its exit status. */
int rv_batch_run(struct rv_session *session, const char *const *words, size_t n);
/* From now on texts are for people: takes the locale once. */
void rv_session_localize(struct rv_session *session);
/* Reports an error as the settings want it: on standard error, and as a document in JSON. Returns its exit status. */
int rv_session_complain(struct rv_session *session, const struct rv_settings *settings, const struct rv_err *err);
/* A packed message as a line on standard error. */
void rv_session_warn(struct rv_session *session, const char *packed, size_t size);
/* A line on standard error, in the reader's language. */
void rv_session_remark(struct rv_session *session, const char *msgid, ...) RV_SENTINEL;

/* The commands; each returns an exit status, or a code with err filled. */
typedef int rv_command_run(struct rv_session *session, struct rv_command *command, struct rv_err *err);
rv_command_run rv_run_view, rv_run_show, rv_run_action, rv_run_do, rv_run_lists, rv_run_jobs, rv_run_script,
        rv_run_help;

/* Emits a result as the command's settings want it, with its warnings on standard error where the format has none. */
int rv_session_emit(struct rv_session *session, const struct rv_command *command, const struct rv_result *result,
                    struct rv_err *err) RV_CHECK;
/* JSON of declarations, with a JSON Schema of each output. */
/* plugin NULL: it could not be opened, and broken says why. */
void rv_declare_plugin(struct rv_json *json, const char *id, const struct rv_plugin *plugin, const char *broken);
void rv_declare_view(struct rv_json *json, const char *plugin, const struct rv_view *view);
void rv_declare_action(struct rv_json *json, const struct rv_plugin *plugin, const struct rv_action *action);

#endif
