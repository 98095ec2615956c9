/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The head of a distribution's METADATA (core metadata specification; e-mail headers up to the first empty line) and of
 * the older PKG-INFO.
 * Ownership: the texts lie in the caller's arena; NULL is what was not there. */
#ifndef SANDBOXES_METADATA_H
#define SANDBOXES_METADATA_H

#include "core/base/arena.h"

#include <stdbool.h>

struct metadata {
        const char *name, *version, *summary, *license;
};

/* False when there is no memory. Of a repeated header the first counts, as in Python's importlib.metadata. */
bool metadata_parse(const char *text, size_t n, struct rv_arena *arena, struct metadata *ret);

/* Name and version from the directory's own name, "NAME-VERSION.dist-info", for a distribution without METADATA. */
bool metadata_from_name(const char *directory, struct rv_arena *arena, struct metadata *ret);

#endif
