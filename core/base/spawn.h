/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running another program: argument vector, closed descriptors, clean environment, limits on time and output.
 * Ownership: what it printed lands in the caller's buffers. */
#ifndef REEVE_BASE_SPAWN_H
#define REEVE_BASE_SPAWN_H

#include "core/base/buf.h"

struct rv_spawn {
        const char *const *argv; /* argv[0] is an absolute path, or a name looked up in /usr/sbin:/usr/bin:/sbin:/bin */
        const char *const *env;  /* NULL: PATH, HOME=/, LANG=C.UTF-8 only */
        int stdin_fd;            /* -1: /dev/null; borrowed */
        unsigned timeout_ms;     /* 0: 30 s; then SIGKILL and RV_FAILED */
        size_t limit;            /* bytes kept of each output, then the group is killed and RV_DAMAGED; 0: 16 MiB */
};

/* Runs it to its end, in a process group of its own; what it leaves running in that group is killed. Output is added to
 * out and errors (either may be NULL: thrown away). *ret_status is the exit status, 128+N for a signal. RV_UNSUPPORTED:
 * there is no such program. */
int rv_spawn(const struct rv_spawn *spawn, struct rv_buf *out, struct rv_buf *errors, int *ret_status,
             struct rv_err *err) RV_CHECK;

#endif
