/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pages of a database as they were before a change that was cut off.
 * Ownership: the descriptors are borrowed; what is opened is the caller's. */
#ifndef REEVE_DISTRO_RPM_ROLLBACK_H
#define REEVE_DISTRO_RPM_ROLLBACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rv_rollback;

/* Reads which pages a rollback journal holds. False without memory. *ret is NULL when sqlite would undo nothing with
 * this journal. */
bool rv_rollback_open(int journal, struct rv_rollback **ret);
void rv_rollback_free(struct rv_rollback *rollback);
/* Whether all that the journal holds could be read, so that the pages are those before the change. */
bool rv_rollback_whole(const struct rv_rollback *rollback);
/* The size of the database before the change. */
int64_t rv_rollback_size(const struct rv_rollback *rollback);
/* Gives n bytes of the database at an offset, which lie in one page. 1: done; 0: the page was not changed; -errno. */
int rv_rollback_read(const struct rv_rollback *rollback, void *bytes, size_t n, int64_t offset);

#endif
