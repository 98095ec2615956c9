/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a file can be given to dlopen() at all. */
#ifndef REEVE_BASE_LIBRARY_H
#define REEVE_BASE_LIBRARY_H

#include <reeve/err.h>

/* Mapping a file that was cut would kill the process with SIGBUS: RV_DAMAGED for such a one, RV_UNSUPPORTED for what is
 * no library, or one of another machine. Layout: System V ABI, chapters 4 and 5. */
int rv_library_check(const char *path, struct rv_err *err) RV_CHECK;

#endif
