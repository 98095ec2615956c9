/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal of a job, events.jsonl: one JSON object a line,
 *   {"v": 1, "seq", "boot", "mono", "at", "type", ..., "crc"}
 * seq counts up by one; boot is the kernel's boot id and mono nanoseconds of its monotonic clock, so that records of
 * one boot can be ordered whatever the wall clock does; crc is CRC-32, in hex, of the line up to the comma before it. A
 * torn last line is what a kill leaves, and is ignored; a torn line with more behind it is damage. Ownership: the
 * writer is the caller's struct; rv_journal_close() ends it. */
#ifndef REEVE_RUN_JOURNAL_H
#define REEVE_RUN_JOURNAL_H

#include "core/run/job.h"

enum { RV_JOURNAL_VERSION = 1, RV_JOURNAL_LINE_MAX = 1 << 20, RV_JOURNAL_TEXT_MAX = 64 << 10 };

struct rv_journal {
        int fd;
        uint64_t seq; /* of the last record */
        char boot[40];
};

/* Opens the journal of a job's directory for writing, made when it is missing; a torn last line is cut off. */
int rv_journal_open(int job_fd, struct rv_journal *ret, struct rv_err *err) RV_CHECK;
void rv_journal_close(struct rv_journal *journal);
/* Appends a record; seq and at are set here. sync: it is on disk when this returns. */
int rv_journal_add(struct rv_journal *journal, const struct rv_event *event, bool sync, struct rv_err *err) RV_CHECK;

/* A reader on an open job directory, starting `from` bytes into the file (0, or any byte: then the first partial line
 * is skipped and seq is taken as it comes). */
int rv_events_new(int job_fd, int64_t from, struct rv_events **ret, struct rv_err *err) RV_CHECK;
/* Offset behind the last whole line read. */
int64_t rv_events_offset(const struct rv_events *events);

#endif
