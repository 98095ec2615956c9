/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text without its case, independent of the locale: ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic letters by
 * Unicode's simple case folding; every other character is itself.
 * Ownership: everything borrows. */
#ifndef REEVE_BASE_FOLD_H
#define REEVE_BASE_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint32_t rv_fold(uint32_t c);
/* Whether s contains what, both without case. Invalid bytes match themselves. */
bool rv_fold_contains(const char *s, size_t n, const char *what, size_t what_n);
/* The order of text on a screen: bytes without the case of ASCII letters, then with it. */
int rv_fold_compare(const char *a, size_t a_n, const char *b, size_t b_n);

#endif
