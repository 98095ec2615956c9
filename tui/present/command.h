/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands: the words of the contract read once, the same for a shell, line mode, a script and the screen's ":".
 * Ownership: a command owns its arrays; the words in them are borrowed from the caller's. Declarations are the
 * registry's. */
#ifndef REEVE_PRESENT_COMMAND_H
#define REEVE_PRESENT_COMMAND_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/model/rows.h"
#include "tui/present/settings.h"

struct rv_action;
struct rv_ask;
struct rv_buf;
struct rv_host;
struct rv_plugin;
struct rv_registry;
struct rv_verb_word;

struct rv_command {
        enum rv_verb verb;
        struct rv_settings settings;
        const char *plugin_id;            /* "reeve" for the common views */
        const struct rv_plugin *plugin;   /* NULL for the common views */
        const struct rv_view *view;       /* RV_DO_VIEW, RV_DO_SHOW, help of a view */
        const struct rv_action *action;   /* RV_DO_ACTION, help of an action */
        const struct rv_verb_word *about; /* RV_DO_HELP: of this word, unless it was about a plugin's view */
        const char **words;               /* positional words behind the verb */
        size_t n_words;
        const char **named;   /* id, value, ...: declared arguments by name */
        size_t n_named;       /* strings */
        const char **options; /* id, value, ...: options of the host that plugins see ("image", "set:KEY") */
        size_t n_options;     /* strings */
        const char *columns, *sort, *where; /* as written; NULL: not given */
        int64_t limit;                      /* -1: none */
        bool reload;                        /* read anew, not from the cache */
        bool help;                          /* --help was given: the verb is RV_DO_HELP */
        struct rv_arena arena;
};

void rv_command_free(struct rv_command *command);
#define RV_COMMAND_CLEANUP __attribute__((cleanup(rv_command_free)))
/* The value of an option that goes to every query ("image"); NULL: not given. Borrowed. */
const char *rv_command_option(const struct rv_command *command, const char *id);

/* Reads words (without the program's name). base holds what is already set (a shell's own options). The registry opens
 * at most the plugin that is named, or those that may have an alias. RV_USAGE names the word and near ones. */
int rv_command_parse(struct rv_registry *registry, const struct rv_settings *base, const char *const *words, size_t n,
                     struct rv_command *ret, struct rv_err *err) RV_CHECK;
/* Splits a line into words as a shell would (blanks, '', "", backslash; no expansion). RV_USAGE: an open quote. */
int rv_words_split(const char *line, struct rv_arena *arena, const char ***ret_words, size_t *ret_n,
                   struct rv_err *err) RV_CHECK;
/* Appends a word quoted so that a shell and rv_words_split() read it back. */
void rv_word_quote(const char *word, struct rv_buf *out);
/* Appends a line of such words as several that a shell reads as the one, an option at the beginning of each and none
 * longer than width bytes (at least 20). */
void rv_words_fold(const char *line, size_t width, struct rv_buf *out);

/* What a view command yields: the snapshot, and the rows chosen and ordered. */
struct rv_result {
        struct rv_snapshot *snapshot;
        struct rv_rows rows;
        unsigned *columns; /* --columns as indexes, malloc'd; NULL: not given */
        size_t n_columns;
        size_t used;           /* words that were arguments of the view, not rows */
        struct rv_err missing; /* the words that no row answers to, where others did; of a plan that is only shown, why
                                * it could not run; no code: nothing */
};
void rv_result_free(struct rv_result *result);
/* RV_OK; RV_PARTIAL when a warning says that something could not be read; RV_NOTFOUND (or why it is not sure) when
 * something that was named is not there. */
int rv_result_status(const struct rv_result *result);
#define RV_RESULT_CLEANUP __attribute__((cleanup(rv_result_free)))

/* "a,b,c" as column indexes, malloc'd. RV_USAGE names what is no column, and those that are; or one that comes twice.
 */
int rv_columns_parse(const char *text, const struct rv_view *view, unsigned **ret, size_t *ret_n,
                     struct rv_err *err) RV_CHECK;
/* The answer of `cve ID`, which is an error as long as there is no data: RV_USAGE, RV_NODATA. */
int rv_command_cve(const struct rv_command *command, struct rv_err *err) RV_CHECK;
/* What to ask the model for: costly columns follow from --columns, --sort, --where and what is shown. Arrays lie in the
 * command's arena. all: every column is wanted (JSON). */
int rv_command_ask(struct rv_command *command, bool all, struct rv_ask *ret, struct rv_err *err) RV_CHECK;
/* Filters, picks the row words (words from `used` on), sorts and limits the rows of a loaded snapshot, which is taken
 * over on success. A view shows what there is of several words; anything else needs each of them. */
int rv_command_rows(const struct rv_command *command, size_t used, struct rv_snapshot *take_snapshot,
                    struct rv_result *ret, struct rv_err *err) RV_CHECK;
/* Both, with rv_load() between; blocks. */
int rv_command_load(struct rv_host *host, struct rv_command *command, bool all, struct rv_result *ret,
                    struct rv_err *err) RV_CHECK;

#endif
