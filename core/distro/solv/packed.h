/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Metadata files as streams, unpacked by what their names end with, and never to more than a limit.
 * Ownership: a packed file is the caller's and must stay where it is until it is closed. */
#ifndef REEVE_DISTRO_SOLV_PACKED_H
#define REEVE_DISTRO_SOLV_PACKED_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <reeve/err.h>

struct rv_packed {
        FILE *file; /* to read from */
        FILE *from;
        const char *name;
        uint64_t left;
        bool too_large;
};

/* fd stays the caller's. RV_UNSUPPORTED: packed in a way that libsolv does not know here. */
int rv_packed_open(const char *name, int fd, uint64_t limit, struct rv_packed *ret, struct rv_err *err) RV_CHECK;
/* After reading: RV_DAMAGED when it was too large, or could not be unpacked to its end. repo is for the error. */
int rv_packed_check(const struct rv_packed *packed, const char *repo, struct rv_err *err) RV_CHECK;
void rv_packed_close(struct rv_packed *packed);

#endif
