/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What everybody may know of root's jobs on the running system: /run/reeve/jobs/N.json, with state and percent and
 * nothing else. The job itself, its arguments and its log are root's.
 * Ownership: everything is borrowed. */
#ifndef REEVE_RUN_OUTLINE_H
#define REEVE_RUN_OUTLINE_H

struct rv_job_info;
struct rv_root;

/* Writes it for a job of this root, where it applies; that it cannot be written is no matter to the job. */
void rv_outline_write(const struct rv_root *root, const struct rv_job_info *info);

#endif
