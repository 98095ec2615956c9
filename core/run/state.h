/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state directory of a managed root: where its jobs and its lock lie.
 * Ownership: as in core/run/job.h; returned descriptors are the caller's. */
#ifndef REEVE_RUN_STATE_H
#define REEVE_RUN_STATE_H

#include <limits.h>

#include "core/base/buf.h"
#include "core/run/job.h"

enum { RV_REQUEST_MAX = 2 << 20, RV_RESULT_MAX = 1 << 20 };

struct rv_state {
        int fd, jobs_fd; /* directories, readable */
        char path[PATH_MAX];
};

/* Where a user's own state lies ("" when the environment names no place, and always with euid 0, which trusts no
 * environment). The helper asks before it clears its environment. */
void rv_state_home(char ret[PATH_MAX]);
/* Opens the place, and makes it when make is set. home as above. */
int rv_state_place(const struct rv_root *root, const char *home, bool make, struct rv_state **ret,
                   struct rv_err *err) RV_CHECK;
/* The directory of a job. RV_NOTFOUND, RV_UNTRUSTED. */
int rv_state_job(const struct rv_state *state, uint64_t job, int *ret_fd, struct rv_err *err) RV_CHECK;
/* Numbers of all jobs, in order; the array is the caller's to free. */
int rv_state_jobs(const struct rv_state *state, uint64_t **ret, size_t *ret_n, struct rv_err *err) RV_CHECK;
/* Under the lock: an empty directory that no reader sees yet, and its naming as the next job, both durable. */
int rv_state_new(const struct rv_state *state, int *ret_fd, struct rv_err *err) RV_CHECK;
int rv_state_publish(const struct rv_state *state, uint64_t *ret_job, struct rv_err *err) RV_CHECK;

/* Opens a file of a job's directory for reading, not through a link; rv_file_read_fd() for the rest. */
int rv_job_file(int job_fd, const char *name, size_t limit, struct rv_buf *ret, struct rv_err *err) RV_CHECK;

#endif
