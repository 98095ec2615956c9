/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copying out of an opened file system. Ownership: everything is borrowed for the call. */
#ifndef REEVE_FSREAD_COPY_H
#define REEVE_FSREAD_COPY_H

#include <stdatomic.h>

#include "core/distro/fsread/driver.h"

/* As fsread.h says of `copy`. */
int fsread_copy(const struct fsread_open *open, const char *const *paths, int dirfd, const atomic_bool *cancel,
                struct rv_err *err) RV_CHECK;

#endif
