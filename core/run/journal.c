/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing the journal: a record is one write(), so a kill tears at most the last line. */
#include "core/run/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/time.h"
#include "core/run/lockfile.h"
#include "core/run/message_json.h"

static const char NAME[] = "events.jsonl";

/* Reads what is there to its end, and gives the writer its place: behind the last whole line. */
static int resume(int job_fd, struct rv_journal *journal, struct rv_err *err)
{
        struct rv_events *events = NULL;
        struct rv_event event;
        bool more = true;
        int rc = rv_events_new(job_fd, 0, &events, err);

        while (rc == RV_OK && more) {
                rc = rv_events_next(events, &event, &more, err);
                if (rc == RV_OK && more)
                        journal->seq = event.seq;
        }
        if (rc == RV_OK && ftruncate(journal->fd, (off_t)rv_events_offset(events)) < 0)
                rc = rv_fail_errno(err, errno, N_("%1: cannot be written: %2"), NAME);
        rv_events_free(events);
        return rc;
}

int rv_journal_open(int job_fd, struct rv_journal *ret, struct rv_err *err)
{
        struct rv_journal journal = { .fd = -1 };
        struct rv_holder self;
        struct stat st;
        int rc;

        rv_holder_self(&self);
        memcpy(journal.boot, self.boot, sizeof journal.boot);
        journal.fd = openat(job_fd, NAME, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (journal.fd < 0 || fstat(journal.fd, &st) < 0 || !S_ISREG(st.st_mode)) {
                rc = rv_fail_errno(err, journal.fd < 0 ? errno : EINVAL, N_("%1: cannot be written: %2"), NAME);
                rv_close(&journal.fd);
                return rc;
        }
        rc = resume(job_fd, &journal, err);
        if (rc == RV_OK)
                *ret = journal;
        else
                rv_close(&journal.fd);
        return rc;
}

void rv_journal_close(struct rv_journal *journal)
{
        rv_close(&journal->fd);
}

/* Text from outside is repaired to UTF-8 and cut; showing it safely is the reader's part. */
static void add_text(struct rv_json *json, const char *key, const char *value)
{
        if (!value)
                return;
        rv_json_key(json, key);
        rv_json_text(json, value, strnlen(value, RV_JOURNAL_TEXT_MAX));
}

static void add_message(struct rv_json *json, const char *key, const char *packed, size_t size)
{
        if (!packed)
                return;
        rv_json_key(json, key);
        rv_message_json(packed, size, json);
}

/* Only what an event has is written, so that a line stays short: a progress line is some 200 bytes. */
static void add_fields(struct rv_json *json, const struct rv_event *event)
{
        rv_json_key(json, "type");
        rv_json_str(json, rv_event_id(event->type));
        add_text(json, "step", event->step);
        if (event->type == RV_EVENT_STEP || event->type == RV_EVENT_PROGRESS) {
                rv_json_key(json, "done");
                rv_json_int(json, (int64_t)event->done);
                rv_json_key(json, "total");
                rv_json_int(json, (int64_t)event->total);
        }
        add_text(json, "text", event->text);
        add_text(json, "question", event->question);
        add_text(json, "option", event->option);
        if (event->type == RV_EVENT_DONE)
                add_text(json, "code", rv_code_id(event->code));
        add_message(json, "message", event->packed, event->packed_size);
        add_message(json, "hint", event->hint, event->hint_size);
}

/* Two clocks: the wall's for people, the monotonic one with the boot id for order when the wall clock jumps. */
static void write_line(const struct rv_journal *journal, const struct rv_event *event, struct rv_buf *out)
{
        struct rv_json json = { .out = out };
        struct timespec mono = { 0 };

        (void)clock_gettime(CLOCK_MONOTONIC, &mono);
        rv_json_begin(&json, '{');
        rv_json_key(&json, "v");
        rv_json_int(&json, RV_JOURNAL_VERSION);
        rv_json_key(&json, "seq");
        rv_json_int(&json, (int64_t)journal->seq + 1);
        rv_json_key(&json, "boot");
        rv_json_str(&json, journal->boot);
        rv_json_key(&json, "mono");
        rv_json_int(&json, (int64_t)mono.tv_sec * 1000000000 + mono.tv_nsec);
        rv_json_key(&json, "at");
        rv_json_time(&json, rv_now());
        add_fields(&json, event);
        rv_json_end(&json, '}');
}

/* A write that failed half-way leaves nothing behind: what is written next, once there is room again, would otherwise
 * stand in the same line, and a journal that is damaged inside cannot be recovered from. */
static int append(const struct rv_journal *journal, const struct rv_buf *line)
{
        struct stat before;
        int r;

        if (fstat(journal->fd, &before) < 0)
                return -errno;
        r = rv_write_all(journal->fd, line->data, line->size);
        if (r < 0)
                (void)!ftruncate(journal->fd, before.st_size);
        return r;
}

/* The number counts what is in the file, durable or not: two lines of one number would be damage. */
int rv_journal_add(struct rv_journal *journal, const struct rv_event *event, bool sync, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf line = { 0 };
        int rc;

        write_line(journal, event, &line);
        if (line.failed || line.size == 0)
                return rv_fail_memory(err);
        rv_buf_truncate(&line, line.size - 1);
        rv_buf_printf(&line, ",\"crc\":\"%08x\"}\n", rv_crc32(0, line.data, line.size));
        if (line.failed)
                return rv_fail_memory(err);
        rc = append(journal, &line);
        journal->seq += rc == 0;
        if (rc == 0 && sync && fdatasync(journal->fd) < 0)
                rc = -errno;
        return rc < 0 ? rv_fail_errno(err, -rc, N_("%1: cannot be written: %2"), NAME) : RV_OK;
}
