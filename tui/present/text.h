/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts in the reader's language: titles, messages and errors, translated by their own domain and safe for a terminal.
 * Ownership: results of rv_tr() live as long as the program; all else is appended to the caller's buffer. */
#ifndef REEVE_PRESENT_TEXT_H
#define REEVE_PRESENT_TEXT_H

#include <stdbool.h>

#include <reeve/err.h>

struct rv_buf;
struct rv_message;

#define RV_DOMAIN "reeve"
/* A text of reeve's own; NULL and "" stay what they are. */
#define _(msgid) rv_tr(RV_DOMAIN, msgid)

/* Takes the user's locale and says where the catalogues lie. Front ends for people call it once; without it every text
 * is C, which is what JSON carries. Returns whether the terminal's characters are UTF-8. */
bool rv_text_setup(const char *locale_directory);

/* The translation of a title or help text; domain NULL is reeve's. Not sanitised: declarations are the plugin's. */
const char *rv_tr(const char *domain, const char *msgid);
/* Translates and expands; the arguments are sanitised. Plurals (NP_) follow the first argument that is a number. */
void rv_tr_message(const struct rv_message *message, struct rv_buf *out);
/* The same for packed bytes; what is no message adds nothing. */
void rv_tr_packed(const char *packed, size_t size, struct rv_buf *out);
/* An error as lines: what it is behind "reeve: ", its causes and its hint indented below. */
void rv_tr_error(const struct rv_err *err, struct rv_buf *out);
/* A text of reeve's own with const char * arguments ended by NULL; msgid is wrapped in N_ or NP_ by the caller. */
void rv_tr_format(struct rv_buf *out, const char *msgid, ...) RV_SENTINEL;

/* Appends s in capitals (Latin, Greek, Cyrillic), as column headings are. */
void rv_text_upper(const char *s, struct rv_buf *out);
/* Bytes of the first line when s is wrapped at blanks to `width` cells (at least one character); *ret_next is where the
 * next line starts. A newline ends a line. */
size_t rv_text_wrap(const char *s, size_t n, unsigned width, size_t *ret_next);
/* Appends s and as many blanks, or the blanks first. */
void rv_text_put(const char *s, size_t n, unsigned blanks, bool right, struct rv_buf *out);
/* Appends s cut to `width` cells ("~" marks a cut) and padded with blanks to it; right: padded at the left. */
void rv_text_pad(const char *s, size_t n, unsigned width, bool right, struct rv_buf *out);
/* Replaces in place each character beyond ASCII by "?" (terminals that cannot show it). */
void rv_text_ascii(struct rv_buf *text);

#endif
