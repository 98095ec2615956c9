/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Versions in the order of boot loaders, which is not RPM's. Source: UAPI Version Format Specification.
 * Ownership: everything is borrowed. */
#ifndef REEVE_SLOTS_VERSION_H
#define REEVE_SLOTS_VERSION_H

/* <0: a is older; 0: equal; >0: a is newer. NULL counts as "". */
int boot_version_compare(const char *a, const char *b);

#endif
