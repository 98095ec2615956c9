/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What root may believe of the environment that it was started with: nothing that names a file. */
#ifndef REEVE_BASE_ENVIRON_H
#define REEVE_BASE_ENVIRON_H

#include <stdbool.h>

/* Whether root keeps this "NAME=value": language, time zone, terminal and colour, as long as the value is a plain name
 * and no path. */
bool rv_environ_keeps(const char *entry);
/* With euid 0 forgets all else, and sets PATH to the system's places; for a user it does nothing. Call it before there
 * are threads and before a library is opened. False when there is no memory (nothing is left then). */
bool rv_environ_distrust(void);

#endif
