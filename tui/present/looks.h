/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section [looks] of configuration: what an administrator sets for all, and each user for oneself. It is how things
 * are shown and nothing else, so that no user's file can change what is read or trusted.
 * Ownership: a warning is borrowed, and gone when the call returns. */
#ifndef REEVE_PRESENT_LOOKS_H
#define REEVE_PRESENT_LOOKS_H

#include "tui/present/settings.h"

struct rv_root;

/* Settings as the options of the same names have them, which come later and so count more. */
struct rv_look {
        const char *key, *help;
};
const struct rv_look *rv_looks(size_t *ret_n);
/* Which files there are and how they are written, a msgid. */
const char *rv_looks_about(void);

struct rv_looks_reader {
        const struct rv_root *root;  /* the running system, whatever --root says: it is its users who look */
        const struct rv_root *other; /* the root that is looked at where that is another one: its looks are not for
                                      * here, but lines that are for nobody are told of. NULL: none */
        const char *own;             /* the user's own file; NULL: none */
        const char *const *sections; /* of the plugins, which read them themselves */
        size_t n_sections;
        void (*warn)(void *user, const char *packed, size_t size); /* about lines that have no effect */
        void *user;
};
void rv_looks_read(const struct rv_looks_reader *reader, struct rv_settings *settings);

/* The user's own file below $XDG_CONFIG_HOME or ~/.config; false with euid 0, whose environment is not its own. */
bool rv_looks_own(char *path, size_t room);

#endif
