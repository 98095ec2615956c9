/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log: lines for whoever looks for the reason of something, off unless asked for with REEVE_LOG=FILE or -v
 * (standard error). Libraries log at debug only; what a user must know is an error, a warning or a finding instead. */
#ifndef REEVE_BASE_LOG_H
#define REEVE_BASE_LOG_H

#include <stdbool.h>

/* fd -1 turns it off; borrowed. Returns where it went before. */
int rv_log_to(int fd);
/* Whether anybody hears: for what would cost something to find out. */
bool rv_log_is_on(void);
void rv_log(const char *area, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
