/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Time as text and text as time, without the locale. */
#ifndef REEVE_BASE_TIME_H
#define REEVE_BASE_TIME_H

#include "core/base/buf.h"

/* Appends RFC 3339 UTC ("2026-11-23T17:34:25Z"); false (nothing appended) outside the years 0..9999. */
bool rv_time_rfc3339(int64_t unix_time, struct rv_buf *out);
/* Parses "2026-11-23", "2026-11-23T17:34[:25][Z|+01:00]" or "2026-11-23 17:34"; UTC when no offset is given. */
bool rv_time_parse(const char *s, size_t n, int64_t *ret);
/* Parses a span: digits and one of s m h d w y; a year is 365 days. */
bool rv_span_parse(const char *s, size_t n, int64_t *ret_seconds);
/* Now in Unix seconds; REEVE_NOW in the environment, in the years 0 to 9999, replaces it without privilege (tests,
 * pictures). */
int64_t rv_now(void);

/* Milliseconds of a clock that nobody sets, from a start that means nothing. */
int64_t rv_monotonic_ms(void);

/* The id of the running boot (/proc/sys/kernel/random/boot_id); "" when it cannot be read. */
enum { RV_BOOT_ID = 40 };
void rv_boot_id(char ret[RV_BOOT_ID]);

#endif
