/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The error object behind the SDK's opaque struct rv_err.
 * Ownership: the caller's, usually on its stack with RV_ERR_CLEANUP; it owns its texts and its chain of causes. */
#ifndef REEVE_BASE_ERR_H
#define REEVE_BASE_ERR_H

#include "core/base/message.h"

struct rv_err {
        int code;
        const char *domain;          /* the text domain of whoever fills it next; NULL is "reeve"; borrowed */
        struct rv_buf message, hint; /* packed; hint is empty when there is none */
        struct rv_err *cause;
};

void rv_err_clear(struct rv_err *err);
#define RV_ERR_CLEANUP __attribute__((cleanup(rv_err_clear)))

/* Moves the error, leaving *from empty. */
void rv_err_move(struct rv_err *to, struct rv_err *from);
/* RV_FAILED with errno's text as last argument: "%1: cannot be opened: %2" with what, and strerror. Permission becomes
 * RV_DENIED with a hint, absence RV_NOTFOUND, a full disk RV_NOSPACE, a read-only file system RV_READONLY. */
int rv_fail_errno(struct rv_err *err, int number, const char *msgid, const char *what) RV_CHECK;
/* Out of memory, which is never worth a chain: RV_FAILED. */
int rv_fail_memory(struct rv_err *err) RV_CHECK;

/* What was not found may lie in what could not be read, which a warning (packed, of that code) tells of: the error
 * becomes RV_DENIED or RV_FAILED, and what it said and the warning its causes. */
int rv_fail_unsure(struct rv_err *err, int code, const char *packed, size_t size) RV_CHECK;
/* Whether a warning of this code means that something was not read at all. */
bool rv_code_hides(int code);

/* The id of a code ("notfound"), "internal" for an unknown one; and back, -1 for no such id. */
const char *rv_code_id(int code);
int rv_code_from_id(const char *id);
/* One line of what the code means, a msgid of domain "reeve". */
const char *rv_code_title(int code);
#endif
