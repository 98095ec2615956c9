/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The form of configuration files: [section], key = value, and lines that begin with # as comments.
 * Ownership: a line is borrowed, and gone when the visit returns. */
#ifndef REEVE_BASE_CONF_H
#define REEVE_BASE_CONF_H

#include <stddef.h>

/* One line that says something. Names are lower-case letters, digits, - and _; a value has no blanks around it and may
 * be empty. */
struct rv_conf_line {
        const char *section, *key, *value; /* section "" where there is none yet */
        unsigned number;                   /* from 1 */
        const char *wrong;                 /* msgid, %1 is the place; NULL: the line is sound */
};
typedef void rv_conf_visit(void *user, const struct rv_conf_line *line);

/* Visits the lines in order; a wrong one is visited as such, and the rest goes on. text is cut up in place; the byte
 * after its last must be a NUL. */
void rv_conf_parse(char *text, size_t size, rv_conf_visit *visit, void *user);

#endif
