/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The manual page, from the tables and declarations that parse the words.
 * Ownership: the text goes to the caller's buffer. */
#ifndef REEVE_MAN_MAN_H
#define REEVE_MAN_MAN_H

struct rv_buf;
struct rv_registry;

/* Appends reeve(1) as man(7) source. */
void rv_man_write(struct rv_registry *registry, struct rv_buf *out);

#endif
