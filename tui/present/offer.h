/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Completion of a command's words, the same for the shells and for the screen's ":".
 * Ownership: the text goes to the caller's buffer; everything else is borrowed. */
#ifndef REEVE_PRESENT_OFFER_H
#define REEVE_PRESENT_OFFER_H

#include <stdbool.h>
#include <stddef.h>

struct rv_buf;
struct rv_host;
struct rv_snapshot;

/* Appends what may stand at the last of the words ("" where none is begun), one a line, sorted as declared. Rows come
 * from `shown` (may be NULL) where it is of their view, else from the cache; reads: else they are loaded, which blocks.
 */
void rv_offer_words(struct rv_host *host, const struct rv_snapshot *shown, bool reads, const char *const *words,
                    size_t n, struct rv_buf *out);

#endif
