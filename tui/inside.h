/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --slot: the inside of a slot as a root, without booting or mounting it.
 * Ownership: it hangs on the host until rv_inside_close(), which removes what was copied. */
#ifndef REEVE_TUI_INSIDE_H
#define REEVE_TUI_INSIDE_H

#include <reeve/err.h>

struct rv_host;

/* Lets the host enter slots. From here to the close, a signal that ends the program removes what was copied. */
int rv_inside_open(struct rv_host *host, struct rv_err *err) RV_CHECK;
void rv_inside_close(struct rv_host *host);

#endif
