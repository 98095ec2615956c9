/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one setting of rpm that says which of two databases is the living one. Ownership: nothing is kept. */
#ifndef REEVE_DISTRO_RPM_MACROS_H
#define REEVE_DISTRO_RPM_MACROS_H

#include <stdbool.h>

#include <reeve/view.h>

/* What the macro files of a root say without being expanded. */
struct rv_rpm_set {
        bool ndb; /* _db_backend; false also where nothing is said, since rpm tries sqlite first */
        const char
                *directory; /* _dbpath, when it is one of those where databases are looked for; else NULL. Constant */
};

/* sink (may be NULL) learns what was read. RV_FAILED: no memory. */
int rv_rpm_set_to(int root, struct rv_sink *sink, struct rv_rpm_set *ret) RV_CHECK;

#endif
