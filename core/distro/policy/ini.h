/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The form of dnf's files: [section], key = value, continued by lines that begin with a blank. Source: dnf5.conf(5) and
 * dnf5.repo(5). Ownership: a line is borrowed, and gone when the visit returns. */
#ifndef REEVE_DISTRO_POLICY_INI_H
#define REEVE_DISTRO_POLICY_INI_H

#include <stddef.h>

struct rv_ini_line {
        const char *section; /* "" where there is none yet */
        const char *key;     /* "": the section begins here */
        const char *value;   /* without blanks around it; continued lines follow behind a newline */
        unsigned number;     /* of its first line, from 1 */
        const char *wrong;   /* msgid, %1 is the place; NULL: the line is sound */
};
typedef void rv_ini_visit(void *user, const struct rv_ini_line *line);

/* Visits the lines in order; a wrong one is visited as such, and the rest goes on. text is cut up in place; the byte
 * after its last must be writable. */
void rv_ini_parse(char *text, size_t size, rv_ini_visit *visit, void *user);

#endif
