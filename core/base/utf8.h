/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UTF-8: decoding, widths in terminal cells, and the one sanitiser for text from outside.
 * Ownership: everything borrows; results go to the caller's buffer. */
#ifndef REEVE_BASE_UTF8_H
#define REEVE_BASE_UTF8_H

#include "core/base/buf.h"

/* Decodes one character of at most n bytes; returns its length (1..4) and sets *ret. Invalid bytes (overlong,
 * surrogate, beyond U+10FFFF, cut) return 0: skip one byte. n must be at least 1. */
size_t rv_utf8_decode(const char *s, size_t n, uint32_t *ret);
size_t rv_utf8_encode(uint32_t c, char out[4]);
/* Whether all n bytes are valid UTF-8. */
bool rv_utf8_valid(const char *s, size_t n);
/* Cells a character takes on a terminal: 0 combining, 1, or 2 (East Asian wide, emoji); from Unicode's EastAsianWidth
 * and general categories, independent of the locale. */
int rv_char_width(uint32_t c);
/* Whether a character may be sent to a terminal: no control (C0, C1, DEL), no bidi override or isolate, no invisible
 * format character, no surrogate or private tag. */
bool rv_char_printable(uint32_t c);

/* Appends text as it may be shown on one line: what is not printable becomes visible (ESC as ^[, other controls ^X, C1
 * and format characters <U+202E>, marks beyond 30 on one letter <U+0301>, invalid bytes <FF>), tabs and newlines one
 * blank. Returns false when something had to be changed (tabs and newlines do not count). */
bool rv_sanitize(const char *s, size_t n, struct rv_buf *out);
/* The same for text of several lines: newlines stay, tabs become blanks to the next multiple of 8. */
bool rv_sanitize_lines(const char *s, size_t n, struct rv_buf *out);
/* Cells that sanitised text takes. */
size_t rv_text_width(const char *s, size_t n);
/* How many bytes of s fit in `cells` cells; *ret_cells is what they take. */
size_t rv_text_fit(const char *s, size_t n, size_t cells, size_t *ret_cells);
/* s with invalid sequences replaced by U+FFFD; returns true when any was (for JSON). */
bool rv_utf8_repair(const char *s, size_t n, struct rv_buf *out);

#endif
