/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the screen says of the managed system beside its views, and where it keeps the user's selections.
 * Ownership: texts are appended to the caller's buffer, sanitised. */
#ifndef REEVE_TUI_CURSES_HOST_H
#define REEVE_TUI_CURSES_HOST_H

#include <stdbool.h>

#include "core/base/buf.h"

struct rv_host;

/* Whether a disk image, or the inside of a slot, is looked at instead of the root. */
bool host_elsewhere(const struct rv_host *host);
/* The host's name; of an image its file's; of a foreign root its etc/hostname, else the last part of its path. A slot
 * follows behind a colon. */
void host_name(const struct rv_host *host, struct rv_buf *out);
/* PRETTY_NAME of os-release (os-release(5)); nothing when there is none. */
void host_system(const struct rv_host *host, struct rv_buf *out);
/* Of the running system: seconds since boot, and the kernel's release. */
int64_t host_uptime(void);
void host_kernel(struct rv_buf *out);

struct host_space {
        char path[32];       /* where it is mounted */
        uint64_t used, free; /* free: to users; what is kept for root is neither */
};
/* The file systems of the root's usual places, each once; returns how many. Of a foreign root only those that are
 * mounted in it, not the one it is a mere directory of. May block on a dead network share. */
size_t host_spaces(int root_fd, bool foreign, struct host_space *ret, size_t room);

/* The directory of kept selections: the host's own state for root, else the user's; never below the looked-at root.
 * make: it is made when it is missing. Returns a descriptor, or -1: nothing is kept then. */
int host_state(bool make);

#endif
