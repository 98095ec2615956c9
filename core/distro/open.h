/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Back ends: libraries of ours that carry one large foreign library each, opened at first use, so that listing, help
 * and cached views load none of them.
 * Ownership: an opened back end stays loaded until the program ends; its object is const and borrowed. */
#ifndef REEVE_DISTRO_OPEN_H
#define REEVE_DISTRO_OPEN_H

#include <reeve/err.h>

/* What every back end's exported object begins with. Host and back end come from one build, so both numbers must be
 * equal; they catch a half-done upgrade. */
struct rv_backend {
        uint32_t abi, size;
};

/* The name under which a back end exports its object. */
#define RV_BACKEND __attribute__((visibility("default"))) const

/* Opens lib/reeve/NAME.so beside the plugins and returns the object `rv_backend` in it. With euid 0 the same owner
 * rules hold as for plugins. RV_UNSUPPORTED: it is not installed, lacks a library, or is of another build;
 * RV_UNTRUSTED: owner or mode of it or a parent. */
int rv_backend_open(const char *name, struct rv_backend wanted, const void **ret, struct rv_err *err) RV_CHECK;

#endif
