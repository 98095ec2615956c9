/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The known ids nearest to a word that is none, for the hint of an error.
 * Ownership: ids are borrowed until the words are written. */
#ifndef REEVE_BASE_NEAREST_H
#define REEVE_BASE_NEAREST_H

#include <stdbool.h>

#include "core/base/buf.h"

enum { RV_NEAREST = 3 };

struct rv_nearest {
        const char *word; /* set by the caller, the rest zero */
        const char *id[RV_NEAREST];
        unsigned distance[RV_NEAREST];
        unsigned n;
};

/* Offers one id; call it for all. */
void rv_nearest_offer(struct rv_nearest *nearest, const char *id);
/* Appends up to three, nearest first: "size, since". False when none is near. */
bool rv_nearest_write(const struct rv_nearest *nearest, struct rv_buf *out);

#endif
