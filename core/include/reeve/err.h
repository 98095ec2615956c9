/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors and messages.
 * Ownership: an error object belongs to the caller; functions only fill it, and everything passed in is copied.
 * A text is a message: a msgid of the plugin's text domain with %1..%9 for its string arguments, never printf. The
 * front end renders it in the reader's language, so a cached or helper-written message is never in the wrong one. */
#ifndef REEVE_ERR_H
#define REEVE_ERR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The closed list; each value is the exit status and has one id in JSON (`error.code`). */
enum rv_code {
        RV_OK,
        RV_FAILED,
        RV_USAGE,
        RV_NOTFOUND,
        RV_DENIED,
        RV_LOCKED,
        RV_NETWORK,
        RV_UNTRUSTED,
        RV_CONFLICT,
        RV_DAMAGED,
        RV_UNSUPPORTED,
        RV_CANCELLED,
        RV_PARTIAL,
        RV_STALE,
        RV_CONFIRM,
        RV_OUTPUT,
        RV_NOSPACE,
        RV_INCOMPLETE,
        RV_READONLY,
        RV_NODATA,
        RV_INTERNAL = 70
};

#define RV_CHECK __attribute__((warn_unused_result))
#define RV_SENTINEL __attribute__((sentinel))

/* Marks a msgid for extraction. NP_ joins singular and plural; the first argument that is a number chooses. */
#define N_(s) s
#define NP_(singular, plural) singular "\004" plural

struct rv_err; /* opaque */

/* Fills err (may be NULL) and returns code. The arguments are const char *, ended by NULL. hint may be NULL and shares
 * the arguments. Called again on the same object, the earlier error becomes the cause of the new one. */
int rv_fail(struct rv_err *err, int code, const char *msgid, const char *hint, ...) RV_SENTINEL RV_CHECK;

#ifdef __cplusplus
}
#endif

#endif
