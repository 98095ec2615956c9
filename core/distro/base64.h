/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base64 with the URL-safe alphabet and without padding (RFC 4648 section 5), as in RECORD files, and the reverse.
 * Ownership: everything goes to the caller's memory. */
#ifndef REEVE_DISTRO_BASE64_H
#define REEVE_DISTRO_BASE64_H

#include <stdbool.h>

#include "core/base/buf.h"

void rv_base64url_add(struct rv_buf *out, const void *bytes, size_t n);
/* Decodes n characters into at most `room` bytes; up to two `=` at the end are let pass. False for any other character,
 * for a length or for left-over bits that no encoder makes, and for lack of room. */
bool rv_base64url_decode(const char *s, size_t n, void *out, size_t room, size_t *ret_size);

#endif
