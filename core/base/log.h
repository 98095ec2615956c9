/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log: lines for whoever looks for the reason of something, off unless asked for with REEVE_LOG=FILE or -v
 * (standard error). Libraries log at debug only; what a user must know is an error, a warning or a finding instead. */
#ifndef REEVE_BASE_LOG_H
#define REEVE_BASE_LOG_H

/* fd -1 turns it off; borrowed. */
void rv_log_to(int fd);
void rv_log(const char *area, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
