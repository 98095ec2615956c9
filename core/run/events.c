/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a journal while it may still grow. What it holds is checked like any file: it may be cut, damaged, or written
 * by another version of reeve. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/time.h"
#include "core/run/journal.h"
#include "core/run/message_json.h"
#include "core/run/state.h"

enum { PIECE = 64 << 10, TAIL = 18 /* of ,"crc":"01234567"} */ };
static const char NAME[] = "events.jsonl";
static const char *const types[] = { "step", "progress", "log", "question", "done" };

struct rv_events {
        int fd;
        struct rv_buf held; /* bytes read and not yet handed out as events */
        size_t at;          /* of the next line in held */
        int64_t offset;     /* of held's first byte in the file */
        uint64_t seq, line;
        bool middle;  /* started in the middle of a line */
        json_t *json; /* of the last event */
        struct rv_buf message, hint;
};

const char *rv_event_id(enum rv_event_type type)
{
        return types[type - 1];
}

int rv_events_new(int job_fd, int64_t from, struct rv_events **ret, struct rv_err *err)
{
        struct rv_events *events = calloc(1, sizeof *events);
        int rc = RV_OK;

        if (!events)
                return rv_fail_memory(err);
        *events = (struct rv_events){ .offset = from, .middle = from > 0 };
        events->fd = openat(job_fd, NAME, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
        if (events->fd < 0)
                rc = rv_fail_errno(err, errno, N_("%1: cannot be read: %2"), NAME);
        if (rc == RV_OK)
                *ret = events;
        else
                rv_events_free(events);
        return rc;
}

int rv_events_open(struct rv_state *state, uint64_t job, struct rv_events **ret, struct rv_err *err)
{
        RV_FD_CLEANUP int fd = -1;
        int rc = rv_state_job(state, job, &fd, err);

        return rc == RV_OK ? rv_events_new(fd, 0, ret, err) : rc;
}

void rv_events_free(struct rv_events *events)
{
        if (!events)
                return;
        rv_close(&events->fd);
        rv_buf_free(&events->held);
        rv_buf_free(&events->message);
        rv_buf_free(&events->hint);
        json_decref(events->json);
        free(events);
}

int64_t rv_events_offset(const struct rv_events *events)
{
        return events->offset + (int64_t)events->at;
}

/* Drops what was handed out and reads on; *ret_n is 0 at the end of what is there now. */
static int read_more(struct rv_events *events, size_t *ret_n, struct rv_err *err)
{
        struct rv_buf *held = &events->held;
        ssize_t n;
        char *at;

        if (events->at) {
                memmove(held->data, held->data + events->at, held->size - events->at);
                rv_buf_truncate(held, held->size - events->at);
                events->offset += (int64_t)events->at;
                events->at = 0;
        }
        at = rv_buf_reserve(held, PIECE);
        if (!at)
                return rv_fail_memory(err);
        do
                n = pread(events->fd, at, PIECE, (off_t)(events->offset + (int64_t)held->size));
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return rv_fail_errno(err, errno, N_("%1: cannot be read: %2"), NAME);
        held->size += (size_t)n;
        *ret_n = (size_t)n;
        return RV_OK;
}

static int fail_damaged(const struct rv_events *events, struct rv_err *err)
{
        char line[24];

        (void)snprintf(line, sizeof line, "%" PRIu64, events->line + 1);
        return rv_fail(err, RV_DAMAGED, N_("%1: line %2 is damaged"),
                       N_("see what the job did with reeve jobs show; move the file away to recover without it"), NAME,
                       line, NULL);
}

/* A whole line in held, or none yet: a piece of one is not kept, because its writer may take it back (journal.c). */
static int find_line(struct rv_events *events, size_t *ret_len, bool *ret_found, struct rv_err *err)
{
        const char *end;
        size_t n = 1;
        int rc;

        for (;;) {
                end = events->held.size > events->at
                              ? memchr(events->held.data + events->at, '\n', events->held.size - events->at)
                              : NULL;
                *ret_found = end != NULL;
                if (end)
                        *ret_len = (size_t)(end - (events->held.data + events->at));
                if (!end && n == 0)
                        rv_buf_truncate(&events->held, events->at);
                if (end || n == 0)
                        return RV_OK;
                if (events->held.size - events->at > RV_JOURNAL_LINE_MAX)
                        return fail_damaged(events, err);
                rc = read_more(events, &n, err);
                if (rc != RV_OK)
                        return rc;
        }
}

/* The checksum first: nothing of a line that fails it is looked at. */
static json_t *parse_line(const char *line, size_t n)
{
        char tail[TAIL + 1];
        json_t *json;

        if (n <= TAIL)
                return NULL;
        (void)snprintf(tail, sizeof tail, ",\"crc\":\"%08x\"}", rv_crc32(0, line, n - TAIL));
        if (memcmp(line + n - TAIL, tail, TAIL) != 0)
                return NULL;
        json = json_loadb(line, n, JSON_ALLOW_NUL, NULL);
        if (json_is_object(json))
                return json;
        json_decref(json);
        return NULL;
}

static uint64_t number_of(const json_t *json, const char *key)
{
        json_int_t value = json_integer_value(json_object_get(json, key));

        return value < 0 ? 0 : (uint64_t)value;
}

static const char *text_of(const json_t *json, const char *key)
{
        return json_string_value(json_object_get(json, key));
}

/* Into the reader's own buffer, which lives until the next event. */
static const char *message_of(const json_t *json, const char *key, struct rv_buf *out, size_t *ret_size)
{
        rv_buf_clear(out);
        if (!rv_message_from_json(json_object_get(json, key), out))
                return NULL;
        *ret_size = out->size;
        return out->data;
}

/* Numbers must follow each other; a gap is a line that is gone. */
static bool decode(struct rv_events *events, struct rv_event *ret)
{
        const json_t *json = events->json;
        const char *type = text_of(json, "type"), *at = text_of(json, "at"), *code = text_of(json, "code");
        unsigned i;

        *ret = (struct rv_event){ .seq = number_of(json, "seq"),
                                  .step = text_of(json, "step"),
                                  .done = number_of(json, "done"),
                                  .total = number_of(json, "total"),
                                  .text = text_of(json, "text"),
                                  .question = text_of(json, "question"),
                                  .option = text_of(json, "option"),
                                  .code = code ? rv_code_from_id(code) : RV_OK };
        if (at)
                (void)rv_time_parse(at, strlen(at), &ret->at);
        if (ret->code < 0)
                ret->code = RV_INTERNAL;
        ret->packed = message_of(json, "message", &events->message, &ret->packed_size);
        ret->hint = message_of(json, "hint", &events->hint, &ret->hint_size);
        for (i = 0; type && i < sizeof types / sizeof *types; i++)
                if (strcmp(types[i], type) == 0)
                        ret->type = i + 1;
        /* A type of a later version is shown as what every version has: a line of the log. */
        if (type && !ret->type)
                ret->type = RV_EVENT_LOG;
        return type && ret->seq > 0 && (events->seq == 0 || ret->seq == events->seq + 1);
}

/* Whether anything follows the line at events->at of this length. */
static int is_last(struct rv_events *events, size_t len, bool *ret, struct rv_err *err)
{
        size_t n;
        int rc = RV_OK;

        if (events->at + len + 1 == events->held.size) {
                rc = read_more(events, &n, err); /* moves the line to the front, which is where at points then */
                if (rc != RV_OK)
                        return rc;
        }
        *ret = events->at + len + 1 == events->held.size;
        return RV_OK;
}

static void skip_partial(struct rv_events *events, size_t len)
{
        events->at += len + 1;
        events->middle = false;
}

/* A bad line is judged by what follows it: nothing yet, and it may be on its way still. */
int rv_events_next(struct rv_events *events, struct rv_event *ret, bool *ret_more, struct rv_err *err)
{
        bool found = false, last = true;
        size_t len = 0;
        int rc = find_line(events, &len, &found, err);

        if (rc == RV_OK && found && events->middle) {
                skip_partial(events, len);
                rc = find_line(events, &len, &found, err);
        }
        if (rc != RV_OK)
                return rc;
        if (found) {
                json_decref(events->json);
                events->json = parse_line(events->held.data + events->at, len);
                if (!events->json || !decode(events, ret)) {
                        rc = is_last(events, len, &last, err);
                        if (rc != RV_OK)
                                return rc;
                        if (!last)
                                return fail_damaged(events, err);
                        found = false;
                }
        }
        if (found) {
                events->at += len + 1;
                events->seq = ret->seq;
                events->line++;
        }
        *ret_more = found;
        return RV_OK;
}
