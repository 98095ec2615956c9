/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words of the contract that no plugin takes: they are known, and what they miss is said.
 * Ownership: constant data. */
#ifndef REEVE_PRESENT_LATER_H
#define REEVE_PRESENT_LATER_H

struct rv_err;

/* RV_OK when the word is none of them; else what it is answered with (RV_UNSUPPORTED, RV_NODATA), and err says why. */
int rv_later(const char *word, struct rv_err *err);

#endif
