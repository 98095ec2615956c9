/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions to whoever sits at the terminal, on standard error, and those of a plan.
 * Ownership: everything is borrowed while a call runs. */
#ifndef REEVE_BATCH_ASK_H
#define REEVE_BATCH_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include <reeve/err.h>

struct rv_command;
struct rv_plan;

/* Whether questions can be asked: a terminal to read from and one to write to. */
bool rv_can_ask(void);
/* Asks on standard error and reads one line; only a clear yes counts. */
bool rv_ask_yes(const char *msgid);
/* The same for a text; false: nothing was said. */
bool rv_ask_line(char *ret, size_t size);

/* RV_STALE: --plan names another plan than this one. */
int rv_plan_check_asked(const struct rv_command *command, const struct rv_plan *plan, struct rv_err *err) RV_CHECK;
/* A question is answered by the option that it names ("--accept-key FPR"), where the command has it. */
int rv_plan_answer_by_options(const struct rv_command *command, struct rv_plan *plan, struct rv_err *err) RV_CHECK;
/* Asks what is still open. RV_CANCELLED: one was not answered, which is the safe answer to all of them. */
int rv_plan_ask(struct rv_plan *plan, struct rv_err *err) RV_CHECK;

#endif
