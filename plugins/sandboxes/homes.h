/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users' home directories, and the places in them where environments usually lie.
 * Ownership: paths lie in the scan's arena. */
#ifndef SANDBOXES_HOMES_H
#define SANDBOXES_HOMES_H

#include "plugins/sandboxes/scan.h"

/* Calls visit with each such place that is there: a directory that is an environment, or holds some. The users are
 * those of the root's own /etc/passwd. What a user may have put there to lead elsewhere, a symbolic link, is passed
 * over. */
int homes_visit(struct scan *scan, int (*visit)(void *user, const char *path, struct rv_err *err), void *user,
                struct rv_err *err) RV_CHECK;

#endif
