/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pyvenv.cfg, the file that makes a directory a virtual environment, read as CPython reads it (Modules/getpath.py and
 * Lib/site.py): `key = value` lines, keys without case, no comments, no quoting.
 * Ownership: the texts lie in the caller's arena. */
#ifndef SANDBOXES_PYVENV_H
#define SANDBOXES_PYVENV_H

#include "core/base/arena.h"

#include <stdbool.h>

struct pyvenv {
        const char *home;    /* directory of the interpreter; NULL: not named */
        const char *version; /* "3.11.7"; NULL: unknown */
        bool system_site;    /* the system's packages are visible inside */
        bool virtualenv;     /* made by virtualenv or uv, which put two files of their own beside the packages */
};

/* False when there is no memory. What is not understood is skipped, as CPython does. */
bool pyvenv_parse(const char *text, size_t n, struct rv_arena *arena, struct pyvenv *ret);

#endif
