/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's own options: one table for parsing, help, completion and the manual page.
 * Ownership: constant data. */
#ifndef REEVE_PRESENT_OPTIONS_H
#define REEVE_PRESENT_OPTIONS_H

#include <stddef.h>

#include "tui/present/settings.h"

struct rv_command;

enum rv_option_kind {
        RV_OPT_PASSED, /* goes to plugins under its id */
        RV_OPT_ROOT,
        RV_OPT_FORMAT,
        RV_OPT_JSON,
        RV_OPT_COLUMNS,
        RV_OPT_SORT,
        RV_OPT_WHERE,
        RV_OPT_LIMIT,
        RV_OPT_DRY_RUN,
        RV_OPT_CHECK,
        RV_OPT_YES,
        RV_OPT_PLAN,
        RV_OPT_WAIT,
        RV_OPT_COLOR,
        RV_OPT_ASCII,
        RV_OPT_QUIET,
        RV_OPT_VERBOSE,
        RV_OPT_SET,
        RV_OPT_HELP,
        RV_OPT_MAN,
        RV_OPT_VERSION
};

struct rv_option {
        const char *name;  /* without the dashes; the id that plugins see when it is passed on */
        const char *value; /* what it takes, in capitals; NULL: nothing */
        const char *help;
        char letter; /* short form, 0 for none */
        uint8_t kind;
        bool repeats;
};

const struct rv_option *rv_options(size_t *ret_n);
/* Whether only actions take it: plans, trust, repositories, the lock. */
bool rv_option_of_actions(const struct rv_option *option);
/* Whether it makes sense only where something is changed: anywhere else it is refused, not passed over. */
bool rv_option_of_changes(const struct rv_option *option);
/* Whether only an action could heed it: no view chooses among repositories or asks for trust, so one that took it would
 * give the answer that it gives without. What rv_option() promises to views, as cacheonly and refresh, is none of
 * these. */
bool rv_option_unheeded(const struct rv_option *option);
/* Looks one up by its name of len bytes, or by letter; NULL: unknown. */
const struct rv_option *rv_option_by_name(const char *name, size_t len);
const struct rv_option *rv_option_by_letter(char letter);

struct rv_verb_word {
        const char *word, *usage, *help;
        enum rv_verb verb;
        const char *view; /* of the common views */
        const char *more; /* a paragraph for its own page; NULL: there is no more to say */
};
/* The words that stand where a plugin's id could. */
const struct rv_verb_word *rv_verbs(size_t *ret_n);

/* Applies one option to settings and command (command may be NULL: then only settings). RV_USAGE: a bad value. */
int rv_option_apply(const struct rv_option *option, const char *value, struct rv_settings *settings,
                    struct rv_command *command, struct rv_err *err) RV_CHECK;

#endif
