/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* os-release: what a system calls itself. Source: os-release(5).
 * Ownership: texts are borrowed, values go to the caller's buffer. */
#ifndef REEVE_DISTRO_OSRELEASE_H
#define REEVE_DISTRO_OSRELEASE_H

#include "core/base/buf.h"

enum { RV_OSRELEASE_LIMIT = 64 << 10 };

/* Appends the value of a key, quotes and escapes removed; the last assignment wins, as in a shell. False (nothing is
 * appended) when it is not there, is empty, or its quotes do not end. The value is bytes from outside. */
bool rv_osrelease_get(const char *text, size_t size, const char *key, struct rv_buf *out);

/* Reads etc/os-release, else usr/lib/os-release, below a root. RV_NOTFOUND: neither is there. */
int rv_osrelease_read(int rootfd, struct rv_buf *ret, struct rv_err *err) RV_CHECK;

#endif
