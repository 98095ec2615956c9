/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Selected rows by their keys, kept on disk at each change so that a dropped line loses none.
 * Ownership: the picks own their keys and the name of their file. */
#ifndef REEVE_TUI_CURSES_PICKS_H
#define REEVE_TUI_CURSES_PICKS_H

#include <stdbool.h>
#include <stddef.h>

#include <reeve/err.h>

struct rv_host;

struct picks {
        char **keys; /* sorted by bytes */
        size_t n, room;
        char name[192]; /* of the file; "" is not kept */
};

/* Reads what was kept for this view of this root; nothing kept is no error. */
void picks_open(struct picks *picks, const struct rv_host *host, const char *plugin, const char *view,
                const char *word);
void picks_free(struct picks *picks);
bool picks_has(const struct picks *picks, const char *key);
/* These change memory only; picks_keep() writes. */
void picks_toggle(struct picks *picks, const char *key);
/* All of n keys in or out; key gives the nth, each once. */
typedef const char *picks_key(const void *user, size_t n);
void picks_set(struct picks *picks, picks_key *key, const void *user, size_t n, bool on);
void picks_clear(struct picks *picks);
/* Removes what was kept under the name of a file of picks; what is not there is no matter. */
void picks_forget(const char *name);
int picks_keep(const struct picks *picks, struct rv_err *err) RV_CHECK;

#endif
