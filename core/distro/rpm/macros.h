/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one setting of rpm that says which of two databases is the living one. Ownership: nothing is kept. */
#ifndef REEVE_DISTRO_RPM_MACROS_H
#define REEVE_DISTRO_RPM_MACROS_H

#include <stdbool.h>

#include <reeve/view.h>

/* Whether the macro files of the root set _db_backend to ndb; false also where they say nothing that can be read
 * without expanding macros, since rpm tries sqlite first. sink (may be NULL) learns what was read. RV_FAILED: no
 * memory. */
int rv_rpm_prefers_ndb(int root, struct rv_sink *sink, bool *ret) RV_CHECK;

#endif
