/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --slot: the inside of a slot as a root, without booting or mounting it.
 * Ownership: it hangs on the host until rv_inside_close(), which removes what was copied. */
#ifndef REEVE_TUI_INSIDE_H
#define REEVE_TUI_INSIDE_H

struct rv_host;

/* Lets the host enter slots. Without memory it stays as it is: --slot is then unsupported. */
void rv_inside_open(struct rv_host *host);
void rv_inside_close(struct rv_host *host);

#endif
