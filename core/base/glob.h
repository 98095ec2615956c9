/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shell patterns over whole texts: * ? [a-z] [!x] and a backslash before what is meant as it is. Unlike fnmatch they
 * don't depend on the locale, and a slash or leading dot is a character like others.
 * Ownership: everything borrows. */
#ifndef REEVE_BASE_GLOB_H
#define REEVE_BASE_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* Whether text has one of * ? [ and so is a pattern. */
bool rv_is_glob(const char *text);
/* fold: without case, as core/base/fold.h says. A set that is not closed is the character [. Takes at most about
 * pattern length times n steps. */
bool rv_glob(const char *pattern, const char *s, size_t n, bool fold);

#endif
