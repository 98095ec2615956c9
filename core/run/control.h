/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The socket in a job's directory, through which others ask its helper to stop, or answer its questions. It is 0600 in
 * a 0700 directory, and the kernel says who calls: only the job's own user and root are heard.
 * Ownership: descriptors are the caller's; texts are copied. */
#ifndef REEVE_RUN_CONTROL_H
#define REEVE_RUN_CONTROL_H

#include "core/base/buf.h"

struct rv_call { /* what somebody asked; question and answer are empty for a cancel */
        struct rv_buf question, answer;
        bool cancel;
        int fd; /* to reply through */
};

/* Listens; the helper's side never blocks on it. */
int rv_control_listen(int job_fd, int *ret_fd, struct rv_err *err) RV_CHECK;
/* Takes one waiting call; false when there is none. Ill-formed calls and strangers are dropped. The call has to be
 * replied to, or freed. */
bool rv_control_accept(int fd, struct rv_call *ret);
/* code 0: it will be done; else why not. Frees the call. */
void rv_control_reply(struct rv_call *call, int code);

/* The other side: sends a call (question NULL: cancel), waits up to 5 s, and gives the helper's word. RV_NOTFOUND:
 * nobody listens. RV_PARTIAL: sent, no word yet. */
int rv_control_call(int job_fd, const char *question, const char *answer, int *ret_code, struct rv_err *err) RV_CHECK;

#endif
