/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Completion of words, from the declarations.
 * Ownership: the text goes to the caller's buffer. */
#ifndef REEVE_COMPLETE_COMPLETE_H
#define REEVE_COMPLETE_COMPLETE_H

#include <stddef.h>

struct rv_buf;
struct rv_host;

/* words[0] is bash, zsh or fish: prints what the shell loads; or "words": prints what may stand at the last of the
 * words behind it, one a line. Returns an exit status. */
int rv_complete(struct rv_host *host, const char *const *words, size_t n, struct rv_buf *out);

#endif
