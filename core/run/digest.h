/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SHA-256 for plan identities, from OpenSSL's libcrypto, which is opened when the first plan is made and not before:
 * listing, help and cached views start without it.
 * Ownership: the caller's buffer is filled. */
#ifndef REEVE_RUN_DIGEST_H
#define REEVE_RUN_DIGEST_H

#include <reeve/err.h>

enum { RV_SHA256_HEX = 65 }; /* 64 digits and a NUL */

/* RV_UNSUPPORTED: there is no libcrypto. Safe from any thread. */
int rv_sha256_hex(const void *bytes, size_t n, char ret[RV_SHA256_HEX], struct rv_err *err) RV_CHECK;

#endif
