/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lock files: the kernel's lock on the open file decides who holds one (it ends with its process, whatever ends that);
 * the text inside, with pid, start time and boot id, names the holder to others.
 * Ownership: the descriptor is the caller's; closing it gives the lock up. */
#ifndef REEVE_RUN_LOCKFILE_H
#define REEVE_RUN_LOCKFILE_H

#include <stdbool.h>
#include <stdint.h>

#include <reeve/err.h>

#include "core/base/time.h"

struct rv_holder {
        int64_t pid, start; /* start: field 22 of /proc/PID/stat, clock ticks after boot */
        uint64_t job;       /* 0: none yet */
        char boot[RV_BOOT_ID];
        char program[64];
};

/* Fills in this process; program and job are the caller's to add. */
void rv_holder_self(struct rv_holder *ret);

/* Called while waiting; true gives up with RV_CANCELLED. */
typedef bool rv_lock_gone(void *user);

/* Takes dirfd/name (made 0600 if missing, never through a symbolic link). Waits up to wait_s seconds of the boot clock
 * for another holder, then RV_LOCKED names it. RV_UNTRUSTED: not a regular file of ours. gone may be NULL. */
int rv_lock_take(int dirfd, const char *name, unsigned wait_s, rv_lock_gone *gone, void *user, int *ret_fd,
                 struct rv_err *err) RV_CHECK;
/* Writes who holds it. */
int rv_lock_sign(int fd, const struct rv_holder *holder, struct rv_err *err) RV_CHECK;
/* Whether somebody holds it, and who as far as can be read (pid 0 when not). A lock file that is missing or cannot be
 * opened is free. Never blocks a taker. */
bool rv_lock_held(int dirfd, const char *name, struct rv_holder *ret);

#endif
