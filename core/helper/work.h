/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the helper does with one request, after it has cut itself loose from whoever started it.
 * Ownership: everything is borrowed; the word is sent and its descriptor closed as soon as the job is on disk. */
#ifndef REEVE_HELPER_WORK_H
#define REEVE_HELPER_WORK_H

#include <limits.h>

#include "core/run/wire.h"

struct rv_work {
        char home[PATH_MAX];    /* core/run/state.h: where a user's state lies, "" for root */
        char plugins[PATH_MAX]; /* REEVE_PLUGIN_PATH of a user, "" for none */
        int word_fd;            /* where the starter listens */
};

/* The line that says how it went: the job's number, or the error. Closes the descriptor. */
void rv_work_tell_job(struct rv_work *work, uint64_t job);
void rv_work_tell_error(struct rv_work *work, const struct rv_err *err);

/* Does it, and returns the exit status. */
int rv_work(struct rv_work *work, const struct rv_wire *wire);

#endif
