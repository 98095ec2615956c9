/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RPM's version order, our own (librpm is the oracle in tests): segments, tilde before all, caret after the plain
 * version. */
#ifndef REEVE_BASE_EVR_H
#define REEVE_BASE_EVR_H

#include <stddef.h>

/* Compares two version or release strings (no epoch, no dash): <0, 0, >0. */
int rv_vercmp(const char *a, size_t a_len, const char *b, size_t b_len);
/* Compares two [E:]V[-R]; a missing epoch is 0; a missing release equals every release. */
int rv_evrcmp(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
