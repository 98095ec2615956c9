/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filling error objects, and the closed list of codes with their ids. */
#include "core/base/err.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char DOMAIN[] = "reeve";

static const struct {
        int code;
        const char *id, *title;
} codes[] = {
        { RV_OK, "ok", N_("done, or nothing to do") },
        { RV_FAILED, "failed", N_("the operation failed and changed nothing") },
        { RV_USAGE, "usage", N_("wrong words; nothing was tried") },
        { RV_NOTFOUND, "notfound", N_("no such package, slot, sandbox, row or file") },
        { RV_DENIED, "denied", N_("not permitted: more rights are needed") },
        { RV_LOCKED, "locked", N_("another process holds the lock") },
        { RV_NETWORK, "network", N_("could not reach or read a remote side") },
        { RV_UNTRUSTED, "untrusted", N_("a signature, hash or policy says no") },
        { RV_CONFLICT, "conflict", N_("no solution yet") },
        { RV_DAMAGED, "damaged", N_("data is corrupt") },
        { RV_UNSUPPORTED, "unsupported", N_("not possible on this host or build") },
        { RV_CANCELLED, "cancelled", N_("asked to stop; nothing was changed") },
        { RV_PARTIAL, "partial", N_("done, but something was left out or is unreadable") },
        { RV_STALE, "stale", N_("the plan no longer fits the system") },
        { RV_CONFIRM, "confirm", N_("a question needs an answer, and nobody is there to give it") },
        { RV_OUTPUT, "output", N_("the result could not be written") },
        { RV_NOSPACE, "nospace", N_("not enough space for the operation; nothing was changed") },
        { RV_INCOMPLETE, "incomplete", N_("the system was changed in part: reeve jobs recover") },
        { RV_READONLY, "readonly", N_("read-only by design") },
        { RV_NODATA, "nodata", N_("nothing is known about it: neither yes nor no") },
        { RV_INTERNAL, "internal", N_("a bug in reeve") },
};

enum { N_CODES = sizeof codes / sizeof *codes };

void rv_err_clear(struct rv_err *err)
{
        struct rv_err *cause, *next;

        for (cause = err->cause; cause; cause = next) {
                next = cause->cause;
                rv_buf_free(&cause->message);
                rv_buf_free(&cause->hint);
                free(cause);
        }
        rv_buf_free(&err->message);
        rv_buf_free(&err->hint);
        err->cause = NULL;
        err->code = RV_OK;
}

void rv_err_move(struct rv_err *to, struct rv_err *from)
{
        rv_err_clear(to);
        *to = *from;
        *from = (struct rv_err){ .domain = from->domain };
}

/* What is there becomes the cause of what comes next; without memory it is dropped, never the new error. */
static void push_cause(struct rv_err *err)
{
        struct rv_err *cause;

        if (!err->code)
                return;
        cause = malloc(sizeof *cause);
        if (cause) {
                *cause = *err;
                *err = (struct rv_err){ .domain = err->domain, .cause = cause };
        } else {
                rv_err_clear(err);
        }
}

int rv_fail(struct rv_err *err, int code, const char *msgid, const char *hint, ...)
{
        const char *domain;
        va_list args, again;

        if (!err)
                return code;
        push_cause(err);
        err->code = code;
        domain = err->domain ? err->domain : DOMAIN;
        va_start(args, hint);
        va_copy(again, args);
        rv_message_pack(&err->message, domain, msgid, args);
        if (hint)
                rv_message_pack(&err->hint, domain, hint, again);
        va_end(again);
        va_end(args);
        return code;
}

static int code_of_errno(int number)
{
        switch (number) {
        case EACCES:
        case EPERM:
                return RV_DENIED;
        case ENOENT:
        case ENOTDIR:
                return RV_NOTFOUND;
        case ENOSPC:
        case EDQUOT:
                return RV_NOSPACE;
        case EROFS:
                return RV_READONLY;
        default:
                return RV_FAILED;
        }
}

static const char *hint_of(int code)
{
        if (code == RV_DENIED)
                return N_("run the command as root");
        return code == RV_READONLY ? N_("it is on a read-only file system: mount it for writing, or put one of its own "
                                        "there")
                                   : NULL;
}

int rv_fail_errno(struct rv_err *err, int number, const char *msgid, const char *what)
{
        char text[128];
        int code = code_of_errno(number);

        return rv_fail(err, code, msgid, hint_of(code), what, strerror_r(number, text, sizeof text), NULL);
}

int rv_fail_memory(struct rv_err *err)
{
        return rv_fail(err, RV_FAILED, N_("out of memory"), NULL, NULL);
}

bool rv_code_hides(int code)
{
        return code == RV_DENIED || code == RV_FAILED || code == RV_PARTIAL;
}

int rv_fail_unsure(struct rv_err *err, int code, const char *packed, size_t size)
{
        struct rv_err *last = err, *warning = calloc(1, sizeof *warning);

        if (warning) {
                warning->code = code;
                rv_buf_add(&warning->message, packed, size);
                while (last->cause)
                        last = last->cause;
                last->cause = warning;
        }
        return code == RV_DENIED ? rv_fail(err, RV_DENIED, N_("not found among what may be read"),
                                           N_("run the command as root"), NULL)
                                 : rv_fail(err, RV_FAILED, N_("not found among what could be read"), NULL, NULL);
}

const char *rv_code_id(int code)
{
        size_t i;

        for (i = 0; i < N_CODES; i++)
                if (codes[i].code == code)
                        return codes[i].id;
        return "internal";
}

int rv_code_from_id(const char *id)
{
        size_t i;

        for (i = 0; i < N_CODES; i++)
                if (strcmp(codes[i].id, id) == 0)
                        return codes[i].code;
        return -1;
}

const char *rv_code_title(int code)
{
        size_t i;

        for (i = 0; i < N_CODES; i++)
                if (codes[i].code == code)
                        return codes[i].title;
        return codes[N_CODES - 1].title;
}
